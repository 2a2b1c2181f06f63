"""The best-neighbour source alone: spending, authorities and England by hand."""

import numpy as np
import pandas as pd
import pytest

from care_rates import adoption_starts, ccn_claims, source_one, winners_curse
from care_rates.adoption import WEEKS
from care_rates.claims import STATUSES, Register

pytestmark = pytest.mark.unit

SYSTEM = pd.DataFrame(
    {
        "area": ["B", "A"], "stock": [500.0, 300], "started": [200.0, 90], "left": [190.0, 95],
        "residential": [50.0, 40], "foster": [350.0, 200], "cost_residential": [4000.0, 5000],
        "cost_foster": [600.0, 500], "cost_other": [900.0, 1000], "gap": [0.4, 0.0],
        "gap_residential": [0.5, 0.2],
    },
    index=["E1", "E2"],
)  # fmt: skip
CHANGE = source_one.Effect(
    np.array([0.6, 1.0]), np.array([0.5, 0.8]),
    np.array([[0.7, 1.0], [0.9, 1.0]]), np.array([[1.0, 1.0], [0.5, 1.0]]),
)  # fmt: skip


def test_spending_by_hand():
    now = source_one.spending(SYSTEM, 1.0, 1.0)
    assert now[0] == pytest.approx(WEEKS * (50 * 4000 + 350 * 600 + 100 * 900))
    less = source_one.spending(SYSTEM, [0.6, 1.0], [0.5, 1.0])
    assert less[0] == pytest.approx(WEEKS * 0.6 * (25 * 4000 + 375 * 600 + 100 * 900))
    assert less[1] == pytest.approx(now[1])


def test_every_authority_has_its_target_and_its_interval():
    made = source_one.by_authority(SYSTEM, CHANGE, 0.1)
    assert list(made.index) == ["A", "B"]
    row = made.loc["B"]
    assert row["children in care: now"] == 500
    assert row["children in care: at that level"] == pytest.approx(300)
    assert row["children in care: chance out"] == pytest.approx(400)
    assert row["children in care: chance out, low"] == pytest.approx(355)
    assert row["residential share, %: now"] == pytest.approx(10)
    assert row["residential share, %: chance out"] == pytest.approx(7.5)
    assert row["cost, £m: at that level"] < row["cost, £m: chance out"] < row["cost, £m: now"]


def test_england_follows_from_shares():
    known = {"low": 900.0, "high": 1000.0, "spend": 3e9, "growth": 1e9, "gross": 2e8,
             "stock": 1600.0, "invest": 1e8}  # fmt: skip
    made = source_one.england(SYSTEM, CHANGE, known)["figures"]
    left, fewer = (300 + 300) / 800, 1 - (25 + 32) / 90
    assert made["children in care, % lower"] == pytest.approx(100 * (1 - left))
    assert made["children in care, from the upper forecast"] == pytest.approx(1000 * left)
    assert made["more at home, from the upper forecast"] == pytest.approx(1000 * (1 - left))
    assert made["residential share, % lower"] == pytest.approx(100 * fewer)
    homes = 900 * left * 90 / 800 * fewer
    assert made["more in family homes, from the lower forecast"] == pytest.approx(homes)
    now = source_one.spending(SYSTEM, 1.0, 1.0).sum()
    then = source_one.spending(SYSTEM, CHANGE.children, CHANGE.homes).sum()
    saved = (1 - then / now) * 3e9 * (2 * now / 2e8)
    assert made["spending lower by, before investment, £bn"] == pytest.approx(saved / 1e9)
    assert made["spending lower by, net of investment, £bn"] == pytest.approx((saved - 1e8) / 1e9)
    assert made["share of growth mitigated, net, %"] == pytest.approx((saved - 1e8) / 1e7)


def test_the_effect_has_the_order_of_the_system():
    table = pd.DataFrame({"area": ["A", "C", "B"]}, index=["E2", "E9", "E1"])
    own = np.array([[2.0, np.nan, 4.0]])
    care = winners_curse.Attainable(0.1, own[0], own, np.array([[1.0, np.nan, 4.0]]))
    none = winners_curse.Attainable(0.1, own[0], own, np.full((1, 3), np.nan))
    found = source_one.effect(SYSTEM, table, care, none)
    assert found.children.tolist() == [0.6, 1.0]
    assert found.real_children.tolist() == [[1.0, 0.5]]
    assert found.real_homes.tolist() == [[1.0, 1.0]]


def table(**changes):
    """Three authorities that are neighbours, with every input."""
    made = pd.DataFrame(
        {
            "area": ["A", "B", "C"], "region": "R", "number": [100.0, 120, 90], "before": 95.0,
            "persons": 9000.0, "started": 40.0, "residential": 10.0, "foster": 70.0,
            "placed": 100.0, "cost_residential": 4000.0, "cost_foster": 600.0,
            "cost_other": 900.0,
        },
        index=["E1", "E2", "E3"],
    )  # fmt: skip
    return made.assign(**changes).assign(left=lambda d: d["before"] + d["started"] - d["number"])


NEAR = np.array([[1, 2], [0, 2], [0, 1]])


def test_england_is_raised_to_what_was_counted():
    made = adoption_starts.raised(SYSTEM, 1000)
    assert made["stock"].sum() == pytest.approx(1000)
    assert made["residential"].tolist() == pytest.approx([62.5, 50])
    assert made["cost_foster"].tolist() == SYSTEM["cost_foster"].tolist()
    assert made["gap"].tolist() == SYSTEM["gap"].tolist()


def test_what_is_missing_is_named_and_the_other_year_stands_in():
    first = table(before=[95.0, np.nan, 95], residential=[10.0, 10, np.nan])
    second = table(residential=[10.0, 10, np.nan])
    sources = {2020: (first, NEAR, 400.0), 2025: (second, NEAR, 500.0)}
    assert adoption_starts.missing(first, NEAR, "a") == []
    assert adoption_starts.missing(first, NEAR, "B") == ["children in care a year earlier"]
    assert adoption_starts.missing(first, NEAR, "Z") == ["the number in care"]
    years = [year for year, _ in adoption_starts.starts(sources, "B")]
    assert years == [2025, 2025]
    years, systems = zip(*adoption_starts.starts(sources, "England"), strict=True)
    assert years == (2020, 2025)
    assert [s["stock"].sum() for s in systems] == pytest.approx([400, 500])
    with pytest.raises(ValueError, match="2020: children in residential homes; 2025: children"):
        adoption_starts.starts(sources, "C")
    with pytest.raises(ValueError, match="'Atlantis' is no authority"):
        adoption_starts.starts(sources, "Atlantis")


def test_every_claim_of_the_report_has_a_state():
    register = Register()
    checked = {"ccn.exec.cla_2015": {"computed": "69470", "status": "exact"}}
    made = ccn_claims.states(register, checked).set_index("claim_id")
    assert len(made) == len(register.under("ccn"))
    assert made.at["ccn.exec.cla_2015", "group"] == "checked against figures"
    assert made.at["ccn.exec.reduction_low_ends_arith", "status"] == "inconsistent in the report"
    low = made.loc["ccn.exec.optimised_2025_low"]
    assert (low["status"], low["group"]) == ("not computable", "not checked")
    assert low["why"]
    assert set(made["status"]) <= set(STATUSES)
    assert ccn_claims.figures()["figure"].tolist() == list(range(1, 12))

"""The ledger joins all claims with what was found, or says what is open."""

import re

import pandas as pd
import pytest

from care_rates import home, ledger
from care_rates.claims import ClaimError, Register

pytestmark = pytest.mark.unit


@pytest.fixture
def small():
    register = Register()
    register.claims = {
        k: v
        for k, v in register.claims.items()
        if k.startswith(("wwcsc.note18", "wwcsc.section2_2"))
    }
    return register


def record(name="01_x", **claims):
    rows = [
        {"claim_id": k.replace("__", "."), "computed": "1", "status": v, "decision_flag": "",
         "definition": "d", "notebook": name, "anchor": "check-x"}
        for k, v in claims.items()
    ]  # fmt: skip
    return {"notebook": name, "claims": rows}


def in_scope(register, claim_id):
    claim = register.claims[claim_id]
    register.claims[claim_id] = type(claim)(**{**claim.__dict__, "scope": "in"})


def test_statuses_come_from_records_arithmetic_and_scope(small):
    for claim_id, claim in list(small.claims.items()):
        if claim.kind != "arithmetic":
            small.claims[claim_id] = type(claim)(**{**claim.__dict__, "scope": "later"})
    in_scope(small, "wwcsc.note18.rs")
    rows = ledger.ledger(small, [record(wwcsc__note18__rs="exact")]).set_index("claim_id")
    assert rows.at["wwcsc.note18.rs", "status"] == "exact"
    assert rows.at["wwcsc.note18.p_arith", "status"] == "exact"
    assert rows.at["wwcsc.note18.p", "status"] == "not yet checked"
    assert list(rows.reset_index().columns)[:12] == list(ledger.CLAIM_FIELDS)


def test_open_unknown_and_double_claims_stop(small):
    for claim_id, claim in list(small.claims.items()):
        if claim.kind != "arithmetic":
            small.claims[claim_id] = type(claim)(**{**claim.__dict__, "scope": "later"})
    in_scope(small, "wwcsc.note18.rs")
    with pytest.raises(ClaimError, match=r"1 claims are in scope but no notebook checked them.*rs"):
        ledger.ledger(small, [])
    with pytest.raises(ClaimError, match="not registered"):
        ledger.ledger(small, [record(wwcsc__zz="exact")])
    twice = [record(wwcsc__note18__rs="exact"), record("02_y", wwcsc__note18__rs="exact")]
    with pytest.raises(ClaimError, match="by 01_x and 02_y"):
        ledger.ledger(small, twice)
    small._reasons = {}
    with pytest.raises(ClaimError, match="1 misses have no reason"):
        ledger.ledger(small, [record(wwcsc__note18__rs="contradicted")])


def test_counts_and_scorecard_add_up():
    register = Register()
    for claim_id, claim in list(register.claims.items()):
        if claim.kind != "arithmetic" and claim.scope == "in":
            register.claims[claim_id] = type(claim)(**{**claim.__dict__, "scope": "later"})
    rows = ledger.ledger(register, [])
    card = ledger.scorecard(rows)
    assert card.at["All reports", "registered"] == len(register.claims)
    assert card.iloc[:-1].sum().tolist() == card.loc["All reports"].tolist()
    assert card.at["All reports", "decided"] == len(register.arithmetic())
    topics = ledger.counts(rows, by="topic")
    assert topics["claims"].sum() == len(rows)


@pytest.fixture
def few():
    rows = [
        ("wwcsc", "exact", "descriptive"), ("wwcsc", "exact", "arithmetic"),
        ("wwcsc", "within input rounding", "descriptive"), ("wwcsc", "close", "descriptive"),
        ("wwcsc", "direction only", "associational"), ("wwcsc", "contradicted", "descriptive"),
        ("wwcsc", "inconsistent in the report", "arithmetic"),
        ("nao", "not computable", "causal"), ("nao", "out of scope", "judgement"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["report", "status", "kind"])


def test_items_are_counted_as_reproduction_studies_do(few):
    table = ledger.reproduction(few)
    assert list(table.index) == [
        "What Works Centre 2018", "National Audit Office 2019", "All reports"
    ]  # fmt: skip
    ours = table.loc["What Works Centre 2018"]
    assert ours.to_list()[:9] == [7, 0, 7, 2, 2, 1, 2, 1, 1]
    assert ours["percent that stand"] == pytest.approx(300 / 7)
    assert table.loc["National Audit Office 2019"].to_list()[:3] == [1, 1, 0]
    assert pd.isna(table.at["National Audit Office 2019", "percent that stand"])
    outcomes = ["as printed", "within rounding", "near", "contradicted", "inconsistent"]
    assert (table[outcomes].sum(axis=1) == table["tried"]).all()


def test_the_headline_counts_every_claim_once(few):
    words = home.headline(ledger.scorecard(few))
    assert words.startswith("3 of 7 printed statements")
    assert "(43 percent)" in words and "9 claims are registered in all" in words
    assert "2 come close or agree in sign alone, 1 do not agree" in words
    numbers = [int(part) for part in re.findall(r"\d+", words)]
    held, decided, _, near, against, odd, registered, hidden, out = numbers
    assert held + near + against + odd == decided
    assert decided + hidden + out == registered
    nothing = home.headline(ledger.scorecard(few[few["report"] == "nao"]))
    assert nothing.startswith("0 of 0 printed statements") and "percent" not in nothing

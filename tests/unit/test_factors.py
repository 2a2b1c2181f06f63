"""Figures of different calendars beside the rate; judgements; sums of both."""

import numpy as np
import pandas as pd
import pytest

from care_rates import factors, judgements

pytestmark = pytest.mark.unit


@pytest.fixture
def events():
    rows = [
        ("A", "2015-06-30", "SIF", "Good", "Good"),
        ("A", "2018-05-10", "ILACS", "Inadequate", "Outstanding"),
        ("B", "2016-03-31", "SIF", "Outstanding", None),
        ("B", "2016-09-01", "CPI", None, "Good"),
        ("C", "2017-04-01", "SIF", "Requires improvement to be good", "Good"),
    ]
    frame = pd.DataFrame(
        rows, columns=["unit_id", "published", "framework", "overall", "leadership"]
    )
    frame["published"] = pd.to_datetime(frame["published"])
    return judgements.coded(frame, ["overall", "leadership"])


def test_judgements_are_coded_from_inadequate_to_outstanding(events):
    assert events["overall"].tolist()[:3] == [3, 1, 4]
    assert np.isnan(events["overall"][3])
    with pytest.raises(ValueError, match="'Adequate' is not a judgement"):
        judgements.coded(pd.DataFrame({"overall": ["Adequate"]}), ["overall"])


def test_latest_judgement_at_a_date(events):
    parts = ["overall", "leadership"]
    early = judgements.latest(events, "2018-05-09", ["SIF", "ILACS"], parts)
    assert early.loc["A", "overall"] == 3
    assert judgements.latest(events, "2018-05-10", ["SIF", "ILACS"], parts).loc["A", "overall"] == 1
    assert judgements.latest(events, "2018-05-10", ["SIF"], parts).loc["A", "overall"] == 3
    assert early.loc["B", "overall"] == 4  # an event without an overall judgement does not count
    with pytest.raises(ValueError, match="SIF was published by 2014-01-01"):
        judgements.latest(events, "2014-01-01", ["SIF"], parts)


def test_shares_and_reading(events):
    last = judgements.latest(events, "2020-01-01", ["SIF", "ILACS"], ["overall", "leadership"])
    split = judgements.shares(last["overall"])
    assert split.sum() == pytest.approx(100)
    assert split.index[0] == "Outstanding"
    assert split["Good"] == 0
    outcome = pd.Series({"A": 90.0, "B": 40.0, "C": 60.0})
    out = judgements.reading(
        last, {"rate": outcome}, {"rs": ("overall", "rate")}, {"share": "Inadequate"}
    )
    assert out == pytest.approx({"rs": -1.0, "share": 100 / 3})


def test_judged_by_year_end(events):
    table = factors.judged_by(events, [2016, 2017, 2018, 2019], ["SIF", "ILACS"])
    wide = table.pivot(index="unit_id", columns="year", values="overall")
    assert wide.loc["A"].tolist() == [3, 3, 3, 1]
    assert wide.loc["B", 2016] == 4  # published on the day
    assert np.isnan(wide.loc["C", 2017])


def test_rates_to_child_use_the_mid_year_before():
    units = pd.DataFrame(
        {"unit_id": ["A", "A", "E06000053"], "year": [2017, 2018, 2018], "number": [50.0, 60, 0],
         "source_id": ["dfe_cla_2018_ud", "dfe_cla_2018_ud", "dfe_cla_2022_ees"],
         "release_year": [2018, 2018, 2022], "unrounded": True}
    )  # fmt: skip
    population = pd.DataFrame(
        {"level": "authority", "series": "s", "mid_year": [2016, 2016, 2017],
         "unit_id": ["A", "A", "E06000053"], "area_code": ["A1", "A2", "E06000053"],
         "in_force": True, "persons_0_17": [4_000.0, 6_000, 300]}
    )  # fmt: skip
    out = factors.rates_to_child(units, population, "s")
    assert out.to_dict("records") == [
        {"unit_id": "A", "year": 2017, "number": 50.0, "population": 10_000.0, "rate": 50.0}
    ]


def test_yearly_takes_lags_and_leaves_parts_out():
    frame = pd.DataFrame(
        {"unit_id": ["A", "A", "B", "B", "C", None], "year": [2016, 2017, 2016, 2016, 2016, 2016],
         "share": [10.0, 12, 5, 7, np.nan, 3]}
    )  # fmt: skip
    out = factors.yearly(frame, "share", "turnover", lag=1)
    assert out.to_dict("list") == {
        "unit_id": ["A", "A"],
        "year": [2017, 2018],
        "turnover": [10.0, 12.0],
    }
    same = pd.concat([frame, frame.head(1)])
    assert len(factors.yearly(same, "share", "turnover")) == 2  # printed twice, alike


def test_assemble_joins_and_refuses_doubles():
    base = pd.DataFrame({"unit_id": ["A", "B"], "year": [2016, 2016], "rate": [60.0, 50.0]})
    part = pd.DataFrame({"unit_id": ["A"], "year": [2016], "agency": [5.0]})
    out = factors.assemble(base, {"agency": part})
    assert out["agency"].tolist()[0] == 5
    assert np.isnan(out["agency"].tolist()[1])
    with pytest.raises(ValueError, match="agency: an authority has two figures"):
        factors.assemble(base, {"agency": pd.concat([part, part])})


def test_before_and_after_an_inspection(events):
    years = range(2013, 2021)
    paths = {
        "A": lambda y: 50 + y - 2013,
        "B": lambda y: 80.0,
        "C": lambda y: 60 + 2 * max(0, y - 2017),
    }
    rows = [(area, year, path(year)) for area, path in paths.items() for year in years]
    rates = pd.DataFrame(rows, columns=["unit_id", "year", "rate"])
    first = events[events["framework"] == "SIF"]
    out = factors.before_and_after(rates, first, 2)
    assert out.loc["A", "year"] == 2015
    assert out.loc["A", ["before", "after"]].tolist() == [1, 1]
    assert out.loc["B", "year"] == 2015  # published on 31 March 2016: the year-end before it
    assert out.loc["C", "year"] == 2017  # published on 1 April 2017
    assert out.loc["C", ["before", "after"]].tolist() == [0, 2]
    assert np.isnan(factors.before_and_after(rates, first, 4).loc["A", "before"])


def test_windows_give_means_and_changes():
    panel = pd.DataFrame({"unit_id": ["A"] * 3 + ["B"] * 2, "year": [2018, 2019, 2020, 2018, 2019],
                          "cost": [10.0, 20, 40, 5, np.nan]})  # fmt: skip
    out = factors.windows(panel, {"level": ("cost", "mean", 2018, 2019),
                                  "moved": ("cost", "change", 2018, 2020)})  # fmt: skip
    assert out.loc["A"].tolist() == [15, 15]
    assert out.loc["B", "level"] == 5  # the years at hand
    assert np.isnan(out.loc["B", "moved"])
    with pytest.raises(ValueError, match="a mean or a change, not a sum"):
        factors.windows(panel, {"x": ("cost", "sum", 2018, 2019)})

"""The page of one authority: kinds of area, what is said, what is missing and why."""

import itertools

import numpy as np
import pandas as pd
import pytest

from care_rates import areas, data, plots_areas, report
from care_rates import plots_parts as parts
from care_rates import plots_profile as draw
from care_rates import plots_profile_compare as beside
from care_rates import profile_compare as compare
from care_rates import profile_forecasts as ahead
from care_rates import profile_models as models
from care_rates import profile_outlook as outlook
from care_rates import profile_services as services
from care_rates import profile_trend as trend
from care_rates import profile_words as words
from care_rates.profile import TABLES, Place
from care_rates.profile_common import save_common, sizes, with_names
from care_rates.profile_page import AreaPage

pytestmark = pytest.mark.unit

MAKERS = {
    "about": trend.opening, "at-a-glance": trend.glance, "trend": trend.trend,
    "funnel": compare.funnel, "funnel-over-years": compare.funnel_years,
    "given-deprivation": compare.deprivation, "flows": services.flows,
    "placements-and-ages": services.mix, "inspections": services.ofsted,
    "spending": services.spend, "forecast": outlook.forecast,
    "benchmark": lambda place: compare.benchmark(place, seed=1, draws=200),
    "revisions": outlook.revisions,
}  # fmt: skip
CHARTS = {
    "trend": draw.trend, "funnel": beside.funnel, "funnel-over-years": beside.funnel_years,
    "given-deprivation": beside.deprivation, "flows": draw.flows, "placements-and-ages": draw.mix,
    "forecast": draw.forecast, "benchmark": draw.benchmark,
}  # fmt: skip


@pytest.fixture(scope="module")
def common(analysis_tables):
    return save_common(seed=1, draws=300)


@pytest.fixture(scope="module")
def at(common):
    tables = {name: common[f"profile_{name}"] for name in TABLES}
    return lambda name: Place.of(areas.find(name), tables)


@pytest.fixture(scope="module")
def page(at):
    return lambda name: {key: make(at(name)) for key, make in MAKERS.items()}


def test_an_authority_is_found_by_name_and_code_and_near_misses_are_named():
    assert areas.find("liverpool")["unit_id"] == areas.find("E08000012")["unit_id"]
    with pytest.raises(data.DataError, match="Did you mean Liverpool"):
        areas.find("Liverpol")
    with pytest.raises(data.DataError, match="give the name or the code"):
        areas.find("  ")


def test_a_metropolitan_district_has_every_section(page):
    found = page("Liverpool")
    assert not any(section.missing for section in found.values())
    assert all(section.sentences for section in found.values())
    results = {k: r for section in found.values() for k, r in section.results.items()}
    rate = results["rate.latest"]
    assert rate.low < rate.value < rate.high
    assert results["rate.low"].value == rate.low
    assert results["rate.high"].value == rate.high
    assert {"change_5y", "residual_given_deprivation", "forecast_2030", "rank_interval",
            "placements.residential_share", "funnel.position"} <= set(results)  # fmt: skip
    rank = results["rank_interval"]
    assert rank.low <= rank.value <= rank.high
    assert "1,416 children" in found["at-a-glance"].sentences[0]
    assert found["at-a-glance"].frame.index[-1] == "England"


def test_all_numbers_of_an_interval_are_in_order_on_every_kind_of_page(page):
    for name in ("Kent", "Hackney", "Rutland", "Cardiff", "Poole"):
        results = {k: r for s in page(name).values() for k, r in s.results.items()}
        for key, found in results.items():
            if found.low is not None and pd.notna(found.value):
                assert found.low <= found.value + 1e-9, (name, key)
                assert found.value <= found.high + 1e-9, (name, key)


def test_city_of_london_names_what_is_withheld(page, at):
    found = page("City of London")
    assert at("City of London").latest == 2024
    assert "2025" in next(iter(found["about"].missing))
    assert "Withheld" in found["about"].missing["figures for 2025"]
    assert found["placements-and-ages"].frame.empty
    assert "nearly all luck" in found["benchmark"].missing["a benchmark of neighbours"]
    assert "a forecast" in found["forecast"].missing
    rank = found["funnel"].results["rank_interval"]
    assert rank.high - rank.low > 50


def test_isles_of_scilly_keep_every_section_and_each_gap_has_its_own_reason(page):
    found = page("Isles of Scilly")
    reasons = set()
    for name in ("funnel", "given-deprivation", "forecast", "benchmark", "placements-and-ages"):
        assert found[name].frame.empty
        reasons |= set(found[name].missing.values())
    assert len(reasons) == 5
    assert set(found["funnel-over-years"].missing.values()) <= reasons
    assert "nothing to project" in found["forecast"].missing["a forecast"]
    assert "not close" in found["at-a-glance"].missing["statistical neighbours"]
    assert found["trend"].sentences == ["In every year with a figure the rate was 0."]
    assert "change_5y" not in found["at-a-glance"].results


@pytest.mark.parametrize("name", ["Dorset", "Bournemouth"])
def test_a_boundary_change_ends_the_series_and_the_joined_land_goes_on(page, at, name):
    found, place = page(name), at(name)
    assert place.latest == 2019
    assert "ended on 1 April 2019" in found["about"].sentences[1]
    assert "Bournemouth, Christchurch and Poole and of Dorset" in found["about"].sentences[1]
    glance = found["at-a-glance"].frame
    assert glance.loc["Bournemouth, Dorset and Poole together", "31 March"] == "2025"
    assert glance.loc["Dorset (since 2019)", "31 March"] == "2025"
    assert glance.loc[[name]].iloc[0]["31 March"] == "2019"
    assert "Bournemouth, Dorset and Poole together" in found["forecast"].sentences[1]
    assert "a forecast of its own" in found["forecast"].missing
    assert set(place.rows("neighbours")["model"]) == {"2021"}
    assert len(set(found["inspections"].frame["council"])) > 1


@pytest.mark.parametrize(
    ("name", "since", "part"),
    [("Cumbria", 2023, "Cumberland"), ("Northamptonshire", 2021, "North Northamptonshire")],
)
def test_a_split_council_goes_on_as_a_sum(page, at, name, since, part):
    found, place = page(name), at(name)
    assert place.latest == 2025
    assert f"On 1 April {since}" in found["about"].sentences[1]
    assert f"Figures from {since + 1} on are the sums" in found["about"].sentences[1]
    assert f"{part} (since {since})" in found["at-a-glance"].frame.index
    assert "one weekly cost for the whole area" in found["spending"].missing
    assert part in set(found["spending"].frame["place"])


def test_a_renamed_council_is_no_successor(at):
    assert len(at("Buckinghamshire").successors) == 1
    assert len(trend.opening(at("Buckinghamshire")).sentences) == 1
    assert at("Bedford").history.index[0] == 2010
    assert "part of Bedfordshire" in trend.opening(at("Bedford")).missing["figures before 2010"]


@pytest.mark.parametrize("name", ["Torfaen", "Ceredigion"])
def test_welsh_pages_keep_their_sections_and_name_the_tables_that_are_missing(page, name):
    found = page(name)
    for section in ("flows", "spending", "benchmark"):
        assert found[section].frame.empty
        assert "for Wales" in next(iter(found[section].missing.values()))
    assert "Ofsted inspects in England" in found["inspections"].missing["inspection judgements"]
    assert "statistical neighbours" in found["at-a-glance"].missing
    assert "nearest 5" in found["funnel"].sentences[2]
    assert "placements" in found["placements-and-ages"].missing
    assert "forecast_2023" in found["forecast"].results
    assert len(found["about"].sentences) == (2 if name == "Torfaen" else 1)
    rounded = found["revisions"].results["rate.latest_rounding"]
    rate = found["at-a-glance"].results["rate.latest"]
    assert rate.low < rounded.low < rate.value < rounded.high < rate.high


def test_the_list_of_gaps_holds_every_gap_once(page):
    sections = list(page("Torfaen").values())
    gaps = outlook.gaps([*sections, *sections])
    wanted = {what for section in sections for what in section.missing}
    assert set(gaps.frame["missing for this area"]) == wanted
    assert len(gaps.frame) == len(wanted) == gaps.results["missing"].value
    none = outlook.gaps([])
    assert none.frame.empty
    assert none.sentences


def test_no_sentence_of_any_page_is_broken_or_judges(at, common):
    names = common["profile_names"]
    sample = data.load("areas")["area"].iloc[::18]
    bad = ("nan", "not known", "None", "worst", "failing", "burden", "  ", "outlier")
    for name in sample:
        for maker in MAKERS.values():
            section = maker(at(name))
            for text in [*section.sentences, *section.missing, *section.missing.values()]:
                assert not any(word in text for word in bad), (name, text)
                assert text.strip()
            assert bool(len(section.frame)) <= bool(section.caption and section.source)
            assert len(section.frame) or section.missing or section.sentences
    assert names["name"].notna().all()


def test_no_figures_at_all_still_make_a_page(at):
    place = at("Isles of Scilly")
    tables = {name: frame[frame["key"] != place.key] if "key" in frame else frame
              for name, frame in place.tables.items()}  # fmt: skip
    empty = Place.of(areas.find("Isles of Scilly"), tables)
    assert empty.latest is None
    for name, make in MAKERS.items():
        section = make(empty)
        assert section.missing or section.sentences, name
        assert not section.results
    assert compare.funnel(empty).frame.empty


def test_change_is_that_of_two_poisson_rates_and_rounding_widens_it(at):
    place = at("Cardiff")
    found = trend.change(place, place.key, place.latest)
    rows = place.history
    now, then = rows.loc[place.latest], rows.loc[place.latest - 5]
    assert found[0] == pytest.approx(100 * (now["rate"] / then["rate"] - 1))
    rates = place.tables["rates"].assign(rounding=0)
    exact = Place.of(areas.find("Cardiff"), {**place.tables, "rates": rates})
    narrow = trend.change(exact, exact.key, exact.latest)
    assert found[1] < narrow[1] < narrow[2] < found[2]
    assert trend.change(place, place.key, 1990) is None


def test_a_large_step_in_spending_is_said_to_point_to_the_return(page, at):
    said = page("Liverpool")["spending"].sentences
    assert any("points to the return" in text for text in said)
    spent = at("Liverpool").rows("spend").set_index("year")["cla_gbp"]
    step = 100 * (spent.iloc[-1] / spent[spent.index[-1] - 1] - 1)
    assert f"The figure {words.moved(step)} in one year." in " ".join(said)
    assert not any("points to the return" in text for text in page("Kent")["spending"].sentences)


def test_luck_is_taken_out_and_no_gap_is_no_target(page):
    results = page("Liverpool")["benchmark"].results
    gap, chance = results["benchmark.gap_to_lowest"].value, results["benchmark.luck"]
    net, alike = results["benchmark.net"], results["benchmark.if_alike"]
    assert net.value == pytest.approx(gap - chance.value)
    assert net.low < net.value < net.high
    assert chance.low < chance.value < chance.high
    assert 0 < chance.value < alike.value < gap
    rutland = page("Rutland")["benchmark"]
    assert rutland.results["benchmark.gap_to_lowest"].value == pytest.approx(0)
    assert "asks nothing" in rutland.sentences[-1]


def test_sentences_say_what_the_tables_hold(page, at, common, analysis_tables):
    found, place = page("Liverpool"), at("Liverpool")
    near = place.near
    assert f"The median of its {len(near)} statistical" in found["benchmark"].sentences[0]
    stock = place.series(place.key)["number"]
    after = f"after {words.number(stock.iloc[-1])} in {stock.index[-1]}."
    assert after in " ".join(found["forecast"].sentences)
    rows = analysis_tables["cla_flows"].query("level == 'country'")
    year = rows["year"].max()
    came = rows[rows["year"] == year].sort_values("release_year")["started"].iloc[-1]
    people = (
        analysis_tables["population"]
        .query("level == 'country' and series == 'dfe_2025_rebased' and mid_year == @year - 1")[
            "persons_0_17"
        ]
        .iloc[0]
    )
    assert f"England had {words.number(1e4 * came / people, 1)}." in found["flows"].sentences[1]
    seen = analysis_tables["ofsted"].query("area == 'Liverpool'").dropna(subset=["overall"])
    last = seen.sort_values("published").iloc[-1]
    assert (
        f"was published on {words.date(last['published'])} (" in found["inspections"].sentences[0]
    )
    spread = common["profile_funnel"].dropna(subset=["prior_persons", "number"])
    for _, part in spread[spread["country"] == "England"].groupby("year"):
        middle = (part["prior_shape"] / part["prior_persons"]).iloc[0]  # mean of true rates
        assert middle == pytest.approx((part["number"] / part["persons"]).mean(), rel=0.1)


@pytest.mark.parametrize("name", ["Dorset", "Torfaen"])
def test_charts_are_small_and_lean(page, at, name):
    place, total = at(name), 0
    for key, chart in CHARTS.items():
        section = page(name)[key]
        if len(section.frame):
            made = chart(section, place).to_dict()
            widths = [made.get("width", 0), *(p.get("width", 0) for p in made.get("vconcat", []))]
            assert max(widths) <= 480
            total += len(str(made))
            assert section.alt
    assert total < 90_000


@pytest.mark.parametrize("name", ["Liverpool", "Torfaen"])
def test_the_funnel_counts_each_limit_by_its_name(page, at, name):
    place, section = at(name), page(name)["funnel"]
    rows = place.tables["funnel"]
    rows = rows[(rows["country"] == place.country) & (rows["year"] == place.latest)]
    by_95 = ((rows["rate"] > rows["high_95"]) | (rows["rate"] < rows["low_95"])).sum()
    by_99 = ((rows["rate"] > rows["high_99_8"]) | (rows["rate"] < rows["low_99_8"])).sum()
    assert 0 < by_99 < by_95
    assert (f"{by_95} of {len(rows)} authorities lie outside the 95% limits, and {by_99} outside "
            "the wider 99.8% limits") in section.sentences[0]  # fmt: skip
    wide, wider = ((rows["spread_flag"].abs() >= n).sum() for n in (1, 2))
    assert f"leave {wide} outside at 95% and {wider} at 99.8%" in section.sentences[1]
    made = str(beside.funnel(section, place).to_dict())
    for end in ("low_95", "high_95", "low_99_8", "high_99_8"):
        assert made.count(f"'{end}:Q'") + made.count(f"'field': '{end}'") >= 2
    assert "95% (inner) and of 99.8% (outer)" in section.caption
    years = page(name)["funnel-over-years"]
    above = years.frame["flag"]
    assert (f"above the 95% limits of chance in {(above >= 1).sum()} "
            f"({(above == 2).sum()} beyond the 99.8% limit)") in years.sentences[0]  # fmt: skip


def _print(**values):
    row = {"first_rate": 80.0, "last_rate": 74.0, "first_count": 646.0, "last_count": 596.0,
           "first_unit": 0.0, "last_unit": 0.0}  # fmt: skip
    return pd.Series(row | values)


def test_the_cause_of_a_revision_is_told_by_count_and_denominator():
    assert "from 646 to 596, and that accounts for it" in outlook.cause(_print())
    same = outlook.cause(_print(last_count=646.0))
    assert "did not change" in same
    assert "estimate of how many children live there" in same
    assert "hardly changed (from 646 to 645)" in outlook.cause(_print(last_count=645.0))
    both = outlook.cause(_print(last_count=620.0, last_rate=70.0))
    assert both.startswith("Both parts were revised")
    assert "Both" in outlook.cause(_print(last_count=500.0))
    assert "rounding" in outlook.cause(_print(last_rate=79.0))
    coarse = {"first_rate": 100.0, "last_rate": 115.0, "first_count": 200.0, "last_count": 220.0,
              "first_unit": 5.0, "last_unit": 5.0}  # fmt: skip
    # the count alone gives 110: half a unit of each count leaves 2.5 open, a rate 1, not 5
    assert outlook.cause(_print(**coarse)).startswith("Both parts were revised")
    assert "accounts for it" in outlook.cause(_print(**coarse | {"last_rate": 113.0}))
    for name in ("Census", "census"):
        assert name not in same + both


def test_a_step_that_chance_can_make_is_told(page):
    found = page("Liverpool")["revisions"].results["chance.yearly_change"]
    assert 20 < found.value < 120
    assert "through chance alone" in " ".join(page("Liverpool")["revisions"].sentences)


def test_the_rate_that_moved_most_has_its_own_cause(page):
    for name, told in (("Leicester", "that accounts for it"), ("St. Helens", "rounding"),
                       ("City of London", "how many children live there")):  # fmt: skip
        said = " ".join(page(name)["revisions"].sentences)
        assert told in said
        assert "Census" not in said


def test_the_forecast_says_its_lean_and_what_another_rule_does_better(page, at, common):
    scores = common["profile_scores"]
    said = " ".join(page("Liverpool")["forecast"].sentences)
    assert scores["mean_error"].iloc[0] < -1
    assert "too low, since numbers rose" in said
    best = scores.loc[scores["interval_score"].idxmin()]
    assert f"'{best['method']}' held" in said
    turned = scores.assign(mean_error=-scores["mean_error"],
                           interval_score=range(len(scores)))  # fmt: skip
    tables = {**at("Liverpool").tables, "scores": turned}
    said = " ".join(outlook.forecast(Place.of(areas.find("Liverpool"), tables)).sentences)
    assert "too high, since numbers fell" in said
    assert "interval score" not in said


def test_a_line_breaks_where_a_year_is_missing():
    frame = pd.DataFrame({"kind": ["a"] * 4 + ["b"], "year": [2009, 2010, 2013, 2015, 2011],
                          "children": range(5)})  # fmt: skip
    out = parts.unbroken(frame, "kind")
    a = out[out["kind"] == "a"].set_index("year")
    assert a.index.tolist() == list(range(2009, 2016))
    assert a["children"].isna().tolist() == [False, False, True, True, False, True, False]
    assert a.index[a["alone"]].tolist() == [2013, 2015]
    assert out[out["kind"] == "b"]["alone"].tolist() == [True]
    assert not parts.unbroken(frame.head(2))["alone"].any()


def test_the_gap_of_the_city_of_london_is_not_drawn_over(page, at):
    section = page("City of London")["flows"]
    known = set(section.frame["year"])
    drawn = draw.flows(section, at("City of London")).to_dict()
    rows = next(rows for rows in drawn["datasets"].values() if "kind" in rows[0]
                and len(rows) > len(section.frame))  # fmt: skip
    empty = {row["year"] for row in rows if row["children"] is None}
    assert {2012, 2013} <= empty
    assert not empty & known


def test_sentence_and_table_give_one_share(page):
    for name in ("Hackney", "Bristol", "Wirral"):
        section = page(name)["spending"]
        result = section.results["spend.share"].value
        year = section.frame["year to 31 March"].iloc[1]
        own = section.frame[section.frame["year to 31 March"] == year].iloc[0]
        assert own["% of children's services"] == pytest.approx(result, abs=1e-9)
        assert f"{round(result)}% of all" in section.sentences[0]


def test_years_of_releases_come_from_the_data(page, at):
    place = at("Liverpool")
    shifted = place.tables["releases"].assign(last_release=lambda t: t["last_release"] + 1)
    later = Place.of(areas.find("Liverpool"), {**place.tables, "releases": shifted})
    last = int(place.tables["releases"]["last_release"].max())
    assert f"to {last};" in place.source
    assert f"to {last + 1};" in later.source
    assert f"to {last + 1} " in services.flows(later).source
    assert f"to {last + 1} " in outlook.revisions(later).source
    assert "2003 to 2018" in at("Cardiff").source


def test_charts_over_all_areas(common):
    shares = models.outside(common["profile_funnel"])
    assert set(shares["rule"]) == {"chance alone", "spread allowed for"}
    assert shares["percent"].between(0, 100).all()
    assert shares.loc[shares["country"].eq("England") & shares["year"].ge(2010),
                      "unsure"].max() == 0  # fmt: skip
    assert plots_areas.outside(shares).to_dict()
    ranks = with_names(common, "funnel").query("year == year.max()")
    assert plots_areas.ranks(ranks).to_dict()
    region = with_names(common, "expected").query("year == year.max()").assign(percent=1.0)
    assert plots_areas.by_region(region, areas.REGIONS).to_dict()
    assert set(sizes(common)["table"]) == set(common)


def test_funnels_hold_every_authority_with_figures_but_scilly(common):
    funnel, rates = common["profile_funnel"], common["profile_rates"]
    held = models.judged(rates)
    assert len(funnel) == len(held)
    assert areas.SCILLY not in set(funnel["key"])
    beyond = funnel["rate"] > funnel["high_99_8"]
    assert (funnel.loc[beyond, "flag"] == 2).all()
    assert funnel["rank"].between(funnel["rank_low"], funnel["rank_high"]).mean() > 0.97


def test_expected_rates_follow_deprivation_and_their_counts_add_up(common):
    found = common["profile_expected"]
    for _, rows in found.groupby(["country", "year"]):
        order = rows.sort_values("deprivation")["expected"]
        assert np.diff(order).min() > -1e-9
        assert rows["slope_low"].iloc[0] > 1
        ratio = rows["number"].sum() / (rows["expected"] * rows["persons"] / 1e4).sum()
        assert ratio == pytest.approx(1, abs=0.06)
        inside = rows["rate"].between(rows["usual_low"], rows["usual_high"]).mean()
        assert inside > 0.85


def test_deprivation_is_left_out_where_too_few_authorities_have_it(common, analysis_tables):
    index = models.indices(analysis_tables)
    rates = common["profile_rates"]
    few = index[index["key"].isin(index.loc[index["country"] == "England", "key"].iloc[:400])]
    few = pd.concat([few[few["country"] == "England"], index[index["country"] == "Wales"].head(5)])
    found, _ = models.given_deprivation(rates, few)
    assert set(found["country"]) == {"England"}


def test_histories_have_no_gap_and_reach_the_last_year(common):
    past = ahead.histories(common["profile_rates"])
    assert "E09000001" not in past
    assert "E10000009" not in past
    assert "E06000028+E06000029+E10000009" in past
    for key, history in itertools.islice(past.items(), 0, None, 10):
        assert (np.diff(history.index) == 1).all(), key
        assert history["stock"].notna().all()
        assert len(history) >= 10


def test_the_rule_with_the_smallest_error_is_used(common):
    scores, found = common["profile_scores"], common["profile_forecast"]
    assert scores["mean_absolute_error"].is_monotonic_increasing
    assert set(found["rule"]) == {scores["method"].iloc[0]}
    assert (found["low"] <= found["forecast"]).all()
    assert (found["low"] >= 0).all()
    assert found["own_tests"].ge(found["own_held"]).all()
    short = {"A": pd.DataFrame({"stock": np.arange(10.0, 20)}, index=range(2000, 2010)),
             "B": pd.DataFrame({"stock": np.arange(9.0, 29)}, index=range(1990, 2010))}  # fmt: skip
    assert set(ahead.backtests(short)["key"]) == {"B"}


def test_a_split_council_has_the_neighbours_of_the_model_that_knows_it(common, at):
    near = common["profile_neighbours"]
    for name in ("Cumbria", "Northamptonshire"):
        place = at(name)
        assert set(place.rows("neighbours")["model"]) == {"2021"}
        assert len(place.near) == 10
        assert "model of 2021" in trend.glance(place).source
    first = data.load("neighbours").query("model == '2021' and area_code == 'E10000021'")
    assert at("Northamptonshire").near == list(first.sort_values("rank")["neighbour_area_code"])
    told = near.dropna(subset=["stands_for"])
    assert set(told["near"]) <= {"E10000006", "E10000021"}
    assert "Northamptonshire for North Northamptonshire, a part of it" in trend.glance(
        at("Cumbria")).source  # fmt: skip
    assert "2025" in set(at("Liverpool").rows("neighbours")["model"])


def test_neighbours_are_never_the_authority_itself(common):
    near = common["profile_neighbours"]
    assert (near["key"] != near["near"]).all()
    assert near.groupby("key").size().between(9, 10).all()
    assert not near["key"].str.startswith("W").any()


def test_a_page_shows_records_and_ends_with_its_gaps(common, monkeypatch, tmp_path):
    shown, html = [], []
    monkeypatch.setenv("CARE_RATES_OUTPUTS", str(tmp_path))
    monkeypatch.setattr("care_rates.profile_page.display", lambda bundle, **_: html.append(bundle))
    monkeypatch.setattr("care_rates.profile_page.show", lambda _, **kw: shown.append(kw))
    monkeypatch.setattr(report, "_now", report.Session("area_profile", {}))
    page = AreaPage.of("Torfaen")
    page.put(trend.glance(page.place), decimals=1)
    page.put(trend.trend(page.place), draw.trend)
    page.put(services.flows(page.place), draw.flows)
    page.gaps()
    assert [kw["name"] for kw in shown] == ["at-a-glance", "trend", "what-is-missing"]
    assert shown[0]["decimals"] == 1
    assert "alt" in shown[1]
    assert any("<strong>Missing here: statistical neighbours.</strong>" in b["text/html"]
               for b in html)  # fmt: skip
    keys = [row["key"] for row in report.session().results]
    assert "rate.latest" in keys
    assert keys[-1] == "missing"

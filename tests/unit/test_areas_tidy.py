"""The crosswalk loses no child, and every column of every table has a meaning."""

import numpy as np
import pandas as pd
import pytest

from care_rates import areas, tidy
from care_rates.data import DataError, Package

pytestmark = pytest.mark.unit


def test_no_child_is_lost_on_stable_areas(analysis_tables):
    for name, counts in (("cla", ["number"]), ("cla_flows", ["started", "ceased"])):
        frame = analysis_tables[name]
        rows = frame[frame["level"] == "authority"]
        keys = ["year", "release_year", "source_id"]
        on_map = areas.to_units(rows, keys, counts, "stable_id")
        assert on_map[counts].sum().tolist() == rows[counts].sum().tolist()


def test_units_and_what_they_leave_out_make_the_whole(analysis_tables):
    frame = analysis_tables["cla"]
    rows = frame[frame["level"] == "authority"]
    units = areas.to_units(rows, ["year", "release_year", "source_id"], ["number"])
    lost = areas.unmapped(frame, "number")
    left_out = rows.loc[rows["area_code"].isin(lost["area_code"]), "number"].sum()
    assert units["number"].sum() + left_out == rows["number"].sum()
    assert set(lost["area_code"]) == {"E06000058", "E06000059", "E10000001", "E10000004"}


def test_sums_agree_with_england_to_rounding(analysis_tables):
    gap = tidy.reconcile(analysis_tables["cla"], ["number"])
    recent = gap[gap["release_year"] >= 2018]
    assert recent["number, difference"].abs().max() <= 5
    assert gap["number, difference"].abs().max() <= 65


def test_units_are_the_152_authorities(analysis_tables):
    units = analysis_tables["cla_units"]
    assert units["unit_id"].nunique() == 152
    assert not units.duplicated(["unit_id", "year", "release_year", "source_id"]).any()
    cumbria = units.query("unit_id == 'E10000006' and year == 2024 and release_year == 2025")
    assert cumbria["parts"].tolist() == [2]
    assert cumbria["rate_per_10k"].isna().all()


def test_a_sum_with_a_missing_part_is_missing():
    frame = pd.DataFrame(
        {"unit_id": ["a", "a", "b", "b"], "year": 2020, "number": [1, np.nan, 2, 3],
         "in_force": True}
    )  # fmt: skip
    out = areas.to_units(frame, ["year"], ["number"]).set_index("unit_id")
    assert np.isnan(out.at["a", "number"])
    assert out.at["b", "number"] == 5
    frame.loc[1, "in_force"] = False  # no such authority that year: nothing is missing
    assert areas.to_units(frame, ["year"], ["number"]).set_index("unit_id").at["a", "number"] == 1


def test_slug():
    assert areas.slug("Yorkshire and The Humber") == "yorkshire_and_the_humber"
    assert areas.slug("  St. Helens (new) ") == "st_helens_new"


@pytest.mark.parametrize("text", ["Liverpool", "liverpool", " LIVERPOOL ", "E08000012"])
def test_find_by_name_or_code(text):
    assert areas.find(text)["unit_id"] == "E08000012"


def test_find_suggests_near_misses():
    with pytest.raises(DataError, match="Liverpool"):
        areas.find("Liverpol")
    with pytest.raises(DataError, match="Rhondda Cynon Taf"):
        areas.find("rhondda")
    for bad in ("", None, 3):
        with pytest.raises(DataError, match="name or the code"):
            areas.find(bad)
    with pytest.raises(DataError, match="no local authority"):
        areas.find("<script>alert(1)</script>")


def test_areas_are_in_the_one_order(analysis_tables):
    table = analysis_tables["areas"]
    assert len(table) == 174
    assert list(dict.fromkeys(table["region"])) == [*areas.REGIONS, "Wales"]
    assert table["case_study"].eq("yes").sum() == 5


def test_welsh_rates_and_their_rounding(analysis_tables):
    rates = analysis_tables["wales_rates"].set_index(["area", "year"])
    wales = rates.loc[("Wales", 2012)]
    assert wales["rate"] == pytest.approx(wales["number"] / wales["persons"] * 1e4)
    assert wales["rate_low"] < wales["rate"] < wales["rate_high"]
    span = (rates["rate_high"] - rates["rate_low"]) * rates["persons"] / 1e4
    assert span.dropna().to_numpy() == pytest.approx(5)


def test_every_column_has_a_meaning(analysis_tables):
    words = tidy.dictionary(analysis_tables, Package())
    described = set(zip(words["table"], words["column"], strict=True))
    held = {(name, column) for name, frame in analysis_tables.items() for column in frame}
    assert described == held
    assert words["meaning"].str.len().gt(0).all()
    with pytest.raises(KeyError, match="areas.secret"):
        tidy.dictionary({"areas": pd.DataFrame({"secret": [1]})}, Package())


def test_vintages_start_with_the_first_release(analysis_tables):
    table = tidy.vintages(analysis_tables["cla_units"], 2016)
    assert table.index[0].startswith("dfe_cla_2016")
    assert table["authorities that differ from the first release"].iloc[0] == 0


def test_blanks_are_counted_by_reason():
    found = tidy.blanks(Package()).set_index(["table", "reason"])["cells"]
    assert found["cla_wales", "below 5, withheld"] == 1125
    assert found.index.get_level_values("reason").str.len().min() > 3


@pytest.mark.parametrize(
    ("raw", "name"),
    [("cla_england", "cla"), ("cla_wales", "wales_cla"), ("census2011_wales", "wales_census2011"),
     ("national_series", "national")],
)  # fmt: skip
def test_names(raw, name):
    assert tidy.name_of(raw) == name


def test_the_crosswalk_follows_from_the_areas_themselves(analysis_tables):
    """A recode keeps name, number and region; parts begin where their unit ends."""
    rows = analysis_tables["crosswalk"].set_index("area_code")
    moved = rows[rows["unit_id"].notna() & (rows["unit_id"] != rows.index)]
    assert len(moved) >= 17
    for code, row in moved.iterrows():
        unit = rows.loc[row["unit_id"]]
        assert row["region"] == unit["region"], code
        if "+" in code:
            assert {rows.at[part, "unit_id"] for part in code.split("+")} == {row["unit_id"]}, code
        elif row["unit_map"].startswith("part"):
            assert row["valid_from_year"] == unit["valid_to_year"], code
        else:
            assert row["name"].removesuffix(" (county)") in unit["name"], code
            assert row["dfe_code"] == unit["dfe_code"], code


@pytest.mark.parametrize(("name", "part"), [("cla_ages", "age_group"),
                                            ("cla_placements", "placement")])  # fmt: skip
def test_parts_add_up_to_the_total_of_each_authority(analysis_tables, name, part):
    """To the child where all are printed; what is withheld makes up a small rest."""
    rows = analysis_tables[name].query("level == 'authority'")
    key = ["area_code", "year", "source_id"]
    wide = rows.pivot_table(index=key, columns=part, values="number", aggfunc="first")
    hidden = rows[rows["number"].isna() & (rows[part] != "total")].groupby(key).size()
    hidden = hidden.reindex(wide.index).fillna(0)
    rest = (wide["total"] - wide.drop(columns="total").sum(axis=1)).dropna()
    source = rest.index.get_level_values("source_id")
    early = source.isin(["dfe_cla_2011_ud", "dfe_cla_2012_ud"])  # off by one here and there
    unit = np.where(source.str.endswith("_tables"), 2.5 * wide.shape[1], early.astype(float))
    hidden = hidden[rest.index]
    assert len(rest) > 2000
    assert (rest[hidden == 0].abs() <= unit[hidden == 0]).all()
    assert (rest[hidden > 0] >= -unit[hidden > 0]).all()
    assert (rest[hidden > 0] <= 30 * hidden[hidden > 0]).all()


def test_welsh_parts_add_up_within_rounding(analysis_tables):
    rows = analysis_tables["wales_cla"]
    assert (rows["number"].dropna() % 5 == 0).all()
    for part, fields in {"sex": ["area_code", "year", "age_band"],
                         "age_band": ["area_code", "year", "sex"]}.items():  # fmt: skip
        wide = rows.pivot_table(index=fields, columns=part, values="number", dropna=False)
        rest = (wide["all"] - wide.drop(columns="all").sum(axis=1, min_count=1)).dropna()
        assert len(rest) > 300
        assert rest.abs().max() <= 2.5 * wide.shape[1]


def test_welsh_guardianship_orders_are_rounded_to_five(analysis_tables):
    rows = analysis_tables["wales_sgo_2012"]
    for column in ("sgo_former_foster_carers", "sgo_other_carers"):
        assert (rows[column].dropna() % 5 == 0).all()


@pytest.mark.parametrize(("name", "column"), [("cla", "number"), ("cla_flows", "started"),
                                              ("cla_flows", "ceased")])  # fmt: skip
def test_printed_tables_are_rounded_to_five(analysis_tables, name, column):
    rows = analysis_tables[name].query("level == 'authority'")
    rows = rows[rows["source_id"].str.endswith("_tables")]
    assert len(rows) > 400
    assert (rows[column].dropna() % 5 == 0).all()

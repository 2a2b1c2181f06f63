"""A file in part, of another year or full of changes is not taken in unasked."""

import shutil

import pytest
import releases

from care_rates import ingest
from care_rates.data import Package
from care_rates.ingest import sums, whole
from care_rates.ingest.findings import Log
from care_rates.ingest.known import Known
from care_rates.ingest.places import Places
from care_rates.ingest.recipes import STAFF_FIELDS
from care_rates.schema import DataError

pytestmark = pytest.mark.unit

LIVERPOOL, HARTLEPOOL = "E08000012", "E06000001"
STOCK = "Children looked after at 31 March each year"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """The raw tables that a release of children looked after feeds, and nothing else."""
    kept = {"sources", "areas_england", "areas_wales", "cla_england", "cla_flows_england",
            "population_england", "cla_wales"}  # fmt: skip
    return releases.as_of(tmp_path_factory.mktemp("kept") / "raw", kept)


@pytest.fixture
def raw(pristine, tmp_path):
    return shutil.copytree(pristine, tmp_path / "raw")


@pytest.fixture(scope="module")
def lines(pristine):
    """A whole release of 2026 that repeats the figures of 2025."""
    return releases.number_and_rate(pristine, on=1, years=(2025,))


def dry(raw, tmp_path, rows, **options):
    path = releases.write(tmp_path / "in.csv", rows)
    return ingest.ingest([path], ingest.Options(dry_run=True, **options), raw)


def stopped(raw, tmp_path, rows, *parts, **options):
    before = {p.name: p.read_bytes() for p in raw.iterdir()}
    with pytest.raises(DataError) as error:
        ingest.ingest([releases.write(tmp_path / "in.csv", rows)], ingest.Options(**options), raw)
    for part in (*parts, "Nothing was written."):
        assert part in str(error.value), str(error.value)
    assert {p.name: p.read_bytes() for p in raw.iterdir()} == before
    return str(error.value)


def test_a_whole_release_needs_no_option(raw, tmp_path, lines):
    report = dry(raw, tmp_path, lines)
    assert report.added == dict.fromkeys(("cla_england", "cla_flows_england",
                                          "population_england"), 167)  # fmt: skip
    assert not [note for note in report.notes if "accepted" in note]


def test_half_a_file_stops(raw, tmp_path, lines):
    stopped(raw, tmp_path, lines[:150], "115 areas that dfe_cla_2025_ees has are missing",
                   "cla_england of 2026, cla_flows_england of 2026, population_england of 2025",
                   "and 95 more", "--absent all")  # fmt: skip
    assert dry(raw, tmp_path, lines[:150], absent=["ALL"]).added["cla_england"] == 50


def test_one_lost_area_stops_and_can_be_named(raw, tmp_path, lines):
    rows = [r for r in lines if r["new_la_code"] != LIVERPOOL]
    stopped(raw, tmp_path, rows, "1 area that dfe_cla_2025_ees has is missing",
            "Liverpool (E08000012)", "--absent E08000012")  # fmt: skip
    stopped(raw, tmp_path, rows, "Liverpool (E08000012)", absent=["Leeds"])
    stopped(raw, tmp_path, rows, "'Atlantis' is no area", absent=["Atlantis"])
    path = releases.write(tmp_path / "in.csv", rows)
    report = ingest.ingest([path], ingest.Options(absent=["Liverpool"]), raw)
    assert any("accepted without Liverpool (E08000012) (--absent)" in x for x in report.notes)
    (source,) = releases.table(raw, "sources", "dfe_cla_2026_ees")
    assert "accepted without Liverpool" in source["notes"]
    late = [r for r in lines if r["new_la_code"] == LIVERPOOL]
    later = ingest.ingest([releases.write(tmp_path / "late.csv", late)], folder=raw)
    assert later.added["cla_england"] == 1  # the rest of the release is there already


def test_england_or_a_region_missing_stops(raw, tmp_path, lines):
    rows = [r for r in lines if r["geographic_level"] != "National"]
    stopped(raw, tmp_path, rows, "England (E92000001)")
    rows = [r for r in lines if r["region_name"] != "Inner London"]
    stopped(raw, tmp_path, rows, "Inner London (E13000001)")


def test_an_area_of_one_count_alone_is_missed(raw, tmp_path, lines):
    """The file has the area, but not its starts: the table would be short of a figure."""
    rows = [r for r in lines if not (
        r["new_la_code"] == LIVERPOOL and r["population_count"].startswith("Children starting")
    )]  # fmt: skip
    stopped(raw, tmp_path, rows, "Liverpool (E08000012)")


def test_a_marker_is_the_publishers_own_gap(raw, tmp_path, lines):
    rows = [dict(r) for r in lines]
    for row in rows:
        if row["new_la_code"] == LIVERPOOL:
            row |= {"number": "x", "rate_per_10000": "x"}
    assert dry(raw, tmp_path, rows).added["cla_england"] == 167


def test_a_sum_that_falls_short_stops(raw, tmp_path, lines):
    """A figure that lost a digit, rate and all."""
    rows = [dict(r) for r in lines]
    for row in rows:
        if (row["new_la_code"], row["population_count"]) == (LIVERPOOL, STOCK):
            row |= {"number": "142", "rate_per_10000": "x"}
    stopped(raw, tmp_path, rows, "short, where rounding and figures withheld explain",
            "missing or misprinted")  # fmt: skip
    assert dry(raw, tmp_path, rows, absent=["all"]).added["cla_england"] == 167


def test_a_figure_with_a_digit_too_many_is_pointed_to(raw, tmp_path, lines):
    rows = [dict(r) for r in lines]
    for row in rows:
        if (row["new_la_code"], row["population_count"]) == (LIVERPOOL, STOCK):
            row |= {"number": "14160", "rate_per_10000": "x"}
    stopped(raw, tmp_path, rows, "most has changed in Liverpool: 1,416 before, 14,160 here")


def test_an_old_code_beside_the_new_one_stops(raw, tmp_path, lines):
    """Barnsley twice is too little for the sum to show."""
    twice = [r | {"new_la_code": "E08000038"} for r in lines if r["new_la_code"] == "E08000016"]
    stopped(raw, tmp_path, [*lines, *twice], "Barnsley (E08000016) had ended by 2026",
            "E08000038 on the same land has a figure too")  # fmt: skip
    recoded = [r for r in lines if r["new_la_code"] != "E08000016"] + twice
    assert dry(raw, tmp_path, recoded).added["cla_england"] == 167


def test_a_year_that_is_not_the_next(raw, tmp_path, lines):
    rows = [r | {"time_period": "2062"} for r in lines]
    stopped(raw, tmp_path, rows, "row 2, field year", "end in 2062", "last known year is 2025",
            "2026 is next", "--release-year 2062")  # fmt: skip
    one = [*lines[:-1], lines[-1] | {"time_period": "2062"}]
    stopped(raw, tmp_path, one, f"row {len(one) + 1}, field year")
    rows = [r | {"time_period": "2027"} for r in lines]
    stopped(raw, tmp_path, rows, "leaves out 2026 between 2025 and 2027")
    report = dry(raw, tmp_path, rows, release_year=2027)
    assert any("no figures of 2026 between 2025 and 2027" in note for note in report.notes)
    assert dry(raw, tmp_path, [*lines, *rows]).added["cla_england"] == 2 * 167  # none is left out


def test_another_release_is_not_replaced_unasked(raw, tmp_path, lines):
    rows = [r | {"time_period": "2024"} for r in lines]
    said = "317 of the 334 figures of dfe_cla_2024_ees that the file repeats differ (cla_england)"
    stopped(raw, tmp_path, rows, said, "may be another release", "--replace dfe_cla_2024_ees")
    report = dry(raw, tmp_path, rows, replace=["dfe_cla_2024_ees"])
    assert any("are replaced (--replace dfe_cla_2024_ees)" in note for note in report.notes)
    stopped(raw, tmp_path, rows, "'none' is not in sources.csv", replace=["none"])


def test_a_few_corrections_of_a_known_release_pass(raw, tmp_path):
    rows = releases.number_and_rate(raw)
    for row in rows:
        if (row["new_la_code"], row["time_period"]) == (HARTLEPOOL, "2025"):
            row |= {"rate_per_10000": "u"}
    assert len(dry(raw, tmp_path, rows).corrected) == 3


def test_back_years_out_of_place_stop(raw, tmp_path):
    """Five years of figures, each a year late."""
    rows = releases.number_and_rate(raw, on=1)
    stopped(raw, tmp_path, rows, "number of the back years differs by",
            "years and columns are in their places", "--revised cla_england")  # fmt: skip
    tables = ["cla_england", "cla_flows_england", "population_england"]
    report = dry(raw, tmp_path, rows, revised=tables)
    assert any("(--revised cla_england)" in note for note in report.notes)
    with pytest.raises(DataError, match="has no table 'x'"):
        dry(raw, tmp_path, rows, revised=["x"])


CIN = "dfe_cin_2025_ees"
MARCH = "dfe_cla_2025_ees_31march"
LAYOUTS = {
    "workforce": [("workforce_england", "dfe_csww_2025_ees", {
        name.replace("rate_fte", "rate_fte_%"): name for name in STAFF_FIELDS})],
    "children in need": [
        ("child_protection_england", CIN, {"Anypoint_episodes": "cin_episodes",
                                           "At31_episodes": "cin_at_31_march"}),
        ("child_protection_england", CIN, {"referral_count": "referrals"}),
        ("child_protection_england", CIN, {"CPP_start": "cpp_started", "CPP_subsequent": "-"}),
        ("child_protection_england", CIN, {"CPP_At31": "cpp_at_31_march", "2_years_or_more": "-"}),
    ],
    "ages and placements": [
        ("cla_ages_england", MARCH, {"characteristic": "age_group_label", "number": "number"}),
        ("cla_placements_england", MARCH, {"characteristic": "placement_label",
                                           "number": "number"}),
    ],
}  # fmt: skip


@pytest.mark.parametrize("family", LAYOUTS)
def test_whole_releases_of_the_other_families_need_no_option(tmp_path, family):
    """Joint figures, suppressed classes and the publishers' own gaps do not stop it."""
    names = {"sources", "areas_england", "areas_wales", "population_england", "cla_england"}
    names |= {table for table, _, _ in LAYOUTS[family]}
    raw, files = releases.as_of(tmp_path / "raw", names), []
    for number, (table, source, columns) in enumerate(LAYOUTS[family]):
        rows = releases.laid_out(raw, table, source, columns)
        if "characteristic" in columns:
            group = "Age group" if "ages" in table else "Placement"
            rows = [row | {"cla_group": group} for row in rows]
        files.append(releases.write(tmp_path / f"31march_{number}.csv", rows))
    report = ingest.ingest(files, ingest.Options(dry_run=True), raw)
    assert all(report.added.values())
    assert not (report.left_out or report.revised or report.corrected)
    assert not [note for note in report.notes if "accepted" in note]


WIDE = {"Refs": "referrals", "Ref rate": "referrals_rate_per_10k", "S47 num": "s47_enquiries",
        "Conf": "icpc", "CPP start": "cpp_started", "CPP 31 March": "cpp_at_31_march",
        "CIN ever": "cin_episodes", "CIN 31 March": "cin_at_31_march"}  # fmt: skip
OLD = "dfe_cin_2015_ud"


def wide(raw, year):
    """The underlying data of 2015 as the department laid it out then: one row an area."""
    areas = {r["area_code"]: r for r in releases.table(raw, "areas_england")}
    kinds = {"Country": "NATIONAL", "Region": "Region"}
    for r in releases.table(raw, "child_protection_england", OLD):
        area = areas[r["area_code"]]
        place = {
            "geog_l": kinds.get(area["la_type"], "LA"), "New_geog_code": r["area_code"],
            "geog_c": area["dfe_code"], "geog_n": area["name"],
        }  # fmt: skip
        yield place | {
            f"{head} {year}": r[field] or r[f"{field}_flag"] for head, field in WIDE.items()
        }


def test_the_wide_files_on_children_in_need_are_read_once_their_headings_are_named(tmp_path):
    names = {"sources", "areas_england", "areas_wales", "child_protection_england",
             "population_england", "cla_england"}  # fmt: skip
    raw = releases.as_of(tmp_path / "raw", names)
    path = releases.write(tmp_path / "SFR41_2015_UD.csv", list(wide(raw, 2015)))
    with pytest.raises(DataError, match='--heading "OLD=NAME" for each.*cpp_at_31_march'):
        ingest.ingest([path], folder=raw)
    said = [f"{head} 2015={field}2015" for head, field in WIDE.items()]
    report = ingest.ingest([path], ingest.Options(headings=said, dry_run=True), raw)
    assert report.files[0].endswith(f"figures for {OLD}")
    assert report.added == {"child_protection_england": 0}  # all of it is there already
    assert not (report.revised or report.corrected)
    rows = list(wide(raw, 2015))
    changed = next(r for r in rows if r["New_geog_code"] == LIVERPOOL)
    was = changed["Refs 2015"]
    changed["Refs 2015"] = str(int(was) + 7)
    releases.write(path, rows)
    report = ingest.ingest([path], ingest.Options(headings=said), raw)
    assert report.corrected
    now = {r["area_code"]: r["referrals"]
           for r in releases.table(raw, "child_protection_england", OLD)}  # fmt: skip
    assert int(now[LIVERPOOL]) == int(was) + 7
    with pytest.raises(DataError, match="no file has a heading"):
        ingest.ingest([path], ingest.Options(headings=[*said, "Nobody=icpc2015"]), raw)


# ---- who stands for whom


@pytest.fixture(scope="module")
def places():
    known = Known(Package())
    return Places(known.mappings("areas_england"), known.mappings("areas_wales"))


@pytest.mark.parametrize(
    ("expected", "there", "year", "gone"),
    [
        ("E10000006", "E06000063 E06000064", 2026, ""),  # Cumbria: both successors
        ("E10000006", "E06000063", 2026, "E06000064"),  # one of them
        ("E10000006", "", 2026, "E06000063 E06000064"),
        ("E06000063 E06000064", "E10000006", 2020, ""),  # as it was then
        ("E06000063 E06000064", "E10000006", 2026, "E06000063 E06000064"),
        ("E06000061 E06000062", "E06000061+E06000062", 2026, ""),  # a joint figure
        ("E06000061+E06000062", "E06000061 E06000062", 2026, ""),
        ("E06000061+E06000062", "E06000061", 2026, "E06000062"),
        ("E08000016", "E08000038", 2026, ""),  # Barnsley's new code
        ("E08000038", "E08000016", 2026, "E08000038"),
        ("E12000001", "", 2026, "E12000001"),
        ("W06000001 W06000002", "W06000002", 2019, "W06000001"),
    ],
)
def test_areas_that_have_ended(places, expected, there, year, gone):
    found = whole.missing(expected.split(), there.split(), 2026, year, places)
    assert set(found) == set(gone.split())


def test_accepted_areas_by_name_and_code(places):
    log = Log()
    assert whole.accept(["leeds", "W06000002", "all", "Gateshead"], places, log) == {
        "E08000035", "W06000002", "all", "E08000020", "E08000037",
    }  # fmt: skip
    assert not log.problems


def test_what_withheld_figures_may_hold(places):
    """Nearest year times 1.5, 10 at least, the mean for a class that is new."""
    head = ("area_code", "year", "release_year", "age_group", "number")
    rows = [dict(zip(head, row, strict=True)) for row in (
        (LIVERPOOL, "2020", "2025", "a", "100"), (LIVERPOOL, "2024", "2025", "a", "200"),
        (HARTLEPOOL, "2024", "2025", "a", "2"), ("E10000006", "2020", "2025", "a", "500"),
    )]  # fmt: skip
    near = sums.Nearest(rows, list(head[:4]), ["number"])
    there = {"E08000035": "50", HARTLEPOOL: ""}
    assert near.withheld("number", ("2025", "2025", "a"), there, places) == 300 + 10
    assert near.withheld("number", ("2021", "2025", "a"), there, places) == 150 + 10 + 750
    assert near.withheld("number", ("2025", "2025", "new"), there, places) == 75

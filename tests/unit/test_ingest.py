"""A release comes in whole or not at all, and every fault says where and what to do.

The files in ``data/ingest`` are invented.
"""

import csv
import json
import shutil
from pathlib import Path

import pytest
import releases

from care_rates import cli, ingest, paths, tidy
from care_rates.data import Package
from care_rates.ingest import cells, grid, reading, revisions, store
from care_rates.ingest.places import PlaceError, Places, words
from care_rates.schema import DataError

pytestmark = pytest.mark.unit

DATA = Path(__file__).parent / "data" / "ingest"
TIDY = DATA / "invented_cla_number_and_rate_2026.csv"
MARCH = DATA / "invented_la_cla_on_31_march_2026.csv"
WIDE = DATA / "invented_SFR00_CLA2020.csv"
STARTED, CEASED = DATA / "invented_SFR00_ADM2020.csv", DATA / "invented_SFR00_CEA2020.csv"
STAFF = DATA / "invented_csww_indicators_2026.csv"
CROSS, YEARS = DATA / "invented_CLA_31MAR_2019.csv", DATA / "invented_wales_years.csv"
LONG = DATA / "invented_wales_long.csv"
PEOPLE = DATA / "invented_mid_year_population_2025.csv"
CIN = {path.stem.split("_")[1]: path for path in DATA.glob("invented_[bcd]*_2026.csv")}
TABLES = {
    "cla_england", "cla_flows_england", "cla_ages_england", "cla_placements_england",
    "child_protection_england", "population_england", "workforce_england", "cla_wales",
}  # fmt: skip
CLA = ("cla_england", "cla_flows_england", "population_england")


AREAS = {
    "E06000001", "E06000010", "E06000023", "E06000053", "E06000057", "E06000059", "E06000063",
    "E08000016", "E08000020", "E08000024", "E09000001", "E10000006", "E12000006", "E12000007",
    "E13000001", "E92000001", "W06000002", "W06000014", "W06000023", "W92000004",
}  # fmt: skip


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The raw tables that releases feed, cut to a few areas and the years from 2017."""

    def keep(name, row):
        year = row.get("mid_year") or row.get("year")
        return name not in TABLES or (row["area_code"] in AREAS and int(year) >= 2017)

    kept = {"sources", "areas_england", "areas_wales", *TABLES}
    return releases.as_of(tmp_path_factory.mktemp("small") / "raw", kept, keep=keep)


@pytest.fixture
def whole(tmp_path):
    """Every raw table, whole."""
    return releases.as_of(tmp_path / "raw")


@pytest.fixture
def raw(small, tmp_path):
    return shutil.copytree(small, tmp_path / "raw")


def take_in(files, folder, **options):
    """Take files in that hold a few areas only."""
    return ingest.ingest(files, ingest.Options(**{"absent": ["all"]} | options), folder)


def rows(folder, table, **wanted):
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return [r for r in csv.DictReader(lines) if all(r[k] == v for k, v in wanted.items())]


def one(folder, table, **wanted):
    found = rows(folder, table, **wanted)
    assert len(found) == 1, found
    return found[0]


def state(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def changed(tmp_path, path, *pairs, name=None):
    """A copy of an invented file with words changed."""
    text = path.read_bytes().decode("cp1252" if path == STAFF else "utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    copy = tmp_path / "in" / (name or path.name)
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(text.encode("utf-8"))
    return copy


def refused(folder, files, *parts, **options):
    """The files are refused with these words, and nothing is written."""
    before = state(folder)
    with pytest.raises(DataError) as error:
        take_in(files, folder, **options)
    for part in parts:
        assert part in str(error.value), str(error.value)
    assert state(folder) == before
    assert not (folder / ".ingest").exists()


# ---- explore education statistics


def test_a_release_feeds_stock_flows_and_population_and_reaches_the_analysis(whole):
    before = {t: len(rows(whole, t)) for t in CLA}
    report = take_in([TIDY], whole)
    assert report.added == dict.fromkeys(CLA, 11)
    assert report.written[-1] == "datapackage.json"
    assert {t: len(rows(whole, t)) - n for t, n in before.items()} == dict.fromkeys(CLA, 11)
    new = {"area_code": "E06000001", "source_id": "dfe_cla_2026_ees"}
    assert one(whole, "cla_england", **new, year="2026")["number"] == "310"
    flows = one(whole, "cla_flows_england", **new, year="2026")
    assert (flows["started"], flows["ceased"], flows["ceased_rate_per_10k"]) == ("120", "110", "55")
    people = one(whole, "population_england", **new, mid_year="2025")
    assert (people["persons_0_17"], people["series"]) == ("20000", "dfe_cla_2026_ees")
    hull = one(whole, "population_england", **new | {"area_code": "E06000010"})
    assert hull["persons_0_17"] == "62000"
    tables = tidy.build(Package(whole))
    units = tables["cla_units"].query("year == 2026").set_index("unit_id")["number"]
    assert units["E06000001"] == 310
    assert units["E10000006"] == 500  # Cumberland alone: the file has no other part of Cumbria
    assert tables["crosswalk"].set_index("area_code").at["E06000001", "last_year_in_cla"] == 2026
    assert tables["sources"]["source_id"].eq("dfe_cla_2026_ees").sum() == 1


def test_old_rows_stay_as_they_are(raw):
    before = set((raw / "cla_england.csv").read_text(encoding="utf-8").splitlines())
    take_in([TIDY], raw)
    after = (raw / "cla_england.csv").read_text(encoding="utf-8").splitlines()
    assert before < set(after)
    assert [x for x in after if x in before] == sorted(before, key=after.index)


def test_markers_are_flags_and_never_zero(raw):
    take_in([TIDY], raw)
    new = {"source_id": "dfe_cla_2026_ees", "year": "2026"}
    city = one(raw, "cla_england", area_code="E09000001", **new)
    assert (city["number"], city["number_flag"], city["rate_flag"]) == ("", "c", "c")
    scilly = one(raw, "cla_flows_england", area_code="E06000053", **new)
    assert (scilly["started_flag"], scilly["ceased_flag"]) == ("..", "x")
    gone = one(raw, "cla_england", area_code="E10000006", **new)
    assert (gone["number"], gone["number_flag"]) == ("", "z")
    content = json.loads((raw / "datapackage.json").read_text(encoding="utf-8"))
    flows = next(r for r in content["resources"] if r["name"] == "cla_flows_england")
    flag = next(f for f in flows["schema"]["fields"] if f["name"] == "started_flag")
    assert flag["constraints"]["enum"] == [".", "..", "c", "x", "z"]


def test_the_report_says_what_was_revised_and_left_out(raw):
    report = take_in([TIDY], raw, dry_run=True)
    text = report.text()
    assert "E06000001 Hartlepool, 2025, number: 332 → 335 (+3) (was dfe_cla_2025_ees)" in text
    assert "E92000001 England, 2025, number: 81770 → 81000 (-770)" in text
    assert report.revised[0].area == "E92000001"
    reasons = {(x.row, x.reason) for x in report.left_out}
    assert (1, "a title above the headings") in reasons
    assert (37, "the same as row 6") in reasons
    assert (38, "level 'Parliamentary constituency': no table keeps it") in reasons
    assert {41, 42} <= {row for row, reason in reasons if reason == "a footnote"}
    assert "population_england.series now also holds dfe_cla_2026_ees" in text
    assert "cla_england.rate_per_10k of 2026 is checked against dfe_cla_2026_ees" in text
    assert "England 80,000, authorities in the file 1,740 (-78,260; 3 without a figure)" in text
    kept = list(csv.DictReader(report.csv().splitlines()))
    assert {row["kind"] for row in kept} == {"revised", "left out"}
    assert len(kept) == len(report.revised) + len(report.left_out)
    assert "… and 7 more" in report.text(shown=5)


def test_a_dry_run_writes_nothing(raw):
    before = state(raw)
    report = take_in([TIDY], raw, dry_run=True)
    assert report.text().endswith("Nothing was written (--dry-run).")
    assert not report.written
    assert state(raw) == before


def test_the_same_file_again_is_nothing_new(raw):
    take_in([TIDY], raw)
    before = state(raw)
    report = take_in([TIDY, TIDY], raw)
    assert report.empty
    assert report.text().endswith("Nothing new: all of it is in data/raw already.")
    assert state(raw) == before


def test_a_corrected_file_of_the_same_release_replaces_its_figures(raw, tmp_path):
    take_in([TIDY], raw)
    again = changed(tmp_path, TIDY, (",310,155,", ",312,156,"))
    report = take_in([again], raw)
    assert [(str(x.old), x.new, x.change) for x in report.corrected] == [
        ("310", "312", "+2"), ("155", "156", "+1"),
    ]  # fmt: skip
    assert "corrected (the old figure is replaced): 2" in report.text()
    assert set(report.written) == {"cla_england.csv", "sources.csv", "datapackage.json"}
    new = {"source_id": "dfe_cla_2026_ees", "year": "2026", "area_code": "E06000001"}
    assert one(raw, "cla_england", **new)["number"] == "312"
    notes = one(raw, "sources", source_id="dfe_cla_2026_ees")["notes"]
    assert notes.count("sha256") == 2


def test_the_release_is_described(raw):
    take_in([TIDY], raw, title="A title, told", release="spring 2027")
    row = one(raw, "sources", source_id="dfe_cla_2026_ees")
    assert row["title"] == "A title, told"
    assert row["release"] == "spring 2027"
    assert row["publisher"] == "Department for Education"
    assert row["years_covered"] == "2025-2026"
    assert TIDY.name in row["notes"]
    content = json.loads((raw / "datapackage.json").read_text(encoding="utf-8"))
    stock = next(r for r in content["resources"] if r["name"] == "cla_england")
    assert stock["years"] == "2017-2026"
    assert stock["releases"][-1] == "dfe_cla_2026_ees"
    assert stock["rows"] == len(rows(raw, "cla_england"))
    assert stock["rateChecks"][0]["seriesByRelease"]["2026"] == "dfe_cla_2026_ees"


def test_a_round_trip_of_the_last_release_is_nothing_new(whole, tmp_path):
    """What the tables hold of 2025, laid out as published, comes back to the cell."""
    path = releases.write(tmp_path / "in.csv", releases.number_and_rate(whole), "cp1252")
    report = ingest.ingest([path], folder=whole)
    assert report.empty
    assert not report.left_out
    assert not report.revised
    assert sum("authorities in the file" in line for line in report.checks) == 20


FAULTS = {
    "unknown code": ([("E06000001,805", "E06999999,805")], ["new_la_code", "E06999999", "add it"]),
    "no code": ([("E06000001,805", "Hartlepool,805")], ["'Hartlepool' is not an area code"]),
    "code of another": ([("805,Hartlepool", "805,Darlington")], ["is Hartlepool, the row says"]),
    "no such region": ([("E13000001,Inner", "E99,Nowhere in")], ["is not a region"]),
    "unknown marker": ([(",310,155", ",q,155")], ["row 14, field number", "'q' is neither"]),
    "a word beside": ([(",310,155", ",310 q,155")], ["unknown mark 'q'"]),
    "below zero": ([(",310,155", ",-310,155")], ["'-310' is below zero"]),
    "too large": ([(",310,155", ",3100000000000,155")], ["too large"]),
    "comma astray": ([(",310,155", ',"3,10",155')], ["'3,10' is neither a number"]),
    "formula": ([(",310,155", ",=cmd|' /C calc'!A0,155")], ["a formula; it was not run"]),
    "formula in a name": ([(",Hartlepool", ",@SUM(A1)")], ["field la_name", "'@SUM(A1)'"]),
    "plus formula": ([(",310,155", ",+A1,155")], ["looks like a formula"]),
    "two that disagree": ([(",310,155", ",310,155,20000\nLocal authority,2026,Reporting year,"
                            "E92000001,England,,,E06000001,805,Hartlepool,Children looked after "
                            "at 31 March each year,311,155")],
                          ["row 15, field number", "311 stands against 310", "row 14"]),
    "rate that its count denies": ([(",310,155", ",310,191")],
                                   ["row 14, field rate_per_10k", "191 is printed"]),
    "half a child": ([(",310,155", ",310.5,155")], ["row 14, field number", "finite integer"]),
    "unknown count": ([("Children looked after at 31 March each year", "Children seen")],
                      ["'Children seen' is not a count", "Known are"]),
    "no year": ([("Local authority,2026,", "Local authority,soon,")], ["'soon'", "not a year"]),
    "a quarter": ([("2026,Reporting year,E92000001,England,E13", "2026,Q1,E92000001,England,E13")],
                  ["(q1) is not a year"]),
    "cell without heading": ([(",310,155,20000", ",310,155,20000,7")], ["without a heading"]),
    "cut row": ([(",310,155,20000", ",310")], ["the row ends after 12 cells"]),
    "blank count": ([(",310,155", ",,155")],
                    ["no number for this area and year", "other files", "--heading"]),
    "heading twice": ([("rate_per_10000,population_estimate", "rate_per_10000,number")],
                      ["field number: the heading stands twice"]),
    "renamed heading": ([("rate_per_10000", "rate per 10k")],
                        ["rate_per_10000 is missing", 'say --heading "NEW=rate_per_10000"']),
    "open quote": ([('"80,000"', '"80,000')], ["cannot be read", "quotes"]),
    "double counting": ([(",500,96", ",\"90,000\",96")],
                        ["add up to 91,240", "England is printed as 80,000", "its new code"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_stops_all(whole, tmp_path, fault):
    pairs, parts = FAULTS[fault]
    path = changed(tmp_path, TIDY, *pairs)
    refused(whole, [path], path.name, *parts, "Nothing was written.")


def test_all_faults_are_told_at_once(raw, tmp_path):
    path = changed(tmp_path, TIDY, (",310,155", ",q,155"), (",930,150", ",w,150"))
    refused(raw, [path, tmp_path / "absent.csv"], "absent.csv", "there is no such file")
    refused(raw, [path], "'q' is neither", "'w' is neither")
    many = TIDY.read_text(encoding="utf-8-sig").replace("E92000001,England", "E1,Elsewhere")
    (tmp_path / "many.csv").write_text(many.replace(",Hartlepool", ",Darlington"), encoding="utf-8")
    refused(raw, [tmp_path / "many.csv"], "the row says 'Darlington'")


def test_a_renamed_heading_can_be_told(raw, tmp_path):
    path = changed(tmp_path, TIDY, ("rate_per_10000", "Rate per 10k (1)"))
    told = {"headings": ["Rate per 10k=rate_per_10000"]}
    assert take_in([path], raw, **told).added["cla_england"] == 11
    notes = one(raw, "sources", source_id="dfe_cla_2026_ees")["notes"]
    assert "headings read as Rate per 10k=rate_per_10000" in notes


def test_table_keeps_only_what_is_asked_for(raw):
    report = take_in([TIDY], raw, tables=["cla_england"])
    assert report.added == {"cla_england": 11}
    refused(raw, [TIDY], "no figure for areas_wales", "It feeds: cla_england, cla_flows",
            tables=["areas_wales"])  # fmt: skip
    refused(raw, [TIDY], "has no table 'x'", tables=["x"])


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"title": "=1+1"}, "--title: '=1+1' is not a plain line"),
        ({"publisher": "a\nb"}, "--publisher"),
        ({"release": " "}, "--release"),
        ({"headings": ["number"]}, "'number' is not OLD=KNOWN"),
        ({"headings": ["a\nb=number"]}, "is not OLD=KNOWN"),
        ({"headings": ["nummer=number"]}, "no file has a heading 'nummer'"),
        ({"release_year": 26}, "26 is not a year"),
        ({"release_year": 2024}, "its figures end in 2026, --release-year says 2024"),
    ],
)
def test_options_are_checked(raw, options, part):
    refused(raw, [TIDY], part, **options)


def test_ages_and_placements(raw, tmp_path):
    report = take_in([MARCH], raw)
    assert report.added == {"cla_ages_england": 12, "cla_placements_england": 18}
    assert sum("group 'Gender'" in x.reason for x in report.left_out) == 4
    assert "row 17 and 3 more: group 'Gender': no table keeps it" in report.text()
    new = {"area_code": "E06000001", "year": "2026", "source_id": "dfe_cla_2026_ees_31march"}
    home = one(raw, "cla_placements_england", placement="secure_and_childrens_homes", **new)
    assert home["placement_label"] == "Secure homes and children’s homes"
    assert one(raw, "cla_placements_england", placement="residential_school", **new)[
        "number_flag"] == "c"  # fmt: skip
    unnamed = shutil.copy(MARCH, tmp_path / "other.csv")
    refused(raw, [unnamed], "look the same", "--table cla_ages_england")
    assert take_in([unnamed], raw, tables=["cla_ages_england"]).empty
    path = changed(tmp_path, MARCH, ("Residential schools", "Boats"))
    refused(raw, [path], "'Boats' is not a class of placement", "breaks the series")


def test_children_in_need_come_in_several_files(raw):
    refused(raw, [CIN["b1"]], "no referrals for this area and year", "release's other files")
    named = [CIN[x] for x in ("b1", "c1", "d3", "d5")]
    report = take_in([*named, PEOPLE], raw)
    assert report.added == {"child_protection_england": 3, "population_england": 2}
    new = {"year": "2026", "source_id": "dfe_cin_2026_ees"}
    row = one(raw, "child_protection_england", area_code="E06000001", **new)
    assert (row["referrals"], row["cpp_at_31_march"], row["s47_enquiries"]) == ("2000", "170", "")
    barnsley = one(raw, "child_protection_england", area_code="E08000016", **new)
    assert (barnsley["cin_at_31_march"], barnsley["cin_at_31_march_flag"]) == ("", "u")
    later = take_in([CIN["c4"]], raw)
    assert later.filled == {"child_protection_england": 6}
    assert "0 rows added, 6 figures added to rows that were there" in later.text()
    row = one(raw, "child_protection_england", area_code="E06000001", **new)
    assert (row["s47_enquiries"], row["icpc"]) == ("950", "300")


def test_the_mid_year_population_alone(raw):
    take_in([PEOPLE], raw)
    row = one(raw, "population_england", series="dfe_cin_2026_ees", area_code="E06000001")
    assert (row["mid_year"], row["persons_0_17"]) == ("2025", "20500")


def test_workforce_with_joint_figures_and_windows_letters(raw):
    report = take_in([STAFF], raw)
    assert "Windows-1252" in report.files[0]
    assert [x.reason for x in report.left_out] == ["a footnote"]
    new = {"year": "2026", "source_id": "dfe_csww_2026_ees"}
    joint = one(raw, "workforce_england", area_code="E06000061+E06000062", **new)
    assert (joint["inpost_fte"], joint["caseload_fte"], joint["cases"]) == ("420", "15", "4500")
    row = one(raw, "workforce_england", area_code="E08000024", **new)
    assert (row["agency_fte_flag"], row["working_days_lost_fte_flag"]) == ("low", "low")
    assert row["absence_rate_fte_flag"] == "u"
    assert one(raw, "sources", source_id="dfe_csww_2026_ees")["release"] == (
        "2026 release (30 September 2026)"
    )


# ---- underlying data


def test_underlying_data_of_one_row_an_area(raw):
    report = take_in([WIDE], raw)
    assert report.added == {
        "cla_ages_england": 48, "cla_england": 16, "cla_placements_england": 72,
    }  # fmt: skip
    new = {"release_year": "2020", "source_id": "dfe_cla_2020_ud", "year": "2020"}
    assert one(raw, "cla_england", area_code="E13000001", **new)["number"] == "4200"
    assert one(raw, "cla_england", area_code="E12000007", **new)["number"] == "10000"
    old_code = one(raw, "cla_england", area_code="E08000020", **new)
    assert (old_code["number"], old_code["rate_per_10k"]) == ("400", "101")
    placed = {"placement": "with_parents", "area_code": "E08000020", **new}
    assert one(raw, "cla_placements_england", **placed)["number_flag"] == "x"
    total = {"age_group": "total", "area_code": "E92000001", **new}
    assert one(raw, "cla_ages_england", **total)["number"] == "79000"
    reasons = [x.reason for x in report.left_out]
    assert reasons == ["a total, not an area", "a footnote", "a footnote"]
    assert any(
        (x.area, x.year, x.old, x.new) == ("E06000023", "2019", "617", "620")
        for x in report.revised
    )
    assert any(x.change == "now withheld" for x in report.revised)


def test_started_and_ceased_and_a_misprinted_year(raw):
    refused(raw, [STARTED, CEASED], "the headings end in 2019", "says 2020",
            '--heading "CLA_started2019=CLA_started2020"')  # fmt: skip
    told = {"headings": ["CLA_started2019=CLA_started2020"]}
    refused(raw, [STARTED], "no ceased for this area", **told)
    assert take_in([STARTED, CEASED], raw, **told).added == {"cla_flows_england": 3}
    row = one(raw, "cla_flows_england", source_id="dfe_cla_2020_ud", area_code="E06000023")
    assert (row["started"], row["started_flag"], row["ceased"]) == ("", "x", "120")


def test_the_year_of_undated_headings(raw, tmp_path):
    path = changed(tmp_path, CEASED, name="ceased.csv")
    refused(raw, [path], "neither headings nor file name tell the year", "--release-year")
    refused(raw, [path], "no started", release_year=2020)


def test_underlying_data_without_a_known_column(raw, tmp_path):
    path = changed(tmp_path, CEASED, ("CLA_cease,", "Something,"))
    refused(raw, [path], "no heading is known", "--heading")
    path = changed(tmp_path, CEASED, ("E06000023", "E06000022"), name="cea2020.csv")
    refused(raw, [path], "code E06000022 is Bath", "'Bristol, City of'")


def test_old_codes_and_names_only(raw, tmp_path):
    path = tmp_path / "CLA2020.csv"
    path.write_text(
        "geog_l,geog_c,geog_n,CLA_Mar2020\nNATIONAL,,ENGLAND,80000\nREGION,F,EAST,6000\n"
        "LA,929,Northumberland,400\nLA,,Dorset,500\nLA,,KINGSTON UPON HULL CITY OF,700\n",
        encoding="utf-8",
    )
    take_in([path], raw, tables=["cla_england"])
    new = rows(raw, "cla_england", source_id="dfe_cla_2020_ud")
    assert [r["area_code"] for r in new] == [
        "E06000010", "E06000057", "E06000059", "E12000006", "E92000001",
    ]  # fmt: skip


def test_workforce_of_the_old_layout(raw):
    report = take_in([DATA / "invented_SFR00_workforce_UD.csv"], raw)
    assert report.added == {"workforce_england": 4}
    new = {"source_id": "dfe_csww_2017_ud"}
    codes = [r["area_code"] for r in rows(raw, "workforce_england", **new)]
    assert codes == ["E06000001", "E12000003", "E12000006", "E92000001"]
    row = one(raw, "workforce_england", area_code="E92000001", **new)
    assert (row["inpost_fte"], row["working_days_lost_fte"], row["cases"]) == (
        "28000", "245000", "285000",
    )  # fmt: skip


# ---- StatsWales


def test_a_cross_table_of_one_year(raw):
    report = take_in([CROSS], raw)
    assert report.added == {"cla_wales": 32}
    new = {"year": "2019", "area_code": "W06000002"}
    assert one(raw, "cla_wales", sex="all", age_band="all", **new)["number"] == "230"
    assert one(raw, "cla_wales", sex="boys", age_band="all", **new)["number"] == "140"
    assert one(raw, "cla_wales", sex="girls", age_band="16-17", **new)["number"] == "20"
    assert one(raw, "cla_wales", sex="boys", age_band="18 and over", **new)["flag"] == "*"
    whole = one(raw, "cla_wales", sex="all", age_band="all", year="2019", area_code="W92000004")
    assert whole["number"] == "6450"
    assert [x.reason for x in report.left_out] == [
        "'North Wales': no table keeps this area", "a footnote",
    ]  # fmt: skip
    source = one(raw, "sources", source_id="sw_cla_31march_2019")
    assert source["publisher"] == "Welsh Government (StatsWales)"
    assert source["release"] == "2019 release"


def test_years_across_replace_and_add(raw):
    report = take_in([YEARS], raw)
    assert {(x.area, x.old, x.new, x.change) for x in report.corrected} == {
        ("W06000002", "225", "230", "+5"),
        ("W06000014", "245", "*", "now withheld"),
        ("W06000023", "210", "205", "-5"),
    }
    whole = {"sex": "all", "age_band": "all"}
    assert one(raw, "cla_wales", area_code="W06000023", year="2019", **whole)["flag"] == "."
    kept = one(raw, "cla_wales", area_code="W92000004", year="2018", **whole)
    assert kept["source_id"] == "sw_cla_31march_2003_2018"
    assert take_in([YEARS], raw).empty


def test_one_figure_a_row(raw):
    report = take_in([LONG], raw, release_year=2020)
    assert report.added == {"cla_wales": 5}
    row = one(raw, "cla_wales", year="2020", sex="boys", age_band="under 1")
    assert (row["number"], row["flag"]) == ("", "c")


@pytest.mark.parametrize(
    ("path", "pair", "parts"),
    [
        (CROSS, ("Gwynedd", "Gwent"), ["row 7, field area", "'Gwent' is not a Welsh authority"]),
        (CROSS, (",10,25,*", ",=1,25,*"), ["looks like a formula", "2019, boys, under 1"]),
        (YEARS, ("W06000002", "W06000003"), ["is Conwy, the row says 'Gwynedd'"]),
        (YEARS, ("W06000002", "W06999999"), ["W06999999 'Gwynedd' is not in areas_wales"]),
        (YEARS, ("Children looked after", "Dogs"), ["nothing says that it counts", "--table"]),
        (LONG, (",2020,Wales", ",soon,Wales"), ["'soon' is not a year"]),
        (LONG, ("Under 1 year", "Tall"), ["'Male', 'Tall' are not classes"]),
        (LONG, ("150,", "l50,"), ["'l50' is neither"]),
    ],
)
def test_faults_in_statswales(raw, tmp_path, path, pair, parts):
    copy = changed(tmp_path, path, pair, name=f"x_{path.name}".replace("CLA", "cla"))
    refused(raw, [copy], *parts)


def test_a_cross_table_has_to_tell_its_year(raw, tmp_path):
    path = changed(tmp_path, CROSS, name="cla.csv")
    refused(raw, [path], "nothing tells the year")
    refused(raw, [CROSS], "name says 2019, --release-year says 2020", release_year=2020)
    assert take_in([path], raw, release_year=2019).added == {"cla_wales": 32}


# ---- files of another kind


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"", ["row 1", "the file is empty"]),
        (b"\n , \r\n\n", ["the file is empty"]),
        (b"PK\x03\x04rest", ["is a spreadsheet or a zip archive", "Give the CSV"]),
        (b"%PDF-1.7", ["is a PDF"]),
        (b"\xff\xfea\x00", ["is a UTF-16 text"]),
        (b"<!DOCTYPE html><html>", ["is a web page"]),
        (b"a,b\n1,\x002\n", ["row 2", "NUL byte"]),
        (b"a,b\n1,\x81\n", ["row 2", "neither UTF-8 nor Windows-1252"]),
        (b"a,b\n1," + b"x" * 3000 + b"\n", ["row 2, field column 2", "3,000 characters"]),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", ["row 2", "a cell is too long"]),
        (b"a\tb\n1\t2\n", ["no known layout fits, cells separated by tabs"]),
        (b"a;b\n1;2\n", ["no known layout fits, cells separated by semicolons"]),
        (b"a;b,c\n1;2,3\n", ["may be separated by semicolons, or by commas"]),
        (b"a;b\tc\n1;2\t3\n", ["may be separated by semicolons or tabs"]),
        (b"a\x00b\x00", ["NUL byte: it is damaged, UTF-16"]),
        (b"name,value\nx,1\n", ["no known layout fits", "--heading"]),
        (b"area,a,b\nWales,x,y\n", ["no known layout fits"]),
        (b"time_period,geographic_level,pupils\n2026,National,5\n", ["no known table has"]),
    ],
)
def test_a_file_of_another_kind(raw, tmp_path, content, parts):
    path = tmp_path / "in" / "given.csv"
    path.parent.mkdir()
    path.write_bytes(content)
    refused(raw, [path], "given.csv", *parts)


def test_a_table_of_ours_is_not_a_release(raw):
    refused(raw, [raw / "cla_england.csv"], "is cla_england of data/raw itself",
            "care-rates seal cla_england")  # fmt: skip


AREA = "time_period,geographic_level,old_la_code,new_la_code,la_name"
UNREAD = {
    "s251_alleducation_2025.csv": (AREA + ",main_category,outturn\n2025,National,,,,x,1\n",
                                   "section 251 spending", "seal s251_england sources"),
    "a.csv": (AREA + ",gross_expenditure,net_expenditure\n2025,National,,,,1,1\n",
              "section 251 spending", "s251_lines_england"),
    "UD2016.csv": ("New_geog_code,geog_l,geog_c,geog_n,CIN_Mar2016,Referrals2016\n"
                   "E06000001,LA,805,Hartlepool,8,9\n",
                   "children in need of 2010 to 2017", "b1, c1, c4, d3 and d5"),
    "b.csv": ("geog_l,geog_c,geog_n,CINAt310312,CPPstart\nLA,805,Hartlepool,8,9\n",
              "children in need of 2010 to 2017", "in child_protection_england already"),
    "LAA1.csv": ('"Table LAA1: Children looked after at 31 March",,\nArea,2014,2015\n'
                 "England,68800,69540\nHartlepool,200,210\n",
                 "a printed table on children looked after", "underlying data"),
    "c.csv": ("old_la_code,la_name,region_name,SN_1,SN_1P\n805,Hartlepool,North East,807,Close\n",
              "statistical neighbours", "seal neighbours_england sources"),
    "d.csv": ("Local authority,Inspection start date,Overall effectiveness\nX,1 May 2025,Good\n",
              "inspection outcomes of Ofsted", "seal ofsted_england sources"),
    "e.csv": ("Weekly unit cost of children's homes,\nHartlepool,7000\n", "weekly unit costs",
              "seal unit_cost_england sources"),
    "f.csv": ("Children in relative low income families,\nHartlepool,7000\n", "low income",
              "seal low_income_dwp_england sources"),
    "g.csv": ("LA code,IMD - average score,IDACI rank\nE06000001,35,10\n",
              "an index of deprivation", "seal deprivation_england sources"),
    "ks62.csv": ("Under-18 conception rate,2023\nHartlepool,30\n", "conceptions under 18",
                 "seal conceptions_england sources"),
    "lait.csv": ("LAIT export,\nHartlepool,30\n", "local authority interactive tool",
                 "the release that the tool took them from"),
    "h.csv": ("Care applications per 10000,2026\nHartlepool,30\n", "of Cafcass",
              "seal care_applications_england sources"),
    "MYE.csv": ("code,name,age_0,age_1\nE06000001,Hartlepool,900,910\n",
                "population by single year of age", "mid-year population file"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREAD)
def test_a_source_without_a_layout_is_refused_by_its_name(raw, tmp_path, name):
    content, *parts = UNREAD[name]
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    refused(raw, [path], f"{name}, row 1", "seems to be", *parts)


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_read_where_they_are_plain(raw, tmp_path, sign, word):
    with TIDY.open(encoding="utf-8-sig", newline="") as lines:
        body = list(csv.reader(lines))
    path = tmp_path / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=sign).writerows(body)
    report = take_in([path], raw, dry_run=True)
    assert report.added["cla_england"] == 11
    assert f"cells separated by {word}" in report.files[0]


def test_a_file_without_a_figure(raw, tmp_path):
    path = tmp_path / "in.csv"
    head = "time_period,geographic_level,population_count,number,rate_per_10000\n"
    path.write_text(head + "2026,School,x,1,2\n", encoding="utf-8")
    refused(raw, [path], "holds no figure that a table keeps")


def test_a_huge_file_is_not_read(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    refused(raw, [TIDY], "too large for a release")


# ---- all or nothing


def test_an_interrupted_ingest_is_told_and_can_be_ended(raw, monkeypatch):
    real, done = Path.replace, []

    def break_off(self, target):
        if len(done) == 2 and self.parent.name == ".ingest":
            raise KeyboardInterrupt
        done.append(target)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", break_off)
    with pytest.raises(KeyboardInterrupt):
        take_in([TIDY], raw)
    monkeypatch.setattr(Path, "replace", real)
    assert len(done) == 2
    with pytest.raises(DataError, match=r"interrupted half-way. Say `care-rates ingest --finish`"):
        Package(raw).read("areas_england")
    with pytest.raises(DataError, match="an ingest is at work, or one was interrupted"):
        take_in([TIDY], raw)
    assert "cla_england.csv" in ingest.finish(raw)
    assert not (raw / ".ingest").exists()
    Package(raw).read("cla_england")
    assert take_in([TIDY], raw).empty
    assert ingest.finish(raw) == ()


def test_an_ingest_that_had_not_begun_is_taken_back(raw, monkeypatch):
    before = state(raw)
    (raw / ".ingest").mkdir()
    (raw / ".ingest" / "cla_england.csv").write_text("half", encoding="utf-8")
    assert ingest.finish(raw) == ()
    assert state(raw) == before
    monkeypatch.setattr(
        paths, "write_atomically", lambda *_: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(OSError, match="full"):
        take_in([TIDY], raw)
    assert state(raw) == before
    assert not (raw / ".ingest").exists()


def test_a_package_that_is_not_sound_to_begin_with(raw):
    with (raw / "cla_england.csv").open("a", encoding="utf-8") as out:
        out.write("x\n")
    with pytest.raises(DataError, match="the file is not the one described"):
        take_in([TIDY], raw)


def test_faults_of_the_new_package_that_no_row_made():
    assert "E1, row -" in str(store._where("E1, row -", {}))
    told = store._where("a.csv, row 7, field x: is wrong. Mend it.", {})
    assert str(told) == "a.csv, row 7, field x: is wrong. Mend it. "


# ---- the command


def test_the_command(raw, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "RAW", raw)
    kept = tmp_path / "report.csv"
    part = ["ingest", str(TIDY), "--absent", "all"]
    assert cli.main([*part, "--dry-run", "--report", str(kept)]) == 0
    assert "Nothing was written (--dry-run)." in capsys.readouterr().out
    assert kept.read_text(encoding="utf-8").startswith("kind,table,file,row")
    assert cli.main(part) == 0
    assert "Written: areas_england.csv, cla_england.csv" in capsys.readouterr().out
    assert cli.main(["ingest", "--finish"]) == 0
    assert "nothing to finish" in capsys.readouterr().out
    assert cli.main(["ingest"]) == 1
    assert cli.main(["ingest", str(CROSS), "--release-year", "2031"]) == 1
    said = capsys.readouterr().err
    assert "care-rates: ingest: name the publisher's CSV files" in said
    assert "care-rates: invented_CLA_31MAR_2019.csv, row 1" in said
    (raw / ".ingest").mkdir()
    (raw / ".ingest" / "ready").write_text("sources.csv\n", encoding="utf-8")
    assert cli.main(["ingest", "--finish"]) == 0
    assert "Put in place: sources.csv." in capsys.readouterr().out


# ---- the small parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234", ("1234", "")), ("12.50", ("12.5", "")), ("0", ("0", "")), ("", ("", "")),
        ("1\xa0234", ("1234", "")), ("[x]", ("", "x")), ("C", ("", "c")), ("–", ("", "-")),
        ("~", ("", "low")), ("15 (r)", ("15", "")), ("8 [u]", ("8", "u")), ("7p", ("7", "")),
        ("15 (3)", ("15", "")), ("100.0", ("100", "")), ("*", ("", "*")), ("—", ("", "-")),
        ("…", ("", "..")), ("...", ("", "..")), (":", ("", "..")), ("[k]", ("", "low")),
    ],
)  # fmt: skip
def test_cells(text, expected):
    assert cells.parse_cell(text) == expected


@pytest.mark.parametrize("text", ["1e5", "nan", "inf", "١٢", "1,2345", "5c", "--", "1 2", "£5"])
def test_cells_that_are_no_figures(text):
    with pytest.raises(cells.CellError):
        cells.parse_cell(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#N/A", "the figure is lost"), ("####", "the figure is lost"), ("<6", "is a range"),
        ("1 to 5", "is a range"), ("N/A", "which kind of gap"), ("NULL", "which kind of gap"),
        ("15%", "is a percentage"), ("2.1E+04", "the last digits are lost"),
        ("21 090", "has a space or a mark"), ("21'090", "has a space or a mark"),
    ],
)  # fmt: skip
def test_what_spreadsheets_make_of_cells_is_said(text, said):
    with pytest.raises(cells.CellError, match=said):
        cells.parse_cell(text)


def test_headings_and_years():
    assert cells.heading("\ufeff Rate  per-10,000 (1)") == "rate_per_10,000"
    assert cells.heading("Turnover_rate_FTE_%") == "turnover_rate_fte_perc"
    assert grid.year_of("202425") == 2025
    assert grid.year_of("1999-00") == 2000
    assert grid.year_of("2024-27") is None
    assert grid.year_of("Year ending 31 March 2019 (r)") == 2019
    assert grid.year_of("week 3") is None
    assert grid.year_of("2026-03-31") == grid.year_of("2026.0") == 2026
    assert grid.year_of("2026-09-30") is None


def test_earlier_releases():
    assert revisions.shape("dfe_cla_2025_ees") == ("dfe_cla__ees", 2025)
    assert revisions.shape("none") == ("none", 0)
    assert revisions.same(("56", ""), ("56.0", ""))
    assert not revisions.same(("", "c"), ("5", ""))


def test_places():
    package = Package()
    tables = [package._text(t).to_dict("records") for t in ("areas_england", "areas_wales")]
    places = Places(*tables)
    assert words("CITY OF BRISTOL (1)") == {"bristol"}
    assert places.authority("", "", "County Durham", 2020) == "E06000047"
    assert places.authority("", "390", "Gateshead", 2012) == "E08000020"
    assert places.authority("", "390", "Gateshead", 2020) == "E08000037"
    assert places.authority("e06000062 / e06000061", "", "", 2025) == "E06000061+E06000062"
    assert places.in_wales("W06000017", "Merthyr Tydfil") == "W06000024"
    assert places.in_wales("", "All Welsh local authorities") == "W92000004"
    assert places.name("nowhere") == ""
    assert places.region("E12000006", "") == "E12000006"
    with pytest.raises(PlaceError, match="not an authority of 2025"):
        places.authority("", "", "Cumbria", 2025)

"""The facts: what is wrong with a table is said with file, row, field and remedy."""

import json

import pytest

from care_rates import data, schema
from care_rates.data import DataError, Package, seal

pytestmark = pytest.mark.unit


def edit(folder, name, change, sealed=True):
    """Change the lines of a table, and take the new bytes as the described ones."""
    path = folder / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(change(lines)), encoding="utf-8", newline="\n")
    if sealed:
        seal(name, folder)
    return folder


def cell(line, place, value):
    parts = line.split(",")
    parts[place] = value
    return ",".join(parts)


def row(number, place, value):
    def change(lines):
        return [cell(x, place, value) if i == number - 1 else x for i, x in enumerate(lines)]

    return change


def test_a_sound_copy_reads(raw_copy):
    frame = Package(raw_copy("cla_ages_england")).read("cla_ages_england")
    assert len(frame) == 15732
    assert frame.index[0] == 2
    assert frame["number"].isna().sum() == 363
    assert frame["number"].dtype == "float64"
    assert frame["year"].dtype == "int64"


def test_a_changed_byte_stops(raw_copy):
    folder = edit(raw_copy("cla_ages_england"), "cla_ages_england", row(5, 5, "71"), sealed=False)
    with pytest.raises(DataError, match=r"cla_ages_england.csv: the file is not the one described"):
        Package(folder).read("cla_ages_england")


# area_code,year,release_year,age_group,age_group_label,number,number_flag,source_id
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (row(7, 5, "-3"), ["row 7", "field number", "below 0", "published table"]),
        (row(7, 5, "many"), ["row 7", "field number", "'many' is not a finite integer"]),
        (row(7, 5, "nan"), ["row 7", "field number", "not a finite"]),
        (row(7, 5, "inf"), ["row 7", "field number", "not a finite"]),
        (row(7, 5, "3.5"), ["row 7", "field number", "not a finite integer"]),
        (row(7, 1, ""), ["row 7", "field year", "blank but required"]),
        (row(7, 6, "q"), ["row 7", "field number_flag", "'q' is not one of", "c, x, z"]),
        (row(7, 5, ""), ["row 7", "field number", "blank without a reason", "number_flag"]),
        (row(7, 0, "E99999999"), ["row 7", "field area_code", "E99999999", "areas_england"]),
        (row(7, 7, "nobody"), ["row 7", "field source_id", "nobody", "sources"]),
        (lambda x: [*x[:9], x[8], *x[9:]], ["row 10", "area_code+year", "stands twice"]),
        (lambda x: [x[0].replace("number,", "count,"), *x[1:]], ["row 1", "number", "missing"]),
        (lambda x: [x[0] + ",extra", *(y + "," for y in x[1:-1]), ""], ["extra", "no such column"]),
        (lambda x: [*x[:4], x[4] + ",1,2", *x[5:]], ["row 5", "10 cells", "heading has 8"]),
    ],
)
def test_faults_are_named(raw_copy, change, words):
    folder = edit(raw_copy("cla_ages_england"), "cla_ages_england", change)
    with pytest.raises(DataError) as error:
        Package(folder).read("cla_ages_england")
    for word in ["cla_ages_england.csv", *words]:
        assert word in str(error.value)


def test_a_rate_that_its_own_figures_contradict_stops(raw_copy):
    folder = raw_copy("cla_england_wales_2012")
    edit(folder, "cla_england_wales_2012", row(3, 3, "400"))
    with pytest.raises(DataError, match=r"row 3, field rate_per_10k: 110.38 is printed"):
        Package(folder).read("cla_england_wales_2012")


def test_a_rate_is_set_against_a_population_kept_elsewhere(raw_copy):
    folder = raw_copy("cla_england", "population_england")
    package = Package(folder)
    package.read("cla_england")
    assert package.rate_checks()["cells"].sum() == 5139

    def change(lines):
        at = next(i for i, x in enumerate(lines) if ",2018,2018," in x and x.startswith("E0"))
        return [cell(x, 5, "999") if i == at else x for i, x in enumerate(lines)]

    edit(folder, "cla_england", change)
    with pytest.raises(DataError, match=r"field rate_per_10k: 999 is printed"):
        Package(folder).read("cla_england")


def test_listed_exceptions_are_counted(raw_copy):
    folder = raw_copy("cla_england_wales_2012")
    edit(folder, "cla_england_wales_2012", row(3, 3, "400"))
    path = folder / "datapackage.json"
    content = json.loads(path.read_text())
    for resource in content["resources"]:
        for rule in resource.get("rateChecks", []):
            rule["exceptions"] = [{"where": "area_code == 'E06000002'"}]
    path.write_text(json.dumps(content))
    assert Package(folder).rate_checks()["exceptions"].sum() == 1


def test_missing_files_tables_and_descriptions(tmp_path, raw_copy):
    with pytest.raises(DataError, match="datapackage.json is missing"):
        Package(tmp_path / "nowhere")
    folder = raw_copy("cla_ages_england")
    with pytest.raises(DataError, match="has no table 'x'"):
        Package(folder).read("x")
    (folder / "cla_ages_england.csv").write_bytes(b"\xff\xfe")
    seal("cla_ages_england", folder)
    with pytest.raises(DataError, match="not UTF-8 at byte 0"):
        Package(folder).read("cla_ages_england")
    (folder / "cla_ages_england.csv").unlink()
    with pytest.raises(DataError, match="is missing. Restore"):
        Package(folder).read("cla_ages_england")
    (folder / "datapackage.json").write_text("{")
    with pytest.raises(DataError, match="cannot be read"):
        Package(folder)


def test_dates_are_dates(raw_copy):
    folder = raw_copy("ofsted_england")
    assert Package(folder).read("ofsted_england")["published"].dt.year.min() >= 2009
    edit(folder, "ofsted_england", row(4, 2, "14/02/2012"))
    with pytest.raises(DataError, match=r"field published: '14/02/2012' is not a date"):
        Package(folder).read("ofsted_england")


def test_seal_writes_nothing_for_an_unknown_table(raw_copy):
    folder = raw_copy("cla_ages_england")
    before = (folder / "datapackage.json").read_bytes()
    with pytest.raises(DataError):
        seal("x", folder)
    assert (folder / "datapackage.json").read_bytes() == before


def test_every_raw_table_is_sound_and_described():
    package = Package()
    on_disk = {path.stem for path in package.folder.glob("*.csv")}
    assert on_disk == set(package.names)
    for name in package.names:
        resource = package.resource(name)
        frame = package.read(name)
        assert len(frame) == resource["rows"]
        for key in ("title", "publisher", "years", "rounding", "licenses", "releases", "hash"):
            assert key in resource, (name, key)
        for field in resource["schema"]["fields"]:
            assert field["description"], (name, field["name"])
            if field["type"] in ("number", "integer") and field["name"] != "rank":
                assert "unit" in field, (name, field["name"])


def test_load_says_how_to_make_a_table(monkeypatch, tmp_path):
    assert len(data.load("areas")) == 174
    changed = data.load("areas")
    changed["area"] = "x"
    assert data.load("areas")["area"].ne("x").all()
    monkeypatch.setenv("CARE_RATES_PROCESSED", str(tmp_path))
    with pytest.raises(DataError, match="00_data"):
        data.load("areas")


def test_rate_interval_by_hand():
    import pandas as pd

    low, high = schema.rate_interval(pd.Series([80, 0]), pd.Series([1000, 1000]), 1000, 5, 100)
    assert low.tolist() == pytest.approx([77.5 / 1050 * 1000, 0])
    assert high.tolist() == pytest.approx([82.5 / 950 * 1000, 2.5 / 950 * 1000])

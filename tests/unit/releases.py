"""Lay the last release that the tables hold out as its publisher does, a year on.

The figures are the last ones again (or what a test makes of them), so that a whole
release of every area is at hand without inventing 1,500 figures by hand.
"""

import csv
import json
import shutil
from pathlib import Path

from care_rates import paths
from care_rates.data import seal
from care_rates.ingest import revisions

HEAD = [
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
    "region_code", "region_name", "old_la_code", "new_la_code", "la_name", "population_count",
    "population_estimate", "number", "rate_per_10000",
]  # fmt: skip
COUNTS = (
    ("Children ceasing to be looked after each year", "ceased", "ceased_rate"),
    ("Children looked after at 31 March each year", "number", "rate"),
    ("Children starting to be looked after each year", "started", "started_rate"),
)
LAST = "dfe_cla_2025_ees"


def as_of(folder: Path, names=None, until: int = 2025, keep=lambda name, row: True) -> Path:
    """Copy the raw tables as they were when the releases of a year were the last.

    The tests speak of the release after that one: they hold when it has come in.
    """
    content = json.loads((paths.RAW / "datapackage.json").read_text(encoding="utf-8"))
    kept = [r for r in content["resources"] if names is None or r["name"] in names]
    content["resources"] = kept
    folder.mkdir(parents=True)
    cut = []
    for resource in kept:
        name = resource["name"]
        with (paths.RAW / resource["path"]).open(encoding="utf-8", newline="") as lines:
            head, *body = csv.reader(lines)
        at = head.index("source_id") if "source_id" in head else None
        left = [
            row
            for row in body
            if not (at is not None and _later(row[at], until))
            and keep(name, dict(zip(head, row, strict=True)))
        ]
        if left == body:
            shutil.copy(paths.RAW / resource["path"], folder)
            continue
        cut.append(name)
        with (folder / resource["path"]).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([head, *left])
    (folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
    for name in cut:
        seal(name, folder)
    return folder


def _later(source: str, until: int) -> bool:
    """Tell whether a release that can be taken in came after a year."""
    ingested = source.startswith(("dfe_cla_", "dfe_cin_", "dfe_csww_", "sw_cla_"))
    return ingested and revisions.shape(source)[1] > until


def table(folder: Path, name: str, source: str | None = None) -> list[dict[str, str]]:
    """Rows of a table, of one release if it is named."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [r for r in csv.DictReader(lines) if source in (None, r.get("source_id"))]


def number_and_rate(folder: Path, on: int = 0, years=(2021, 2022, 2023, 2024, 2025)) -> list[dict]:
    """The file ``cla_number_and_rate``: rows by heading; ``on`` moves the years."""
    areas = {r["area_code"]: r for r in table(folder, "areas_england")}
    flows = {(r["area_code"], r["year"]): r for r in table(folder, "cla_flows_england", LAST)}
    people = {(r["area_code"], r["mid_year"]): r for r in table(folder, "population_england", LAST)}
    lines = []
    for r in table(folder, "cla_england", LAST):
        code, year = r["area_code"], int(r["year"])
        if year not in years:
            continue
        area, flow = areas[code], flows[code, r["year"]]
        child = people.get((code, str(year - 1)), {"persons_0_17": "z", "persons_flag": ""})
        level = {"Country": "National", "Region": "Regional"}.get(area["la_type"])
        row = dict.fromkeys(HEAD, "") | {
            "time_period": str(year + on), "time_identifier": "Reporting year",
            "geographic_level": level or "Local authority", "country_code": "E92000001",
            "country_name": "England",
            "population_estimate": child["persons_0_17"] or child["persons_flag"],
        }  # fmt: skip
        if level == "Regional":
            row |= {"region_code": code, "region_name": area["name"]}
        if not level:
            row |= {"old_la_code": area["dfe_code"], "new_la_code": code, "la_name": area["name"]}
        for word, count, rate in COUNTS:
            told = r if count == "number" else flow
            lines.append(
                row
                | {"population_count": word, "number": told[count] or told[f"{count}_flag"]}
                | {"rate_per_10000": told[f"{rate}_per_10k"] or told[f"{rate}_flag"]}
            )
    return lines


def place(area: dict[str, str]) -> dict[str, str]:
    """How explore education statistics tell an area, from its row in ``areas_england``."""
    level = {"Country": "National", "Region": "Regional"}.get(area["la_type"], "Local authority")
    told = dict.fromkeys(HEAD[5:10], "") | {
        "geographic_level": level, "country_code": "E92000001", "country_name": "England",
    }  # fmt: skip
    if level == "Regional":
        told |= {"region_code": area["area_code"], "region_name": area["name"]}
    if level == "Local authority":
        joint = "+" in area["area_code"]
        told |= {
            "new_la_code": area["area_code"].replace("+", " / "),
            "old_la_code": area["dfe_code"],
            "la_name": "" if joint else area["name"],
        }
    return told


def laid_out(folder: Path, name: str, source: str, columns: dict[str, str], on=1) -> list[dict]:
    """The last year of a release, moved on: ``columns`` heads each field of the table."""
    areas = {r["area_code"]: r for r in table(folder, "areas_england")}
    rows = table(folder, name, source)
    last = max(r["year"] for r in rows)
    return [
        {"time_period": str(int(last) + on), "time_identifier": "Reporting year"}
        | place(areas[r["area_code"]])
        | {head: r.get(field) or r.get(f"{field}_flag", "") for head, field in columns.items()}
        for r in rows
        if r["year"] == last
    ]


def write(path: Path, lines: list[dict], encoding: str = "utf-8", **how) -> Path:
    """Write rows as CSV, headings first."""
    with path.open("w", newline="", encoding=encoding) as out:
        writer = csv.DictWriter(out, list(lines[0]), **how)
        writer.writeheader()
        writer.writerows(lines)
    return path

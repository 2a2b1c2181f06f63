"""Bring ``datapackage.json`` up to the new tables."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from collections.abc import Mapping

from care_rates.data import Package
from care_rates.tidy import REASONS

YEARS = ("year", "mid_year")


def describe(
    package: Package, tables: Mapping[str, list[list[str]]], files: Mapping[str, bytes]
) -> tuple[bytes, list[str]]:
    """Describe the new tables: hash, bytes, rows, years, releases, words, rate checks.

    Parameters
    ----------
    package : Package
        The present description.
    tables : mapping of str to list of list of str
        The new tables by name, headings first.
    files : mapping of str to bytes
        Their content by file name.

    Returns
    -------
    bytes
        The new ``datapackage.json``.
    list of str
        What was added to it beyond counts, for the report.
    """
    path = package.folder / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    notes: list[str] = []
    for resource in content["resources"]:
        rows = tables.get(resource["name"])
        if rows is not None:
            data = files[resource["path"]]
            resource["bytes"], resource["rows"] = len(data), len(rows) - 1
            resource["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
            columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
            _years(resource, columns)
            notes += _words(resource, columns)
    for resource in content["resources"]:
        notes += _rate_checks(resource, tables)
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return text.encode("utf-8"), notes


def _years(resource: dict, columns: Mapping[str, tuple[str, ...]]) -> None:
    name = next((name for name in YEARS if name in columns), None)
    if name and re.fullmatch(r"\d{4}(-\d{4})?", resource["years"]):
        years = sorted(map(int, set(columns[name])))
        first, last = years[0], years[-1]
        resource["years"] = f"{first}-{last}" if first < last else str(first)
    if "source_id" in columns and resource["name"] != "sources":
        resource["releases"] = sorted(set(columns["source_id"]))


def _words(resource: dict, columns: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Let the series of a new release and the publishers' known markers in; no other word."""
    notes = []
    flags = {field.get("missing_reason") for field in resource["schema"]["fields"]}
    for field in resource["schema"]["fields"]:
        allowed = field.get("constraints", {}).get("enum")
        is_flag = field["name"] in flags
        if allowed is None or not (is_flag or field["name"] == "series"):
            continue
        new = set(columns[field["name"]]) - {""} - set(allowed)
        if is_flag:
            new &= set(REASONS)
        if new:
            field["constraints"]["enum"] = sorted({*allowed, *new})
            words = ", ".join(sorted(new))
            notes.append(f"{resource['name']}.{field['name']} now also holds {words}")
    return notes


def _rate_checks(resource: dict, tables: Mapping[str, list[list[str]]]) -> list[str]:
    """Check a release's rates against the population that it printed with them."""
    rows = tables.get(resource["name"])
    if rows is None:
        return []
    notes = []
    for rule in resource.get("rateChecks", []):
        other = tables.get(rule.get("denominatorTable"))
        if other is None:
            continue
        at = {n: rows[0].index(n) for n in ("release_year", "source_id", rule["rate"])}
        series = {row[other[0].index("series")] for row in other[1:]}
        printed = (row for row in rows[1:] if row[at[rule["rate"]]])
        pairs = {(row[at["release_year"]], row[at["source_id"]]) for row in printed}
        for year, source in sorted(pairs):
            if source in series and year not in rule["seriesByRelease"]:
                rule["seriesByRelease"][year] = source
                notes.append(f"{resource['name']}.{rule['rate']} of {year} is checked "
                             f"against {source}")  # fmt: skip
    return notes


def first_and_last(stock: list[list[str]], areas: list[list[str]]) -> dict[str, list[list[str]]]:
    """Keep the first and last year of each code in ``areas_england`` true.

    Parameters
    ----------
    stock : list of list of str
        The new ``cla_england``, headings first.
    areas : list of list of str
        The present ``areas_england``, headings first.

    Returns
    -------
    dict of str to list of list of str
        The new ``areas_england``; nothing if no year changes.
    """
    head, *body = stock
    code, year = head.index("area_code"), head.index("year")
    years = defaultdict(list)
    for row in body:
        years[row[code]].append(int(row[year]))
    new = [list(row) for row in areas]
    first, last = (new[0].index(f"{end}_year_in_cla") for end in ("first", "last"))
    for row in new[1:]:
        known = [int(row[i]) for i in (first, last) if row[i]]
        if row[0] in years:
            told = known + years[row[0]]
            row[first], row[last] = str(min(told)), str(max(told))
    return {"areas_england": new} if new != areas else {}


def as_csv(rows: list[list[str]]) -> bytes:
    """Write rows as the tables are written: UTF-8, one line feed a row."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")

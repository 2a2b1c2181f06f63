"""The row of ``sources.csv`` that a release gets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from care_rates.ingest.recipes import PEOPLE

STEMS = {
    "cla": "dfe_cla_{year}_{kind}{suffix}",
    "cin": "dfe_cin_{year}_{kind}{suffix}",
    "csww": "dfe_csww_{year}_{kind}{suffix}",
    "wales": "sw_cla_31march_{year}",
}
"""Ids of releases by family."""

PLAIN = {
    "wales": ("Welsh Government (StatsWales)", "Children looked after at 31 March"),
}
ENGLISH = ("Department for Education", "Children's social care statistics")
"""Publisher and title where no release of the family is listed yet."""

LICENCE = "Open Government Licence v3.0 (Crown copyright)"


def source_id(family: str, kind: str, suffix: str, year: int) -> str:
    """Name a release as ``sources.csv`` does.

    Parameters
    ----------
    family, kind, suffix : str
        Of the file.
    year : int
        Release year.

    Returns
    -------
    str
        For instance ``dfe_cla_2026_ees``.
    """
    return STEMS[family].format(year=year, kind=kind, suffix=suffix)


def source_row(
    known: Mapping[str, Mapping[str, str]], source: str, year: int, file, options, so_far
) -> dict[str, str]:
    """Describe a release.

    Parameters
    ----------
    known : mapping of str to mapping
        Rows of ``sources.csv`` by id.
    source : str
        Id of the release.
    year : int
        Release year.
    file : File
        One of its files.
    options : Options
        What the user says of it.
    so_far : mapping or None
        The row that an earlier file of this run has made.

    Returns
    -------
    dict of str to str
        The row: as before where the release is listed already, else like the one of
        the release before; with the file's name and hash in the notes.
    """
    before = so_far or known.get(source) or _like(known, source, year, file.family)
    row = dict(before)
    row["source_id"] = source
    for key in ("publisher", "title", "release"):
        row[key] = getattr(options, key) or row[key]
    told = [figure.year for figure in file.figures if figure.table != PEOPLE]
    years = told or [figure.year for figure in file.figures]
    old = [int(y) for y in re.findall(r"\d{4}", row["years_covered"])] if so_far else []
    if source not in known:
        first, last = min(years + old), max(years + old)
        row["years_covered"] = f"{first}-{last}" if first < last else str(first)
    note = f"{file.sheet.name} (sha256 {file.sheet.sha256[:16]})"
    if options.headings:
        note += f", headings read as {', '.join(options.headings)}"
    if note not in row["notes"]:
        row["notes"] = "; ".join(filter(None, (row["notes"], f"From {note}")))
    return row


def _like(known, source: str, year: int, family: str) -> dict[str, str]:
    shape = re.compile(re.escape(source).replace(str(year), r"(\d{4})"))
    if family == "wales":
        shape = re.compile(r"sw_cla_31march_(?:\d{4}_)?(\d{4})")
    older = {int(m[1]): row for id_, row in known.items() if (m := shape.fullmatch(id_))}
    fields = next(iter(known.values())).keys()
    row = dict.fromkeys(fields, "")
    publisher, title = PLAIN.get(family, ENGLISH)
    row |= {"publisher": publisher, "title": title, "release": f"{year} release"}
    row |= {"table_or_file": "CSV file", "rounding": "as published", "licence": LICENCE}
    if older:
        last = max(older)
        row |= older[last]
        told = row["release"].replace(str(last), str(year))
        row["release"] = told if str(last) in row["release"] else f"{year} release"
    row["obtained_as"] = "the publisher's CSV file, taken in with care-rates ingest"
    row["years_covered"] = row["notes"] = ""
    return row

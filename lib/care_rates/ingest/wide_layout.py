"""Underlying data of the department, 2011 to 2019: one row an area, years in headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from care_rates.areas import ENGLAND
from care_rates.ingest.findings import Figure, Log
from care_rates.ingest.grid import Grid, body, find_headings, take
from care_rates.ingest.places import PlaceError, Places
from care_rates.ingest.reading import Sheet
from care_rates.ingest.recipes import (
    AGES,
    CIN,
    PLACES,
    STAFF,
    WIDE_CLASSES,
    WIDE_STEMS,
    WIDE_TOTAL,
    family_of,
)

LAYOUTS = (
    {"level": "geog_l", "code": "new_geog_code", "old": "geog_c", "name": "geog_n"},
    {"level": "geog_l", "code": "new_ons_code", "old": "geog_c", "name": "geog_n"},
    {"level": "geog_l", "old": "geog_c", "name": "geog_n"},
    {"code": "la_code_(9_digit)", "old": "la_code_(3_digit)", "name": "la_name",
     "region_code": "region_code", "region": "region_name"},
)  # fmt: skip
"""Headings that tell the area, in the files of the different years."""

_YEAR = re.compile(r"(.+?)_?((?:19|20)\d{2})")


@dataclass(frozen=True)
class Column:
    """A heading: what it feeds, and the year that it names (0 for none)."""

    heading: str
    target: tuple[str, str]
    year: int
    extra: tuple[tuple[str, str], ...] = ()


def recognise(
    sheet: Sheet, renamed: Mapping[str, str], log: Log
) -> tuple[Grid, dict[str, str], list[Column]] | None:
    """Tell whether a file has this layout, and which columns are known.

    Parameters
    ----------
    sheet : Sheet
        The file.
    renamed : mapping of str to str
        Headings to be read as others.
    log : Log
        Takes the fault if the layout fits and no column is known.

    Returns
    -------
    tuple of Grid, dict and list of Column, or None
        None if it has another layout, or if no column is known (see ``log``).
    """
    for area in LAYOUTS:
        grid = find_headings(sheet, area.values(), renamed, log)
        if grid is None:
            continue
        said = set(renamed.values())  # headings on children in need are known only if said
        columns = [column for key in grid.columns for column in _known(key)
                   if column.target[0] != CIN or key in said]  # fmt: skip
        if columns:
            return grid, area, columns
        log.stop(sheet.name, grid.row, "-",
                 "the layout is that of the department's underlying data, but no heading is "
                 "known (CLA_Mar2015, CLA_started2015, CLA_cease and the like).",
                 'It may be another file; or say --heading "OLD=KNOWN".')  # fmt: skip
        return None
    return None


def _known(key: str) -> list[Column]:
    if key in WIDE_CLASSES:
        table, word, label = WIDE_CLASSES[key]
        name = "age_group" if table == AGES else "placement"
        return [Column(key, (table, "number"), 0, ((name, word), (f"{name}_label", label)))]
    dated = _YEAR.fullmatch(key)
    stem, year = (dated[1], int(dated[2])) if dated else (key, 0)
    return [Column(key, WIDE_STEMS[stem], year)] if stem in WIDE_STEMS else []


def last_year(grid: Grid, columns: list[Column], given: int | None, log: Log) -> int | None:
    """Find the year that columns without a year speak of.

    Parameters
    ----------
    grid, columns : Grid, list of Column
        From :func:`recognise`.
    given : int or None
        The release year that the user gave.
    log : Log
        Takes the fault if headings, file name and option disagree or say nothing.

    Returns
    -------
    int or None
        The latest year in the headings, else the year given, else that of the
        file's name.
    """
    name = grid.sheet.name
    dated = [column for column in columns if column.year]
    headed = max((column.year for column in dated), default=None)
    named = re.search(r"(?:adm|cea|cla|mar|ud)[_ ]?(20\d{2})", name, re.I)
    told = given or (int(named[1]) if named else None)
    if headed and told and headed != told:
        latest = max(dated, key=lambda column: column.year).heading
        printed = grid.printed[latest]
        right = printed.replace(str(headed), str(told))
        log.stop(name, grid.row, printed,
                 f"the headings end in {headed}, the file's name or --release-year says {told}.",
                 f'If the heading is misprinted, say --heading "{printed}={right}"; '
                 "else give --release-year.")  # fmt: skip
        return None
    if not (headed or told):
        log.stop(name, grid.row, "-", "neither headings nor file name tell the year.",
                 "Give --release-year.")  # fmt: skip
    return headed or told


def figures(
    grid: Grid, area: Mapping[str, str], columns: list[Column], last: int,
    places: Places, log: Log,
) -> Iterator[Figure]:  # fmt: skip
    """Read the figures of a file.

    Parameters
    ----------
    grid, area, columns : Grid, mapping, list of Column
        From :func:`recognise`.
    last : int
        From :func:`last_year`.
    places : Places
        The areas that are known.
    log : Log
        Takes what is left out and what stops.

    Yields
    ------
    Figure
        One a cell that a table keeps; the stock of the last year also as the total of
        ages and placements where the file holds these.
    """
    name = grid.sheet.name
    classes = {column.target[0] for column in columns if column.extra}
    for line, row in body(grid, log, list(area.values())):
        told = {key: row[column] for key, column in area.items()}
        try:
            code = _area(told, last, places)
        except PlaceError as error:
            field = grid.printed[area.get("code", area["name"])]
            log.stop(name, line, field, str(error), error.remedy)
            continue
        for column in columns:
            text, printed = row[column.heading], grid.printed[column.heading]
            year = column.year or last
            yield from take(log, name, line, printed, text, column.target, code, year, column.extra)
            if column.heading.startswith("cla_mar") and year == last:
                for table in sorted(classes & {AGES, PLACES}):
                    key = "age_group" if table == AGES else "placement"
                    extra = ((key, "total"), (f"{key}_label", WIDE_TOTAL))
                    target = (table, "number")
                    yield from take(log, name, line, printed, text, target, code, year, extra)


def _area(told: Mapping[str, str], year: int, places: Places) -> str:
    name, code = told["name"], told.get("code", "")
    if "level" in told:
        level = told["level"].upper()
        if level == "NATIONAL":
            return ENGLAND  # some of these files give England a wrong code
        if level == "REGION":
            return places.region(code, name)
    elif not (name or code):
        region = told["region"] or told["region_code"]
        return places.region(told["region_code"], told["region"]) if region else ENGLAND
    return places.authority(code, told["old"], name, year)


def family(columns: list[Column]) -> str:
    """Name the family of releases that a file belongs to.

    Parameters
    ----------
    columns : list of Column
        From :func:`recognise`.

    Returns
    -------
    str
        ``cla``, ``cin`` or ``csww``.
    """
    tables = {column.target[0] for column in columns}
    return family_of(next((name for name in (STAFF, CIN) if name in tables), AGES))

"""StatsWales: sex and age across, years across, or one figure a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from care_rates.ingest.cells import MARKERS
from care_rates.ingest.findings import Figure, Log
from care_rates.ingest.grid import TITLE_LINES, Grid, body, find_headings, take, year_of
from care_rates.ingest.places import PlaceError, Places
from care_rates.ingest.reading import Sheet
from care_rates.ingest.recipes import WALES, WELSH_AGES, WELSH_SEX

LONG = ("data_values", "year", "area")
NOTES = {"confidential information": "c", "not available": "x", "not applicable": "z",
         "low figure": "low", "low reliability": "u", "disclosive": "*"}  # fmt: skip
"""Shorthand of StatsWales where it is written out."""

HEAD_LINES = 8
"""How many lines of headings may stand above the first area."""

_BLANK = {"", "."}


def long_figures(
    sheet: Sheet, renamed: Mapping[str, str], places: Places, log: Log
) -> list[Figure] | None:
    """Read the layout with one figure a row (``Data values``).

    Parameters
    ----------
    sheet, renamed, places, log : Sheet, mapping, Places, Log
        As for the other layouts.

    Returns
    -------
    list of Figure or None
        None if the file has another layout.
    """
    grid = find_headings(sheet, LONG, renamed, log)
    if grid is None:
        return None
    return list(_long(grid, places, log))


def _long(grid: Grid, places: Places, log: Log) -> Iterator[Figure]:
    name = grid.sheet.name
    for line, row in body(grid, log, ("area", "area_code")):
        year = year_of(row["year"])
        if year is None:
            log.stop(name, line, "Year", f"{row['year'][:30]!r} is not a year.", "Correct it.")
            continue
        measure = row.get("data_description", row.get("measure", "")).lower()
        if "rate" in measure or "per cent" in measure:
            log.skip(name, line, f"{measure[:30]!r}: no table keeps it")
            continue
        key = _key(row.get("gender", row.get("sex", "")), row.get("age", ""))
        if None in key:
            log.stop(name, line, "Gender, Age",
                     f"{row.get('gender', '')[:30]!r}, {row.get('age', '')[:30]!r} are not "
                     "classes that are known.",
                     "Give the table by local authority, gender and age.")  # fmt: skip
            continue
        text = row["data_values"]
        note = row.get("notes", "").lower()
        if not text and note:
            text = NOTES.get(note, note if note in MARKERS else text)
        area = _place(places, log, name, line, row.get("area_code", ""), row["area"])
        if area:
            yield from _take(log, name, line, "Data values", text, area, year, key)


def cross_figures(sheet: Sheet, places: Places, log: Log, given: int | None) -> list[Figure] | None:
    """Read a cross table: areas down, and sex with age or years across.

    Parameters
    ----------
    sheet, places, log : Sheet, Places, Log
        As for the other layouts.
    given : int or None
        Release year, for a table of one year whose name does not tell it.

    Returns
    -------
    list of Figure or None
        None if the file has another layout.
    """
    start = next((i for i, (_, cells) in enumerate(sheet.rows) if _welsh(places, cells)), 0)
    head = sheet.rows[max(0, start - HEAD_LINES) : start]
    width = max(len(cells) for _, cells in sheet.rows[start:])
    found = {place: _column(head, place) for place in range(width)}
    columns = {place: known for place, known in found.items() if known}
    if not columns:
        return None
    names = range(min(columns))
    year = _year(sheet, given, log)
    if year is None and any(known[0] is None for known in columns.values()):
        log.stop(sheet.name, head[0][0], "-", "nothing tells the year of the table.",
                 "Give --release-year, or put the year into the file's name.")  # fmt: skip
        return []
    grid = Grid(
        sheet, start,
        {f"name {i}": i for i in names} | {f"figure {i}": i for i in columns},
        {f"name {i}": "area" for i in names}
        | {f"figure {i}": f"{known[0] or year}, {known[1]}, {known[2]}"
           for i, known in columns.items()},
    )  # fmt: skip
    return list(_cross(grid, columns, year, places, log))


def _cross(grid: Grid, columns, year: int | None, places: Places, log: Log) -> Iterator[Figure]:
    names = [key for key in grid.columns if key.startswith("name")]
    for line, row in body(grid, log, names, titles=False):
        told = [row[key] for key in names if row[key]]
        code = next((cell for cell in told if re.fullmatch(r"W\d{8}", cell)), "")
        name = next((cell for cell in reversed(told) if cell != code), "")
        area = _place(places, log, grid.sheet.name, line, code, name)
        for place, (own, sex, age) in columns.items() if area else ():
            key = f"figure {place}"
            at = own or year
            yield from _take(log, grid.sheet.name, line, grid.printed[key], row[key], area, at,
                             (sex, age))  # fmt: skip


def _welsh(places: Places, cells: tuple[str, ...]) -> bool:
    for cell in cells[:3] if sum(map(bool, cells)) >= 2 else ():
        code = cell if re.fullmatch(r"W\d{8}", cell) else ""
        try:
            if cell and places.in_wales(code, "" if code else cell):
                return True
        except PlaceError:
            continue
    return False


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\[(]\w+[\])]", " ", text.lower()).split())


def _column(head, place: int) -> tuple[int | None, str, str] | None:
    """Read the headings above a column, from the top.

    A blank or a point repeats the heading to its left, unless a heading above has
    just begun at this column: then there is no finer division below it.
    """
    sex = age = year = None
    known = begun = False
    for _, cells in head:
        own = cells[place] if place < len(cells) else ""
        if own not in _BLANK:
            begun = True
        elif begun:
            continue
        else:
            left = cells[: min(place, len(cells))]
            own = next((cell for cell in reversed(left) if cell not in _BLANK), "")
        text = _plain(own)
        year = year or (year_of(text) if begun else None)
        known = known or text in WELSH_SEX or text in WELSH_AGES
        if text != "total":
            sex, age = WELSH_SEX.get(text, sex), WELSH_AGES.get(text, age)
    return (year, sex or "all", age or "all") if known or year else None


def _year(sheet: Sheet, given: int | None, log: Log) -> int | None:
    named = re.search(r"(?<!\d)(20\d{2})(?!\d)", sheet.name)
    if given and named and int(named[1]) != given:
        log.stop(sheet.name, 1, "-",
                 f"the file's name says {named[1]}, --release-year says {given}.",
                 "Rename the file or correct the option.")  # fmt: skip
    return given or (int(named[1]) if named else None)


def _key(sex: str, age: str) -> tuple[str | None, str | None]:
    return (
        WELSH_SEX.get(_plain(sex), None if sex else "all"),
        WELSH_AGES.get(_plain(age), None if age else "all"),
    )


def _place(places: Places, log: Log, name: str, line: int, code: str, area: str) -> str | None:
    try:
        found = places.in_wales(code, area)
    except PlaceError as error:
        log.stop(name, line, "area", str(error), error.remedy)
        return None
    if found is None:
        log.skip(name, line, f"{area[:40]!r}: no table keeps this area")
    return found


def _take(log, name, line, printed, text, area, year, key) -> Iterator[Figure]:
    sex, age = key
    if sex == "all" and age != "all":
        return  # the table keeps ages for boys and girls apart, as published
    extra = (("sex", sex), ("age_band", age))
    yield from take(log, name, line, printed, text, (WALES, "number"), area, year, extra)


def is_looked_after(sheet: Sheet) -> bool:
    """Tell whether name, title or description speak of children looked after.

    Other tables of StatsWales look the same.

    Parameters
    ----------
    sheet : Sheet
        The file.

    Returns
    -------
    bool
        True if they do.
    """
    cells = (cell for _, row in sheet.rows[:TITLE_LINES] for cell in row)
    return any(
        re.search(r"looked[ _-]?after|(?<![a-z])cla(?![a-z])", text, re.I)
        for text in (sheet.name, *cells)
    )

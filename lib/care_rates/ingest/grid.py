"""Find the headings in a sheet, and go through the rows below them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from care_rates.ingest.cells import CellError, heading, parse_cell
from care_rates.ingest.findings import Figure, Log
from care_rates.ingest.reading import Sheet

TITLE_LINES = 30
"""How many lines of title may stand above the headings."""

_CODE = re.compile(r"[EW]\d{8}", re.ASCII)
_NOTE = re.compile(
    r"((foot)?notes?\b|sources?\b|©|\(?\d{1,2}[).:]\s|\[\w+\]\s|[a-z*.:~-]{1,3}\s*=|-\s)", re.I
)
_TOTAL = re.compile(r"((grand )?totals?|sum|all (areas|authorities))\b", re.I)
_DATE = re.compile(
    r"((as )?at |year ending )?(31(st)? mar(ch)?,? )?(?P<year>(19|20)\d{2})", re.I | re.ASCII
)


@dataclass(frozen=True)
class Grid:
    """A sheet whose headings are known: columns by name, and where the body starts."""

    sheet: Sheet
    start: int
    columns: Mapping[str, int]
    printed: Mapping[str, str]

    @property
    def row(self) -> int:
        """Line of the headings."""
        return self.sheet.rows[self.start - 1][0]

    def head(self, place: int) -> str:
        """Heading of a column as printed, or its number where it has none."""
        names = (self.printed[key] for key, at in self.columns.items() if at == place)
        return next(names, f"column {place + 1}")


def find_headings(
    sheet: Sheet, needs: Collection[str], renamed: Mapping[str, str], log: Log
) -> Grid | None:
    """Look for the row that holds all headings of a layout.

    Parameters
    ----------
    sheet : Sheet
        The file.
    needs : collection of str
        Headings that must stand there, in the form of :func:`cells.heading`.
    renamed : mapping of str to str
        Headings to be read as others, in the same form.
    log : Log
        Takes what is wrong with the headings.

    Returns
    -------
    Grid or None
        None if no row near the top holds them.
    """
    for start, (line, cells) in enumerate(sheet.rows[:TITLE_LINES], start=1):
        names = [renamed.get(heading(cell), heading(cell)) for cell in cells]
        if not set(needs) <= set(names):
            continue
        columns, printed = {}, {}
        for place, name in enumerate(names):
            if name in columns:
                log.stop(sheet.name, line, cells[place], "the heading stands twice.",
                         "Take out the column that is not the published one.")  # fmt: skip
            if name:
                columns[name], printed[name] = place, cells[place]
        return Grid(sheet, start, columns, printed)
    return None


def body(
    grid: Grid, log: Log, area: Collection[str], titles: bool = True
) -> Iterator[tuple[int, dict[str, str]]]:
    """Go through the rows below the headings.

    Parameters
    ----------
    grid : Grid
        The sheet.
    log : Log
        Takes titles, footnotes and totals that are left out, and rows that are broken.
    area : collection of str
        Headings that tell the area of a row.
    titles : bool
        Whether the lines above the headings are titles, to be listed.

    Yields
    ------
    int
        Line of the row.
    dict of str to str
        Cells by heading.
    """
    name, headed = grid.sheet.name, set(grid.columns.values())
    width = max(headed) + 1
    for line, _ in grid.sheet.rows[: grid.start - 1] if titles else ():
        log.skip(name, line, "a title above the headings")
    for line, cells in grid.sheet.rows[grid.start :]:
        formula = next((i for i, cell in enumerate(cells) if cell[:1] in ("=", "@")), None)
        if formula is not None:
            log.stop(name, line, grid.head(formula),
                     f"{cells[formula][:40]!r} looks like a formula; it was not run.",
                     "Put the published figure there, or download the file again.")  # fmt: skip
        elif sum(map(bool, cells)) == 1 or _NOTE.match(next(filter(None, cells))):
            log.skip(name, line, "a footnote")
        elif bare := [i for i, cell in enumerate(cells, 1) if cell and i - 1 not in headed]:
            log.stop(name, line, f"column {bare[0]}",
                     f"has a cell without a heading: {cells[bare[0] - 1][:30]!r}.",
                     "Quote cells that hold commas; head the column or take it out.")  # fmt: skip
        elif len(cells) < width:
            log.stop(name, line, grid.head(len(cells)),
                     f"the row ends after {len(cells)} cells where there are {width} headings.",
                     "Download the file again if the row is cut; take it out if it is a "
                     "note.")  # fmt: skip
        else:
            row = {key: cells[place] for key, place in grid.columns.items()}
            told = [row[key] for key in area if row.get(key)]
            if any(map(_TOTAL.match, told)) and not any(map(_CODE.match, told)):
                log.skip(name, line, "a total, not an area")
            else:
                yield line, row


def take(
    log: Log, file: str, row: int, column: str, text: str, target: tuple[str, str],
    area: str, year: int, extra: tuple[tuple[str, str], ...] = (),
) -> Iterator[Figure]:  # fmt: skip
    """Turn one cell into a figure.

    Parameters
    ----------
    log : Log
        Takes the fault of a cell that is no figure.
    file, row, column : str, int, str
        Where it stands.
    text : str
        The cell.
    target : tuple of str
        Table and field.
    area, year, extra : str, int, tuple
        Key of its row in the table.

    Yields
    ------
    Figure
        One, or none for a blank cell or a fault.
    """
    try:
        value, flag = parse_cell(text)
    except CellError as error:
        log.stop(file, row, column, str(error),
                 "Put the published figure or marker there (c, x, z, .., low, *).")  # fmt: skip
        return
    if value or flag:
        yield Figure(target[0], area, year, extra, target[1], value, flag, file, row, column)


def year_of(text: str) -> int | None:
    """Read a period as the year in which it ends.

    Parameters
    ----------
    text : str
        ``2025``, ``202425``, ``2024-25``, ``2024/25``, ``31 March 2025``,
        ``2025-03-31``, ``2025.0``.

    Returns
    -------
    int or None
        The year; None if it is none of these.
    """
    text = re.sub(r"[\[(][^\])]*[\])]", "", text).strip()
    span = re.fullmatch(r"((?:19|20)\d{2})\s*[-/–]?\s*(\d{2})", text, re.ASCII)
    if span:
        first = int(span[1])
        return first + 1 if (first + 1) % 100 == int(span[2]) else None
    text = re.sub(r"-03-31( 00:00(:00)?)?$|\.0$", "", text)
    years = _DATE.fullmatch(text)
    return int(years["year"]) if years else None

"""Tell which publisher's file a sheet is, and read its figures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from care_rates.data import Package
from care_rates.ingest import tidy_layout, welsh_layout, wide_layout
from care_rates.ingest.findings import Figure, Log
from care_rates.ingest.options import Options
from care_rates.ingest.places import Places
from care_rates.ingest.reading import Sheet
from care_rates.ingest.recipes import AGES, PEOPLE, PLACES, WALES
from care_rates.ingest.unread import seems


@dataclass(frozen=True)
class File:
    """A file that has been recognised, and its figures."""

    sheet: Sheet
    layout: str
    family: str
    kind: str
    suffix: str
    last: int
    figures: list[Figure] = field(repr=False)


def recognise(
    sheet: Sheet, options: Options, places: Places, log: Log, package: Package
) -> File | None:
    """Tell which file of which release it is, and read its figures.

    Parameters
    ----------
    sheet : Sheet
        The file.
    options : Options
        What the user says of it.
    places : Places
        The areas that are known.
    log : Log
        Takes what is left out and what stops.
    package : Package
        The raw tables.

    Returns
    -------
    File or None
        None if something stops.
    """
    renamed = options.renamed
    before = len(log.problems)
    file = (
        _tidy(sheet, renamed, options, places, log)
        or _wide(sheet, renamed, options, places, log)
        or _welsh(sheet, renamed, options, places, log)
    )
    if file is None:
        named = seems(sheet, package)
        ambiguous = len(log.problems) > before and log.problems[-1].field.lower() == "cla_group"
        if named and not ambiguous:
            del log.problems[before:]
            log.stop(sheet.name, 1, "-", *named)
            return None
    if file is None or len(log.problems) > before:
        if len(log.problems) == before:
            log.stop(
                sheet.name,
                1,
                "-",
                f"no known layout fits{sheet.parted}.",
                "Give a CSV file of the department's underlying data, of explore education "
                "statistics or of StatsWales; for a renamed heading say --heading "
                '"NEW=KNOWN".',
            )
        return None
    if options.tables:
        kept = [figure for figure in file.figures if figure.table in options.tables]
        if not kept:
            feeds = ", ".join(sorted({figure.table for figure in file.figures})) or "none"
            log.stop(sheet.name, 1, "-", f"has no figure for {', '.join(options.tables)}.",
                     f"It feeds: {feeds}.")  # fmt: skip
        file = replace(file, figures=kept)
    if not file.figures:
        log.stop(sheet.name, 1, "-", "holds no figure that a table keeps.",
                 "Look at the rows left out, or give another file of the release.")  # fmt: skip
        return None
    return file


def _last(figures: list[Figure]) -> int:
    return max((f.year for f in figures), default=0)


def _tidy(sheet, renamed, options, places, log) -> File | None:
    known = tidy_layout.recognise(sheet, renamed, log)
    if known is None:
        return None
    grid, recipe = known
    named = "31march" in "".join(c for c in sheet.name.lower() if c.isalnum())
    if recipe.ambiguous and not named and not {AGES, PLACES} & set(options.tables):
        log.stop(
            sheet.name,
            grid.row,
            grid.printed["cla_group"],
            "children at 31 March, starting and ceasing by characteristics look the same.",
            f"If these are children at 31 March, say --table {AGES} --table {PLACES}.",
        )
        return None
    figures = list(tidy_layout.figures(grid, recipe, places, log))
    last = max((f.year for f in figures if f.table != PEOPLE or recipe.ahead), default=0)
    return File(sheet, f"explore education statistics, {recipe.name}", recipe.family, "ees",
                recipe.suffix, last + recipe.ahead, figures)  # fmt: skip


def _wide(sheet, renamed, options, places, log) -> File | None:
    known = wide_layout.recognise(sheet, renamed, log)
    if known is None:
        return None
    grid, area, columns = known
    last = wide_layout.last_year(grid, columns, options.release_year, log)
    if last is None:
        return None
    figures = list(wide_layout.figures(grid, area, columns, last, places, log))
    return File(sheet, "underlying data", wide_layout.family(columns), "ud", "", last, figures)


def _welsh(sheet, renamed, options, places, log) -> File | None:
    figures = welsh_layout.long_figures(sheet, renamed, places, log)
    if figures is None:
        figures = welsh_layout.cross_figures(sheet, places, log, options.release_year)
    if figures is None:
        return None
    if not welsh_layout.is_looked_after(sheet) and WALES not in options.tables:
        log.stop(sheet.name, 1, "-",
                 "it has the layout of StatsWales, but nothing says that it counts children "
                 "looked after.",
                 f"If it does, say --table {WALES}.")  # fmt: skip
        return None
    return File(sheet, "StatsWales", "wales", "sw", "", _last(figures), figures)

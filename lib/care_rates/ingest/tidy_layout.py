"""Explore education statistics: one row an area and period, one column a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from care_rates.areas import ENGLAND
from care_rates.ingest.findings import Figure, Log
from care_rates.ingest.grid import Grid, body, find_headings, take, year_of
from care_rates.ingest.places import PlaceError, Places
from care_rates.ingest.reading import Sheet
from care_rates.ingest.recipes import CHARACTERISTICS, COUNTS, PEOPLE, TIDY, Recipe

NEEDS = ("time_period", "geographic_level")
AREA = ("new_la_code", "la_name", "old_la_code", "region_code", "region_name", "country_name")
PERIODS = {"reporting year", "calendar year", "financial year", "academic year", ""}


def recognise(sheet: Sheet, renamed: Mapping[str, str], log: Log) -> tuple[Grid, Recipe] | None:
    """Tell whether a file has this layout, and which file of a release it is.

    Parameters
    ----------
    sheet : Sheet
        The file.
    renamed : mapping of str to str
        Headings to be read as others.
    log : Log
        Takes the fault if the layout fits and no known file does.

    Returns
    -------
    tuple of Grid and Recipe, or None
        None if it has another layout, or if nothing fits (see ``log``).
    """
    grid = find_headings(sheet, NEEDS, renamed, log)
    if grid is None:
        return None
    fitting = [recipe for recipe in TIDY if recipe.needs <= set(grid.columns)]
    if fitting:
        return grid, max(fitting, key=lambda recipe: len(recipe.needs))
    near = max(TIDY, key=lambda recipe: len(recipe.needs & set(grid.columns)) / len(recipe.needs))
    lacks = sorted(near.needs - set(grid.columns))
    close = 2 * len(lacks) <= len(near.needs)
    told = (
        f"nearest is {near.name}, for which {', '.join(lacks)} is missing"
        if close else "it is none of the files that are read"
    )  # fmt: skip
    read = "; ".join(dict.fromkeys(recipe.name for recipe in TIDY))
    log.stop(sheet.name, grid.row, ", ".join(lacks) if close else "-",
             "the layout is that of explore education statistics, but no known table has these "
             f"headings; {told}.",
             (f'If a heading was renamed, say --heading "NEW={lacks[0]}"; else it is another '
              "table of the release. " if close else "") + f"Read are: {read}.")  # fmt: skip
    return None


def figures(grid: Grid, recipe: Recipe, places: Places, log: Log) -> Iterator[Figure]:
    """Read the figures of a file.

    Parameters
    ----------
    grid, recipe : Grid, Recipe
        From :func:`recognise`.
    places : Places
        The areas that are known.
    log : Log
        Takes what is left out and what stops.

    Yields
    ------
    Figure
        One a cell that a table keeps.
    """
    name = grid.sheet.name
    for line, row in body(grid, log, AREA):
        year = year_of(row["time_period"])
        period = row.get("time_identifier", "").lower()
        if year is None or period not in PERIODS:
            log.stop(name, line, grid.printed["time_period"],
                     f"{row['time_period'][:20]!r} ({period[:20]}) is not a year.",
                     "Give the yearly file of the release.")  # fmt: skip
            continue
        try:
            area = _area(row, year, places)
        except PlaceError as error:
            log.stop(name, line, grid.printed.get("new_la_code", "area"), str(error), error.remedy)
            continue
        if area is None:
            log.skip(name, line, f"level {row['geographic_level'][:30]!r}: no table keeps it")
            continue
        yield from _row(grid, recipe, log, line, row, area, year)


def _area(row: Mapping[str, str], year: int, places: Places) -> str | None:
    level = row["geographic_level"].strip().lower()
    if level == "national":
        whole = row.get("country_code") == ENGLAND or row.get("country_name") == "England"
        return ENGLAND if whole else None
    if level == "regional":
        return places.region(row.get("region_code", ""), row.get("region_name", ""))
    if level == "local authority":
        return places.authority(
            row.get("new_la_code", ""), row.get("old_la_code", ""), row.get("la_name", ""), year
        )
    return None


def _row(
    grid: Grid, recipe: Recipe, log: Log, line: int, row: Mapping[str, str], area: str, year: int
) -> Iterator[Figure]:
    name = grid.sheet.name

    def cell(column: str, target: tuple[str, str], at: int = year, extra=()):
        return take(log, name, line, grid.printed[column], row[column], target, area, at, extra)

    for column, target in recipe.fields.items():
        if column in grid.columns:
            yield from cell(column, target)
    if "population_count" in recipe.needs:
        words = COUNTS.get(_plain(row["population_count"]))
        if words is None:
            log.stop(name, line, grid.printed["population_count"],
                     f"{row['population_count'][:60]!r} is not a count that is known.",
                     f"Known are: {'; '.join(COUNTS)}.")  # fmt: skip
            return
        yield from cell("number", words[:2])
        yield from cell("rate_per_10000", (words[0], words[2]))
        if "population_estimate" in grid.columns:
            yield from cell("population_estimate", (PEOPLE, "persons_0_17"), year - 1)
    elif "cla_group" in recipe.needs:
        yield from _characteristic(grid, log, line, row, cell)
    elif "age_group" in recipe.needs:
        if _plain(row["age_group"]) in ("children aged 0 to 17 years", "0 to 17", "total"):
            yield from cell("population_estimate", (PEOPLE, "persons_0_17"))
        else:
            log.skip(name, line, f"age group {row['age_group'][:30]!r}: no table keeps it")


def _characteristic(grid, log, line, row, cell) -> Iterator[Figure]:
    known = CHARACTERISTICS.get(_plain(row["cla_group"]))
    if known is None:
        log.skip(grid.sheet.name, line, f"group {row['cla_group'][:40]!r}: no table keeps it")
        return
    table, key, words = known
    ours = words.get(_plain(row["characteristic"]))
    if ours is None:
        log.stop(grid.sheet.name, line, grid.printed["characteristic"],
                 f"{row['characteristic'][:60]!r} is not a class of {key} that is known.",
                 "Describe the new class in datapackage.json and in ingest/recipes.py first: "
                 "a change of classes breaks the series.")  # fmt: skip
        return
    extra = ((key, ours), (f"{key}_label", row["characteristic"]))
    yield from cell("number", (table, "number"), extra=extra)


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").lower().split())

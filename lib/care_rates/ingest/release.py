"""Take in a release: recognise the files, build the tables, check, and put in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from care_rates import paths
from care_rates.data import Package
from care_rates.ingest import store, tidy_layout, welsh_layout, wide_layout
from care_rates.ingest.cells import heading, is_formula
from care_rates.ingest.findings import Figure, IngestError, Log, Problem, Report
from care_rates.ingest.merge import Tables
from care_rates.ingest.places import Places
from care_rates.ingest.reading import Sheet, read_sheet
from care_rates.ingest.recipes import AGES, PEOPLE, PLACES, WALES
from care_rates.ingest.sources import source_id, source_row


@dataclass(frozen=True)
class Options:
    """What the user may say about the files.

    Parameters
    ----------
    tables : sequence of str
        Keep only these; decides where a layout can mean several things.
    release_year : int, optional
        Year of the release, where the files do not tell it.
    publisher, title, release : str, optional
        For ``sources.csv``; else as in the release before.
    headings : sequence of str
        ``OLD=KNOWN``: headings to be read as others.
    dry_run : bool
        Write nothing.
    """

    tables: Sequence[str] = ()
    release_year: int | None = None
    publisher: str | None = None
    title: str | None = None
    release: str | None = None
    headings: Sequence[str] = ()
    dry_run: bool = False


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


def ingest(
    files: Iterable[Path | str], options: Options | None = None, folder: Path | str | None = None
) -> Report:
    """Take in the files of one or several releases, all or nothing.

    Parameters
    ----------
    files : iterable of path-like
        The publishers' CSV files.
    options : Options, optional
        What the user says about them.
    folder : path-like, optional
        The data package (``data/raw`` unless told).

    Returns
    -------
    Report
        What was done, or would be with ``dry_run``.

    Raises
    ------
    IngestError
        With every fault that was found; nothing is written then.
    DataError
        If the data package is not sound to begin with.
    """
    options = options or Options()
    folder = Path(folder or paths.RAW)
    store.refuse_unfinished(folder)
    package, log = Package(folder), Log()
    tables = Tables(package, log)
    places = Places(tables.mappings("areas_england"), tables.mappings("areas_wales"))
    _check_options(options, package)
    read = [_read(path, options, places, log) for path in files]
    log.check()
    found, said = [file for file in read if file is not None], []
    for file in found:
        year = _release_year(file, found, options, log)
        log.check()
        source = source_id(file.family, file.kind, file.suffix, year)
        tables.sources[source] = source_row(
            tables.sources_before, source, year, file, options, tables.sources.get(source)
        )
        said.append(_say(file, source))
        for figure in file.figures:
            tables.put(figure, year, source)
    log.check()
    changed = tables.changed(places)
    log.check()
    store.check(folder, changed, tables.origin)
    report = replace(tables.report(), files=tuple(said), left_out=tuple(log.left_out))
    if options.dry_run or report.empty:
        return report
    return replace(report, written=store.put(folder, changed))


def _say(file: File, source: str) -> str:
    count = f"{len(file.figures):,} figures"
    return f"{file.sheet.name}: {file.layout}; {file.sheet.encoding}; {count} for {source}"


def _check_options(options: Options, package: Package) -> None:
    problems = []
    for name, text in (
        ("--publisher", options.publisher), ("--title", options.title),
        ("--release", options.release),
    ):  # fmt: skip
        if text is not None and (
            not text.strip() or len(text) > 300 or is_formula(text) or not text.isprintable()
        ):
            problems.append(
                Problem("options", "-", name, f"{text[:40]!r} is not a plain line of text.",
                        "Give words, without a line break or a leading = + - @.")
            )  # fmt: skip
    for table in options.tables:
        package.resource(table)
    for pair in options.headings:
        if not all(map(heading, pair.partition("=")[::2])):
            problems.append(
                Problem("options", "-", "--heading", f"{pair[:40]!r} is not OLD=KNOWN.",
                        'Write for instance --heading "children=number".')
            )  # fmt: skip
    if options.release_year is not None and not 2000 <= options.release_year <= 2100:
        problems.append(
            Problem("options", "-", "--release-year", f"{options.release_year} is not a year.",
                    "Give four digits.")
        )  # fmt: skip
    if problems:
        raise IngestError(problems)


def _read(path: Path | str, options: Options, places: Places, log: Log) -> File | None:
    sheet = read_sheet(path)
    renamed = {heading(old): heading(new) for old, _, new in
               (pair.partition("=") for pair in options.headings)}  # fmt: skip
    before = len(log.problems)
    file = (
        _tidy(sheet, renamed, options, places, log)
        or _wide(sheet, renamed, options, places, log)
        or _welsh(sheet, renamed, options, places, log)
    )
    if file is None or len(log.problems) > before:
        if len(log.problems) == before:
            log.stop(
                sheet.name,
                1,
                "-",
                "no known layout fits.",
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


def _release_year(file: File, found: list[File], options: Options, log: Log) -> int:
    last = max(f.last for f in found if f.family == file.family)
    year = options.release_year or last
    if not last <= year <= last + 1:
        log.stop(file.sheet.name, "-", "-",
                 f"its figures end in {last}, --release-year says {year}.",
                 "Give the year of the release that printed the file.")  # fmt: skip
    return year

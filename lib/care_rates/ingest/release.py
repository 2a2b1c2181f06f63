"""Take in a release: recognise the files, build the tables, check, and put in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from care_rates import paths
from care_rates.data import Package
from care_rates.ingest import store
from care_rates.ingest.findings import Log, Report
from care_rates.ingest.merge import Tables
from care_rates.ingest.options import Options, check_headings, check_options
from care_rates.ingest.places import Places
from care_rates.ingest.reading import read_sheet
from care_rates.ingest.recipes import PEOPLE
from care_rates.ingest.recognise import File, recognise
from care_rates.ingest.sources import source_id, source_row


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
    check_options(options, package)
    sheets = [read_sheet(path) for path in files]
    check_headings(options, sheets, log)
    read = [recognise(sheet, options, places, log, package) for sheet in sheets]
    log.check()
    found, said = [file for file in read if file is not None], []
    for file in found:
        year = _release_year(file, found, options, log)
        tables.notes += _gap(file, year, tables, options, log)
        log.check()
        source = source_id(file.family, file.kind, file.suffix, year)
        tables.sources[source] = source_row(
            tables.sources_before, source, year, file, options, tables.sources.get(source)
        )
        said.append(_say(file, source))
        for figure in file.figures:
            tables.put(figure, year, source)
    log.check()
    changed = tables.changed(places, options)
    log.check()
    store.check(folder, changed, tables.origin)
    report = replace(tables.report(), files=tuple(said), left_out=tuple(log.left_out))
    if options.dry_run or report.empty:
        return report
    return replace(report, written=store.put(folder, changed))


def _say(file: File, source: str) -> str:
    count = f"{len(file.figures):,} figures"
    read = f"{file.sheet.encoding}{file.sheet.parted}"
    return f"{file.sheet.name}: {file.layout}; {read}; {count} for {source}"


def _release_year(file: File, found: list[File], options: Options, log: Log) -> int:
    last = max(f.last for f in found if f.family == file.family)
    year = options.release_year or last
    if not last <= year <= last + 1:
        log.stop(file.sheet.name, "-", "-",
                 f"its figures end in {last}, --release-year says {year}.",
                 "Give the year of the release that printed the file.")  # fmt: skip
    return year


def _gap(file: File, year: int, tables: Tables, options: Options, log: Log) -> list[str]:
    """Stop at a release that leaves years out, unless its year was said."""
    fed = {figure.table for figure in file.figures}
    people = fed == {PEOPLE}
    fed = fed if people else fed - {PEOPLE}
    ends = [tables.last_year(table) for table in fed]
    last = max((end for end in ends if end is not None), default=None)
    at = max((f for f in file.figures if f.table in fed), key=lambda figure: figure.year)
    if last is None or at.year <= last + 1:
        return []
    printed = {figure.year for figure in file.figures if figure.table in fed}
    without = [str(y) for y in range(last + 1, at.year) if y not in printed]
    if not without:
        return []
    years = ", ".join(without) if len(without) <= 5 else f"{without[0]} to {without[-1]}"
    told = f"{years} between {last} and {at.year}"
    if options.release_year is not None:
        return [f"{', '.join(sorted(fed))}: no figures of {told}"]
    log.stop(file.sheet.name, at.row, "year",
             f"its figures end in {at.year}; the last known year is {last}, so that {last + 1} "
             f"is next, and the file leaves out {told}.",
             "Correct the year if it is misprinted; else take the releases of those years in "
             f"first, or say --release-year {year} to leave them out.")  # fmt: skip
    return []

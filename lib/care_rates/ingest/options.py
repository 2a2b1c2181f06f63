"""What the user may say about the files, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from care_rates.data import Package
from care_rates.ingest.cells import heading, is_formula
from care_rates.ingest.findings import IngestError, Log, Problem
from care_rates.ingest.grid import TITLE_LINES
from care_rates.ingest.reading import Sheet


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
    absent : sequence of str
        Areas that the publisher leaves out (codes or names), or ``all`` for a file in
        part.
    replace : sequence of str
        Ids of known releases of which many figures may be replaced.
    revised : sequence of str
        Tables whose back years may differ much from the release before.
    dry_run : bool
        Write nothing.
    """

    tables: Sequence[str] = ()
    release_year: int | None = None
    publisher: str | None = None
    title: str | None = None
    release: str | None = None
    headings: Sequence[str] = ()
    absent: Sequence[str] = ()
    replace: Sequence[str] = ()
    revised: Sequence[str] = ()
    dry_run: bool = False

    @property
    def renamed(self) -> dict[str, str]:
        """Headings to be read as others, in the form in which they are compared."""
        pairs = (pair.partition("=") for pair in self.headings)
        return {heading(old): heading(new) for old, _, new in pairs}


def check_options(options: Options, package: Package) -> None:
    """Refuse options that cannot be meant.

    Parameters
    ----------
    options : Options
        What the user says.
    package : Package
        Knows the tables.

    Raises
    ------
    IngestError
        With every fault.
    DataError
        If there is no such table.
    """
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
    for table in (*options.tables, *options.revised):
        package.resource(table)
    known = set(package.read("sources")["source_id"]) if options.replace else ()
    for release in options.replace:
        if release not in known:
            problems.append(
                Problem("options", "-", "--replace", f"{release[:40]!r} is not in sources.csv.",
                        "Give the id that the message names, for instance dfe_cla_2024_ees.")
            )  # fmt: skip
    for pair in options.headings:
        if not (pair.isprintable() and all(map(heading, pair.partition("=")[::2]))):
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


def check_headings(options: Options, sheets: Sequence[Sheet], log: Log) -> None:
    """Stop at a heading that no file has: it was misspelt.

    Parameters
    ----------
    options : Options
        What the user says.
    sheets : sequence of Sheet
        The files.
    log : Log
        Takes the fault.
    """
    near = (row for sheet in sheets for _, row in sheet.rows[:TITLE_LINES])
    seen = {heading(cell) for row in near for cell in row}
    for old in options.renamed:
        if old not in seen:
            log.stop("options", "-", "--heading", f"no file has a heading {old!r}.",
                     "Write it as in the file.")  # fmt: skip

"""What is found on the way: problems, rows left out, figures, revisions, the report."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from care_rates.schema import DataError

COLUMNS = (
    "kind", "table", "file", "row", "area_code", "area", "year", "field", "old", "new", "change",
    "reason",
)  # fmt: skip
"""Columns of the report as CSV."""

SHOWN = 20
"""How many lines of one kind are printed; ``--report`` holds all."""


@dataclass(frozen=True)
class Problem:
    """Something that stops: where it is, what it is, what to do."""

    file: str
    row: int | str
    field: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, field {self.field}: {self.what} {self.remedy}"


class IngestError(DataError):
    """A release that cannot be taken in; nothing has been written.

    Parameters
    ----------
    problems : iterable of Problem
        All that were found; the message shows the first twenty.
    """

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        more = len(self.problems) - len(lines)
        if more:
            lines.append(f"… and {more} more of the kind.")
        super().__init__("\n".join([*lines, "Nothing was written."]))


@dataclass(frozen=True)
class LeftOut:
    """A row that holds no figure of ours, and why."""

    file: str
    row: int
    reason: str


@dataclass(frozen=True)
class Figure:
    """One published cell on its way into a table.

    ``extra`` holds the other parts of the row's key and its labels, ``heading`` the
    column as the publisher heads it.
    """

    table: str
    area: str
    year: int
    extra: tuple[tuple[str, str], ...]
    field: str
    value: str
    flag: str
    file: str
    row: int
    heading: str


@dataclass(frozen=True)
class Revision:
    """A figure that differs from the one that was known before."""

    table: str
    area: str
    name: str
    year: str
    what: str
    old: str
    new: str
    before: str
    kind: str

    @property
    def change(self) -> str:
        """By how much, with its sign; words where a figure is withheld or comes up."""
        from decimal import Decimal, InvalidOperation

        try:
            return f"{Decimal(self.new) - Decimal(self.old):+f}"
        except InvalidOperation:
            return "now printed" if self.new[:1].isdigit() else "now withheld"

    def __str__(self) -> str:
        return (
            f"{self.area} {self.name}, {self.year}, {self.what}: "
            f"{self.old} → {self.new} ({self.change})"
        )


@dataclass
class Log:
    """Collects what is left out and what stops while a file is read."""

    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def skip(self, file: str, row: int, reason: str) -> None:
        """Note a row that is left out."""
        self.left_out.append(LeftOut(file, row, reason))

    def stop(self, file: str, row: int | str, field: str, what: str, remedy: str) -> None:
        """Note what stops; reading goes on, so that all faults are seen at once."""
        self.problems.append(Problem(file, row, field, what, remedy))

    def check(self) -> None:
        """Raise what has stopped, if anything has.

        Raises
        ------
        IngestError
            With every problem.
        """
        if self.problems:
            raise IngestError(self.problems)


@dataclass(frozen=True)
class Report:
    """What taking in a release did, or would do."""

    files: tuple[str, ...]
    added: dict[str, int]
    filled: dict[str, int]
    revised: tuple[Revision, ...]
    corrected: tuple[Revision, ...]
    left_out: tuple[LeftOut, ...]
    checks: tuple[str, ...]
    notes: tuple[str, ...]
    written: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether there was nothing new."""
        return not (any(self.added.values()) or any(self.filled.values()) or self.corrected)

    def text(self, shown: int = SHOWN) -> str:
        """Say it for a reader.

        Parameters
        ----------
        shown : int
            Lines of one kind at most.

        Returns
        -------
        str
            Plain text.
        """
        lines = [*self.files, *self.notes]
        for table in self.added:
            filled = self.filled[table]
            also = f", {filled} figures added to rows that were there" if filled else ""
            lines.append(f"{table}: {self.added[table]} rows added{also}")
        lines += _some(
            "revised since the last release (both are kept)",
            [f"{x.table}: {x} (was {x.before})" for x in self.revised],
            shown,
        )
        lines += _some(
            "corrected (the old figure is replaced)",
            [f"{x.table}: {x}" for x in self.corrected],
            shown,
        )
        lines += _some(f"left out, {len(self.left_out)} rows", self._reasons(), shown)
        lines += _some("the sums", list(self.checks), shown)
        if self.empty:
            lines.append("Nothing new: all of it is in data/raw already.")
        elif self.written:
            lines.append(f"Written: {', '.join(self.written)}.")
        else:
            lines.append("Nothing was written (--dry-run).")
        return "\n".join(lines)

    def _reasons(self) -> list[str]:
        """One line a reason, with its first row and how many more there are."""
        first: dict[tuple[str, str], int] = {}
        count: Counter = Counter()
        for x in self.left_out:
            first.setdefault((x.file, x.reason), x.row)
            count[x.file, x.reason] += 1
        return [
            f"{file}, row {row}{f' and {n - 1} more' if n > 1 else ''}: {reason}"
            for ((file, reason), row), n in zip(first.items(), count.values(), strict=True)
        ]

    def csv(self) -> str:
        """Give every revision and every row left out as CSV.

        Returns
        -------
        str
            ``kind, table, file, row, area_code, area, year, field, old, new, change,
            reason``.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for x in (*self.revised, *self.corrected):
            reason = f"was {x.before}"
            writer.writerow(
                (x.kind, x.table, "", "", x.area, x.name, x.year, x.what, x.old, x.new,
                 x.change, reason)
            )  # fmt: skip
        for y in self.left_out:
            writer.writerow(("left out", "", y.file, y.row, *[""] * 7, y.reason))
        return out.getvalue()


def _some(title: str, lines: list[str], shown: int) -> list[str]:
    if not lines:
        return []
    more = [f"  … and {len(lines) - shown} more (--report FILE.csv lists all)"]
    listed = [f"  {line}" for line in lines[:shown]] + (more if len(lines) > shown else [])
    return [f"{title}: {len(lines)}", *listed]

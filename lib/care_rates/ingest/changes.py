"""What a release changes in figures that were known, and how much of that is believed.

A back year that a new release prints again is *revised*: both figures stay. A figure of
a release that was taken in before is *corrected*: the new one replaces it. Both happen
every year, in small measure; where they are large, the file is more often another one
than it is thought to be (a year or a column out of place), and the user has to say so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from care_rates.areas import ENGLAND, WALES
from care_rates.ingest.findings import Log, Revision
from care_rates.ingest.revisions import KEYS_OF_A_RELEASE, same

YEARS = ("year", "mid_year")

REPLACED = (10, 0.05)
"""Figures of a known release that may be corrected unasked: this number, or this share
of those that the file repeats."""

REVISED = (20, 0.025)
"""A count that a new release repeats at least so often may differ by this share in all
(sum of the differences over the sum before). Since 2010 it was 0.6% at most, but for
one change of method (4.5%); figures put a year out of place differ by 2.7% or more."""


class Changes:
    """Revised and corrected figures.

    Parameters
    ----------
    tables : Tables
        Knows keys, fields and origins.
    """

    def __init__(self, tables):
        self.tables = tables
        self.revised: list[Revision] = []
        self.corrected: list[Revision] = []
        self._repeated: Counter = Counter()
        self._moved: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0, 0.0])

    def beside(self, table: str, row: Mapping, cells: list[str], old: Mapping | None) -> None:
        """Note what differs from the last release that printed the same year.

        Parameters
        ----------
        table : str
            Its name.
        row : mapping
            A new row.
        cells : list of str
            Its fields that a file has filled.
        old : mapping or None
            The row of the release before.
        """
        for name in cells if old else ():
            flag = self.tables.flag(table, name)
            before, new = (old[name], old[flag]), (row[name], row[flag])
            if before[0] and new[0] and self.tables.fields(table)[name]["type"] == "integer":
                moved = self._moved[table, name]
                moved[0] += 1
                moved[1] += abs(float(new[0]) - float(before[0]))
                moved[2] += float(before[0])
            if before != ("", "") and not same(before, new):
                what = self._revision(table, row, name, before, new)
                self.revised.append(replace(what, before=old["source_id"], kind="revised"))

    def update(
        self, table: str, row: Mapping, cells: list[str], mine: list[str], at: Mapping[str, int]
    ) -> tuple[int, int]:
        """Fill or correct a row that is there.

        Parameters
        ----------
        table : str
            Its name.
        row : mapping
            The new row.
        cells : list of str
            Its fields that a file has filled.
        mine : list of str
            The row that is there; it is changed.
        at : mapping of str to int
            Place of each field in it.

        Returns
        -------
        tuple of int
            How many figures were filled, and how many corrected.
        """
        filled = corrected = 0
        before = mine[at["source_id"]]
        for name in cells:
            flag = self.tables.flag(table, name)
            old, new = (mine[at[name]], mine[at[flag]]), (row[name], row[flag])
            self._repeated[table, before] += old != ("", "")
            if same(old, new):
                continue
            if old == ("", ""):
                filled += 1
            else:
                what = self._revision(table, row, name, old, new)
                self.corrected.append(replace(what, before=before, kind="corrected"))
                corrected += 1
            mine[at[name]], mine[at[flag]] = new
        return filled, corrected

    def _revision(self, table: str, row: Mapping, name: str, old, new) -> Revision:
        keys = [k for k in self.tables.key(table) if k not in (*KEYS_OF_A_RELEASE, *YEARS)]
        year = next(row[k] for k in YEARS if k in row)
        what = " ".join([*(row[k] for k in keys[1:]), name])
        return Revision(
            table, row["area_code"], self.tables.places.name(row["area_code"]), year, what,
            old[0] or old[1], new[0] or new[1], "", "",
        )  # fmt: skip

    def check(self, options, log: Log) -> list[str]:
        """Stop where more has changed than a publisher changes.

        Parameters
        ----------
        options : Options
            ``replace`` names releases whose figures may be replaced, ``revised`` tables
            whose back years may differ.
        log : Log
            Takes what stops.

        Returns
        -------
        list of str
            A line on each large change that was accepted.
        """
        lines, done = [], Counter((x.table, x.before) for x in self.corrected)
        for (table, release), count in sorted(done.items()):
            known = self._repeated[table, release]
            if count <= max(REPLACED[0], REPLACED[1] * known):
                continue
            said = f"{count:,} of the {known:,} figures of {release} that the file repeats"
            if release in options.replace:
                lines.append(f"{table}: {said} are replaced (--replace {release})")
                continue
            log.stop(
                self._file(table), "-", "-", f"{said} differ ({table}); taking the file in would "
                "replace them.",
                "See that the years in the file are right: it may be another release. If the "
                f"publisher has corrected that release, say --replace {release}.",
            )  # fmt: skip
        for (table, name), (number, moved, before) in sorted(self._moved.items()):
            if number < REVISED[0] or moved <= REVISED[1] * before:
                continue
            said = f"{name} of the back years differs by {moved / before:.1%} in all"
            if table in options.revised:
                lines.append(f"{table}: {said} from the release before (--revised {table})")
                continue
            log.stop(
                self._file(table), "-", name, f"{said} from the release before ({table}).",
                "See that years and columns are in their places. If the publisher has revised "
                f"so much, say --revised {table}; both releases stay.",
            )  # fmt: skip
        return lines

    def _file(self, table: str) -> str:
        return next(f.file for (t, _, _), f in self.tables.came_from.items() if t == table)


def in_order(revisions: list[Revision]) -> tuple[Revision, ...]:
    """Put the whole country first, then the latest years."""
    order = [(r.area not in (ENGLAND, WALES), r.table, -int(r.year), r.area) for r in revisions]
    return tuple(revisions[i] for i in sorted(range(len(order)), key=order.__getitem__))

"""Set the new figures beside the known ones: rows to add, to fill, to correct."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from dataclasses import replace

from care_rates.areas import ENGLAND, WALES
from care_rates.data import Package
from care_rates.ingest.describe import describe
from care_rates.ingest.findings import Figure, Log, Report, Revision
from care_rates.ingest.known import Known
from care_rates.ingest.places import Places
from care_rates.ingest.recipes import STOCK
from care_rates.ingest.revisions import KEYS_OF_A_RELEASE, Earlier, same
from care_rates.ingest.sums import compare_sums

YEARS = ("year", "mid_year")


class Tables(Known):
    """The tables of a package, and the rows on their way into them.

    Parameters
    ----------
    package : Package
        The known tables.
    log : Log
        Takes what stops.
    """

    def __init__(self, package: Package, log: Log):
        super().__init__(package)
        self.log = log
        self.origin: dict[tuple[str, int], str] = {}
        self.notes: list[str] = []
        self.checks: list[str] = []
        self.new: dict[str, dict[tuple, dict[str, str]]] = {}
        self.came_from: dict[tuple, Figure] = {}
        self._repeated: set[tuple[str, int]] = set()
        self._added: Counter = Counter()
        self._filled: Counter = Counter()
        self._revised: list[Revision] = []
        self._corrected: list[Revision] = []
        self.sources: dict[str, dict[str, str]] = {}
        self.sources_before = {row["source_id"]: row for row in self.mappings("sources")}

    def put(self, figure: Figure, release: int, source: str) -> None:
        """Put one figure into its row.

        Parameters
        ----------
        figure : Figure
            From a layout.
        release : int
            Release year.
        source : str
            Id of the release.
        """
        fields = self.fields(figure.table)
        told = {
            "area_code": figure.area, "year": str(figure.year), "mid_year": str(figure.year),
            "release_year": str(release), "series": source, "source_id": source,
        } | dict(figure.extra)  # fmt: skip
        base = {name: told.get(name, "") for name in fields}
        key = tuple(base[name] for name in self.key(figure.table))
        row = self.new.setdefault(figure.table, {}).setdefault(key, base)
        flag = fields[figure.field]["missing_reason"]
        before = self.came_from.get((figure.table, key, figure.field))
        if before is None:
            row[figure.field], row[flag] = figure.value, figure.flag
            self.came_from[figure.table, key, figure.field] = figure
        elif (row[figure.field], row[flag]) != (figure.value, figure.flag):
            self.log.stop(
                figure.file, figure.row, figure.heading,
                f"{figure.value or figure.flag} stands against {before.value or before.flag} in "
                f"{before.file}, row {before.row}, for the same area, year and class.",
                "Keep the published one of the two.",
            )  # fmt: skip
        elif (figure.file, figure.heading) == (before.file, before.heading) and (
            "series" not in fields and (figure.file, figure.row) not in self._repeated
        ):
            self._repeated.add((figure.file, figure.row))
            self.log.skip(figure.file, figure.row, f"the same as row {before.row}")

    def changed(self, places: Places) -> dict[str, bytes]:
        """Build every file that changes.

        Parameters
        ----------
        places : Places
            Names for the report.

        Returns
        -------
        dict of str to bytes
            Content by file name, ``datapackage.json`` last.
        """
        updates = {table: self._merge(table, places) for table in sorted(self.new)}
        self.checks = compare_sums(self, places)
        updates = {table: rows for table, rows in updates.items() if rows is not None}
        if not updates:
            return {}
        if STOCK in updates:
            updates |= self._first_and_last(updates[STOCK])
        known = self.sources_before | self.sources
        head = self.rows("sources")[0]
        updates["sources"] = [head, *([row[h] for h in head] for _, row in sorted(known.items()))]
        files = {self.package.resource(t)["path"]: _text(rows) for t, rows in updates.items()}
        description, notes = describe(self.package, updates, files)
        self.notes += notes
        return files | {"datapackage.json": description}

    def _merge(self, table: str, places: Places) -> list[list[str]] | None:
        head, *old = self.rows(table)
        keys = self.key(table)
        at = {name: head.index(name) for name in head}
        index = {tuple(row[at[k]] for k in keys): row for row in old}
        earlier = Earlier(head, old, keys)
        body, touched = [(list(row), None) for row in old], False
        place = {id(row): i for i, row in enumerate(old)}
        for key, row in self.new[table].items():
            cells = [name for name in self.fields(table) if (table, key, name) in self.came_from]
            where = self.came_from[table, key, cells[0]]
            if key not in index:
                body.append(([row[name] for name in head], where))
                self._added[table] += 1
                self._compare(table, row, cells, earlier, places)
                touched = True
                continue
            mine = body[place[id(index[key])]][0]
            new = self._update(table, row, cells, mine, at, places)
            if new:
                mine[at["source_id"]] = row["source_id"]
                body[place[id(index[key])]] = (mine, where)
                touched = True
        if not touched:
            return None
        year = at[next(name for name in YEARS if name in at)]
        body.sort(key=lambda pair: (pair[0][at["area_code"]], int(pair[0][year])))
        path = self.package.resource(table)["path"]
        for line, (_, where) in enumerate(body, start=2):
            if where:
                self.origin[path, line] = f"{where.file}, row {where.row}"
        return [head, *(row for row, _ in body)]

    def _compare(self, table, row, cells, earlier: Earlier, places) -> None:
        """Note what differs from the last release that printed the same year."""
        old = earlier.row(row)
        for name in cells if old else ():
            flag = self.fields(table)[name]["missing_reason"]
            before, new = (old[name], old[flag]), (row[name], row[flag])
            if before != ("", "") and not same(before, new):
                what = self._revision(table, row, name, before, new, places)
                self._revised.append(replace(what, before=old["source_id"], kind="revised"))

    def _update(self, table, row, cells, mine, at, places) -> bool:
        """Fill or correct a row that is there; tell whether anything changed."""
        changed = False
        for name in cells:
            flag = self.fields(table)[name]["missing_reason"]
            old, new = (mine[at[name]], mine[at[flag]]), (row[name], row[flag])
            if same(old, new):
                continue
            if old == ("", ""):
                self._filled[table] += 1
            else:
                what = self._revision(table, row, name, old, new, places)
                before = mine[at["source_id"]]
                self._corrected.append(replace(what, before=before, kind="corrected"))
            mine[at[name]], mine[at[flag]] = new
            changed = True
        return changed

    def _revision(self, table, row, name, old, new, places) -> Revision:
        classes = [row[k] for k in self.key(table) if k not in (*KEYS_OF_A_RELEASE, *YEARS)]
        year = next(row[k] for k in YEARS if k in row)
        return Revision(
            table, row["area_code"], places.name(row["area_code"]), year,
            " ".join([*classes[1:], name]), old[0] or old[1], new[0] or new[1], "", "",
        )  # fmt: skip

    def _first_and_last(self, stock: list[list[str]]) -> dict[str, list[list[str]]]:
        """Keep the first and last year of each code in ``areas_england`` true."""
        head, *body = stock
        code, year = head.index("area_code"), head.index("year")
        years = defaultdict(list)
        for row in body:
            years[row[code]].append(int(row[year]))
        areas = [list(row) for row in self.rows("areas_england")]
        first, last = (areas[0].index(f"{end}_year_in_cla") for end in ("first", "last"))
        for row in areas[1:]:
            known = [int(row[i]) for i in (first, last) if row[i]]
            if row[0] in years:
                told = known + years[row[0]]
                row[first], row[last] = str(min(told)), str(max(told))
        return {"areas_england": areas} if areas != self.rows("areas_england") else {}

    def report(self) -> Report:
        """Tell what :meth:`changed` has found.

        Returns
        -------
        Report
            Without files, rows left out and files written.
        """
        tables = sorted(self.new)
        return Report(
            (), {t: self._added[t] for t in tables}, {t: self._filled[t] for t in tables},
            _sorted(self._revised), _sorted(self._corrected), (), tuple(self.checks),
            tuple(self.notes), (),
        )  # fmt: skip


def _sorted(revisions: list[Revision]) -> tuple[Revision, ...]:
    """Put the whole country first, then the latest years."""
    order = [(r.area not in (ENGLAND, WALES), r.table, -int(r.year), r.area) for r in revisions]
    return tuple(revisions[i] for i in sorted(range(len(order)), key=order.__getitem__))


def _text(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")

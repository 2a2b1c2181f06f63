"""Set the new figures beside the known ones: rows to add, to fill, to correct."""

from __future__ import annotations

from collections import Counter

from care_rates.data import Package
from care_rates.ingest.changes import Changes, in_order
from care_rates.ingest.describe import as_csv, describe, first_and_last
from care_rates.ingest.findings import Figure, Log, Report
from care_rates.ingest.known import Known
from care_rates.ingest.options import Options
from care_rates.ingest.places import Places
from care_rates.ingest.recipes import STOCK
from care_rates.ingest.revisions import Earlier
from care_rates.ingest.sums import compare_sums
from care_rates.ingest.whole import YEARS, check_areas, release_field


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
        self.places: Places | None = None
        self.notes: list[str] = []
        self.checks: list[str] = []
        self.new: dict[str, dict[tuple, dict[str, str]]] = {}
        self.came_from: dict[tuple, Figure] = {}
        self._whole: dict[str, dict[tuple, dict[str, str]]] = {}
        self._repeated: set[tuple[str, int]] = set()
        self._added: Counter = Counter()
        self._filled: Counter = Counter()
        self.changes = Changes(self)
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

    def changed(self, places: Places, options: Options) -> dict[str, bytes]:
        """Build every file that changes.

        Parameters
        ----------
        places : Places
            The areas.
        options : Options
            What the user accepts.

        Returns
        -------
        dict of str to bytes
            Content by file name, ``datapackage.json`` last.
        """
        self.places = places
        updates = {table: self._merge(table) for table in sorted(self.new)}
        accepted = check_areas(self, places, options.absent, self.log)
        self.checks = compare_sums(self, places, options)
        accepted += self.changes.check(options, self.log)
        self.notes += accepted
        for row in self.sources.values():
            told = [row["notes"], *(line for line in accepted if line not in row["notes"])]
            row["notes"] = "; ".join(filter(None, told))
        updates = {table: rows for table, rows in updates.items() if rows is not None}
        if not updates:
            return {}
        if STOCK in updates:
            updates |= first_and_last(updates[STOCK], self.rows("areas_england"))
        known = self.sources_before | self.sources
        head = self.rows("sources")[0]
        updates["sources"] = [head, *([row[h] for h in head] for _, row in sorted(known.items()))]
        files = {self.package.resource(t)["path"]: as_csv(rows) for t, rows in updates.items()}
        description, notes = describe(self.package, updates, files)
        self.notes += notes
        return files | {"datapackage.json": description}

    def last_year(self, table: str) -> int | None:
        """Give the last year of a table as it stands; None while it is empty."""
        head, *body = self.rows(table)
        year = next(head.index(name) for name in YEARS if name in head)
        return max((int(row[year]) for row in body), default=None)

    def flag(self, table: str, name: str) -> str:
        """Name the field of the marker that stands for a missing figure."""
        return self.fields(table)[name]["missing_reason"]

    def cells(self, table: str, key: tuple) -> list[str]:
        """Name the fields of a new row that a file has given a figure or a marker."""
        return [name for name in self.fields(table) if (table, key, name) in self.came_from]

    def whole(self, table: str) -> dict[tuple, dict[str, str]]:
        """Give a release as it will stand: its new rows over those that were there.

        Parameters
        ----------
        table : str
            Its name.

        Returns
        -------
        dict of tuple to dict
            Rows by key, of every release and year that has a new row.
        """
        if table not in self._whole:
            keys, new = self.key(table), self.new[table]
            by = [n for n in (release_field(keys), *YEARS) if n in self.fields(table)]
            years = {tuple(row[name] for name in by) for row in new.values()}
            old = {
                tuple(row[k] for k in keys): row
                for row in self.mappings(table)
                if tuple(row[name] for name in by) in years
            }
            for key, row in new.items():
                mine = old.setdefault(key, dict(row))
                for name in self.cells(table, key):
                    mine |= {n: row[n] for n in (name, self.flag(table, name))}
            self._whole[table] = old
        return self._whole[table]

    def _merge(self, table: str) -> list[list[str]] | None:
        head, *old = self.rows(table)
        keys = self.key(table)
        at = {name: head.index(name) for name in head}
        index = {tuple(row[at[k]] for k in keys): row for row in old}
        earlier = Earlier(head, old, keys)
        body, touched = [(list(row), None) for row in old], False
        place = {id(row): i for i, row in enumerate(old)}
        for key, row in self.new[table].items():
            cells = self.cells(table, key)
            where = self.came_from[table, key, cells[0]]
            if key not in index:
                body.append(([row[name] for name in head], where))
                self._added[table] += 1
                self.changes.beside(table, row, cells, earlier.row(row))
                touched = True
                continue
            mine = body[place[id(index[key])]][0]
            filled, changed = self.changes.update(table, row, cells, mine, at)
            self._filled[table] += filled
            if filled or changed:
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
            in_order(self.changes.revised), in_order(self.changes.corrected), (),
            tuple(self.checks), tuple(self.notes), (),
        )  # fmt: skip

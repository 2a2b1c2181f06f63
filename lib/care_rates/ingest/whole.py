"""Tell whether a release is whole: every area that the release before it had.

A file that ends half-way, or a row that was lost, looks sound cell by cell. What shows
it is the release before: an area that it printed is still there, or has successors that
are, or the publisher has left it out, which the user then says by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from care_rates.ingest.findings import SHOWN, Log
from care_rates.ingest.places import Places, words
from care_rates.ingest.revisions import shape

YEARS = ("year", "mid_year")
ALL = "all"
"""What ``--absent`` says to accept any file in part."""


def release_field(keys: Collection[str]) -> str:
    """Name the field that tells a table's releases apart.

    Parameters
    ----------
    keys : collection of str
        Its key.

    Returns
    -------
    str
        Nothing for a table that keeps one figure a year.
    """
    if "series" in keys:
        return "series"
    return "source_id" if "release_year" in keys else ""


class Roll:
    """Which areas have a figure or a marker, by release, year and field.

    Parameters
    ----------
    rows : iterable of mapping
        Rows of one table.
    fields : mapping of str to dict
        Its fields, as in ``datapackage.json``.
    keys : sequence of str
        Its key.
    """

    def __init__(self, rows: Iterable[Mapping], fields: Mapping[str, dict], keys: Collection[str]):
        self.by = release_field(keys)
        self.year = next(name for name in YEARS if name in fields)
        flags = {name: f["missing_reason"] for name, f in fields.items() if "missing_reason" in f}
        self.areas: dict[tuple[str, int], dict[str, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for row in rows:
            listed = self.areas[self.release(row), int(row[self.year])]
            for name, flag in flags.items():
                if row[name] or row[flag]:
                    listed[name].add(row["area_code"])

    def release(self, row: Mapping[str, str]) -> str:
        """Name the release of a row; nothing in a table that keeps one figure a year."""
        return row[self.by] if self.by else ""

    def before(self, release: str, year: int) -> tuple[str, int] | None:
        """Find what to hold a release's year against.

        Parameters
        ----------
        release : str
            Its id.
        year : int
            A year that it prints.

        Returns
        -------
        tuple of str and int, or None
            The last release before it (of the same kind if there is one), and the same
            year there, else its last; in a table without releases, the year before.
        """
        if not self.by:
            earlier = [known for _, known in self.areas if known < year]
            return ("", max(earlier)) if earlier else None
        kind, own = shape(release)
        older = {name for name, _ in self.areas if 0 < shape(name)[1] < own}
        if not older:
            return None
        last = max(older, key=lambda name: (shape(name)[0] == kind, shape(name)[1], name))
        years = [known for name, known in self.areas if name == last]
        return last, year if year in years else max(years)


def check_areas(tables, places: Places, absent: Collection[str], log: Log) -> list[str]:
    """Stop where areas that the release before had are missing without a reason.

    Parameters
    ----------
    tables : Tables
        Known and new rows.
    places : Places
        The areas, and which of them have ended.
    absent : collection of str
        Codes, names or ``all``: areas that the publisher leaves out, as the user says.
    log : Log
        Takes what stops.

    Returns
    -------
    list of str
        A line on each set of areas that was accepted as left out.
    """
    accepted = accept(absent, places, log)
    found: dict[tuple, set[str]] = defaultdict(set)
    for table, new in sorted(tables.new.items()):
        fields, keys = tables.fields(table), tables.key(table)
        roll = Roll(tables.mappings(table), fields, keys)
        now = Roll(tables.whole(table).values(), fields, keys)
        fed = {name for t, _, name in tables.came_from if t == table}
        years = {(now.release(row), int(row[now.year])) for row in new.values()}
        for release, year in sorted(years):
            before = roll.before(release, year)
            if before is None:
                continue
            told = int(next(iter(new.values())).get("release_year") or shape(release)[1] or year)
            for name in sorted(fed):
                there = now.areas[release, year][name]
                gone = missing(roll.areas[before][name], there, told, year, places)
                if gone:
                    found[gone, before[0]].add(f"{table} of {year}")
    lines = []
    for (gone, before), where in found.items():
        open_ = [code for code in gone if code not in accepted and ALL not in accepted]
        names, tables_ = _names(open_ or gone, places), ", ".join(sorted(where))
        if not open_:
            lines.append(f"{tables_}: accepted without {names} (--absent)")
            continue
        figure = next(f for (t, _, _), f in tables.came_from.items() if tables_.startswith(t))
        log.stop(
            figure.file, "-", "area",
            f"{len(open_)} {'areas' if len(open_) > 1 else 'area'} that "
            f"{before or 'the year before'} has {'are' if len(open_) > 1 else 'is'} missing "
            f"({tables_}): {names}.",
            "Give the publisher's whole file. If the publisher itself leaves an area out, say "
            f"--absent {open_[0]} for each such area, or --absent all for a file in part. If an "
            "area has ended, put its valid_to_year and its successors into areas_england.csv.",
        )  # fmt: skip
    return lines


def missing(
    expected: Collection[str], there: Collection[str], release: int, year: int, places: Places
) -> tuple[str, ...]:
    """Find the areas that should be there and are not.

    Parameters
    ----------
    expected : collection of str
        Codes that the release before had.
    there : collection of str
        Codes of the new one.
    release, year : int
        Year of the release and of the figures. An authority is not missed where those
        that stood on its land in either year are all there.
    places : Places
        The areas.

    Returns
    -------
    tuple of str
        Codes, sorted; successors stand for an authority that has ended.
    """
    covered = set(there) | {part for code in there for part in code.split("+")}
    gone = set()
    for code in expected:
        if set(code.split("+")) <= covered:
            continue
        now, then = (same_land(code, at, places) for at in (release + 1, year))
        if not any(land and land <= covered for land in (now, then)):
            gone |= now - covered or {code}
    return tuple(sorted(gone))


def same_land(code: str, year: int, places: Places) -> set[str]:
    """Find the authorities that stood on the land of one on 31 March of a year.

    Parameters
    ----------
    code : str
        A code.
    year : int
        The year.
    places : Places
        The areas.

    Returns
    -------
    set of str
        Their codes; none for regions, countries and areas of Wales.
    """
    land = places.known.get(code, {}).get("stable_id")
    return {
        other for other, row in places.known.items()
        if land and row["stable_id"] == land and row["la_type"] != "Joint figure"
        and places.in_force(other, year)
    }  # fmt: skip


def accept(absent: Collection[str], places: Places, log: Log) -> set[str]:
    """Read the areas that the user says are left out.

    Parameters
    ----------
    absent : collection of str
        Codes, names, or ``all``.
    places : Places
        The areas.
    log : Log
        Takes what is no area.

    Returns
    -------
    set of str
        Codes, and ``all`` if it was said.
    """
    found, everywhere = set(), places.known | places.welsh
    for text in absent:
        codes = [code for code in everywhere if text.upper() == code or words(text) == words(
            everywhere[code]["name"])]  # fmt: skip
        if text.lower() == ALL:
            codes = [ALL]
        if not codes:
            log.stop("options", "-", "--absent", f"{text[:40]!r} is no area that is known.",
                     "Give its code or name as in areas_england.csv, or say all.")  # fmt: skip
        found.update(codes)
    return found


def _names(codes: Collection[str], places: Places) -> str:
    shown = [f"{places.name(code) or code} ({code})" for code in codes[:SHOWN]]
    more = len(codes) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")

"""Set the sum of the authorities beside the whole that the publisher prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from care_rates.areas import ENGLAND, WALES
from care_rates.ingest.places import Places
from care_rates.ingest.whole import ALL, same_land

EXCESS = (100, 0.005)
"""The authorities may exceed the printed whole by this number or share (rounding);
more means that an area stands twice. The largest seen in any release is 65."""

SHORT = (100, 0.001)
"""By this number or share they may fall short of it through rounding. The largest seen
is 93, where England was rounded to 100."""

WITHHELD = (10, 1.5)
"""An authority of the time without a figure may account for this number, or for this
multiple of what it had in the nearest year that is known."""


def compare_sums(tables, places: Places, options) -> list[str]:
    """Compare, for each count, year and class, the authorities with England or Wales.

    Parameters
    ----------
    tables : Tables
        The new rows; its log takes a sum that is too large or too small.
    places : Places
        Tells authorities from regions.
    options : Options
        ``absent`` with ``all`` accepts a sum that falls short.

    Returns
    -------
    list of str
        One line a total.
    """
    lines = []
    partly = ALL in map(str.lower, options.absent)
    for table in sorted(tables.new):
        rows, fields = tables.whole(table), tables.fields(table)
        keys = tables.key(table)
        counts = [n for n, f in fields.items() if f["type"] == "integer" and "missing_reason" in f]
        fed = {name for t, _, name in tables.came_from if t == table}
        known = Nearest(tables.mappings(table), keys, [n for n in counts if n in fed])
        for name in filter(fed.__contains__, counts):
            groups = defaultdict(list)
            for key, row in rows.items():
                told = row[name] or row[tables.flag(table, name)]
                if told:
                    rest = tuple(part for part in key if part != row["area_code"])
                    groups[rest].append((row["area_code"], row[name], key))
            for rest, members in sorted(groups.items()):
                what = (table, name, rest)
                _doubled(tables, places, what, int(rest[known.place[known.year]]), members)
                lines += _one(tables, places, what, members, None if partly else known)
    return lines


class Nearest:
    """What an authority had in the nearest known year, by class and count.

    Parameters
    ----------
    rows : iterable of mapping
        A table as it stands.
    keys : sequence of str
        Its key.
    counts : sequence of str
        Fields to look up.
    """

    def __init__(self, rows: Iterable[Mapping[str, str]], keys: list[str], counts: list[str]):
        self.year = "mid_year" if "mid_year" in keys else "year"
        apart = {self.year, "area_code", "release_year", "source_id", "series"}
        self.place = {k: i for i, k in enumerate(k for k in keys if k != "area_code")}
        self.classes = [key for key in keys if key not in apart]
        self.had: dict[tuple, dict[str, list[tuple[int, float]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self.counted: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            for name in counts:
                if row[name]:
                    self.counted[name].add(row["area_code"])
                    cell = (int(row[self.year]), float(row[name]))
                    kind = (name, *(row[key] for key in self.classes))
                    self.had[kind][row["area_code"]].append(cell)

    def withheld(self, name: str, rest: tuple, there: dict[str, str], places: Places) -> float:
        """Bound what the authorities without a figure may hold.

        Parameters
        ----------
        name : str
            The count.
        rest : tuple of str
            The key without the area.
        there : dict of str to str
            Figures of the release by area; nothing where one is withheld.
        places : Places
            Which authorities there were.

        Returns
        -------
        float
            Their nearest known figures with a margin.
        """
        year = int(rest[self.place[self.year]])
        kind = (name, *(rest[self.place[key]] for key in self.classes))
        shown = {part for code, value in there.items() if value for part in code.split("+")}
        figures = [float(value) for value in there.values() if value]
        mean, bound = sum(figures) / len(figures), 0.0
        for code in {*self.had[kind], *there}:
            whole = not places.is_authority(code) or "+" in code
            if whole or code in shown or not places.in_force(code, year):
                continue
            cells = self.had[kind].get(code, ())
            usual = mean if code in self.counted[name] else 0.0  # a class that is new
            near = min(cells, key=lambda cell: abs(cell[0] - year), default=(year, usual))
            bound += max(WITHHELD[0], WITHHELD[1] * near[1])
        return bound


def _doubled(tables, places: Places, what: tuple, year: int, members: list[tuple]) -> None:
    """Stop at an authority that had ended by then and stands beside its successor."""
    table, name, _ = what
    shown = {code: key for code, value, key in members if value and "+" not in code}
    for code, key in shown.items():
        if not places.is_authority(code) or places.in_force(code, year):
            continue
        heirs = same_land(code, year, places) & set(shown)
        figure = tables.came_from.get((table, key, name))
        if heirs and figure and float(tables.whole(table)[key][name]):
            tables.log.stop(
                figure.file, figure.row, figure.heading,
                f"{places.name(code)} ({code}) had ended by {year}, and {', '.join(sorted(heirs))} "
                f"on the same land has a figure too ({table}).",
                "It would count twice: keep the code that the publisher uses.",
            )  # fmt: skip


def _most(known: Nearest | None, name: str, rest: tuple, there: dict, places: Places) -> str:
    """Point to the authority that differs most from the nearest known year."""
    if known is None:
        return ""
    kind = (name, *(rest[known.place[key]] for key in known.classes))
    year = int(rest[known.place[known.year]])
    moved = {
        code: (min(cells, key=lambda cell: abs(cell[0] - year))[1], float(there[code]))
        for code, cells in known.had[kind].items()
        if there.get(code)
    }
    if not moved:
        return ""
    code = max(moved, key=lambda c: abs(moved[c][1] - moved[c][0]))
    old, new = moved[code]
    return f" (most has changed in {places.name(code)}: {old:,.0f} before, {new:,.0f} here)"


def _one(tables, places: Places, what: tuple, members: list[tuple], known: Nearest | None):
    table, name, rest = what
    whole = next((m for m in members if m[0] in (ENGLAND, WALES) and m[1]), None)
    there = {code: value for code, value, _ in members if places.is_authority(code)}
    if not (whole and any(there.values())):
        return []
    total, printed = sum(float(value) for value in there.values() if value), float(whole[1])
    blank, more = list(there.values()).count(""), total - printed
    figure = tables.came_from.get((table, whole[2], name))
    if figure is None:
        figure = next(f for (t, _, n), f in tables.came_from.items() if (t, n) == (table, name))
    said = (
        f"the authorities add up to {total:,.0f}, {places.name(whole[0])} is printed as "
        f"{printed:,.0f} ({table}, {', '.join(rest)})"
    )
    at = (figure.file, figure.row, figure.heading)
    if more > max(EXCESS[0], EXCESS[1] * printed):
        remedy = (
            "An authority may stand under its old and its new code, a total among them, or a "
            f"figure may have a digit too many{_most(known, name, rest, there, places)}."
        )
        tables.log.stop(*at, f"{said}.", remedy)
        return []
    short = max(SHORT[0], SHORT[1] * printed)
    if known and -more > short + (held := known.withheld(name, rest, there, places)):
        tables.log.stop(
            *at, f"{said}: {-more:,.0f} short, where rounding and figures withheld explain "
            f"{short + held:,.0f} at most.",
            "Look for authorities that are missing or misprinted"
            f"{_most(known, name, rest, there, places)}, and give the whole file; if it is meant "
            "to hold a part only, say --absent all.",
        )  # fmt: skip
        return []
    classes = [part for part in rest if not part.isdigit() and "_20" not in part]
    if classes and set(classes) - {"total", "all"}:
        return []
    without = f"; {blank} without a figure" if blank else ""
    return [
        f"{table}, {rest[0]}, {name}: {places.name(whole[0])} {printed:,.0f}, "
        f"authorities in the file {total:,.0f} ({more:+,.0f}{without})"
    ]

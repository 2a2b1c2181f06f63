"""Set the sum of the authorities beside the whole that the publisher prints."""

from __future__ import annotations

from collections import defaultdict

from care_rates.areas import ENGLAND, WALES
from care_rates.ingest.places import Places

EXCESS = (100, 0.005)
"""The authorities may exceed the printed whole by this number or share (rounding);
more means that an area stands twice. The largest seen in any release is 65."""


def compare_sums(tables, places: Places) -> list[str]:
    """Compare, for each count, year and class, the authorities with England or Wales.

    Parameters
    ----------
    tables : Tables
        The new rows; its log takes a sum that is too large.
    places : Places
        Tells authorities from regions.

    Returns
    -------
    list of str
        One line a total; a sum that falls short is said, not stopped, because the
        file may hold some areas only.
    """
    lines = []
    for table, rows in sorted(tables.new.items()):
        counts = [
            name
            for name, field in tables.fields(table).items()
            if field["type"] == "integer" and "missing_reason" in field
        ]
        for name in counts:
            groups = defaultdict(list)
            for key, row in rows.items():
                if (table, key, name) in tables.came_from:
                    rest = tuple(part for part in key if part != row["area_code"])
                    groups[rest].append((row["area_code"], row[name], key))
            for rest, members in sorted(groups.items()):
                lines += _one(tables, places, (table, name, rest), members)
    return lines


def _one(tables, places: Places, what: tuple, members: list[tuple]) -> list[str]:
    table, name, rest = what
    whole = next((m for m in members if m[0] in (ENGLAND, WALES) and m[1]), None)
    parts = [value for code, value, _ in members if places.is_authority(code)]
    if not (whole and any(parts)):
        return []
    total, printed = sum(float(value) for value in parts if value), float(whole[1])
    blank, more = parts.count(""), total - printed
    if more > max(EXCESS[0], EXCESS[1] * printed):
        figure = tables.came_from[table, whole[2], name]
        tables.log.stop(
            figure.file, figure.row, figure.heading,
            f"the authorities add up to {total:,.0f}, {places.name(whole[0])} is printed as "
            f"{printed:,.0f} ({table}, {', '.join(rest)}).",
            "An authority may stand under its old and its new code, or a total among them.",
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

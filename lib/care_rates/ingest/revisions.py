"""Find the last release that printed the same figure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

KEYS_OF_A_RELEASE = ("release_year", "source_id", "series")
"""Key fields that tell releases apart; the others tell what a figure counts."""


def same(old: tuple[str, str], new: tuple[str, str]) -> bool:
    """Compare two cells, each a value and a flag.

    Parameters
    ----------
    old, new : tuple of str
        Value and flag.

    Returns
    -------
    bool
        Whether they say the same; ``56`` and ``56.0`` do.
    """
    if old == new:
        return True
    return old[1] == new[1] and bool(old[0] and new[0]) and float(old[0]) == float(new[0])


def shape(source: str) -> tuple[str, int]:
    """Split the id of a release into its kind and its year.

    Parameters
    ----------
    source : str
        For instance ``dfe_cla_2025_ees``.

    Returns
    -------
    tuple of str and int
        ``("dfe_cla__ees", 2025)``; year 0 where there is none.
    """
    year = re.search(r"_(\d{4})(?=_|$)", source)
    return (source.replace(year[1], "", 1), int(year[1])) if year else (source, 0)


class Earlier:
    """The rows of a table by area, year and class, over its releases.

    Parameters
    ----------
    head : list of str
        Headings.
    rows : list of list of str
        The table.
    keys : list of str
        Its key fields.
    """

    def __init__(self, head: list[str], rows: list[list[str]], keys: list[str]):
        self.rest = [key for key in keys if key not in KEYS_OF_A_RELEASE]
        self.series = "series" in keys
        self.found = defaultdict(list)
        if len(self.rest) == len(keys):
            return  # a table that keeps one release only
        at = [head.index(key) for key in self.rest]
        for row in rows:
            self.found[tuple(row[i] for i in at)].append(dict(zip(head, row, strict=True)))

    def row(self, new: Mapping[str, str]) -> dict[str, str] | None:
        """Find the row that the last release before printed.

        Parameters
        ----------
        new : mapping of str to str
            A row of a new release.

        Returns
        -------
        dict of str to str or None
            The latest; of one year's releases the one of the same kind. Populations
            are compared within their series alone.
        """
        kind, year = shape(new["source_id"])
        best = None
        for old in self.found.get(tuple(new[key] for key in self.rest), []):
            its_kind, its_year = shape(old["source_id"])
            if its_year >= year or (self.series and its_kind != kind):
                continue
            rank = (its_year, its_kind == kind)
            if best is None or rank > best[0]:
                best = (rank, old)
        return best[1] if best else None

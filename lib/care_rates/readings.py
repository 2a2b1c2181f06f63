"""Readings of a report that left a choice open: how many printed cells each gives back.

A report's table can often be read in several ways: which years a window covers, which
release, what was rounded. The reading that gives back most of its cells is the likely
one; the count for each reading says how surely it was told from the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.areas import slug
from care_rates.claims import Claim
from care_rates.printed import Printed, fixed
from care_rates.rates import average, average_change, by_region

COUNTS = ("cells", "exact", "within one last digit", "further off", "not computed")


def printed_cells(claims: Iterable[Claim], prefix: str) -> dict[str, Printed]:
    """Collect the printed numbers of one table.

    Parameters
    ----------
    claims : iterable of Claim
        Claims of the table (``register.under("wwcsc.table2")``).
    prefix : str
        Leading parts of the ids to take off.

    Returns
    -------
    dict of str to Printed
        By the rest of the id (``north_east.mean``). Only claims of relation ``=``
        that figures decide: no thresholds, no arithmetic.
    """
    return {
        claim.claim_id.removeprefix(prefix + "."): claim.number
        for claim in claims
        if claim.number and claim.relation == "=" and claim.kind != "arithmetic"
    }


def flat(computed: pd.DataFrame | pd.Series | Mapping) -> dict[str, float]:
    """Name every computed cell as the claims do.

    Parameters
    ----------
    computed : DataFrame, Series or mapping
        Row and column labels, or keys.

    Returns
    -------
    dict of str to float
        ``row.column`` in lower case, or the keys as they are.
    """
    if isinstance(computed, pd.DataFrame):
        return {
            f"{slug(str(row))}.{slug(str(column))}": float(computed.at[row, column])
            for row in computed.index
            for column in computed.columns
        }
    return {str(key): float(value) for key, value in computed.items()}


def matches(
    computed: pd.DataFrame | pd.Series | Mapping, printed: Mapping[str, Printed]
) -> dict[str, int]:
    """Count the printed cells that a reading gives back.

    Parameters
    ----------
    computed : DataFrame, Series or mapping
        The table under this reading.
    printed : mapping of str to Printed
        The cells as printed (see :func:`printed_cells`).

    Returns
    -------
    dict of str to int
        ``cells``; ``exact`` (rounds to the printed text); ``within one last digit``
        (one unit of the last printed digit off); ``further off``; ``not computed``.

    Raises
    ------
    ValueError
        If no cell of the reading is a printed one.
    """
    values = flat(computed)
    common = [key for key in printed if key in values and np.isfinite(values[key])]
    if not common:
        raise ValueError(f"No computed cell is printed: {list(values)[:3]}, {list(printed)[:3]}.")
    steps = np.array([_steps(printed[key], values[key]) for key in common])
    exact, near = int((steps == 0).sum()), int((steps == 1).sum())
    counts = (len(printed), exact, near, len(common) - exact - near, len(printed) - len(common))
    return dict(zip(COUNTS, counts, strict=True))


def _steps(printed: Printed, value: float) -> int:
    wanted = fixed(printed.value / 10**printed.scale, printed.decimals)
    off = float(printed.write(value)) - float(wanted)
    return round(abs(off) * 10**printed.decimals)


def ambiguity(
    readings: Mapping[str, pd.DataFrame | pd.Series | Mapping], printed: Mapping[str, Printed]
) -> pd.DataFrame:
    """Count matches under every reading.

    Parameters
    ----------
    readings : mapping of str to table
        The table under each reading, by a name that says what differs.
    printed : mapping of str to Printed
        The cells as printed.

    Returns
    -------
    pandas.DataFrame
        One row a reading: ``COUNTS``, best first (most exact cells, then most within
        one last digit, then the order given).
    """
    rows = {name: matches(table, printed) for name, table in readings.items()}
    table = pd.DataFrame(rows).T.rename_axis("reading")
    return table.sort_values(["exact", "within one last digit"], ascending=False, kind="stable")


def windows(first: int, last: int, shortest: int = 1) -> list[tuple[int, int]]:
    """List every window of whole years in a span.

    Parameters
    ----------
    first, last : int
        First and last year-end of the span.
    shortest : int
        Fewest year-ends in a window.

    Returns
    -------
    list of (int, int)
        First and last year-end of each window, early starts first.
    """
    return [
        (start, end)
        for start in range(first, last + 1)
        for end in range(start + shortest - 1, last + 1)
    ]


def readings_by_region(
    vintages: Mapping[str, pd.DataFrame], region: pd.Series, spans: Sequence[tuple[int, int]],
    change: bool = False,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Give a table by region under every vintage and window, for a count of matches.

    Parameters
    ----------
    vintages : mapping of str to pandas.DataFrame
        Authorities by years, by a name of the choice of releases.
    region : pandas.Series
        Region by authority.
    spans : sequence of (int, int)
        Windows (see :func:`windows`).
    change : bool
        Whether the table is of the average yearly change; otherwise of the average.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``"2013 to 2017, <vintage>"`` to the table of :func:`by_region`. A vintage
        without all years of a window is left out of it.
    """
    out = {}
    for start, end in spans:
        years = list(range(start, end + 1))
        for name, wide in vintages.items():
            if set(years) <= set(wide.columns):
                values = average_change(wide, start, end) if change else average(wide, years, False)
                out[f"{start} to {end}, {name}"] = by_region(values, region)
    return out


def values(
    readings: Mapping[str, pd.DataFrame | pd.Series | Mapping], cells: Mapping[str, str]
) -> pd.DataFrame:
    """Show what some cells would be under every reading.

    Parameters
    ----------
    readings : mapping of str to table
        The table under each reading (see :func:`ambiguity`).
    cells : mapping of str to str
        ``row.column`` of a cell to what to call it.

    Returns
    -------
    pandas.DataFrame
        One row a reading, one column a cell; missing where a reading has it not.
    """
    rows = {name: flat(table) for name, table in readings.items()}
    wanted = {name: [row.get(cell, np.nan) for cell in cells] for name, row in rows.items()}
    table = pd.DataFrame.from_dict(wanted, orient="index", columns=list(cells.values()))
    return table.rename_axis("reading")


def in_order(means: pd.Series, decimals: int, listed: str) -> list[str]:
    """Order rows by their printed means, rows that print alike as a report lists them.

    Parameters
    ----------
    means : pandas.Series
        Computed means by row name.
    decimals : int
        Decimals that the report prints.
    listed : str
        Names in the order of the report, joined by semicolons.

    Returns
    -------
    list of str
        Lowest mean first. A tie in print tells no order, so it cannot contradict one.
    """
    place = {name.strip(): rank for rank, name in enumerate(listed.split(";"))}
    shown = means.map(lambda value: float(fixed(value, decimals)))
    return sorted(means.index, key=lambda name: (shown[name], place[name]))

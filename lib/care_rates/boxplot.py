"""Box-plot statistics with the quartile rule named: programs differ in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

QUARTILE_RULES = {
    "linear": "linear between order statistics (R type 7; numpy, pandas, Excel)",
    "weibull": "weighted average at (n + 1)p (R type 6; SPSS, Minitab)",
    "hinges": "Tukey's hinges: medians of the halves, the median in both (SPSS box plots)",
}


def quartiles(values: np.ndarray, rule: str) -> tuple[float, float, float]:
    """Find the lower quartile, median and upper quartile by a named rule.

    Parameters
    ----------
    values : array_like
        Missing values are left out.
    rule : str
        One of ``QUARTILE_RULES``.

    Returns
    -------
    tuple of float
        The three.

    Raises
    ------
    ValueError
        If the rule is unknown or no value is left.
    """
    if rule not in QUARTILE_RULES:
        raise ValueError(f"Quartile rule {rule!r} is not one of: {', '.join(QUARTILE_RULES)}.")
    x = np.sort(np.asarray(values, float)[np.isfinite(np.asarray(values, float))])
    if not len(x):
        raise ValueError("No value to find quartiles of.")
    if rule == "hinges":
        half = (len(x) + 1) // 2
        return float(np.median(x[:half])), float(np.median(x)), float(np.median(x[-half:]))
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75], method=rule)
    return float(low), float(middle), float(high)


def box_statistics(values: pd.Series, rule: str, reach: float = 1.5) -> dict[str, object]:
    """Sum up values as a box plot does.

    Parameters
    ----------
    values : pandas.Series
        Indexed by the names of the areas.
    rule : str
        Quartile rule, one of ``QUARTILE_RULES``.
    reach : float
        Whiskers go to the furthest value within this many interquartile ranges.

    Returns
    -------
    dict
        ``n, q1, median, q3, low_whisker, high_whisker`` and ``outliers``: the names
        beyond the whiskers, lowest value first, joined by semicolons.
    """
    kept = values.dropna().sort_values(kind="stable")
    q1, median, q3 = quartiles(kept, rule)
    inside = kept.between(q1 - reach * (q3 - q1), q3 + reach * (q3 - q1))
    return {
        "n": len(kept), "q1": q1, "median": median, "q3": q3,
        "low_whisker": kept[inside].min(), "high_whisker": kept[inside].max(),
        "outliers": "; ".join(map(str, kept.index[~inside])),
    }  # fmt: skip


def boxes_by_region(
    values: pd.Series, region: pd.Series, names: pd.Series, rule: str, order: Sequence[str]
) -> pd.DataFrame:
    """Sum up values region by region as box plots do, outliers by name.

    Parameters
    ----------
    values : pandas.Series
        One value an authority.
    region, names : pandas.Series
        Region and name by authority.
    rule : str
        Quartile rule, one of ``QUARTILE_RULES``.
    order : sequence of str
        Regions, in drawing order.

    Returns
    -------
    pandas.DataFrame
        One row a region: what :func:`box_statistics` gives, and ``min, max`` of all
        values, ``below, above`` (outliers on either side, by name).
    """
    rows = {}
    for name in order:
        inside = values[region.reindex(values.index) == name].dropna()
        box = box_statistics(inside.rename(names), rule)
        ordered = inside.sort_values(kind="stable").rename(names)
        rows[name] = box | {
            "min": inside.min(), "max": inside.max(),
            "below": "; ".join(ordered.index[ordered < box["low_whisker"]]),
            "above": "; ".join(ordered.index[ordered > box["high_whisker"]]),
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("region")

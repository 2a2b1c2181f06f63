"""Difference in differences with staggered timing: cohorts, two-way estimate, its parts.

Two-way fixed effects come from :mod:`care_rates.panel`. Written here: who is treated when,
and Goodman-Bacon's decomposition, which no kept program has. Estimators that allow effects
to differ between cohorts are in :mod:`care_rates.group_time`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from care_rates.panel import TwoWay, two_way


def first_cut(
    frame: pd.DataFrame, value: str, kept: float, *, entity: str = "unit_id", time: str = "year"
) -> pd.Series:
    """Find the first year in which a quantity falls below a share of its first value for good.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entity and time.
    value : str
        Column, for instance spending per child.
    kept : float
        Share of the first year's value, 0 to 1.
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    pandas.Series
        Year by entity; missing where it never falls so far and stays there. Entities with
        a missing or non-positive first value are left out.
    """
    wide = frame.pivot(index=entity, columns=time, values=value).sort_index(axis=1)
    wide = wide[wide.iloc[:, 0] > 0].dropna()
    below = wide.to_numpy() < kept * wide.iloc[:, [0]].to_numpy()
    staying = np.flip(np.logical_and.accumulate(np.flip(below, axis=1), axis=1), axis=1)
    when = wide.columns.to_numpy(float)[staying.argmax(axis=1)]
    return pd.Series(np.where(staying.any(axis=1), when, np.nan), index=wide.index, name="cohort")


def balanced(
    frame: pd.DataFrame, y: str, cohort: pd.Series, *, entity: str = "unit_id", time: str = "year"
) -> pd.DataFrame:
    """Keep entities with an outcome in every year, and put their cohort beside.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entity and time.
    y : str
        Outcome column.
    cohort : pandas.Series
        First treated year by entity, missing where never treated.
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    pandas.DataFrame
        ``entity, time, y, cohort, treated`` (1 from the cohort's year on).

    Raises
    ------
    ValueError
        If nobody, or everybody, is treated within the window.
    """
    rows = frame[frame[entity].isin(cohort.index)][[entity, time, y]].dropna()
    rows = rows[rows.groupby(entity)[y].transform("size") == rows[time].nunique()]
    rows = rows.assign(cohort=rows[entity].map(cohort)).sort_values([entity, time])
    rows["treated"] = (rows[time] >= rows["cohort"]).astype(float)
    share = rows["cohort"].notna().mean()
    if not 0 < share < 1:
        raise ValueError(
            f"{share:.0%} of the areas are treated: both treated and never treated ones are "
            "needed. Choose another cut."
        )
    return rows.reset_index(drop=True)


def twfe(rows: pd.DataFrame, y: str, **options: str) -> TwoWay:
    """Fit the two-way fixed effects difference in differences.

    Parameters
    ----------
    rows : pandas.DataFrame
        From :func:`balanced`.
    y : str
        Outcome column.
    **options
        Passed to :func:`care_rates.panel.two_way`.

    Returns
    -------
    TwoWay
        One coefficient, ``treated``.
    """
    return two_way(rows, y, ["treated"], **options)


def bacon(
    rows: pd.DataFrame, y: str, *, entity: str = "unit_id", time: str = "year"
) -> pd.DataFrame:
    """Take the two-way estimate apart into two-by-two comparisons (Goodman-Bacon 2021).

    Parameters
    ----------
    rows : pandas.DataFrame
        Balanced panel with ``cohort`` (missing: never treated).
    y : str
        Outcome column.
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    pandas.DataFrame
        ``treated, control`` (cohorts; control missing for never treated), ``kind``,
        ``estimate`` and ``weight`` of each comparison. The weights add to one and the
        weighted estimates to the two-way coefficient (theorem 1).
    """
    group = rows["cohort"].fillna(np.inf)
    means = rows.groupby([group, time])[y].mean().unstack()
    sizes = rows.groupby(group)[entity].nunique() / rows[entity].nunique()
    years = means.columns.to_numpy(float)
    on = {g: float(np.mean(years >= g)) for g in means.index}
    found = []
    for g in means.index[np.isfinite(means.index) & (means.index > years[0])]:
        for other in means.index[means.index != g]:
            early, late = min(g, other), max(g, other)
            window = {
                "treated and never treated": years > -np.inf,
                "earlier and later treated": years < late,
                "later and earlier treated": years >= early,
            }
            kind = list(window)[0 if other == np.inf else 1 if g < other else 2]
            used = window[kind]
            after = (years >= g) & used
            gap = (means.loc[g] - means.loc[other]).to_numpy()
            estimate = gap[after].mean() - gap[used & ~after].mean()
            pair = sizes[g] + sizes[other]
            n, d = sizes[g] / pair, on[g]
            if kind == "treated and never treated":
                weight = pair**2 * n * (1 - n) * d * (1 - d)
            elif kind == "earlier and later treated":
                d_late = on[other]
                weight = (
                    (pair * (1 - d_late)) ** 2
                    * n * (1 - n) * (d - d_late) / (1 - d_late) * (1 - d) / (1 - d_late)
                )  # fmt: skip
            else:
                d_early = on[other]
                weight = (pair * d_early) ** 2 * n * (1 - n) * d / d_early * (d_early - d) / d_early
            found.append((g, other, kind, estimate, weight))
    out = pd.DataFrame(found, columns=["treated", "control", "kind", "estimate", "weight"])
    out = out[out["weight"] > 0].reset_index(drop=True)
    out["weight"] /= out["weight"].sum()
    return out.replace({"control": {np.inf: np.nan}})

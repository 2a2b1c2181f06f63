"""Split the growth of a product into what each factor contributed.

A quantity is the product of its factors (spend = children who live here × rate in care
× price level × real cost a child). Between two years it grows by an amount that has no
single owner where several factors move at once: the rules below hand it out differently.
Each takes two mappings or Series, factor name to value, before and after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
import pandas as pd


def _pair(before: Mapping, after: Mapping) -> tuple[list[str], np.ndarray, np.ndarray]:
    names = list(before.keys())
    if set(names) != set(after.keys()):
        raise ValueError(f"the factors differ: {sorted(map(str, set(names) ^ set(after.keys())))}.")
    low = np.array([float(before[name]) for name in names])
    high = np.array([float(after[name]) for name in names])
    if not names or not (np.isfinite(low).all() and np.isfinite(high).all()):
        raise ValueError("give at least one factor; every factor needs a finite value.")
    return names, low, high


def sequential(before: Mapping, after: Mapping, order: Sequence[str]) -> pd.Series:
    """Change one factor after the other.

    Parameters
    ----------
    before, after : mapping of str to float
        Factors whose product is split.
    order : sequence of str
        Which factor moves first, second …

    Returns
    -------
    pandas.Series
        Contribution of each factor, in the unit of the product; they add up exactly.

    Raises
    ------
    ValueError
        If the order is not one of the factors.
    """
    names, low, high = _pair(before, after)
    if sorted(order) != sorted(names):
        raise ValueError(f"order must name each factor once: {', '.join(names)}.")
    places = [names.index(name) for name in order]
    now, out = low.copy(), {}
    for place in places:
        was = now.prod()
        now[place] = high[place]
        out[names[place]] = now.prod() - was
    return pd.Series(out)[names]


def all_orders(before: Mapping, after: Mapping) -> pd.DataFrame:
    """Split by every order in which the factors could have moved.

    Parameters
    ----------
    before, after : mapping of str to float
        Factors; up to about seven.

    Returns
    -------
    pandas.DataFrame
        One row an order (named by it, joined by ``", "``), one column a factor.
    """
    names, _, _ = _pair(before, after)
    return pd.DataFrame(
        {", ".join(order): sequential(before, after, order) for order in permutations(names)}
    ).T


def laspeyres(before: Mapping, after: Mapping) -> pd.Series:
    """Move each factor alone, the others at their first values.

    Parameters
    ----------
    before, after : mapping of str to float
        Factors.

    Returns
    -------
    pandas.Series
        Contribution of each factor and ``joint``: what arises only because several
        moved together.
    """
    names, low, high = _pair(before, after)
    alone = pd.Series(low.prod() * (high / low - 1), index=names)
    return pd.concat([alone, pd.Series({"joint": high.prod() - low.prod() - alone.sum()})])


def paasche(before: Mapping, after: Mapping) -> pd.Series:
    """Move each factor alone, the others at their last values.

    Parameters
    ----------
    before, after : mapping of str to float
        Factors.

    Returns
    -------
    pandas.Series
        Contribution of each factor and ``joint`` (negative where all grow: what they
        do together is counted more than once).
    """
    names, low, high = _pair(before, after)
    alone = pd.Series(high.prod() * (1 - low / high), index=names)
    return pd.concat([alone, pd.Series({"joint": high.prod() - low.prod() - alone.sum()})])


def shapley(before: Mapping, after: Mapping) -> pd.Series:
    """Average over all orders: the split that does not depend on one.

    Parameters
    ----------
    before, after : mapping of str to float
        Factors.

    Returns
    -------
    pandas.Series
        Contributions that add up exactly (Shapley 1953; for two factors
        ``Δx (y0 + y1) / 2``, Das Gupta's standardisation).
    """
    return all_orders(before, after).mean()


def logarithmic_mean(first, second) -> np.ndarray:
    """Logarithmic mean of two positive numbers.

    Parameters
    ----------
    first, second : array-like of float
        Same shape, positive.

    Returns
    -------
    numpy.ndarray
        ``(a - b) / (ln a - ln b)``, and a where both are equal.

    Raises
    ------
    ValueError
        If a number is not positive.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if (a <= 0).any() or (b <= 0).any():
        raise ValueError("the logarithmic mean needs positive numbers.")
    ratio = np.log(a / b)
    same = np.abs(ratio) < 1e-12
    return np.where(same, a, (a - b) / np.where(same, 1.0, ratio))


def lmdi(before: Mapping, after: Mapping) -> pd.Series:
    """Split by the logarithmic mean Divisia index (additive LMDI-I).

    Parameters
    ----------
    before, after : mapping of str to float or array
        Factors, all positive; arrays of one length stand for parts (kinds of
        placement) whose products are added up.

    Returns
    -------
    pandas.Series
        ``Σ L(V1, V0) ln(x1 / x0)`` for each factor, with no joint part (Ang 2005,
        Energy Policy 33, 867-871).

    Raises
    ------
    ValueError
        If the factors differ or one is not positive.
    """
    names = list(before.keys())
    if set(names) != set(after.keys()):
        raise ValueError("before and after must have the same factors.")
    low = np.array([np.atleast_1d(np.asarray(before[n], dtype=float)) for n in names])
    high = np.array([np.atleast_1d(np.asarray(after[n], dtype=float)) for n in names])
    if (low <= 0).any() or (high <= 0).any():
        raise ValueError("every factor must be positive: a logarithm is taken.")
    weight = logarithmic_mean(high.prod(axis=0), low.prod(axis=0))
    return pd.Series((weight * np.log(high / low)).sum(axis=1), index=names)


def compare(before: Mapping, after: Mapping) -> pd.DataFrame:
    """Set the rules side by side, in percent of the growth.

    Parameters
    ----------
    before, after : mapping of str to float
        Factors whose product grows.

    Returns
    -------
    pandas.DataFrame
        One row a factor and ``joint``; columns ``lowest order`` and ``highest order``
        (range over all sequences), ``Laspeyres``, ``Paasche``, ``LMDI``, ``Shapley``.

    Raises
    ------
    ValueError
        If the product does not change.
    """
    _, low, high = _pair(before, after)
    total = high.prod() - low.prod()
    if np.isclose(total, 0):
        raise ValueError("the product does not change: there is nothing to split.")
    orders = all_orders(before, after)
    rules = {
        "lowest order": orders.min(), "highest order": orders.max(),
        "Laspeyres": laspeyres(before, after), "Paasche": paasche(before, after),
        "LMDI": lmdi(before, after), "Shapley": shapley(before, after),
    }  # fmt: skip
    out = 100 * pd.DataFrame(rules) / total
    return out.reindex([*before.keys(), "joint"]).rename_axis("factor")


def nearest(published: Mapping, candidates: Mapping[str, Mapping]) -> pd.DataFrame:
    """Rank splits by how far they lie from a published one.

    Parameters
    ----------
    published : mapping of str to float
        Percent of the growth by part.
    candidates : mapping of str to mapping
        Splits into the same parts, by the rule that made them.

    Returns
    -------
    pandas.DataFrame
        One row a rule, nearest first: its parts, ``points apart`` (mean absolute
        difference a part) and ``largest`` (the largest one), in percentage points.

    Raises
    ------
    ValueError
        If a candidate has other parts.
    """
    table = pd.DataFrame({name: dict(parts) for name, parts in candidates.items()}).T
    if set(table) != set(published) or table.isna().any(axis=None):
        raise ValueError(f"every split must have the parts: {', '.join(map(str, published))}.")
    table = table[list(published)]
    gap = (table - pd.Series(dict(published))).abs()
    out = table.assign(**{"points apart": gap.mean(axis=1), "largest": gap.max(axis=1)})
    return out.sort_values(["points apart", "largest"], kind="stable").rename_axis("rule")

"""Association between authorities' figures: rank correlation, two groups, many tests.

Every p value says how it was had, every coefficient has a bootstrap interval, and a
family of tests has its adjusted p values beside the raw ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from care_rates.resampling import bca_interval, bootstrap, leave_one_out, percentile_interval

EXACT_UP_TO = 9
"""Largest n for which every permutation is tried: 9! = 362,880 (as R's cor.test)."""


def spearman_test(x: np.ndarray, y: np.ndarray) -> tuple[float, float, str]:
    """Test Spearman's coefficient, two-sided.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        The pairs, without missing values.

    Returns
    -------
    tuple of (float, float, str)
        Coefficient, p, and how p was had: over every permutation up to n of
        ``EXACT_UP_TO``, else by the t approximation with n - 2 degrees of freedom.

    Raises
    ------
    ValueError
        With fewer than three pairs.
    """
    n = len(x)
    if n < 3:
        raise ValueError(f"A rank correlation of {n} pairs says nothing: give three or more.")
    found = stats.spearmanr(x, y)
    if n > EXACT_UP_TO:
        return float(found.statistic), float(found.pvalue), f"t approximation, {n - 2} d.f."
    ranks = stats.rankdata(x), stats.rankdata(y)
    exact = stats.permutation_test(  # the sum of products orders permutations as rho does
        (ranks[0],), lambda z, axis: (z * ranks[1]).sum(axis=axis), permutation_type="pairings",
        n_resamples=np.inf, vectorized=True,
    )  # fmt: skip
    return float(found.statistic), float(exact.pvalue), "exact, every permutation"


def partial_spearman(x: np.ndarray, y: np.ndarray, held: np.ndarray) -> tuple[float, float]:
    """Rank correlation of two figures with a third held still.

    Parameters
    ----------
    x, y, held : numpy.ndarray, shape (n,)
        Without missing values.

    Returns
    -------
    tuple of float
        ``(r_xy - r_xz r_yz) / sqrt((1 - r_xz²)(1 - r_yz²))`` of Spearman's coefficients,
        and its two-sided p by the t approximation with n - 3 degrees of freedom.
    """
    ranks = np.array([stats.rankdata(z) for z in (x, y, held)])
    r = np.corrcoef(ranks)
    found = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
    freedom = len(ranks[0]) - 3
    t = found * np.sqrt(freedom / (1 - found**2))
    return float(found), float(2 * stats.t.sf(abs(t), freedom))


def adjust(p: Sequence[float]) -> pd.DataFrame:
    """Adjust p values for the number of tests.

    Parameters
    ----------
    p : sequence of float
        Raw p values of one family.

    Returns
    -------
    pandas.DataFrame
        ``holm`` (family-wise error; Holm 1979) and ``bh`` (false discovery rate;
        Benjamini and Hochberg 1995), in the order given, index of ``p`` kept.
    """
    values = pd.Series(p, dtype=float)
    adjusted = {
        name: multipletests(values, method=method)[1]
        for name, method in (("holm", "holm"), ("bh", "fdr_bh"))
    }
    return pd.DataFrame(adjusted, index=values.index)


def rank_correlations(
    frame: pd.DataFrame, pairs: Mapping[str, tuple[str, str]], *, resamples: int, seed: int,
    level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Test a family of rank correlations, with intervals and adjusted p values.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an authority.
    pairs : mapping of str to (str, str)
        Name of each test to its two columns. Rows with either missing are left out.
    resamples : int
        Bootstrap resamples a pair.
    seed : int
        Each pair draws from its own stream, spawned of this.
    level : float
        Coverage of the intervals.

    Returns
    -------
    pandas.DataFrame
        By name: ``n, rs, low, high`` (BCa), ``percentile_low, percentile_high, p,
        p_method, holm, bh``.
    """
    rows = {}
    streams = np.random.SeedSequence(seed).generate_state(len(pairs))
    for (name, (first, second)), stream in zip(pairs.items(), streams, strict=True):
        both = frame[[first, second]].dropna().to_numpy(float)
        x, y = both.T
        rs, p, method = spearman_test(x, y)
        drawn = bootstrap(x, y, resamples, int(stream))
        low, high = bca_interval(drawn, rs, leave_one_out(x, y), level)
        plain = percentile_interval(drawn, level)
        rows[name] = (len(x), rs, low, high, *plain, p, method)
    columns = ["n", "rs", "low", "high", "percentile_low", "percentile_high", "p", "p_method"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("test")
    return table.join(adjust(table["p"]))


def influence(frame: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    """How far each authority moves a rank correlation.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an authority.
    x, y : str
        The two columns.

    Returns
    -------
    pandas.DataFrame
        Complete rows of ``frame`` with ``without`` (the coefficient of all others) and
        ``shift`` (the coefficient less that), largest shift first.
    """
    rows = frame.dropna(subset=[x, y])
    first, second = rows[x].to_numpy(float), rows[y].to_numpy(float)
    without = leave_one_out(first, second)
    shift = stats.spearmanr(first, second).statistic - without
    out = rows.assign(without=without, shift=shift)
    return out.sort_values("shift", key=np.abs, ascending=False, kind="stable")


@dataclass(frozen=True)
class MannWhitney:
    """Result of :func:`mann_whitney`.

    Parameters
    ----------
    u : float
        U of the first group: pairs in which it is higher, ties counting half.
    n1, n2 : int
        Group sizes.
    p : float
        Two-sided.
    method : str
        How p was had.
    superiority : float
        U / (n1 n2): the chance that a random member of the first group is higher.
    """

    u: float
    n1: int
    n2: int
    p: float
    method: str
    superiority: float


def mann_whitney(first: np.ndarray, second: np.ndarray, correction: bool = True) -> MannWhitney:
    """Mann and Whitney's test of two groups, ties allowed.

    Parameters
    ----------
    first, second : array_like
        The groups; missing values are left out.
    correction : bool
        Whether the normal approximation is corrected for continuity (R does, SPSS
        does not).

    Returns
    -------
    MannWhitney
        Exact without ties where a group has at most 8 members (scipy's exact
        distribution takes no account of ties); else the normal approximation with
        the variance corrected for ties.

    Raises
    ------
    ValueError
        If a group is empty.
    """
    x, y = (np.asarray(z, float)[np.isfinite(np.asarray(z, float))] for z in (first, second))
    if not len(x) or not len(y):
        raise ValueError("Each group needs a value: one of the two is empty.")
    ties = len(np.unique(np.r_[x, y])) < len(x) + len(y)
    exact = not ties and min(len(x), len(y)) <= 8
    found = stats.mannwhitneyu(
        x, y, method="exact" if exact else "asymptotic", use_continuity=correction
    )
    words = "exact" if exact else "normal approximation, " + ", ".join(
        ["variance corrected for ties"] * ties
        + ["corrected for continuity" if correction else "no continuity correction"]
    )  # fmt: skip
    u = float(found.statistic)
    return MannWhitney(u, len(x), len(y), float(found.pvalue), words, u / (len(x) * len(y)))


def findings(table: pd.DataFrame, alpha: float) -> pd.Series:
    """Say in a word what each test found, as a report's text would.

    Parameters
    ----------
    table : pandas.DataFrame
        With ``rs`` and ``p``, as from :func:`rank_correlations`.
    alpha : float
        Level below which p counts as significant.

    Returns
    -------
    pandas.Series
        ``positive``, ``negative`` or, where p is not below ``alpha``, ``none``.
    """
    words = np.where(table["rs"] > 0, "positive", "negative")
    return pd.Series(np.where(table["p"] < alpha, words, "none"), index=table.index)


PLAIN = {
    "n": "authorities", "rs": "rank correlation", "low": "interval from", "high": "interval to",
    "percentile_low": "percentile interval from", "percentile_high": "percentile interval to",
    "p": "p", "holm": "p, Holm", "bh": "p, Benjamini-Hochberg", "ratio": "rate ratio",
    "estimate": "estimate",
}  # fmt: skip
"""The columns of this module's tables, and of models, in words for a reader."""


def plain(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Put a table of tests into words for a reader.

    Parameters
    ----------
    table : pandas.DataFrame
        As from :func:`rank_correlations`.
    *columns : str
        Which columns to give; all but ``p_method`` unless told.

    Returns
    -------
    pandas.DataFrame
        The same numbers under the names of ``PLAIN``.
    """
    kept = table[list(columns)] if columns else table.drop(columns="p_method", errors="ignore")
    return kept.rename(columns=PLAIN)

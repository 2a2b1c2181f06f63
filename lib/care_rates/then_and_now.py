"""Findings then and now: the same rank correlation in two periods, by a stated rule.

That one coefficient passes a threshold and another does not is no proof that the two
differ. So the rule's word stands beside the difference and its bootstrap interval.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_rates.association import spearman_test
from care_rates.resampling import percentile_interval, weighted_spearman

RULE = {
    "persists": "past the threshold then and now, same sign",
    "reverses": "past the threshold then and now, other sign",
    "vanishes": "past the threshold then, not now",
    "appears": "not past the threshold then, past it now",
    "none": "past the threshold neither then nor now",
}
"""What each word means; the threshold is that of the unadjusted p."""

Pair = tuple[str, str]


def verdict(then: float, p_then: float, now: float, p_now: float, alpha: float = 0.05) -> str:
    """Say in a word what became of a finding.

    Parameters
    ----------
    then, now : float
        The coefficients.
    p_then, p_now : float
        Their p values, unadjusted.
    alpha : float
        Threshold.

    Returns
    -------
    str
        A key of ``RULE``.
    """
    if p_then < alpha:
        if p_now >= alpha:
            return "vanishes"
        return "persists" if then * now > 0 else "reverses"
    return "appears" if p_now < alpha else "none"


def difference(
    then: pd.DataFrame, now: pd.DataFrame, *, resamples: int, seed: int, level: float = 0.95
) -> tuple[float, float, float]:
    """Give the change of a rank correlation between two periods, with an interval.

    Parameters
    ----------
    then, now : pandas.DataFrame
        Two columns each, indexed by authority.
    resamples : int
        Bootstrap resamples of authorities, each drawn with both its periods.
    seed : int
        Of numpy's default generator.
    level : float
        Coverage of the percentile interval.

    Returns
    -------
    tuple of float
        Coefficient now less coefficient then, among authorities with all four figures,
        and the ends of the interval.

    Raises
    ------
    ValueError
        With fewer than ten such authorities.
    """
    both = then.set_axis(["a", "b"], axis=1).join(now.set_axis(["c", "d"], axis=1)).dropna()
    n = len(both)
    if n < 10:
        raise ValueError(f"{n} authorities have figures in both periods: ten are needed.")
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), resamples)
    counts = np.vstack([np.ones(n), drawn]).astype(float)
    columns = both.to_numpy(float).T
    gap = weighted_spearman(*columns[2:], counts) - weighted_spearman(*columns[:2], counts)
    return float(gap[0]), *percentile_interval(gap[1:], level)


def compare(
    then: pd.DataFrame, now: pd.DataFrame, findings: Mapping[str, tuple[Pair, Pair]], *,
    alpha: float, resamples: int, seed: int, level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Set each finding then beside the same finding now.

    Parameters
    ----------
    then, now : pandas.DataFrame
        One row an authority, same index.
    findings : mapping of str to (pair, pair)
        Name of each finding to its two columns in ``then`` and in ``now``.
    alpha : float
        Threshold of the rule.
    resamples, seed, level : int, int, float
        Of the interval of the difference.

    Returns
    -------
    pandas.DataFrame
        By finding: ``n_then, then, p_then, n_now, now, p_now`` (Spearman, p by
        :func:`care_rates.association.spearman_test`), ``difference, low, high`` and
        ``verdict``.
    """
    rows = {}
    streams = np.random.SeedSequence(seed).generate_state(len(findings))
    for (name, (old, new)), stream in zip(findings.items(), streams, strict=True):
        first, second = then[list(old)].dropna(), now[list(new)].dropna()
        before, p_before, _ = spearman_test(*first.to_numpy(float).T)
        after, p_after, _ = spearman_test(*second.to_numpy(float).T)
        gap = difference(first, second, resamples=resamples, seed=int(stream), level=level)
        word = verdict(before, p_before, after, p_after, alpha)
        rows[name] = (len(first), before, p_before, len(second), after, p_after, *gap, word)
    columns = ["n_then", "then", "p_then", "n_now", "now", "p_now", "difference", "low", "high",
               "verdict"]  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("finding")


PLAIN = {
    "n_then": "authorities, then", "then": "then", "p_then": "p, then", "n_now": "authorities, now",
    "now": "now", "p_now": "p, now", "difference": "now less then", "low": "interval from",
    "high": "interval to", "verdict": "by the rule",
}  # fmt: skip
"""The columns of :func:`compare` in words for a table."""

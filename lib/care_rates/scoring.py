"""Scores on an anchored scale: profiles by domain, what is not known, what weights do.

A score is a level from 0 to 4 given by one rater to one characteristic. What nobody
knows stays missing: it is never a low score. Each profile therefore has a value (the
mean of what is known) and bounds (what is not known set to 0, and to 4). What does
not apply is left out of both.

Table of scores: ``rater, code, score, missing, confidence, evidence``, as
:func:`care_rates.assessment.to_frame` gives it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.assessment import CONFIDENCE, LEVELS, NOT_APPLICABLE, NOT_YET

TOP = LEVELS[-1]
TRUST = dict(zip(CONFIDENCE, (1 / 3, 2 / 3, 1.0), strict=True))
"""Weight of a score by the rater's confidence, where confidence is to count."""


class ScoringError(ValueError):
    """Scores or weights that cannot be used: which, and what to do."""


def grid(scores: pd.DataFrame) -> pd.DataFrame:
    """Set raters side by side.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table of scores.

    Returns
    -------
    pandas.DataFrame
        One row a characteristic, one column a rater, in order of appearance.

    Raises
    ------
    ScoringError
        If a rater scored a characteristic twice, or outside 0 to 4.
    """
    if scores.duplicated(["rater", "code"]).any():
        row = scores[scores.duplicated(["rater", "code"])].iloc[0]
        raise ScoringError(f"{row['rater']} scored {row['code']} twice. Keep one of the two.")
    bad = scores["score"].notna() & ~scores["score"].isin(LEVELS)
    if bad.any():
        row = scores[bad].iloc[0]
        raise ScoringError(
            f"{row['rater']}, {row['code']}: {row['score']:g} is no level. Levels are 0 to {TOP}."
        )
    wide = scores.pivot(index="code", columns="rater", values="score")
    return wide.loc[scores["code"].unique(), scores["rater"].unique()]


def by_domain(
    scores: pd.DataFrame, *, unknown: float | None = None, by_confidence: bool = False
) -> pd.DataFrame:
    """Profile each rater by domain.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table of scores; the domain is the first letter of the code.
    unknown : float, optional
        Level to put in for what is not known; left out unless told.
    by_confidence : bool
        Whether a score counts by its confidence (:data:`TRUST`; none said counts as
        low). Off: each known score counts alike.

    Returns
    -------
    pandas.DataFrame
        One row a rater and domain: ``value`` (mean level), ``low`` and ``high`` (what
        is not known set to 0 and to 4), ``known``, ``unknown``, ``coverage`` (share of
        the applicable characteristics that have a score).
    """
    grid(scores)
    rows = scores[scores["missing"] != NOT_APPLICABLE]
    level = rows["score"] if unknown is None else rows["score"].fillna(unknown)
    trust = rows["confidence"].map(TRUST).fillna(TRUST["low"]) if by_confidence else 1.0
    part = pd.DataFrame(
        {
            "rater": rows["rater"],
            "domain": rows["code"].str[0],
            "sum": level * trust,
            "weight": level.notna() * trust,
            "points": rows["score"],
            "known": rows["score"].notna().astype(int),
            "asked": 1,
        }
    )
    keys = ["rater", "domain"]
    every = pd.MultiIndex.from_product(
        [scores["rater"].unique(), sorted(scores["code"].str[0].unique())], names=keys
    )
    total = part.groupby(keys, sort=False).sum().reindex(every, fill_value=0)
    asked = total["asked"].replace(0, np.nan)
    gap = total["asked"] - total["known"]
    return pd.DataFrame(
        {
            "value": total["sum"] / total["weight"].replace(0, np.nan),
            "low": total["points"] / asked,
            "high": (total["points"] + TOP * gap) / asked,
            "known": total["known"].astype(int),
            "unknown": gap.astype(int),
            "coverage": total["known"] / asked,
        }
    ).reset_index()


def overall(profile: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Weigh the domains of each rater into one figure.

    Parameters
    ----------
    profile : pandas.DataFrame
        As :func:`by_domain` gives it.
    weights : mapping of str to float
        One weight a domain, zero or more; only their proportions matter.

    Returns
    -------
    pandas.DataFrame
        One row a rater: ``value`` over the domains that have one, ``low`` and
        ``high`` with what is not known at 0 and at 4, ``known`` and ``unknown``.

    Raises
    ------
    ScoringError
        If a domain has no weight, a weight is negative, or all are zero.
    """
    share = shares(weights, profile["domain"].unique())
    rows = profile.assign(weight=profile["domain"].map(share))
    out = {}
    for column in ("value", "low", "high"):
        weight = rows["weight"].where(rows[column].notna())
        top = (rows[column] * weight).groupby(rows["rater"], sort=False).sum(min_count=1)
        out[column] = top / weight.groupby(rows["rater"], sort=False).sum().replace(0, np.nan)
    counts = rows.groupby("rater", sort=False)[["known", "unknown"]].sum()
    return pd.DataFrame(out).join(counts).reset_index()


def shares(weights: Mapping[str, float], domains: Sequence[str]) -> pd.Series:
    """Scale weights so that they add up to one.

    Parameters
    ----------
    weights : mapping of str to float
        One weight a domain, zero or more.
    domains : sequence of str
        Domains that must have one.

    Returns
    -------
    pandas.Series
        Shares by domain.

    Raises
    ------
    ScoringError
        If a domain has no weight, a weight is negative, or all are zero.
    """
    found = pd.Series(dict(weights), dtype=float)
    lacking = [domain for domain in domains if domain not in found]
    if lacking:
        raise ScoringError(f"Domain {lacking[0]} has no weight. Give one (zero: not counted).")
    found = found[list(domains)]
    if (found < 0).any() or not np.isfinite(found).all():
        raise ScoringError(f"The weight of {found.idxmin()} is {found.min():g}. Use zero or more.")
    if found.sum() == 0:
        raise ScoringError("All weights are zero. Give at least one domain a weight.")
    return found / found.sum()


def consensus(scores: pd.DataFrame) -> pd.DataFrame:
    """Bring the raters of each characteristic together, and say what to talk about.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table of scores.

    Returns
    -------
    pandas.DataFrame
        One row a characteristic: ``median``, ``lowest``, ``highest``, ``raters`` (how
        many gave a level), ``unknown`` (how many could not), ``confidence`` (the least
        that any rater stated) and ``talk``, the first that holds: ``not known`` where
        nobody gave a level and somebody tried, ``raters differ`` where levels lie two or
        more apart, ``one view`` where one rater of several gave a level, ``little
        confidence`` where it is low, ``level 0 or 1`` where no level is higher, else
        empty. The self-evaluation page follows the same rules.
    """
    wide = grid(scores)
    level = {name: i for i, name in enumerate(CONFIDENCE)}
    asked = scores[scores["missing"] != NOT_APPLICABLE]
    least = scores.assign(c=scores["confidence"].map(level))[scores["score"].notna()]
    least = least.groupby("code")["c"].min().reindex(wide.index)
    out = pd.DataFrame(
        {
            "median": wide.median(axis=1),
            "lowest": wide.min(axis=1),
            "highest": wide.max(axis=1),
            "raters": wide.notna().sum(axis=1),
        }
    )
    counted = asked.groupby("code").size().reindex(wide.index, fill_value=0)
    out["unknown"] = (counted - out["raters"]).astype(int)
    out["confidence"] = least.map(dict(enumerate(CONFIDENCE))).fillna("")
    tried = (asked["missing"] != NOT_YET).groupby(asked["code"]).any()
    tried = tried.reindex(wide.index, fill_value=False)
    reasons = [
        tried & (out["raters"] == 0),
        out["highest"] - out["lowest"] >= 2,
        (out["raters"] == 1) & (counted > 1),
        out["confidence"] == "low",
        out["highest"] <= 1,
    ]
    words = ["not known", "raters differ", "one view", "little confidence", "level 0 or 1"]
    return out.assign(talk=np.select(reasons, words, default=""))

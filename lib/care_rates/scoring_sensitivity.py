"""How far a weighted score moves with its weights and with what is not known.

Two questions are kept apart. *Weights*: any set of weights gives a figure between the
lowest and the highest domain; draws from a Dirichlet distribution show where most of
them fall. *Missing evidence*: the bounds put every unknown at 0 or at 4; draws put in
levels that the same rater gave elsewhere in the domain (a hot deck).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.assessment import LEVELS, NOT_APPLICABLE
from care_rates.scoring import TOP, by_domain, overall, shares

QUANTILES = (0.025, 0.5, 0.975)


def over_weights(
    profile: pd.DataFrame, *, draws: int, seed: int, concentration: float = 1.0
) -> pd.DataFrame:
    """Weighted score over random weights.

    Parameters
    ----------
    profile : pandas.DataFrame
        As :func:`care_rates.scoring.by_domain` gives it.
    draws : int
        Sets of weights.
    seed : int
        Of the random generator.
    concentration : float
        Of the symmetric Dirichlet distribution: 1 makes every set of weights equally
        likely, more keeps them closer to equal weights.

    Returns
    -------
    pandas.DataFrame
        One row a rater: ``equal`` (equal weights), ``q025``, ``q500``, ``q975`` of the
        draws, and ``least`` and ``most`` that any weights can give.
    """
    wide = profile.pivot(index="rater", columns="domain", values="value")
    wide = wide.loc[profile["rater"].unique()]
    weights = np.random.default_rng(seed).dirichlet(
        np.full(wide.shape[1], concentration), size=draws
    )
    known = wide.notna().to_numpy(float)
    drawn = (weights @ wide.fillna(0).to_numpy().T) / (weights @ known.T)
    low, middle, high = np.quantile(drawn, QUANTILES, axis=0)
    return pd.DataFrame(
        {"rater": wide.index, "equal": wide.mean(axis=1).to_numpy(), "q025": low,
         "q500": middle, "q975": high, "least": wide.min(axis=1).to_numpy(),
         "most": wide.max(axis=1).to_numpy()}
    )  # fmt: skip


def one_at_a_time(
    profile: pd.DataFrame, weights: Mapping[str, float], factors: Sequence[float] = (0.0, 2.0)
) -> pd.DataFrame:
    """Change one weight, leave the others.

    Parameters
    ----------
    profile : pandas.DataFrame
        As :func:`care_rates.scoring.by_domain` gives it.
    weights : mapping of str to float
        The user's weights.
    factors : sequence of float
        What each weight is multiplied by in turn (0 leaves the domain out).

    Returns
    -------
    pandas.DataFrame
        ``domain, factor, rater, value, change`` (against the user's weights).
    """
    base = overall(profile, weights).set_index("rater")["value"]
    parts = []
    for domain in profile["domain"].unique():
        for factor in factors:
            changed = dict(weights) | {domain: weights[domain] * factor}
            value = overall(profile, changed).set_index("rater")["value"]
            part = pd.DataFrame({"value": value, "change": value - base})
            parts.append(part.assign(domain=domain, factor=factor).reset_index())
    return pd.concat(parts, ignore_index=True)[["domain", "factor", "rater", "value", "change"]]


def under_rules(scores: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Weighted score under each rule for what is not known and for confidence.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table of scores.
    weights : mapping of str to float
        One weight a domain.

    Returns
    -------
    pandas.DataFrame
        One row a rule, one column a rater: what is not known left out; taken as 0; as
        the middle of the scale; as 4; left out with scores counted by confidence.
    """
    rules = {
        "left out": {},
        "taken as 0": {"unknown": 0.0},
        "taken as 2": {"unknown": TOP / 2},
        "taken as 4": {"unknown": float(TOP)},
        "left out, scores counted by confidence": {"by_confidence": True},
    }
    return pd.DataFrame(
        {
            name: overall(by_domain(scores, **rule), weights).set_index("rater")["value"]
            for name, rule in rules.items()
        }
    ).T.rename_axis("what is not known")


def over_missing(
    scores: pd.DataFrame, weights: Mapping[str, float], *, draws: int, seed: int
) -> pd.DataFrame:
    """Weighted score when what is not known is drawn from what the rater did give.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table of scores.
    weights : mapping of str to float
        One weight a domain.
    draws : int
        Imputed tables.
    seed : int
        Of the random generator.

    Returns
    -------
    pandas.DataFrame
        One row a rater: ``q025``, ``q500``, ``q975`` of the draws. Each unknown level
        is drawn with equal chance from the levels that the rater gave in the domain;
        where there are none, from 0 to 4.
    """
    share = shares(weights, sorted(scores["code"].str[0].unique()))
    rng = np.random.default_rng(seed)
    rows = []
    for rater, given in scores[scores["missing"] != NOT_APPLICABLE].groupby("rater", sort=False):
        mean, weight = [], []
        for domain, part in given.groupby(given["code"].str[0]):
            known = part["score"].dropna().to_numpy()
            unknown = int(part["score"].isna().sum())
            pool = known if known.size else np.array(LEVELS, dtype=float)
            drawn = rng.choice(pool, size=(draws, unknown)).sum(axis=1)
            mean.append((known.sum() + drawn) / len(part))
            weight.append(share[domain])
        value = np.average(mean, axis=0, weights=weight)
        rows.append((rater, *np.quantile(value, QUANTILES)))
    return pd.DataFrame(rows, columns=["rater", "q025", "q500", "q975"])


def largest_move(moves: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Pick the change of one weight that moves each rater most.

    Parameters
    ----------
    moves : pandas.DataFrame
        As :func:`one_at_a_time` gives it.
    names : mapping of str to str
        Domains in words.

    Returns
    -------
    pandas.DataFrame
        ``rater, domain, weight`` (left out, or times what), ``value, change``.
    """
    size = moves["change"].abs().round(9)
    rows = moves.loc[size.groupby(moves["rater"], sort=False).idxmax()]
    factor = rows["factor"].map("times {:g}".format).replace("times 0", "left out")
    rows = rows.assign(domain=rows["domain"].map(names), weight=factor)
    return rows[["rater", "domain", "weight", "value", "change"]]

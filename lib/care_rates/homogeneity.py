"""Whether counts differ between areas by more than chance, given their exposure.

Pearson's test of equal rates, where counts may be rounded or withheld: a count is
known to lie between two bounds. The least varied counts that the bounds allow give
the smallest statistic: where even that is large, the areas differ, whatever the
withheld cells hold. The counts furthest from a common rate bound it from above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.stats import chi2
from statsmodels.api import GLM, add_constant, families


class HomogeneityError(ValueError):
    """Counts that cannot be compared: why, and what to do."""


@dataclass(frozen=True)
class Homogeneity:
    """Pearson's test of equal rates over bounded counts.

    Parameters
    ----------
    least, most : float
        Smallest statistic that the bounds allow, and an upper bound for the largest.
    p_least, p_most : float
        Their p values, ``areas - 1`` degrees of freedom.
    areas : int
        How many.
    """

    least: float
    most: float
    p_least: float
    p_most: float
    areas: int


def equal_rates(
    low: Sequence[float], high: Sequence[float], exposure: Sequence[float]
) -> Homogeneity:
    """Test equal rates where each count lies between two bounds.

    Parameters
    ----------
    low, high : sequence of float
        Bounds of each count (equal where it is known).
    exposure : sequence of float
        What the expected count is proportional to, above zero.

    Returns
    -------
    Homogeneity
        ``sum((count - rate exposure)² / (rate exposure))`` over areas, at its least
        over all counts within the bounds and all rates, and at its most over the
        corners of the bounds at the rate of their midpoints.

    Raises
    ------
    HomogeneityError
        If there are fewer than two areas, bounds cross, or an exposure is not positive.
    """
    bottom, top, weight = (np.asarray(x, dtype=float) for x in (low, high, exposure))
    if bottom.size < 2:
        raise HomogeneityError(f"{bottom.size} areas: two are needed.")
    if (bottom > top).any() or (bottom < 0).any() or not (weight > 0).all():
        raise HomogeneityError(
            "Bounds must satisfy 0 <= low <= high, and exposures must be above zero. "
            "Look at the row of each area."
        )

    def statistic(rate: float) -> float:
        expected = rate * weight
        return float(((np.clip(expected, bottom, top) - expected) ** 2 / expected).sum())

    highest = (top / weight).max()
    if highest == 0:
        raise HomogeneityError("All counts are zero: there is no rate to compare.")
    lowest = max((bottom / weight).min(), highest * 1e-6)
    found = minimize_scalar(statistic, bounds=(lowest, highest), method="bounded")
    middle = ((bottom + top) / 2).sum() / weight.sum() * weight
    far = np.where(np.abs(bottom - middle) > np.abs(top - middle), bottom, top)
    most = float(((far - middle) ** 2 / middle).sum())
    least = min(float(found.fun), statistic(lowest), statistic(highest))
    degrees = bottom.size - 1
    return Homogeneity(
        least, most, float(chi2.sf(least, degrees)), float(chi2.sf(most, degrees)), bottom.size
    )


def left_over(
    frame: pd.DataFrame, count: str, exposure: str, need: Sequence[str] = ()
) -> pd.Series:
    """How much more counts vary than chance allows, once need is taken into account.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an area.
    count, exposure : str
        Columns of the number and of the population.
    need : sequence of str
        Columns of a Poisson regression with the log of the exposure as offset.

    Returns
    -------
    pandas.Series
        ``pearson``, ``degrees``, ``dispersion`` (their ratio: 1 is chance alone), ``p``
        (of the statistic under chance alone), ``explained`` (share of the deviance of
        equal rates that need takes up) and ``p_need`` (likelihood ratio test of all
        terms of need, scaled by the dispersion, F distribution).
    """
    offset = np.log(frame[exposure].astype(float))
    terms = add_constant(frame[list(need)].astype(float)) if need else np.ones((len(frame), 1))
    model = GLM(frame[count].astype(float), terms, family=families.Poisson(), offset=offset).fit()
    degrees, terms_of_need = int(model.df_resid), len(need)
    dispersion = float(model.pearson_chi2) / degrees
    p_need = np.nan
    if terms_of_need:
        from scipy.stats import f as fisher

        ratio = (model.null_deviance - model.deviance) / terms_of_need / dispersion
        p_need = float(fisher.sf(ratio, terms_of_need, degrees))
    return pd.Series(
        {"pearson": float(model.pearson_chi2), "degrees": degrees, "dispersion": dispersion,
         "p": float(chi2.sf(model.pearson_chi2, degrees)),
         "explained": 1 - model.deviance / model.null_deviance, "p_need": p_need}
    )  # fmt: skip


def equal_rates_by(
    low: pd.Series, high: pd.Series, exposures: pd.DataFrame, groups: Mapping[str, Sequence]
) -> pd.DataFrame:
    """Test equal rates for several groups of areas and several exposures.

    Parameters
    ----------
    low, high : pandas.Series
        Bounds of each count, by area.
    exposures : pandas.DataFrame
        By area, one column an exposure.
    groups : mapping of str to sequence
        Name of each group and its areas.

    Returns
    -------
    pandas.DataFrame
        Indexed ``areas compared, expected in proportion to``: the fields of
        :class:`Homogeneity`.
    """
    tests = {
        (group, column): vars(equal_rates(low[rows], high[rows], exposures.loc[rows, column]))
        for group, areas in groups.items()
        for column in exposures
        for rows in [list(areas)]
    }
    return pd.DataFrame(tests).T.rename_axis(["areas compared", "expected in proportion to"])

"""Krippendorff's alpha: agreement of any number of raters, gaps allowed, with an interval.

The coefficient comes from the library krippendorff. What it lacks, an interval, is a
bootstrap over what was rated; it uses that the coincidence matrix of a resample is the
sum of those of its units. Ratings are a table: one row a unit, one column a rater.
"""

from __future__ import annotations

import krippendorff
import numpy as np
import pandas as pd

from care_rates.agreement import AgreementError


def alpha(
    ratings: pd.DataFrame, *, level: str = "ordinal", draws: int = 2000, seed: int = 0,
    confidence: float = 0.95,
) -> pd.Series:  # fmt: skip
    """Krippendorff's alpha: any number of raters, gaps allowed.

    Parameters
    ----------
    ratings : pandas.DataFrame
        Units by raters.
    level : {"nominal", "ordinal", "interval"}
        Level of measurement.
    draws : int
        Bootstrap resamples of units.
    seed : int
        Of the random generator.
    confidence : float
        Of the percentile interval.

    Returns
    -------
    pandas.Series
        ``alpha``, ``low``, ``high``, ``units`` (with two levels or more), ``pairable``
        (levels in them), ``undefined`` (share of resamples without variation, which
        have no alpha and are left out of the interval).

    Raises
    ------
    AgreementError
        If fewer than two units have two levels, or all levels are the same.
    """
    rows = ratings[ratings.notna().sum(axis=1) >= 2]
    values = np.unique(rows.to_numpy(float)[rows.notna().to_numpy()])
    if len(rows) < 2 or values.size < 2:
        raise AgreementError(
            f"{len(rows)} units have two levels or more, with {values.size} different levels: "
            "alpha is not defined. Have more units scored by two raters."
        )
    point = krippendorff.alpha(rows.to_numpy(float).T, level_of_measurement=level)
    units = coincidences(rows, values)
    counts = np.random.default_rng(seed).multinomial(
        len(rows), np.full(len(rows), 1 / len(rows)), size=draws
    )
    drawn = _alpha(np.tensordot(counts, units, axes=1), values, level)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return pd.Series(
        {"alpha": point, "low": low, "high": high, "units": len(rows),
         "pairable": int(rows.notna().to_numpy().sum()), "undefined": np.isnan(drawn).mean()}
    )  # fmt: skip


def coincidences(ratings: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """Coincidence matrix of each unit.

    Parameters
    ----------
    ratings : pandas.DataFrame
        Units by raters, at least two levels a unit.
    values : numpy.ndarray
        The different levels, sorted; v of them.

    Returns
    -------
    numpy.ndarray
        Shape (units, v, v): ordered pairs of levels of different raters, each
        weighted by 1 / (levels of the unit - 1); the sum over units is the matrix of
        Krippendorff (2011), from which alpha is computed.
    """
    given = ratings.to_numpy(float)
    counts = (given[:, :, None] == values).sum(axis=1).astype(float)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(values.size)
    return pairs / (counts.sum(axis=1) - 1)[:, None, None]


def _alpha(matrices: np.ndarray, values: np.ndarray, level: str) -> np.ndarray:
    marginal = matrices.sum(axis=2)
    total = marginal.sum(axis=1)
    expected = marginal[:, :, None] * marginal[:, None, :]
    expected -= marginal[:, :, None] * np.eye(values.size)
    expected /= (total - 1)[:, None, None]
    distance = _distance(marginal, values, level)
    observed, chance = (distance * matrices).sum((1, 2)), (distance * expected).sum((1, 2))
    return 1 - np.divide(observed, chance, out=np.full(chance.shape, np.nan), where=chance > 0)


def _distance(marginal: np.ndarray, values: np.ndarray, level: str) -> np.ndarray:
    if level == "nominal":
        return 1 - np.eye(values.size)
    if level == "interval":
        return (values[:, None] - values) ** 2
    if level != "ordinal":
        raise AgreementError(f"level {level!r} is not one of: nominal, ordinal, interval.")
    middle = marginal.cumsum(axis=1) - marginal / 2  # mid-ranks: ranks of what was given
    return (middle[:, :, None] - middle[:, None, :]) ** 2


def alphas(ratings: pd.DataFrame, *, draws: int, seed: int) -> pd.DataFrame:
    """Krippendorff's alpha at each level of measurement.

    Parameters
    ----------
    ratings : pandas.DataFrame
        Units by raters.
    draws, seed : int
        As in :func:`alpha`.

    Returns
    -------
    pandas.DataFrame
        Indexed by level: the fields of :func:`alpha`.
    """
    kinds = ("nominal", "ordinal", "interval")
    found = {kind: alpha(ratings, level=kind, draws=draws, seed=seed) for kind in kinds}
    return pd.DataFrame(found).T.rename_axis("levels taken as")

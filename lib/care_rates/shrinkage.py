"""Empirical-Bayes rates and ranks: what one year's counts say about each area.

A small area's rate is partly chance. The gamma-Poisson model (Clayton and Kaldor
1987) lets true rates vary around a mean, or around what a regression expects, and
gives each area a distribution of true rates that its count leaves possible. Ranks
are then as uncertain as the rates are (Goldstein and Spiegelhalter 1996).

References
----------
D. Clayton and J. Kaldor (1987), Empirical Bayes estimates of age-standardized
relative risks for use in disease mapping, Biometrics 43, 671-681.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaincinv
from statsmodels.discrete.discrete_model import NegativeBinomial

from care_rates.intervals import PER, checked

CONSTANT = "const"


@dataclass(frozen=True)
class Model:
    """A gamma-Poisson (negative binomial, NB2) fit by maximum likelihood.

    Parameters
    ----------
    expected : pandas.Series
        Count that base and covariates imply, area by area.
    alpha : float
        Dispersion: the square of the coefficient of variation of true rates around
        what is expected.
    alpha_interval : tuple of float
        95% interval of alpha (Wald on the log scale).
    coefficients : pandas.DataFrame
        ``ratio, low, high, p``: rate ratio a unit of each covariate, 95% Wald
        interval from the observed information.
    log_likelihood : float
        At the maximum.
    """

    expected: pd.Series
    alpha: float
    alpha_interval: tuple[float, float]
    coefficients: pd.DataFrame
    log_likelihood: float


def fit(count: pd.Series, base: pd.Series, covariates: pd.DataFrame | None = None) -> Model:
    """Fit the spread of true rates, with or without covariates.

    Parameters
    ----------
    count, base : pandas.Series
        Counts and populations, complete.
    covariates : pandas.DataFrame, optional
        One row an area; without them all areas share one mean.

    Returns
    -------
    Model
        The fit.

    Raises
    ------
    ValueError
        If a figure is missing, the fit does not settle, or the counts spread no
        more than chance would make them.
    """
    x, n = checked(count, "count"), checked(base, "base", positive=True)
    design = pd.DataFrame({CONSTANT: 1.0}, index=count.index)
    if covariates is not None:
        design = design.join(covariates.astype(float))
    if np.isnan(x).any() or np.isnan(n).any() or design.isna().any(axis=None):
        raise ValueError(
            "count, base and covariates must be complete: leave out the areas that lack one, "
            "and say which."
        )
    middle, spread = design.mean(), design.std(ddof=0).replace(0.0, 1.0)
    scaled = (design - middle) / spread
    scaled[CONSTANT] = 1.0
    model = NegativeBinomial(x, scaled.to_numpy(), offset=np.log(n))
    start = np.zeros(design.shape[1] + 1)
    start[0], start[-1] = np.log(x.sum() / n.sum()), 0.05
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = model.fit(start_params=start, method="bfgs", maxiter=500, disp=False)
    alpha = float(result.params[-1])
    settled = np.abs(model.score(result.params)).max() < 0.05 * max(1.0, np.sqrt(x.sum()))
    if not settled or not np.isfinite(result.bse).all() or alpha <= 1e-6:
        raise ValueError(
            "the negative binomial fit did not settle: the counts may spread no more than "
            "chance makes them. Use fewer covariates or a Poisson model."
        )
    error = float(result.bse[-1]) / alpha
    slopes, errors = result.params[1:-1], result.bse[1:-1]
    scale = spread.drop(CONSTANT).to_numpy()
    table = pd.DataFrame(
        {
            "ratio": np.exp(slopes / scale),
            "low": np.exp((slopes - 1.959964 * errors) / scale),
            "high": np.exp((slopes + 1.959964 * errors) / scale),
            "p": result.pvalues[1:-1],
        },
        index=design.columns.drop(CONSTANT),
    )
    return Model(
        expected=pd.Series(n * np.exp(scaled.to_numpy() @ result.params[:-1]), count.index),
        alpha=alpha,
        alpha_interval=(alpha * np.exp(-1.959964 * error), alpha * np.exp(1.959964 * error)),
        coefficients=table,
        log_likelihood=float(result.llf),
    )


def shrunk_rates(
    count: pd.Series, base: pd.Series, model: Model, *, level: float = 0.95, per: float = PER
) -> pd.DataFrame:
    """Rates drawn towards what is expected, by as much as each count is chance.

    With a gamma distribution of shape ``1 / alpha`` around the expected count ``E``,
    the true ratio given count ``x`` is gamma with shape ``x + 1 / alpha`` and rate
    ``E + 1 / alpha``.

    Parameters
    ----------
    count, base : pandas.Series
        Counts and populations.
    model : Model
        From :func:`fit`.
    level : float
        Of the interval.
    per : float
        Children that the rate is given for.

    Returns
    -------
    pandas.DataFrame
        ``rate``, ``expected_rate``, ``shrunk``, ``low``, ``high`` and ``weight``
        (share that the area's own count has in the shrunk rate).
    """
    x, n = checked(count, "count"), checked(base, "base", positive=True)
    shape, rate = x + 1 / model.alpha, model.expected + 1 / model.alpha
    scale = per * model.expected / n
    tails = (1 - level) / 2, (1 + level) / 2
    low, high = (gammaincinv(shape, p) / rate * scale for p in tails)
    return pd.DataFrame(
        {
            "rate": per * x / n,
            "expected_rate": scale,
            "shrunk": shape / rate * scale,
            "low": low,
            "high": high,
            "weight": model.expected / rate,
        },
        index=count.index,
    )


def rank_intervals(
    count: pd.Series, base: pd.Series, model: Model, *, seed: int, draws: int = 10_000,
    level: float = 0.95, top: int = 1, rounding: float = 0,
) -> pd.DataFrame:  # fmt: skip
    """Ranks of the true rates, with their intervals (1 is the highest).

    Parameters
    ----------
    count, base : pandas.Series
        Counts and populations.
    model : Model
        From :func:`fit`.
    seed : int
        Of the random draws.
    draws : int
        How many sets of true rates to draw.
    level : float
        Of the interval.
    top : int
        How many places count as the top.
    rounding : float
        Unit that counts were rounded to; each draw takes its counts evenly from
        what that allows.

    Returns
    -------
    pandas.DataFrame
        ``rank`` by the printed rate, ``mean_rank``, ``low``, ``high``, and
        ``in_top``: how often the area is among the ``top`` highest.

    Raises
    ------
    ValueError
        If ``top`` or ``draws`` is below 1.
    """
    if top < 1 or draws < 1:
        raise ValueError(f"top is {top} and draws {draws}: both must be 1 or more.")
    generator = np.random.default_rng(seed)
    slack = generator.uniform(-rounding / 2, rounding / 2, size=(draws, len(count)))
    shape = np.maximum(count.to_numpy() + slack, 0) + 1 / model.alpha
    scale = (model.expected / (base * (model.expected + 1 / model.alpha))).to_numpy()
    rates = generator.gamma(shape, scale, size=shape.shape)
    places = np.empty(rates.shape, dtype=int)
    np.put_along_axis(places, (-rates).argsort(axis=1), np.arange(1, rates.shape[1] + 1)[None], 1)
    low, high = np.quantile(
        places, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf"
    )
    return pd.DataFrame(
        {
            "rank": (-count / base).rank(method="min").astype(int),
            "mean_rank": places.mean(axis=0),
            "low": low.astype(int),
            "high": high.astype(int),
            "in_top": (places <= top).mean(axis=0),
        },
        index=count.index,
    )

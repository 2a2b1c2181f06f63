"""Area rates against area characteristics: which factors go with the rate, and how far.

Three questions that a scatter plot raises are kept apart: does the rate rise with the
factor (slope), do areas alike in the factor still differ beyond chance (spread that
remains), and does the spread itself grow with the factor (heteroscedasticity). All
are associations between areas; none says what would happen within one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import chi2, spearmanr
from statsmodels.stats.diagnostic import het_breuschpagan

SCALES = {"rate": lambda x: x, "square root": np.sqrt, "logarithm": np.log}
"""Scales on which the spread of rates is looked at."""


def _complete(*parts: pd.Series) -> list[pd.Series]:
    frame = pd.concat(parts, axis=1, keys=range(len(parts))).dropna()
    if len(frame) < 5:
        raise ValueError(
            f"only {len(frame)} areas have all figures: five are needed. Check the join of areas."
        )
    return [frame[i] for i in range(len(parts))]


def slopes(rate: pd.Series, factors: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Least-squares slope of the rate on each factor, one at a time.

    Parameters
    ----------
    rate : pandas.Series
        Rates by area.
    factors : pandas.DataFrame
        One column a factor, same index.
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        ``areas``; ``slope, low, high`` per unit of the factor and ``p`` (statsmodels
        OLS, HC3 covariance, t with n - 2 degrees of freedom); ``per_sd, per_sd_low,
        per_sd_high``: the slope and its interval for one standard deviation of the
        factor; ``r2``.

    Raises
    ------
    ValueError
        If fewer than five areas have a factor.
    """
    rows = {}
    for name in factors:
        y, x = _complete(rate, factors[name])
        fit = sm.OLS(y, sm.add_constant(x.rename("x"))).fit(cov_type="HC3", use_t=True)
        low, high = fit.conf_int(1 - level).loc["x"]
        per_sd = [x.std() * value for value in (fit.params["x"], low, high)]
        rows[name] = (len(y), fit.params["x"], low, high, fit.pvalues["x"], *per_sd, fit.rsquared)
    names = ["areas", "slope", "low", "high", "p", "per_sd", "per_sd_low", "per_sd_high", "r2"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).astype({"areas": int})


def remaining_spread(
    count: pd.Series, base: pd.Series, factors: pd.DataFrame, *, together: bool = False
) -> pd.DataFrame:
    """Spread beyond chance that is left between areas alike in a factor.

    A Poisson regression of the count on the factor and its square (so that a bend
    does not pass for spread), with the population as offset. Areas alike in the
    factor differ by no more than chance if Pearson's statistic is near its degrees
    of freedom.

    Parameters
    ----------
    count, base : pandas.Series
        Children looked after and children, by area.
    factors : pandas.DataFrame
        One column a factor, same index.
    together : bool
        Whether to put all factors into one regression (without squares).

    Returns
    -------
    pandas.DataFrame
        ``areas``; ``dispersion``: Pearson's statistic over its degrees of freedom (1
        is chance alone); ``p`` (chi-squared).

    Raises
    ------
    ValueError
        If fewer than five areas have a factor.
    """
    rows = {}
    for name in ["all together"] if together else list(factors):
        x, n, *parts = _complete(
            count, base, *(factors[f] for f in factors if together or f == name)
        )
        z = np.column_stack([(part - part.mean()) / part.std() for part in parts])
        design = sm.add_constant(z if together else np.column_stack([z, z**2]))
        fit = sm.GLM(x, design, family=sm.families.Poisson(), offset=np.log(n)).fit()
        rows[name] = (
            len(x), fit.pearson_chi2 / fit.df_resid, chi2.sf(fit.pearson_chi2, fit.df_resid)
        )  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index", columns=["areas", "dispersion", "p"])


def spread_with(rate: pd.Series, factor: pd.Series, scale: str = "rate") -> pd.Series:
    """Test whether rates spread more widely as a factor rises.

    Residuals are taken from the least-squares line of the rate on the factor.

    Parameters
    ----------
    rate, factor : pandas.Series
        By area.
    scale : {"rate", "square root", "logarithm"}
        Scale of the rate. Chance alone makes high rates vary more; on the square-root
        scale it does not, and on the logarithmic one spread is relative.

    Returns
    -------
    pandas.Series
        ``areas``; ``rs, p_rank``: rank correlation of the size of the residual with
        the factor; ``p_bp``: Koenker's studentised Breusch-Pagan test (statsmodels);
        ``one_out_low, one_out_high``: range of the rank correlation when each area
        is left out in turn.

    Raises
    ------
    ValueError
        If the scale is unknown or fewer than five areas are complete.
    """
    if scale not in SCALES:
        raise ValueError(f"scale {scale!r} is not one of: {', '.join(SCALES)}.")
    y, x = _complete(SCALES[scale](rate), factor)
    design = sm.add_constant(x)
    residual = sm.OLS(y, design).fit().resid
    test = spearmanr(x, residual.abs())
    out = []
    for area in y.index:
        kept = y.index != area
        left = sm.OLS(y[kept], design[kept]).fit().resid.abs()
        out.append(spearmanr(x[kept], left).statistic)
    return pd.Series(
        {
            "areas": len(y), "rs": test.statistic, "p_rank": test.pvalue,
            "p_bp": het_breuschpagan(residual, design)[1],
            "one_out_low": min(out), "one_out_high": max(out),
        }
    )  # fmt: skip


def alike(factor: pd.Series, areas: Sequence[str]) -> pd.Series:
    """Say how near a few areas lie to each other, among all pairs of areas.

    Parameters
    ----------
    factor : pandas.Series
        The characteristic of all areas, indexed by name.
    areas : sequence of str
        Those said to be alike.

    Returns
    -------
    pandas.Series
        ``gap`` (largest difference among them), ``share`` (share of all pairs of
        areas that lie at least as near), ``alike`` (whether under half do).

    Raises
    ------
    KeyError
        If an area is not in the factor.
    """
    values = factor.dropna().to_numpy()
    chosen = factor.loc[list(areas)]
    gap = float(chosen.max() - chosen.min())
    upper = np.triu_indices(len(values), 1)
    gaps = np.abs(values[:, None] - values[None, :])[upper]
    share = float((gaps <= gap).mean())
    return pd.Series({"gap": gap, "share": share, "alike": share < 0.5})

"""Where the variance of a rate lies: between areas, between years, within, and chance."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd


def within_between(
    frame: pd.DataFrame, y: str, *, entity: str = "unit_id", time: str = "year"
) -> pd.Series:
    """Split the sum of squares between areas, between years and the rest.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entity and time; rows without the outcome are left out.
    y : str
        Outcome column.
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    pandas.Series
        Percent of the sum of squares about the mean: ``between areas`` (entity means),
        ``within areas`` (the rest), and of the latter ``between years`` (time means of
        what is left). Exact for balanced panels; for others, areas are taken first.
    """
    rows = frame[[entity, time, y]].dropna()
    total = ((rows[y] - rows[y].mean()) ** 2).sum()
    inner = rows[y] - rows.groupby(entity)[y].transform("mean")
    common = inner.groupby(rows[time]).transform("mean")
    inside = (inner**2).sum()
    parts = {"between areas": total - inside, "within areas": inside,
             "between years": (common**2).sum()}  # fmt: skip
    return pd.Series(parts) / total * 100


def mixed(
    frame: pd.DataFrame, y: str, x: str = "1", *, entity: str = "unit_id", time: str = "year"
) -> pd.Series:
    """Estimate variance components with crossed random effects of areas and years.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entity and time; rows with a missing value are left out.
    y : str
        Outcome column.
    x : str
        Fixed part as a formula (``"1"`` for none).
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    pandas.Series
        ``fixed, authority, time, residual``: percent of the whole variance (that of the
        fixed part's fitted values and the three components; restricted maximum
        likelihood, statsmodels MixedLM), ``converged``, ``rows`` and ``years`` used.
    """
    import statsmodels.formula.api as smf

    told = set(re.findall(r"\w+", x))  # whole names: low_income is not low_income_same
    names = [name for name in frame if name in told and name not in (entity, time)]
    rows = frame[[entity, time, y, *names]].dropna()
    rows = rows.assign(whole=1, outcome=rows[y] / rows[y].std())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smf.mixedlm(
            f"outcome ~ {x}", rows, groups="whole", re_formula="0",
            vc_formula={"authority": f"0 + C({entity})", "time": f"0 + C({time})"},
        )  # fmt: skip
        fit = model.fit(reml=True, method="lbfgs")
    parts = dict(zip(model.exog_vc.names, fit.vcomp, strict=True))
    fitted = float(np.var(model.exog @ fit.fe_params.to_numpy()))
    values = pd.Series({"fixed": fitted, "authority": parts["authority"],
                        "time": parts["time"], "residual": fit.scale})  # fmt: skip
    years = f"{rows[time].min()} to {rows[time].max()}"
    about = {"converged": fit.converged, "rows": len(rows), "years": years}
    return pd.concat([100 * values / values.sum(), pd.Series(about)])


def chance(
    frame: pd.DataFrame, count: str, persons: str, *, per: float = 1e4, entity: str = "unit_id"
) -> pd.Series:
    """Give how much of the variance of a rate Poisson counting alone would make.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entity and time with counts and persons.
    count, persons : str
        Columns.
    per : float
        Unit of the rate.
    entity : str
        Column that names the areas.

    Returns
    -------
    pandas.Series
        Percent: ``of all variance`` and ``of variance within areas``; a Poisson count of
        mean m gives its rate the variance ``m (per / persons)^2``.
    """
    rows = frame[[entity, count, persons]].dropna()
    rate = per * rows[count] / rows[persons]
    noise = (rows[count] * (per / rows[persons]) ** 2).mean()
    inner = rate - rate.groupby(rows[entity]).transform("mean")
    inside = (inner**2).sum() / (len(rows) - rows[entity].nunique())
    return pd.Series(
        {
            "of all variance": 100 * noise / rate.var(),
            "of variance within areas": 100 * noise / inside,
        }
    )

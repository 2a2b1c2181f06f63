"""Nested analysis: a model of many areas says which few to study.

Lieberman (2005, American Political Science Review 99, 435-452): fit the model on all
areas; study areas on the line to test it and areas off the line to build on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student
from statsmodels.api import OLS, add_constant


class NestedError(ValueError):
    """A model that cannot be fitted: why, and what to do."""


@dataclass(frozen=True)
class LargeN:
    """A model of all areas.

    Parameters
    ----------
    cases : pandas.DataFrame
        One row an area: ``observed, fitted, residual`` (on the scale of the model),
        ``studentised`` (externally: by the model without the area), ``leverage, low,
        high`` (prediction interval of the model without the area) and ``position``;
        ``observed, fitted, low, high`` are on the scale of the outcome.
    coefficients : pandas.DataFrame
        ``estimate, low, high, p`` by term.
    r_squared, r_squared_adjusted, residual_sd : float
        Of the fit.
    hat : numpy.ndarray
        n by n, so that residuals of other outcomes with the same need are linear.
    log : bool
        Whether the model is of the outcome's logarithm.
    """

    cases: pd.DataFrame
    coefficients: pd.DataFrame
    r_squared: float
    r_squared_adjusted: float
    residual_sd: float
    hat: np.ndarray
    log: bool


def fit(
    frame: pd.DataFrame, outcome: str, need: Sequence[str], *, area: str = "area",
    log: bool = True, confidence: float = 0.95, near: float = 0.5,
) -> LargeN:  # fmt: skip
    """Fit the large-N model and place every area on or off the line.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an area.
    outcome : str
        Column of the rate.
    need : sequence of str
        Columns of what stands for need.
    area : str
        Column with the area's name.
    log : bool
        Whether to model the logarithm of the outcome: rates are above zero and
        spread more where they are higher.
    confidence : float
        Of the intervals of coefficients and predictions.
    near : float
        An area is ``on the line`` where its studentised residual lies within ± this,
        ``off the line`` where its observed value lies outside its prediction
        interval, else ``between``.

    Returns
    -------
    LargeN
        By ordinary least squares; coefficient intervals with the HC3 covariance and
        the t distribution.

    Raises
    ------
    NestedError
        If a value is missing, a logged outcome is not above zero, or there are too few
        areas for the terms.
    """
    columns = [outcome, *need]
    gaps = frame[columns].isna().any(axis=1)
    if gaps.any():
        raise NestedError(
            f"{frame.loc[gaps.idxmax(), area]} has no value in one of: {', '.join(columns)}. "
            "Leave the area out, and say so."
        )
    if len(frame) < len(need) + 4:
        raise NestedError(
            f"{len(frame)} areas are too few for {len(need)} terms. Use fewer terms or more areas."
        )
    table = frame.set_index(area)
    if log and not (table[outcome] > 0).all():
        raise NestedError(
            f"{table[outcome].idxmin()} has {outcome} {table[outcome].min():g}: no logarithm. "
            "Model the outcome as it is (log=False)."
        )
    scale, back = (np.log, np.exp) if log else (np.asarray, np.asarray)
    response = pd.Series(scale(table[outcome]), index=table.index)
    found = OLS(response, add_constant(table[list(need)].astype(float))).fit()
    robust = found.get_robustcov_results("HC3", use_t=True)
    influence = found.get_influence()
    leverage, outside = influence.hat_matrix_diag, influence.resid_studentized_external
    rest = found.df_resid - 1
    spread = np.sqrt(influence.sigma2_not_obsi / (1 - leverage))
    centre = response - found.resid / (1 - leverage)  # predicted by the others
    reach = student.ppf((1 + confidence) / 2, rest) * spread
    limit = student.ppf((1 + confidence) / 2, rest)
    position = np.select(
        [np.abs(outside) <= near, outside > limit, outside < -limit],
        ["on the line", "off the line, above", "off the line, below"],
        default="between",
    )
    cases = pd.DataFrame(
        {"observed": table[outcome], "fitted": back(found.fittedvalues),
         "residual": found.resid, "studentised": outside, "leverage": leverage,
         "low": back(centre - reach), "high": back(centre + reach), "position": position}
    )  # fmt: skip
    interval = robust.conf_int(1 - confidence)
    coefficients = pd.DataFrame(
        {"estimate": robust.params, "low": interval[:, 0], "high": interval[:, 1],
         "p": robust.pvalues},
        index=pd.Index(["constant", *need], name="term"),
    )  # fmt: skip
    design = found.model.exog
    hat = design @ np.linalg.pinv(design)
    return LargeN(
        cases,
        coefficients,
        found.rsquared,
        found.rsquared_adj,
        float(np.sqrt(found.scale)),
        hat,
        log,
    )


def under_rounding(
    model: LargeN, low: pd.Series, high: pd.Series, *, draws: int, seed: int
) -> pd.DataFrame:
    """Residuals over all outcomes that the rounding of the counts allows.

    Parameters
    ----------
    model : LargeN
        The fit.
    low, high : pandas.Series
        Interval of each area's outcome, by area.
    draws : int
        Sets of outcomes, each drawn evenly between low and high.
    seed : int
        Of the random generator.

    Returns
    -------
    pandas.DataFrame
        By area: ``low``, ``high`` (2.5% and 97.5% of the residual over the draws, on
        the scale of the model) and
        ``same_sign`` (share of draws in which the residual keeps its sign).
    """
    order = model.cases.index
    rng = np.random.default_rng(seed)
    ends = low.reindex(order).to_numpy(), high.reindex(order).to_numpy()
    drawn = rng.uniform(*ends, size=(draws, len(order)))
    drawn = np.log(drawn) if model.log else drawn
    residual = drawn - drawn @ model.hat.T
    bottom, top = np.quantile(residual, [0.025, 0.975], axis=0)
    same = (np.sign(residual) == np.sign(model.cases["residual"].to_numpy())).mean(axis=0)
    return pd.DataFrame({"low": bottom, "high": top, "same_sign": same}, index=order)


def ratios(model: LargeN, rounding: pd.DataFrame) -> pd.DataFrame:
    """Observed over expected outcome, with what rounding allows.

    Parameters
    ----------
    model : LargeN
        Of the outcome's logarithm.
    rounding : pandas.DataFrame
        As :func:`under_rounding` gives it.

    Returns
    -------
    pandas.DataFrame
        By area: ``observed, expected, ratio, ratio_low, ratio_high, studentised,
        position``.

    Raises
    ------
    NestedError
        If the model is of the outcome as it is.
    """
    if not model.log:
        raise NestedError("Ratios come from a model of the logarithm. Fit with log=True.")
    cases = model.cases
    return pd.DataFrame(
        {"observed": cases["observed"], "expected": cases["fitted"],
         "ratio": np.exp(cases["residual"]), "ratio_low": np.exp(rounding["low"]),
         "ratio_high": np.exp(rounding["high"]), "studentised": cases["studentised"],
         "position": cases["position"]}
    )  # fmt: skip


def pick(
    model: LargeN, chosen: Sequence[str] = (), *, each_side: int = 2, on: int = 1
) -> pd.DataFrame:
    """Pick cases by their residuals: off the line to learn from, on it to test.

    Parameters
    ----------
    model : LargeN
        The fit.
    chosen : sequence of str
        Cases that were in fact studied, to be marked.
    each_side : int
        How many of the areas furthest above the line, and as many below it.
    on : int
        How many of the areas nearest to it.

    Returns
    -------
    pandas.DataFrame
        By area, furthest above first: ``picked`` (why), ``observed, expected,
        studentised, position`` (an area far from the line for this set may still lie
        inside its interval) and ``studied``.

    Raises
    ------
    NestedError
        If too few areas lie on one side.
    """
    order = model.cases.sort_values("studentised", ascending=False)
    above, below = order[order["studentised"] > 0], order[order["studentised"] < 0]
    if min(len(above), len(below)) < each_side:
        raise NestedError(f"Fewer than {each_side} areas lie on one side of the line.")
    ends = [*above.index[:each_side], *below.index[len(below) - each_side :]]
    middle = order.drop(index=ends)["studentised"].abs().nsmallest(on).index
    why = dict.fromkeys(ends[:each_side], "furthest above")
    why |= dict.fromkeys(middle, "nearest to the line")
    why |= dict.fromkeys(ends[each_side:], "furthest below")
    rows = order.loc[[area for area in order.index if area in why]]
    return pd.DataFrame(
        {"picked": rows.index.map(why), "observed": rows["observed"], "expected": rows["fitted"],
         "studentised": rows["studentised"], "position": rows["position"],
         "studied": rows.index.isin(list(chosen))},
        index=rows.index,
    )  # fmt: skip


def compare(
    options: Mapping[str, Mapping], outcome: str, areas: Sequence[str], *, near: float = 0.5
) -> pd.DataFrame:
    """Place the same areas under several models.

    Parameters
    ----------
    options : mapping of str to mapping
        By name: ``frame``, ``need`` and, if wanted, ``log``, as in :func:`fit`.
    outcome : str
        Column of the rate.
    areas : sequence of str
        Areas to place.
    near : float
        As in :func:`fit`.

    Returns
    -------
    pandas.DataFrame
        One row an option: studentised residual of each area, ``adjusted R squared``,
        ``off the line`` (all areas outside their interval, joined).
    """
    rows = {}
    for name, option in options.items():
        model = fit(
            option["frame"], outcome, option["need"], log=option.get("log", True), near=near
        )
        off = model.cases.index[model.cases["position"].str.startswith("off")]
        rows[name] = {
            **model.cases.loc[list(areas), "studentised"],
            "adjusted R squared": model.r_squared_adjusted,
            "off the line": "; ".join(off) or "none",
        }
    return pd.DataFrame(rows).T.infer_objects()

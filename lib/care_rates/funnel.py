"""Funnel plots: which areas lie further from a target than chance would put them.

:func:`judge` applies one rule (see :mod:`care_rates.funnel_rules`) to areas and says
which limit each one crosses and whether the rounding of counts could change that;
:func:`compare` sets several rules side by side, since tools disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.funnel_rules import LEVELS, Rule, curve, limits, suffix, target_rate
from care_rates.intervals import PER, checked
from care_rates.overdispersion import dispersion, z_scores


def crossings(count: object, bounds: pd.DataFrame, levels: Sequence[float] = LEVELS) -> np.ndarray:
    """Count the limits that each area crosses.

    Parameters
    ----------
    count : array-like of float
        Observed counts.
    bounds : pandas.DataFrame
        From :func:`limits`.
    levels : sequence of float
        Levels to look at, inner first.

    Returns
    -------
    numpy.ndarray
        0 inside all limits, 1 or 2 above the first or second, negative below; a
        count on a limit is inside; missing where count or limit is.
    """
    x = np.asarray(count, dtype=float)
    flag = np.where(np.isnan(x) | bounds.isna().any(axis=1), np.nan, 0.0)
    for level in levels:
        low, high = (bounds[f"{end}_{suffix(level)}"].to_numpy() for end in ("low", "high"))
        flag = flag + (x > high) - (x < low)
    return flag


def words(flag: object, levels: Sequence[float] = LEVELS) -> list[str]:
    """Say in words which limit is crossed.

    Parameters
    ----------
    flag : array-like of float
        From :func:`crossings`.
    levels : sequence of float
        The levels, inner first.

    Returns
    -------
    list of str
        ``inside``, ``above 95%``, ``below 99.8%`` … or ``not known``.
    """
    names = {0: "inside"} | {
        side * (i + 1): f"{way} {100 * level:g}%"
        for i, level in enumerate(levels)
        for side, way in ((1, "above"), (-1, "below"))
    }
    return ["not known" if np.isnan(f) else names[int(f)] for f in np.asarray(flag, float)]


def judge(
    count: pd.Series, base: pd.Series, rule: Rule | None = None, *, rounding: object = 0.0,
    expected: pd.Series | None = None, per: float = PER,
) -> pd.DataFrame:  # fmt: skip
    """Apply one rule to areas, with what rounding of their counts could change.

    Rounding moves an area and the target. The flag is worked out at the two corners
    that lie furthest apart: the area as low as rounding allows with every other
    count as high as it allows, and the reverse. A flag that is the same in both
    cannot be an effect of rounding.

    Parameters
    ----------
    count, base : pandas.Series
        One row an area; a missing count stays missing.
    rule : Rule, optional
        How to draw the funnel.
    rounding : float or array-like
        Unit that counts were rounded to, for all or area by area (5 in Wales).
    expected : pandas.Series, optional
        Expected counts of a model, instead of one target for all.
    per : float
        Children that the rates are given for.

    Returns
    -------
    pandas.DataFrame
        ``count, base, rate, expected, z``, ``rounded_low, rounded_high`` (rates that
        rounding allows), limits as rates, ``flag`` (limits crossed,
        signed), ``position`` (in words), ``lowest_flag, highest_flag``, ``certain``
        (whether rounding leaves the flag as it is) and ``settled`` (1 above, -1 below
        the inner limits whatever rounding did, else 0). ``attrs`` holds the
        ``target`` (per ``per``) and the ``dispersion``.
    """
    rule = rule or Rule()
    x, n = checked(count, "count"), checked(base, "base", positive=True)
    half = np.broadcast_to(np.asarray(rounding, float) / 2, x.shape)
    least, most = np.maximum(x - half, 0), x + half
    if expected is None:
        middle, low_target, high_target = (target_rate(v, n, rule.target) for v in (x, least, most))
        means = [target * n for target in (middle, low_target, high_target)]
    else:
        means = [checked(expected, "expected", positive=True)] * 3
        middle = float(np.nansum(means[0]) / np.nansum(n))
    spread = dispersion(x, means[0], rule.scale, rule.treatment, rule.share)
    bounds = [limits(mean, rule, spread) for mean in means]
    flag = crossings(x, bounds[0], rule.levels)
    lowest = crossings(least, bounds[2], rule.levels)
    highest = crossings(most, bounds[1], rule.levels)
    out = pd.DataFrame(
        {"count": x, "base": n, "rate": per * x / n, "expected": means[0],
         "z": z_scores(x, means[0], rule.scale),
         "rounded_low": per * least / n, "rounded_high": per * most / n}
    ).join(bounds[0].mul(per / n, axis=0))  # fmt: skip
    out = out.assign(
        flag=flag, position=words(flag, rule.levels), lowest_flag=lowest, highest_flag=highest,
        certain=(lowest == highest),
        settled=np.where(lowest * highest > 0, np.sign(flag), flag * 0),
    )  # fmt: skip
    out.index = count.index
    out.attrs |= {"target": per * middle, "dispersion": spread}
    return out


def compare(
    count: pd.Series, base: pd.Series, rules: Mapping[str, Rule], rounding: object = 0.0
) -> pd.DataFrame:
    """Set the flags of several rules side by side.

    Parameters
    ----------
    count, base : pandas.Series
        One row an area.
    rules : mapping of str to Rule
        Rules by name.
    rounding : float or array-like
        Unit that counts were rounded to.

    Returns
    -------
    pandas.DataFrame
        One column a rule with the position in words; an asterisk marks a position
        that rounding could change.
    """
    judged = {name: judge(count, base, rule, rounding=rounding) for name, rule in rules.items()}
    return pd.DataFrame(
        {
            name: table["position"] + np.where(table["certain"], "", " *")
            for name, table in judged.items()
        }
    )


def judge_groups(
    frame: pd.DataFrame, by: str, count: str, base: str, rule: Rule | None = None, *,
    rounding: str | float = 0.0, points: int = 40,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Judge areas group by group, each against its own target: a funnel a year.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an area and group.
    by, count, base : str
        Columns: group, observed count, population.
    rule : Rule, optional
        How to draw the funnels.
    rounding : str or float
        Column with the unit that each count was rounded to, or one unit for all.
    points : int
        Points of each curve.

    Returns
    -------
    tuple of pandas.DataFrame
        The frame's other columns with those of :func:`judge`; and the curves, with
        ``by`` in front.
    """
    judged, curves = [], []
    for name, part in frame.groupby(by, sort=True):
        unit = part[rounding] if isinstance(rounding, str) else rounding
        table = judge(part[count], part[base], rule, rounding=unit)
        line = curve(part[base], table.attrs["target"], rule, table.attrs["dispersion"],
                     points=points)  # fmt: skip
        other = part.drop(columns=[c for c in (count, base, *table) if c in part])
        judged.append(other.join(table.assign(target=table.attrs["target"])))
        curves.append(line.assign(**{by: name}))
    return pd.concat(judged), pd.concat(curves, ignore_index=True)


def false_alarms(
    expected: pd.Series, rule: Rule | None = None, *, seed: int, draws: int = 10_000,
    rounding: float = 0,
) -> dict[str, float]:  # fmt: skip
    """Simulate how often an area whose true rate is the target falls outside.

    Parameters
    ----------
    expected : pandas.Series
        Expected counts of the areas.
    rule : Rule, optional
        Limits that allow for chance alone.
    seed : int
        Of the random draws.
    draws : int
        Sets of Poisson counts.
    rounding : float
        Unit that drawn counts are rounded to before they are judged.

    Returns
    -------
    dict of str to float
        Share of areas outside, by level (``95``, ``99_8``).
    """
    rule = rule or Rule()
    bounds = limits(expected, rule)
    drawn = np.random.default_rng(seed).poisson(expected, size=(draws, len(expected)))
    if rounding:
        drawn = np.round(drawn / rounding) * rounding
    out = {}
    for level in map(suffix, rule.levels):
        low, high = bounds[f"low_{level}"].to_numpy(), bounds[f"high_{level}"].to_numpy()
        out[level] = float(((drawn < low) | (drawn > high)).mean())
    return out

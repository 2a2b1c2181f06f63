"""Funnel plots: which areas lie further from a target than chance would put them.

:func:`judge` applies one rule (see :mod:`care_rates.funnel_rules`) to areas and says
which limit each one crosses and whether the rounding of counts could change that;
:func:`compare` sets several rules side by side, since tools disagree. Rates, ratios
(``expected``) and proportions (``Rule(kind="proportion")``) are judged alike.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_rates.funnel_flags import crossings, words
from care_rates.funnel_rules import Rule, curve, limits, suffix, target_rate
from care_rates.intervals import checked
from care_rates.overdispersion import dispersion, z_scores


def judge(
    count: pd.Series, base: pd.Series, rule: Rule | None = None, *, rounding: object = 0.0,
    base_rounding: object = 0.0, expected: pd.Series | None = None, per: float | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Apply one rule to areas, with what rounding of their counts could change.

    Rounding moves an area and the target. The flag is worked out at the two corners
    that lie furthest apart: the area as low as rounding allows with every other
    count as high as it allows, and the reverse. A flag that is the same in both
    cannot be an effect of rounding. A base that is itself rounded (the whole of a
    proportion often is) is moved along: an area is lowest with the largest base.

    Parameters
    ----------
    count, base : pandas.Series
        One row an area; a missing count stays missing. For a proportion the part and
        the whole.
    rule : Rule, optional
        How to draw the funnel.
    rounding : float or array-like
        Unit that counts were rounded to, for all or area by area (5 in Wales).
    base_rounding : float or array-like
        Unit that the base was rounded to.
    expected : pandas.Series, optional
        Expected counts of a model, instead of one target for all.
    per : float, optional
        What the rates are given for: 10,000 children, or 100 for a proportion, unless
        told.

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
    per = rule.per if per is None else per
    x, n = checked(count, "count"), checked(base, "base", positive=True)
    if rule.kind == "proportion" and (x > n).any():
        at = count.index[int(np.argmax(x > n))]
        raise ValueError(f"{at}: a part of {count[at]:g} exceeds its whole of {base[at]:g}.")
    (least, most), (small, large) = _ends(x, rounding, 0.0), _ends(n, base_rounding, 1.0)
    if rule.kind == "proportion":
        least, most = np.minimum(least, large), np.minimum(most, small)
    if expected is None:
        corners = ((x, n), (least, large), (most, small))
        middle, low_target, high_target = (target_rate(v, w, rule.target) for v, w in corners)
        if rule.kind == "proportion":  # rounding alone must not push a target to none or all
            low_target, high_target = np.clip([low_target, high_target], 1e-9, 1 - 1e-9)
        means = [middle * n, low_target * small, high_target * large]
    else:
        known = checked(expected, "expected", positive=True)
        means = [known, known * small / n, known * large / n]
        middle = float(np.nansum(known) / np.nansum(n))
    spread = dispersion(x, means[0], rule.scale, rule.treatment, rule.share, rule.whole(n))
    bounds = [
        limits(mean, rule, spread, size)
        for mean, size in zip(means, (n, small, large), strict=True)
    ]
    flag = crossings(x, bounds[0], rule.levels)
    lowest = crossings(least, bounds[2], rule.levels)
    highest = crossings(most, bounds[1], rule.levels)
    out = pd.DataFrame(
        {"count": x, "base": n, "rate": per * x / n, "expected": means[0],
         "z": z_scores(x, means[0], rule.scale, rule.whole(n)),
         "rounded_low": per * least / large, "rounded_high": per * most / small}
    ).join(bounds[0].mul(per / n, axis=0))  # fmt: skip
    out = out.assign(
        flag=flag, position=words(flag, rule.levels), lowest_flag=lowest, highest_flag=highest,
        certain=(lowest == highest),
        settled=np.where(lowest * highest > 0, np.sign(flag), flag * 0),
    )  # fmt: skip
    out.index = count.index
    out.attrs |= {"target": per * middle, "dispersion": spread}
    return out


def _ends(values: np.ndarray, unit: object, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Least and most that rounding to a unit allows, the least not under a floor."""
    half = np.broadcast_to(np.asarray(unit, float) / 2, values.shape)
    return np.where(half > 0, np.maximum(values - half, floor), values), values + half


def compare(
    count: pd.Series, base: pd.Series, rules: Mapping[str, Rule], rounding: object = 0.0,
    base_rounding: object = 0.0,
) -> pd.DataFrame:  # fmt: skip
    """Set the flags of several rules side by side.

    Parameters
    ----------
    count, base : pandas.Series
        One row an area.
    rules : mapping of str to Rule
        Rules by name.
    rounding, base_rounding : float or array-like
        Units that counts and bases were rounded to.

    Returns
    -------
    pandas.DataFrame
        One column a rule with the position in words; an asterisk marks a position
        that rounding could change.
    """
    units = {"rounding": rounding, "base_rounding": base_rounding}
    judged = {name: judge(count, base, rule, **units) for name, rule in rules.items()}
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
    rounding: float = 0, total: pd.Series | None = None,
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
        Sets of Poisson counts, or binomial ones for a proportion.
    rounding : float
        Unit that drawn counts are rounded to before they are judged.
    total : pandas.Series, optional
        Whole numbers that the counts are parts of, for a proportion.

    Returns
    -------
    dict of str to float
        Share of areas outside, by level (``95``, ``99_8``).
    """
    rule = rule or Rule()
    bounds = limits(expected, rule, total=total)
    generator, size = np.random.default_rng(seed), (draws, len(expected))
    if rule.kind == "proportion":
        drawn = generator.binomial(total.astype(int), expected / total, size=size)
    else:
        drawn = generator.poisson(expected, size=size)
    if rounding:
        drawn = np.round(drawn / rounding) * rounding
    out = {}
    for level in map(suffix, rule.levels):
        low, high = bounds[f"low_{level}"].to_numpy(), bounds[f"high_{level}"].to_numpy()
        out[level] = float(((drawn < low) | (drawn > high)).mean())
    return out

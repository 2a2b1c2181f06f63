"""Readings of footnote 11 of the 2013 Welsh report, and how many statements each gives back.

The note does not say which average its funnel stands on, how wide it is, or whether an
area by a line counts as outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import pandas as pd

from care_rates import cordis, funnel
from care_rates.areas import slug
from care_rates.claims import Register
from care_rates.funnel_rules import Rule


def footnote(both: pd.DataFrame, home: pd.Series, alone: pd.DataFrame, column: str) -> dict:
    """Work out footnote 11: which Welsh areas are average once England is included.

    Parameters
    ----------
    both : pandas.DataFrame
        Areas of both countries, from :func:`care_rates.funnel.judge`.
    home : pandas.Series
        Whether an area is Welsh.
    alone : pandas.DataFrame
        Welsh areas judged by themselves, by the same rule.
    column : {"settled", "flag"}
        Outside whatever rounding did, or as the published counts stand.

    Returns
    -------
    dict
        Position of each Welsh area (sign), ``average`` (names of those inside),
        ``below_count``, ``fewer_average``.
    """
    position = both.loc[home, column]
    inside = cordis.names(position.index[position == 0])
    return dict(position) | {
        "average": inside,
        "below_count": int((position < 0).sum()),
        "fewer_average": len(inside) < int((alone[column] == 0).sum()),
    }


def labels_given_back(
    register: Register, prefix: str, values: Mapping, single: Sequence[str]
) -> dict:
    """Count the printed statements that one reading gives back.

    Parameters
    ----------
    register : care_rates.claims.Register
        The claims.
    prefix : str
        Leading parts of the ids.
    values : mapping
        Computed values by the rest of the id.
    single : sequence of str
        Areas whose labels are counted together.

    Returns
    -------
    dict
        ``labels``: how many of the single areas agree; then ``yes`` or ``no`` for
        every other statement.
    """
    agree = {
        key: register.judge(f"{prefix}.{'.'.join(map(slug, key.split('.')))}", value).status
        == "exact"
        for key, value in values.items()
    }
    rest = {key: "yes" if same else "no" for key, same in agree.items() if key not in single}
    return {"labels": sum(agree[key] for key in single)} | rest


def footnote_readings(
    both: pd.DataFrame, rounding: pd.Series, home: pd.Series, register: Register
) -> pd.DataFrame:
    """Count what each reading of footnote 11 gives back.

    Parameters
    ----------
    both : pandas.DataFrame
        ``cla_number, persons_0_17`` of the authorities of both countries.
    rounding : pandas.Series
        Unit that each count was rounded to.
    home : pandas.Series
        Whether an area is Welsh.
    register : care_rates.claims.Register
        The claims.

    Returns
    -------
    pandas.DataFrame
        One row a reading (target, kind of limits, level, outside for sure or as
        counted), best first: ``labels of 22``, and whether the other three
        statements agree.
    """
    rows = {}
    for centre, kind, level in product(
        ("total", "mean"), ("interpolated", "interval", "normal"), (0.95, 0.998)
    ):
        rule = Rule(target=centre, limits=kind, levels=(level,))
        together, alone = (
            funnel.judge(
                part["cla_number"], part["persons_0_17"], rule, rounding=rounding[part.index]
            )
            for part in (both, both[home])
        )
        for how, column in (("for sure", "settled"), ("as counted", "flag")):
            values = footnote(together, home, alone, column)
            name = f"{centre}, {kind}, {100 * level:g}%, {how}"
            rows[name] = labels_given_back(register, "cordis.note11", values, list(alone.index))
    out = pd.DataFrame.from_dict(rows, orient="index").rename_axis("reading")
    out.columns = ["labels of 22", "list of six", "none below", "fewer than in Figure 13"]
    return out.sort_values("labels of 22", ascending=False, kind="stable")


def size_readings(
    level: pd.Series, distance: pd.Series, flag: pd.Series, chance: float, alpha: float
) -> pd.DataFrame:
    """Say what "population size explains differences" could mean, and what each gives.

    Parameters
    ----------
    level : pandas.Series
        ``rs, p`` of the rate with size (p adjusted for the family of factors).
    distance : pandas.Series
        ``rs, p`` of the distance from the national rate with size.
    flag : pandas.Series
        Limits that each area crosses in the funnel, signed.
    chance : float
        Share of the variance of rates that chance at these sizes gives.
    alpha : float
        Of the tests.

    Returns
    -------
    pandas.DataFrame
        One row a reading: ``measure``, ``value`` and whether size ``explains``.
    """
    inside = int((flag == 0).sum())
    further = distance["rs"] < 0 and distance["p"] < alpha
    found = ["rank correlation with the rate", "rank correlation with the distance",
             "areas inside the 95% limits", "percent of the variance"]  # fmt: skip
    return pd.DataFrame(
        {"measure": found,
         "value": [f"{level['rs']:.2f}", f"{distance['rs']:.2f}", f"{inside} of {flag.size}",
                   f"{100 * chance:.1f}"],
         "size explains": ["yes" if level["p"] < alpha else "no", "yes" if further else "no",
                           f"for {inside}, not for {flag.size - inside}",
                           "a part" if chance < 0.5 else "most"]},
        index=pd.Index(["the rate is higher or lower in large areas",
                        "small areas lie further from the Welsh rate",
                        "a difference that chance at that size could give",
                        "spread that chance at these sizes gives"], name="reading"),
    )  # fmt: skip

"""Numbers in sentences: how the page of an authority words what it found."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from care_rates.printed import fixed

KINDS = {
    "Metropolitan": "a metropolitan district", "London borough": "a London authority",
    "County": "a county council", "Unitary": "a unitary authority",
}  # fmt: skip


def number(value: float, decimals: int = 0) -> str:
    """Write a number for a reader.

    Parameters
    ----------
    value : float
        Any finite number, or missing.
    decimals : int
        Decimals.

    Returns
    -------
    str
        With commas and a true minus sign; "not known" if missing.
    """
    if pd.isna(value):
        return "not known"
    text = fixed(float(value), decimals)
    if float(text) == 0:
        text = text.lstrip("-")
    whole, point, rest = text.partition(".")
    return (re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole) + point + rest).replace("-", "−")


def span(low: float, high: float, decimals: int = 0, unit: str = "") -> str:
    """Write an interval.

    Parameters
    ----------
    low, high : float
        Its ends.
    decimals : int
        Decimals.
    unit : str
        Put after both ends (``%``).

    Returns
    -------
    str
        For instance ``137 to 152``.
    """
    return f"{number(low, decimals)}{unit} to {number(high, decimals)}{unit}"


def percent(alpha: float) -> str:
    """Write a coverage.

    Parameters
    ----------
    alpha : float
        One less the coverage.

    Returns
    -------
    str
        For instance ``95%``.
    """
    return f"{100 * (1 - alpha):g}%"


def moved(change: float) -> str:
    """Say which way and by how much something moved.

    Parameters
    ----------
    change : float
        In percent.

    Returns
    -------
    str
        ``rose by 12%``, ``fell by 3%`` or ``hardly changed``.
    """
    if abs(change) < 0.5:
        return "hardly changed"
    return f"{'rose' if change > 0 else 'fell'} by {number(abs(change))}%"


def apart(change: float) -> str:
    """Say how far one thing lies above or below another.

    Parameters
    ----------
    change : float
        In percent.

    Returns
    -------
    str
        ``12% higher than``, ``3% lower than`` or ``about the same as``.
    """
    if abs(change) < 0.5:
        return "about the same as"
    return f"{number(abs(change))}% {'higher' if change > 0 else 'lower'} than"


def beyond(low: float, high: float) -> str:
    """Say whether an interval of a change leaves chance as an explanation.

    Parameters
    ----------
    low, high : float
        Ends, zero meaning no change.

    Returns
    -------
    str
        A clause.
    """
    if low > 0 or high < 0:
        return "more than chance alone would make"
    return "no more than chance alone could make"


def position(words: str) -> str:
    """Turn the word of a funnel into a clause.

    Parameters
    ----------
    words : str
        From :func:`care_rates.funnel.words`.

    Returns
    -------
    str
        ``above the upper 95% limit``, ``inside the 95% limits`` …
    """
    if words == "inside":
        return "inside the 95% limits"
    side, _, level = words.partition(" ")
    return f"{side} the {'upper' if side == 'above' else 'lower'} {level} limit"


def listed(items: Sequence[str]) -> str:
    """Join names as English does.

    Parameters
    ----------
    items : sequence of str
        Names.

    Returns
    -------
    str
        ``a``, ``a and b``, ``a, b and c``; empty for none.
    """
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def councils(names: Sequence[str]) -> str:
    """Join names of councils that may hold an "and" of their own.

    Parameters
    ----------
    names : sequence of str
        Names.

    Returns
    -------
    str
        ``the councils of Cumberland and of Westmorland and Furness``.
    """
    return f"the councils of {' and of '.join(names)}"


def times(count: int, thing: str) -> str:
    """Count things.

    Parameters
    ----------
    count : int
        How many.
    thing : str
        Singular.

    Returns
    -------
    str
        ``no year``, ``1 year``, ``4 years``.
    """
    if count == 1:
        return f"1 {thing}"
    plural = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number(count)} {plural}" if count else f"no {thing}"


def rounding(unit: float, certain: bool) -> str:
    """Say what the rounding of counts could do to a position in a funnel.

    Parameters
    ----------
    unit : float
        Unit that the area's count was rounded to; 0 for none.
    certain : bool
        Whether rounding leaves the position as it is.

    Returns
    -------
    str
        A sentence.
    """
    if not unit:
        return "The count is printed to the child, so rounding does not touch this."
    told = f"The counts are rounded to the nearest {number(unit)}"
    if certain:
        return f"{told}, and no rounding could change these positions."
    return f"{told}, and that alone could move it across a limit."


def date(day: pd.Timestamp) -> str:
    """Write a day.

    Parameters
    ----------
    day : pandas.Timestamp
        Any day.

    Returns
    -------
    str
        For instance ``5 September 2022``.
    """
    return f"{day.day} {day:%B %Y}"


def chance_of_moves(started: float, ceased: float) -> float:
    """Change of a stock in a year that chance alone could make (95%).

    The difference of two Poisson counts has the variance of their sum (Skellam 1946).

    Parameters
    ----------
    started, ceased : float
        Children who came into care and left it in the year.

    Returns
    -------
    float
        ``1.96 √(started + ceased)``.
    """
    return float(1.959964 * np.sqrt(started + ceased))

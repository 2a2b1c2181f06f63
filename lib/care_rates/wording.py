"""How a claim and what was computed of it are put to a reader.

The ledger keeps what a program can read (``1.07e+04``, ``151.0``, ``case_studies``).
Here it is written as the report printed its own value: the same unit, the same form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from care_rates.areas import REGIONS
from care_rates.names import slug
from care_rates.printed import parse

MEANINGS = {
    "exact": "the computed value rounds to the printed text",
    "within input rounding": "the rounding of the published inputs allows it",
    "close": "a later release moved the figures, by no more than a band set beforehand",
    "direction only": "the sign agrees, the size does not",
    "contradicted": "the figures say otherwise",
    "inconsistent in the report": "the report's own printed figures disagree",
    "not computable": "the figures needed are not public",
    "out of scope": "a citation, an interview or a judgement that no figure decides",
    "not yet checked": "registered, and computable, but not yet computed here",
}
"""What each status of a claim means, in a sentence without its subject."""

TOPICS = {
    "ages": "ages of the children",
    "case_studies": "case studies",
    "change": "change over the years",
    "courts": "courts",
    "demand": "demand for services",
    "drivers": "what drives demand",
    "finance": "spending and unit costs",
    "flows": "starting and leaving care",
    "forecast": "forecasts",
    "innovation": "Innovation Programme",
    "method": "method and coverage",
    "model": "optimised model",
    "ofsted": "Ofsted judgements",
    "placements": "placements",
    "plans": "child protection plans",
    "population": "population",
    "poverty": "poverty and deprivation",
    "prevention": "prevention",
    "rates": "rates of children in care",
    "workforce": "social workers",
}
FLAGS = {
    "sign": "the sign turns",
    "significance": "the significance changes",
    "rank": "the order differs",
    "set": "the list differs",
}
"""What a decision flag says."""

_SIGNS = {"about": "about ", "<": "under ", ">": "over ", "<=": "at most ", ">=": "at least "}
_WORDS = {
    "increase": ("a fall", "no change", "a rise", " of "),
    "decrease": ("a fall", "no change", "a rise", " of "),
    "no change": ("a fall", "no change", "a rise", " of "),
    "higher": ("lower", "neither higher nor lower", "higher", " by "),
    "lower": ("lower", "neither higher nor lower", "higher", " by "),
    "positive": ("negative", "none", "positive", ", "),
    "negative": ("negative", "none", "positive", ", "),
    "none": ("negative", "none", "positive", ", "),
    "yes": ("no", "no", "yes", ", "),
    "no": ("no", "no", "yes", ", "),
}
"""By printed direction: words for below, at and above zero, and what joins them to the size."""
_REGIONS = {slug(name): name for name in REGIONS}
_DIGITS = re.compile(r"\d[\d,]*\.?\d*|\.\d+")
_TINY = Decimal("0.0001")


def printed(row: Mapping) -> str:
    """Write the published value: as printed, with its relation in words.

    Parameters
    ----------
    row : mapping
        ``published`` and ``relation`` of a claim.

    Returns
    -------
    str
        For instance ``under .001`` or ``about £7.4bn``.
    """
    return _SIGNS.get(row["relation"], "") + names(row["published"])


def names(text: str) -> str:
    """Turn ids of regions, alone or in a list, into their names.

    Parameters
    ----------
    text : str
        For instance ``outer_london; Wales``.

    Returns
    -------
    str
        For instance ``Outer London; Wales``.
    """
    return "; ".join(_REGIONS.get(part.strip(), part.strip()) for part in text.split(";"))


def topic(name: str) -> str:
    """Give a topic's plain name.

    Parameters
    ----------
    name : str
        As in the register.

    Returns
    -------
    str
        For instance ``spending and unit costs``; an unknown topic stays, without underscores.
    """
    return TOPICS.get(name, name.replace("_", " "))


def shown(row: Mapping) -> str:
    """Write the computed value in the unit and form of the published one.

    Parameters
    ----------
    row : mapping
        ``published``, ``relation``, ``computed`` and ``status`` of a claim, as in the
        ledger and in the records.

    Returns
    -------
    str
        Plain text. ``£8.48 billion`` beside ``£8.6 billion``, ``151`` beside ``151``,
        ``a fall of 2.27`` beside ``decrease``. A size of just 1 stands for a sign and is
        left out. What is no number stays as it is; nothing computed gives nothing.
    """
    computed, relation = str(row["computed"]).strip(), row["relation"]
    if not computed or relation in ("rank", "set"):
        return names(computed)
    if relation == "direction":
        return _direction(row["published"], computed)
    if relation == "range":
        ends = re.split(r"\s+(?:to|and)\s+", row["published"].strip())
        parts = computed.split(" to ")
        if len(ends) == len(parts) == 2:
            return " to ".join(_like(a, b) for a, b in zip(ends, parts, strict=True))
        return computed
    text = _like(row["published"], computed)
    holds = row["status"] == "exact" and relation in ("<", ">")
    return f"just {_SIGNS[relation]}{text}" if holds and _at(row["published"], computed) else text


def _at(limit: str, computed: str) -> bool:
    """Tell whether a number, as rounded for the ledger, is the limit itself."""
    number, printed_limit = _decimal(computed), parse(limit)
    if number is None or printed_limit is None:
        return False
    return float(number) == printed_limit.value / 10**printed_limit.scale


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _direction(published: str, computed: str) -> str:
    number = _decimal(computed)
    if number is None or published not in _WORDS:
        return computed
    below, at, above, joined = _WORDS[published]
    word = above if number > 0 else below if number < 0 else at
    if abs(number) in (0, 1) or published in ("yes", "no"):
        return word
    return word + joined + _plain(number if joined == ", " else abs(number), grouped=True)


def _like(published: str, computed: str) -> str:
    """Write a number as another is printed: its currency, scale, percent sign, zeros."""
    number = _decimal(computed)
    if number is None:
        return computed
    found = _DIGITS.search(published)
    if not found:  # printed as a word
        return _plain(number)
    digits = found[0]
    pounds = "£" if "£" in published[: found.start()] else ""
    kept = len(digits.replace(",", "").partition(".")[2])
    grouped = "," in digits or bool(pounds)
    text = _plain(abs(number), kept, grouped)
    if digits.startswith("."):
        text = re.sub(r"(?<!\d)0\.", ".", text)
    plus = "+" if published.lstrip().startswith("+") and number > 0 else ""
    return f"{'−' if number < 0 else plus}{pounds}{text}{published[found.end() :].rstrip()}"


def _plain(number: Decimal, kept: int = 0, grouped: bool = False) -> str:
    """Write a number without exponent, and without zeros beyond the decimals to keep."""
    if 0 < abs(number) < _TINY:
        return f"{'−' if number < 0 else ''}under 0.0001"
    text = f"{abs(number):f}"
    while len(text.partition(".")[2]) > kept and text.endswith("0"):
        text = text[:-1]
    whole, point, rest = text.partition(".")
    if len(whole) > 3 and (grouped or len(whole) > 4):
        whole = f"{int(whole):,}"
    return ("−" if number < 0 else "") + whole + (point + rest if rest else "")

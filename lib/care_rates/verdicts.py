"""The rules that turn a computed value into a status.

A status is computed, never typed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from care_rates.arithmetic import Implied
from care_rates.printed import Printed, fixed, parse_range

SIGNED = ("change", "share_change", "points", "growth", "correlation")
DIRECTIONS = {
    "increase": 1, "positive": 1, "higher": 1, "yes": 1,
    "decrease": -1, "negative": -1, "lower": -1, "no": -1,
    "no change": 0, "none": 0,
}  # fmt: skip
STATUSES = (
    "exact",
    "within input rounding",
    "close",
    "direction only",
    "contradicted",
    "inconsistent in the report",
    "not computable",
    "out of scope",
    "not yet checked",
)
"""All statuses, best first; the last one is for claims that no notebook checks yet."""
MISSES = ("close", "direction only", "contradicted", "inconsistent in the report")


class ClaimError(ValueError):
    """A register, or a check against it, that does not hold together."""


@dataclass(frozen=True)
class Claim:
    """One published statement that can be checked: a row of the register."""

    claim_id: str
    locator: str
    statement: str
    published: str
    relation: str
    unit: str
    quantity: str
    kind: str
    topic: str
    needs: str
    scope: str
    scope_reason: str
    formula: str
    number: Printed | None = field(default=None, compare=False)

    @property
    def report(self) -> str:
        """Short name of the report, the first part of the id."""
        return self.claim_id.partition(".")[0]


@dataclass(frozen=True)
class Verdict:
    """What a computed value does to a claim.

    Parameters
    ----------
    status : str
        One of ``STATUSES``.
    computed : str
        The computed value as text, one decimal more than printed.
    decision_flag : str
        ``significance``, ``sign``, ``rank`` or ``set`` where that flips, else empty.
    """

    status: str
    computed: str
    decision_flag: str = ""


def judge(claim: Claim, value, low=None, high=None, bands: pd.DataFrame | None = None) -> Verdict:
    """Turn a computed value into a status.

    The rules, in this order: it rounds to the printed text (``exact``); the interval
    that the inputs' rounding allows meets the printed one (``within input rounding``);
    it lies in the preset band of its kind of quantity (``close``); only the sign of a
    signed quantity agrees (``direction only``); else ``contradicted``.

    Parameters
    ----------
    claim : Claim
        The claim.
    value : float, bool, str, pair of float or pandas.Series
        What was computed. For a rank: the names in order, or a number by name of which
        the highest comes first.
    low, high : float or pandas.Series, optional
        Interval that the rounding of the inputs allows. For a rank by name: the printed
        order is possible where no name must lie above one printed before it.
    bands : pandas.DataFrame, optional
        ``absolute`` and ``relative`` by quantity.

    Returns
    -------
    Verdict
        Status, computed text and decision flag.

    Raises
    ------
    ClaimError
        If the value is of the wrong kind for the claim, or missing.
    """
    if claim.relation == "range":
        return _judge_range(claim, value, bands)
    if claim.relation == "rank" and isinstance(value, pd.Series):
        return _judge_order(claim, value, low, high)
    if claim.relation in ("rank", "set"):
        return _judge_names(claim, value)
    if claim.relation == "direction":
        return _judge_direction(claim, value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ClaimError(f"{claim.claim_id}: {value!r} is not a number.") from None
    if not math.isfinite(number):
        raise ClaimError(f"{claim.claim_id}: the computed value is missing ({number}).")
    low = number if low is None else float(low)
    high = number if high is None else float(high)
    if claim.relation in ("<", ">", "<=", ">="):
        return _judge_threshold(claim, number, low, high)
    return _judge_number(claim, claim.number, number, low, high, bands)


def _judge_number(claim, printed, number, low, high, bands) -> Verdict:
    text = _text(claim, printed, number)
    if printed.write(number) == fixed(printed.value / 10**printed.scale, printed.decimals):
        return Verdict("exact", text)
    if low <= printed.high and high >= printed.low and low < high:
        return Verdict("within input rounding", text)
    signed = claim.quantity in SIGNED and number * printed.value != 0
    flag = "sign" if signed and number * printed.value < 0 else ""
    kinds = [claim.quantity] + (["about"] if claim.relation == "about" else [])
    for kind in kinds:
        if bands is not None and kind in bands.index and not flag:
            absolute = bands.at[kind, "absolute"] * per(claim.unit)
            band = max(absolute, bands.at[kind, "relative"] * abs(printed.value))
            if abs(number - printed.value) <= band + printed.half:
                return Verdict("close", text)
    if signed and not flag:
        return Verdict("direction only", text)
    return Verdict("contradicted", text, flag)


def per(unit: str) -> float:
    """Size of a unit beside the one that the bands are set for.

    Parameters
    ----------
    unit : str
        Of a claim, for instance ``per 1,000 children``.

    Returns
    -------
    float
        0.1 for a rate per 1,000, since bands are for rates per 10,000; 1 for other units.
    """
    base = re.match(r"per ([\d,]+) ", f"{unit} ")
    return float(base[1].replace(",", "")) / 10_000 if base else 1.0


def _text(claim: Claim, printed: Printed, number: float) -> str:
    """Write a computed number with a decimal more than printed, up to a thousand; counts whole."""
    single = claim.quantity == "count" and not printed.scale
    whole = single and abs(number - round(number)) < 1e-9
    return printed.write(number, more=int(not whole and abs(number) < 1000 * 10**printed.scale))


def _size(number: float) -> str:
    """Write a number with three significant digits, never in powers of ten."""
    text = f"{number:.3g}"
    if "e" not in text:
        return text
    return fixed(number, max(0, 2 - math.floor(math.log10(abs(number)))))


def _judge_threshold(claim, number, low, high) -> Verdict:
    limit = claim.number.value
    below = claim.relation.startswith("<")
    strict = len(claim.relation) == 1

    def holds(x: float) -> bool:
        return (
            (x < limit if strict else x <= limit)
            if below
            else (x > limit if strict else x >= limit)
        )

    text = _text(claim, claim.number, number)
    if claim.quantity == "p_value":
        text = _size(number) if number >= 1e-4 else "below 0.0001"
    if holds(number):
        return Verdict("exact", text)
    if holds(low) or holds(high):
        return Verdict("within input rounding", text)
    return Verdict("contradicted", text, "significance" if claim.quantity == "p_value" else "")


def _judge_range(claim, value, bands) -> Verdict:
    try:
        ends = [float(end) for end in value]
        printed = parse_range(claim.published)
        verdicts = [
            _judge_number(claim, p, x, x, x, bands) for p, x in zip(printed, ends, strict=True)
        ]
    except (TypeError, ValueError):
        raise ClaimError(
            f"{claim.claim_id}: give the two ends of the range, not {value!r}."
        ) from None
    worst = max(verdicts, key=lambda v: STATUSES.index(v.status))
    return Verdict(worst.status, " to ".join(v.computed for v in verdicts), worst.decision_flag)


def _judge_names(claim, value) -> Verdict:
    names = [value] if isinstance(value, str) else list(value)
    parts = [part.strip() for name in names for part in str(name).split(";") if part.strip()]
    text = "; ".join(parts)
    found = [part.casefold() for part in parts]
    wanted = [part.strip().casefold() for part in claim.published.split(";") if part.strip()]
    same = sorted(found) == sorted(wanted) if claim.relation == "set" else found == wanted
    return Verdict("exact", text) if same else Verdict("contradicted", text, claim.relation)


def _judge_order(claim, value: pd.Series, low, high) -> Verdict:
    wanted = [part.strip() for part in claim.published.split(";")]
    unknown = [name for name in wanted if name not in value.index]
    if unknown:
        raise ClaimError(f"{claim.claim_id}: no computed value is named {unknown[0]!r}.")
    order = value.sort_values(ascending=False, kind="stable").index[: len(wanted)]
    text = "; ".join(map(str, order))
    if list(order) == wanted:
        return Verdict("exact", text)
    if low is not None and high is not None:
        names = wanted + [name for name in value.index if name not in wanted]
        after = low[names].iloc[::-1].cummax().iloc[::-1].shift(-1, fill_value=-math.inf)
        if (high[wanted] >= after[wanted]).all():
            return Verdict("within input rounding", text)
    return Verdict("contradicted", text, "rank")


def _judge_direction(claim, value) -> Verdict:
    wanted = DIRECTIONS[claim.published]
    if isinstance(value, str):
        if value not in DIRECTIONS:
            raise ClaimError(f"{claim.claim_id}: {value!r} is not a direction.")
        found, text = DIRECTIONS[value], value
    elif isinstance(value, bool | np.bool_):
        found, text = (1 if value else -1), ("yes" if value else "no")
    else:
        number = float(value)
        if not math.isfinite(number):
            raise ClaimError(f"{claim.claim_id}: the computed value is missing ({number}).")
        found, text = (number > 0) - (number < 0), _size(number)
    if found == wanted:
        return Verdict("exact", text)
    tested = claim.kind in ("associational", "causal")
    flag = "sign" if found * wanted < 0 else "significance" if tested else ""
    return Verdict("contradicted", text, flag)


def judge_implied(claim: Claim, implied: Implied) -> Verdict:
    """Decide an arithmetic claim from what the report's other figures imply.

    Parameters
    ----------
    claim : Claim
        With a formula.
    implied : Implied
        What the formula gives.

    Returns
    -------
    Verdict
        ``exact``, ``within input rounding`` or ``inconsistent in the report``.
    """
    if claim.relation == "direction":
        wanted = DIRECTIONS[claim.published] > 0
        text = "yes" if implied.value else "no"
        if implied.value == wanted:
            return Verdict("exact", text)
        can = implied.high if wanted else not implied.low
        return Verdict("within input rounding" if can else "inconsistent in the report", text)
    verdict = judge(claim, implied.value, implied.low, implied.high)
    if verdict.status in ("exact", "within input rounding"):
        return verdict
    return Verdict("inconsistent in the report", verdict.computed, verdict.decision_flag)

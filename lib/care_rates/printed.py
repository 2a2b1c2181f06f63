"""Read a number as a report prints it, and write a computed one the same way.

A printed value with *d* decimals stands for itself ± half a unit of its last
decimal: ``45.6`` for 45.55 to 45.65, ``£4.2 billion`` for 4.15 to 4.25 billion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

SCALES = {
    "thousand": 3, "k": 3, "million": 6, "m": 6, "mn": 6, "billion": 9, "bn": 9, "b": 9,
}  # fmt: skip
WORDS = {
    "zero": 0, "no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "double": 2,
    "half": 0.5, "a third": 0.333, "a quarter": 0.25, "triple": 3, "twice": 2,
}  # fmt: skip
_NUMBER = re.compile(
    r"^(?P<sign>[-+−–]?)\s*£?\s*(?P<sign2>[-+−–]?)(?P<digits>\d[\d,]*\.?\d*|\.\d+)\s*"
    r"(?P<scale>thousand|million|billion|bn|mn|m|k|b)?\s*(?P<percent>%|percent|per cent|p)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Printed:
    """A printed number.

    Parameters
    ----------
    text : str
        As printed.
    value : float
        The number in full units (``£4.2 billion`` is 4.2e9).
    half : float
        Half a unit of the last printed digit.
    decimals : int
        Printed decimals.
    scale : int
        Power of ten of a word or letter (9 for billion).
    """

    text: str
    value: float
    half: float
    decimals: int
    scale: int = 0

    @property
    def low(self) -> float:
        """Lowest value that prints so."""
        return self.value - self.half

    @property
    def high(self) -> float:
        """Highest value that prints so."""
        return self.value + self.half

    def write(self, value: float, more: int = 0) -> str:
        """Write a computed number with as many decimals as the printed one.

        Parameters
        ----------
        value : float
            In full units.
        more : int
            Extra decimals.

        Returns
        -------
        str
            Rounded half away from zero, without thousands separators.
        """
        return fixed(value / 10**self.scale, self.decimals + more)


def fixed(value: float, decimals: int) -> str:
    """Round half away from zero to a fixed number of decimals, as text.

    Parameters
    ----------
    value : float
        Any finite number; float noise below 1e-9 of it is taken off first.
    decimals : int
        Decimals to keep; never fewer than none.

    Returns
    -------
    str
        For instance ``fixed(2.345, 2) == "2.35"``; zero has no sign.
    """
    number = Decimal(f"{value:.12g}")
    text = str(number.quantize(Decimal(1).scaleb(-max(decimals, 0)), rounding=ROUND_HALF_UP))
    return text.lstrip("-") if not text.strip("-0.") else text


def parse(text: str) -> Printed | None:
    """Parse a printed number.

    Parameters
    ----------
    text : str
        ``45.6``, ``-.249``, ``655,630``, ``£4.2 billion``, ``15%``, ``three`` …

    Returns
    -------
    Printed or None
        None where the text is not a single number (a name, a range, a direction).
    """
    plain = text.strip()
    if plain.lower() in WORDS:
        return Printed(text, float(WORDS[plain.lower()]), 0.0, 0)
    match = _NUMBER.match(plain)
    if not match:
        return None
    digits = match["digits"].replace(",", "")
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    decimals = len(digits.partition(".")[2])
    scale = SCALES[match["scale"].lower()] if match["scale"] else 0
    negative = any(match[part] in ("-", "−", "–") for part in ("sign", "sign2"))
    unit = Decimal(10) ** scale
    value = float(number * unit) * (-1 if negative else 1)
    return Printed(text, value, float(Decimal(5).scaleb(-decimals - 1) * unit), decimals, scale)


def parse_range(text: str) -> tuple[Printed, Printed] | None:
    """Parse ``a to b``.

    Parameters
    ----------
    text : str
        For instance ``-5.6 to 10`` or ``£28 to £510``.

    Returns
    -------
    tuple of Printed or None
        Lower and upper end as printed; None where the text is no range.
    """
    ends = [parse(part) for part in re.split(r"\s+(?:to|and)\s+", text.strip())]
    if len(ends) != 2 or None in ends:
        return None
    return ends[0], ends[1]

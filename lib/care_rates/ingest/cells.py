"""Read one published cell: a number, a marker, or something that stops."""

from __future__ import annotations

import re
from decimal import Decimal

MARKERS = {
    "c": "c", "x": "x", "z": "z", "u": "u", "low": "low", ".": ".", "..": "..", "-": "-",
    "*": "*", ":": "..", "k": "low", "~": "low", "–": "-", "—": "-",
    "…": "..", "...": "..",
}  # fmt: skip
"""Publishers' markers and the flag that each becomes. ``:`` is the department's older
sign for not available (as ``..``), ``k`` and ``~`` its other signs for a figure too low
to show (as ``low``); word processors make ``…`` of dots and ``—`` of a dash."""

HINTS = (
    (re.compile(r"#(n/a|ref!|value!|div/0!|name\?|num!|null!)|#+", re.I),
     "is what a spreadsheet shows in place of a figure: the figure is lost"),
    (re.compile(r"[<>≤≥].*|\d+\s*(to|-|–)\s*\d+", re.I),
     "is a range and not a figure; put the publisher's marker for a figure withheld (c)"),
    (re.compile(r"n/?a|null|none|nan|missing|not .*", re.I),
     "does not say which kind of gap it is: z not applicable, .. not available, c withheld"),
    (re.compile(r"[\d.,]+\s*%"), "is a percentage; the sign does not belong in the cell"),
    (re.compile(r"[\d.,]+e[+-]?\d+", re.I),
     "was shortened by a spreadsheet: the last digits are lost"),
    (re.compile(r"\d{1,3}([ ']\d{3})+"),
     "has a space or a mark in it; write thousands with a comma or together"),
)  # fmt: skip
"""What is met in files that were saved again, and what to say of it."""

ASIDES = {"r", "p", "e", "t", "b", "a"}
"""Marks beside a figure (revised, provisional, estimated, total, break, average)."""

_NUMBER = re.compile(r"(\d+|\d{1,3}([,\xa0\u2009\u202f])\d{3}(?:\2\d{3})*)(\.\d+)?", re.ASCII)
_ASIDE = re.compile(r"(.*\d)\s*[\[(]?\s*(?<![a-z])([a-z]|\d{1,2}(?=[\])]))\s*[\])]?", re.IGNORECASE)


class CellError(ValueError):
    """A cell that is neither a number nor a known marker."""


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet could run a cell.

    Parameters
    ----------
    text : str
        The cell, stripped.

    Returns
    -------
    bool
        True for cells that start with ``=`` or ``@``, or with ``+`` or ``-`` and are
        not a plain number or a lone dash.
    """
    if text[:1] in ("=", "@"):
        return True
    return text[:1] in ("+", "-") and len(text) > 1 and not _NUMBER.fullmatch(text[1:].strip())


def parse_cell(text: str) -> tuple[str, str]:
    """Split a cell into value and flag.

    Parameters
    ----------
    text : str
        As printed: ``1,234``, ``12.50``, ``c``, ``[x]``, ``15 (r)``, ``8 [u]``.

    Returns
    -------
    tuple of str
        The value without separators and trailing zeros, or nothing; the flag, or
        nothing. A blank cell gives nothing for both: it is never a zero.

    Raises
    ------
    CellError
        If it is neither a number nor a known marker, or below zero.
    """
    if not text:
        return "", ""
    bare = text.strip("[]()").strip().lower() if len(text) > 1 else text.lower()
    if bare in MARKERS:
        return "", MARKERS[bare]
    if is_formula(text):
        raise CellError(f"{text[:40]!r} looks like a formula; it was not run.")
    aside = _ASIDE.fullmatch(text)
    flag = ""
    if aside and not _NUMBER.fullmatch(text):
        text, mark = aside[1].strip(), aside[2].lower()
        if mark == "u":
            flag = "u"
        elif not (mark in ASIDES or mark.isdigit()):
            raise CellError(f"{aside[0][:40]!r} has the unknown mark {mark!r} beside it.")
    if text.startswith("-") and _NUMBER.fullmatch(text[1:].strip()):
        raise CellError(f"{text[:40]!r} is below zero.")
    if not _NUMBER.fullmatch(text):
        known = next((said for form, said in HINTS if form.fullmatch(text)), None)
        more = f": it {known}" if known else ""
        raise CellError(f"{text[:40]!r} is neither a number nor a known marker{more}.")
    plain = re.sub(r"[,\xa0\u2009\u202f]", "", text)
    if len(plain) > 12:
        raise CellError(f"{text[:40]!r} is too large for any figure here.")
    return canonical(plain), flag


def canonical(number: str) -> str:
    """Write a number as the tables do: no trailing zeros, no exponent.

    Parameters
    ----------
    number : str
        Digits with or without decimals.

    Returns
    -------
    str
        For instance ``11`` for ``11.0``.
    """
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def heading(text: str) -> str:
    """Bring a heading to the form in which headings are compared.

    Parameters
    ----------
    text : str
        As printed.

    Returns
    -------
    str
        Lower case, footnote marks such as ``(1)`` and ``[note 2]`` gone, runs of
        spaces and dashes as one underscore, ``%`` as ``perc`` (the department has
        written ``turnover_rate_fte_%`` too).
    """
    text = text.replace("%", "perc")
    text = re.sub(r"[\[(](?:note )?\d{1,2}[\])]", "", text.strip("\ufeff ").lower())
    return re.sub(r"[\s\-_]+", "_", text.strip()).strip("_")

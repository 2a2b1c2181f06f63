"""CSV text: read it strictly, write it so that no spreadsheet runs a cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pandas as pd

_NUMBER = re.compile(r"[+-]?\s*£?\s*(\d[\d,]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*%?|[+-]inf")
_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def rows(
    content: bytes, fault: Callable[[int, str, str], Exception]
) -> tuple[list[str], dict[int, list[str]]]:
    """Read a CSV file that has a heading.

    Parameters
    ----------
    content : bytes
        The file: UTF-8 without a byte-order mark.
    fault : callable
        Called as ``fault(line, what, remedy)``; gives the exception to raise.

    Returns
    -------
    header : list of str
        The heading.
    body : dict of int to list of str
        Line number to cells, as many as in the heading.

    Raises
    ------
    Exception
        What ``fault`` gives, at the first line that is not as it should be.
    """
    if not content.strip():
        raise fault(1, "the file is empty.", "Restore it from the repository.")
    if content.startswith(b"\xef\xbb\xbf"):
        raise fault(1, "begins with a byte-order mark.", "Save it as plain UTF-8.")
    at = content.find(b"\0")
    if at >= 0:
        raise fault(content.count(b"\n", 0, at) + 1, "holds a NUL byte.", "Restore the file.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise fault(line, f"not UTF-8 at byte {error.start}.", "Save it as UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    body: dict[int, list[str]] = {}
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return header, body
        except csv.Error as error:
            remedy = "Look at the quotes of this row in a text editor."
            raise fault(line, f"cannot be read ({error}).", remedy) from None
        if not header:
            header = cells
            twice = {name for name in header if header.count(name) > 1}
            if twice or not all(name.strip() for name in header):
                what = f"the heading has {sorted(twice)[0]!r} twice." if twice else "no heading."
                raise fault(1, what, "Give each column a name of its own.")
        elif len(cells) != len(header):
            field = header[min(len(cells), len(header) - 1)]
            what = f"{len(cells)} cells where the heading has {len(header)}."
            raise fault(line, f"field {field}: {what}", "Quote cells that hold commas.")
        else:
            body[line] = cells
        line = reader.line_num + 1


def inert(text: object) -> object:
    """Keep a spreadsheet from taking a text for a formula.

    Parameters
    ----------
    text : object
        A cell.

    Returns
    -------
    object
        With an apostrophe in front if it starts with ``= + - @``, a tab or a carriage
        return and is not a number or a lone sign; anything else as it is.
    """
    if not isinstance(text, str) or len(text) < 2:
        return text
    risky = text.lstrip("'").startswith(_SIGNS) and not _NUMBER.fullmatch(text)
    return f"'{text}" if risky else text


def original(text: str) -> str:
    """Take away the apostrophe that :func:`inert` put in front.

    Parameters
    ----------
    text : str
        A cell as read.

    Returns
    -------
    str
        What was written.
    """
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(_SIGNS) else text


def write(frame: pd.DataFrame) -> str:
    """Write a frame as CSV for download: eight digits, line feeds, no live cell.

    Parameters
    ----------
    frame : pandas.DataFrame
        The index is not kept.

    Returns
    -------
    str
        The text.
    """
    out = frame.copy()
    out.columns = [inert(str(name)) for name in out.columns]
    for place, kind in enumerate(out.dtypes):
        if not pd.api.types.is_numeric_dtype(kind) and kind.kind not in "mM":
            out.isetitem(place, out.iloc[:, place].map(inert))
    return out.to_csv(index=False, lineterminator="\n", float_format="%.8g")

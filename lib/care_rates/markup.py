"""HTML of tables and figures: escaped, labelled, the same in every page."""

from __future__ import annotations

import re
from html import escape

import numpy as np
import pandas as pd

from care_rates import wording
from care_rates.printed import fixed


def cell(value: object, decimals: int | None = None) -> str:
    """Write one value for a reader.

    Parameters
    ----------
    value : object
        Number, text, date or missing.
    decimals : int, optional
        Decimals of numbers; without it whole numbers have none and others up to
        three significant digits.

    Returns
    -------
    str
        Plain text, not escaped; a missing value is an en dash.
    """
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return "–"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%d %B %Y}".lstrip("0")
    if not isinstance(value, (int, float)) and not hasattr(value, "dtype"):
        return str(value)
    number = float(value)
    if decimals is None:
        whole = number == int(number)
        decimals = 0 if whole or abs(number) >= 1000 else 1 if abs(number) >= 10 else 2
    text = fixed(number, decimals).replace("-", "−")
    digits, point, rest = text.partition(".")
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", digits) + point + rest if len(digits) > 4 else text


def table(frame: pd.DataFrame, decimals: dict[str, int] | int | None = None) -> str:
    """Turn a frame into an accessible HTML table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Shown as it is: give readable column names. A named index becomes the row
        headings; an unnamed one is left out.
    decimals : dict or int, optional
        Decimals of all columns, or by column. A column of whole numbers has none unless
        it is named; a p value (``p``, or a name with that word) that would round to
        nought is written as below the smallest number shown.

    Returns
    -------
    str
        ``<table>`` with ``scope`` on every heading; all text is escaped.
    """
    shown = frame.reset_index() if any(frame.index.names) else frame
    heads = len(frame.index.names) if any(frame.index.names) else 1
    numeric = [pd.api.types.is_numeric_dtype(shown[c]) for c in shown.columns]
    per = decimals if isinstance(decimals, dict) else {}
    if not isinstance(decimals, dict):
        per = {c: 0 if n and _whole(shown[c]) else decimals
               for c, n in zip(shown.columns, numeric, strict=True)}  # fmt: skip
    chances = [n and "p" in re.split(r"[^A-Za-z]+", str(c))
               for c, n in zip(shown.columns, numeric, strict=True)]  # fmt: skip
    kinds = [' class="n"' if n else "" for n in numeric]
    top = "".join(
        f'<th scope="col"{k}>{escape(str(c))}</th>'
        for c, k in zip(shown.columns, kinds, strict=True)
    )
    body = []
    for row in shown.itertuples(index=False):
        cells = []
        for i, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            digits = per.get(shown.columns[i])
            least = 10.0 ** -(2 if digits is None else digits)
            small = chances[i] and 0 <= value < least / 2
            text = escape(f"<{least:g}" if small else cell(value, digits))
            tag = '<th scope="row"' if i < heads else "<td"
            cells.append(f"{tag}{kind}>{text}</{tag[1:3]}>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"<table><thead><tr>{top}</tr></thead>\n<tbody>\n" + "\n".join(body) + "\n</tbody></table>"
    )


def _whole(column: pd.Series) -> bool:
    """Tell whether all numbers of a column are whole ones."""
    numbers = column.dropna().to_numpy(dtype=float)
    return bool(np.isfinite(numbers).all() and (numbers == np.round(numbers)).all())


MARKS = {
    "exact": "✓",
    "within input rounding": "≈",
    "close": "~",
    "direction only": "±",
    "contradicted": "✗",
}
"""Signs of the statuses in a grid; the word stands beside each for who cannot see it."""


def grid(rows: list[dict], index: list[str], columns: list[str]) -> str:
    """Set a whole published table beside the computed one.

    Parameters
    ----------
    rows : list of dict
        ``published``, ``computed`` and ``status`` of each cell, row by row.
    index, columns : list of str
        Labels of rows and columns.

    Returns
    -------
    str
        ``<table>``: for each column the published and the computed value, with a sign
        for the status.
    """
    wide = "".join(f'<th scope="colgroup" colspan="2">{escape(c)}</th>' for c in columns)
    pair = '<th scope="col" class="n">published</th><th scope="col" class="n">computed</th>'
    body = []
    cells = iter(rows)
    for label in index:
        parts = []
        for row in (next(cells) for _ in columns):
            first = row["status"].split()[0]
            parts.append(
                f'<td class="n">{escape(wording.printed(row))}</td>'
                f'<td class="n st st-{escape(first)}">'
                f'{escape(wording.shown(row))} <span aria-hidden="true">'
                f"{MARKS.get(row['status'], '?')}</span>"
                f'<span class="sr">{escape(row["status"])}</span></td>'
            )
        body.append(f'<tr><th scope="row">{escape(label)}</th>{"".join(parts)}</tr>')
    return (
        f'<table class="grid"><thead><tr><th scope="col" rowspan="2">row</th>{wide}</tr>'
        f"<tr>{pair * len(columns)}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


LONG = 40
"""Rows from which a table has a window of its own, and a field to find a row."""


def figure(
    content: str, *, kind: str, name: str, caption: str, source: str, links: str = ""
) -> str:
    """Put a table or picture into a figure with caption and source.

    Parameters
    ----------
    content : str
        HTML or SVG, already escaped.
    kind : {"figure", "table", "check"}
        What it is.
    name : str
        Anchor, unique on the page.
    caption, source : str
        Plain text.
    links : str
        HTML of the download links.

    Returns
    -------
    str
        ``<figure>`` element.
    """
    below = f'<span class="source">Source: {escape(source)}</span>' if source else ""
    label = escape(caption)
    tall = " long" if kind == "table" and content.count("<tr>") > LONG else ""
    wide = (
        f'<div class="scroll{tall}" tabindex="0" role="group" aria-label="{label}">{content}</div>'
    )
    inner = content if kind == "figure" else wide
    return (
        f'<figure class="cr cr-{kind}" id="{escape(name)}">{inner}'
        f"<figcaption><span>{escape(caption)}</span> {below} {links}</figcaption></figure>"
    )


def describe_svg(svg: str, alt: str) -> str:
    """Give a static chart its text alternative.

    Parameters
    ----------
    svg : str
        From vl-convert, which drops the chart's description.
    alt : str
        What the chart shows, in words.

    Returns
    -------
    str
        With ``role="img"`` and ``aria-label``, able to shrink with the page; what is
        inside has no roles of its own.
    """
    head, rest = svg.split(">", 1)
    head = re.sub(r'\s(role|aria-label|style)="[^"]*"', "", head)
    rest = re.sub(r'\s(?:role|aria-label|aria-roledescription|aria-hidden)="[^"]*"', "", rest)
    label = escape(alt, quote=True)
    return f'{head} role="img" aria-label="{label}" style="max-width:100%;height:auto">{rest}'

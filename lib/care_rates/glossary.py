"""The glossary: the words of the reports, and those of today."""

from __future__ import annotations

import csv
from html import escape
from pathlib import Path

from care_rates.names import slug
from care_rates.wording import MEANINGS

KINDS = {"term": "Words of children's social care", "method": "Words of method"}


def page() -> str:
    """Write the glossary page.

    Returns
    -------
    str
        HTML of the text: lists of terms with their meanings, and of the statuses of claims.
    """
    path = Path(__file__).resolve().parent / "assets" / "glossary.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    parts = [
        "<h1>Glossary</h1>",
        '<p class="lead">What the words mean here. The reports use some of them differently; '
        "where they do, it says so.</p>",
    ]
    for kind, title in KINDS.items():
        parts.append(f'<h2 id="{kind}">{title}</h2><dl class="glossary">')
        for row in sorted((r for r in rows if r["kind"] == kind), key=lambda r: r["term"].lower()):
            also = f" <em>Also: {escape(row['also_called'])}.</em>" if row["also_called"] else ""
            parts.append(
                f'<dt id="{slug(row["term"])}">{escape(row["term"])}</dt>'
                f"<dd>{escape(row['meaning'])}{also}</dd>"
            )
        parts.append("</dl>")
    parts.append('<h2 id="status">What can become of a claim</h2><dl class="glossary">')
    for status, meaning in MEANINGS.items():
        parts.append(
            f'<dt id="status-{slug(status)}">{escape(status)}</dt>'
            f"<dd>A status of a claim: {escape(meaning)}.</dd>"
        )
    parts.append("</dl>")
    return "".join(parts)

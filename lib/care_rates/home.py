"""The first page, made of the records alone."""

from __future__ import annotations

import re
from html import escape

import pandas as pd

from care_rates import citing, csvtext, markup, paths
from care_rates.claims import REPORTS, STATUSES
from care_rates.ledger import headline, scorecard
from care_rates.notebook_page import SiteError, title_of
from care_rates.report import CLAIM_FIELDS
from care_rates.wording import MEANINGS

SHORTEST = 40
"""A first sentence of fewer characters (``No.``) is no answer by itself."""


def claims() -> pd.DataFrame:
    """Read the ledger that ``06_synthesis`` wrote.

    Returns
    -------
    pandas.DataFrame
        ``outputs/results/claims.csv``, all text.
    """
    path = paths.outputs() / "results" / "claims.csv"
    remedy = "Run `care-rates run`."
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise SiteError(f"{path} cannot be read ({error}). {remedy}") from None
    if not {*CLAIM_FIELDS, "topic", "anchor"} <= set(rows):
        raise SiteError(f"{path} is not the ledger: columns are missing. {remedy}")
    return rows.map(csvtext.original)


def answers() -> list[dict]:
    """Collect the one-sentence answers that the notebooks recorded.

    Returns
    -------
    list of dict
        ``notebook``, ``question``, ``answer``, in notebook order.
    """
    found = []
    for path in sorted((paths.outputs() / "records").glob("[0-9][0-9]_*.json")):
        record = paths.read_json(path)
        found += [{"notebook": record["notebook"], **row} for row in record.get("answers", [])]
    return found


def readme_parts() -> dict[str, str]:
    """Write the parts of the README that quote the records.

    Returns
    -------
    dict of str to str
        Markdown: the headline, the answers, and a table, one row a report.
    """
    card = scorecard(claims())
    first, _, rest = headline(card).partition(". ")
    miss = ("close", "direction only", "contradicted", "inconsistent in the report")
    rows = [
        "| report | decided | stand | close | sign only | contradicted | inconsistent |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, row in card.iterrows():
        held = int(row.get("exact", 0) + row.get("within input rounding", 0))
        cells = [name, int(row["decided"]), held, *(int(row.get(s, 0)) for s in miss)]
        rows.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    listed = [f"- **{row['question']}** {row['answer']}" for row in answers()]
    return {
        "score": f"**{first}.** {rest}",
        "answers": "\n".join(listed),
        "card": "\n".join(rows),
    }


def update_readme() -> bool:
    """Put the present counts into the README.

    Returns
    -------
    bool
        Whether it changed.
    """
    path = paths.ROOT / "README.md"
    text = new = path.read_text(encoding="utf-8")
    for name, content in readme_parts().items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = new.partition(start)
        _, _, after = rest.partition(end)
        new = f"{before}{start}{content}\n{end}{after}"
    if new != text:
        paths.write_atomically(path, new)
    return new != text


def first_sentence(text: str) -> str:
    """Take the first sentence that says something.

    Parameters
    ----------
    text : str
        An answer as a notebook recorded it.

    Returns
    -------
    str
        Its first sentence; a very short one (``No.``) together with the next.
    """
    taken = ""
    for part in re.split(r"(?<=[.!?])\s+(?=[A-Z])", text.strip()):
        taken = f"{taken} {part}".strip()
        if len(taken) >= SHORTEST:
            break
    return taken


def by_report(rows: list[dict]) -> dict[str, list[dict]]:
    """Bring the answers to the four reports together, one entry a report.

    Parameters
    ----------
    rows : list of dict
        From :func:`answers`; a question begins with the report's name and a colon.

    Returns
    -------
    dict of str to list of dict
        By the report's name; questions that belong to no single report are left out.
    """
    found: dict[str, list[dict]] = {}
    for row in rows:
        report, colon, _ = row["question"].partition(":")
        if colon and report in REPORTS.values():
            found.setdefault(report, []).append(row)
    return found


def index() -> str:
    """Write the first page.

    Returns
    -------
    str
        HTML of the text: the question, a sentence a report, the scoreboard; then more.
    """
    names = sorted(p.stem for p in paths.notebooks().glob("[0-9][0-9]_*.ipynb"))
    found = answers()
    first, _, rest = headline(scorecard(claims())).partition(". ")
    listed = "".join(
        f'<li><a href="{name}.html">{escape(title_of(name))}</a></li>' for name in names
    )
    areas = ""
    if any((paths.outputs() / "notebooks" / "areas").glob("*.ipynb")):
        areas = ' <a href="areas.html">Find your authority</a>.'
    return (
        "<h1>Why do places with similar need have such different numbers of children in care?</h1>"
        '<p class="lead">Four published UK analyses asked. Here they are re-run from official '
        f"figures, number by number, and taken further.{areas}</p>"
        f'<h2 id="answers">What each report found, recomputed</h2>{_answers(found)}'
        '<h2 id="scoreboard-title">What reproduces</h2>'
        f'<p class="prose"><strong>{first}.</strong> '
        '<a href="ledger.html">The ledger</a> says of each claim what became of it, and why.</p>'
        f"{_scoreboard()}"
        f'<p class="prose">{rest}</p>{_explained()}'
        f'<h2 id="more">The answers at more length</h2>{_more(found)}'
        f'<h2 id="read">Read on</h2><ul>{listed}'
        '<li><a href="ledger.html">The ledger: every claim</a></li></ul>'
        f'<h2 id="cite">Cite this</h2><div class="prose"><p>{citing.reference()} Cite the reports '
        f"themselves for what they say.</p><p>{citing.LICENCE}</p></div>"
    )


def _answers(found: list[dict]) -> str:
    parts = []
    for report, rows in by_report(found).items():
        asked = rows[0]["question"].partition(":")[2].strip()
        asked = asked[:1].upper() + asked[1:]
        parts.append(
            f'<dt><a href="{rows[0]["notebook"]}.html">{escape(report)}</a> '
            f'<span class="asked">{escape(asked)}</span></dt>'
            f'<dd>{escape(first_sentence(rows[0]["answer"]))} <a href="#{_anchor(rows[0])}">More'
            f'<span class="sr"> on {escape(report)}</span></a></dd>'
        )
    return f'<dl class="found">{"".join(parts)}</dl>'


def _anchor(row: dict) -> str:
    return f"more-{row['notebook']}"


def _more(found: list[dict]) -> str:
    cards = "".join(
        f'<section class="answer" id="{_anchor(row)}"><h3>{escape(row["question"])}</h3>'
        f"<p>{escape(row['answer'])}</p>"
        f'<p><a href="{row["notebook"]}.html">{escape(title_of(row["notebook"]))}</a></p></section>'
        for row in found
    )
    return f'<div class="answers">{cards}</div>'


def _scoreboard() -> str:
    links = (
        '<span class="links">Download <a href="files/06_synthesis/scorecard.csv" download>CSV</a>'
        '<a href="#scoreboard" aria-label="Link to the scoreboard">link</a></span>'
    )
    return markup.figure(
        markup.table(scorecard(claims())), kind="table", name="scoreboard", source="the ledger",
        caption="Every registered claim by status. A claim is one published number, sign, rank or "
        "threshold; its status is computed, never typed.", links=links,
    )  # fmt: skip


def _explained() -> str:
    rows = "".join(f"<li><strong>{s}</strong>: {MEANINGS[s]}</li>" for s in STATUSES)
    return f"<details><summary>What the statuses mean</summary><ul>{rows}</ul></details>"

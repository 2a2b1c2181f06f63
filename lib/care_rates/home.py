"""The first page and the ledger page, made of the records alone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from care_rates import __version__, csvtext, markup, paths
from care_rates.claims import REASONS, REPORTS, STATUSES
from care_rates.ledger import scorecard
from care_rates.notebook_page import SiteError, title_of
from care_rates.profiles import areas
from care_rates.report import CLAIM_FIELDS

RELEASED = "2026-11-23"


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


def headline(card: pd.DataFrame) -> str:
    """Say how many claims stand, in words that can be quoted.

    Parameters
    ----------
    card : pandas.DataFrame
        From :func:`care_rates.ledger.scorecard`.

    Returns
    -------
    str
        Plain text: of the statements that can be decided, how many stand, come near and
        fail; how many cannot be decided and why; and what the count is of.
    """
    total = card.loc["All reports"]

    def number(*statuses: str) -> int:
        return int(sum(total.get(status, 0) for status in statuses))

    held, decided = number("exact", "within input rounding"), number("decided")
    share = f" ({100 * held / decided:.0f} percent)" if decided else ""
    return (
        f"{held:,} of {decided:,} printed statements that public figures, or the report's own, can "
        f"decide{share} come out as printed, or as near as rounding allows. "
        f"{number('close', 'direction only'):,} come close or agree in sign alone, "
        f"{number('contradicted'):,} do not agree with the figures, and in "
        f"{number('inconsistent in the report'):,} the report's own numbers disagree. "
        f"{number('registered'):,} claims are registered in all: {number('not computable'):,} rest "
        f"on figures that are not public, and {number('out of scope'):,} are citations, interviews "
        "or judgements that no figure decides. Most are cells of tables: the count is of "
        "statements and not of conclusions."
    )


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


def index() -> str:
    """Write the first page.

    Returns
    -------
    str
        HTML of the text.
    """
    names = sorted(p.stem for p in paths.notebooks().glob("[0-9][0-9]_*.ipynb"))
    card = scorecard(claims())
    first, _, rest = headline(card).partition(". ")
    cards = "".join(
        f'<section class="answer"><h3>{escape(row["question"])}</h3>'
        f"<p>{escape(row['answer'])}</p>"
        f'<p><a href="{row["notebook"]}.html">{escape(title_of(row["notebook"]))}</a></p></section>'
        for row in answers()
    )
    table = markup.figure(
        markup.table(card), kind="table", name="scoreboard", source="the ledger",
        caption="Every registered claim by status. A claim is one published number, sign, rank or "
        "threshold; its status is computed, never typed.",
    )  # fmt: skip
    listed = "".join(
        f'<li><a href="{name}.html">{escape(title_of(name))}</a></li>' for name in names
    )
    return (
        "<h1>Why do places with similar need have such different numbers of children in care?</h1>"
        '<p class="lead">Four published UK analyses answered this question between 2013 and 2021. '
        "Here they are re-run from official figures, number by number, and taken further.</p>"
        f'<p class="lead"><strong>{first}.</strong> {rest} '
        '<a href="ledger.html">The ledger</a> says of each claim what became of it, and why.</p>'
        '<h2 id="answers">What each report found, recomputed</h2>'
        f'<div class="answers">{cards}</div>'
        f'<h2 id="scoreboard-title">What reproduces</h2>{table}'
        f"{_explained()}"
        f'<h2 id="read">Read on</h2><ul>{listed}'
        '<li><a href="ledger.html">The ledger: every claim</a></li></ul>'
        f"{_cite()}"
    )


def _cite() -> str:
    return (
        '<h2 id="cite">Cite this</h2><div class="prose"><p>The care-rates contributors '
        f"({RELEASED[:4]}). <cite>care-rates: four analyses of the number of children in care, "
        f"re-run from official figures</cite>, version {__version__}. Cite the reports themselves "
        "for what they say.</p><p>Figures: Crown copyright and other public sector information, "
        "Open Government Licence v3.0. Code and text: MIT licence.</p></div>"
    )


def _explained() -> str:
    meanings = {
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
    rows = "".join(f"<li><strong>{s}</strong>: {meanings[s]}</li>" for s in STATUSES)
    return f"<details><summary>What the statuses mean</summary><ul>{rows}</ul></details>"


def _options(values: Sequence[str], words: dict[str, str] | None = None) -> str:
    shown = words or {}
    return '<option value="">all</option>' + "".join(
        f'<option value="{escape(v)}">{escape(shown.get(v, v))}</option>' for v in values
    )


def needed(needs: str) -> list[str]:
    """Split the list of tables that decide a claim.

    Parameters
    ----------
    needs : str
        As in the register, joined by semicolons.

    Returns
    -------
    list of str
        Names of tables, or words for figures that are not public.
    """
    return [part.strip() for part in needs.split(";") if part.strip()]


def ledger_page() -> str:
    """Write the page that lists every claim.

    Returns
    -------
    str
        HTML of the text: a table that can be filtered by report, status and topic.
    """
    rows = claims()
    topics = sorted(set(rows["topic"]))
    raw = {path.stem for path in paths.RAW.glob("*.csv")}
    known = {table for needs in rows["needs"] for table in needed(needs) if table in raw}
    used = [status for status in STATUSES if status in set(rows["status"])]
    body = []
    for row in rows.itertuples():
        first = row.status.split()[0]
        target = f"{row.notebook}.html#{row.anchor}" if row.anchor else f"{row.notebook}.html"
        name = f"notebook {row.notebook[:2]}"
        page = f'<a href="{escape(target)}">{name}</a>' if row.notebook else ""
        why = REASONS.get(row.reason, "")
        sign = "" if row.relation in ("=", "range", "direction", "rank", "set") else row.relation
        body.append(
            f'<tr id="{escape(row.claim_id)}" data-report="{escape(row.report)}" '
            f'data-status="{escape(row.status)}" data-topic="{escape(row.topic)}" '
            f'data-needs="{escape("|".join(sorted(known & set(needed(row.needs)))))}">'
            f'<th scope="row">{escape(row.statement)}</th><td>{escape(row.locator)}</td>'
            f"<td>{escape(f'{sign} {row.published}'.strip())}</td><td>{escape(row.computed)}</td>"
            f'<td class="st st-{escape(first)}">{escape(row.status)}</td><td>{escape(why)}</td>'
            f"<td>{page}</td></tr>"
        )
    heads = "".join(
        f'<th scope="col">{h}</th>'
        for h in ("claim", "where", "published", "computed", "status", "reason", "notebook")
    )
    return (
        "<h1>The ledger: every claim</h1>"
        '<p class="lead">One row a published statement. Statements are in our own words; '
        "the published value is as printed.</p>"
        '<form class="filters" data-table="claims" data-told="told" aria-label="Filter the claims">'
        '<label>Search <input type="search" name="q"></label>'
        f'<label>Report <select name="report">{_options(list(REPORTS), REPORTS)}</select></label>'
        f'<label>Status <select name="status">{_options(used)}</select></label>'
        f'<label>Topic <select name="topic">{_options(topics)}</select></label>'
        f'<label>Needs the table <select name="needs">{_options(sorted(known))}</select></label>'
        '<span id="told" role="status"></span></form>'
        '<div class="scroll" tabindex="0" role="group" aria-label="Claims">'
        f'<table id="claims"><thead><tr>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table>'
        "</div>"
    )


COLUMNS = {
    "year.latest": "latest year",
    "rate.latest": "rate",
    "rate.low": "lower",
    "rate.high": "upper",
    "change_5y": "change in five years, percent (95% interval)",
    "residual_given_deprivation": "against areas as deprived, percent (95% interval)",
}
"""Results of the area profiles that the page of all areas shows, and their headings."""
COMPARED = {"change_5y": "to", "residual_given_deprivation": "among areas of"}
"""Those that hold for the authorities of one country and year only, shown with their interval."""


def _area_cell(found: pd.DataFrame, key: str, country: str, year: int) -> str:
    """Write one number of an authority; one of another country or year is not sorted."""
    row = found.loc[key] if key in found.index else None
    if row is None or pd.isna(row["value"]):
        return f'<td class="n" data-v="">{escape(markup.cell(None))}</td>'
    value, own = row["value"], found.at["year.latest", "value"]
    if key not in COMPARED:
        shown = markup.cell(value, 1 if key.startswith("rate") else None)
        return f'<td class="n" data-v="{escape(str(value))}">{escape(shown)}</td>'
    shown, low, high = (markup.cell(row[end], 0) for end in ("value", "low", "high"))
    told, sort = f"{shown} ({low} to {high})", str(value)
    if country == "Wales" or own != year:
        told, sort = f"{told}, {COMPARED[key]} {country} {own:.0f}", ""
    return f'<td class="n" data-v="{escape(sort)}">{escape(told)}</td>'


def areas_page() -> str:
    """Write the page that lists every authority.

    Returns
    -------
    str
        HTML of the text: a table that can be searched and sorted.
    """
    folder, known = paths.outputs() / "results", areas()
    tables = {
        area: pd.read_csv(folder / f"{area.step}.csv", index_col="key")
        for area in known
        if (folder / f"{area.step}.csv").is_file()
    }
    years = [t.at["year.latest", "value"] for t in tables.values() if "year.latest" in t.index]
    year = int(max(years, default=0))
    rows = []
    for area, found in tables.items():
        country = "Wales" if area.region == "Wales" else "England"
        cells = "".join(_area_cell(found, key, country, year) for key in COLUMNS)
        rows.append(
            f'<tr data-region="{escape(area.region)}" data-text="{escape(area.search)}">'
            f'<th scope="row" data-v="{escape(area.name)}">'
            f'<a href="{area.step}.html">{escape(area.name)}</a></th>'
            f'<td data-v="{escape(area.region)}">{escape(area.region)}</td>{cells}</tr>'
        )
    regions = sorted({area.region for area in known})
    heads = ["authority", "region", *COLUMNS.values()]
    top = "".join(
        f'<th scope="col" aria-sort="none"><button type="button">{escape(head)}</button></th>'
        for head in heads
    )
    return (
        "<h1>Every authority</h1>"
        '<p class="lead">One page for each of the local authorities of England (as they were in '
        "2016-17) and Wales. Rates are children looked after per 10,000 aged 0 to 17, with the "
        "95 percent interval that chance alone allows.</p>"
        '<p class="prose">The list can be sorted, but a place in it says little. A high rate is '
        "not bad and a low one not good by itself, and where intervals overlap the order may be "
        "chance. For Wales, and wherever the latest year is another one, the last two columns are "
        f"of other years and models than those of England in {year}. They name their own, and "
        "sorting by these columns leaves them at the end.</p>"
        '<p class="prose">The search also knows codes and the names of councils that came before '
        "or after: Cumberland, or E06000058.</p>"
        '<form class="filters" data-table="areas" data-told="told" aria-label="Find an authority">'
        '<label>Search <input type="search" name="q"></label>'
        f'<label>Region <select name="region">{_options(regions)}</select></label>'
        '<span id="told" role="status"></span></form>'
        '<div class="scroll" tabindex="0" role="group" aria-label="Authorities">'
        f'<table id="areas" class="sortable"><thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )

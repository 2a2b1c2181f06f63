"""The long lists of the site: every claim, and every authority."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

import pandas as pd

from care_rates import markup, paths, wording
from care_rates.claims import REPORTS, STATUSES
from care_rates.home import claims
from care_rates.ledger import why
from care_rates.profiles import areas

HEADS = ("claim", "where", "published", "computed", "status", "why", "notebook")
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


def _options(words: Mapping[str, str]) -> str:
    return '<option value="">all</option>' + "".join(
        f'<option value="{escape(value)}">{escape(word)}</option>' for value, word in words.items()
    )


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(words.items(), key=lambda pair: pair[1].lower()))


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


def table_titles() -> dict[str, str]:
    """Read what the raw tables are called.

    Returns
    -------
    dict of str to str
        Title by name, from ``datapackage.json``.
    """
    package = json.loads((paths.RAW / "datapackage.json").read_text(encoding="utf-8"))
    return {part["name"]: part.get("title", part["name"]) for part in package["resources"]}


def ledger_page() -> str:
    """Write the page that lists every claim.

    Returns
    -------
    str
        HTML of the text: a table that can be filtered by report, status, topic and table.
    """
    rows = claims()
    titles = table_titles()
    known = {table for needs in rows["needs"] for table in needed(needs) if table in titles}
    used = {status: status for status in STATUSES if status in set(rows["status"])}
    topics = _by_word({name: wording.topic(name) for name in rows["topic"].unique()})
    tables = _by_word({name: titles[name] for name in known})
    body = [_claim(row, known) for row in rows.to_dict("records")]
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    return (
        "<h1>The ledger: every claim</h1>"
        '<p class="lead">One row a published statement. Statements are in our own words; '
        "the published value is as printed, and the computed one is written in the same form. "
        '<a href="files/ledger/claims.csv" download>Download all as CSV</a>.</p>'
        '<form class="filters" hidden data-table="claims" data-told="told" '
        'aria-label="Filter the claims">'
        '<label>Search <input type="search" name="q"></label>'
        f'<label>Report <select name="report">{_options(REPORTS)}</select></label>'
        f'<label>Status <select name="status">{_options(used)}</select></label>'
        f'<label>Topic <select name="topic">{_options(topics)}</select></label>'
        f'<label>Needs the table <select name="needs">{_options(tables)}</select></label>'
        '<span id="told" role="status"></span></form>'
        '<div class="scroll" tabindex="0" role="group" aria-label="Claims">'
        f'<table id="claims"><thead><tr>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table>'
        "</div>"
    )


def _claim(row: Mapping[str, str], known: set[str]) -> str:
    target = row["notebook"] + ".html" + (f"#{row['anchor']}" if row["anchor"] else "")
    name = f"notebook {row['notebook'][:2]}"
    page = f'<a href="{escape(target)}">{name}</a>' if row["notebook"] else ""
    first = row["status"].split()[0]
    return (
        f'<tr id="{escape(row["claim_id"])}" data-report="{escape(row["report"])}" '
        f'data-status="{escape(row["status"])}" data-topic="{escape(row["topic"])}" '
        f'data-needs="{escape("|".join(sorted(known & set(needed(row["needs"])))))}">'
        f'<th scope="row">{escape(row["statement"])}</th>'
        f"<td>{escape(REPORTS.get(row['report'], row['report']))}: {escape(row['locator'])}</td>"
        f"<td>{escape(wording.printed(row))}</td><td>{escape(wording.shown(row))}</td>"
        f'<td class="st st-{escape(first)}">{escape(row["status"])}</td>'
        f"<td>{escape(why(row))}</td><td>{page}</td></tr>"
    )


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
    regions = {name: name for name in sorted({area.region for area in known})}
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
        '<form class="filters" hidden data-table="areas" data-told="told" '
        'aria-label="Find an authority">'
        '<label>Search <input type="search" name="q"></label>'
        f'<label>Region <select name="region">{_options(regions)}</select></label>'
        '<span id="told" role="status"></span></form>'
        '<div class="scroll" tabindex="0" role="group" aria-label="Authorities">'
        f'<table id="areas" class="sortable"><thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )

"""Files that look like a source of ours and cannot be taken in: what each seems to be.

For these tables no layout is known well enough to read it without a person: the
headings change from year to year, the release is a spreadsheet, or the table holds
something else than one figure an area and year. Each gets a refusal by name, with what
to do instead, so that nobody hunts for a fault in a file that has none.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from care_rates.data import Package
from care_rates.ingest.cells import heading
from care_rates.ingest.grid import TITLE_LINES
from care_rates.ingest.reading import Sheet
from care_rates.ingest.recipes import CIN_FIELDS

BY_HAND = (
    "That table is kept by hand: add the rows and a row in sources.csv, then say "
    "`care-rates seal {table} sources` (docs/new_data.md)."
)


@dataclass(frozen=True)
class Kind:
    """A kind of file that is known by name only.

    Parameters
    ----------
    what : str
        What to call it.
    table : str
        The raw table that holds such figures.
    words : str
        Pattern that its headings, or its title and file name, match.
    instead : str
        Which file to give, or what to do.
    needs : frozenset of str
        Headings that have to stand there too.
    headings_only : bool
        Whether titles and file name are left out of the search.
    """

    what: str
    table: str
    words: str
    instead: str = BY_HAND
    needs: frozenset[str] = frozenset()
    headings_only: bool = False


KINDS = (
    Kind(
        "the underlying data on children in need of 2010 to 2017 (one row an area)",
        "child_protection_england", r"\b(cin|cpp|icpc|s47|section_?47|referrals?|rereferrals?)",
        "Its headings change every year, so say which is which: --heading \"OLD=NAME\" for each, "
        "where NAME is one of " + ", ".join(CIN_FIELDS) + " (with the year, or say "
        "--release-year). All its years are in child_protection_england already. For later years "
        "give the files b1, c1, c4, d3 and d5 of explore education statistics, together.",
        frozenset({"geog_c", "geog_n"}), headings_only=True,
    ),
    Kind(
        "section 251 spending", "s251_england",
        r"section[ _]?251|\bs251|table[ _]a1\b|\boutturn|gross_expenditure|net_expenditure|"
        r"total_expenditure|main_category",
        "Its lines change from year to year, and a line has to be matched to s251_lines_england "
        "by someone who knows it. " + BY_HAND,
    ),
    Kind("weekly unit costs", "unit_cost_england", r"unit[ _]cost|weekly[ _](unit[ _])?cost"),
    Kind(
        "inspection outcomes of Ofsted", "ofsted_england",
        r"ofsted|inspection|overall[ _]effectiveness|\bilacs\b",
        "Ofsted publishes them as a spreadsheet of several sheets. " + BY_HAND,
    ),
    Kind("statistical neighbours", "neighbours_england", r"\bsn_?1p?\b|statistical[ _]neighbour"),
    Kind(
        "children in low income families", "low_income_dwp_england", r"low[ _-]income|\bcilif\b"
    ),
    Kind(
        "an index of deprivation", "deprivation_england",
        r"\bimd\b|\bidaci\b|depriv|\bwimd\b|\blsoas?\b",
    ),
    Kind("conceptions under 18", "conceptions_england", r"conception"),
    Kind(
        "care applications of Cafcass", "care_applications_england", r"cafcass|care[ _]application"
    ),
    Kind("figures of the local authority interactive tool", "sources", r"\blait\b|interactive[ _]t",
         "Give the release that the tool took them from."),
    Kind(
        "population by single year of age", "population_england",
        r"\bage_?\d+\b|single[ _]year|nomis|\bmye\b",
        "Give the mid-year population file of the children-in-need release (age_group, "
        "population_estimate), or cla_number_and_rate, which holds it.",
    ),
    Kind(
        "a printed table on children looked after", "cla_england",
        r"\btable[ _]?(la)?[a-z]?\d+|\bla[a-d]?\d\b",
        "A printed table is rounded and laid out for reading. Give the underlying data of the "
        "same release: CLA, ADM and CEA files to 2019, cla_number_and_rate since.",
    ),
)  # fmt: skip
"""From the narrowest to the widest."""


def seems(sheet: Sheet, package: Package) -> tuple[str, str] | None:
    """Tell what a file seems to be that no layout fits.

    Parameters
    ----------
    sheet : Sheet
        The file.
    package : Package
        Knows the headings of the raw tables.

    Returns
    -------
    tuple of str, or None
        What it seems to be, and what to do; None if it is none of those known by name.
    """
    rows = [row for _, row in sheet.rows[:TITLE_LINES]]
    heads = [{heading(cell) for cell in row if cell} for row in rows]
    own = _raw_table(heads, package)
    if own:
        return f"is {own} of data/raw itself, not a release.", (
            "Give the publisher's file; after a change by hand say "
            f"`care-rates seal {own}`."
        )  # fmt: skip
    titled = " ".join([sheet.name.lower(), *(cell.lower() for row in rows for cell in row)])
    headed = " ".join(name for names in heads for name in names)
    for kind in KINDS:
        text = headed if kind.headings_only else f"{titled} {headed}"
        if any(kind.needs <= names for names in heads) and re.search(kind.words, text):
            return (
                f"seems to be {kind.what}, and no layout of it can be read.",
                kind.instead.format(table=kind.table),
            )
    return None


def _raw_table(heads: Collection[set[str]], package: Package) -> str | None:
    for name, resource in package.resources.items():
        fields = {field["name"] for field in resource["schema"]["fields"]}
        if any(fields == names for names in heads):
            return name
    return None

"""The 2021-22 report's claims and figures, all of them, with what became of each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from care_rates.claims import Register
from care_rates.ledger import UNDONE

KINDS = {
    "checked": "checked against figures", "arithmetic": "relations among printed figures",
    "closed": "not checked",
}  # fmt: skip
FIGURES = (
    (1, "children starting care, 1994 to 2020", "drawn: flows", ""),
    (2, "children entering and leaving care, 2012 to 2020", "drawn: flows", ""),
    (3, "numbers in care and forecast range", "drawn: forecast-range", ""),
    (4, "yearly spending on children in care", "drawn: spend-figure", ""),
    (5, "care applications and deprivation", "drawn: courts", ""),
    (6, "social workers' time by activity", "not drawn",
     "hours by activity of the social workers observed in the six authorities"),
    (7, "practitioners' views of partner organisations", "not drawn",
     "answers by partner and view of the practitioners asked"),
    (8, "Worcestershire's tool for children's feelings", "not drawn",
     "none: a picture of a form, which no figures stand behind"),
    (9, "weekly cost of residential places", "drawn: weekly-costs", ""),
    (10, "growth by age group, 2010 to 2020", "drawn: ages-growth", ""),
    (11, "foster families recruited in Leicestershire by year", "not drawn",
     "families approved by year, from the council's own records"),
)  # fmt: skip
"""The report's figures: number, what it shows, where it is here, table it would need."""


def figures() -> pd.DataFrame:
    """List the report's figures.

    Returns
    -------
    pandas.DataFrame
        ``figure, what it shows, here, table that would be needed``.
    """
    return pd.DataFrame(
        FIGURES, columns=["figure", "what it shows", "here", "table that would be needed"]
    )


def states(register: Register, checked: Mapping[str, Mapping], prefix: str = "ccn") -> pd.DataFrame:
    """Give the state of every registered claim.

    Parameters
    ----------
    register : Register
        All claims.
    checked : mapping of str to mapping
        What a notebook checked, by claim (``computed, status``).
    prefix : str
        The report.

    Returns
    -------
    pandas.DataFrame
        In register order: ``claim_id, statement, published, computed, status, group``
        (of :data:`KINDS`) and ``why``.
    """
    decided = register.arithmetic().set_index("claim_id")
    rows = []
    for claim in register.under(prefix):
        name = claim.claim_id
        why = register.reason(name)[1]
        if name in checked:
            found = (checked[name]["computed"], checked[name]["status"], KINDS["checked"], why)
        elif name in decided.index:
            found = (*decided.loc[name, ["computed", "status"]], KINDS["arithmetic"], why)
        else:
            status = UNDONE.get(claim.scope, "not yet checked")
            found = ("", status, KINDS["closed"], claim.scope_reason)
        rows.append((name, claim.statement, claim.published, *found))
    columns = ["claim_id", "statement", "published", "computed", "status", "group", "why"]
    return pd.DataFrame(rows, columns=columns)

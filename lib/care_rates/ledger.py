"""The ledger: every registered claim, with what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from care_rates.claims import MISSES, REPORTS, STATUSES, ClaimError, Register
from care_rates.report import CLAIM_FIELDS

UNDONE = {"not_public": "not computable", "out": "out of scope", "later": "not yet checked"}
SCORES = ("exact", "within input rounding", "close", "direction only")


def ledger(register: Register, records: Iterable[Mapping]) -> pd.DataFrame:
    """Join the register with what the notebooks recorded.

    Parameters
    ----------
    register : Register
        All claims.
    records : iterable of mapping
        The record of each notebook: ``notebook`` and ``claims``.

    Returns
    -------
    pandas.DataFrame
        The columns of ``outputs/results/claims.csv``: the record's, then ``topic``,
        ``kind``, ``needs`` and ``anchor`` (where on the page it was checked); in
        register order.

    Raises
    ------
    ClaimError
        If a recorded claim is unknown or recorded twice, a claim in scope was checked
        by no notebook, or a miss has no reason.
    """
    checked: dict[str, dict] = {}
    for record in records:
        for row in record["claims"]:
            other = checked.get(row["claim_id"])
            if other:
                raise ClaimError(
                    f"{row['claim_id']} is checked by {other['notebook']} and {row['notebook']}."
                )
            checked[row["claim_id"]] = dict(row)
    unknown = [claim_id for claim_id in checked if claim_id not in register.claims]
    if unknown:
        raise ClaimError(f"{unknown[0]} was checked but is not registered.")
    decided = register.arithmetic().set_index("claim_id").to_dict("index")
    rows = [_row(register, claim, checked, decided) for claim in register.claims.values()]
    out = pd.DataFrame(rows)
    _stop_at_gaps(out)
    return out[[*CLAIM_FIELDS, "topic", "kind", "needs", "anchor"]]


def _row(register: Register, claim, checked: dict, decided: dict) -> dict:
    row = {
        "claim_id": claim.claim_id, "report": claim.report, "locator": claim.locator,
        "statement": claim.statement, "published": claim.published, "relation": claim.relation,
        "computed": "", "status": UNDONE.get(claim.scope, ""), "reason": "", "decision_flag": "",
        "definition": "", "notebook": "", "topic": claim.topic, "kind": claim.kind,
        "needs": claim.needs, "anchor": "",
    }  # fmt: skip
    if claim.claim_id in decided:
        row |= decided[claim.claim_id]
        row |= {"definition": "From the report's own printed figures."}
        row |= {"notebook": "06_synthesis", "anchor": "inconsistent"}
    elif claim.claim_id in checked:
        found = checked[claim.claim_id]
        row |= {
            key: found[key]
            for key in ("computed", "status", "decision_flag", "definition", "notebook", "anchor")
        }
    elif claim.scope in ("not_public", "out"):
        row["reason"] = "not_public" if claim.scope == "not_public" else ""
        row["definition"] = claim.scope_reason
    if row["status"] in MISSES:
        row["reason"] = register.reason(claim.claim_id)[0]
    return row


def _stop_at_gaps(rows: pd.DataFrame) -> None:
    open_claims = rows.loc[rows["status"] == "", "claim_id"]
    if len(open_claims):
        raise ClaimError(
            f"{len(open_claims)} claims are in scope but no notebook checked them, the first: "
            f"{', '.join(open_claims[:5])}. Check them, or set their scope to 'later'."
        )
    bare = rows.loc[rows["status"].isin(MISSES) & (rows["reason"] == ""), "claim_id"]
    if len(bare):
        raise ClaimError(
            f"{len(bare)} misses have no reason, the first: {', '.join(bare[:5])}. "
            "Say why in data/raw/claims/reasons/<report>.csv."
        )


def counts(rows: pd.DataFrame, by: str = "report") -> pd.DataFrame:
    """Count claims by status.

    Parameters
    ----------
    rows : pandas.DataFrame
        The ledger.
    by : str
        Column to group by.

    Returns
    -------
    pandas.DataFrame
        Long: ``by``, ``status``, ``claims``; reports under their full names.
    """
    long = rows.groupby([by, "status"]).size().rename("claims").reset_index()
    long["order"] = long["status"].map({status: i for i, status in enumerate(STATUSES)})
    if by == "report":
        long["place"] = long[by].map({name: i for i, name in enumerate(REPORTS)})
        long[by] = long[by].map(REPORTS)
        return long.sort_values(["place", "order"]).drop(columns=["order", "place"])
    return long.sort_values([by, "order"]).drop(columns="order")


def scorecard(rows: pd.DataFrame) -> pd.DataFrame:
    """Give one line a report, in the manner of reproduction studies.

    Parameters
    ----------
    rows : pandas.DataFrame
        The ledger.

    Returns
    -------
    pandas.DataFrame
        By report and in all: claims registered, decided, and by status.
    """
    wide = counts(rows).pivot_table(
        index="report", columns="status", values="claims", fill_value=0, sort=False
    )
    wide = wide.reindex(columns=[s for s in STATUSES if s in wide.columns]).astype(int)
    wide.loc["All reports"] = wide.sum()
    undone = [s for s in UNDONE.values() if s in wide]
    wide.insert(0, "registered", wide.sum(axis=1))
    wide.insert(1, "decided", wide["registered"] - wide[undone].sum(axis=1))
    return wide


def reproduction(rows: pd.DataFrame) -> pd.DataFrame:
    """Count items as reproduction studies do: how many could be tried, and how many came out.

    Parameters
    ----------
    rows : pandas.DataFrame
        The ledger.

    Returns
    -------
    pandas.DataFrame
        By report and in all. ``items``: checkable statements (citations, interviews and
        judgements left out). ``not public``: cannot be tried. ``tried``: decided, of which
        ``from its own figures`` (arithmetic, no data needed). Then what became of those
        tried: ``as printed``, ``within rounding``, ``near`` (close after a revision, or in
        sign alone), ``contradicted``, ``inconsistent``; and ``percent that stand``: as
        printed or within rounding, of those tried.
    """
    status, report = rows["status"], rows["report"]
    undone = status.isin(UNDONE.values())
    marks = pd.DataFrame(
        {
            "items": status.ne("out of scope"),
            "not public": status.eq("not computable"),
            "tried": ~undone,
            "from its own figures": ~undone & rows["kind"].eq("arithmetic"),
            "as printed": status.eq("exact"),
            "within rounding": status.eq("within input rounding"),
            "near": status.isin(["close", "direction only"]),
            "contradicted": status.eq("contradicted"),
            "inconsistent": status.eq("inconsistent in the report"),
        }
    )
    out = marks.astype(int).groupby(report).sum().reindex([r for r in REPORTS if r in set(report)])
    out.index = out.index.map(REPORTS).rename("report")
    out.loc["All reports"] = out.sum()
    stand = out["as printed"] + out["within rounding"]
    out["percent that stand"] = 100 * stand / out["tried"].where(out["tried"] > 0)
    return out

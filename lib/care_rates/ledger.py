"""The ledger: every registered claim, with what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from care_rates import wording
from care_rates.claims import MISSES, REASONS, REPORTS, STATUSES, ClaimError, Register
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
        Long: ``by``, ``status``, ``claims``; reports and topics under their plain names.
    """
    long = rows.groupby([by, "status"]).size().rename("claims").reset_index()
    long["order"] = long["status"].map({status: i for i, status in enumerate(STATUSES)})
    if by == "report":
        long["place"] = long[by].map({name: i for i, name in enumerate(REPORTS)})
        long[by] = long[by].map(REPORTS)
        return long.sort_values(["place", "order"]).drop(columns=["order", "place"])
    if by == "topic":
        long[by] = long[by].map(wording.topic)
    long = long.sort_values([by, "order"], key=lambda c: c.str.lower() if c.name == by else c)
    return long.drop(columns="order")


def why(row: Mapping[str, str]) -> str:
    """Say why a claim misses, or was not computed.

    Parameters
    ----------
    row : mapping
        ``status``, ``reason``, ``decision_flag`` and ``definition`` of the ledger.

    Returns
    -------
    str
        Plain text, empty for a claim that stands.
    """
    if row["status"] in ("not computable", "out of scope"):
        return row["definition"]
    reason = REASONS.get(row["reason"], "")
    flag = wording.FLAGS.get(row["decision_flag"], "")
    return f"{reason}; {flag}" if reason and flag else reason or flag


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Write claims for a reader: names for codes, the computed value in the printed form.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of the ledger.

    Returns
    -------
    pandas.DataFrame
        By report: ``where, claim, published, computed, status, why``.
    """
    each = rows.to_dict("records")
    columns = {
        "where": [row["locator"] for row in each],
        "claim": [row["statement"] for row in each],
        "published": [wording.printed(row) for row in each],
        "computed": [wording.shown(row) for row in each],
        "status": [row["status"] for row in each],
        "why": [why(row) for row in each],
    }
    reports = [REPORTS.get(row["report"], row["report"]) for row in each]
    return pd.DataFrame(columns, index=pd.Index(reports, name="report"))


def reasons(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the claims that miss, by reason and report.

    Parameters
    ----------
    rows : pandas.DataFrame
        The ledger.

    Returns
    -------
    pandas.DataFrame
        Reasons in words by report, the most frequent first.
    """
    missed = rows[rows["status"].isin(MISSES)]
    table = pd.crosstab(missed["reason"].map(REASONS).rename("reason"), missed["report"])
    table = table[[report for report in REPORTS if report in table]].rename(columns=REPORTS)
    table.columns.name = None
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def scorecard(rows: pd.DataFrame, by: str = "report") -> pd.DataFrame:
    """Give one line a report or topic, in the manner of reproduction studies.

    Parameters
    ----------
    rows : pandas.DataFrame
        The ledger.
    by : {"report", "topic"}
        What a line stands for; only reports get a line for all of them.

    Returns
    -------
    pandas.DataFrame
        Claims registered, decided, and by status.
    """
    wide = counts(rows, by).pivot_table(
        index=by, columns="status", values="claims", fill_value=0, sort=False
    )
    wide = wide.reindex(columns=[s for s in STATUSES if s in wide.columns]).astype(int)
    if by == "report":
        wide.loc["All reports"] = wide.sum()
    undone = [s for s in UNDONE.values() if s in wide]
    wide.insert(0, "registered", wide.sum(axis=1))
    wide.insert(1, "decided", wide["registered"] - wide[undone].sum(axis=1))
    return wide


def headline(card: pd.DataFrame) -> str:
    """Say how many claims stand, in words that can be quoted.

    Parameters
    ----------
    card : pandas.DataFrame
        From :func:`scorecard`.

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
        "or judgements that no figure decides. Many are single cells of a table: the count is of "
        "statements and not of conclusions."
    )


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

"""The claim register: see ``data/raw/claims/README.md`` for its columns."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from care_rates import csvtext, paths
from care_rates.arithmetic import FormulaError, imply, operands
from care_rates.printed import parse, parse_range
from care_rates.verdicts import (
    DIRECTIONS,
    MISSES,
    STATUSES,
    Claim,
    ClaimError,
    Verdict,
    judge,
    judge_implied,
)

__all__ = [
    "MISSES", "REASONS", "REPORTS", "STATUSES", "Claim", "ClaimError", "Register", "Verdict",
    "count", "judge", "judge_implied",
]  # fmt: skip

REPORTS = {
    "wwcsc": "What Works Centre 2018",
    "nao": "National Audit Office 2019",
    "cordis": "Cordis Bright 2013",
    "ccn": "County Councils Network and Newton 2021-22",
    "cypn": "CYP Now 2018 (press)",
}
COLUMNS = (
    "claim_id", "locator", "statement", "published", "relation", "unit", "quantity", "kind",
    "topic", "needs", "scope", "scope_reason", "formula",
)  # fmt: skip
BAND_COLUMNS = ("quantity", "absolute", "relative", "reason")
REASON_COLUMNS = ("claim", "reason", "note")
RELATIONS = ("=", "<", ">", "<=", ">=", "about", "range", "direction", "rank", "set")
KINDS = ("arithmetic", "descriptive", "associational", "causal", "forecast", "judgement")
SCOPES = ("in", "later", "not_public", "out")
REASONS = {
    "revised_vintage": "later releases revised the figures",
    "source_withdrawn": "the release that the report used is no longer published",
    "suppression": "small counts are withheld",
    "boundary_change": "areas were merged or split",
    "ambiguous_method": "the report leaves a choice open",
    "software_default": "programs differ in a default",
    "likely_misprint": "a digit or sign looks mistyped",
    "not_public": "the figures are not public",
    "different_measure": "the public figure measures something slightly different",
    "rounded_before": "the report seems to have rounded before it computed",
    "wording": "the words say more than the figures",
    "sampling": "a random draw",
    "unexplained": "no reason found",
}
_ID = re.compile(r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")


class Register:
    """All registered claims.

    Parameters
    ----------
    folder : path-like, optional
        Folder of the claim files (``data/raw/claims`` unless told).

    Raises
    ------
    ClaimError
        Naming file, row and remedy of the first fault.
    """

    def __init__(self, folder: Path | str | None = None):
        self.folder = Path(folder or paths.CLAIMS)
        self.claims: dict[str, Claim] = {}
        for report in REPORTS:
            path = self.folder / f"{report}.csv"
            if path.is_file():
                self._add(path, report)
        for claim in self.claims.values():
            self._check_formula(claim)
        self.bands = self._read_bands()
        self._reasons: dict[str, tuple[str, str]] = {}
        for path in sorted(self.folder.glob("reasons/*.csv")):
            for row in self._table(path.relative_to(self.folder), REASON_COLUMNS).itertuples():
                where = f"{path.name}, {row.claim}"
                if row.reason not in REASONS:
                    known = ", ".join(REASONS)
                    raise ClaimError(f"{where}: {row.reason!r} is not one of: {known}.")
                if row.claim in self._reasons:
                    raise ClaimError(f"{where}: two reasons. Keep one of them.")
                self._reasons[row.claim] = (row.reason, row.note)

    def _table(self, name: str | Path, columns: tuple[str, ...]) -> pd.DataFrame:
        """Read one of the register's files as text, indexed by line."""
        path = paths.reading(self.folder / name)

        def fault(line: int, what: str, remedy: str) -> ClaimError:
            return ClaimError(f"{path.name}, row {line}: {what} {remedy}")

        try:
            content = path.read_bytes()
        except OSError as error:
            raise ClaimError(f"{path} cannot be read ({error.strerror}). Restore it.") from None
        header, body = csvtext.rows(content, fault)
        if tuple(header) != columns:
            raise ClaimError(f"{path.name}: the columns must be {', '.join(columns)}.")
        return pd.DataFrame(list(body.values()), columns=header, index=list(body), dtype=str)

    def _read_bands(self) -> pd.DataFrame:
        bands = self._table("bands.csv", BAND_COLUMNS)
        for line, row in bands.iterrows():
            try:
                sizes = float(row["absolute"]), float(row["relative"])
                sound = all(math.isfinite(size) and size >= 0 for size in sizes)
            except ValueError:
                sound = False
            if not sound or (bands["quantity"] == row["quantity"]).sum() > 1:
                raise ClaimError(
                    f"bands.csv, row {line}, {row['quantity']}: give each quantity one line with "
                    "two numbers, none below zero."
                )
        return bands.astype({"absolute": float, "relative": float}).set_index("quantity")

    def _add(self, path: Path, report: str) -> None:
        for line, *cells in self._table(path.name, COLUMNS).itertuples():
            row = dict(zip(COLUMNS, cells, strict=True))
            claim = Claim(**row, number=parse(row["published"]))
            fault = _fault(claim, report)
            if claim.claim_id in self.claims:
                fault = "the id stands twice."
            if fault:
                raise ClaimError(f"{path.name}, row {line}, {claim.claim_id[:80]}: {fault}")
            self.claims[claim.claim_id] = claim

    def _check_formula(self, claim: Claim) -> None:
        for name in operands(claim.formula):
            other = self.claims.get(name)
            if other is None or other.number is None:
                raise ClaimError(f"{claim.claim_id}: {name} is no claim with a printed number.")

    def __getitem__(self, claim_id: str) -> Claim:
        try:
            return self.claims[claim_id]
        except KeyError:
            raise ClaimError(
                f"No claim has the id {claim_id!r}. Register it in data/raw/claims first."
            ) from None

    def under(self, prefix: str) -> list[Claim]:
        """Claims of one table or section.

        Parameters
        ----------
        prefix : str
            An id, or the leading parts of one (``wwcsc.table2``).

        Returns
        -------
        list of Claim
            In register order.
        """
        return [
            claim
            for name, claim in self.claims.items()
            if name == prefix or name.startswith(prefix + ".")
        ]

    def reason(self, claim_id: str) -> tuple[str, str]:
        """Why a claim misses: code and note of the longest prefix that has one.

        Parameters
        ----------
        claim_id : str
            Id of the claim.

        Returns
        -------
        tuple of str
            Empty strings where none is given.
        """
        parts = claim_id.split(".")
        for length in range(len(parts), 0, -1):
            found = self._reasons.get(".".join(parts[:length]))
            if found:
                return found
        return "", ""

    def judge(self, claim_id: str, value, low=None, high=None) -> Verdict:
        """Compare a computed value with a claim.

        Parameters
        ----------
        claim_id : str
            Id of the claim.
        value : float, bool, str, pair of float or pandas.Series
            What was computed, in the claim's unit (a pair for a range; for a rank a number
            by name, the highest first).
        low, high : float or pandas.Series, optional
            Interval that the rounding of the inputs allows.

        Returns
        -------
        Verdict
            The status, by the rules of :func:`judge`.
        """
        return judge(self[claim_id], value, low, high, self.bands)

    def arithmetic(self) -> pd.DataFrame:
        """Decide every claim that needs no data.

        Returns
        -------
        pandas.DataFrame
            ``claim_id, status, computed, decision_flag``, in register order.
        """
        bounds = {
            name: (claim.number.value, claim.number.low, claim.number.high)
            for name, claim in self.claims.items()
            if claim.number
        }
        rows = []
        for claim in self.claims.values():
            if claim.formula and claim.scope == "in":
                try:
                    verdict = judge_implied(claim, imply(claim.formula, bounds))
                except FormulaError as error:
                    raise ClaimError(f"{claim.claim_id}: {error}") from None
                rows.append(
                    (claim.claim_id, verdict.status, verdict.computed, verdict.decision_flag)
                )
        return pd.DataFrame(rows, columns=["claim_id", "status", "computed", "decision_flag"])


def _fault(claim: Claim, report: str) -> str:
    if not _ID.match(claim.claim_id) or claim.report != report:
        return f"an id is '{report}.' and then lower-case words joined by dots."
    for name in ("locator", "statement", "published", "quantity", "topic"):
        if not getattr(claim, name).strip():
            return f"{name} is empty."
    for name, allowed in (("relation", RELATIONS), ("kind", KINDS), ("scope", SCOPES)):
        if getattr(claim, name) not in allowed:
            return f"{name} {getattr(claim, name)!r} is not one of: {', '.join(allowed)}."
    if claim.scope in ("not_public", "out") and not claim.scope_reason:
        return "scope_reason must say why."
    if claim.scope not in ("in", "later"):
        return ""
    if (claim.kind == "arithmetic") != bool(claim.formula):
        return "an arithmetic claim has a formula, and no other has."
    if claim.relation == "direction" and claim.published not in DIRECTIONS:
        return f"a direction is one of: {', '.join(DIRECTIONS)}."
    if claim.relation == "range" and parse_range(claim.published) is None:
        return "a range is written 'a to b'."
    if claim.relation in ("=", "<", ">", "<=", ">=", "about") and claim.number is None:
        return f"{claim.published!r} is not a number."
    return ""


def count(statuses: Iterable[str]) -> pd.Series:
    """Count statuses, best first, those that occur.

    Parameters
    ----------
    statuses : iterable of str
        Statuses.

    Returns
    -------
    pandas.Series
        Counts by status.
    """
    found = pd.Series(list(statuses), dtype="str").value_counts()
    return found.reindex([status for status in STATUSES if status in found.index])

"""The claim register, and the rules that turn a computed value into a status.

A status is computed, never typed. See ``data/raw/claims/README.md`` for the columns.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from care_rates import paths
from care_rates.arithmetic import FormulaError, Implied, imply, operands
from care_rates.printed import Printed, fixed, parse, parse_range

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
RELATIONS = ("=", "<", ">", "<=", ">=", "about", "range", "direction", "rank", "set")
KINDS = ("arithmetic", "descriptive", "associational", "causal", "forecast", "judgement")
SCOPES = ("in", "later", "not_public", "out")
SIGNED = ("change", "points", "growth", "correlation")
DIRECTIONS = {
    "increase": 1, "positive": 1, "higher": 1, "yes": 1,
    "decrease": -1, "negative": -1, "lower": -1, "no": -1,
    "no change": 0, "none": 0,
}  # fmt: skip
STATUSES = (
    "exact",
    "within input rounding",
    "close",
    "direction only",
    "contradicted",
    "inconsistent in the report",
    "not computable",
    "out of scope",
    "not yet checked",
)
"""All statuses, best first; the last one is for claims that no notebook checks yet."""
MISSES = ("close", "direction only", "contradicted", "inconsistent in the report")
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


class ClaimError(ValueError):
    """A register, or a check against it, that does not hold together."""


@dataclass(frozen=True)
class Claim:
    """One published statement that can be checked: a row of the register."""

    claim_id: str
    locator: str
    statement: str
    published: str
    relation: str
    unit: str
    quantity: str
    kind: str
    topic: str
    needs: str
    scope: str
    scope_reason: str
    formula: str
    number: Printed | None = field(default=None, compare=False)

    @property
    def report(self) -> str:
        """Short name of the report, the first part of the id."""
        return self.claim_id.partition(".")[0]


@dataclass(frozen=True)
class Verdict:
    """What a computed value does to a claim.

    Parameters
    ----------
    status : str
        One of ``STATUSES``.
    computed : str
        The computed value as text, one decimal more than printed.
    decision_flag : str
        ``significance``, ``sign``, ``rank`` or ``set`` where that flips, else empty.
    """

    status: str
    computed: str
    decision_flag: str = ""


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
                self._add(paths.reading(path), report)
        for claim in self.claims.values():
            self._check_formula(claim)
        self.bands = self._table("bands.csv").set_index("quantity")
        self.bands[["absolute", "relative"]] = self.bands[["absolute", "relative"]].astype(float)
        self._reasons = {}
        for path in sorted(self.folder.glob("reasons/*.csv")):
            for row in self._table(path.relative_to(self.folder)).itertuples():
                if row.reason not in REASONS:
                    known = ", ".join(REASONS)
                    raise ClaimError(
                        f"{path.name}, {row.claim}: {row.reason!r} is not one of: {known}."
                    )
                self._reasons[row.claim] = (row.reason, row.note)

    def _table(self, name: str | Path) -> pd.DataFrame:
        path = paths.reading(self.folder / name)
        return pd.read_csv(path, dtype=str, keep_default_na=False)

    def _add(self, path: Path, report: str) -> None:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ClaimError(f"{path.name}: the columns must be {', '.join(COLUMNS)}.")
            for row in reader:
                where = f"{path.name}, row {reader.line_num}, {row['claim_id']}"
                claim = Claim(**row, number=parse(row["published"]))
                fault = _fault(claim, report)
                if claim.claim_id in self.claims:
                    fault = "the id stands twice."
                if fault:
                    raise ClaimError(f"{where}: {fault}")
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
        value : float, bool, str or pair of float
            What was computed, in the claim's unit (a pair for a range).
        low, high : float, optional
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


def judge(claim: Claim, value, low=None, high=None, bands: pd.DataFrame | None = None) -> Verdict:
    """Turn a computed value into a status.

    The rules, in this order: it rounds to the printed text (``exact``); the interval
    that the inputs' rounding allows meets the printed one (``within input rounding``);
    it lies in the preset band of its kind of quantity (``close``); only the sign of a
    signed quantity agrees (``direction only``); else ``contradicted``.

    Parameters
    ----------
    claim : Claim
        The claim.
    value : float, bool, str or pair of float
        What was computed.
    low, high : float, optional
        Interval that the rounding of the inputs allows.
    bands : pandas.DataFrame, optional
        ``absolute`` and ``relative`` by quantity.

    Returns
    -------
    Verdict
        Status, computed text and decision flag.

    Raises
    ------
    ClaimError
        If the value is of the wrong kind for the claim, or missing.
    """
    if claim.relation == "range":
        return _judge_range(claim, value, bands)
    if claim.relation in ("rank", "set"):
        return _judge_names(claim, value)
    if claim.relation == "direction":
        return _judge_direction(claim, value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ClaimError(f"{claim.claim_id}: {value!r} is not a number.") from None
    if not math.isfinite(number):
        raise ClaimError(f"{claim.claim_id}: the computed value is missing ({number}).")
    low = number if low is None else float(low)
    high = number if high is None else float(high)
    if claim.relation in ("<", ">", "<=", ">="):
        return _judge_threshold(claim, number, low, high)
    return _judge_number(claim, claim.number, number, low, high, bands)


def _judge_number(claim, printed, number, low, high, bands) -> Verdict:
    text = _text(printed, number)
    if printed.write(number) == fixed(printed.value / 10**printed.scale, printed.decimals):
        return Verdict("exact", text)
    if low <= printed.high and high >= printed.low and low < high:
        return Verdict("within input rounding", text)
    signed = claim.quantity in SIGNED and number * printed.value != 0
    flag = "sign" if signed and number * printed.value < 0 else ""
    kinds = [claim.quantity] + (["about"] if claim.relation == "about" else [])
    for kind in kinds:
        if bands is not None and kind in bands.index and not flag:
            band = max(bands.at[kind, "absolute"], bands.at[kind, "relative"] * abs(printed.value))
            if abs(number - printed.value) <= band + printed.half:
                return Verdict("close", text)
    if signed and not flag:
        return Verdict("direction only", text)
    return Verdict("contradicted", text, flag)


def _text(printed: Printed, number: float) -> str:
    """Write a computed number with a decimal more than printed, up to a thousand."""
    return printed.write(number, more=int(abs(number) < 1000 * 10**printed.scale))


def _judge_threshold(claim, number, low, high) -> Verdict:
    limit = claim.number.value
    below = claim.relation.startswith("<")
    strict = len(claim.relation) == 1

    def holds(x: float) -> bool:
        return (
            (x < limit if strict else x <= limit)
            if below
            else (x > limit if strict else x >= limit)
        )

    text = f"{number:.3g}" if claim.quantity == "p_value" else _text(claim.number, number)
    if holds(number):
        return Verdict("exact", text)
    if holds(low) or holds(high):
        return Verdict("within input rounding", text)
    return Verdict("contradicted", text, "significance" if claim.quantity == "p_value" else "")


def _judge_range(claim, value, bands) -> Verdict:
    try:
        ends = [float(end) for end in value]
        printed = parse_range(claim.published)
        verdicts = [
            _judge_number(claim, p, x, x, x, bands) for p, x in zip(printed, ends, strict=True)
        ]
    except (TypeError, ValueError):
        raise ClaimError(
            f"{claim.claim_id}: give the two ends of the range, not {value!r}."
        ) from None
    worst = max(verdicts, key=lambda v: STATUSES.index(v.status))
    return Verdict(worst.status, " to ".join(v.computed for v in verdicts), worst.decision_flag)


def _judge_names(claim, value) -> Verdict:
    names = [value] if isinstance(value, str) else list(value)
    parts = [part.strip() for name in names for part in str(name).split(";") if part.strip()]
    text = "; ".join(parts)
    found = [part.casefold() for part in parts]
    wanted = [part.strip().casefold() for part in claim.published.split(";") if part.strip()]
    same = sorted(found) == sorted(wanted) if claim.relation == "set" else found == wanted
    return Verdict("exact", text) if same else Verdict("contradicted", text, claim.relation)


def _judge_direction(claim, value) -> Verdict:
    wanted = DIRECTIONS[claim.published]
    if isinstance(value, str):
        if value not in DIRECTIONS:
            raise ClaimError(f"{claim.claim_id}: {value!r} is not a direction.")
        found, text = DIRECTIONS[value], value
    elif isinstance(value, bool | np.bool_):
        found, text = (1 if value else -1), ("yes" if value else "no")
    else:
        number = float(value)
        if not math.isfinite(number):
            raise ClaimError(f"{claim.claim_id}: the computed value is missing ({number}).")
        found, text = (number > 0) - (number < 0), f"{number:.3g}"
    if found == wanted:
        return Verdict("exact", text)
    return Verdict("contradicted", text, "sign" if found * wanted < 0 else "significance")


def judge_implied(claim: Claim, implied: Implied) -> Verdict:
    """Decide an arithmetic claim from what the report's other figures imply.

    Parameters
    ----------
    claim : Claim
        With a formula.
    implied : Implied
        What the formula gives.

    Returns
    -------
    Verdict
        ``exact``, ``within input rounding`` or ``inconsistent in the report``.
    """
    if claim.relation == "direction":
        wanted = DIRECTIONS[claim.published] > 0
        text = "yes" if implied.value else "no"
        if implied.value == wanted:
            return Verdict("exact", text)
        can = implied.high if wanted else not implied.low
        return Verdict("within input rounding" if can else "inconsistent in the report", text)
    verdict = judge(claim, implied.value, implied.low, implied.high)
    if verdict.status in ("exact", "within input rounding"):
        return verdict
    return Verdict("inconsistent in the report", verdict.computed, verdict.decision_flag)


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

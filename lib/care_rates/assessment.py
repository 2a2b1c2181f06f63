"""The file that a self-evaluation is saved to: one format for the page and the notebooks.

A file is JSON: a title, one weight a domain, and for each rater a level, a
confidence and a note on the evidence for each characteristic. A level that nobody
could give is a word ("not known"), never a zero.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jsonschema import Draft202012Validator

FORMAT, VERSION = "care-rates self-evaluation", 1
DOMAINS = ("A", "B", "C", "D", "E")
CODES = tuple(
    f"{domain}{number}"
    for domain, count in zip(DOMAINS, (7, 6, 5, 3, 2), strict=True)
    for number in range(1, count + 1)
)
"""The 23 characteristics of the 2013 report, by its labels."""
LEVELS = (0, 1, 2, 3, 4)
NOT_YET, UNKNOWN, NOT_APPLICABLE = "not yet scored", "not known", "does not apply"
CONFIDENCE = ("low", "medium", "high")
MOST_BYTES = 1_000_000
"""Larger files are refused unread: a full one with twelve raters has about 600 kB."""

_SCORE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["code", "score", "confidence", "evidence"],
    "properties": {
        "code": {"enum": list(CODES)},
        "score": {"enum": [*LEVELS, NOT_YET, UNKNOWN, NOT_APPLICABLE]},
        "confidence": {"enum": ["", *CONFIDENCE]},
        "evidence": {"type": "string", "maxLength": 2000},
    },
}
_RATER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "scores"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "\\S"},
        "scores": {"type": "array", "maxItems": len(CODES), "items": _SCORE},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["format", "version", "title", "weights", "raters"],
    "properties": {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "title": {"type": "string", "maxLength": 120},
        "weights": {
            "type": "object",
            "additionalProperties": False,
            "required": list(DOMAINS),
            "properties": {
                domain: {"type": "number", "minimum": 0, "maximum": 10} for domain in DOMAINS
            },
        },
        "raters": {"type": "array", "minItems": 1, "maxItems": 12, "items": _RATER},
    },
}
"""JSON Schema of the file; the page checks what it loads against the same one."""


class AssessmentError(ValueError):
    """A file that is no self-evaluation: where it goes wrong, and what to do."""


def parse(content: str | bytes) -> dict:
    """Read the text of a saved self-evaluation and check it.

    Parameters
    ----------
    content : str or bytes
        What the file holds; bytes are read as UTF-8.

    Returns
    -------
    dict
        As :data:`SCHEMA` describes it.

    Raises
    ------
    AssessmentError
        If the text is too long, is no JSON, names a key twice, breaks the schema,
        names a rater or a characteristic twice, or has no weight above zero.
    """
    size = len(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise AssessmentError(
            f"The file has {size:,} bytes; a self-evaluation has at most {MOST_BYTES:,}. "
            "Choose the file that the page saved."
        )
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise AssessmentError(
            f"The file cannot be read as JSON ({error}). Choose the file that the page saved."
        ) from None
    return check(found)


def check(assessment: object) -> dict:
    """Check a self-evaluation that is already in memory.

    Parameters
    ----------
    assessment : object
        What should be as :data:`SCHEMA` describes.

    Returns
    -------
    dict
        The same object.

    Raises
    ------
    AssessmentError
        Naming the place and the fault of the first error.
    """
    errors = Draft202012Validator(SCHEMA).iter_errors(assessment)
    first = min(errors, key=lambda error: ([str(part) for part in error.path]), default=None)
    if first is not None:
        raise AssessmentError(f"{_place(first.path)}: {_fault(first)}")
    names = [rater["name"] for rater in assessment["raters"]]
    _no_twice(names, "raters", "name", "Give each rater a name of their own.")
    for place, rater in enumerate(assessment["raters"], start=1):
        codes = [score["code"] for score in rater["scores"]]
        where = f"raters, {place}, scores"
        _no_twice(codes, where, "code", "Keep one score for each characteristic.")
    if not any(assessment["weights"].values()):
        raise AssessmentError("weights: all are zero. Give at least one domain a weight.")
    return assessment


def to_frame(assessment: Mapping) -> pd.DataFrame:
    """Lay a self-evaluation out as a table, every characteristic for every rater.

    Parameters
    ----------
    assessment : mapping
        As :func:`parse` gives it.

    Returns
    -------
    pandas.DataFrame
        ``rater, code, score`` (0 to 4, missing where there is none), ``missing`` (why:
        ``not yet scored``, ``not known``, ``does not apply``, else empty),
        ``confidence`` (``low``, ``medium``, ``high`` or empty) and ``evidence``.
    """
    rows = [
        {"rater": rater["name"], **score}
        for rater in assessment["raters"]
        for score in rater["scores"]
    ]
    every = pd.MultiIndex.from_product(
        [[rater["name"] for rater in assessment["raters"]], CODES], names=["rater", "code"]
    )
    given = pd.DataFrame(rows, columns=["rater", "code", "score", "confidence", "evidence"])
    frame = given.astype(object).set_index(["rater", "code"]).reindex(every).reset_index()
    level = pd.to_numeric(frame["score"], errors="coerce").astype(float)
    why = frame["score"].where(level.isna(), "").fillna(NOT_YET)
    return pd.DataFrame(
        {
            "rater": frame["rater"].astype(str),
            "code": frame["code"].astype(str),
            "score": level,
            "missing": why.astype(str),
            "confidence": frame["confidence"].fillna("").astype(str),
            "evidence": frame["evidence"].fillna("").astype(str),
        }
    )


def from_frame(scores: pd.DataFrame, title: str, weights: Mapping[str, float]) -> dict:
    """Turn a table of scores into what the page loads.

    Parameters
    ----------
    scores : pandas.DataFrame
        As :func:`to_frame` gives it.
    title : str
        What is evaluated.
    weights : mapping of str to float
        One weight a domain.

    Returns
    -------
    dict
        Checked; ``json.dumps`` of it is the file.
    """
    level = np.where(scores["score"].isna(), scores["missing"], scores["score"].fillna(-1))
    rows = scores.assign(level=[x if isinstance(x, str) else int(x) for x in level])
    raters = [
        {
            "name": str(name),
            "scores": [
                {"code": r.code, "score": r.level, "confidence": r.confidence,
                 "evidence": r.evidence}
                for r in part.itertuples()
            ],
        }
        for name, part in rows.groupby("rater", sort=False)
    ]  # fmt: skip
    return check(
        {"format": FORMAT, "version": VERSION, "title": title, "weights": dict(weights),
         "raters": raters}
    )  # fmt: skip


def _once(pairs: Sequence[tuple[str, object]]) -> dict:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number")


def _no_twice(values: Sequence[str], where: str, what: str, remedy: str) -> None:
    seen = pd.Index(values)
    if seen.has_duplicates:
        raise AssessmentError(f"{where}: {what} {seen[seen.duplicated()][0]!r} twice. {remedy}")


def _place(path: Sequence) -> str:
    parts = [str(part + 1) if isinstance(part, int) else str(part) for part in path]
    return ", ".join(parts) or "the file"


def _fault(error) -> str:
    shown = json.dumps(error.instance, ensure_ascii=False)[:60]
    limit = error.validator_value
    match error.validator:
        case "enum":
            return f"{shown} is not one of: {', '.join(map(str, limit))}."
        case "const":
            return f"{shown} should be {limit!r}. Choose the file that the page saved."
        case "required":
            return f"{error.message.split(' ')[0]} is missing."
        case "additionalProperties":
            return "holds a name that is not known here; take it out."
        case "type":
            return f"{shown} should be of type {limit}."
        case "pattern":
            return f"{shown} is blank. Give a name or role."
        case "minimum" | "maximum":
            return f"{shown} is outside 0 to 10."
    return f"{shown} is too short or too long ({error.validator} {limit})."

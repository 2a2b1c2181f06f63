"""What a report says of each characteristic: statements, direction, how many areas."""

from __future__ import annotations

import pandas as pd

DIRECTIONS = ("in favour", "against", "no link", "not stated")
"""Whether a statement links a characteristic with fewer children looked after."""


def by_characteristic(evidence: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Count statements by characteristic and direction.

    Parameters
    ----------
    evidence, frame : pandas.DataFrame
        The tables ``evidence_cordis`` and ``characteristics``.

    Returns
    -------
    pandas.DataFrame
        ``characteristic`` (code and short name), ``direction``, ``statements``, in the
        order of the codes.
    """
    label = frame["code"] + " " + frame["short"]
    names = evidence["code"].map(dict(zip(frame["code"], label, strict=True)))
    counts = evidence.assign(characteristic=names).value_counts(["characteristic", "direction"])
    return counts.rename("statements").reset_index().sort_values(["characteristic", "direction"])


def by_direction(evidence: pd.DataFrame) -> pd.DataFrame:
    """Count statements by direction, and what they rest on.

    Parameters
    ----------
    evidence : pandas.DataFrame
        The table ``evidence_cordis``.

    Returns
    -------
    pandas.DataFrame
        By direction: statements, how many of them name a number of areas, and how many
        rest on each kind of source.
    """
    groups = evidence.groupby("direction")["areas"]
    basis = pd.crosstab(evidence["direction"], evidence["basis"]).add_prefix("rests on ")
    counts = {"statements": groups.size(), "with a number of areas": groups.count()}
    return pd.DataFrame(counts).join(basis).reindex([d for d in DIRECTIONS if d in basis.index])


def matrix(evidence: pd.DataFrame, domain: str) -> pd.DataFrame:
    """Set out every statement on the characteristics of one heading.

    Parameters
    ----------
    evidence : pandas.DataFrame
        The table ``evidence_cordis``.
    domain : str
        Letter of the heading: the first of the codes.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``statement``, ``in place or missing``, ``link with fewer children``,
        ``areas`` (of five, or the words that stand for a number) and ``locator``, in
        the order of the codes.
    """
    rows = evidence[evidence["code"].str[0] == domain]
    number = rows["areas"].map("{:.0f} of five".format, na_action="ignore")
    said = number.where(rows["areas_said"] != "at least", "at least " + number)
    words = rows["areas_said"].map({"most": "most areas"}).fillna("not counted")
    return pd.DataFrame(
        {"code": rows["code"], "statement": rows["statement"],
         "in place or missing": rows["presence"], "link with fewer children": rows["direction"],
         "areas": said.fillna(words), "locator": rows["locator"]}
    ).reset_index(drop=True)  # fmt: skip

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


def counted(evidence: pd.DataFrame) -> pd.DataFrame:
    """Pick the statements with a number of areas that bear on a difference.

    Parameters
    ----------
    evidence : pandas.DataFrame
        The table ``evidence_cordis``.

    Returns
    -------
    pandas.DataFrame
        Those in favour, and those about two areas or more, with readable headings.
    """
    rows = evidence.dropna(subset=["areas"]).astype({"areas": int})
    rows = rows[(rows["direction"] == "in favour") | (rows["areas"] >= 2)]
    names = {"code": "code", "statement": "statement", "presence": "presence",
             "direction": "direction", "areas": "of five areas", "areas_said": "how it is said",
             "locator": "locator"}  # fmt: skip
    return rows[list(names)].rename(columns=names)

"""Computed values by the ids of their claims, and beside what was published."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from care_rates import wording
from care_rates.claims import REASONS, ClaimError
from care_rates.names import slug


def beside(rows: list[dict]) -> pd.DataFrame:
    """Set published beside computed values for a reader.

    Parameters
    ----------
    rows : list of dict
        Checked claims, as they are recorded.

    Returns
    -------
    pandas.DataFrame
        ``claim, published, computed, status, reason``, one row a claim.
    """
    return pd.DataFrame(
        {
            "claim": [row["statement"] for row in rows],
            "published": [wording.printed(row) for row in rows],
            "computed": [wording.shown(row) for row in rows],
            "status": [row["status"] for row in rows],
            "reason": [REASONS.get(row["reason"], "") for row in rows],
        }
    )


def by_claim(prefix: str, computed) -> dict[str, object]:
    """Give each computed value the id of its claim.

    Parameters
    ----------
    prefix : str
        Claim id, or its leading parts.
    computed : DataFrame, mapping, Series, scalar or None
        Labels, slugged, complete the ids; None gives nothing.

    Returns
    -------
    dict of str to object
        Value by claim id.

    Raises
    ------
    ClaimError
        If two values have the same id.
    """
    found = _named(prefix, computed)
    names = [name for name, _ in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ClaimError(f"{twice[0]}: two values have this id. Give each row a label of its own.")
    return dict(found)


def _named(prefix: str, computed) -> list[tuple[str, object]]:
    if computed is None:
        return []
    if isinstance(computed, pd.DataFrame):
        cells = computed.to_numpy(dtype=object)
        return [
            (f"{prefix}.{slug(str(row))}.{slug(str(column))}", cells[i, j])
            for i, row in enumerate(computed.index)
            for j, column in enumerate(computed.columns)
        ]
    if isinstance(computed, (Mapping, pd.Series)):
        return [
            (f"{prefix}.{'.'.join(slug(part) for part in str(key).split('.'))}", value)
            for key, value in computed.items()
        ]
    return [(prefix, computed)]

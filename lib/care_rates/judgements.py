"""Inspection judgements as a four-point scale, and the latest one at a date."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

SCALE = {"Inadequate": 1, "Requires improvement to be good": 2, "Good": 3, "Outstanding": 4}
"""Ofsted's four judgements, coded as the What Works Centre coded them."""

AREAS = (
    "overall", "help_and_protection", "cla_and_permanence", "adoption", "care_leavers",
    "leadership",
)  # fmt: skip


def coded(events: pd.DataFrame, areas: Sequence[str] = AREAS) -> pd.DataFrame:
    """Turn judgements in words into the scale 1 (inadequate) to 4 (outstanding).

    Parameters
    ----------
    events : pandas.DataFrame
        The table ``ofsted``.
    areas : sequence of str
        Columns with judgements.

    Returns
    -------
    pandas.DataFrame
        The same with numbers; no judgement stays missing.

    Raises
    ------
    ValueError
        If a judgement is not of the scale.
    """
    out = events.copy()
    for area in areas:
        out[area] = events[area].map(SCALE)
        strange = events[area].notna() & out[area].isna()
        if strange.any():
            raise ValueError(f"{area}: {events.loc[strange, area].iloc[0]!r} is not a judgement.")
    return out


def latest(
    events: pd.DataFrame, until: str, frameworks: Sequence[str], areas: Sequence[str] = AREAS
) -> pd.DataFrame:
    """Give each authority's latest judgements published by a date.

    Parameters
    ----------
    events : pandas.DataFrame
        Coded events (see :func:`coded`): ``unit_id, published, framework`` and ``areas``.
    until : str
        Last day of publication that counts (``2018-10-31``).
    frameworks : sequence of str
        Inspection frameworks that count (``SIF``, ``ILACS``).
    areas : sequence of str
        Judgements to give, all from the same, latest event with an overall judgement.

    Returns
    -------
    pandas.DataFrame
        By ``unit_id``: ``published, framework`` and ``areas``.

    Raises
    ------
    ValueError
        If nothing was published by then.
    """
    rows = events[events["framework"].isin(list(frameworks)) & events["overall"].notna()]
    rows = rows[(rows["published"] <= pd.Timestamp(until)) & rows["unit_id"].notna()]
    if rows.empty:
        raise ValueError(f"No judgement of {', '.join(frameworks)} was published by {until}.")
    last = rows.sort_values(["published", "unit_id"], kind="stable").groupby("unit_id").tail(1)
    return last.set_index("unit_id").sort_index()[["published", "framework", *areas]]


def shares(judgement: pd.Series) -> pd.Series:
    """Share of authorities with each judgement.

    Parameters
    ----------
    judgement : pandas.Series
        Coded 1 to 4.

    Returns
    -------
    pandas.Series
        Percent of those judged, by the judgement's name, best first.
    """
    found = judgement.dropna().value_counts(normalize=True) * 100
    names = sorted(SCALE, key=SCALE.get, reverse=True)
    return pd.Series({name: float(found.get(SCALE[name], 0.0)) for name in names})

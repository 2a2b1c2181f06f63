"""Inspection judgements as a four-point scale, and the latest one at a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    events: pd.DataFrame, until: str, frameworks: Sequence[str], areas: Sequence[str] = AREAS,
    *, after: str | None = None,
) -> pd.DataFrame:  # fmt: skip
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
    after : str, optional
        Only what was published after this day counts.

    Returns
    -------
    pandas.DataFrame
        By ``unit_id``: ``published, framework`` and ``areas``.

    Raises
    ------
    ValueError
        If nothing was published by then.
    """
    rows = _published(events, frameworks, after, until)
    last = rows.groupby("unit_id").tail(1)
    return last.set_index("unit_id").sort_index()[["published", "framework", *areas]]


def first_after(
    events: pd.DataFrame, after: str, frameworks: Sequence[str], areas: Sequence[str] = AREAS
) -> pd.DataFrame:
    """Give each authority's first judgements published after a date.

    Parameters
    ----------
    events : pandas.DataFrame
        Coded events (see :func:`coded`).
    after : str
        Last day of publication that does *not* count (``2017-03-31``).
    frameworks : sequence of str
        Inspection frameworks that count.
    areas : sequence of str
        Judgements to give, all from the same, first event with an overall judgement.

    Returns
    -------
    pandas.DataFrame
        By ``unit_id``: ``published, framework`` and ``areas``.

    Raises
    ------
    ValueError
        If nothing was published after it.
    """
    rows = _published(events, frameworks, after, None)
    found = rows.groupby("unit_id").head(1)
    return found.set_index("unit_id").sort_index()[["published", "framework", *areas]]


def _published(
    events: pd.DataFrame, frameworks: Sequence[str], after: str | None, until: str | None
) -> pd.DataFrame:
    """Keep overall judgements published after one day and by another, in order of date."""
    rows = events[events["framework"].isin(list(frameworks)) & events["overall"].notna()]
    rows = rows[rows["unit_id"].notna()]
    if after is not None:
        rows = rows[rows["published"] > pd.Timestamp(after)]
    if until is not None:
        rows = rows[rows["published"] <= pd.Timestamp(until)]
    if rows.empty:
        when = " ".join(
            f"{word} {day}" for word, day in (("after", after), ("by", until)) if day is not None
        )
        raise ValueError(f"No judgement of {', '.join(frameworks)} was published {when}.")
    return rows.sort_values(["published", "unit_id"], kind="stable")


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


def reading(
    judged: pd.DataFrame, outcomes: Mapping[str, pd.Series],
    correlations: Mapping[str, tuple[str, str]], parts: Mapping[str, str],
) -> dict[str, float]:  # fmt: skip
    """Compute what a report prints of judgements, under one choice of "latest".

    Parameters
    ----------
    judged : pandas.DataFrame
        Latest judgements by authority (see :func:`latest`).
    outcomes : mapping of str to pandas.Series
        Outcomes by authority.
    correlations : mapping of str to (str, str)
        Name of each rank correlation to its judgement and its outcome.
    parts : mapping of str to str
        Name of each share to the overall judgement that it counts.

    Returns
    -------
    dict of str to float
        Spearman's coefficients, and shares in percent.
    """
    out = {}
    for name, (part, outcome) in correlations.items():
        both = pd.concat([judged[part], outcomes[outcome]], axis=1).dropna()
        out[name] = float(both.iloc[:, 0].corr(both.iloc[:, 1], method="spearman"))
    split = shares(judged["overall"])
    return out | {name: float(split[judgement]) for name, judgement in parts.items()}

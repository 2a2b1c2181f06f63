"""The tables that all area pages share: built once, from all authorities together."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from care_rates import profile_forecasts as ahead
from care_rates import profile_measures as measures
from care_rates import profile_models as models
from care_rates import profile_tables as facts
from care_rates.data import load, save

COUNTRIES = ("England", "Wales")


def common(
    tables: Mapping[str, pd.DataFrame], *, seed: int, draws: int = 4000, alpha: float = 0.05
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Build every table that a page looks its own rows up in.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        The analysis tables of :data:`care_rates.profile_tables.NEEDED`.
    seed, draws : int
        Of the random draws behind the rank intervals.
    alpha : float
        One less the coverage of intervals.

    Returns
    -------
    dict of str to pandas.DataFrame
        By name, each starting with ``profile_``.
    """
    rates = facts.rates(tables)
    judged, curves = zip(*(models.funnels(rates, c) for c in COUNTRIES), strict=True)
    ranked = [models.ranks(rates, c, seed=seed, draws=draws, alpha=alpha) for c in COUNTRIES]
    funnel = pd.concat(judged).merge(pd.concat(ranked), on=["key", "year"])
    expected, lines = models.given_deprivation(rates, models.indices(tables), alpha=alpha)
    past = ahead.histories(rates)
    tests = ahead.backtests(past, alpha)
    scores = ahead.choose(tests, alpha)
    limits = pd.concat(curves)
    shown = expected[["country", "year"]].drop_duplicates()
    out = {
        "rates": rates,
        "names": facts.names(tables["areas"], tables["crosswalk"]),
        "flows": measures.flows(tables["cla_flows"]),
        "mix": measures.mix(tables),
        "ofsted": measures.ofsted(tables["ofsted"]),
        "spend": measures.spend(tables),
        "releases": facts.releases(tables["cla"]),
        "funnel": funnel,
        "limits": limits.merge(shown, on=["country", "year"]),
        "expected": expected,
        "expected_lines": lines,
        "scores": scores.reset_index(),
        "forecast": ahead.forecasts(past, scores, tests, alpha),
        "neighbours": models.neighbours(tables, rates),
    }
    return {f"profile_{name}": frame.reset_index(drop=True) for name, frame in out.items()}


def save_common(*, seed: int, draws: int = 4000, alpha: float = 0.05) -> dict[str, pd.DataFrame]:
    """Load what is needed, build the shared tables and save them.

    Parameters
    ----------
    seed, draws : int
        See :func:`common`.
    alpha : float
        See :func:`common`.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables, as saved.
    """
    tables = {name: load(name) for name in facts.NEEDED}
    made = common(tables, seed=seed, draws=draws, alpha=alpha)
    for name, frame in made.items():
        save(frame, name)
    return made


CONTENTS = {
    "rates": "numbers, children who live there and rates, latest release of each year",
    "names": "name of every key, and what became of councils",
    "flows": "children who came into care and left it",
    "mix": "placements and ages in the last year",
    "ofsted": "inspections with judgements",
    "spend": "looked-after spending and weekly costs, in cash",
    "releases": "first and latest print of each year",
    "funnel": "place in the funnel by two rules, rank and shrunken rate, every year",
    "limits": "curves of the funnels",
    "expected": "rate that deprivation leads one to expect",
    "expected_lines": "curves of the same",
    "scores": "rules of forecasting, compared",
    "forecast": "five years ahead",
    "neighbours": "statistical neighbours",
}
"""What each table holds, by short name."""


def sizes(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List the shared tables.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        From :func:`common`.

    Returns
    -------
    pandas.DataFrame
        ``table, what it holds, rows, areas``.
    """
    return pd.DataFrame(
        [
            (name, CONTENTS[name.removeprefix("profile_")], len(frame),
             frame["key"].nunique() if "key" in frame else None)
            for name, frame in tables.items()
        ],
        columns=["table", "what it holds", "rows", "areas"],
    )  # fmt: skip


def with_names(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Put names and regions beside the rows of a shared table.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        From :func:`common`.
    name : str
        Short name of a table by key.

    Returns
    -------
    pandas.DataFrame
        With ``name`` and ``region``.
    """
    known = tables["profile_names"][["key", "name", "region"]]
    return tables[f"profile_{name}"].merge(known, on="key", how="left")

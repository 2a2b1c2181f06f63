"""One authority, and the sections of its page.

Each :class:`Section` is made by a function that takes a :class:`Place` and looks the
authority's rows up in the shared tables. It says in words what it found, and what is
missing for this authority and why. The functions are in ``profile_trend`` (the rate
over time), ``profile_compare`` (beside others), ``profile_services`` (flows, places,
inspections, money) and ``profile_outlook`` (forecast, revisions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from care_rates import intervals
from care_rates import profile_words as words
from care_rates.areas import ENGLAND, SCILLY, WALES

TABLES = (
    "rates", "names", "flows", "mix", "ofsted", "spend", "releases", "funnel", "limits",
    "expected", "expected_lines", "scores", "forecast", "neighbours",
)  # fmt: skip
"""The shared tables that a page needs; on disk their names start with ``profile_``."""

INDICES = {"England": "income deprivation affecting children (IDACI), average score",
           "Wales": "small areas among the most income-deprived 30% of Wales, percent"}  # fmt: skip
"""The one measure of deprivation that is used in each country."""
SCILLY_WHY = {
    "figures": "Withheld by the publisher, or marked as not applicable.",
    "funnel": "Left out of the funnels: every printed count is zero, and chance alone could not "
    "tell so small a place from any other.",
    "deprivation": "Left out of the model of deprivation, since every printed count is zero.",
    "neighbours": "The published model lists neighbours and marks each of them as not close, so "
    "none is shown.",
    "The published models of neighbours leave it out.": "It has no neighbours that are close, and "
    "no child in care to compare.",
    "flows": "Zero in the years shown; in the others withheld, or marked as not applicable.",
    "mix": "No child in care is counted, so there is nothing to divide into shares.",
    "forecast": "Every printed count is zero and some are withheld: there is nothing to project.",
}
"""Reasons of the Isles of Scilly, by gap or by the reason that others have."""


@dataclass(frozen=True)
class Result:
    """One number for the results file: see :func:`care_rates.report.record`."""

    value: float
    low: float | None = None
    high: float | None = None
    unit: str = ""
    method: str = ""


@dataclass(frozen=True)
class Section:
    """What one section of the page says and shows.

    Parameters
    ----------
    name : str
        Anchor on the page.
    sentences : list of str
        What was found; plain text.
    missing : dict of str to str
        What is not there for this authority, and why.
    frame : pandas.DataFrame
        To draw or list; empty where there is nothing.
    context : dict of str to pandas.DataFrame
        What is drawn behind it.
    caption, alt, source : str
        Of the chart or table.
    results : dict of str to Result
        Numbers to record.
    """

    name: str
    sentences: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    context: dict[str, pd.DataFrame] = field(default_factory=dict)
    caption: str = ""
    alt: str = ""
    source: str = ""
    results: dict[str, Result] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """One authority and the tables that its rows are in.

    Parameters
    ----------
    key, name, region, country, kind : str
        Of the authority of 2016-17.
    tables : mapping of str to pandas.DataFrame
        The shared tables by short name (:data:`TABLES`).
    alpha : float
        One less the coverage of intervals.
    case_study : bool
        Whether the Welsh report of 2013 studied it as a case.
    """

    key: str
    name: str
    region: str
    country: str
    kind: str
    tables: Mapping[str, pd.DataFrame]
    alpha: float = 0.05
    case_study: bool = False

    @classmethod
    def of(cls, row: pd.Series, tables: Mapping[str, pd.DataFrame], alpha: float = 0.05) -> Place:
        """Make a place of a row of the table of areas.

        Parameters
        ----------
        row : pandas.Series
            From :func:`care_rates.areas.find`.
        tables : mapping of str to pandas.DataFrame
            By short name.
        alpha : float
            One less the coverage.

        Returns
        -------
        Place
            The authority.
        """
        kind = words.KINDS[row["la_type"]]
        return cls(row["unit_id"], row["area"], row["region"], row["country"], kind, tables, alpha,
                   row["case_study"] == "yes")  # fmt: skip

    def rows(self, table: str, key: str | None = None) -> pd.DataFrame:
        """Look up rows of a shared table.

        Parameters
        ----------
        table : str
            Short name.
        key : str, optional
            Another key than the authority's own.

        Returns
        -------
        pandas.DataFrame
            In the table's order.
        """
        frame = self.tables[table]
        return frame[frame["key"] == (key or self.key)]

    def label(self, key: str) -> str:
        """Name a key.

        Parameters
        ----------
        key : str
            Of an authority, joined area, region or country.

        Returns
        -------
        str
            Its name.
        """
        return self._labels[key]

    @cached_property
    def _labels(self) -> dict[str, str]:
        return self.tables["names"].set_index("key")["name"].to_dict()

    @cached_property
    def history(self) -> pd.DataFrame:
        """Numbers and rates by year, where both are known, with intervals."""
        return self.series(self.key)

    def series(self, key: str) -> pd.DataFrame:
        """Give numbers and rates of a key by year, with intervals.

        Parameters
        ----------
        key : str
            Any key.

        Returns
        -------
        pandas.DataFrame
            Indexed by year: ``number, rounding, persons, rate, low, high`` and more.
        """
        rows = self.rows("rates", key).dropna(subset=["number", "persons"]).set_index("year")
        ends = intervals.rates(rows["number"], rows["persons"], rounding=rows["rounding"],
                               level=1 - self.alpha)  # fmt: skip
        return rows.join(ends[["low", "high"]])

    @cached_property
    def latest(self) -> int | None:
        """Last year with a figure of the authority; None where there is none."""
        return int(self.history.index[-1]) if len(self.history) else None

    @cached_property
    def country_key(self) -> str:
        """Key of England or Wales."""
        return ENGLAND if self.country == "England" else WALES

    @cached_property
    def region_key(self) -> str | None:
        """Key of the region; Wales has none."""
        named = self.tables["names"]
        found = named[named["key"].str.startswith(("E12", "E13")) & (named["name"] == self.region)]
        return found["key"].iloc[0] if len(found) else None

    @cached_property
    def joined(self) -> str | None:
        """Key of the joined area, where the boundaries were drawn anew."""
        found = self.rows("names")["joined"]
        return found.iloc[0] if len(found) and "+" in str(found.iloc[0]) else None

    @cached_property
    def successors(self) -> pd.DataFrame:
        """Councils that took over all or part of the area: ``key, name, since``."""
        named = self.tables["names"]
        same = (named["joined"] == self.joined) if self.joined else (named["unit_id"] == self.key)
        ended = self.rows("names")["until"]
        since = ended.iloc[0] if len(ended) else np.nan
        return named[same & (named["since"] == since) & (named["key"] != self.key)]

    @cached_property
    def near(self) -> list[str]:
        """Keys of the statistical neighbours, nearest first."""
        return list(self.rows("neighbours")["near"])

    @cached_property
    def printed(self) -> str:
        """The releases that the numbers in care come from, with their years."""
        if self.country == "Wales":
            years = self.tables["rates"].query("country == 'Wales'")["year"]
            return f"Children looked after in Wales, {years.min()} to {years.max()} (StatsWales)"
        print_ = self.tables["releases"]
        first, last = print_["first_release"].min(), print_["last_release"].max()
        return f"Children looked after in England, releases of {first:.0f} to {last:.0f}"

    @property
    def source(self) -> str:
        """Where the numbers in care and the rates come from."""
        return f"{self.printed}; mid-year estimates (profile_rates)."

    def why(self, what: str, gap: str = "") -> str:
        """Say why something is missing for this authority.

        Parameters
        ----------
        what : str
            ``wales`` (not in the tables for Wales), ``ended`` (the council ended), or a
            reason of its own.
        gap : str
            Which gap (:data:`SCILLY_WHY`): the Isles of Scilly have reasons of their own.

        Returns
        -------
        str
            The reason.
        """
        if self.country == "Wales" and what != "wales":
            return self.why("wales")
        if self.key == SCILLY and not self.history["number"].any():
            what = SCILLY_WHY.get(gap or what, what)
        if what == "wales":
            return "Not published by authority, or not found, for Wales in the tables at hand."
        if what == "ended" and len(self.successors):
            names = words.councils(self.successors["name"])
            since = int(self.successors["since"].iloc[0])
            return f"The council ended on 1 April {since}; {names} took over, on other boundaries."
        return what

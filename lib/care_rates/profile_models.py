"""What the page of one authority takes from all of them: funnels, ranks, models, neighbours.

Every function takes the table of :func:`care_rates.profile_tables.rates` and gives rows
by ``key``, so that a page only has to look its own up.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import gamma

from care_rates import shrinkage
from care_rates.areas import SCILLY
from care_rates.funnel import judge, judge_groups
from care_rates.funnel_rules import Rule
from care_rates.intervals import PER

CHANCE, SPREAD = Rule(), Rule(limits="additive")
"""Limits by chance alone (exact Poisson, interpolated), and with the spread between
authorities allowed for (additive random effects, winsorised at ten percent)."""


def judged(rates: pd.DataFrame) -> pd.DataFrame:
    """Keep the authorities that a funnel can hold: with figures, without the Isles of Scilly.

    Parameters
    ----------
    rates : pandas.DataFrame
        From :func:`care_rates.profile_tables.rates`.

    Returns
    -------
    pandas.DataFrame
        Rows of authorities.
    """
    rows = rates[(rates["level"] == "authority") & (rates["key"] != SCILLY)]
    return rows.dropna(subset=["number", "persons"]).reset_index(drop=True)


def last_years(rates: pd.DataFrame) -> pd.Series:
    """Give the last year with a figure of each authority.

    Parameters
    ----------
    rates : pandas.DataFrame
        From :func:`care_rates.profile_tables.rates`.

    Returns
    -------
    pandas.Series
        By key.
    """
    return judged(rates).groupby("key")["year"].max()


def funnels(rates: pd.DataFrame, country: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge every authority against its country's total rate in every year, by two rules.

    Parameters
    ----------
    rates : pandas.DataFrame
        From :func:`care_rates.profile_tables.rates`.
    country : str
        England or Wales.

    Returns
    -------
    tuple of pandas.DataFrame
        By key and year: ``number, persons, rate, target``, the limits by chance as
        rates, ``flag, position, certain`` (see :func:`care_rates.funnel.judge`), and the
        same three with ``spread_`` in front; and the curves of both rules.
    """
    rows = judged(rates)
    rows = rows[rows["country"] == country].drop(columns="rate")
    chance, curve = judge_groups(rows, "year", "number", "persons", CHANCE, rounding="rounding",
                                 points=24)  # fmt: skip
    spread, wide = judge_groups(rows, "year", "number", "persons", SPREAD, rounding="rounding",
                                points=24)  # fmt: skip
    keys = ["key", "year"]
    kept = [*keys, "count", "base", "rate", "target", "low_95", "high_95", "low_99_8", "high_99_8",
            "flag", "position", "certain"]  # fmt: skip
    out = chance[kept].rename(columns={"count": "number", "base": "persons"})
    other = spread[[*keys, "flag", "position", "certain"]]
    out = out.merge(other.rename(columns=lambda c: c if c in keys else f"spread_{c}"), on=keys)
    curves = pd.concat([curve.assign(rule="chance"), wide.assign(rule="spread")])
    return out.assign(country=country), curves.assign(country=country)


def ranks(
    rates: pd.DataFrame, country: str, *, seed: int, draws: int = 4000, alpha: float = 0.05
) -> pd.DataFrame:  # fmt: skip
    """Rank the authorities of a country in every year, each rank with its interval.

    Parameters
    ----------
    rates : pandas.DataFrame
        From :func:`care_rates.profile_tables.rates`.
    country : str
        England or Wales.
    seed, draws : int
        Of the random draws.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        ``key, year, areas, rank`` (1 is the highest rate), ``rank_low, rank_high``,
        ``shrunk, shrunk_low, shrunk_high``: the rate drawn towards the mean by as much
        as the count is chance; ``prior_shape, prior_persons``: shape and rate of the
        gamma distribution of true rates (children in care a child) of that year.
    """
    rows = judged(rates)
    parts = []
    for year, rows_of in rows[rows["country"] == country].groupby("year"):
        part = rows_of.set_index("key")
        model = shrinkage.fit(part["number"], part["persons"])
        drawn = shrinkage.shrunk_rates(part["number"], part["persons"], model, level=1 - alpha)
        place = shrinkage.rank_intervals(
            part["number"], part["persons"], model, seed=seed, draws=draws, level=1 - alpha,
            rounding=part["rounding"].to_numpy(),
        )  # fmt: skip
        parts.append(
            pd.DataFrame(
                {"year": year, "areas": len(part), "rank": place["rank"],
                 "rank_low": place["low"], "rank_high": place["high"],
                 "shrunk": drawn["shrunk"], "shrunk_low": drawn["low"],
                 "shrunk_high": drawn["high"], "prior_shape": 1 / model.alpha,
                 "prior_persons": part["persons"] / model.expected / model.alpha}
            ).reset_index()
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def indices(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give one measure of deprivation by key and edition.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        With ``deprivation`` and ``wales_deprivation``.

    Returns
    -------
    pandas.DataFrame
        ``country, key, edition`` (2015 or 2019), ``deprivation``.
    """
    england = tables["deprivation"]
    key = england["unit_id"].fillna(england["area_code"])
    first = pd.DataFrame({"country": "England", "key": key,
                          "edition": england["index_year"].astype(int),
                          "deprivation": england["idaci_average_score"]})  # fmt: skip
    wales = tables["wales_deprivation"]
    wales = wales[(wales["index"] == "WIMD 2019") & (wales["domain"] == "income")]
    second = pd.DataFrame({"country": "Wales", "key": wales["area_code"], "edition": 2019,
                           "deprivation": wales["pct_lsoas_in_most_deprived_30"]})  # fmt: skip
    return pd.concat([first, second], ignore_index=True).dropna()


def given_deprivation(
    rates: pd.DataFrame, index: pd.DataFrame, *, alpha: float = 0.05
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set each authority beside what one measure of deprivation would lead to expect.

    Parameters
    ----------
    rates : pandas.DataFrame
        From :func:`care_rates.profile_tables.rates`.
    index : pandas.DataFrame
        From :func:`indices`.
    alpha : float
        One less the coverage.

    Returns
    -------
    tuple of pandas.DataFrame
        By key, for its last year: ``deprivation, number, persons, rounding, rate,
        expected`` (rate by negative binomial regression on the log of the measure),
        ``position, certain`` (additive limits around it), ``areas, slope`` (rate ratio
        for a doubling) with ``slope_low, slope_high``, ``usual_low, usual_high``: the
        middle ``1 - alpha`` of true rates of areas as deprived; and a curve for each
        year with the same. Years without at
        least ten authorities are left out.
    """
    rows, last = judged(rates), last_years(rates)
    found, curves = [], []
    wanted = rows[rows["year"] == rows["key"].map(last)][["country", "year"]].drop_duplicates()
    for country, year in wanted.itertuples(index=False):
        if country == "England" and year < 2015:
            continue  # councils that ended before the first index; they have no page
        edition = 2015 if country == "England" and year < 2020 else 2019
        known = index[(index["country"] == country) & (index["edition"] == edition)]
        part = rows[(rows["country"] == country) & (rows["year"] == year)]
        part = part.merge(known[["key", "deprivation"]], on="key").set_index("key")
        if len(part) < 10:
            continue
        doubled = np.log2(part[["deprivation"]])
        model = shrinkage.fit(part["number"], part["persons"], doubled)
        slope = model.coefficients.iloc[0]
        place = judge(part["number"], part["persons"], SPREAD, rounding=part["rounding"],
                      expected=model.expected)  # fmt: skip
        expected = PER * model.expected / part["persons"]
        ends = gamma.ppf([alpha / 2, 1 - alpha / 2], 1 / model.alpha) * model.alpha
        found.append(
            part.assign(
                year=year, edition=edition, expected=expected, position=place["position"],
                certain=place["certain"], areas=len(part), slope=slope["ratio"],
                slope_low=slope["low"], slope_high=slope["high"],
                usual_low=expected * ends[0], usual_high=expected * ends[1],
            ).reset_index()
        )  # fmt: skip
        at = np.geomspace(part["deprivation"].min(), part["deprivation"].max(), 20)
        order = part["deprivation"].to_numpy().argsort()
        line = np.exp(np.interp(np.log(at), np.log(part["deprivation"].to_numpy()[order]),
                                np.log(expected.to_numpy()[order])))  # fmt: skip
        curves.append(pd.DataFrame({"country": country, "year": year, "deprivation": at,
                                    "expected": line, "low": line * ends[0],
                                    "high": line * ends[1]}))  # fmt: skip
    return pd.concat(found, ignore_index=True), pd.concat(curves, ignore_index=True)


def neighbours(tables: Mapping[str, pd.DataFrame], rates: pd.DataFrame) -> pd.DataFrame:
    """List the statistical neighbours of each authority, by key.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        With ``neighbours`` and ``crosswalk``.
    rates : pandas.DataFrame
        From :func:`care_rates.profile_tables.rates`.

    Returns
    -------
    pandas.DataFrame
        ``key, place, near, model, stands_for``: the model of 2025 where it names the
        authority itself; the one of 2021 for authorities that had ended before, and for
        those that it knows only by the councils that replaced them. ``stands_for`` names
        the council that the model lists, where ``near`` is the larger authority of
        2016-17 that it is part of.
    """
    from care_rates.care_system import neighbour_index

    crosswalk = tables["crosswalk"].set_index("area_code")
    part = crosswalk["unit_map"].str.startswith("part")
    listed = tables["neighbours"]
    listed = listed[~listed["area_code"].map(part).astype(bool)]  # a part's list is not the whole's
    units = crosswalk["unit_id"].fillna(pd.Series(crosswalk.index, index=crosswalk.index))
    named = set(listed.loc[listed["model"] == "2025", "area_code"].map(units))
    last = last_years(rates)
    model = pd.Series(np.where((last >= 2020) & last.index.isin(named), "2025", "2021"), last.index)
    parts = []
    for (used, at), chosen in last.groupby([model, last]):
        rows = judged(rates)
        keys = pd.Index(sorted(rows.loc[(rows["year"] == at) | rows["key"].isin(chosen.index),
                                        "key"].unique()))  # fmt: skip
        index = neighbour_index(listed, tables["crosswalk"], keys, used)
        own, place = np.nonzero(index >= 0)
        found = pd.DataFrame({"key": keys[own], "place": place + 1, "near": keys[index[own, place]],
                              "model": used})  # fmt: skip
        parts.append(found[found["key"].isin(chosen.index)])
    out = pd.concat(parts, ignore_index=True)
    whole = listed[listed["neighbour_area_code"].map(part).astype(bool)].assign(
        key=lambda rows: rows["area_code"].map(units),
        near=lambda rows: rows["neighbour_area_code"].map(units),
        stands_for=lambda rows: rows["neighbour_area_code"].map(crosswalk["name"]),
    )
    whole = whole.groupby(["key", "near", "model"])["stands_for"].agg(" and ".join).reset_index()
    return out.merge(whole, on=["key", "near", "model"], how="left")


def outside(funnel: pd.DataFrame) -> pd.DataFrame:
    """Give the share of authorities outside the limits, by country, year and rule.

    Parameters
    ----------
    funnel : pandas.DataFrame
        From :func:`funnels`.

    Returns
    -------
    pandas.DataFrame
        ``country, year, rule, percent`` and ``unsure``: percent whose place rounding
        could change.
    """
    parts = []
    for rule, start in (("chance alone", ""), ("spread allowed for", "spread_")):
        flags = funnel.assign(
            percent=100.0 * (funnel[f"{start}flag"] != 0),
            unsure=100.0 * ~funnel[f"{start}certain"].astype(bool),
        )
        mean = flags.groupby(["country", "year"])[["percent", "unsure"]].mean().reset_index()
        parts.append(mean.assign(rule=rule))
    return pd.concat(parts, ignore_index=True)[["country", "year", "rule", "percent", "unsure"]]

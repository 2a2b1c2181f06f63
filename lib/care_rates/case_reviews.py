"""Serious case reviews of the five case study areas beside their rates."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from statsmodels.api import OLS

from care_rates.case_studies import CaseError


def reviews(facts: pd.DataFrame) -> pd.DataFrame:
    """Lay out the serious case reviews published, by area and calendar year.

    Parameters
    ----------
    facts : pandas.DataFrame
        The table ``wales_report_facts``.

    Returns
    -------
    pandas.DataFrame
        One row an area, one column a year, as printed.
    """
    rows = facts[facts["measure"] == "serious_case_reviews_published"]
    counts = pd.to_numeric(rows["value"]).astype(int)
    years = rows["year"].astype(int)
    return rows.assign(year=years, value=counts).pivot(index="area", columns="year", values="value")


def changes_after(published: pd.DataFrame, rates: pd.DataFrame, last: int) -> pd.DataFrame:
    """Change of the rate in the year to the March after each calendar year.

    Parameters
    ----------
    published : pandas.DataFrame
        As :func:`reviews` gives it.
    rates : pandas.DataFrame
        ``area, year, rate``; years end on 31 March.
    last : int
        Last year of rates to use.

    Returns
    -------
    pandas.DataFrame
        ``area, year, reviews, change``: rate at 31 March of ``year + 1`` less that at
        31 March of ``year``.
    """
    wide = rates.pivot(index="area", columns="year", values="rate").loc[published.index]
    years = [year for year in published if year + 1 <= last]
    change = wide.diff(axis=1).shift(-1, axis=1)[years]
    counted = published[years].melt(ignore_index=False, value_name="reviews", var_name="year")
    moved = change.melt(ignore_index=False, value_name="change", var_name="year")
    return (
        counted.reset_index()
        .merge(moved.reset_index(), on=["area", "year"])
        .sort_values(["area", "year"])
        .reset_index(drop=True)
    )


def with_and_without(changes: pd.DataFrame, confidence: float = 0.95) -> pd.Series:
    """Compare years with and without a review inside each area.

    Parameters
    ----------
    changes : pandas.DataFrame
        As :func:`changes_after` gives it.
    confidence : float
        Of the interval.

    Returns
    -------
    pandas.Series
        ``difference`` in the yearly change (with less without), ``low``, ``high``,
        ``p``: least squares with a constant for each area, HC3 covariance, t
        distribution; ``with_review`` and ``years``: how many.

    Raises
    ------
    CaseError
        If no area has both kinds of year.
    """
    any_review = (changes["reviews"] > 0).astype(float)
    if changes.assign(any=any_review).groupby("area")["any"].nunique().max() < 2:
        raise CaseError("No area has years both with and without a review: nothing to compare.")
    design = pd.get_dummies(changes["area"], dtype=float).assign(review=any_review)
    found = OLS(changes["change"], design).fit(cov_type="HC3", use_t=True)
    low, high = found.conf_int(1 - confidence).loc["review"]
    return pd.Series(
        {"difference": found.params["review"], "low": low, "high": high,
         "p": found.pvalues["review"], "with_review": int(any_review.sum()), "years": len(changes)}
    )  # fmt: skip


def by_window(published: pd.DataFrame, rates: pd.DataFrame, lasts: Sequence[int]) -> pd.DataFrame:
    """Compare years with and without a review, with rates up to each of several years.

    Parameters
    ----------
    published : pandas.DataFrame
        As :func:`reviews` gives it.
    rates : pandas.DataFrame
        ``area, year, rate``.
    lasts : sequence of int
        Last years of rates to use.

    Returns
    -------
    pandas.DataFrame
        Indexed ``rates to``: the fields of :func:`with_and_without`.
    """
    found = {last: with_and_without(changes_after(published, rates, last)) for last in lasts}
    return pd.DataFrame(found).T.rename_axis("rates to")


def around_reviews(
    published: pd.DataFrame, rates: pd.DataFrame, last: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay out what the chart of rates and reviews draws.

    Parameters
    ----------
    published : pandas.DataFrame
        As :func:`reviews` gives it.
    rates : pandas.DataFrame
        The table ``wales_rates``.
    last : int
        Last year to draw.

    Returns
    -------
    tuple of pandas.DataFrame
        ``area, year, rate, rate_low, rate_high, wales`` of the areas with reviews, and
        ``area, year, reviews, rate`` of the years with any.
    """
    wales = rates[rates["level"] == "country"].set_index("year")["rate"]
    rows = rates[rates["area"].isin(published.index) & (rates["year"] <= last)]
    rows = rows[["area", "year", "rate", "rate_low", "rate_high"]]
    marks = published.melt(ignore_index=False, var_name="year", value_name="reviews")
    marks = marks[marks["reviews"] > 0].reset_index()
    marks = marks.astype({"year": int}).merge(rows[["area", "year", "rate"]], on=["area", "year"])
    return rows.assign(wales=rows["year"].map(wales)), marks


def reviews_and_rates(
    published: pd.DataFrame, rates: pd.DataFrame, *, year: int, first: int, last: int, without: int
) -> pd.DataFrame:
    """Set the number of reviews of each area beside its rate and the size of its change.

    Parameters
    ----------
    published : pandas.DataFrame
        As :func:`reviews` gives it.
    rates : pandas.DataFrame
        The table ``wales_rates``.
    year : int
        Of the rate.
    first, last : int
        Of the change.
    without : int
        Calendar year to leave out in a second count.

    Returns
    -------
    pandas.DataFrame
        By area ``reviews, reviews_without, rate, change`` (without its sign).
    """
    wide = rates.pivot(index="area", columns="year", values="rate").loc[published.index]
    return pd.DataFrame(
        {"reviews": published.sum(axis=1),
         "reviews_without": published.drop(columns=without).sum(axis=1),
         "rate": wide[year], "change": (wide[last] - wide[first]).abs()}
    )  # fmt: skip

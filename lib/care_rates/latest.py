"""The last year that the tables hold, so that no notebook has to name it.

A release that is taken in adds a year. What is written as "to 2025" in a notebook or a
module stops there; what is asked of the tables goes on by itself. These are the
questions: which year is the last, which release to take for it, and which population
stands under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from care_rates.schema import DataError

ENGLAND_ROWS = {
    "cla_at_31_march": ("cla", "number", {}),
    "cla_started_in_year": ("cla_flows", "started", {}),
    "cla_ceased_in_year": ("cla_flows", "ceased", {}),
    "s251_gross_cla_expenditure": ("s251", "gross_expenditure_gbp", {"line": "total_cla"}),
    "s251_gross_total_cyps_excl_cera_expenditure": (
        "s251", "gross_expenditure_gbp", {"line": "total_cyps_excl_cera"}),
    "unit_cost_residential_care": (
        "unit_cost", "residential_weekly_cost", {"basis": "published LAIT"}),
    "unit_cost_fostering": ("unit_cost", "fostering_weekly_cost", {"basis": "published LAIT"}),
    "unit_cost_all_cla": ("unit_cost", "cla_weekly_cost", {"basis": "published LAIT"}),
}  # fmt: skip
"""National series that an England row of a table gives too: table, column, choice of rows."""


def latest_year(frame: pd.DataFrame, value: str, year: str = "year", areas: int = 1) -> int:
    """Give the last year in which a table has figures.

    Parameters
    ----------
    frame : pandas.DataFrame
        An analysis table, or a part of one.
    value : str
        The figure that has to be there; a marker does not count.
    year : str
        Column of the year (``mid_year`` for population).
    areas : int
        How many areas must have it, for a year that has only begun to come in.

    Returns
    -------
    int
        The year.

    Raises
    ------
    DataError
        If no year has so many.
    """
    known = frame.dropna(subset=[value])
    area = next(name for name in ("unit_id", "area_code", year) if name in known)
    count = known.groupby(year)[area].nunique() if area != year else known.groupby(year).size()
    enough = count[count >= areas]
    if enough.empty:
        raise DataError(f"No {year} has {value} for {areas} areas: the table may be cut.")
    return int(enough.index.max())


def latest_date(events: pd.DataFrame, date: str = "published") -> str:
    """Give the month and year of the last event, for words such as "to May 2025".

    Parameters
    ----------
    events : pandas.DataFrame
        For instance ``ofsted``.
    date : str
        Column of dates.

    Returns
    -------
    str
        ``May 2025``.
    """
    return pd.to_datetime(events[date]).max().strftime("%B %Y")


def releases(units: pd.DataFrame, chosen: Mapping[int, str]) -> dict[int, str]:
    """Go on with a choice of releases into the years that came in after it was made.

    Parameters
    ----------
    units : pandas.DataFrame
        The table ``cla_units``.
    chosen : mapping of int to str
        Year-end to release, as in ``factors.LATEST``; it is kept.

    Returns
    -------
    dict of int to str
        With each later year the newest release that prints it to the child.
    """
    later = units[units["unrounded"] & units["number"].notna() & (units["year"] > max(chosen))]
    newest = later.sort_values(["year", "release_year"]).groupby("year")["source_id"].last()
    return dict(chosen) | {int(year): source for year, source in newest.items()}


def population(people: pd.DataFrame, series: Sequence[str]) -> pd.DataFrame:
    """Give one population an area and mid-year, newer mid-years from newer releases.

    Parameters
    ----------
    people : pandas.DataFrame
        The table ``population``.
    series : sequence of str
        Series in the order in which they are believed.

    Returns
    -------
    pandas.DataFrame
        Rows of ``people``: for each area and mid-year that of the first of ``series``
        which has it; for mid-years after them all, that of the newest series which has
        it (each release of children looked after prints its own denominator). The
        column ``series`` says which, so that a reader can be told of the seam.
    """
    known = people.dropna(subset=["persons_0_17"])
    last = known.loc[known["series"].isin(series), "mid_year"].max()
    rank = {name: place for place, name in enumerate(series)}
    own = known[known["series"].isin(series)]
    later = known[~known["series"].isin(series) & (known["mid_year"] > last)]
    year = later["series"].str.extract(r"(\d{4})", expand=False).astype(float)
    ranks = pd.concat([own["series"].map(rank), len(series) + 9999 - year])
    both = pd.concat([own, later]).assign(rank=ranks).sort_values(
        ["area_code", "mid_year", "rank"], kind="stable"
    )  # fmt: skip
    return both.drop_duplicates(["area_code", "mid_year"]).drop(columns="rank")


def england_row(tables: Mapping[str, pd.DataFrame], series: str) -> pd.DataFrame:
    """Give a national series as the England row of a table prints it.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        With the table that ``ENGLAND_ROWS`` names; ``population`` for ``population_0_17``.
    series : str
        A key of ``ENGLAND_ROWS``, or ``population_0_17``.

    Returns
    -------
    pandas.DataFrame
        ``year, value, source_id, printed``: the latest release of each year, and the
        year of that release. A population is that of the mid-year, from the rebased
        series, after its end from the newest release.
    """
    if series == "population_0_17":
        rows = tables["population"]
        rows = population(rows[rows["level"] == "country"], ["dfe_2025_rebased"])
        rows = rows.rename(columns={"mid_year": "year", "persons_0_17": "value"})
        return rows.assign(printed=rows["year"] + 1)[["year", "value", "source_id", "printed"]]
    table, column, choice = ENGLAND_ROWS[series]
    rows = tables[table]
    rows = rows[(rows["level"] == "country") & (rows["area_code"] == "E92000001")]
    for name, value in choice.items():
        rows = rows[rows[name] == value]
    rows = rows.dropna(subset=[column]).assign(value=lambda d: d[column])
    rows = rows.assign(printed=rows["release_year"] if "release_year" in rows else rows["year"])
    rows = rows.sort_values(["year", "printed"], kind="stable").drop_duplicates("year", keep="last")
    return rows[["year", "value", "source_id", "printed"]]


def national(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Let the national series go on into years that only the tables by authority hold.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        ``national, cla, cla_flows, s251, unit_cost, population``.

    Returns
    -------
    pandas.DataFrame
        The table ``national``, and after the last year of each series of
        ``ENGLAND_ROWS`` and of ``population_0_17`` the England row of its table; the
        column ``release`` says so.
    """
    table = tables["national"]
    own = table[(table["geography"] == "England") & table["value"].notna()]
    added = [table]
    for series in (*ENGLAND_ROWS, "population_0_17"):
        rows = own[own["series"] == series]
        later = england_row(tables, series).query("year > @last", local_dict={
            "last": rows["year"].max()})  # fmt: skip
        like = rows.iloc[-1]
        added.append(later.drop(columns="printed").assign(
            series=series, geography="England", year_basis=like["year_basis"], unit=like["unit"],
            release=[f"England's row of {source}, {year}" for source, year in
                     zip(later["source_id"], later["printed"], strict=True)],
        ))  # fmt: skip
    return pd.concat([part for part in added if len(part)], ignore_index=True)[table.columns]

"""Activity of children's services: growth between two years, rates, costs.

Pure functions on the analysis tables. A count is taken from the first release that prints
it, as a report of that time would have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.areas import SCILLY, to_units

MEASURES = {
    "referrals": "referrals",
    "cin_episodes": "children in need episodes in the year",
    "cin_at_31_march": "children in need at 31 March",
    "s47_enquiries": "section 47 enquiries",
    "icpc": "initial child protection conferences",
    "cpp_started": "plans started in the year",
    "cpp_at_31_march": "plans in force at 31 March",
}
"""Columns of ``child_protection`` in the order of the process, and their names."""

SMALL = (SCILLY, "E09000001")
"""Isles of Scilly and City of London: a handful of children, left out of every spread."""


def first_release(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Keep the first release that prints each row.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``release_year`` and ``keys``.
    keys : sequence of str
        What tells rows apart (``area_code``, ``year``).

    Returns
    -------
    pandas.DataFrame
        One row a key, sorted by it.
    """
    ordered = frame.sort_values([*keys, "release_year"], kind="stable")
    return ordered.drop_duplicates(list(keys)).reset_index(drop=True)


def national(series: pd.DataFrame, name: str, *, release: str = "", shift: int = 0) -> pd.Series:
    """Take one national series of England.

    Parameters
    ----------
    series : pandas.DataFrame
        The table ``national``.
    name : str
        Which series.
    release : str
        Regular expression that the release's name must hold.
    shift : int
        Years to add: 1 puts a mid-year population at the March year that it serves.

    Returns
    -------
    pandas.Series
        Value by year, from the first release where several print one.

    Raises
    ------
    KeyError
        If there is no such series or release.
    """
    rows = series[(series["geography"] == "England") & (series["series"] == name)]
    rows = rows[rows["release"].str.contains(release)]
    if rows.empty:
        raise KeyError(f"No national series {name!r} from a release like {release!r}.")
    dated = rows.assign(printed=rows["release"].str.extract(r"(\d{4})(?!.*\d{4})", expand=False))
    dated = dated.sort_values(["year", "printed"], kind="stable").drop_duplicates("year")
    return dated.assign(year=dated["year"] + shift).set_index("year")["value"]


def first_counts(child_protection: pd.DataFrame, column: str) -> pd.Series:
    """Give England's count by year from the first release that prints it.

    Parameters
    ----------
    child_protection : pandas.DataFrame
        The table of that name.
    column : str
        A key of ``MEASURES``.

    Returns
    -------
    pandas.Series
        Count by year.
    """
    rows = child_protection[child_protection["level"] == "country"].dropna(subset=[column])
    return first_release(rows, ["year"]).set_index("year")[column]


def endpoints(
    child_protection: pd.DataFrame, others: Mapping[str, Mapping[int, float]],
    first: int, last: int,
) -> pd.DataFrame:  # fmt: skip
    """Set two years of England's figures side by side with the growth between them.

    Parameters
    ----------
    child_protection : pandas.DataFrame
        The table of that name.
    others : mapping of str to mapping of int to float
        Further series by name: value by year (population by the year it serves).
    first, last : int
        Years ending 31 March.

    Returns
    -------
    pandas.DataFrame
        By measure: ``first, last``, half their rounding units, ``growth`` in percent and
        its interval ``low, high`` from the rounding of both.
    """
    series = {name: first_counts(child_protection, column) for column, name in MEASURES.items()}
    rows = {name: (values[first], values[last]) for name, values in (series | others).items()}
    out = pd.DataFrame(rows, index=["first", "last"]).T
    out["half_first"], out["half_last"] = (_half(out[end]) for end in ("first", "last"))
    return growth(out)


def _half(values: pd.Series) -> pd.Series:
    """Half the rounding unit that trailing noughts of a national count show, 100 at most."""
    units = np.select([values % 100 == 0, values % 10 == 0], [100, 10], 1)
    return pd.Series(units / 2, index=values.index)


def growth(ends: pd.DataFrame) -> pd.DataFrame:
    """Add growth in percent, and the interval that rounding of the ends allows.

    Parameters
    ----------
    ends : pandas.DataFrame
        ``first, last, half_first, half_last``.

    Returns
    -------
    pandas.DataFrame
        With ``growth, low, high``.
    """
    up, down = ends["last"] + ends["half_last"], ends["last"] - ends["half_last"]
    return ends.assign(
        growth=100 * (ends["last"] / ends["first"] - 1),
        low=100 * (down / (ends["first"] + ends["half_first"]) - 1),
        high=100 * (up / (ends["first"] - ends["half_first"]) - 1),
    )


def ratio_interval(
    top: pd.Series, bottom: pd.Series, value: str = "growth"
) -> tuple[float, float, float]:
    """Divide one growth by another, with the interval that rounding allows.

    Parameters
    ----------
    top, bottom : pandas.Series
        Rows of :func:`growth` with ``value, low, high``.
    value : str
        Which entry holds the value.

    Returns
    -------
    tuple of float
        Ratio, lowest, highest.
    """
    corners = [top[a] / bottom[b] for a in ("low", "high") for b in ("low", "high")]
    return float(top[value] / bottom[value]), float(min(corners)), float(max(corners))


def span(frame: pd.DataFrame, column: str, year: int) -> pd.Series:
    """Give the spread of a printed rate over authorities.

    Parameters
    ----------
    frame : pandas.DataFrame
        With areas attached, ``year``, ``release_year`` and the column.
    column : str
        A rate.
    year : int
        Year ending 31 March.

    Returns
    -------
    pandas.Series
        ``authorities, min, q1, median, q3, max, mean`` and the names at both ends
        (``lowest, highest``), from the first release of the year that prints the rate;
        without the two smallest authorities.
    """
    rows = frame[(frame["level"] == "authority") & (frame["year"] == year)].dropna(subset=[column])
    rows = rows[rows["unit_id"].notna() & ~rows["unit_id"].isin(SMALL)]
    rows = first_release(rows, ["unit_id", "year"])
    values = rows[column]
    quarters = values.quantile([0.25, 0.5, 0.75]).to_numpy()
    ends = rows.loc[[values.idxmin(), values.idxmax()], "area"].to_list()
    return pd.Series(
        [len(rows), values.min(), *quarters, values.max(), values.mean(), *ends],
        index=["authorities", "min", "q1", "median", "q3", "max", "mean", "lowest", "highest"],
        name=column,
    )


def cost_per_episode(
    spending: pd.DataFrame, child_protection: pd.DataFrame, year: int,
    *, line: str = "social_work", basis: str = "gross", release: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Divide spending on social work by children in need episodes.

    Parameters
    ----------
    spending, child_protection : pandas.DataFrame
        The tables ``s251`` and ``child_protection``.
    year : int
        Year ending 31 March.
    line : str
        Line of section 251.
    basis : {"gross", "net"}
        Which expenditure.
    release : int, optional
        Release of the episodes; the first that prints the year unless told.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, area, region, spend, episodes, cost`` (pounds an episode), sorted by
        cost; authorities without both figures are left out, and so are the two smallest.
    """
    column = f"{basis}_expenditure_gbp"
    money = spending[(spending["level"] == "authority") & (spending["year"] == year)]
    money = to_units(money[money["line"] == line], ["year"], [column])
    cases = child_protection[
        (child_protection["level"] == "authority") & (child_protection["year"] == year)
    ]
    cases = cases if release is None else cases[cases["release_year"] == release]
    cases = first_release(cases.dropna(subset=["unit_id", "cin_episodes"]), ["unit_id", "year"])
    both = cases[["unit_id", "area", "region", "cin_episodes"]].merge(
        money[["unit_id", column]], on="unit_id"
    )
    both = both.set_axis(["unit_id", "area", "region", "episodes", "spend"], axis=1).dropna()
    both = both[(both["episodes"] > 0) & ~both["unit_id"].isin(SMALL)]
    both["cost"] = both["spend"] / both["episodes"]
    return both.sort_values("cost").reset_index(drop=True)


def change(
    frame: pd.DataFrame, column: str, first: int, last: int, *,
    per_year: bool = False, entity: str = "unit_id",
) -> pd.Series:  # fmt: skip
    """Give the growth of a rate between two years, by area.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an area and year.
    column : str
        A rate.
    first, last : int
        Years.
    per_year : bool
        Give the mean yearly change in the rate's own unit instead of the whole growth.
    entity : str
        Column that names the areas.

    Returns
    -------
    pandas.Series
        Percent by area, missing where either end is missing or the first is nought; or
        the change a year.
    """
    wide = frame[frame["year"].isin([first, last])].pivot(
        index=entity, columns="year", values=column
    )
    if per_year:
        moved = (wide[last] - wide[first]) / (last - first)
    else:
        moved = 100 * (wide[last] / wide[first].where(wide[first] > 0) - 1)
    return moved.rename(f"{column} {first}-{last}")

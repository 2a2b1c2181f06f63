"""Activity of children's services: growth between two years, rates, costs, the drivers' panel.

Pure functions on the analysis tables. A count is taken from the first release that prints
it, as a report of that time would have; a rate divides by the child population of the
mid-year before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.areas import SCILLY, to_units

MEASURES = {
    "referrals": "referrals",
    "s47_enquiries": "section 47 enquiries",
    "cpp_started": "plans started in the year",
    "cpp_at_31_march": "plans in force at 31 March",
    "cin_episodes": "children in need episodes in the year",
    "cin_at_31_march": "children in need at 31 March",
}
"""Columns of ``child_protection`` in the order of the process, and their names."""


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
    england = first_release(
        child_protection[child_protection["level"] == "country"], ["year"]
    ).set_index("year")
    rows = {
        name: (england.at[first, column], england.at[last, column])
        for column, name in MEASURES.items()
    } | {name: (values[first], values[last]) for name, values in others.items()}
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
        ``authorities, min, q1, median, q3, max`` and the names at both ends
        (``lowest, highest``), from the first release of the year that prints the rate.
    """
    rows = frame[(frame["level"] == "authority") & (frame["year"] == year)].dropna(subset=[column])
    rows = first_release(rows, ["area_code", "year"])
    values = rows[column]
    quarters = values.quantile([0.25, 0.5, 0.75]).to_numpy()
    ends = rows.loc[[values.idxmin(), values.idxmax()], "area"].to_list()
    return pd.Series(
        [len(rows), values.min(), *quarters, values.max(), *ends],
        index=["authorities", "min", "q1", "median", "q3", "max", "lowest", "highest"],
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
        cost; authorities without both figures are left out.
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
    both = both[both["episodes"] > 0]
    both["cost"] = both["spend"] / both["episodes"]
    return both.sort_values("cost").reset_index(drop=True)


def population_by_unit(population: pd.DataFrame, child_protection: pd.DataFrame) -> pd.DataFrame:
    """Give children aged 0 to 17 for every authority of 2016-17 and year.

    Parameters
    ----------
    population, child_protection : pandas.DataFrame
        The tables of those names.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, persons, basis``: the mid-year estimate of the year before from
        the long series; where it has none (Bournemouth, Poole and Dorset, merged since)
        the denominator of the children in need release; before 2013 the one that the
        printed referral rate implies.
    """
    keys = ["unit_id", "year"]
    rows = population[population["level"] == "authority"]
    rows = rows.assign(year=rows["mid_year"] + 1).dropna(subset=["unit_id"])
    parts = [
        to_units(rows[rows["series"] == series], ["year"], ["persons_0_17"])
        .rename(columns={"persons_0_17": "persons"})
        .assign(basis=series)
        for series in ("nomis_utla21", "dfe_cin2022", "dfe_2025_rebased")
    ]
    printed = first_release(
        child_protection[child_protection["level"] == "authority"].dropna(
            subset=["unit_id", "referrals", "referrals_rate_per_10k"]
        ),
        keys,
    )
    printed = printed[printed["referrals_rate_per_10k"] > 0]
    printed = printed.assign(
        persons=1e4 * printed["referrals"] / printed["referrals_rate_per_10k"],
        basis="implied by the printed referral rate",
    )
    whole = pd.concat([*parts, printed]).dropna(subset=["persons"])
    whole = whole.drop_duplicates(keys)[[*keys, "persons", "basis"]]
    return whole.sort_values(keys).reset_index(drop=True)


def drivers(
    child_protection: pd.DataFrame, cla_units: pd.DataFrame, persons: pd.DataFrame,
    known: Mapping[str, pd.DataFrame], years: Sequence[int],
) -> pd.DataFrame:  # fmt: skip
    """Put outcomes and drivers of every authority and year in one panel.

    Parameters
    ----------
    child_protection, cla_units : pandas.DataFrame
        The tables of those names.
    persons : pandas.DataFrame
        From :func:`population_by_unit`.
    known : mapping of str to pandas.DataFrame
        Driver tables by name: each with ``unit_id``, perhaps ``year``, and columns.
    years : sequence of int
        First and last year ending 31 March.

    Returns
    -------
    pandas.DataFrame
        One row an authority and year: counts from the first release, ``<count>_rate`` per
        10,000 children, ``persons`` and the drivers. The Isles of Scilly are left out
        (nearly every count is withheld).
    """
    first, last = years
    keys = ["unit_id", "year"]
    counts = list(MEASURES)
    rows = child_protection[child_protection["level"] == "authority"].dropna(subset=["unit_id"])
    rows = to_units(rows, ["year", "release_year"], counts)
    rows = first_release(rows, keys)[[*keys, *counts]]
    care = first_release(cla_units[cla_units["unrounded"]], keys)[[*keys, "number"]]
    out = rows.merge(care.rename(columns={"number": "cla"}), on=keys, how="outer")
    out = out.merge(persons[[*keys, "persons"]], on=keys, how="left")
    for table in known.values():
        out = out.merge(table, on=[key for key in keys if key in table], how="left")
    rates = {f"{name}_rate": 1e4 * out[name] / out["persons"] for name in [*counts, "cla"]}
    out = out.assign(**rates)
    return out[out["year"].between(first, last) & (out["unit_id"] != SCILLY)].reset_index(drop=True)


def known_drivers(
    deprivation: pd.DataFrame, low_income: pd.DataFrame, conceptions: pd.DataFrame,
    s251: pd.DataFrame, basis: str = "net",
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Gather the public drivers by time-invariant authority.

    Parameters
    ----------
    deprivation, low_income, conceptions, s251 : pandas.DataFrame
        The tables of those names.
    basis : {"net", "gross"}
        Which expenditure.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``index`` (2015 index, fixed in time), ``low_income`` (share of children, 31
        August within the year ending 31 March) and ``low_income_same`` (the 31 August
        after it), ``conceptions`` (calendar year before), ``spending`` (pounds: all
        services, Sure Start).
    """
    index = deprivation[deprivation["index_year"] == "2015"].dropna(subset=["unit_id"])
    index = index[["unit_id", "imd_average_score", "idaci_average_score", "income_average_score"]]
    poor = low_income[low_income["level"] == "authority"].assign(year=low_income["snapshot_year"])
    poor = to_units(poor, ["year"], ["low_income_children_all", "child_benefit_children_all"])
    poor["low_income"] = 100 * poor["low_income_children_all"] / poor["child_benefit_children_all"]
    poor = poor[["unit_id", "year", "low_income"]]
    births = conceptions[
        (conceptions["level"] == "authority")
        & conceptions["source_id"].eq("ons_conceptions_2017")
        & conceptions["in_force"]
    ].dropna(subset=["unit_id"])
    births = births.assign(year=births["year"] + 1).drop_duplicates(["unit_id", "year"])
    births = births[["unit_id", "year", "under18_conception_rate", "under18_abortion_rate"]]
    column = f"{basis}_expenditure_gbp"
    money = s251[(s251["level"] == "authority") & s251["source_id"].str.startswith("dfe_s251")]
    names = {"total_cyps_excl_cera": "spend", "total_sure_start_under5": "sure_start"}
    money = to_units(money[money["line"].isin(names)], ["year", "line"], [column])
    money = money.assign(line=money["line"].map(names))
    money = money.pivot(index=["unit_id", "year"], columns="line", values=column).reset_index()
    return {
        "index": index,
        "low_income": poor.assign(year=poor["year"] + 1),
        "low_income_same": poor.rename(columns={"low_income": "low_income_same"}),
        "conceptions": births,
        "spending": money,
    }

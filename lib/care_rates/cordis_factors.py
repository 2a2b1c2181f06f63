"""Factors in the 2013 Welsh report: which go with the rate, by one stated rule.

The rules (alike, differ, explains) are those of :mod:`care_rates.cordis`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from care_rates import cordis_readings
from care_rates.association import rank_correlations
from care_rates.claims import Register

AGES = {"under 1": "under_1", "1-4": "age_1_4", "5-9": "age_5_9", "10-15": "age_10_15",
        "16-17": "age_16_17"}  # fmt: skip
FACTORS = {
    "deprivation": "income-deprived areas, %",
    "lone_parents": "lone parent households, %",
    "population_size": "children aged 0-17",
    "under_1": "children aged under 1, %",
    "age_1_4": "children aged 1-4, %",
    "age_5_9": "children aged 5-9, %",
    "age_10_15": "children aged 10-15, %",
    "age_16_17": "children aged 16-17, %",
    "household_size": "persons a household",
    "density": "people a square kilometre",
    "non_white": "people not White, %",
    "overcrowding": "overcrowded households, %",
}
"""The factors that the report looked at, with units."""
MAIN = {
    "population_size": "population size",
    "deprivation": "deprivation",
    "lone_parents": "lone parent households",
}
"""The three that the report finds to explain, in its words."""
OTHERS = {
    "deprivation_overall": "deprived areas, index overall, %",
    "deprivation_child": "deprived areas, child index of uncertain edition, %",
    "lone_parents_dependent": "lone parents with dependent children, %",
    "overcrowding_bedrooms": "overcrowded households (bedrooms), %",
    "overcrowding_persons": "households over one person a room, %",
}
"""Other public measures of the same things."""
FAMILIES = {
    "age_profile": list(AGES.values()),
    "household_size": ["household_size"],
    "population_density": ["density"],
    "ethnic_group": ["non_white"],
    "overcrowding": ["overcrowding"],
    "population_size": ["population_size"],
    "deprivation": ["deprivation"],
    "lone_parents": ["lone_parents"],
}
"""Names in the claim ids, and the columns that measure them."""


def factor_frame(
    census: pd.DataFrame, deprivation: pd.DataFrame, population: pd.DataFrame
) -> pd.DataFrame:
    """Put the factors of the 22 Welsh authorities side by side.

    Parameters
    ----------
    census : pandas.DataFrame
        Table ``wales_census2011``.
    deprivation : pandas.DataFrame
        Table ``wales_deprivation``: shares of small areas among the most deprived.
    population : pandas.DataFrame
        Table ``wales_population``, one mid-year.

    Returns
    -------
    pandas.DataFrame
        One row an authority; columns ``FACTORS`` and ``OTHERS``.
    """
    census = census[census["level"] == "authority"].set_index("area")
    ages = population[population["level"] == "authority"]
    ages = ages.pivot(index="area", columns="age_band", values="persons")
    share = deprivation.pivot_table(
        index="area", columns=["index", "domain"], values="pct_lsoas_in_most_deprived_30"
    )
    child = share.xs("child index, domain not stated", axis=1, level="domain").iloc[:, 0]
    out = {
        "deprivation": share[("WIMD 2011", "income")],
        "lone_parents": census["lone_parent_household_pct"],
        "population_size": ages["0-17"],
        **{name: 100 * ages[band] / ages["0-17"] for band, name in AGES.items()},
        "household_size": census["average_household_size"],
        "density": census["density_per_km2"],
        "non_white": census["non_white_pct"],
        "overcrowding": census["overcrowded_rooms_pct"],
        "deprivation_overall": share[("WIMD 2011", "overall")],
        "deprivation_child": child,
        "lone_parents_dependent": census["lone_parent_dependent_children_household_pct"],
        "overcrowding_bedrooms": census["overcrowded_bedrooms_pct"],
        "overcrowding_persons": census["over_one_person_per_room_pct"],
    }
    return pd.DataFrame(out).astype(float)


def family(rate: pd.Series, factors: pd.DataFrame, *, resamples: int, seed: int) -> pd.DataFrame:
    """Test the rank correlation of the rate with every factor, as one family.

    Both notebooks on the report take it from here with the same seed, so that one
    statistic has one interval and one adjusted p value.

    Parameters
    ----------
    rate : pandas.Series
        Rates by area.
    factors : pandas.DataFrame
        As :func:`factor_frame` gives it.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        As :func:`care_rates.association.rank_correlations`, one row for each of
        ``FACTORS``; areas in the order of their names, on which the bootstrap hangs.
    """
    table = factors.assign(rate=rate).sort_index()
    pairs = {name: (name, "rate") for name in FACTORS}
    return rank_correlations(table, pairs, resamples=resamples, seed=seed)


def factor_claims(
    significant: pd.Series, left: pd.Series, families: Mapping[str, Sequence[str]], level: float
) -> dict:
    """Say which factors explain, and whether areas alike in them still differ.

    Parameters
    ----------
    significant : pandas.Series
        Adjusted p value by factor.
    left : pandas.Series
        p value of the spread that remains, by factor.
    families : mapping of str to sequence of str
        Name in the ids to the columns that measure it (age profile: five).
    level : float
        Of the tests.

    Returns
    -------
    dict
        ``<name>.explains`` (any measure significant) and ``<name>.similar_differ``
        (spread beyond chance remains for every measure).
    """
    out = {}
    for name, columns in families.items():
        out[f"{name}.explains"] = bool((significant[list(columns)] < level).any())
        out[f"{name}.similar_differ"] = bool((left[list(columns)] < level).all())
    return out


def long(frame: pd.DataFrame, rate: pd.Series, labels: Mapping[str, str]) -> pd.DataFrame:
    """Lay factors out one row a point, for small charts.

    Parameters
    ----------
    frame : pandas.DataFrame
        Factors by area.
    rate : pandas.Series
        Rates by area.
    labels : mapping of str to str
        Column to title, in the order to draw.

    Returns
    -------
    pandas.DataFrame
        ``area, factor, value, rate``.
    """
    out = frame[list(labels)].rename(columns=labels).rename_axis("area")
    out = out.melt(ignore_index=False, var_name="factor").reset_index()
    return out.assign(rate=out["area"].map(rate))


def ways_of_testing(
    ways: Mapping[str, pd.Series], left: pd.Series, register: Register, level: float
) -> pd.DataFrame:
    """Count the report's eight statements that each way of testing gives back.

    Parameters
    ----------
    ways : mapping of str to pandas.Series
        p value by factor, by the name of the way.
    left : pandas.Series
        p value of the spread that remains, by factor.
    register : care_rates.claims.Register
        The claims.
    level : float
        Of the tests.

    Returns
    -------
    pandas.DataFrame
        One row a way: ``statements of 8`` given back, and the ``factors that explain``.
    """
    rows = {}
    for way, p in ways.items():
        verdict = factor_claims(p, left, FAMILIES, level)
        claimed = {f"{name}.explains": verdict[f"{name}.explains"] for name in FAMILIES}
        agree = cordis_readings.labels_given_back(
            register, "cordis.section3_3", claimed, list(claimed)
        )
        found = [name.replace("_", " ") for name in FAMILIES if verdict[f"{name}.explains"]]
        rows[way] = {"statements of 8": agree["labels"], "factors that explain": ", ".join(found)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("way of testing")

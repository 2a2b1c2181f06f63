"""Build the analysis tables from the raw ones: what ``00_data`` saves.

Each raw table keeps its figures as published and gains its areas (level, region,
time-invariant ids). Derived tables are few, and each says what was done.
"""

from __future__ import annotations

import pandas as pd

from care_rates.areas import ENGLAND, REGIONS, attach, to_units
from care_rates.data import Package
from care_rates.schema import rate_interval

PLAIN = {
    "areas_england": "crosswalk",
    "national_series": "national",
    "s251_lines_england": "s251_lines",
    "ccn_members": "ccn_members",
    "childrens_centre_closures_england": "closures",
    "report_facts_wales": "wales_report_facts",
    "cla_england_wales_2012": "england_wales_2012",
    "characteristics": "characteristics",
    "evidence_cordis": "evidence_cordis",
    "sources": "sources",
}
"""Raw tables that go through unchanged, and their new names."""


def name_of(raw: str) -> str:
    """Name of the analysis table that a raw table becomes.

    Parameters
    ----------
    raw : str
        For instance ``cla_england`` or ``census2011_wales``.

    Returns
    -------
    str
        ``cla``, ``wales_census2011``: England is understood, Wales is said.
    """
    if raw in PLAIN:
        return PLAIN[raw]
    stem, _, country = raw.rpartition("_")
    if country == "england":
        return stem
    return f"wales_{raw.replace('_wales', '')}"


def build(package: Package) -> dict[str, pd.DataFrame]:
    """Build every analysis table.

    Parameters
    ----------
    package : Package
        The raw tables.

    Returns
    -------
    dict of str to pandas.DataFrame
        By name: the raw tables with their areas, and ``areas``, ``cla_units``,
        ``wales_rates``.
    """
    england, wales = package.read("areas_england"), package.read("areas_wales")
    tables = {}
    for raw in package.names:
        frame = package.read(raw).reset_index(drop=True)
        if raw in PLAIN:
            tables[PLAIN[raw]] = frame
        elif raw != "areas_wales":
            tables[name_of(raw)] = attach(frame, wales if "wales" in raw else england)
    tables["areas"] = _areas(england, wales)
    tables["cla_units"] = cla_units(tables["cla"])
    tables["wales_rates"] = wales_rates(tables["wales_cla"], tables["wales_population"])
    return dict(sorted(tables.items()))


def _areas(england: pd.DataFrame, wales: pd.DataFrame) -> pd.DataFrame:
    units = england[england["unit_id"] == england["area_code"]]
    first = units[["unit_id", "stable_id", "name", "region", "la_type"]].assign(country="England")
    welsh = wales[wales["level"] == "local_authority"]
    second = pd.DataFrame(
        {
            "unit_id": welsh["area_code"], "stable_id": welsh["area_code"],
            "name": welsh["name"], "region": "Wales", "la_type": "Unitary",
            "country": "Wales", "case_study": welsh["case_study"],
        }
    )  # fmt: skip
    out = pd.concat([first, second], ignore_index=True).rename(columns={"name": "area"})
    out["case_study"] = out["case_study"].fillna("no")
    order = {region: place for place, region in enumerate([*REGIONS, "Wales"])}
    out["region_order"] = out["region"].map(order)
    return out.sort_values(["region_order", "area"]).reset_index(drop=True)


def cla_units(cla: pd.DataFrame) -> pd.DataFrame:
    """Children looked after by time-invariant authority, year and release.

    Parameters
    ----------
    cla : pandas.DataFrame
        The table ``cla``.

    Returns
    -------
    pandas.DataFrame
        ``unit_id, year, release_year, source_id, number, parts, rate_per_10k``
        (the printed rate, where the authority is one part), and ``unrounded``:
        whether the release printed authorities to the child.
    """
    rows = cla[cla["level"] == "authority"]
    keys = ["year", "release_year", "source_id"]
    units = to_units(rows, keys, ["number"])
    printed = rows.dropna(subset=["unit_id", "rate_per_10k"])  # back years carry later codes
    printed = printed.drop_duplicates(["unit_id", *keys])[["unit_id", *keys, "rate_per_10k"]]
    out = units.merge(printed, on=["unit_id", *keys], how="left")
    out["rate_per_10k"] = out["rate_per_10k"].where(out["parts"] == 1)
    rounded = out["source_id"].str.endswith("_tables")
    return out.assign(unrounded=~rounded)


def wales_rates(cla: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Welsh rates per 10,000 with the interval that rounding allows.

    Parameters
    ----------
    cla : pandas.DataFrame
        ``wales_cla``: counts to the nearest 5.
    population : pandas.DataFrame
        ``wales_population``: mid-year estimates; a rate at 31 March of year Y uses
        mid-year Y - 1, as the publisher does.

    Returns
    -------
    pandas.DataFrame
        ``area_code, level, area, unit_id, year, number, persons, rate, rate_low,
        rate_high``.
    """
    stock = cla[(cla["sex"] == "all") & (cla["age_band"] == "all")]
    persons = population[population["age_band"] == "0-17"]
    persons = persons.assign(year=persons["mid_year"] + 1)[["area_code", "year", "persons"]]
    out = stock.merge(persons, on=["area_code", "year"])
    out = out[["area_code", "level", "area", "unit_id", "year", "number", "persons"]]
    out["rate"] = out["number"] / out["persons"] * 10_000
    out["rate_low"], out["rate_high"] = rate_interval(
        out["number"], out["persons"], count_rounding=5
    )
    return out.sort_values(["area_code", "year"]).reset_index(drop=True)


def reconcile(cla: pd.DataFrame, counts: list[str]) -> pd.DataFrame:
    """Set the sum of the authorities beside the printed England figure.

    Parameters
    ----------
    cla : pandas.DataFrame
        A table with areas attached and a row for England.
    counts : list of str
        Columns to add up.

    Returns
    -------
    pandas.DataFrame
        One row a year, release and source: sums over stable areas, England as
        printed, and the difference.
    """
    keys = ["year", "release_year", "source_id"]
    rows = cla[cla["level"] == "authority"]
    sums = to_units(rows, keys, counts, "stable_id").groupby(keys)[counts].sum()
    printed = cla[cla["area_code"] == ENGLAND].set_index(keys)[counts]
    parts = {}
    for column in counts:
        parts[f"{column}, sum of authorities"] = sums[column]
        parts[f"{column}, England"] = printed[column]
        parts[f"{column}, difference"] = sums[column] - printed[column]
    return pd.DataFrame(parts).dropna().reset_index()


def vintages(units: pd.DataFrame, year: int) -> pd.DataFrame:
    """Compare the releases that print one year.

    Parameters
    ----------
    units : pandas.DataFrame
        The table ``cla_units``.
    year : int
        Year ending 31 March.

    Returns
    -------
    pandas.DataFrame
        One row a release: total, authorities, how many differ from the first
        release, and the largest difference.
    """
    rows = units[units["year"] == year]
    wide = rows.pivot_table(index="unit_id", columns="source_id", values="number")
    order = rows.drop_duplicates("source_id").sort_values(["release_year", "source_id"])
    wide = wide[[s for s in order["source_id"] if s in wide]]
    gap = wide.sub(wide.iloc[:, 0], axis=0)
    return pd.DataFrame(
        {
            "authorities": wide.count(),
            "children": wide.sum(),
            "authorities that differ from the first release": (gap.abs() > 0).sum(),
            "largest difference": gap.abs().max(),
        }
    ).rename_axis("release")


def contents(package: Package) -> pd.DataFrame:
    """List the raw tables.

    Parameters
    ----------
    package : Package
        The raw tables.

    Returns
    -------
    pandas.DataFrame
        Title, publisher, years, rows, releases and rounding by table.
    """
    rows = [
        {
            "table": name,
            "what": resource["title"],
            "publisher": resource["publisher"],
            "years": resource["years"],
            "rows": resource["rows"],
            "releases": len(resource["releases"]),
            "rounding": resource["rounding"],
        }
        for name, resource in sorted(package.resources.items())
    ]
    return pd.DataFrame(rows).set_index("table")


def blanks(package: Package) -> pd.DataFrame:
    """Count what is missing, by the reason that stands beside it.

    Parameters
    ----------
    package : Package
        The raw tables.

    Returns
    -------
    pandas.DataFrame
        ``table, reason, cells``: only fields that have a reason column.
    """
    rows = []
    for name in package.names:
        frame = package.read(name)
        for field in package.resource(name)["schema"]["fields"]:
            flag = field.get("missing_reason")
            if flag:
                gone = frame.loc[frame[field["name"]].isna(), flag]
                rows += [(name, REASONS.get(code, code)) for code in gone.fillna("")]
    counted = pd.DataFrame(rows, columns=["table", "reason"]).value_counts()
    return counted.rename("cells").reset_index().sort_values(["table", "reason"])


REASONS = {
    "": "not printed in this release",
    "c": "suppressed by the publisher",
    "x": "not available (suppressed, in releases to 2018)",
    "z": "not applicable",
    ".": "not applicable",
    "..": "not available",
    "u": "unreliable",
    "low": "low coverage",
    "-": "no figure",
    "*": "below 5, withheld",
}
"""The publishers' codes for what is missing, in words."""


def dictionary(tables: dict[str, pd.DataFrame], package: Package) -> pd.DataFrame:
    """Describe every column of every analysis table.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        The analysis tables.
    package : Package
        Where the raw fields are described.

    Returns
    -------
    pandas.DataFrame
        ``table, column, type, unit, meaning, missing``.

    Raises
    ------
    KeyError
        If a column has no meaning anywhere.
    """
    origin = {name_of(raw): raw for raw in package.names}
    rows = []
    for name, frame in tables.items():
        fields = {}
        if name in origin:
            fields = {f["name"]: f for f in package.resource(origin[name])["schema"]["fields"]}
        for column in frame:
            unit, meaning = MEANINGS.get(column, (None, None))
            if column in fields:
                unit = fields[column].get("unit", "")
                meaning = fields[column]["description"]
            if meaning is None:
                raise KeyError(f"{name}.{column} has no meaning: add it to tidy.MEANINGS.")
            rows.append(
                (name, column, str(frame[column].dtype), unit, meaning,
                 int(frame[column].isna().sum()))
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["table", "column", "type", "unit", "meaning", "missing"])


MEANINGS: dict[str, tuple[str, str]] = {
    "area_code": ("", "code of the Office for National Statistics, as printed"),
    "area": ("", "name of the area"),
    "level": ("", "authority, joint figure, region or country"),
    "region": ("", "region, London in its inner and outer parts"),
    "unit_id": ("", "time-invariant authority of 2016-17"),
    "stable_id": ("", "coarser area that is the same land in every year 2006-2025"),
    "in_force": ("", "whether the code was in force on 31 March of the year"),
    "la_type": ("", "kind of authority"),
    "country": ("", "England or Wales"),
    "case_study": ("", "whether the 2013 report studied the authority as a case"),
    "region_order": ("", "place of the region on every page"),
    "year": ("year", "year ending 31 March"),
    "release_year": ("year", "year of the release"),
    "source_id": ("", "the release, a row of sources"),
    "number": ("children", "children looked after at 31 March"),
    "parts": ("rows", "how many published rows were added up"),
    "rate_per_10k": ("per 10,000 children aged 0-17", "rate as printed"),
    "unrounded": ("", "whether the release printed authorities to the child"),
    "persons": ("children", "resident children aged 0 to 17 at mid-year of the year before"),
    "rate": ("per 10,000 children aged 0-17", "number over persons"),
    "rate_low": ("per 10,000 children aged 0-17", "lowest rate that rounding to 5 allows"),
    "rate_high": ("per 10,000 children aged 0-17", "highest rate that rounding to 5 allows"),
}

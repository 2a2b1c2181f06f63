"""Validate raw tables against their Frictionless schema, with pandera.

The schema of each table stands in ``data/raw/datapackage.json`` (Table Schema:
types, ``required``, ``minimum``, ``enum``, keys) with three additions of our own:

``area_tables``
    the tables that list the area codes which may occur;
``missing_reason`` (of a field)
    the flag column that must say why a value is blank;
``rateChecks`` (of a table)
    which printed rate follows from which count and population, and how each
    was rounded, so that a contradiction beyond rounding can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pandera.pandas as pa

from care_rates.conditions import ConditionError, chosen
from care_rates.csvtext import inert

YEARS = (1900, 2100)
_UNFIT = re.compile(r"<[/!a-zA-Z]|[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""No published cell has a tag, a control character or a sign that turns the text round."""


class DataError(ValueError):
    """A table that is not what its description says: where, and what to do."""


def _problem(path: str, row: int | str, field: str, what: str, remedy: str) -> str:
    return f"{path}, row {row}, field {field}: {what} {remedy}"


def typed(frame: pd.DataFrame, resource: Mapping) -> pd.DataFrame:
    """Turn a table of strings into typed columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        All columns as text, blanks as empty strings; the index is the line number.
    resource : mapping
        The table's entry in the data package.

    Returns
    -------
    pandas.DataFrame
        Numbers as ``float64`` (``int64`` where every row must have one), dates as
        ``datetime64``, text as it is; a blank is missing, never zero.

    Raises
    ------
    DataError
        If a column is missing or too many, or a cell is not of its type.
    """
    names = [field["name"] for field in resource["schema"]["fields"]]
    path = resource["path"]
    for name in names:
        if name not in frame:
            raise DataError(
                _problem(path, 1, name, "the column is missing.",
                         "Restore the column or take it out of datapackage.json.")
            )  # fmt: skip
    extra = [name for name in frame if name not in names]
    if extra:
        raise DataError(
            _problem(path, 1, extra[0], "no such column is described.",
                     "Describe it in datapackage.json (type, unit, meaning).")
        )  # fmt: skip
    out = {}
    for field in resource["schema"]["fields"]:
        name, kind = field["name"], field["type"]
        column = frame[name]
        if kind in ("integer", "number"):
            blank = column == ""
            values = pd.to_numeric(column.mask(blank), errors="coerce").astype("float64")
            bad = (values.isna() | ~np.isfinite(values)) & ~blank
            if kind == "integer":
                bad |= values.notna() & (values % 1 != 0)
            _stop_at(bad, column, path, name, f"is not a finite {kind}.",
                     "Type the figure as published, or leave it blank with a flag.")  # fmt: skip
            whole = kind == "integer" and not blank.any()
            out[name] = values.astype("int64") if whole else values
        elif kind == "date":
            blank = column == ""
            values = pd.to_datetime(column.mask(blank), format="%Y-%m-%d", errors="coerce")
            _stop_at(values.isna() & ~blank, column, path, name, "is not a date.",
                     "Write it as YYYY-MM-DD.")  # fmt: skip
            out[name] = values
        else:
            _stop_at(_unfit(column), column, path, name,
                     "holds a formula, a tag or a control character.",
                     "Nothing published has one: look at the publisher's file.")  # fmt: skip
            out[name] = column.mask(column == "").astype("str")
    return pd.DataFrame(out, index=frame.index)


def _unfit(column: pd.Series) -> pd.Series:
    """Tell which texts no publisher would print; each different one is looked at once."""
    texts = column.unique()
    return column.isin([t for t in texts if _UNFIT.search(t) or inert(t) != t])


def _stop_at(
    bad: pd.Series, column: pd.Series, path: str, name: str, what: str, remedy: str
) -> None:
    if bad.any():
        row = bad.idxmax()
        shown = str(column[row])[:60]
        raise DataError(_problem(path, row, name, f"{shown!r} {what}", remedy))


def _pandera_schema(resource: Mapping) -> pa.DataFrameSchema:
    columns = {}
    for field in resource["schema"]["fields"]:
        limits = field.get("constraints", {})
        checks = []
        if "minimum" in limits:
            checks.append(pa.Check.ge(limits["minimum"], error="minimum"))
        if "enum" in limits:
            checks.append(pa.Check.isin(limits["enum"], error="enum"))
        columns[field["name"]] = pa.Column(
            checks=checks, nullable=not limits.get("required", False), required=True
        )
    return pa.DataFrameSchema(columns)


def check_fields(frame: pd.DataFrame, resource: Mapping) -> None:
    """Check limits, allowed words, keys and reasons for what is missing.

    Parameters
    ----------
    frame : pandas.DataFrame
        A typed table (see :func:`typed`), indexed by line number.
    resource : mapping
        The table's entry in the data package.

    Raises
    ------
    DataError
        Naming file, row, field and remedy of the first fault.
    """
    path = resource["path"]
    try:
        _pandera_schema(resource).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        case = cases.sort_values("index", kind="stable").iloc[0]
        raise DataError(_explain(path, case, resource)) from None
    key = resource["schema"]["primaryKey"]
    _check_years(frame, path)
    twice = frame.duplicated(key)
    if twice.any():
        row = twice.idxmax()
        values = ", ".join(f"{k}={frame.at[row, k]}" for k in key)
        raise DataError(
            _problem(path, row, "+".join(key), f"the key {values} stands twice.",
                     "Keep one of the rows, or tell them apart by another key field.")
        )  # fmt: skip
    for field in resource["schema"]["fields"]:
        flag = field.get("missing_reason")
        if flag:
            silent = frame[field["name"]].isna() & frame[flag].isna()
            if silent.any() and field.get("reasoned", False):
                raise DataError(
                    _problem(path, silent.idxmax(), field["name"], "is blank without a reason.",
                             f"Put the publisher's code in {flag}.")
                )  # fmt: skip


def _check_years(frame: pd.DataFrame, path: str) -> None:
    """Stop at years that cannot be: mistyped ones, and figures printed before their time."""
    for name in frame.columns.intersection(["year", "mid_year", "release_year"]):
        if pd.api.types.is_numeric_dtype(frame[name]):
            odd = frame[name].notna() & ~frame[name].between(*YEARS)
            _stop_at(odd, frame[name], path, name, f"is not a year from {YEARS[0]} to {YEARS[1]}.",
                     "Look at the published table for the year.")  # fmt: skip
    if {"year", "release_year"} <= set(frame):
        _stop_at(frame["year"] > frame["release_year"], frame["year"], path, "year",
                 "is after the release that printed it.",
                 "Correct one of the two years.")  # fmt: skip


def _explain(path: str, case: pd.Series, resource: Mapping) -> str:
    name = case["column"]
    limits = next(f for f in resource["schema"]["fields"] if f["name"] == name)["constraints"]
    value, row = case["failure_case"], case["index"]
    if case["check"] == "minimum":
        return _problem(path, row, name, f"{value:g} is below {limits['minimum']}.",
                        "Look at the published table for the figure.")  # fmt: skip
    if case["check"] == "enum":
        words = ", ".join(limits["enum"][:12])
        return _problem(path, row, name, f"{str(value)[:60]!r} is not one of: {words}.",
                        "Use one of these, or describe the word in datapackage.json.")  # fmt: skip
    return _problem(path, row, name, "is blank but required.", "Fill in the published value.")


def check_codes(frame: pd.DataFrame, resource: Mapping, known: Mapping[str, set]) -> None:
    """Check that every area code and source exists where it is described.

    Parameters
    ----------
    frame : pandas.DataFrame
        A typed table.
    resource : mapping
        The table's entry in the data package.
    known : mapping of str to set
        The values that each reference table holds, by table name.

    Raises
    ------
    DataError
        At the first unknown code.
    """
    references = [
        (key["fields"][0], [key["reference"]["resource"]])
        for key in resource["schema"].get("foreignKeys", [])
    ]
    area_tables = resource["schema"].get("area_tables")
    if area_tables:
        references.append(("area_code", area_tables))
    for name, tables in references:
        allowed = set().union(*(known[table] for table in tables))
        bad = frame[name].notna() & ~frame[name].isin(allowed)
        if bad.any():
            row = bad.idxmax()
            raise DataError(
                _problem(resource["path"], row, name,
                         f"{str(frame.at[row, name])[:60]!r} is not in {' or '.join(tables)}.",
                         "Correct the code, or add it there first.")
            )  # fmt: skip


def check_rates(
    frame: pd.DataFrame, resource: Mapping, other: Callable[[str], pd.DataFrame]
) -> pd.DataFrame:
    """Check printed rates against their own counts and populations.

    A rate must lie in the interval that the rounding of its count, its
    denominator and itself allows.

    Parameters
    ----------
    frame : pandas.DataFrame
        A typed table.
    resource : mapping
        The table's entry in the data package; ``rateChecks`` lists the relations.
    other : callable
        Gives another typed table by name (for denominators kept elsewhere).

    Returns
    -------
    pandas.DataFrame
        One row a relation: ``table, rate, cells, exceptions`` (how many cells were
        compared, how many are listed as known exceptions).

    Raises
    ------
    DataError
        At the first contradiction beyond rounding that is not a listed exception.
    """
    seen = []
    for rule in resource.get("rateChecks", []):
        table = frame
        if "where" in rule:
            table = table[_condition(table, rule["where"], resource)]
        if "denominatorTable" in rule:
            table = _with_denominator(table, rule, other(rule["denominatorTable"]))
        rows = table.dropna(subset=[rule["rate"], rule["numerator"], rule["denominator"]])
        rows = rows[rows[rule["denominator"]] > 0]
        low, high = rate_interval(
            rows[rule["numerator"]], rows[rule["denominator"]], rule["scale"],
            rule.get("numeratorRounding", 0), rule.get("denominatorRounding", 0),
        )  # fmt: skip
        half = rule["rateRounding"] / 2 + 1e-9
        bad = (rows[rule["rate"]] < low - half) | (rows[rule["rate"]] > high + half)
        listed = pd.Series(False, index=rows.index)
        for exception in rule.get("exceptions", []):
            listed |= _condition(rows, exception["where"], resource)
        if (bad & ~listed).any():
            row = (bad & ~listed).idxmax()
            raise DataError(
                _problem(resource["path"], row, rule["rate"],
                         f"{rows.at[row, rule['rate']]:g} is printed, its own figures give "
                         f"{low[row]:.2f} to {high[row]:.2f}.",
                         "Correct the figure, or list the exception with its reason.")
            )  # fmt: skip
        seen.append(
            {"table": resource["name"], "rate": rule["rate"], "cells": len(rows),
             "exceptions": int((bad & listed).sum())}
        )  # fmt: skip
    return pd.DataFrame(seen, columns=["table", "rate", "cells", "exceptions"])


def _condition(frame: pd.DataFrame, where: str, resource: Mapping) -> pd.Series:
    try:
        return chosen(frame, where)
    except ConditionError as error:
        raise DataError(f"datapackage.json, {resource['name']}, rateChecks: {error}") from None


def _with_denominator(table: pd.DataFrame, rule: Mapping, other: pd.DataFrame) -> pd.DataFrame:
    series = rule["seriesByRelease"]
    chosen = table["release_year"].astype(str).map(series)
    left = table.assign(series=chosen, mid_year=table["year"] - 1, _row=table.index)
    merged = left.merge(other, on=["area_code", "mid_year", "series"], suffixes=("", "_other"))
    return merged.set_index("_row")


def rate_interval(
    count: pd.Series,
    population: pd.Series,
    scale: float = 10_000,
    count_rounding: float = 0,
    population_rounding: float = 0,
) -> tuple[pd.Series, pd.Series]:
    """Interval in which a rate lies, given how its parts were rounded.

    Parameters
    ----------
    count, population : pandas.Series
        Numerator and denominator as published.
    scale : float
        10,000 for a rate per 10,000.
    count_rounding, population_rounding : float
        The unit that each was rounded to (0 for none): a figure rounded to 5
        stands for itself ± 2.5.

    Returns
    -------
    tuple of pandas.Series
        Lowest and highest rate; a count never goes below zero.
    """
    half_count, half_population = count_rounding / 2, population_rounding / 2
    low = (count - half_count).clip(lower=0) / (population + half_population) * scale
    high = (count + half_count) / (population - half_population).clip(lower=1e-9) * scale
    return low, high

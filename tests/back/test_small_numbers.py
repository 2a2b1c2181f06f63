"""Suppressed stays suppressed: an attacker reads every output and subtracts.

What the tests try, and what they cannot, stands in ``docs/small_numbers.md``.
"""

import csv
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from care_rates.data import Package

pytestmark = pytest.mark.back
SMALL = 10
PARTS = {"cla_ages_england": "age_group", "cla_placements_england": "placement"}
TOTALS = {"total", "all", "all ages", "england", "wales", "all areas", "all placements"}


@lru_cache(maxsize=1)
def package() -> Package:
    return Package()


@lru_cache(maxsize=1)
def determined() -> pd.DataFrame:
    """Withheld counts of authorities that the published tables give away by themselves.

    One class withheld beside a total printed to the child: the difference is the count.
    """
    rounding = package().read("sources").set_index("source_id")["rounding"]
    found = []
    for table, part in PARTS.items():
        rows = package().read(table)
        rows = rows[rows["area_code"].str.startswith(("E06", "E07", "E08", "E09", "E10"))]
        rows = rows[rows["source_id"].map(rounding).str.contains("unrounded|none")]
        keys = ["area_code", "year", "release_year"]
        total = rows[rows[part] == "total"].set_index(keys)["number"].rename("total")
        parts = rows[rows[part] != "total"]
        known = parts.groupby(keys)["number"].agg(known="sum", missing=lambda s: s.isna().sum())
        left = known.join(total).query("missing == 1").dropna()
        gone = parts[parts["number"].isna()].merge(left.reset_index(), on=keys)
        found.append(gone.assign(table=table, part=gone[part], value=gone["total"] - gone["known"]))
    return pd.concat(found, ignore_index=True)


def test_no_recent_release_gives_a_withheld_count_away():
    """Since 2019 (`c`) the department withholds a second cell; before, it did not always."""
    gone = determined()
    assert set(gone["number_flag"]) <= {"x"}
    assert gone["release_year"].max() <= 2018
    assert len(gone) > 100  # the attack works where it can


@pytest.mark.parametrize(
    ("raw", "processed", "counts"),
    [
        ("cla_england", "cla", ["number"]),
        ("cla_flows_england", "cla_flows", ["started", "ceased"]),
        ("cla_ages_england", "cla_ages", ["number"]),
        ("cla_placements_england", "cla_placements", ["number"]),
        (
            "child_protection_england",
            "child_protection",
            ["cpp_at_31_march", "cpp_started", "icpc"],
        ),
    ],
)
def test_withheld_is_missing_in_the_analysis_tables(raw, processed, counts, whole_run):
    before = package().read(raw)
    after = pd.read_parquet(whole_run.processed / f"{processed}.parquet")
    keys = package().resource(raw)["schema"]["primaryKey"]
    if "area_code" not in after:
        pytest.skip("authorities are added up in this table; see the next test")
    both = before.merge(after, on=keys, suffixes=("", "_after"))
    assert len(both) == len(before)
    for count in counts:
        withheld = both[both[count].isna()]
        assert len(withheld) > 0
        assert withheld[f"{count}_after"].isna().all()


def test_a_sum_with_a_withheld_part_is_missing(whole_run):
    """An authority made of two has no figure where one of the two is withheld."""
    units = pd.read_parquet(whole_run.processed / "cla_units.parquet")
    parts = pd.read_parquet(whole_run.processed / "cla.parquet")
    live = parts[parts["in_force"] & parts["unit_id"].notna()]
    keys = ["unit_id", "year", "release_year", "source_id"]
    gone = live[live["number"].isna()][keys].drop_duplicates()
    both = units.merge(gone, on=keys)
    assert len(both) > 0
    assert both["number"].isna().all()


def outputs(folder: Path) -> list[Path]:
    """Every table that a run writes for readers."""
    found = [p for kind in ("tables", "figures", "results") for p in (folder / kind).rglob("*.csv")]
    assert len(found) > 300
    return sorted(found)


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read them; tables of the same name and heading on the areas' pages become one."""
    stacked: dict[tuple, list] = {}
    for path in outputs(folder):
        with path.open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines)
        one_of_many = "areas" in path.relative_to(folder).parts
        name = f"areas/…/{path.name}" if one_of_many else str(path.relative_to(folder))
        stacked.setdefault((name, *header), []).extend([path.parent.name, *row] for row in rows)
    return {key[0]: _typed(rows, ["file", *key[1:]]) for key, rows in stacked.items()}


def _typed(rows: list[list[str]], header: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=header, dtype=str)
    for place, _ in enumerate(frame.columns):
        column = frame.iloc[:, place]
        numbers = pd.to_numeric(column.where(column != ""), errors="coerce")
        if numbers.notna().any() and (numbers.notna() | (column == "")).all():
            frame.isetitem(place, numbers)
    return frame


def across(frame: pd.DataFrame) -> list[tuple]:
    """Subtract along rows: one column is the sum of the others, one cell is missing."""
    numbers = frame.select_dtypes("number")
    numbers = numbers.loc[:, ~numbers.columns.duplicated()]
    numbers = numbers[[c for c in numbers if "year" not in c.lower()]]
    if numbers.shape[1] < 3 or numbers.notna().all(axis=None):
        return []
    whole = numbers.dropna()
    found = []
    for total in numbers:
        parts = numbers.drop(columns=total)
        exact = np.isclose(whole[total], whole.drop(columns=total).sum(axis=1), atol=0.5)
        if len(whole) >= 2 and exact.all() and (whole[total] > 0).any():
            one = parts.isna().sum(axis=1).eq(1) & numbers[total].notna()
            left = numbers.loc[one, total] - parts[one].sum(axis=1)
            found += [(*frame.loc[row].astype(str), value) for row, value in left.items()]
    return found


def down(frame: pd.DataFrame) -> list[tuple]:
    """Subtract along columns: in each group one row is the sum of the others."""
    labels = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    values = [c for c in frame if c not in labels and "year" not in str(c).lower()]
    values = [c for c in values if frame[c].isna().any()]
    found = []
    for label in labels if values else []:
        is_total = frame[label].str.strip().str.lower().isin(TOTALS)
        if not is_total.any() or is_total.all():
            continue
        others = [c for c in labels if c != label] + [c for c in frame if "year" in str(c).lower()]
        keys = [frame[c] for c in others] or [pd.Series(0, index=frame.index)]
        for value in values:
            top, rest = frame[value].where(is_total), frame[value].mask(is_total)
            gone = rest.isna() & ~is_total
            parts = {"tops": top.notna(), "top": top, "rest": rest, "gone": gone, "size": ~is_total}
            sums = pd.DataFrame(parts).groupby(keys, dropna=False).sum()
            sums = sums[(sums["tops"] == 1) & (sums["size"] > 1)]
            left = sums["top"] - sums["rest"]
            exact = left[sums["gone"] == 0].abs() < 0.5
            holes = left[sums["gone"] == 1]
            if exact.all():
                found += [(label, key, value, number) for key, number in holes.items()]
    return found


def test_the_attacks_find_what_is_there():
    wide = pd.DataFrame({"a": ["x", "y", "z"], "one": [1, 2, np.nan], "two": [3, 4, 5.0],
                         "all": [4, 6, 8.0]})  # fmt: skip
    assert [row[-1] for row in across(wide)] == [3]
    long = pd.DataFrame({"area": ["p", "q", "Total"] * 2, "year": [1] * 3 + [2] * 3,
                         "n": [1, 2, 3, np.nan, 4, 7]})  # fmt: skip
    assert [row[-1] for row in down(long)] == [3]


def test_no_table_gives_a_small_count_away_by_subtraction(whole_run):
    given = []
    for name, frame in tables(whole_run.outputs).items():
        for *where, value in across(frame) + down(frame):
            if 0 < round(value) < SMALL and abs(value - round(value)) < 0.01:
                given.append((name, where, value))
    assert given == []


def test_no_row_prints_a_count_that_older_releases_give_away(whole_run):
    """The count stands in no row that names its authority, year and class."""
    areas = package().read("areas_england").set_index("area_code")["name"]
    gone = determined()
    wanted: dict[tuple[str, str], list] = {}
    for row in gone.itertuples():
        name = areas[row.area_code].lower()
        wanted.setdefault((name, str(row.year)), []).append((row.part.split("_")[0], row.value))
    printed = []
    for path in outputs(whole_run.outputs):
        if path.parent.name in ("results", "01_wwcsc_rates"):
            continue
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                low = [cell.lower() for cell in row]
                for name, year in {(c, y) for c in low for y in low if (c, y) in wanted}:
                    for part, value in wanted[name, year]:
                        named = any(re.search(rf"\b{part}\b", c) for c in low if c != name)
                        if named and f"{value:g}" in row:
                            printed.append((path.name, row))
    assert printed == []


def test_the_rest_of_a_total_is_never_one_withheld_class(whole_run):
    """A page shows what placements leave of the total: never a rest that is one cell."""
    mix = pd.read_parquet(whole_run.processed / "profile_mix.parquet")
    newest = {
        name: package().read(name).groupby(["area_code", "year"])["release_year"].max()
        for name in PARTS
    }
    gone = determined()
    last = [newest[row.table][row.area_code, row.year] for row in gone.itertuples()]
    gone = gone[gone["release_year"] == last]
    kinds = {"cla_ages_england": "age", "cla_placements_england": "placement"}
    gone = gone.assign(kind=gone["table"].map(kinds), key=gone["area_code"])
    both = mix.merge(gone[["key", "year", "kind", "value"]], on=["key", "year", "kind"])
    assert both.empty, both.to_string()

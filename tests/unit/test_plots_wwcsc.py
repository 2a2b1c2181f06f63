"""Charts say what they should: marks, orders, labels that do not overlap."""

import numpy as np
import pandas as pd
import pytest

from care_rates import boxplot, plots_models, plots_wwcsc
from care_rates.areas import REGIONS

pytestmark = pytest.mark.unit


@pytest.fixture
def areas():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"region": np.repeat(REGIONS, 12)})
    frame["area"] = [f"area {i}" for i in range(len(frame))]
    frame["rate"] = rng.normal(60, 10, len(frame)).round(1)
    frame.loc[0, "rate"], frame.loc[13, "rate"] = 160, -40
    return frame


def boxes(frame, rule="hinges"):
    return boxplot.boxes_by_region(frame["rate"], frame["region"], frame["area"], rule, REGIONS)


def test_boxes_by_region_name_outliers_on_their_side(areas):
    table = boxes(areas)
    assert table.index.tolist() == list(REGIONS)
    assert table.loc["North East", "above"].endswith("area 0")
    assert table.loc["North West", "below"].startswith("area 13")
    assert table.loc["North East", "max"] == 160
    assert (table["n"] == 12).all()


def test_region_boxes_draw_names_only_where_there_are_outliers(areas):
    specification = plots_wwcsc.region_boxes(boxes(areas), areas, "rate", title="rate").to_dict()
    marks = [layer["mark"]["type"] for layer in specification["layer"]]
    assert 1 <= marks.count("text") <= len(plots_wwcsc.PLACES)
    calm = areas[areas["region"].isin(["North East"])].iloc[1:]
    one = boxplot.boxes_by_region(
        calm["rate"].clip(55, 65), calm["region"], calm["area"], "linear", ["North East"]
    )
    drawn = plots_wwcsc.region_boxes(one, calm, "rate", title="rate").to_dict()
    assert "text" not in [layer["mark"]["type"] for layer in drawn["layer"]]


def test_region_lines_keep_labels_apart():
    frame = pd.DataFrame(
        {"region": [*REGIONS, "England"], "year": 2017, "rate": [60.0] * 10 + [90]}
    )
    both = pd.concat([frame.assign(year=2016), frame])
    chart = plots_wwcsc.region_lines(both, named=["North East", "Inner London"], y_title="rate")
    rows = [row for rows in chart.to_dict()["datasets"].values() for row in rows if "label" in row]
    places = sorted(row["label"] for row in rows)
    assert len(places) == 11
    assert min(np.diff(places)) >= 0.036 * 30 - 1e-9


def test_bars_histogram_and_shares_are_specifications():
    growth = pd.DataFrame({"span": ["1 year"] * 2, "group": ["a", "b"], "growth": [3.0, 1.0]})
    assert plots_wwcsc.growth_bars(growth).to_dict()["facet"]
    change = pd.DataFrame({"change": [0.2, -1.0, 3.0]})
    assert plots_wwcsc.change_histogram(change, "change", title="t").to_dict()["layer"]
    parts = pd.DataFrame(
        {"row": "x", "part": ["fell", "rose", "no change"], "share": [40.0, 58, 2]}
    )
    shares = plots_wwcsc.share_bars(
        parts,
        row="row",
        part="part",
        value="share",
        colours=plots_wwcsc.DIRECTION_COLOURS,
        title="t",
    ).to_dict()
    text = next(r for r in shares["datasets"].values() if len(r) == 2)
    assert {row["part"] for row in text} == {"fell", "rose"}  # a sliver has no number inside
    assert [row["middle"] for row in text] == [20, 71]


def test_strips_and_paired_intervals():
    curve = pd.DataFrame({"sample": ["all", "part"], "factor": "x", "ratio": [1.2, 0.9],
                          "low": [1.1, 0.7], "high": [1.3, 1.1], "controls": ""})  # fmt: skip
    strips = plots_models.specification_strips(curve, labels={"x": "low income"}).to_dict()
    rows = next(rows for rows in strips["datasets"].values() if len(rows) == 2)
    assert [row["clear"] for row in rows] == [True, False]
    assert {row["factor"] for row in rows} == {"low income"}
    table = pd.DataFrame(
        {"test": ["a", "a"], "kind": ["x", "y"], "estimate": [1.0, 2], "low": 0.5, "high": 3}
    )
    drawn = plots_models.paired_intervals(table, label="test", series="kind", title="t").to_dict()
    assert len(drawn["layer"]) == 3


@pytest.mark.parametrize(
    ("low", "high", "reference"), [(0.85, 1.45, 1), (-0.43, 0.77, 0), (0.9, 0.95, 1), (3, 55, 0)]
)
def test_ticks_hold_the_reference_and_the_values(low, high, reference):
    at = plots_models.ticks(low, high, reference)
    assert reference in at
    assert at[0] <= low <= high <= at[-1]
    assert 3 <= len(at) <= 12
    assert np.allclose(np.diff(at), at[1] - at[0])


def test_strips_and_intervals_show_the_reference():
    curve = pd.DataFrame({"sample": ["a"], "factor": ["x"], "ratio": [1.3], "low": [1.1],
                          "high": [1.4], "controls": [""]})  # fmt: skip
    strips = plots_models.specification_strips(curve, labels={"x": "low income"}).to_dict()
    assert 1 in strips["layer"][1]["encoding"]["x"]["axis"]["values"]
    table = pd.DataFrame({"t": ["a"], "k": ["x"], "estimate": [0.5], "low": [0.3], "high": [0.6]})
    drawn = plots_models.paired_intervals(table, label="t", series="k", title="t").to_dict()
    assert 0 in drawn["layer"][1]["encoding"]["x"]["axis"]["values"]


def test_names_of_outliers_do_not_run_into_one_another(areas):
    areas.loc[[1, 12], "rate"] = [159, 110]
    table = plots_wwcsc.outlier_labels(boxes(areas), areas, "rate", 500)
    north = table[table["region"] == "North East"].set_index("label")
    assert "area 0; area 1" in north.index  # a point apart: one label
    assert north.loc["area 0; area 1", "place"] == "over, to the left"  # no room at the edge
    west = table[table["region"] == "North West"].set_index("label")
    assert west.loc["area 12", "place"] == "right"  # room to its right
    assert west.loc["area 13", "place"] == "over, to the right"  # the lowest of all


def test_names_above_a_row_from_both_sides_do_not_meet():
    values = [0.0, *np.linspace(45, 55, 10), 100]
    frame = pd.DataFrame({"region": "North East", "rate": values})
    frame["area"] = ["a long name of an area", *"bcdefghijk", "another long name"]
    both = boxplot.boxes_by_region(frame["rate"], frame["region"], frame["area"], "hinges",
                                   ["North East"])  # fmt: skip
    wide = plots_wwcsc.outlier_labels(both, frame, "rate", 500)["place"].tolist()
    assert wide == ["over, to the right", "over, to the left"]
    narrow = plots_wwcsc.outlier_labels(both, frame, "rate", 180)["place"].tolist()
    assert narrow == ["over, to the right", "under, to the left"]


def test_histogram_has_a_colour_for_each_direction():
    change = pd.DataFrame({"change": [0.2, -1.0, 0.0, np.nan]})
    drawn = plots_wwcsc.change_histogram(change, "change", title="t").to_dict()
    rows = next(rows for rows in drawn["datasets"].values() if "direction" in rows[0])
    assert [row["direction"] for row in rows] == ["rose", "fell", "no change"]
    colour = drawn["layer"][0]["encoding"]["color"]["scale"]
    assert colour["domain"] == list(plots_wwcsc.DIRECTION_COLOURS)


def test_ticks_of_strips_that_fall_together_are_drawn_once():
    curve = pd.DataFrame({"sample": "a", "factor": "x", "ratio": [1.2000, 1.2010, 1.2100],
                          "low": [1.1, 1.1, 0.9], "high": 1.4})  # fmt: skip
    drawn = plots_models.specification_strips(curve, labels={"x": "y"}).to_dict()["datasets"]
    rows = next(rows for rows in drawn.values() if "ratio" in rows[0])
    assert [row["ratio"] for row in rows] == [1.2, 1.21]

"""Tables, figures and records."""

import json

import altair as alt
import numpy as np
import pandas as pd
import pytest

from care_rates import charts, compared, markup, report
from care_rates.claims import ClaimError
from care_rates.parameters_cell import ParameterError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (None, None, "–"),
        (np.nan, None, "–"),
        (pd.NaT, None, "–"),
        (True, None, "yes"),
        (np.False_, None, "no"),
        (2016, None, "2016"),
        (72670, None, "72,670"),
        (1234567.4, None, "1,234,567"),
        (-0.249, 3, "−0.249"),
        (0.5, None, "0.50"),
        (45.64, None, "45.6"),
        (pd.Timestamp("2018-08-07"), None, "7 August 2018"),
        ("<b>", None, "<b>"),
    ],
)
def test_cells_are_written_for_readers(value, decimals, text):
    assert markup.cell(value, decimals) == text


def test_tables_escape_and_label_everything():
    frame = pd.DataFrame({"a<b": ["<script>alert(1)</script>"], "n": [1.5]})
    frame.index = pd.Index(["R&D"], name="area")
    html = markup.table(frame, {"n": 2})
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert '<th scope="row">R&amp;D</th>' in html
    assert html.count('scope="col"') == 3
    assert '<td class="n">1.50</td>' in html
    assert 'scope="row">1</th>' in markup.table(pd.DataFrame({"x": ["1"]}))


def test_figures_have_captions_and_pictures_a_text():
    html = markup.figure("<table></table>", kind="table", name="t", caption="A & B", source="s<")
    assert 'id="t"' in html
    assert "A &amp; B" in html
    assert "s&lt;" in html
    svg = markup.describe_svg('<svg width="5" role="x"><g/></svg>', 'say "this"')
    assert svg.startswith('<svg width="5" role="img" aria-label="say &quot;this&quot;"')


@pytest.fixture
def begun(monkeypatch, tmp_path):
    """Begin a small notebook that writes to a folder of its own; collect what it displays."""
    books = tmp_path / "notebooks"
    books.mkdir()
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# T"]},
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": ["seed = 1\n",
         "alpha = 0.05\n", "years = [2012]"]},
    ]  # fmt: skip
    (books / "01_x.ipynb").write_text(json.dumps({"cells": cells}))
    (books / "02_y.ipynb").write_text(json.dumps({"cells": cells[:1]}))
    monkeypatch.setenv("CARE_RATES_NOTEBOOKS", str(books))
    monkeypatch.setenv("CARE_RATES_STAGING", str(tmp_path))
    seen = []
    monkeypatch.setattr(
        report, "display", lambda data, raw, metadata=None: seen.append((data, metadata))
    )
    report.begin("01_x", seed=1, alpha=1)
    yield seen, tmp_path / "outputs"
    report._now = None


def test_nothing_works_before_begin():
    report._now = None
    with pytest.raises(report.ReportError, match="begin"):
        report.record("a", 1)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"sead": 1}, "no parameter is called 'sead'; it has: seed, alpha, years"),
        ({"seed": "1"}, "seed is str"),
        ({"seed": True}, "seed is bool"),
        ({"years": 2012}, "must be list"),
    ],
)
def test_parameters_are_checked(begun, given, word):
    with pytest.raises(ParameterError, match=word):
        report.begin("01_x", **given)


def test_notebooks_that_cannot_begin(begun):
    with pytest.raises(ParameterError, match="no cell tagged"):
        report.begin("02_y")
    with pytest.raises(ParameterError, match="There is no notebook"):
        report.begin("09_z")


def test_a_whole_notebook_leaves_its_records(begun):
    seen, out = begun
    report.record("mean", np.float64(1 / 3), 0.2, None, "share", "mean of three")
    report.record("n", 3)
    with pytest.raises(report.ReportError, match="recorded already"):
        report.record("mean", 2)
    report.show(pd.DataFrame({"v": [1.0]}), name="t1", caption="C", source="S")
    chart = (
        alt.Chart(pd.DataFrame({"x": [1, 2], "y": [3, 4]})).mark_point().encode(x="x:Q", y="y:Q")
    )
    with pytest.raises(report.ReportError, match="text alternative"):
        report.show(chart, name="f1", caption="C", source="S")
    report.show(chart, name="f1", caption="C", source="S", alt="Two points.")
    with pytest.raises(report.ReportError, match="called 'f1' already"):
        report.show(chart, name="f1", caption="C", source="S", alt="Two points.")
    report.answer("What?", "That.")
    table = report.check("wwcsc.note18", {"rs": 0.684}, definition="one definition")
    assert table["status"].tolist() == ["close"]
    report.finish()
    results = (out / "results" / "01_x.csv").read_text().splitlines()
    assert results[1] == "mean,0.33333333,0.2,,share,mean of three"
    assert results[2] == "n,3,,,,"
    kept = json.loads((out / "records" / "01_x.json").read_text())
    assert kept["parameters"] == {"seed": 1, "alpha": 1}
    assert kept["answers"] == [{"question": "What?", "answer": "That."}]
    assert kept["claims"][0]["claim_id"] == "wwcsc.note18.rs"
    assert "care_rates.report" in kept["modules"]
    assert (out / "tables" / "01_x" / "t1.csv").read_text() == "v\n1\n"
    svg = (out / "figures" / "01_x" / "f1.svg").read_text()
    assert 'aria-label="Two points."' in svg
    kinds = [(metadata or {}).get("care_rates", {}).get("kind") for _, metadata in seen]
    assert kinds == ["table", "figure", "caption", None, "check"]
    assert report.VEGALITE in seen[1][0]


def test_checks_refuse_what_is_not_registered(begun):
    with pytest.raises(ClaimError, match="No claim has the id 'wwcsc.table2.atlantis.mean'"):
        report.check(
            "wwcsc.table2", pd.DataFrame({"mean": [1]}, index=["Atlantis"]), definition="d"
        )
    with pytest.raises(ClaimError, match="arithmetic: not checked here"):
        report.check("wwcsc.note18.p_arith", 0.5, definition="d")
    report.check("wwcsc.note18.rs", 0.682, definition="d")
    with pytest.raises(ClaimError, match="checked twice"):
        report.check("wwcsc.note18.rs", 0.682, definition="d")


def test_frames_complete_the_ids():
    frame = pd.DataFrame({"Mean": [1.0]}, index=["North East"])
    assert compared.by_claim("r.t", frame) == {"r.t.north_east.mean": 1.0}
    assert compared.by_claim("r.t", {"North East.Mean": 2}) == {"r.t.north_east.mean": 2}
    assert compared.by_claim("r.t", 3) == {"r.t": 3}
    assert compared.by_claim("r.t", None) == {}


@pytest.fixture
def frame():
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {"year": [2012, 2013] * 20, "v": rng.normal(size=40), "low": -1.0, "high": 1.0,
         "area": [f"a{i}" for i in range(40)], "region": ["North East", "South West"] * 20,
         "status": ["exact", "close"] * 20, "claims": 1}
    )  # fmt: skip


def test_charts_are_drawn_with_titles(frame):
    import vl_convert

    made = [
        charts.lines(frame, "year", "v", "region", y_title="rate", low="low", high="high"),
        charts.lines(frame.head(2), "year", "v", y_title="rate", zero=False),
        charts.region_boxes(frame, "v", title="rate", regions=["North East", "South West"]),
        charts.intervals(
            frame.head(4), "v", "area", low="low", high="high", title="t", reference=0
        ),
        charts.intervals(
            frame.head(4), "v", "area", low="low", high="high", title="t", colour="region"
        ),
        charts.scatter(frame, "year", "v", x_title="x", y_title="y", named=["a1"], trend=True),
        charts.scatter(frame, "low", "v", x_title="x", y_title="y", colour="region"),
        charts.status_bars(frame.rename(columns={"region": "report"})),
    ]
    for chart in made:
        assert vl_convert.vegalite_to_svg(chart.to_dict()).startswith("<svg")


def test_outliers_in_boxes_are_beyond_the_fences():
    frame = pd.DataFrame({"region": "North East", "area": list("abcdef"), "v": [1, 2, 3, 4, 5, 50]})
    spec = charts.region_boxes(frame, "v", title="t").to_dict()
    rows = [row for data in spec["datasets"].values() for row in data if "outlier" in row]
    assert {row["area"] for row in rows if row["outlier"]} == {"f"}


def test_values_that_no_parameters_cell_declares_are_found(begun):
    from care_rates.parameters_cell import strangers

    names = {"seed": 1, "sead": 2, "pd": pd, "_x": 3, "In": [], "exit": object(), "years": []}
    assert strangers("01_x", names) == ["sead"]


def test_whole_columns_have_no_decimals_and_small_chances_are_below_something():
    frame = pd.DataFrame({"year": [2015.0, np.nan], "r": [0.5, 1.0], "p": [0.00001, 0.04]})
    html = markup.table(frame.rename_axis("row"), 3)
    assert ">2015<" in html
    assert ">–<" in html
    assert ">0.500<" in html
    assert ">1.000<" in html
    assert ">&lt;0.001<" in html
    assert ">0.040<" in html
    assert ">2015.0<" in markup.table(frame, {"year": 1})
    assert ">&lt;0.01<" in markup.table(frame[["p"]])

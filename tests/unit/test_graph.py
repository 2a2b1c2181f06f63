"""The picture of the steps: what needs what, what is fresh."""

import json
import xml.etree.ElementTree as ET

import pytest

from care_rates import cli, graph, pipeline, running_page
from care_rates.pipeline import Step

pytestmark = pytest.mark.unit

PLAN = [
    Step("00_data"),
    Step("01_a", ("00_data",)),
    Step("07_area_tables", ("00_data",)),
    Step("06_synthesis", ("00_data", "01_a", "07_area_tables")),
    Step("areas/leeds", ("00_data", "07_area_tables"), {"area": "E1"}, "area_profile"),
    Step("areas/hull", ("00_data", "07_area_tables"), {"area": "E2"}, "area_profile"),
]
REASONS = {"01_a": "lib/care_rates/rates.py changed", "areas/hull": "it has not run yet"}


def test_nodes_gather_areas_and_drop_needs_that_others_imply():
    found = {node.name: node for node in graph.nodes(PLAN)}
    assert list(found)[-1] == "area_profile: 2 areas"
    assert found["06_synthesis"].needs == ("01_a", "07_area_tables")
    assert found["area_profile: 2 areas"].needs == ("07_area_tables",)
    assert [node.depth for node in found.values()] == [0, 1, 1, 2, 2]


def test_text_for_a_terminal():
    assert graph.text(PLAN, REASONS).splitlines() == [
        "00_data  fresh",
        "├─ 01_a  stale: lib/care_rates/rates.py changed",
        "└─ 07_area_tables  fresh",
        "   ├─ 06_synthesis (after 2 others)  fresh",
        "   └─ area_profile: 2 areas  1 of 2 stale: it has not run yet",
    ]


def test_picture():
    drawn = graph.svg(PLAN, REASONS | {"06_synthesis": "<b> & more, far too long for its box, yes"})
    root = ET.fromstring(drawn)
    names = [e.attrib.get("class") for e in root.iter() if e.tag.endswith("rect")]
    assert names == ["fresh", "stale", "fresh", "stale", "stale"]
    assert len([e for e in root.iter() if e.tag.endswith("path")]) == 5
    assert (
        "01_a after 00_data: stale: lib/care_rates/rates.py changed." in root.attrib["aria-label"]
    )
    assert "stale: &lt;b&gt; &amp; more" in drawn
    assert "…" in drawn
    plain = graph.svg(PLAN)
    assert "stale" not in plain.replace(graph.STYLE, "")
    assert ET.fromstring(graph.svg([])) is not None


def test_every_step_of_the_plan_comes_after_those_that_it_needs(project):
    project[1]("07_more", "record('x', 1)")
    assert [step.name for step in pipeline.steps()][-2:] == ["07_more", "06_synthesis"]
    assert "07_more" in {node.name: node for node in graph.nodes(pipeline.steps())}


def test_command(project, capsys, tmp_path):
    assert cli.main(["graph", "--svg", str(tmp_path / "graph.svg")]) == 0
    said = capsys.readouterr().out
    assert "00_data  stale: it has not run yet" in said
    assert "graph.svg" in said
    assert (tmp_path / "graph.svg").read_text().startswith("<svg")


def test_page_on_running(project, tmp_path, monkeypatch):
    monkeypatch.setattr(running_page, "RESULTS", tmp_path / "results.json")
    assert "Nothing has been measured" in running_page.page()
    ways = {
        "clean run, notebooks": {"seconds": [9, 11, 10], "cpu": [18], "peak_mib": 900},
        "papermill in a <loop>": {"seconds": [40.04], "cpu": [41], "peak_mib": 1200},
    }
    found = {"machine": "m", "notebooks": 9, "jobs": 2, "repeat": 3, "ways": ways}
    found |= {"load": {"before": 0.5, "after": 2}, "left_out": {"Snakemake": "not asked for"}}
    (tmp_path / "results.json").write_text(json.dumps(found))
    html = running_page.page()
    assert "01_a after 00_data." in html
    assert '<td class="n">4.00</td>' in html
    assert "papermill in a &lt;loop&gt; 40.0" in html
    assert "<li>Snakemake: not asked for</li>" in html
    root = ET.fromstring(running_page.bars(ways))
    assert [e.attrib["class"] for e in root.iter() if e.tag.endswith("rect")] == ["ours", "others"]

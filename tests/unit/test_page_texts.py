"""What the pages say, and what can be found on them, without a browser."""

import csv
import json

import pandas as pd
import pytest

from care_rates import (
    citing,
    glossary,
    home,
    ledger,
    lists,
    paths,
    running_page,
    search_index,
    site,
)
from care_rates.called import called
from care_rates.claims import REPORTS, STATUSES
from care_rates.profiles import aliases, areas

pytestmark = pytest.mark.unit


def claim(**given):
    row = {
        "claim_id": "wwcsc.table2.x.mean", "report": "wwcsc", "locator": "Table 2",
        "statement": "A <statement>", "published": "151", "relation": "=", "computed": "151.0",
        "status": "exact", "reason": "", "decision_flag": "", "definition": "how",
        "notebook": "01_wwcsc_rates", "anchor": "check-wwcsc_table2", "topic": "case_studies",
        "kind": "descriptive", "needs": "cla_england",
    }  # fmt: skip
    return row | given


def test_first_sentences_are_answers():
    said = "No. Chance accounts for about 3.5 percent of the spread of 2012; 16 lie outside. More."
    assert home.first_sentence(said) == said.removesuffix(" More.")
    assert home.first_sentence(
        "Of 5,280 readings 25 come near to all of them, e.g. to 0.5. Then."
    ) == ("Of 5,280 readings 25 come near to all of them, e.g. to 0.5.")
    assert home.first_sentence("Short.") == "Short."


def test_answers_are_one_entry_a_report():
    names = list(REPORTS.values())
    rows = [
        {"notebook": "03", "question": f"{names[2]}: are they?", "answer": "a"},
        {"notebook": "04", "question": f"{names[2]}: were they?", "answer": "b"},
        {"notebook": "08", "question": "Where do they disagree: all of them?", "answer": "c"},
    ]
    found = home.by_report(rows)
    assert list(found) == [names[2]]
    assert [row["notebook"] for row in found[names[2]]] == ["03", "04"]


def test_codes_become_words():
    rows = pd.DataFrame(
        [
            claim(),
            claim(status="contradicted", reason="wording", decision_flag="sign", report="nao",
                  published="decrease", computed="1.07e+04", relation="direction"),
            claim(status="contradicted", reason="wording", report="ccn", topic="finance"),
            claim(status="not computable", reason="not_public", definition="not in hand"),
        ]
    )  # fmt: skip
    read = ledger.readable(rows)
    assert list(read.index[:2]) == ["What Works Centre 2018", "National Audit Office 2019"]
    assert list(read["computed"][:2]) == ["151", "a rise of 10,700"]
    assert list(read["why"])[1:] == [
        "the words say more than the figures; the sign turns",
        "the words say more than the figures",
        "not in hand",
    ]
    table = ledger.reasons(rows)
    assert list(table.columns) == [REPORTS["nao"], REPORTS["ccn"]]
    assert table.loc["the words say more than the figures"].to_list() == [1, 1]
    topics = ledger.scorecard(rows, by="topic")
    assert list(topics.index) == ["case studies", "spending and unit costs"]
    assert topics["registered"].to_list() == [3, 1] and topics["decided"].to_list() == [2, 1]


def test_a_row_of_the_ledger_is_escaped_and_says_where():
    html = lists._claim(claim(), {"cla_england"})
    assert "A &lt;statement&gt;" in html and "What Works Centre 2018: Table 2" in html
    assert 'href="01_wwcsc_rates.html#check-wwcsc_table2"' in html
    assert 'data-needs="cla_england"' in html and "<td>151</td><td>151</td>" in html


def test_functions_are_read_from_the_code():
    cells = [
        "from care_rates import charts, paths as p",
        "from care_rates.rates import average, CAP, idle",
        "%magic is no Python",
        "show = average(CAP)\ncharts.bars(p.ROOT)\nother.bars()",
    ]
    assert called(cells) == ["charts.bars", "rates.average"]


def test_today_s_authorities_lead_to_their_page():
    also = {area.code: (area.code, *area.also) for area in areas()}
    assert {area.step: also[area.code] for area in areas()} == aliases()
    assert {"Cumberland", "E06000063", "Westmorland and Furness"} <= set(also["E10000006"])
    for code in ("E06000028", "E06000029", "E10000009"):
        assert "Bournemouth, Christchurch and Poole" in also[code]
    assert "Ynys Môn" in also["W06000001"]


PAGE = """<main id="text"><h1>Page</h1><div class="prose"><h2 id="a">One
<a class="anchor-link" href="#a">¶</a></h2><p>Rates &amp; more in Leeds, and in Leeds 2017</p></div>
<details class="code"><summary>Code</summary>secret = 1</details>
<figure class="cr cr-table" id="t"><table><tr><td>cell</td></tr></table>
<figcaption><span>A &lt;table&gt;</span></figcaption></figure>
<figure class="cr cr-check" id="check-x"><figcaption><span>Published beside computed: 2 claims.
By the year.</span></figcaption></figure>
<dl><dt id="lac">child</dt><dd>Also: <em>LAC</em></dd></dl>
<section><h2 id="made">How</h2></section></main>"""


def test_pages_are_indexed_by_section_caption_term_and_check():
    rows = search_index.rows(3, PAGE, {"check-x": "nao.table1"})
    by = {anchor: (title, more, kind) for _, anchor, title, more, kind in rows}
    assert by["a"][0] == "One" and by["a"][2] == search_index.SECTION
    assert {"rates", "leeds"} <= set(by["a"][1].split())
    assert not {"secret", "cell", "2017", "and"} & set(by["a"][1].split())
    assert by["t"] == ("A <table>", "", search_index.FIGURE)
    assert by["check-x"][0] == "Published beside computed: 2 claims. nao.table1"
    assert by["lac"] == ("child", "Also: LAC", search_index.TERM)
    assert "made" not in by and {row[0] for row in rows} == {3}


def test_a_check_is_named_by_what_its_claims_share():
    rows = [claim(), claim(claim_id="wwcsc.table2.y.mean"), claim(anchor="inconsistent")]
    assert search_index.common_ids(rows) == {
        ("01_wwcsc_rates", "check-wwcsc_table2"): "wwcsc.table2"
    }
    assert list(search_index.common_ids([claim()]).values()) == ["wwcsc.table2.x.mean"]


def test_the_glossary_has_every_status_and_no_term_twice():
    html = glossary.page()
    assert all(f'<dt id="status-{status.replace(" ", "_")}">' in html for status in STATUSES)
    path = paths.ROOT / "lib" / "care_rates" / "assets" / "glossary.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    terms = [row["term"] for row in rows]
    assert len(terms) == len(set(terms))
    assert {
        "relative low income", "prevention", "special guardianship", "specification curve",
        "bootstrap", "registered, decided", "ethnic group",
    } <= set(terms)  # fmt: skip
    assert all(row["kind"] in glossary.KINDS and row["meaning"].endswith(".") for row in rows)


def test_pages_are_linked_in_turn():
    pages = site.in_turn([site.Plan(f"{name}.html", name) for name in "abc"])
    assert [page.previous and page.previous.href for page in pages] == [None, "a.html", "b.html"]
    assert [page.following and page.following.title for page in pages] == ["b", "c", None]


def test_citations_name_page_whole_and_year():
    text = citing.box("A <page>")
    assert "A &lt;page&gt;. In: <cite>care-rates" in text and f"({citing.RELEASED[:4]})" in text


def test_the_speed_is_said_with_machine_and_ratios(tmp_path, monkeypatch):
    ways = {
        "clean run, notebooks": {"seconds": [60, 50, 70], "cpu": [90], "peak_mib": 700},
        "papermill in a loop": {"seconds": [120], "cpu": [110], "peak_mib": 400},
        "nothing changed": {"seconds": [0.4], "cpu": [0.3], "peak_mib": 40},
    }
    assert running_page.summary(ways) == (
        "All numbered notebooks run in 60 seconds; papermill in a loop takes 2.00 times as long. "
        "Where nothing changed, it is over in 0.4 seconds."
    )
    assert running_page.summary({"nothing changed": ways["nothing changed"]}) == ""
    drawn = running_page.bars(ways)
    assert "60.0 s, 1.00×" in drawn and "120.0 s, 2.00×" in drawn
    path = tmp_path / "results.json"
    content = {
        "machine": "a <machine>", "notebooks": 9, "jobs": 2, "repeat": 3,
        "load": {"before": 0.1, "after": 1}, "ways": ways, "left_out": {},
    }  # fmt: skip
    path.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setattr(running_page, "RESULTS", path)
    assert "Machine: a &lt;machine&gt;. 9 numbered notebooks" in running_page.page()

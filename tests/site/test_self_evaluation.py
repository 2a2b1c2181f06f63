"""The self-evaluation page in a real browser, with no network and from a folder."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from care_rates import assessment, scoring, self_evaluation
from care_rates.data import Package

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = self_evaluation.build(tmp_path_factory.mktemp("page") / "self-evaluation.html")
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    context = browser.new_context(offline=True, accept_downloads=True)
    opened = context.new_page()
    opened.faults, opened.requests = [], []
    opened.on("pageerror", lambda error: opened.faults.append(str(error)))
    opened.on("console", lambda m: opened.faults.append(m.text) if m.type == "error" else None)
    opened.on("request", lambda request: opened.requests.append(request.url))
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.goto(address)
    yield opened
    assert opened.faults == []
    outside = [url for url in opened.requests if not url.startswith((address, "blob:"))]
    assert outside == [], "the page asked for something"
    context.close()


def load(page, content: str | bytes, target: str = "#load") -> None:
    data = content if isinstance(content, bytes) else content.encode()
    payload = {"name": "chosen.json", "mimeType": "application/json", "buffer": data}
    page.set_input_files(target, payload)
    page.wait_for_selector("#status:not(:empty), #error:not(:empty)")


def saved(page) -> dict:
    with page.expect_download() as download:
        page.click("#save")
    return json.loads(download.value.path().read_text(encoding="utf-8"))


def table(page, selector: str) -> list[list[str]]:
    rows = page.locator(f"{selector} tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def test_has_the_23_characteristics_in_the_words_of_the_table(page):
    frame = Package().read("characteristics").set_index("code")
    assert page.locator("#form fieldset").count() == len(frame) == 23
    words = page.locator("#C3").inner_text()
    assert frame.at["C3", "statement"] in words
    assert frame.at["C3", "anchor_4"] in words
    page.locator("#C3 summary").click()
    assert frame.at["C3", "evidence_0"] in page.locator("#C3").inner_text()
    assert frame.at["C3", "who_would_know"] in page.locator("#C3").inner_text()


def test_is_one_file_with_a_strict_policy_and_no_address(address, page):
    text = page.content()
    assert not re.search(r"https?://", text.replace("http://www.w3.org/2000/svg", ""))
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.locator("[style]").count() == 0
    assert not re.search(r"\son\w+=", text.split("<script")[0])


def test_policy_stops_foreign_script_and_connections(page):
    script = "Object.assign(document.createElement('script'), {text: 'window.ran = 1'})"
    page.evaluate(f"document.body.append({script})")
    assert page.evaluate("window.ran") is None
    sent = page.evaluate("fetch('data:text/plain,x').then(() => 'sent', () => 'stopped')")
    assert sent == "stopped"
    assert all("Content Security Policy" in f or "violates" in f for f in page.faults)
    page.faults.clear()


def test_example_says_that_it_is_invented_and_matches_the_library(page):
    page.click("#example")
    assert "invented" in page.inner_text("#status")
    saved_file = self_evaluation.read()
    scores = assessment.to_frame(saved_file)
    profile = scoring.by_domain(scores)
    total = scoring.overall(profile, saved_file["weights"]).set_index("rater")
    first, second = (rater["name"] for rater in saved_file["raters"][:2])
    shown = table(page, "#table")
    for row, domain in zip(shown, "ABCDE", strict=False):
        for offset, rater in ((1, first), (6, second)):
            at = profile[(profile["rater"] == rater) & (profile["domain"] == domain)].iloc[0]
            wanted = [f"{at[c]:.2f}" for c in ("value", "low", "high")]
            assert row[offset : offset + 3] == wanted
            assert row[offset + 3 : offset + 5] == [str(at["known"]), str(at["unknown"])]
    assert shown[-1][1] == f"{total.at[first, 'value']:.2f}"
    assert shown[-1][7:9] == [f"{total.at[second, c]:.2f}" for c in ("low", "high")]


def test_saved_file_is_read_by_the_notebook_and_back(page, tmp_path):
    page.fill("#title", "Invented place")
    page.fill("#name", "Team A & B <b>")
    page.locator("#name").press("Tab")
    page.check("#A1 input[value='3']")
    page.check("#B2 input[value='not known']")
    page.check("#C1 input[value='does not apply']")
    page.select_option("#A1-confidence", "high")
    page.fill("#A1-evidence", "<img src=x onerror=alert(1)>")
    page.fill("#weight-A", "2.5")
    content = saved(page)
    path = tmp_path / "file.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    frame = assessment.to_frame(self_evaluation.read(path)).set_index("code")
    assert frame.at["A1", "score"] == 3
    assert frame.at["A1", "evidence"] == "<img src=x onerror=alert(1)>"
    assert frame.at["B2", "missing"] == "not known"
    assert frame.at["C1", "missing"] == "does not apply"
    assert frame.at["E2", "missing"] == "not yet scored"
    assert content["weights"]["A"] == 2.5
    page.click("#clear")
    assert not page.is_checked("#A1 input[value='3']")
    load(page, path.read_text())
    assert page.is_checked("#A1 input[value='3']")
    assert page.input_value("#name") == "Team A & B <b>"
    assert saved(page) == content
    assert page.locator("#list img").count() == 0


def broken(**changes):
    file = self_evaluation.read()
    file.update(changes)
    return json.dumps(file)


def scored(**changes):
    file = self_evaluation.read()
    file["raters"][0]["scores"][3].update(changes)
    return json.dumps(file)


HOSTILE = {
    "empty": (b"", "JSON"),
    "not json": (b"hello", "JSON"),
    "cut off": (json.dumps(self_evaluation.read())[:5000], "JSON"),
    "not text": (b"\xff\xfe\x00\x01", "text file"),
    "array": ("[1, 2]", "the file"),
    "null": ("null", "the file"),
    "deep": ("[" * 100_000, "JSON"),
    "other format": (broken(format="other"), "format"),
    "later version": (broken(version=2), "version"),
    "missing key": (json.dumps({"format": assessment.FORMAT}), "missing"),
    "level 5": (scored(score=5), "raters, 1, scores, 4, score"),
    "text level": (scored(score="3"), "raters, 1, scores, 4, score"),
    "true level": (scored(score=True), "raters, 1, scores, 4, score"),
    "unknown code": (scored(code="Z9"), "raters, 1, scores, 4, code"),
    "code twice": (scored(code="A1"), "twice"),
    "unknown key": (scored(extra=1), "not known here"),
    "long evidence": (scored(evidence="x" * 2001), "too long"),
    "markup in key": (broken(**{"<img src=x onerror=alert(1)>": 1}), "not known here"),
    "prototype": (broken().replace('"title"', '"__proto__": {"x": 1}, "title"'), "__proto__"),
    "constructor": (broken(constructor={"prototype": {"polluted": 1}}), "constructor"),
    "no raters": (broken(raters=[]), "raters"),
    "too many raters": (broken(raters=self_evaluation.read()["raters"] * 5), "raters"),
    "rater twice": (broken(raters=self_evaluation.read()["raters"] * 2), "twice"),
    "weight below zero": (broken(weights=dict.fromkeys("ABCDE", -1)), "weights, A"),
    "weight too large": (broken().replace('"A": 1,', '"A": 1e999,'), "weights, A"),
    "no weight": (broken(weights=dict.fromkeys("ABCDE", 0)), "all are zero"),
    "too large": (b" " * (assessment.MOST_BYTES + 1), "bytes"),
    "name twice": (broken().replace('"title"', '"version": 1, "title"'), "twice"),
    "escaped name twice": (broken().replace('"title"', '"versio\\u006e": 1, "title"'), "twice"),
    "score twice": (broken().replace('"score": 3', '"score": 3, "score": 4', 1), "twice"),
    "blank rater": (broken().replace('"Head of service (invented)"', '" \\t "'), "blank"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_broken_or_hostile_file_gets_a_clear_message_and_changes_nothing(page, kind):
    content, word = HOSTILE[kind]
    page.check("#A1 input[value='2']")
    load(page, content)
    message = page.inner_text("#error")
    assert "nothing has changed" in message
    assert word in message
    assert page.is_checked("#A1 input[value='2']")
    assert page.evaluate("({}).x ?? ({}).polluted ?? null") is None
    assert page.locator("#error img").count() == 0
    with pytest.raises(assessment.AssessmentError):
        assessment.parse(content)


def test_names_and_signs_in_texts_are_no_doubles(page):
    file = self_evaluation.read()
    file["title"] = 'a "title": {"title": [1, "\\'
    file["raters"][0]["scores"][0]["evidence"] = '{"code": "A1", "code": "A1"} \\" : "score":'
    load(page, json.dumps(file))
    assert page.inner_text("#error") == ""
    assert page.input_value("#title") == file["title"]


def test_what_to_talk_about_follows_the_rules_of_the_library(page):
    file = self_evaluation.read()
    file["raters"] = file["raters"][:2]
    for rater, (one, two) in zip(file["raters"], ((0, "not known"), (1, "not known")), strict=True):
        rater["scores"][0].update(score=one, confidence="high")
        rater["scores"][1].update(score=two, confidence="")
        rater["scores"][2].update(score="not yet scored", confidence="")
        rater["scores"][3].update(score="does not apply", confidence="")
    load(page, json.dumps(file))
    told = scoring.consensus(assessment.to_frame(file)).query("talk != ''")["talk"]
    points = page.locator("#talk li").all_inner_texts()
    assert [text.split()[0] for text in points] == told.index.to_list()
    for text, why in zip(points, told, strict=True):
        assert text.rpartition(": ")[2].startswith(why)
    assert told["A1"] == "level 0 or 1" and told["A2"] == "not known" and "A3" not in told


def test_profile_chart_is_legible_on_a_phone_and_names_its_axis(page):
    page.click("#example")
    sizes = """[...document.querySelectorAll('#chart text')].map(e =>
        parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)"""
    overlap = """[...document.querySelectorAll('#chart text')].some(e => {
        const a = e.getBoundingClientRect(), b = e.ownerSVGElement.getBoundingClientRect();
        return a.left < b.left - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 1 })"""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(100)
        assert min(page.evaluate(sizes)) > 11, width
        assert not page.evaluate(overlap), width
        assert "mean level, 0 (absent) to 4" in page.locator("#chart .axis").text_content()


def test_two_raters_are_compared_and_files_of_two_people_joined(page):
    one = self_evaluation.read()
    alone = one | {"raters": one["raters"][:1]}
    other = one | {"raters": one["raters"][1:2]}
    load(page, json.dumps(alone))
    assert len(table(page, "#table")[0]) == 6
    load(page, json.dumps(other), "#merge")
    assert len(table(page, "#table")[0]) == 11
    assert "raters differ by 2 levels" in page.inner_text("#talk")
    assert page.locator("#chart path.second").count() == 5
    page.select_option("#other", label="nobody")
    assert len(table(page, "#table")[0]) == 6
    load(page, json.dumps(alone), "#merge")
    names = page.locator("#now option").all_inner_texts()
    assert len(set(names)) == len(names) == 3, "a name that is taken gets a number"


def test_raters_are_added_named_and_removed(page):
    page.check("#A1 input[value='4']")
    page.click("#add")
    assert page.input_value("#name") == "Rater 2"
    assert not page.is_checked("#A1 input[value='4']")
    page.fill("#name", "Rater 1")
    page.locator("#name").press("Tab")
    assert "own" in page.inner_text("#error")
    page.fill("#name", " ")
    page.locator("#name").press("Tab")
    assert "needs a name" in page.inner_text("#error")
    page.check("#A1 input[value='1']")
    page.click("#remove")
    assert page.is_checked("#A1 input[value='4']")
    assert page.is_disabled("#remove")


def test_missing_evidence_is_no_low_score(page):
    page.check("#E1 input[value='4']")
    page.check("#E2 input[value='not known']")
    row = table(page, "#table")[4]
    assert row[1:6] == ["4.00", "2.00", "4.00", "1", "1"]
    page.check("#E2 input[value='does not apply']")
    assert table(page, "#table")[4][1:6] == ["4.00", "4.00", "4.00", "1", "0"]
    page.click("#E2-reset")
    assert table(page, "#table")[4][5] == "1"
    assert "1 of 23" in page.inner_text("#progress")


def test_weights_move_the_total_and_are_checked(page):
    page.check("#D1 input[value='4']")
    page.check("#E1 input[value='0']")
    assert table(page, "#table")[-1][1] == "2.00"
    page.fill("#weight-D", "3")
    assert table(page, "#table")[-1][1] == "3.00"
    page.fill("#weight-D", "-1")
    assert "0 to 10" in page.inner_text("#error")
    assert table(page, "#table")[-1][1] == "3.00"


def test_csv_is_complete_and_runs_nothing_in_a_spreadsheet(page):
    page.click("#example")
    page.fill("#A1-evidence", '=HYPERLINK("x"), and "so" on\nnext line')
    with page.expect_download() as download:
        page.click("#csv")
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 3 * 23
    assert rows[0]["evidence"].startswith("'=HYPERLINK")
    frame = assessment.to_frame(self_evaluation.read())
    wanted = frame["score"].map("{:.0f}".format).replace("nan", "")
    assert [row["score"] for row in rows] == wanted.to_list()
    assert [row["missing"] for row in rows] == frame["missing"].to_list()


def test_everything_works_from_the_keyboard(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to scoring"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "A1"
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("#A1 input[value='2']")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#A1 details").get_attribute("open") is not None
    page.keyboard.press("Tab")
    page.keyboard.type("h")
    assert page.input_value("#A1-confidence") == "high"
    page.keyboard.press("Tab")
    page.keyboard.type("seen")
    assert page.input_value("#A1-evidence") == "seen"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert not page.is_checked("#A1 input[value='2']")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.click("#example")
    page.locator("#A1 summary").click()
    load(page, "{}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_fits_a_phone_with_room_for_thumbs(page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.click("#example")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    targets = "[...document.querySelectorAll('button, .file, .levels label')]"
    heights = page.evaluate(f"{targets}.map(e => e.getBoundingClientRect().height)")
    assert min(heights) >= 43


@pytest.mark.parametrize("kind", ["empty", "full"])
def test_prints_to_two_pages_with_nothing_cut(page, kind):
    if kind == "full":
        full = self_evaluation.read()
        levels = {0: 0, 1: 4}
        full["raters"] = full["raters"][:2]
        full["title"] = "x " * 60
        for i, rater in enumerate(full["raters"]):
            rater["name"] = f"{i} " + "long name " * 7
            for score in rater["scores"]:
                score.update(score=levels[i], evidence="many words of evidence " * 80)
        load(page, json.dumps(full))
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 less its margins, at 96 dpi
    parts = "[...document.querySelectorAll('#profile, #all')]"
    tall = page.evaluate(f"{parts}.map(e => [e.scrollHeight, e.clientHeight])")
    wide = page.evaluate("[...document.querySelectorAll('table')].map(e => e.scrollWidth)")
    assert all(inner <= outer for inner, outer in tall), tall
    cells = "[...document.querySelectorAll('#table th, #table td')]"
    cut = page.evaluate(
        f"{cells}.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
    )
    assert not cut, f"run over their column: {cut}"
    assert max(wide) <= 703, wide
    assert page.locator("#form").is_hidden()


def test_build_is_the_same_each_time_and_links_home(tmp_path):
    one = self_evaluation.build(tmp_path / "a.html").read_bytes()
    assert self_evaluation.build(tmp_path / "b.html").read_bytes() == one
    assert len(one) < 150_000
    linked = self_evaluation.build(tmp_path / "c.html", home="index.html").read_text()
    assert '<a class="home" href="index.html">' in linked


def test_text_in_the_data_cannot_end_the_script():
    text = self_evaluation._embed({"a": "</script><script>alert(1)</script>&"})
    assert "<" not in text
    assert json.loads(text) == {"a": "</script><script>alert(1)</script>&"}

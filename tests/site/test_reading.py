"""Finding, sorting, downloading, citing and stepping through the pages, in a browser."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def site(whole_run) -> Path:
    return whole_run.outputs / "html"


@pytest.fixture(scope="module")
def page(browser):
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    made = context.new_page()
    yield made
    context.close()


def asked(page, words: str) -> list[tuple[str, str]]:
    """Type into the search box; give the first line and the address of every hit."""
    page.fill("#search", "")
    page.fill("#search", words)
    page.wait_for_function("document.getElementById('hits').textContent !== ''")
    return page.eval_on_selector_all(
        "#found a", "all => all.map(a => [a.firstChild.textContent, a.getAttribute('href')])"
    )


@pytest.mark.parametrize(
    ("words", "title", "href"),
    [
        ("LAC", "child looked after", "glossary.html#child_looked_after"),
        ("ethnicity", "ethnic group", "glossary.html#ethnic_group"),
        ("liverpool", "Liverpool", "areas/liverpool.html"),
        ("E08000012", "Liverpool", "areas/liverpool.html"),
        ("Bournemouth, Christchurch and Poole", "Dorset", "areas/dorset.html"),
        ("bourn christchurch", "Dorset", "areas/dorset.html"),
        ("Tor-faen", "Torfaen", "areas/torfaen.html"),
        ("deprivation liverpool", "Liverpool: ", "areas/liverpool.html#Is-the-rate-what-its"),
        ("wwcsc.table2", "Published beside computed", "01_wwcsc_rates.html#check-wwcsc_table2"),
        ("wwcsc.table2.north_east.mean", "The mean", "ledger.html#wwcsc.table2.north_east.mean"),
        ("specification curve", "specification curve", "glossary.html#specification_curve"),
        ("inconsistent", "inconsistent in the report", "glossary.html#status-inconsistent"),
    ],
)
def test_search_finds_it_first(page, site, words, title, href):
    page.goto((site / "index.html").as_uri())
    first, target = asked(page, words)[0]
    assert first.startswith(title) and target.startswith(href)


def test_search_says_how_many_and_leads_there(page, site):
    page.goto((site / "areas" / "liverpool.html").as_uri())
    assert asked(page, "zebra unicorn") == []
    assert page.inner_text("#hits") == "Nothing found"
    hits = asked(page, "rate")
    found = int(re.match(r"(\d+) found, the first 12 are listed", page.inner_text("#hits"))[1])
    assert found > len(hits) == 12
    assert page.get_attribute("#hits", "aria-live") == "polite"
    asked(page, "special guardianship")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#special_guardianship")
    asked(page, "rate")
    page.keyboard.press("Escape")
    assert page.locator("#found").is_hidden()


def test_every_hit_lies_where_the_index_says(site):
    text = (site / "assets" / "search-index.js").read_text(encoding="utf-8")
    assert len(text.encode()) < 1_500_000
    index = json.loads(text.removeprefix("window.SEARCH_INDEX=").rstrip(";\n"))
    ids = {}
    for place, (href, _) in enumerate(index["pages"]):
        found = re.findall(r'id="([^"]+)"', (site / href).read_text(encoding="utf-8"))
        ids[place] = {unescape(name) for name in found}
    assert [row for row in index["rows"] if row[1] not in ids[row[0]]] == []
    for href, *_ in index["areas"]:
        html = (site / href).read_text(encoding="utf-8")
        found = {unescape(name) for name in re.findall(r'id="([^"]+)"', html)}
        assert {row[0] for row in index["sections"]} <= found, href
    assert len(index["sections"]) >= 8 and len(index["rows"]) > 2000


def test_the_list_of_areas_is_sorted_and_found_by_other_names(page, site):
    page.goto((site / "areas.html").as_uri())

    def column(place: int) -> list[str]:
        return page.eval_on_selector_all(
            "#areas tbody tr", f"rows => rows.map(row => row.cells[{place}].dataset.v)"
        )

    head = page.locator("#areas thead th").nth(3)
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    rates = [float(value) for value in column(3) if value]
    assert rates == sorted(rates) and len(rates) >= 3
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert [float(v) for v in column(3) if v] == sorted(rates, reverse=True)
    assert not any(column(3)[len(rates) :])  # what is missing comes last both ways
    page.locator("#areas thead th button").first.click()
    assert head.get_attribute("aria-sort") == "none"
    assert column(0) == sorted(column(0), key=str.lower)
    page.fill("form.filters input[name=q]", "E06000058")
    assert page.locator("#areas tbody tr:visible").all_inner_texts()[0].startswith("Dorset")
    assert page.inner_text("#told").startswith("1 of")


def test_a_row_of_a_long_table_is_found_and_its_headings_stay(page, site):
    page.goto((site / "05_ccn_newton_model.html").as_uri())
    table = page.locator("#source-1-authorities")
    rows = table.locator("tbody tr:visible")
    assert rows.count() > 100
    box = table.locator(".scroll").bounding_box()
    assert box["height"] < 700  # a window, and not the whole of it
    head = table.locator("thead th").first
    before = head.bounding_box()["y"]
    table.locator(".scroll").evaluate("box => box.scrollTo(300, 2000)")
    assert head.bounding_box()["y"] == pytest.approx(before, abs=2)
    table.get_by_label("Find a row").fill("Barn")
    assert {name.inner_text() for name in table.locator("tbody tr:visible th").all()} == {
        "Barnet", "Barnsley",
    }  # fmt: skip
    assert table.get_by_role("status").inner_text().startswith("2 of ")
    table.get_by_label("Find a row").fill("")
    assert rows.count() > 100
    page.emulate_media(media="print")
    assert table.locator(".scroll").bounding_box()["height"] > 2000  # paper holds all of it
    assert not table.get_by_label("Find a row").is_visible()
    page.emulate_media(media="screen")


def test_downloads_exist_and_can_be_read(site):
    kinds = dict.fromkeys(("csv", "svg", "ipynb"), 0)
    for path in sorted([*site.glob("*.html"), *site.glob("areas/*.html")]):
        html = re.sub(r"<script.*?</script>", "", path.read_text("utf-8"), flags=re.DOTALL)
        for href in set(re.findall(r'href="((?:\.\./)?files/[^"]+)"', html)):
            file = (path.parent / unquote(unescape(href))).resolve()
            text = file.read_text(encoding="utf-8")
            kinds[file.suffix[1:]] += 1
            if file.suffix == ".csv":
                rows = list(csv.reader(io.StringIO(text)))
                assert rows and len({len(row) for row in rows}) == 1, file.name
            elif file.suffix == ".svg":
                assert ET.fromstring(text).tag.endswith("svg"), file.name
            else:
                book = json.loads(text)
                assert book["nbformat"] == 4, file.name
                assert not any(cell.get("outputs") for cell in book["cells"]), file.name
    assert kinds["csv"] > 50 and kinds["svg"] > 20 and kinds["ipynb"] >= 9


def test_a_click_downloads_the_table_behind_the_scoreboard(page, site):
    page.goto((site / "index.html").as_uri())
    with page.expect_download() as download:
        page.locator("#scoreboard .links a", has_text="CSV").click()
    rows = list(csv.reader(Path(download.value.path()).read_text("utf-8").splitlines()))
    assert rows[0][:3] == ["report", "registered", "decided"] and rows[-1][0] == "All reports"
    shown = page.locator("#scoreboard tbody tr").last.locator("td").first.inner_text()
    assert shown.replace(",", "") == rows[-1][1]


def test_a_slider_moves_its_chart(page, site):
    page.goto((site / "03_cordis_bright_funnels.html").as_uri())
    bound = page.eval_on_selector_all(
        "script.spec",
        """all => all.filter(s => s.textContent.includes('"bind"'))
                     .map(s => s.closest('figure').id)""",
    )
    assert bound
    figure = page.locator(f"[id='{bound[0]}']")
    page.wait_for_function(
        "id => { const f = document.getElementById(id);"
        " if (!f.dataset.live) f.scrollIntoView({ behavior: 'instant' }); return f.dataset.live; }",
        arg=bound[0], polling=20, timeout=60_000,
    )  # fmt: skip
    slider = figure.locator("input[type=range]").first
    assert slider.get_attribute("aria-label")
    before = figure.locator("svg").inner_html()
    was = slider.input_value()
    slider.focus()
    page.keyboard.press("Home" if was != slider.get_attribute("min") else "End")
    assert slider.input_value() != was
    page.wait_for_function(
        "([id, was]) => document.querySelector(`[id='${id}'] svg`).innerHTML !== was",
        arg=[bound[0], before],
    )


def test_motion_is_smooth_only_where_it_is_welcome(browser, site):
    for wish, moves in (("reduce", "auto"), ("no-preference", "smooth")):
        context = browser.new_context(offline=True, reduced_motion=wish)
        made = context.new_page()
        made.goto((site / "glossary.html").as_uri())
        scroll = made.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
        assert scroll == moves
        times = made.evaluate(
            "[...document.querySelectorAll('*')].map(e => getComputedStyle(e))"
            ".flatMap(style => [style.animationName, style.transitionDuration])"
        )
        assert set(times) == {"none", "0s"}
        context.close()


@pytest.mark.parametrize("start", ["index.html", "areas/city_of_london.html"])
def test_next_leads_through_all_pages_and_back(page, site, start):
    page.goto((site / start).as_uri())
    seen = [page.url]
    while page.locator("a[rel=next]").count():
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.locator("a[rel=next]").click()
        assert page.url not in seen
        seen.append(page.url)
        if "self-evaluation" in page.url:
            break
    assert len(seen) >= 5
    if page.locator("a[rel=prev]").count():
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.locator("a[rel=prev]").click()
        assert page.url == seen[-2]


def test_pages_say_how_they_were_made_and_how_to_cite_them(site):
    for path in sorted([*site.glob("0*.html"), *site.glob("areas/*.html")]):
        html = path.read_text(encoding="utf-8")
        made = html[html.index('<section class="made"') :]
        assert ".ipynb</a>" in made and "It reads " in made, path.name
        assert "Open Government Licence" in made and "MIT licence" in made, path.name
        assert re.search(r"The \d+ functions of the library", made), path.name
        assert "<code>report.begin</code>" in made, path.name
        title = re.search(r"<h1[^>]*>(.*?)(?:<a|</h1>)", html, re.DOTALL)[1].strip()
        assert unescape(title) in unescape(made) and "Cite this page" in made, path.name
    assert "<code>profile_rates</code>" in (site / "areas" / "liverpool.html").read_text("utf-8")


def test_home_says_one_sentence_a_report(page, site):
    page.goto((site / "index.html").as_uri())
    rows = page.locator("dl.found dd")
    assert rows.count() == 4
    long = page.locator("section.answer").all_inner_texts()
    for sentence in rows.all_inner_texts():
        said = sentence.split(" More")[0].strip()
        assert any(said in text for text in long), said
    assert page.locator("#scoreboard").bounding_box()["y"] < 900
    inside = page.locator("#scoreboard .scroll").evaluate("e => e.scrollWidth - e.clientWidth")
    assert inside <= 0


def test_the_ledger_reads_on_a_phone(browser, site):
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 800})
    phone = context.new_page()
    phone.goto((site / "ledger.html").as_uri())
    row = phone.locator("#claims tbody tr[data-status=contradicted]").first
    row.scroll_into_view_if_needed()
    for place in range(5):
        cell = row.locator("td").nth(place).bounding_box()
        assert cell["x"] >= 0 and cell["x"] + cell["width"] <= 390, place
    assert phone.evaluate("document.querySelector('#claims').scrollWidth") <= 390
    context.close()


def test_the_ledger_writes_for_people(site):
    html = (site / "ledger.html").read_text(encoding="utf-8")
    cells = re.findall(r"<td>([^<]*)</td>", html)
    assert not [cell for cell in cells if re.fullmatch(r"-?[\d.]+e[+-]\d+", cell)]
    assert ">case studies</option>" in html and ">case_studies<" not in html
    options = re.search(r'<select name="needs">(.*?)</select>', html)[1]
    assert not re.search(r">[a-z0-9]+_[a-z0-9_]+</option>", options)

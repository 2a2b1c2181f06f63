"""Text from data is text everywhere: nothing in it runs, in a browser that would let it.

The browser is told to leave out the pages' security policy, so that it is the escaping
that is tried, not the policy behind it.
"""

from xml.etree import ElementTree

import pytest

from small_runs import PLAIN, run_small

pytestmark = pytest.mark.site
HOSTILE = [
    "<script>window.ran=1</script>",
    "</script><script>window.ran=2</script>",
    "</text></svg><script>window.ran=3</script>",
    "<img src=x onerror=window.ran=4>",
    "<svg onload=window.ran=5>",
    '"onload="window.ran=6',
    '" onmouseover="window.ran=7" x="',
    "' autofocus onfocus='window.ran=8",
    "<a href=javascript:window.ran=9>x</a>",
    "[x](javascript:window.ran=10)",
    "{{ self.__init__.__globals__ }}",
    "<!-- -->]]><iframe srcdoc='<script>parent.ran=11</script>'>",
    "&lt;script&gt;window.ran=12&lt;/script&gt;",
    "=cmd|' /C calc'!A0",
    "javascript:window.ran=13",
]
DRAWN = {"svg", "g", "path", "rect", "text", "tspan", "line", "a", "defs", "clipPath"}
SHOW = f"""
import altair as alt
import pandas as pd
from care_rates.report import answer, check, show
bad = {HOSTILE!r}
frame = pd.DataFrame({{'area': bad, bad[0]: range(9, 9 + len(bad)), 'why': bad[::-1]}})
frame.index = pd.Index(bad, name=bad[3])
print(*bad)
""".strip()
PARTS = [
    "show(frame, name='rows', caption=bad[1], source=bad[5])",
    "data = frame.reset_index(drop=True).rename(columns={bad[0]: 'n'}).assign(link='a.html')",
    "chart = alt.Chart(data, title=bad[2]).mark_bar().encode("
    "x=alt.X('n', title=bad[1]), y=alt.Y('area', title=bad[3]), color='why', "
    "tooltip=['area', 'n', 'why'], href='link')",
    "show(chart.properties(width=400), name='fig', caption=bad[2], source=bad[3], alt=bad[6])",
    "answer(bad[0], bad[3])",
    "check('wwcsc.table2.north_east.mean', 3, definition=bad[1])",
    "record(bad[4], 1, unit=bad[1], method=bad[0])",
    "bad[0], bad",
    "frame",
]
LEDGER = f"""
import pandas as pd
from care_rates.report import CLAIM_FIELDS, save_claims
bad = {HOSTILE!r}
names = [*CLAIM_FIELDS, 'topic', 'kind', 'needs', 'anchor']
rows = [dict.fromkeys(names, text) | {{'notebook': '01_a', 'anchor': text}} for text in bad]
save_claims(pd.DataFrame([row | {{'report': 'nao', 'status': 'exact'}} for row in rows]))
save_claims(pd.DataFrame(rows + [row | {{'report': 'nao', 'status': 'exact'}} for row in rows]))
""".strip()


def hostile(write):
    write("01_a", SHOW, *PARTS)
    write("06_synthesis", LEDGER)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    run = run_small(tmp_path_factory.mktemp("hostile") / "run", PLAIN, change=hostile)
    return run.folder / "outputs"


def ran(page):
    return page.evaluate("window.ran ?? 0")


LIVE = """() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]
    .filter(a => /^on/i.test(a.name) || /href|src|action/.test(a.name)
        && /^\\s*javascript:/i.test(a.value))
    .map(a => e.tagName + ' ' + a.name + ' ' + a.value.slice(0, 60)))"""


def test_nothing_in_a_page_runs(browser, pages):
    context = browser.new_context(offline=True, bypass_csp=True)
    seen = 0
    for path in sorted((pages / "html").glob("*.html")):
        page = context.new_page()
        dialogs = []
        page.on("dialog", lambda d, said=dialogs: (said.append(d.message), d.dismiss()))
        page.goto(path.as_uri())
        page.wait_for_timeout(100)
        assert ran(page) == 0, path.name
        assert page.evaluate(LIVE) == [], path.name
        assert page.locator("img, iframe, object, embed").count() == 0, path.name
        scripts = page.locator("script:not([src]):not([type='application/json'])")
        own = 1 if path.name == "self-evaluation.html" else 0
        assert scripts.count() == own, path.name
        seen += page.locator("main").inner_text().count("window.ran")
        assert dialogs == []
        page.close()
    assert seen > 40  # the texts are there to be read
    context.close()


def test_nothing_in_a_chart_or_its_tooltip_runs(browser, pages):
    context = browser.new_context(offline=True, bypass_csp=True)
    page = context.new_page()
    page.goto((pages / "html" / "01_a.html").as_uri())
    figure = page.locator("figure.cr-figure").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('figure.cr-figure').dataset.live")
    assert figure.get_attribute("data-live") == "yes"
    bars = page.locator("figure.cr-figure svg path[aria-roledescription], .mark-rect path")
    assert bars.count() >= len(HOSTILE)
    told = ""
    for bar in bars.all():
        bar.hover(force=True)
        page.wait_for_timeout(20)
        told += page.locator("#vg-tooltip-element").inner_text()
    assert "<script>window.ran=1</script>" in told
    assert ran(page) == 0
    assert [x for x in page.evaluate(LIVE) if not x.startswith("a href")] == []
    assert not page.evaluate(
        "[...document.querySelectorAll('#vg-tooltip-element *')]"
        ".some(e => ['SCRIPT', 'IMG', 'SVG', 'IFRAME'].includes(e.tagName))"
    )
    context.close()


def test_nothing_in_the_search_or_the_filters_runs(browser, pages):
    context = browser.new_context(offline=True, bypass_csp=True)
    page = context.new_page()
    page.goto((pages / "html" / "ledger.html").as_uri())
    page.locator("#search").fill("window")
    page.wait_for_timeout(300)
    assert page.locator("#found li").count() >= 1
    page.get_by_label("Topic").select_option(HOSTILE[0])
    assert page.locator("#claims tbody tr:visible").count() >= 1
    page.get_by_label("Search", exact=True).last.fill("<script>")
    assert ran(page) == 0
    assert page.evaluate(LIVE) == []
    context.close()


def test_nothing_in_a_picture_runs(browser, pages):
    """The static chart opened by itself, as after a download."""
    context = browser.new_context(offline=True, bypass_csp=True)
    for path in sorted((pages / "figures").rglob("*.svg")):
        for node in ElementTree.parse(path).iter():
            assert node.tag.rpartition("}")[2] in DRAWN, (path, node.tag)
            for name, value in node.attrib.items():
                assert not name.lower().startswith("on"), (path, name)
                live = "href" in name and value.lower().startswith("javascript:")
                assert not live, (path, name)
        page = context.new_page()
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.tagName") == "svg"
        assert ran(page) == 0
        page.close()
    context.close()


def test_no_downloaded_cell_is_live(pages):
    """No cell of a CSV file starts as a formula does, unless it is a number."""
    import csv

    from care_rates import csvtext

    files = [p for p in pages.rglob("*.csv") if ".state" not in p.parts]
    assert len(files) >= 8
    for path in files:
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                assert [cell for cell in row if csvtext.inert(cell) != cell
                        and not cell.startswith("'")] == [], path  # fmt: skip

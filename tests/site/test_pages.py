"""The exported pages in a real browser, with the network off."""

import re
from functools import lru_cache
from html import unescape
from pathlib import Path

import pytest

pytestmark = pytest.mark.site

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}


@pytest.fixture(scope="module")
def site(whole_run) -> Path:
    return whole_run.outputs / "html"


def pages(site: Path) -> list[Path]:
    return sorted([*site.glob("*.html"), *site.glob("areas/*.html")])


@pytest.fixture
def context(browser):
    made = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@lru_cache(maxsize=64)
def anchors(path: Path) -> set[str]:
    return {unescape(found) for found in re.findall(r'id="([^"]+)"', path.read_text("utf-8"))}


def opened(context, path: Path):
    page = context.new_page()
    page.problems = []
    page.asked = []
    page.on(
        "console", lambda m: page.problems.append(m.text) if m.type in ("error", "warning") else 0
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(path.as_uri())
    return page


def draw_all(page) -> int:
    """Bring every chart into view and wait until it is live, or has said that it is not."""
    figures = page.locator("figure.cr-figure")
    for place in range(figures.count()):  # again and again: what is drawn above it moves it
        page.wait_for_function(
            "place => { const figure = document.querySelectorAll('figure.cr-figure')[place];"
            " if (!figure.dataset.live) figure.scrollIntoView({ behavior: 'instant' });"
            " return figure.dataset.live; }",
            arg=place, polling=20, timeout=60_000,
        )  # fmt: skip
    return figures.count()


def test_every_page_names_only_what_lies_beside_it(site):
    assert len(pages(site)) >= 9
    for path in pages(site):
        text = path.read_text(encoding="utf-8")
        loaded = re.findall(
            r'<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)="([^"]+)"', text
        )
        assert not [x for x in loaded if x.startswith(("http", "//"))], path.name
        shown = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.S)
        outside = re.findall(r'(?:href|src|action)="((?:https?:)?//[^"]+)"', shown)
        assert not outside, (path.name, outside[:3])
        assert len(text.encode()) <= 1_500_000


def test_links_and_anchors_lead_somewhere(site):
    for path in pages(site):
        text = re.sub(r"<script.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.S)
        for target in {unescape(found) for found in re.findall(r'href="([^"]+)"', text)}:
            file, _, anchor = target.partition("#")
            there = (path.parent / file).resolve() if file else path
            assert there.is_file(), (path.name, target)
            if anchor and there.suffix == ".html":
                ids = anchors(there)
                assert anchor in ids, (path.name, target)


def test_charts_are_drawn_without_a_network(context, site):
    drawn = 0
    for path in pages(site):
        page = opened(context, path)
        count = draw_all(page)
        if count:
            live = page.evaluate(
                "[...document.querySelectorAll('figure.cr-figure')]"
                ".map(f => [f.id, f.dataset.live, f.querySelectorAll('svg').length])"
            )
            assert all(state == "yes" and svgs >= 1 for _, state, svgs in live), (path.name, live)
            drawn += count
        assert page.problems == [], path.name
        assert all(url.startswith("file:") for url in page.asked), path.name
        page.close()
    assert drawn >= 20


def test_pages_read_without_scripts(browser, site):
    plain = browser.new_context(offline=True, java_script_enabled=False)
    page = plain.new_page()
    for path in pages(site):
        page.goto(path.as_uri())
        assert page.locator("h1").count() == 1, path.name
        pictures = page.locator("figure.cr-figure .picture > svg[role=img][aria-label]")
        assert pictures.count() == page.locator("figure.cr-figure").count(), path.name
    plain.close()


def test_no_barriers(context, site):
    """axe-core, WCAG 2.2 A and AA, on every page."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    for path in pages(site):
        page = opened(context, path)
        page.evaluate(
            "document.querySelectorAll('tbody tr:nth-child(n+40)').forEach(r => r.remove())"
        )
        found = axe.run(page, options=WCAG)
        faults = [(v["id"], v["nodes"][0]["html"][:160]) for v in found.response["violations"]]
        assert faults == [], path.name
        page.close()


@pytest.mark.parametrize("width", [360, 640])
def test_phones_and_zoom_need_no_sideways_scrolling(browser, site, width):
    phone = browser.new_context(offline=True, viewport={"width": width, "height": 740})
    for path in pages(site):
        page = opened(phone, path)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, (path.name, over)
        page.close()
    phone.close()


def test_charts_fit_a_phone(browser, site):
    """Each live chart is as wide as there is room, or the whole static one stays, small."""
    from axe_playwright_python.sync_playwright import Axe

    phone = browser.new_context(offline=True, viewport={"width": 390, "height": 840})
    names = [site / f"{name}.html" for name in ("02_nao_drivers", "05_ccn_newton_model")]
    for path in [*names, *sorted(site.glob("areas/*.html"))[:1]]:
        page = opened(phone, path)
        assert draw_all(page) > 3
        over = page.evaluate(
            "[...document.querySelectorAll('.cr-figure .picture')].filter(p => p.tabIndex < 0 &&"
            " p.scrollWidth > p.clientWidth).map(p => p.parentNode.id)"
        )
        assert over == [], path.name
        assert page.locator(".cr-figure .vega-embed").count() > 3, path.name
        page.evaluate(
            "document.querySelectorAll('tbody tr:nth-child(n+40)').forEach(r => r.remove())"
        )
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:160]) for v in found] == [], path.name
        page.close()
    phone.close()


def test_dark_and_print_styles(browser, site):
    dark = browser.new_context(offline=True, color_scheme="dark")
    page = opened(dark, site / "index.html")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(20, 25, 30)"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.side')).display") == "none"
    dark.close()


def test_the_ledger_can_be_searched_and_filtered(context, site):
    page = opened(context, site / "ledger.html")
    rows = page.locator("#claims tbody tr")
    total = rows.count()
    assert f"{total} of {total} shown" in page.locator("#told").inner_text()
    page.locator("select[name=report]").select_option("cordis")
    shown = page.locator("#claims tbody tr:visible")
    assert 0 < shown.count() < total
    assert page.locator("#claims tbody tr:visible[data-report=wwcsc]").count() == 0
    of_report = shown.count()
    page.locator("select[name=needs]").select_option("cla_wales")
    assert 0 < shown.count() < of_report
    page.locator("form.filters input[name=q]").fill("zebra unicorn")
    assert shown.count() == 0
    assert page.locator("#told").inner_text().startswith("0 of")


def test_keyboard_reaches_the_text(context, site):
    page = opened(context, site / "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#text")

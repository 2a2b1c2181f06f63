"""The page on running: the graph of steps, and how long each way of running takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from statistics import median

from care_rates import graph, paths, pipeline, profiles

RESULTS = paths.ROOT / "benchmarks" / "results.json"
LABEL, BAR, ROW = 330, 360, 24
"""Width of the labels and of the longest bar, height of a row, in pixels."""
BASE = "clean run, notebooks"
"""The way that the others are set beside."""
OURS = ("clean run", "one ", "nothing", "all area", "pages")
STYLE = (
    ".bars text{font:13px system-ui,sans-serif;fill:currentColor}"
    ".bars rect{fill:currentColor;opacity:.35}.bars .ours{opacity:.85}"
)


def page() -> str:
    """Write the page.

    Returns
    -------
    str
        HTML of the text.
    """
    plan = pipeline.steps() + profiles.steps()
    return (
        "<h1>How it is run, and how fast</h1>"
        '<p class="lead">One command runs the notebooks whose data, code or library changed, '
        "side by side where they do not depend on each other, and makes the pages.</p>"
        '<h2 id="steps">The steps</h2><p class="prose">A step is run again only if the content '
        "of something that it reads has changed: a table, a module of the library, its own code "
        "or parameters, the lock. A change of prose alone makes its page anew. "
        "<code>care-rates status</code> says what is stale and why, and "
        "<code>care-rates graph</code> draws it.</p>"
        f"{_figure('graph', graph.svg(plan), 'What each step comes after.')}"
        '<h2 id="speed">How fast</h2>'
        f"{_speed()}"
    )


def _figure(name: str, picture: str, caption: str) -> str:
    return (
        f'<figure class="cr cr-drawing" id="{name}"><div class="picture">{picture}</div>'
        f"<figcaption><span>{escape(caption)}</span></figcaption></figure>"
    )


def _speed() -> str:
    try:
        found = json.loads(RESULTS.read_text(encoding="utf-8"))
        ways = found["ways"]
    except (OSError, ValueError, KeyError):
        return '<p class="prose">Nothing has been measured here yet.</p>'
    often = f"median of {found['repeat']}" if found["repeat"] > 1 else "measured once"
    load = found["load"]
    noise = (
        f"Before the measurement {load['before']:g} processes wanted a core, after it "
        f"{load['after']:g}. Where others used the cores too, seconds of the clock are "
        "too long; seconds of processor time are steadier."
    )
    left = "".join(
        f"<li>{escape(name)}: {escape(why[:200])}</li>" for name, why in found["left_out"].items()
    )
    told = (
        "Seconds of the clock, and how many times the clean run of the notebooks. "
        "Dark bars: this project."
    )
    return (
        f'<p class="prose"><strong>{escape(summary(ways))}</strong></p>'
        f'<p class="prose">Machine: {escape(found["machine"])}. {found["notebooks"]} numbered '
        f"notebooks, {found['jobs']} at a time, {often}. The floor is "
        "the same cells as one plain script on one core, libraries imported once: what the "
        f"computing alone costs. {noise}</p>{_figure('bars', bars(ways), told)}"
        f"{_table(ways)}{f'<p>Left out:</p><ul>{left}</ul>' if left else ''}"
    )


def summary(ways: Mapping[str, Mapping]) -> str:
    """Say in a sentence or two how long a run takes, beside the usual ways.

    Parameters
    ----------
    ways : mapping of str to mapping
        ``seconds`` by way, one a repeat.

    Returns
    -------
    str
        Plain text; empty where no clean run was measured.
    """
    middle = {name: median(row["seconds"]) for name, row in ways.items()}
    base = middle.get(BASE)
    if not base:
        return ""
    others = [
        f"{name} takes {middle[name] / base:.2f} times as long"
        for name in ("papermill in a loop", "jupyter nbconvert --execute in a loop")
        if name in middle
    ]
    compared = f"; {', '.join(others)}" if others else ""
    again = ""
    if "nothing changed" in middle:
        again = f" Where nothing changed, it is over in {middle['nothing changed']:.1f} seconds."
    return f"All numbered notebooks run in {base:.0f} seconds{compared}.{again}"


def bars(ways: Mapping[str, Mapping]) -> str:
    """Draw how long each way took.

    Parameters
    ----------
    ways : mapping of str to mapping
        ``seconds`` by way, one a repeat.

    Returns
    -------
    str
        SVG in the colour of the text around it.
    """
    middle = {name: median(row["seconds"]) for name, row in ways.items()}
    longest = max(middle.values(), default=1) or 1
    base = middle.get(BASE)
    said = {
        name: f"{value:.1f} s" + (f", {value / base:.2f}×" if base else "")
        for name, value in middle.items()
    }
    lines = []
    for i, (name, value) in enumerate(middle.items()):
        y = i * ROW
        kind = "ours" if name.startswith(OURS) else "others"
        wide = max(1, BAR * value / longest)
        lines.append(
            f'<text x="{LABEL - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{kind}" x="{LABEL}" y="{y + 4}" width="{wide:.1f}" '
            f'height="{ROW - 8}"/><text x="{LABEL + wide + 6:.1f}" y="{y + 16}">{said[name]}</text>'
        )
    wide, high = LABEL + BAR + 110, max(1, len(middle)) * ROW
    alt = "How long each way takes: " + "; ".join(f"{name} {said[name]}" for name in said) + "."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bars" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}" style="max-width:100%;height:auto" role="img" '
        f'aria-label="{escape(alt, quote=True)}"><style>{STYLE}</style>{"".join(lines)}</svg>'
    )


def _table(ways: Mapping[str, Mapping]) -> str:
    base = median(ways[BASE]["seconds"]) if BASE in ways else 0
    heads = (
        "way",
        "seconds",
        "times the clean run",
        "seconds of processor time",
        "peak memory, MiB",
    )
    rows = []
    for name, row in ways.items():
        spent = median(row["seconds"])
        ratio = f"{spent / base:.2f}" if base else ""
        peak = f"{row['peak_mib']:,.0f}" if row["peak_mib"] else "–"  # over before a sample
        cells = (f"{spent:.1f}", ratio, f"{median(row['cpu']):.1f}", peak)
        rows.append(
            f'<tr><th scope="row">{escape(name)}</th>'
            + "".join(f'<td class="n">{cell}</td>' for cell in cells)
            + "</tr>"
        )
    top = f'<th scope="col">{heads[0]}</th>'
    top += "".join(f'<th scope="col" class="n">{head}</th>' for head in heads[1:])
    return (
        '<div class="scroll" tabindex="0" role="group" aria-label="How long each way takes">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )

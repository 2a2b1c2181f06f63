"""The graph of steps: what needs what, what is fresh, what is stale and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from care_rates.pipeline import Step

WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 215, 46, 70, 14, 12
"""Size of a box, gaps between boxes and edge of the picture, in pixels."""
STYLE = (
    ".graph text{font:13px system-ui,sans-serif;fill:currentColor}.graph .why{font-size:11px}"
    ".graph rect{fill:none;stroke:currentColor;stroke-width:1}.graph .stale{stroke-width:2;"
    "stroke-dasharray:6 3}.graph path{fill:none;stroke:currentColor;opacity:.45}"
)


@dataclass(frozen=True)
class Node:
    """A step in the picture, or many runs of one notebook.

    Parameters
    ----------
    name : str
        What stands in the box.
    needs : tuple of str
        Names of nodes that come before.
    steps : tuple of str
        The steps that it stands for.
    depth : int
        Column, from 0.
    """

    name: str
    needs: tuple[str, ...]
    steps: tuple[str, ...]
    depth: int


def nodes(plan: Sequence[Step]) -> list[Node]:
    """Gather the steps into nodes: the runs of one notebook into one.

    Parameters
    ----------
    plan : sequence of Step
        The steps, each after those that it needs.

    Returns
    -------
    list of Node
        In the order of the plan; ``needs`` names only what no other need implies.
    """
    of = {step.name: step.notebook or step.name for step in plan}
    members: dict[str, list[Step]] = {}
    for step in plan:
        members.setdefault(of[step.name], []).append(step)
    before: dict[str, set[str]] = {}
    depth: dict[str, int] = {}
    out = []
    for key, steps in members.items():
        direct = {of[name] for step in steps for name in step.needs if name in of}
        before[key] = direct.union(*(before[name] for name in direct))
        kept = tuple(n for n in direct if not any(n in before[other] for other in direct))
        depth[key] = 1 + max((depth[name] for name in direct), default=-1)
        one = len(steps) == 1 and not steps[0].notebook
        name = key if one else f"{key}: {len(steps)} areas"
        out.append((key, name, tuple(sorted(kept)), tuple(step.name for step in steps)))
    names = {key: name for key, name, *_ in out}
    return [
        Node(name, tuple(names[n] for n in needs), steps, depth[key])
        for key, name, needs, steps in out
    ]


def word(node: Node, reasons: Mapping[str, str]) -> str:
    """Say whether a node is fresh.

    Parameters
    ----------
    node : Node
        The node.
    reasons : mapping of str to str
        From :func:`care_rates.pipeline.status`.

    Returns
    -------
    str
        ``fresh``, or how much of it is stale and why.
    """
    stale = [name for name in node.steps if reasons.get(name)]
    if not stale:
        return "fresh"
    many = f"{len(stale)} of {len(node.steps)} " if len(node.steps) > 1 else ""
    return f"{many}stale: {reasons[stale[0]]}"


def text(plan: Sequence[Step], reasons: Mapping[str, str]) -> str:
    """Draw the graph for a terminal.

    Parameters
    ----------
    plan, reasons
        Steps, and why each would run.

    Returns
    -------
    str
        One line a node, below one that it needs.
    """
    every = nodes(plan)
    below: dict[str, list[Node]] = {}
    for node in every:  # below the last that it needs
        below.setdefault(node.needs[-1] if node.needs else "", []).append(node)
    lines: list[str] = []

    def draw(parent: str, indent: str) -> None:
        children = below.get(parent, [])
        for i, node in enumerate(children):
            last = i == len(children) - 1
            branch = ("└─ " if last else "├─ ") if parent else ""
            more = f" (after {len(node.needs)} others)" if len(node.needs) > 1 else ""
            lines.append(f"{indent}{branch}{node.name}{more}  {word(node, reasons)}")
            draw(node.name, indent + (("   " if last else "│  ") if parent else ""))

    draw("", "")
    return "\n".join(lines)


def svg(plan: Sequence[Step], reasons: Mapping[str, str] | None = None) -> str:
    """Draw the graph as a picture.

    Parameters
    ----------
    plan : sequence of Step
        The steps.
    reasons : mapping of str to str, optional
        Why each would run; without it the picture shows the order alone.

    Returns
    -------
    str
        SVG in the colour of the text around it; stale boxes are dashed and say so.
    """
    every = nodes(plan)
    columns: dict[int, list[Node]] = {}
    for node in every:
        columns.setdefault(node.depth, []).append(node)
    tallest = max(map(len, columns.values()), default=0)
    place = {}
    for depth, column in columns.items():
        top = MARGIN + (tallest - len(column)) * (HEIGHT + DOWN) / 2
        for i, node in enumerate(column):
            place[node.name] = (MARGIN + depth * (WIDTH + ACROSS), top + i * (HEIGHT + DOWN))
    lines = []
    for node in every:
        x, y = place[node.name]
        for need in node.needs:
            a, b = place[need]
            start, end, middle = a + WIDTH, x, (a + WIDTH + x) / 2
            lines.append(
                f'<path d="M{start:g},{b + HEIGHT / 2:g} C{middle:g},{b + HEIGHT / 2:g} '
                f'{middle:g},{y + HEIGHT / 2:g} {end:g},{y + HEIGHT / 2:g}"/>'
            )
    for node in every:
        x, y = place[node.name]
        said = word(node, reasons) if reasons is not None else ""
        kind = "stale" if "stale" in said else "fresh"
        label = escape(said if len(said) < 36 else said[:34] + "…")
        high = y + (HEIGHT / 2 + 5 if not said else 20)
        lines.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
            f'<text x="{x + 10:g}" y="{high:g}">{escape(node.name)}</text>'
        )
        if said:
            lines.append(f'<text class="why" x="{x + 10:g}" y="{y + 36:g}">{label}</text>')
    wide = 2 * MARGIN + len(columns) * (WIDTH + ACROSS) - ACROSS
    high = 2 * MARGIN + tallest * (HEIGHT + DOWN) - DOWN
    alt = "Graph of steps. " + " ".join(
        f"{node.name} {'after ' + ', '.join(node.needs) if node.needs else 'comes first'}"
        f"{': ' + word(node, reasons) if reasons is not None else ''}."
        for node in every
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 {wide} {high}" '
        f'style="max-width:100%;height:auto" width="{wide}" height="{high}" role="img" '
        f'aria-label="{escape(alt, quote=True)}"><style>{STYLE}</style>{"".join(lines)}</svg>'
    )

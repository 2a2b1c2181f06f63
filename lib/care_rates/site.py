"""Make the pages: nbconvert with the project's own template, nothing from outside.

A page is made of the notebook's prose and code as they are now and of the outputs of
its last run, so that a change of prose alone needs no new run.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path

from care_rates import paths

HERE = Path(__file__).resolve().parent
MOST_BYTES = 1_500_000


class SiteError(RuntimeError):
    """Pages that cannot be made: which, why, and what to do."""


@dataclass(frozen=True)
class Link:
    """A page in the contents."""

    href: str
    title: str


def folder() -> Path:
    """Folder of the pages.

    Returns
    -------
    pathlib.Path
        ``outputs/html``.
    """
    return paths.outputs() / "html"


def joined(name: str):
    """Put the outputs of the last run under the notebook's present prose and code.

    Parameters
    ----------
    name : str
        File name of the notebook without ending.

    Returns
    -------
    nbformat.NotebookNode
        The notebook to export.

    Raises
    ------
    SiteError
        If the notebook has not been run, or not since its code changed.
    """
    import nbformat

    ran = paths.outputs() / "notebooks" / f"{name}.ipynb"
    if not ran.is_file():
        raise SiteError(f"{name} has not been run. Run `care-rates run`.")
    source = nbformat.read(paths.notebooks() / f"{name}.ipynb", as_version=4)
    executed = nbformat.read(ran, as_version=4)
    outputs = {cell.id: cell for cell in executed.cells if cell.cell_type == "code"}
    for cell in source.cells:
        if cell.cell_type == "code":
            done = outputs.get(cell.id)
            if done is None or done.source != cell.source:
                raise SiteError(f"{name}: the code changed since it ran. Run `care-rates run`.")
            cell.outputs = done.outputs
    injected = outputs.get("injected-parameters")
    if injected is not None:
        tags = [c.metadata.get("tags", []) for c in source.cells]
        place = next(i for i, t in enumerate(tags) if "parameters" in t)
        source.cells.insert(place + 1, injected)
    return source


def title_of(name: str) -> str:
    """Title of a notebook: its first heading.

    Parameters
    ----------
    name : str
        File name without ending.

    Returns
    -------
    str
        For instance ``The figures, and whether they add up``.
    """
    notebook = json.loads((paths.notebooks() / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        found = re.search(r"^# (.+)$", "".join(cell["source"]), re.MULTILINE)
        if cell["cell_type"] == "markdown" and found:
            return found.group(1).strip()
    raise SiteError(f"{name} has no title: its first cell should begin with '# '.")


def mathml(text: str) -> str:
    """Turn formulas in Markdown into MathML, which needs no script.

    Parameters
    ----------
    text : str
        Markdown with ``$…$`` or ``$$…$$``.

    Returns
    -------
    str
        The same with ``<math>`` elements.
    """
    from latex2mathml.converter import convert

    text = re.sub(
        r"\$\$(.+?)\$\$", lambda m: convert(m[1].strip(), display="block"), text, flags=re.S
    )
    return re.sub(r"(?<![\w\\$])\$([^$\n]+?)\$(?!\w)", lambda m: convert(m[1].strip()), text)


def spec_json(specification: dict) -> str:
    """Write a chart's specification so that it can stand in a page.

    Parameters
    ----------
    specification : dict
        Vega-Lite.

    Returns
    -------
    str
        JSON in which nothing can end the script element.
    """
    text = json.dumps(specification, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


class _Page:
    """Filters of one page's template, and what they find on the way."""

    def __init__(self, name: str):
        self.name = name
        self.files: list[Path] = []

    def links(self, info: dict) -> str:
        kind = "tables" if info["kind"] == "table" else "figures"
        made = []
        for ending, word in (("csv", "CSV"), ("svg", "SVG")):
            path = paths.outputs() / kind / self.name / f"{info['name']}.{ending}"
            if path.is_file():
                self.files.append(path)
                made.append(f'<a href="files/{self.name}/{escape(path.name)}" download>{word}</a>')
        made.append(f'<a href="#{escape(info["name"])}">link</a>')
        return f'<span class="links">Download {" ".join(made)}</span>'

    def live_figure(self, output) -> str:
        from care_rates.report import VEGALITE

        info = output.metadata["care_rates"]
        still = output.data["image/svg+xml"]
        specification = output.data[VEGALITE]
        return (
            f'<figure class="cr cr-figure" id="{escape(info["name"])}">'
            f'<div class="picture">{still}</div>'
            f'<script type="application/json" class="spec">{spec_json(specification)}</script>'
            f"<figcaption><span>{escape(info['caption'])}</span> "
            f'<span class="source">Source: {escape(info["source"])}</span> '
            f"{self.links(info)}</figcaption></figure>"
        )

    def with_links(self, html: str, info: dict) -> str:
        if info.get("kind") != "table":
            return _coloured(html)
        return html.replace("</figcaption>", f"{self.links(info)}</figcaption>")


def _coloured(html: str) -> str:
    """Give each status in a table of checks its class."""
    return re.sub(
        r"<td>((exact|within|close|direction|contradicted|inconsistent|not|out)\b[^<]*)</td>",
        r'<td class="st st-\2">\1</td>',
        html,
    )


def _exporter(page: _Page):
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="compendium", extra_template_basedirs=[str(HERE / "templates")],
        embed_images=False, exclude_input_prompt=True, exclude_output_prompt=True,
    )  # fmt: skip
    exporter.register_filter("mathml", mathml)
    exporter.register_filter("live_figure", page.live_figure)
    exporter.register_filter("with_links", page.with_links)
    return exporter


def _frame():
    import jinja2

    loader = jinja2.FileSystemLoader(HERE / "templates" / "compendium")
    return jinja2.Environment(loader=loader, autoescape=False).get_template("page.html.j2").module


def _contents(body: str) -> list[dict[str, str]]:
    heads = re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', body, re.DOTALL)
    plain = [
        (anchor, re.sub(r"<a class=\"anchor-link\".*?</a>|<[^>]+>", "", text))
        for anchor, text in heads
    ]
    return [{"id": anchor, "title": text.strip()} for anchor, text in plain]


def _made(name: str) -> str:
    path = paths.outputs() / "records" / f"{name}.json"
    values = json.loads(path.read_text(encoding="utf-8"))["parameters"]
    given = ", ".join(f"<code>{escape(f'{k} = {v!r}')}</code>" for k, v in values.items())
    files = f"files/{name}/{name}"
    return (
        f'<p>From the notebook <a href="{files}.ipynb" download>{name}.ipynb</a>, run headlessly '
        f"with papermill{' with ' + given if given else ''}. "
        f'Its results: <a href="{files}.csv" download>{name}.csv</a>. '
        "Every table and figure above can be downloaded below its caption.</p>"
    )


def build() -> list[Path]:
    """Make all pages.

    Returns
    -------
    list of pathlib.Path
        The pages, the first page first.

    Raises
    ------
    SiteError
        If a notebook has not been run, or a page grows too large.
    """
    names = sorted(p.stem for p in paths.notebooks().glob("[0-9][0-9]_*.ipynb"))
    nav = [Link("index.html", "Home")]
    nav += [Link(f"{name}.html", title_of(name)) for name in names]
    nav += [Link("ledger.html", "The ledger: every claim")]
    staging = paths.outputs() / ".html"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    frame = _frame()
    for place, link in enumerate(nav):
        name = link.href.removesuffix(".html")
        previous = nav[place - 1] if place else None
        following = nav[place + 1] if place + 1 < len(nav) else None
        if name == "index":
            from care_rates import home

            title, body, made = "Why do care rates differ?", home.index(names, title_of), ""
        elif name == "ledger":
            from care_rates import home

            title, body, made = link.title, home.ledger_page(), ""
        else:
            title, made = link.title, _made(name)
            body = _notebook_body(name, staging)
        html = frame.page(
            title, body, _contents(body), nav, link.href, previous, following,
            f"{title}. Four published analyses of children in care, re-run from official figures.",
            made,
        )  # fmt: skip
        content = re.sub(r"[ \t]+\n", "\n", str(html)).encode("utf-8")
        if len(content) > MOST_BYTES:
            raise SiteError(
                f"{link.href} has {len(content):,} bytes, more than {MOST_BYTES:,}. "
                "Show fewer rows or points; the CSV can carry the rest."
            )
        (staging / link.href).write_bytes(content)
    _assets(staging)
    target = folder()
    old = target.with_name(".html-old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    staging.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return [target / link.href for link in nav]


def _notebook_body(name: str, staging: Path) -> str:
    page = _Page(name)
    body, _ = _exporter(page).from_notebook_node(joined(name))
    place = staging / "files" / name
    place.mkdir(parents=True)
    for path in page.files:
        shutil.copyfile(path, place / path.name)
    shutil.copyfile(paths.notebooks() / f"{name}.ipynb", place / f"{name}.ipynb")
    shutil.copyfile(paths.outputs() / "results" / f"{name}.csv", place / f"{name}.csv")
    return body


def _assets(staging: Path) -> None:
    import vl_convert

    place = staging / "assets"
    place.mkdir()
    for path in sorted((HERE / "assets").iterdir()):
        shutil.copyfile(path, place / path.name)
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    (place / "vega.js").write_text(f"(() => {{{bundle}}})();\n", encoding="utf-8")

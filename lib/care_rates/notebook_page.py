"""One notebook as a page: nbconvert with the project's own template.

A page is made of the notebook's prose and code as they are now and of the outputs of
its last run, so that a change of prose alone needs no new run.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path

from care_rates import citing, parameters_cell, paths
from care_rates.called import called

HERE = Path(__file__).resolve().parent
VEGALITE = "application/vnd.vegalite.v5+json"


class SiteError(RuntimeError):
    """Pages that cannot be made: which, why, and what to do."""


class StaleError(SiteError):
    """A notebook whose code is not the one that ran."""


@dataclass
class NotebookPage:
    """The text of one notebook, exported.

    Parameters
    ----------
    output : str
        Name of the run: ``01_wwcsc_rates`` or ``areas/liverpool``.
    notebook : str
        File name of the notebook without ending.
    root : str
        Way from the page to the first page: empty, or ``../``.
    """

    output: str
    notebook: str
    root: str = ""
    files: dict[str, Path] = field(default_factory=dict)

    def body(self) -> str:
        """Export the notebook.

        Returns
        -------
        str
            HTML of the text. ``files`` then holds what the page links to, by place in
            the site.
        """
        exporter = _exporter()
        exporter.register_filter("live_figure", self._live_figure)
        exporter.register_filter("with_links", self._with_links)
        body, _ = exporter.from_notebook_node(joined(self.output, self.notebook))
        for path in (
            paths.notebooks() / f"{self.notebook}.ipynb",
            paths.outputs() / "results" / f"{self.output}.csv",
        ):
            self._file(path)
        return body

    def _file(self, path: Path) -> str:
        place = f"files/{self.output}/{path.name}"
        self.files[place] = path
        return f"{self.root}{place}"

    def _links(self, info: dict) -> str:
        kind = "tables" if info["kind"] == "table" else "figures"
        made = []
        for ending, word in (("csv", "CSV"), ("svg", "SVG")):
            path = paths.outputs() / kind / self.output / f"{info['name']}.{ending}"
            if path.is_file():
                made.append(f'<a href="{escape(self._file(path))}" download>{word}</a>')
        here = escape(info["name"])
        made.append(f'<a href="#{here}" aria-label="Link to {escape(info["caption"])}">link</a>')
        return f'<span class="links">Download {" ".join(made)}</span>'

    def _live_figure(self, output) -> str:
        info = output.metadata["care_rates"]
        return (
            f'<figure class="cr cr-figure" id="{escape(info["name"])}">'
            f'<div class="picture">{output.data["image/svg+xml"]}</div>'
            f'<script type="application/json" class="spec">{spec_json(output.data[VEGALITE])}'
            f"</script><figcaption><span>{escape(info['caption'])}</span> "
            f'<span class="source">Source: {escape(info["source"])}</span> '
            f"{self._links(info)}</figcaption></figure>"
        )

    def _with_links(self, html: str, info: dict) -> str:
        if info.get("kind") != "table":
            return _coloured(html)
        return html.replace("</figcaption>", f"{self._links(info)}</figcaption>")

    def made(self) -> str:
        """Say how the page was made: notebook, functions, tables, licence.

        Returns
        -------
        str
            HTML.
        """
        record = paths.read_json(paths.outputs() / "records" / f"{self.output}.json")
        values = [f"<code>{escape(f'{k} = {v!r}')}</code>" for k, v in record["parameters"].items()]
        given = f" with {', '.join(values)}" if values else ""
        cells = parameters_cell.cells(paths.notebooks() / f"{self.notebook}.ipynb")
        used = called(
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"
        )  # fmt: skip
        listed = ", ".join(f"<code>{escape(name)}</code>" for name in used)
        files = f"{self.root}files/{self.output}"
        result = Path(self.output).name
        return (
            f'<p>From the notebook <a href="{files}/{self.notebook}.ipynb" download>'
            f"{self.notebook}.ipynb</a>, run headlessly with papermill{given}. Its results: "
            f'<a href="{files}/{result}.csv" download>{result}.csv</a>. Every table and figure '
            f"above can be downloaded below its caption.</p><p>{_read(record, used)}</p>"
            f"<details><summary>The {len(used)} functions of the library that it calls</summary>"
            f"<p>{listed}.</p></details><p>{citing.LICENCE}</p>"
        )


def _read(record: dict, used: list[str]) -> str:
    """Say what a notebook read: analysis tables, or the raw tables, claims and records."""
    tables = ", ".join(f"<code>{escape(name)}</code>" for name in record.get("tables", []))
    parts = [f"the analysis tables {tables}"] if tables else []
    if "data.Package" in used:
        parts.append("the official figures in <code>data/raw</code>")
    if "claims.Register" in used:
        parts.append("the register of claims in <code>data/raw/claims</code>")
    if "report.records" in used:
        parts.append("what the other notebooks recorded")
    return f"It reads {' and '.join(parts)}." if parts else "It reads no table."


def joined(output: str, notebook: str):
    """Put the outputs of the last run under the notebook's present prose and code.

    Parameters
    ----------
    output : str
        Name of the run.
    notebook : str
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

    ran = paths.outputs() / "notebooks" / f"{output}.ipynb"
    if not ran.is_file():
        raise SiteError(f"{output} has not been run. Run `care-rates run`.")
    source = nbformat.read(paths.notebooks() / f"{notebook}.ipynb", as_version=4)
    executed = nbformat.read(ran, as_version=4)
    outputs = {cell.id: cell for cell in executed.cells if cell.cell_type == "code"}
    for cell in source.cells:
        if cell.cell_type == "code":
            done = outputs.get(cell.id)
            if done is None or done.source != cell.source:
                raise StaleError(f"{output}: the code changed since it ran. Run `care-rates run`.")
            cell.outputs = done.outputs
    injected = outputs.get("injected-parameters")
    if injected is not None:
        tags = [c.metadata.get("tags", []) for c in source.cells]
        place = next(i for i, t in enumerate(tags) if "parameters" in t)
        source.cells.insert(place + 1, injected)
    return source


def title_of(notebook: str) -> str:
    """Title of a notebook: its first heading.

    Parameters
    ----------
    notebook : str
        File name without ending.

    Returns
    -------
    str
        For instance ``The figures, and whether they add up``.

    Raises
    ------
    SiteError
        If it has none.
    """
    for cell in parameters_cell.cells(paths.notebooks() / f"{notebook}.ipynb"):
        found = re.search(r"^# (.+)$", "".join(cell["source"]), re.MULTILINE)
        if cell["cell_type"] == "markdown" and found:
            return found.group(1).strip()
    raise SiteError(f"{notebook} has no title: its first cell should begin with '# '.")


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
    if "$" not in text:
        return text
    from latex2mathml.converter import convert

    block = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
    text = block.sub(lambda m: convert(m[1].strip(), display="block"), text)
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


def _coloured(html: str) -> str:
    """Give each status in a table of checks its class."""
    return re.sub(
        r"<td>((exact|within|close|direction|contradicted|inconsistent|not|out)\b[^<]*)</td>",
        r'<td class="st st-\2">\1</td>',
        html,
    )


@lru_cache(maxsize=1)
def _exporter():
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="compendium", extra_template_basedirs=[str(HERE / "templates")],
        embed_images=False, exclude_input_prompt=True, exclude_output_prompt=True,
    )  # fmt: skip
    exporter.register_filter("mathml", mathml)
    return exporter

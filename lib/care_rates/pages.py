"""Whether the pages are up to date: light, so that finding out costs next to nothing."""

from __future__ import annotations

from pathlib import Path

from care_rates import paths, staging, state

MADE_BY = (
    "site", "home", "glossary", "notebook_page", "markup", "ledger", "claims", "verdicts",
    "profiles", "names", "self_evaluation", "pages", "graph", "running_page", "lists", "wording",
    "citing", "search_index", "printed", "called",
    "names", "areas", "csvtext",
)  # fmt: skip
"""Modules and folders of the library that the pages depend on."""
RAW_LISTS = ("areas_england.csv", "areas_wales.csv", "datapackage.json")
"""Names of areas and of tables, which the pages quote."""


def index() -> Path:
    """First page.

    Returns
    -------
    pathlib.Path
        ``outputs/html/index.html``.
    """
    return paths.outputs() / "html" / "index.html"


def inputs(hashes: state.Hashes) -> dict[str, str]:
    """List what the pages are made of.

    Parameters
    ----------
    hashes : Hashes
        Hashes of this run.

    Returns
    -------
    dict of str to str
        Label to digest: notebooks, their outputs and records, templates, modules.
    """
    here = Path(__file__).resolve().parent
    found = set(paths.notebooks().glob("*.ipynb"))
    for kind in ("notebooks", "records", "results", "figures", "tables"):
        found |= set((paths.outputs() / kind).rglob("*.*"))
    for folder in ("templates", "assets", *MADE_BY):
        found |= {p for p in (here / folder).rglob("*") if "__pycache__" not in p.parts}
    found |= {here / f"{name}.py" for name in MADE_BY}
    found |= {paths.RAW / name for name in RAW_LISTS}
    found |= {paths.ROOT / "requirements.lock", paths.ROOT / "benchmarks" / "results.json"}
    files = sorted(path for path in found if path.is_file())
    return {str(paths.label(path) or path): hashes.of(path) for path in files}


def build_if_stale() -> list[Path]:
    """Make the pages unless they are what they would be anyway.

    Returns
    -------
    list of pathlib.Path
        The pages, or an empty list if they are fresh.
    """
    hashes = state.Hashes()
    code = state.digest(repr(sorted(inputs(hashes).items())))
    why = state.stale_because("site", code, hashes)
    hashes.keep()
    if not why:
        return []
    from care_rates import site

    with staging.alone():
        made = site.build()
        files = sorted(p for p in (paths.outputs() / "html").rglob("*") if p.is_file())
        outputs = {paths.label(path): hashes.of(path) for path in files}
        state.remember("site", state.Past(code, {}, outputs))
        hashes.keep()
    return made

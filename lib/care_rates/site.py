"""Make the pages: each one anew only if something that it is made of changed.

Pages are written one by one, each old-and-whole or new-and-whole. Nothing in them
points outside the folder.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from html import escape, unescape
from multiprocessing import get_context
from pathlib import Path

from care_rates import (
    citing,
    glossary,
    home,
    lists,
    paths,
    profiles,
    running_page,
    search_index,
    state,
)
from care_rates.notebook_page import NotebookPage, SiteError, StaleError, title_of
from care_rates.pages import MADE_BY, RAW_LISTS

HERE = Path(__file__).resolve().parent
MOST_BYTES = 1_500_000
TAG = "Four published analyses of children in care, re-run from official figures."
MANY = 24


@dataclass(frozen=True)
class Link:
    """A page in the contents."""

    href: str
    title: str


@dataclass(frozen=True)
class Plan:
    """A page to make.

    Parameters
    ----------
    href : str
        Place below ``outputs/html``.
    title : str
        Title.
    output, notebook : str
        For a notebook's page: name of the run, and of the notebook.
    here : str
        Page in the contents that is marked as the present one.
    previous, following : Link, optional
        Its neighbours.
    """

    href: str
    title: str
    output: str = ""
    notebook: str = ""
    here: str = ""
    previous: Link | None = None
    following: Link | None = None

    @property
    def root(self) -> str:
        """Way back to the first page."""
        return "../" * self.href.count("/")


WRITTEN: dict[str, Callable[[], str]] = {
    "index.html": home.index,
    "areas.html": lists.areas_page,
    "ledger.html": lists.ledger_page,
    "glossary.html": glossary.page,
    "running.html": running_page.page,
}


FILES = {"ledger.html": [("files/ledger/claims.csv", "claims.csv")]}
"""What other pages offer to download: place in the site, and its name among the results."""


def plan() -> tuple[list[Link], list[Plan]]:
    """List the contents and all pages.

    Returns
    -------
    tuple of lists
        What the contents show, and every page, those of the areas that have been run
        included.
    """
    names = sorted(p.stem for p in paths.notebooks().glob("[0-9][0-9]_*.ipynb"))
    pages = [Plan("index.html", "Why do care rates differ?")]
    pages += [Plan(f"{name}.html", title_of(name), name, name) for name in names]
    ran = [
        area
        for area in profiles.areas()
        if (paths.outputs() / "notebooks" / f"{area.step}.ipynb").is_file()
    ]
    if ran:
        pages.append(Plan("areas.html", "Every authority"))
    if self_evaluation() is not None:
        pages.append(Plan("self-evaluation.html", "Self-evaluation"))
    pages.append(Plan("ledger.html", "The ledger: every claim"))
    pages.append(Plan("glossary.html", "Glossary"))
    pages.append(Plan("running.html", "How it is run, and how fast"))
    nav = [Link(page.href, "Home" if page.href == "index.html" else page.title) for page in pages]
    profiled = [
        Plan(f"{area.step}.html", area.name, area.step, profiles.NOTEBOOK, "areas.html")
        for area in ran
    ]
    return nav, in_turn(pages) + in_turn(profiled)


def in_turn(pages: list[Plan]) -> list[Plan]:
    """Give each page the one before and the one after it.

    Parameters
    ----------
    pages : list of Plan
        In the order in which they are read.

    Returns
    -------
    list of Plan
        The same with ``previous`` and ``following``.
    """
    links = [None, *(Link(page.href, page.title) for page in pages), None]
    return [
        replace(page, previous=links[i], following=links[i + 2]) for i, page in enumerate(pages)
    ]


def self_evaluation() -> Callable[[Path], object] | None:
    """Give the builder of the self-evaluation page.

    Returns
    -------
    callable or None
        ``build(path)``; None where the package has none.
    """
    try:
        from care_rates.self_evaluation import build as make
    except ImportError:
        return None
    return make


def build() -> list[Path]:
    """Make the pages that are not as they would be made now.

    Returns
    -------
    list of pathlib.Path
        All pages, the first page first.

    Raises
    ------
    SiteError
        If a notebook has not been run, or a page grows too large.
    """
    folder = paths.outputs() / "html"
    nav, pages = plan()
    frame_key = _frame_key(nav)
    past = _past()
    _refuse_strangers(folder, past)
    hashes = state.Hashes()
    keys = {page.href: _key(page, frame_key, hashes) for page in pages}
    todo = [page for page in pages if not _as_it_was(page, keys, past, folder, hashes)]
    assets = _assets(folder)  # first, so that the folder is known for ours from now on
    made, kept = dict(past), 0
    for page, result in _make_all(todo, nav):
        try:
            files = result()
        except StaleError:
            if page.notebook != profiles.NOTEBOOK or page.href not in past:
                raise
            kept += 1
            continue
        made[page.href] = {
            "key": keys[page.href],
            "files": {name: state.digest((folder / name).read_bytes()) for name in files},
        }
    if kept:
        print(f"{kept} area pages stay as they were: their code changed since they ran. "
              "`care-rates run` brings them up to date.", file=sys.stderr)  # fmt: skip
    made = {page.href: made[page.href] for page in pages}
    search_index.write(folder, [(page.href, page.title, bool(page.here)) for page in pages])
    _sweep(folder, {name for entry in made.values() for name in entry["files"]} | assets)
    note = json.dumps(made, indent=0, sort_keys=True)
    paths.write_atomically(paths.outputs() / state.FOLDER / "pages.json", note)
    return [folder / page.href for page in pages]


def _past() -> dict:
    try:
        path = paths.outputs() / state.FOLDER / "pages.json"
        past = paths.read_json(path)
    except ValueError:
        return {}
    known = {href: entry for href, entry in past.items() if isinstance(entry, dict)}
    return {h: e for h, e in known.items() if "key" in e and isinstance(e.get("files"), dict)}


def _refuse_strangers(folder: Path, past: dict) -> None:
    """Stop before anything is taken away from a folder that never held these pages."""
    ours = past or (folder / "assets" / "site.js").is_file() or not folder.is_dir()
    strange = [] if ours else sorted(p for p in folder.rglob("*") if p.suffix != ".part")
    if strange:
        raise SiteError(
            f"{folder} holds {strange[0].relative_to(folder)}, which is none of these pages: "
            "files there that are not pages would be taken away. Empty the folder first."
        )


def _frame_key(nav: list[Link]) -> str:
    code = [p for p in sorted(HERE.rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    kept = [p for p in code if p.stem in MADE_BY or {"templates", "assets"} & set(p.parts)]
    return state.digest(repr([state.digest(p.read_bytes()) for p in kept]) + repr(nav))


def _key(page: Plan, frame_key: str, hashes: state.Hashes) -> str:
    read = []
    if page.notebook:
        out = paths.outputs()
        read = [
            paths.notebooks() / f"{page.notebook}.ipynb",
            out / "notebooks" / f"{page.output}.ipynb",
            out / "records" / f"{page.output}.json",
            out / "results" / f"{page.output}.csv",
        ]
    elif page.href == "self-evaluation.html":
        read = [*(HERE / "self_evaluation").rglob("*.*"), paths.RAW / "characteristics.csv"]
        read = sorted(path for path in read if "__pycache__" not in path.parts)
    elif page.href == "running.html":
        read = [HERE / "running_page.py", HERE / "graph.py", running_page.RESULTS]
        read += sorted(paths.notebooks().glob("*.ipynb"))
    elif page.href != "glossary.html":
        read = [*sorted((paths.outputs() / "results").rglob("*.csv"))]
        read += sorted((paths.outputs() / "records").glob("*.json"))
        read += sorted(paths.notebooks().glob("*.ipynb"))
        read += [paths.RAW / name for name in RAW_LISTS]
    return state.digest(repr([frame_key, page, [hashes.of(path) for path in read]]))


def _as_it_was(page: Plan, keys: dict, past: dict, folder: Path, hashes: state.Hashes) -> bool:
    entry = past.get(page.href)
    if not entry or entry["key"] != keys[page.href]:
        return False
    return all(hashes.of(folder / name) == was for name, was in entry["files"].items())


def _make_all(todo: list[Plan], nav: list[Link]):
    """Make pages one after the other, or, where there are many, in processes side by side.

    Gives each page with the function that makes it, or waits until it is made.
    """
    if len(todo) < MANY:
        yield from ((page, partial(make, page, nav)) for page in todo)
        return
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        futures = [(page, pool.submit(make, page, nav)) for page in todo]
        yield from ((page, future.result) for page, future in futures)


def make(page: Plan, nav: list[Link]) -> list[str]:
    """Make one page and the files that it links to.

    Parameters
    ----------
    page : Plan
        The page.
    nav : list of Link
        The contents.

    Returns
    -------
    list of str
        Names of the files written, below ``outputs/html``.

    Raises
    ------
    SiteError
        If the page is too large.
    """
    folder = paths.outputs() / "html"
    if page.href == "self-evaluation.html":
        (folder).mkdir(parents=True, exist_ok=True)
        self_evaluation()(folder / page.href)
        return [page.href]
    made, files = "", {}
    if page.notebook:
        exported = NotebookPage(page.output, page.notebook, page.root)
        body, made, files = exported.body(), exported.made(), exported.files
        if page.here:  # the notebook's title is the same for all areas
            heading = f"<h1>{escape(page.title)}</h1>"
            body = re.sub(r"<h1\b.*?</h1>", lambda _: heading, body, count=1, flags=re.DOTALL)
        made += citing.box(f"{page.title}: a profile" if page.here else page.title)
    else:
        body = WRITTEN[page.href]()
        files = {
            name: paths.outputs() / "results" / kept for name, kept in FILES.get(page.href, ())
        }
    html = _frame().page(
        page.title, body, contents(body), nav, page.here or page.href,
        page.previous, page.following,
        f"{page.title}. {TAG}", made, page.root, not page.here,
    )  # fmt: skip
    content = re.sub(r"[ \t]+\n", "\n", str(html)).encode("utf-8")
    if len(content) > MOST_BYTES:
        raise SiteError(
            f"{page.href} has {len(content):,} bytes, more than {MOST_BYTES:,}. "
            "Show fewer rows or points; the CSV can carry the rest."
        )
    paths.write_atomically(folder / page.href, content)
    for name, source in files.items():
        paths.write_atomically(folder / name, source.read_bytes())
    return [page.href, *files]


@lru_cache(maxsize=1)
def _frame():
    import jinja2

    loader = jinja2.FileSystemLoader(HERE / "templates" / "compendium")
    return jinja2.Environment(loader=loader, autoescape=False).get_template("page.html.j2").module


def contents(body: str) -> list[dict[str, str]]:
    """List the sections of a page.

    Parameters
    ----------
    body : str
        HTML of the text.

    Returns
    -------
    list of dict
        ``id`` and ``title`` of each second-level heading.
    """
    heads = re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', body, re.DOTALL)
    marks = re.compile(r'<a class="anchor-link".*?</a>|<[^>]+>')
    return [
        {"id": anchor, "title": unescape(marks.sub("", text)).strip()} for anchor, text in heads
    ]


def _assets(folder: Path) -> set[str]:
    import vl_convert

    written = {"assets/search-index.js", "assets/vega.js"}
    for path in sorted((HERE / "assets").glob("*.*")):
        if path.suffix in (".css", ".js"):
            paths.write_atomically(folder / "assets" / path.name, path.read_bytes())
            written.add(f"assets/{path.name}")
    target = folder / "assets" / "vega.js"
    head = f"// Vega, Vega-Lite and vega-embed as in vl-convert-python {vl_convert.__version__}\n"
    if not target.is_file() or not target.read_bytes().startswith(head.encode()):
        bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
        paths.write_atomically(target, f"{head}(() => {{{bundle}}})();\n")
    return written


def _sweep(folder: Path, kept: set[str]) -> None:
    """Take away files of pages that are no longer made."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_symlink() or path.is_file():
            if path.relative_to(folder).as_posix() not in kept:
                path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()

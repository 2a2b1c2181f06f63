"""What the search box looks through, in one file that every page shares.

Written as a script, not as JSON, so that a page opened from a folder can load it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from pathlib import Path

from care_rates import csvtext, paths
from care_rates.profiles import aliases

SECTION, FIGURE, TERM, CHECK, CLAIM = range(1, 6)
"""Kinds of entries; the script ranks them in this order where words fit alike."""
SHORTEST_WORD = 3
COMMON = frozenset(
    re.findall(
        r"\w+",
        "about above after again all also and any are because been before being below between "
        "both but can could did does each few for from had has have her here his how into its "
        "just less like many may more most much nor not off one only other our out over own same "
        "say says she should since some such than that the their them then there these they this "
        "those through too two under until upon very was were what when where which while who why "
        "will with would you",
    )
)
"""Words that no one looks for."""


def rows(
    number: int, text: str, checks: Mapping[str, str] | None = None
) -> list[tuple[int, str, str, str, int]]:
    """List what can be found on a page.

    Parameters
    ----------
    number : int
        Place of the page in the list of pages.
    text : str
        HTML of the whole page.
    checks : mapping of str to str, optional
        By anchor of a check: what its claims' ids have in common.

    Returns
    -------
    list of tuple
        ``page, anchor, title, more, kind``: sections with the words of their prose, figures
        and tables by caption, checks by the ids of their claims, terms with their meaning.
    """
    found: list[tuple[int, str, str, str, int]] = []
    inner = text[text.find("<main") : text.find("</main>")]
    inner = re.sub(r"<(script|svg|style)\b.*?</\1>", " ", inner, flags=re.DOTALL)
    for kind, anchor, caption in re.findall(
        r'<figure class="cr cr-(figure|table|check|drawing)" id="([^"]+)">'
        r".*?<figcaption><span>(.*?)</span>", inner, re.DOTALL,
    ):  # fmt: skip
        short, _, rest = plain(caption).partition(". ")
        if kind == "check":
            ids = (checks or {}).get(unescape(anchor), "")
            found.append((number, anchor, f"{short}. {ids}".strip(), rest, CHECK))
        else:
            found.append((number, anchor, short, rest, FIGURE))
    for anchor, term, meaning in re.findall(
        r'<dt id="([^"]+)">(.*?)</dt>\s*<dd>(.*?)</dd>', inner, re.DOTALL
    ):
        found.append((number, anchor, plain(term), plain(meaning), TERM))
    inner = re.sub(r'<details class="code">.*?</details>|<table\b.*?</table>|<dl\b.*?</dl>', " ",
                   inner, flags=re.DOTALL)  # fmt: skip
    parts = re.split(r'<h[23][^>]* id="([^"]+)"[^>]*>(.*?)</h[23]>', inner, flags=re.DOTALL)
    for anchor, heading, prose in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if anchor not in ("made", "cite"):
            title = plain(re.sub(r'<a class="anchor-link".*?</a>', "", heading))
            found.append((number, anchor, title, words(plain(prose), title), SECTION))
    return [(page, unescape(anchor), *rest) for page, anchor, *rest in found]


def plain(html: str) -> str:
    """Take the marks out of HTML.

    Parameters
    ----------
    html : str
        Text with marks.

    Returns
    -------
    str
        One line of plain text.
    """
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def words(text: str, besides: str = "") -> str:
    """Keep each word of a text once, but for the commonest and plain numbers.

    Parameters
    ----------
    text, besides : str
        Plain text; and text whose words are indexed anyhow.

    Returns
    -------
    str
        Words in order of their first use.
    """
    known = {*COMMON, *re.findall(r"[^\W_]+", besides.lower())}
    kept = dict.fromkeys(re.findall(r"[^\W_]+", text.lower().replace("'", "")))
    long = (w for w in kept if len(w) >= SHORTEST_WORD and not w.isdigit())
    return " ".join(word for word in long if word not in known)


def common_ids(claims: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """Find what the ids of the claims of one check have in common.

    Parameters
    ----------
    claims : iterable of mapping
        Rows of the ledger.

    Returns
    -------
    dict of (str, str) to str
        By notebook and anchor, for instance ``wwcsc.table2``.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for row in claims:
        if row["anchor"].startswith("check-"):
            parts = row["claim_id"].split(".")
            was = found.setdefault((row["notebook"], row["anchor"]), parts)
            same = [a == b for a, b in zip(was, parts, strict=False)]
            found[row["notebook"], row["anchor"]] = was[: [*same, False].index(False)]
    return {key: ".".join(parts) for key, parts in found.items()}


def write(folder: Path, pages: Sequence[tuple[str, str, bool]]) -> None:
    """Write the file.

    Parameters
    ----------
    folder : pathlib.Path
        Where the pages are.
    pages : sequence of (str, str, bool)
        Place, title, and whether it is the page of an authority.
    """
    with (paths.outputs() / "results" / "claims.csv").open(encoding="utf-8", newline="") as stream:
        claims = [
            {key: csvtext.original(cell) for key, cell in row.items()}
            for row in csv.DictReader(stream)
        ]
    ids = common_ids(claims)
    named = {f"{step}.html": names for step, names in aliases().items()}
    listed, found, authorities, sections = [], [], [], []
    for href, title, of_area in pages:
        if of_area:
            authorities.append([href, title, "; ".join(named[href])])
            if not sections:  # the same on every page of an authority
                text = (folder / href).read_text(encoding="utf-8")
                sections = [row[1:4] for row in rows(0, text) if row[4] == SECTION]
            continue
        listed.append([href, title])
        here = {anchor: same for (name, anchor), same in ids.items() if f"{name}.html" == href}
        found += rows(len(listed) - 1, (folder / href).read_text(encoding="utf-8"), here)
        if href == "ledger.html":
            place = len(listed) - 1
            found += [(place, row["claim_id"], row["statement"], "", CLAIM) for row in claims]
    index = {"pages": listed, "rows": found, "areas": authorities, "sections": sections}
    data = json.dumps(index, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    paths.write_atomically(folder / "assets" / "search-index.js", f"window.SEARCH_INDEX={data};\n")

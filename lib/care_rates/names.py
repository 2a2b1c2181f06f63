"""Names of authorities: as ids write them, and as people type them.

A page is about an authority of 2016-17. People look for today's councils, for former
ones, for codes of either, for Welsh names, and write "City Council" behind them.
:func:`look_up` takes all of these to the page that covers them. Reads the raw lists
with the csv module alone, so that finding a name need not import pandas.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from care_rates import paths

BEFORE = (
    "the", "london borough of", "royal borough of", "metropolitan borough of",
    "county borough of", "city and county of", "city of", "county of", "borough of", "lb", "rb",
    "county", "cyngor",
)  # fmt: skip
"""What may stand before a council's name."""
AFTER = (
    "city council", "county council", "county borough council", "metropolitan borough council",
    "borough council", "district council", "unitary authority", "council", "corporation",
    "county borough", "metropolitan borough", "london borough", "borough", "county", "city of",
    "county of", "lb", "mbc", "cbc", "ua",
)  # fmt: skip
"""What may stand behind it."""
WELSH = {
    "W06000001": "Ynys Môn", "W06000004": "Sir Ddinbych", "W06000005": "Sir y Fflint",
    "W06000006": "Wrecsam", "W06000009": "Sir Benfro", "W06000010": "Sir Gaerfyrddin",
    "W06000011": "Abertawe", "W06000012": "Castell-nedd Port Talbot",
    "W06000013": "Pen-y-bont ar Ogwr", "W06000014": "Bro Morgannwg", "W06000015": "Caerdydd",
    "W06000018": "Caerffili", "W06000021": "Sir Fynwy", "W06000022": "Casnewydd",
    "W06000024": "Merthyr Tudful",
}  # fmt: skip
"""Welsh names where they differ (Office for National Statistics, names and codes)."""
WIDE = ("Region", "Country")
CODE = re.compile(r"[ewsnk]\d{8}")


@dataclass(frozen=True)
class Alias:
    """Another name or code under which a page is looked for.

    Parameters
    ----------
    text : str
        The name or code.
    council : str
        Who the council is, if it is another one than the page's, and since or until when.
    """

    text: str
    council: str = ""


@dataclass(frozen=True)
class Entry:
    """An authority that has a page.

    Parameters
    ----------
    code, name, region : str
        Of the authority of 2016-17; the region is ``Wales`` for a Welsh one.
    also : tuple of Alias
        What else it is looked for under.
    """

    code: str
    name: str
    region: str
    also: tuple[Alias, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a look-up found.

    Parameters
    ----------
    entries : list of Entry
        One: found. None or several: not found, and ``said`` says why.
    said : str
        What to tell the reader; empty where the name is the page's own.
    """

    entries: list[Entry] = field(default_factory=list)
    said: str = ""

    @property
    def found(self) -> Entry | None:
        """The one authority, or None."""
        return self.entries[0] if len(self.entries) == 1 else None


def slug(text: str) -> str:
    """Turn a name into the form that claim ids use.

    Parameters
    ----------
    text : str
        For instance ``"Yorkshire and The Humber"``.

    Returns
    -------
    str
        For instance ``"yorkshire_and_the_humber"``.
    """
    kept = "".join(c if c.isascii() and c.isalnum() else "_" for c in text.lower())
    return "_".join(part for part in kept.split("_") if part)


def fold(text: str) -> str:
    """Write a name without case, accents and punctuation.

    Parameters
    ----------
    text : str
        For instance ``"Ynys Môn"``.

    Returns
    -------
    str
        For instance ``"ynys mon"``.
    """
    flat = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    flat = "".join(c for c in flat if not unicodedata.combining(c) and c not in "'’")
    return " ".join(re.findall(r"[a-z0-9]+", flat))


def plain(text: str) -> str:
    """Fold a name and drop what kind of council it is.

    Parameters
    ----------
    text : str
        For instance ``"Leeds City Council"``.

    Returns
    -------
    str
        For instance ``"leeds"``. The City of London keeps its name: London is a region.
    """
    words = fold(text)
    for endings, at in ((AFTER, "suffix"), (BEFORE, "prefix")):
        for part in endings:
            short = words.removesuffix(f" {part}") if at == "suffix" else (
                words.removeprefix(f"{part} "))  # fmt: skip
            if short not in (words, "london"):
                words = short
                break
    return words


def entries() -> list[Entry]:
    """List the authorities that have a page, with all that they are looked for under.

    Returns
    -------
    list of Entry
        152 in England, 22 in Wales, by name.
    """
    england, wales = (_rows(f"areas_{country}.csv") for country in ("england", "wales"))
    own = [row for row in england if row["unit_id"] == row["area_code"]]
    found = [
        Entry(row["area_code"], row["name"], row["region"], tuple(_english(row, own, england)))
        for row in own
    ]
    found += [
        Entry(row["area_code"], row["name"], "Wales", tuple(_welsh(row)))
        for row in wales
        if row["level"] == "local_authority"
    ]
    return sorted(found, key=lambda entry: slug(entry.name))


def _rows(name: str) -> list[dict[str, str]]:
    with paths.reading(paths.RAW / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _english(page: dict[str, str], own: list[dict[str, str]], every: list[dict[str, str]]):
    """Give the other codes and names of a page: its own, those of parts, of the same land."""
    yield Alias(page["dfe_code"])
    for row in every:
        if row["la_type"] in (*WIDE, "Joint figure") or row["unit_id"] == row["area_code"]:
            continue
        if row["unit_id"]:
            if row["unit_id"] != page["area_code"]:
                continue
            council = _council(row) if row["unit_map"].startswith("part") else ""
        else:  # no page holds it whole: that of the same name, or all of the same land
            land = [other for other in own if other["stable_id"] == row["stable_id"]]
            named = [other for other in land if other["name"] == row["name"]]
            if page not in (named or land):
                continue
            council = _council(row)
        for text in dict.fromkeys((row["area_code"], row["dfe_code"], row["name"])):
            if text not in (page["dfe_code"], page["name"]):
                yield Alias(text, council)


def _council(row: dict[str, str]) -> str:
    """Say who a council is, and from when or until when it was one."""
    start, end = row["valid_from_year"], row["valid_to_year"]
    when = f"since 1 April {start}" if start else f"until 1 April {end}"
    return f"{row['name']} ({row['area_code']}), a council {when},"


def _welsh(page: dict[str, str]):
    for text in (WELSH.get(page["area_code"], ""), page["name_in_report"],
                 *re.findall(r"W\d{8}", page["notes"])):  # fmt: skip
        if text and text not in (page["name"], page["area_code"]):
            yield Alias(text)


def look_up(text: str, known: Sequence[Entry] | None = None) -> Answer:
    """Find the page for a name or code as people type it.

    Parameters
    ----------
    text : str
        A name or code: of 2016-17, of today or of a former council, in any case, with
        or without accents and "City Council".
    known : sequence of Entry, optional
        From :func:`entries`.

    Returns
    -------
    Answer
        The authority, or why there is none: which pages share the land, that it is a
        region, or what may have been meant.
    """
    known = entries() if known is None else known
    typed, short = fold(text), plain(text)
    for wanted, form in ((typed, fold), (short, plain)):
        own = [e for e in known if wanted and wanted in (fold(e.code), form(e.name))]
        if own:
            return Answer(own)
        other = [(e, a) for e in known for a in e.also if wanted and form(a.text) == wanted]
        if other:
            return _by_alias(other)
    regions = {fold(e.region): e.region for e in known} | {
        fold(name): name for name in ("London", "England", "Yorkshire and the Humber")
    }
    if typed in regions:
        return Answer(said=f"{regions[typed]} is no local authority: there are pages for those "
                      "alone.")  # fmt: skip
    near = [] if CODE.fullmatch(typed) else _near(short, known)
    hint = f" Did you mean {'; '.join(entry.name for entry in near)}?" if near else ""
    return Answer(said=f"no local authority is called {text.strip()[:60]!r}.{hint}")


def _by_alias(hits: list[tuple[Entry, Alias]]) -> Answer:
    pages = list(dict.fromkeys(entry for entry, _ in hits))
    council = hits[0][1].council
    if len(pages) > 1:
        listed = f"{', '.join(page.name for page in pages[:-1])} and {pages[-1].name}"
        return Answer(pages, f"{council} is on the pages of {listed}. Name one of them.")
    if not council:
        return Answer(pages)
    return Answer(pages, f"{council} is on the page of {pages[0].name}, the authority of 2016-17.")


def _near(short: str, known: Sequence[Entry]) -> list[Entry]:
    """Find what may have been meant: whole words first, then parts of words, then letters."""
    names = {}
    for entry in known:
        for text in (entry.name, *(a.text for a in entry.also if not re.search(r"\d", a.text))):
            names.setdefault(plain(text), []).append(entry)
    typed = short.split()
    tests = (
        lambda name: typed and set(typed) <= set(name.split()),
        lambda name: len(short) > 2 and short in name,
        lambda name: f" {name} " in f" {short} ",
    )
    for test in tests:
        hits = [entry for name in names if test(name) for entry in names[name]]
        if hits:
            return list(dict.fromkeys(hits))[:5]
    close = difflib.get_close_matches(short, list(names), n=3, cutoff=0.72)
    return list(dict.fromkeys(entry for name in close for entry in names[name]))[:5]

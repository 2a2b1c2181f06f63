"""One page for every authority: the same notebook, run once for each of the 174.

Reads the raw lists of areas with the csv module alone (:mod:`care_rates.names`), so that
a run in which nothing changed need not import pandas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from care_rates import names, paths
from care_rates.names import slug
from care_rates.pipeline import FIRST, RunError, Step

NOTEBOOK = "area_profile"
TABLES = "07_area_tables"


@dataclass(frozen=True)
class Area:
    """An authority that has a page.

    Parameters
    ----------
    code, name, region : str
        Of the authority of 2016-17; the region is ``Wales`` for a Welsh one.
    also : tuple of str
        What else it is looked for under: codes and names of today's and former councils,
        Welsh names.
    """

    code: str
    name: str
    region: str
    also: tuple[str, ...] = ()

    @property
    def step(self) -> str:
        """Name of its outputs, for instance ``areas/liverpool``."""
        return f"areas/{slug(self.name)}"

    @property
    def search(self) -> str:
        """All that a search should find it by, in lower case, with and without accents."""
        told = " ".join((self.name, self.region, self.code, *self.also))
        return f"{told.lower()} {names.fold(told)}"


def _area(entry: names.Entry) -> Area:
    return Area(entry.code, entry.name, entry.region, tuple(a.text for a in entry.also))


def areas() -> list[Area]:
    """List the authorities: 152 in England, 22 in Wales.

    Returns
    -------
    list of Area
        By name.
    """
    return [_area(entry) for entry in names.entries()]


def aliases() -> dict[str, tuple[str, ...]]:
    """Give what each page is looked for under, beside its own name.

    Returns
    -------
    dict of str to tuple of str
        By step (``areas/cumbria``): its code, and names and codes of today's and former
        councils on the same land.
    """
    return {area.step: (area.code, *area.also) for area in areas()}


def chosen(words: Sequence[str]) -> list[Area]:
    """Find authorities by name or code.

    Parameters
    ----------
    words : sequence of str
        Names or codes, of 2016-17, of today or of a former council; none for all.

    Returns
    -------
    list of Area
        In the order given, none twice.

    Raises
    ------
    RunError
        If one is not known, or on more than one page; near misses are named.
    """
    known = names.entries()
    out = []
    for word in words:
        answer = names.look_up(word, known)
        if answer.found is None:
            raise RunError(answer.said[0].upper() + answer.said[1:])
        out.append(_area(answer.found))
    return list(dict.fromkeys(out)) if words else [_area(entry) for entry in known]


def notes(words: Sequence[str]) -> list[str]:
    """Say which page covers a council that has none of its own.

    Parameters
    ----------
    words : sequence of str
        As for :func:`chosen`.

    Returns
    -------
    list of str
        Sentences; none for names of 2016-17.
    """
    known = names.entries()
    return [said for word in words if (said := names.look_up(word, known).said)]


def steps(words: Sequence[str] = ()) -> list[Step]:
    """List the runs of the profile notebook.

    Parameters
    ----------
    words : sequence of str
        Names or codes of authorities; none for all.

    Returns
    -------
    list of Step
        One an authority; none at all where there is no profile notebook.
    """
    found = chosen(words)
    if not (paths.notebooks() / f"{NOTEBOOK}.ipynb").is_file():
        if words:
            raise RunError(f"There is no notebook {NOTEBOOK!r} in {paths.notebooks()}.")
        return []
    return [Step(area.step, (FIRST, TABLES), {"area": area.code}, NOTEBOOK) for area in found]

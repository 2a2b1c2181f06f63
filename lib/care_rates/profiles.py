"""One page for every authority: the same notebook, run once for each of the 174.

Reads the raw lists of areas with the csv module alone, so that a run in which nothing
changed need not import pandas.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from care_rates import paths
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
    """

    code: str
    name: str
    region: str

    @property
    def step(self) -> str:
        """Name of its outputs, for instance ``areas/liverpool``."""
        return f"areas/{slug(self.name)}"


def areas() -> list[Area]:
    """List the authorities: 152 in England, 22 in Wales.

    Returns
    -------
    list of Area
        By name.
    """
    found = []
    with (paths.RAW / "areas_england.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["unit_id"] == row["area_code"]:
                found.append(Area(row["area_code"], row["name"], row["region"]))
    with (paths.RAW / "areas_wales.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["level"] == "local_authority":
                found.append(Area(row["area_code"], row["name"], "Wales"))
    return sorted(found, key=lambda area: slug(area.name))


def chosen(words: Sequence[str]) -> list[Area]:
    """Find authorities by name or code.

    Parameters
    ----------
    words : sequence of str
        Names or codes; none for all.

    Returns
    -------
    list of Area
        In the order given.

    Raises
    ------
    RunError
        If one is not known; near misses are named.
    """
    every = areas()
    if not words:
        return every
    known = {slug(area.name): area for area in every} | {area.code.lower(): area for area in every}
    out = []
    for word in words:
        area = known.get(slug(word)) or known.get(word.strip().lower())
        if area is None:
            near = difflib.get_close_matches(slug(word), list(known), n=3, cutoff=0.5)
            hint = f" Did you mean {', '.join(known[n].name for n in near)}?" if near else ""
            raise RunError(f"No local authority is called {word[:60]!r}.{hint}")
        out.append(area)
    return out


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

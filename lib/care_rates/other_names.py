"""What else an authority is or was called: other codes, today's councils, Welsh names."""

from __future__ import annotations

import csv
from pathlib import Path

from care_rates import paths

WELSH = {
    "W06000001": "Ynys Môn",
    "W06000004": "Sir Ddinbych",
    "W06000005": "Sir y Fflint",
    "W06000006": "Wrecsam",
    "W06000009": "Sir Benfro",
    "W06000010": "Sir Gaerfyrddin",
    "W06000011": "Abertawe",
    "W06000012": "Castell-nedd Port Talbot",
    "W06000013": "Pen-y-bont ar Ogwr",
    "W06000014": "Bro Morgannwg",
    "W06000015": "Caerdydd",
    "W06000018": "Caerffili",
    "W06000020": "Tor-faen",
    "W06000021": "Sir Fynwy",
    "W06000022": "Casnewydd",
    "W06000024": "Merthyr Tudful",
}
"""Welsh names where they differ from the English ones, by code."""


def other_names(folder: Path | None = None) -> dict[str, list[str]]:
    """List the other names and codes under which a reader may look for a page.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where ``areas_england.csv`` and ``areas_wales.csv`` are (``data/raw`` unless told).

    Returns
    -------
    dict of str to list of str
        By the code of the page's authority, its own code first: codes and names of the
        authorities that were merged into it, split from it, or hold part of its land today
        (Cumbria: Cumberland; Poole: Bournemouth, Christchurch and Poole).
    """
    where = folder or paths.RAW
    english = _rows(where / "areas_england.csv")
    english = [r for r in english if r["la_type"] not in ("Region", "Country", "Joint figure")]
    own = {row["unit_id"]: row for row in english if row["unit_id"] == row["area_code"]}
    titles = {row["name"] for row in own.values()}
    found: dict[str, list[str]] = {code: [code] for code in own}
    for row in english:
        if row["area_code"] in own:
            continue
        parts = set(row["stable_id"].split("+"))
        for code, page in own.items():
            if row["name"] in titles - {page["name"]}:  # today's Dorset is no part of Poole
                continue
            same = row["unit_id"] == code or code in parts
            if same or (row["stable_id"] and row["stable_id"] == page["stable_id"]):
                found[code] += [row["area_code"], row["name"]]
    for row in _rows(where / "areas_wales.csv"):
        if row["level"] == "local_authority":
            code = row["area_code"]
            found[code] = [code, row["name_in_report"], WELSH.get(code, "")]
    names = {row["area_code"]: row["name"] for row in english}
    return {
        code: list(dict.fromkeys(n for n in listed if n and n != names.get(code)))
        for code, listed in found.items()
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))

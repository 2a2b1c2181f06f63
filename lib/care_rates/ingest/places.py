"""Find the code of an area from what a publisher prints: code, old code, name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from care_rates.areas import WALES

FILLERS = {"city", "of", "county", "the", "borough", "royal", "council", "and", "ua", "towns"}
"""Words that publishers put in or leave out."""

REGION_WORDS = {"east": "east of england", "yorkshire humber": "yorkshire and the humber"}
"""Short names of regions in older files."""

WELSH_WHOLE = {"wales", "all welsh local authorities", "all wales"}
WELSH_OTHER = {
    "north wales", "mid wales", "south wales", "south west wales", "south east wales",
    "mid and south west wales", "mid and south east wales", "west wales and the valleys",
    "east wales", "england and wales", "england", "united kingdom",
}  # fmt: skip
"""Areas that StatsWales prints and no table keeps."""

WELSH_CODES = {"W06000007": "W06000023", "W06000017": "W06000024"}
"""Codes that Powys and Merthyr Tydfil had before (see the notes in ``areas_wales``)."""

MISSING = {"", "z", "x", ".", "..", ":", "-", "n/a", "na"}
"""What publishers put where an area has no code."""

_CODE = re.compile(r"[EW]\d{8}")


class PlaceError(ValueError):
    """An area that cannot be told; ``remedy`` says what to do."""

    def __init__(self, what: str, remedy: str):
        super().__init__(what)
        self.remedy = remedy


def words(name: str) -> frozenset[str]:
    """Bring a name to the words that tell it, in no order.

    Parameters
    ----------
    name : str
        ``"Bristol, City of"``, ``"CITY OF BRISTOL (1)"``.

    Returns
    -------
    frozenset of str
        ``{"bristol"}``: no case, marks, footnotes or fillers.
    """
    text = re.sub(r"[\[(][^\])]*[\])]", " ", name.lower().replace("&", " and ").replace("'", ""))
    return frozenset(re.findall(r"[a-z]+", text)) - FILLERS


class Places:
    """The areas of England and Wales that the tables know.

    Parameters
    ----------
    england, wales : iterable of mapping
        Rows of ``areas_england`` and ``areas_wales`` as text.
    """

    def __init__(self, england: Iterable[Mapping], wales: Iterable[Mapping]):
        self.known = {row["area_code"]: row for row in england}
        self.welsh = {row["area_code"]: row for row in wales}
        self._regions, self._names, self._old = {}, {}, {}
        for code, row in self.known.items():
            if row["la_type"] == "Region":
                self._regions[words(row["name"])] = code
            elif row["la_type"] not in ("Country", "Joint figure"):
                self._names.setdefault(words(row["name"]), []).append(code)
                self._old.setdefault(row["dfe_code"], []).append(code)
        self._welsh_names = {
            words(row[key]): code
            for code, row in self.welsh.items()
            for key in ("name", "name_in_report")
        }

    def name(self, code: str) -> str:
        """Name of an area.

        Parameters
        ----------
        code : str
            Its code.

        Returns
        -------
        str
            Its name, or nothing if it is not known.
        """
        return self.known.get(code, self.welsh.get(code, {})).get("name", "")

    def is_authority(self, code: str) -> bool:
        """Tell whether a code is an authority or a joint figure of two.

        Parameters
        ----------
        code : str
            A known code.

        Returns
        -------
        bool
            False for regions and countries.
        """
        if code in self.welsh:
            return self.welsh[code]["level"] == "local_authority"
        return self.known[code]["la_type"] not in ("Country", "Region")

    def region(self, code: str, name: str) -> str:
        """Find a region; its name comes first.

        Older files give Inner and Outer London the code of London.

        Parameters
        ----------
        code, name : str
            As printed.

        Returns
        -------
        str
            The code in the tables.

        Raises
        ------
        PlaceError
            If no region has either.
        """
        plain = " ".join(re.findall(r"[a-z]+", name.lower()))
        found = self._regions.get(words(REGION_WORDS.get(plain, plain)))
        if found:
            return found
        if self.known.get(code, {}).get("la_type") == "Region":
            return code
        raise PlaceError(f"{(name or code)[:40]!r} is not a region that is known.",
                         "Correct the name, or add it to areas_england.csv first.")  # fmt: skip

    def authority(self, code: str, old: str, name: str, year: int) -> str:
        """Find an English authority by its code, else old code, else name.

        Parameters
        ----------
        code : str
            Nine-character code; two of a joint figure may stand together.
        old : str
            Three-digit code of the department.
        name : str
            Name as printed.
        year : int
            Tells which of several codes was in force.

        Returns
        -------
        str
            The code in the tables.

        Raises
        ------
        PlaceError
            If nothing fits, or the code belongs to another name.
        """
        codes = _CODE.findall(code.upper())
        if codes:
            found = "+".join(sorted(codes))
            if found not in self.known:
                raise PlaceError(
                    f"area code {found} {name[:40]!r} is not in areas_england.",
                    "If it is a new authority, add it there first (see CONTRIBUTING).",
                )
            self._agree(found, name)
            return found
        if code and code.lower() not in MISSING:
            raise PlaceError(f"{code[:20]!r} is not an area code.", "Correct the code.")
        for candidates in (self._old.get(old, []), self._names.get(words(name), [])):
            valid = [c for c in candidates if self.in_force(c, year)]
            if len(valid) == 1:
                self._agree(valid[0], name)
                return valid[0]
        raise PlaceError(f"{(name or old)[:40]!r} is not an authority of {year} that is known.",
                         "Correct the name, or add it to areas_england.csv first.")  # fmt: skip

    def in_force(self, code: str, year: int) -> bool:
        """Tell whether an authority was there on 31 March of a year."""
        row = self.known.get(code, {"valid_from_year": "", "valid_to_year": ""})
        since, until = row["valid_from_year"], row["valid_to_year"]
        return not (since and int(since) >= year) and not (until and int(until) < year)

    def _agree(self, code: str, name: str) -> None:
        named = self._names.get(words(name), [])
        ids = {(self.known[c]["unit_id"], self.known[c]["stable_id"]) for c in [code, *named]}
        if named and code not in named and len(ids) > 1:
            raise PlaceError(
                f"code {code} is {self.known[code]['name']}, the row says {name[:40]!r}.",
                "Look at the published table which of the two is right, and correct the row.",
            )

    def in_wales(self, code: str, name: str) -> str | None:
        """Find a Welsh authority or Wales.

        Parameters
        ----------
        code, name : str
            As printed; either may be missing.

        Returns
        -------
        str or None
            The code in the tables; None for areas that no table keeps.

        Raises
        ------
        PlaceError
            If nothing fits, or the code belongs to another name.
        """
        plain = " ".join(re.sub(r"[\[(][^\])]*[\])]", " ", name.lower()).split())
        if plain in WELSH_OTHER:
            return None
        whole = plain in WELSH_WHOLE
        named = WALES if whole else self._welsh_names.get(words(name))
        code = WELSH_CODES.get(code.upper(), code.upper())
        if code in self.welsh:
            if named and named != code:
                raise PlaceError(
                    f"code {code} is {self.welsh[code]['name']}, the row says {name[:40]!r}.",
                    "Look at the published table which of the two is right.",
                )
            return code
        if _CODE.fullmatch(code):
            raise PlaceError(f"area code {code} {name[:40]!r} is not in areas_wales.",
                             "Correct the code, or add it there first.")  # fmt: skip
        if named:
            return named
        raise PlaceError(f"{name[:40]!r} is not a Welsh authority that is known.",
                         "Correct the name, or add it to areas_wales.csv first.")  # fmt: skip

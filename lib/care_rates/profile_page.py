"""Put the sections of an authority's page into the notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from IPython.display import display

from care_rates import markup, names, profile_outlook
from care_rates.areas import find
from care_rates.data import load
from care_rates.profile import TABLES, Place, Section
from care_rates.report import record, show


@dataclass
class AreaPage:
    """The page under way: what it has shown, so that it can end with what is missing.

    Parameters
    ----------
    place : Place
        The authority.
    sections : list of Section
        Shown so far.
    """

    place: Place
    sections: list[Section] = field(default_factory=list)

    @classmethod
    def of(cls, area: str, alpha: float = 0.05) -> AreaPage:
        """Find an authority and load the shared tables.

        Parameters
        ----------
        area : str
            Name or code, of today's councils too; near misses suggest names.
        alpha : float
            One less the coverage of intervals.

        Returns
        -------
        AreaPage
            An empty page.

        Raises
        ------
        DataError
            If no authority fits, or ``07_area_tables`` has not been run.
        """
        row = find(area)
        if said := names.look_up(area).said:
            html = f"<p><strong>{markup.escape(said)}</strong></p>"
            display({"text/html": html, "text/plain": said}, raw=True)
        tables = {name: load(f"profile_{name}") for name in TABLES}
        return cls(Place.of(row, tables, alpha))

    def put(
        self, section: Section, draw: Callable[[Section, Place], object] | None = None,
        decimals: Mapping[str, int] | int | None = None,
    ) -> None:  # fmt: skip
        """Show a section: what was found in words, its chart or table, what is missing.

        Parameters
        ----------
        section : Section
            What to show; its numbers are recorded.
        draw : callable, optional
            Makes the chart of it; without one its frame is shown as a table.
        decimals : mapping or int, optional
            For a table.
        """
        said = [f"<p>{markup.escape(text)}</p>" for text in section.sentences]
        said += [
            f"<p><strong>Missing here: {markup.escape(what)}.</strong> {markup.escape(why)}</p>"
            for what, why in section.missing.items()
            if why not in section.sentences
        ]
        if said:
            words = " ".join([*section.sentences, *section.missing])
            display({"text/html": "".join(said), "text/plain": words}, raw=True)
        if len(section.frame):
            about = {"caption": section.caption, "source": section.source}
            if draw is None:
                show(section.frame, name=section.name, decimals=decimals, **about)
            else:
                show(draw(section, self.place), name=section.name, alt=section.alt, **about)
        for key, result in section.results.items():
            if pd.notna(result.value):
                record(key, result.value, result.low, result.high, result.unit, result.method)
        self.sections.append(section)

    def gaps(self) -> None:
        """Show what is missing on the whole page, and why."""
        self.put(profile_outlook.gaps(self.sections))

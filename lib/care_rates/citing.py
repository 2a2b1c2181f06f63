"""How to cite a page, and under which licence its figures and its text stand."""

from __future__ import annotations

from html import escape

from care_rates import __version__

RELEASED = "2026-11-23"
LICENCE = (
    "Figures: Crown copyright and other public sector information, Open Government Licence "
    "v3.0. Code and text: MIT licence."
)


def reference(title: str = "") -> str:
    """Write the reference to the whole, or to one of its pages.

    Parameters
    ----------
    title : str
        Title of the page; empty for the whole.

    Returns
    -------
    str
        HTML.
    """
    whole = "care-rates: four analyses of the number of children in care, re-run from official"
    part = f"{escape(title)}. In: " if title else ""
    return (
        f"The care-rates contributors ({RELEASED[:4]}). {part}<cite>{whole} figures</cite>, "
        f"version {__version__}."
    )


def box(title: str) -> str:
    """Write the cite-this box of a page.

    Parameters
    ----------
    title : str
        Title of the page.

    Returns
    -------
    str
        HTML.
    """
    return (
        '<div class="cite"><h3 id="cite">Cite this page</h3>'
        f"<p>{reference(title)}</p><p>Cite the reports themselves for what they say.</p></div>"
    )

"""Names in the form that ids and file names use."""

from __future__ import annotations


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

"""Where things are: one place that knows the folders of the compendium."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
CLAIMS = RAW / "claims"


_read: set[Path] = set()


def _folder(variable: str, usual: str) -> Path:
    """Give the folder that a variable names, or the usual one, links followed."""
    return _resolved(os.path.abspath(os.environ.get(variable, ROOT / usual)))


@lru_cache(maxsize=64)
def _resolved(folder: str) -> Path:
    return Path(folder).resolve()


def notebooks() -> Path:
    """Folder of the notebooks.

    Returns
    -------
    pathlib.Path
        ``notebooks``, or the folder that ``CARE_RATES_NOTEBOOKS`` names.
    """
    return _folder("CARE_RATES_NOTEBOOKS", "notebooks")


def processed() -> Path:
    """Folder of the analysis tables.

    Returns
    -------
    pathlib.Path
        ``data/processed``, or the folder that ``CARE_RATES_PROCESSED`` names.
    """
    return _folder("CARE_RATES_PROCESSED", "data/processed")


def outputs() -> Path:
    """Folder of results, tables, figures, notebooks and pages.

    Returns
    -------
    pathlib.Path
        ``outputs``, or the folder that ``CARE_RATES_OUTPUTS`` names.
    """
    return _folder("CARE_RATES_OUTPUTS", "outputs")


def writing(kind: str = "outputs") -> Path:
    """Folder that a notebook writes to.

    Parameters
    ----------
    kind : {"outputs", "processed"}
        What it writes.

    Returns
    -------
    pathlib.Path
        The final folder, or, in a headless run, the part for it of the staging
        folder that ``CARE_RATES_STAGING`` names: it is moved into place when whole.
    """
    staging = os.environ.get("CARE_RATES_STAGING")
    if staging:
        return Path(staging) / kind
    return processed() if kind == "processed" else outputs()


def label(path: Path) -> str | None:
    """Name a file of the project in the same way wherever its folders are.

    Parameters
    ----------
    path : pathlib.Path
        A file.

    Returns
    -------
    str or None
        ``outputs/…``, ``data/processed/…`` or the path from the root; None for files
        that are not the project's.
    """
    rooms = [*((name, str(folder())) for name, folder in ROOMS.items()), ("", str(ROOT))]
    for follow in (os.path.abspath, os.path.realpath):  # links last
        form = follow(path)
        for name, folder in rooms:
            if form == folder:
                return name or "."
            if form.startswith(folder + os.sep):
                rest = Path(form[len(folder) + 1 :]).as_posix()
                return f"{name}/{rest}" if name else rest
    return None


def locate(name: str) -> Path:
    """Find the file that :func:`label` named.

    Parameters
    ----------
    name : str
        From :func:`label`.

    Returns
    -------
    pathlib.Path
        Where it is.
    """
    for start, folder in ROOMS.items():
        if name.startswith(f"{start}/"):
            return folder() / name.removeprefix(f"{start}/")
    return ROOT / name


ROOMS = {"data/processed": processed, "outputs": outputs, "notebooks": notebooks}
"""Folders that may be elsewhere, by what they are called wherever they are."""


def reading(path: Path) -> Path:
    """Note that a file is read, so that a step's inputs are known.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    pathlib.Path
        The same.
    """
    _read.add(Path(os.path.abspath(path)))
    return path


def files_read() -> list[str]:
    """List the project's files that this process has read.

    Returns
    -------
    list of str
        Their labels, sorted.
    """
    return sorted(filter(None, map(label, _read)))


def read_json(path: Path, remedy: str = "Run `care-rates run`.") -> dict:
    """Read a JSON file that holds one object.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    remedy : str
        What to do if it cannot be read.

    Returns
    -------
    dict
        What it holds.

    Raises
    ------
    ValueError
        Naming the file, the fault and the remedy.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}). {remedy}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON ({error}). {remedy}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds {type(found).__name__}, not an object. {remedy}")
    return found


def write_atomically(path: Path, content: str | bytes) -> Path:
    """Write a file so that it is only ever old-and-whole or new-and-whole.

    Parameters
    ----------
    path : pathlib.Path
        Target; its folder is made if missing.
    content : str or bytes
        Text is encoded as UTF-8 with line feeds.

    Returns
    -------
    pathlib.Path
        The target.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path

"""Where things are: one place that knows the folders of the compendium."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
CLAIMS = RAW / "claims"
NOTEBOOKS = ROOT / "notebooks"


_read: set[Path] = set()


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
    _read.add(Path(path).resolve())
    return path


def files_read() -> list[str]:
    """List the project's files that this process has read.

    Returns
    -------
    list of str
        Paths from the root, sorted; files elsewhere are left out.
    """
    return sorted(p.relative_to(ROOT).as_posix() for p in _read if p.is_relative_to(ROOT))


def processed() -> Path:
    """Folder of the analysis tables.

    Returns
    -------
    pathlib.Path
        ``data/processed``, or the folder named by ``CARE_RATES_PROCESSED``: a
        headless run writes to a staging folder and moves it into place when whole.
    """
    return Path(os.environ.get("CARE_RATES_PROCESSED", ROOT / "data" / "processed"))


def outputs() -> Path:
    """Folder that results, tables and figures are written to.

    Returns
    -------
    pathlib.Path
        ``outputs``, or the folder named by ``CARE_RATES_OUTPUTS``.
    """
    return Path(os.environ.get("CARE_RATES_OUTPUTS", ROOT / "outputs"))


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

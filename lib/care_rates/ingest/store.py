"""Check the new package in a folder of its own, then move it into place."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from care_rates import paths
from care_rates.data import UNFINISHED, Package
from care_rates.ingest.findings import IngestError, Problem
from care_rates.schema import DataError

READY = "ready"


def check(
    folder: Path, changed: Mapping[str, bytes], origin: Mapping[tuple[str, int], str]
) -> None:
    """Read the whole new package, with every rule that the present one obeys.

    Parameters
    ----------
    folder : pathlib.Path
        The present package; it is not touched.
    changed : mapping of str to bytes
        The files that change.
    origin : mapping
        (file, line) of a table to the publisher's file and row.

    Raises
    ------
    IngestError
        At the first fault, with the row of the publisher's file.
    """
    if not changed:
        return
    with tempfile.TemporaryDirectory(prefix="care-rates-") as place:
        trial = Path(place)
        for name, content in changed.items():
            (trial / name).write_bytes(content)
        for resource in Package(folder).resources.values():
            if resource["path"] not in changed:
                shutil.copy(folder / resource["path"], trial / resource["path"])
        package = Package(trial)
        try:
            for name in package.names:
                package.read(name)
        except DataError as error:
            raise IngestError([_where(str(error), origin)]) from None


def _where(message: str, origin: Mapping[tuple[str, int], str]) -> Problem:
    told = re.match(r"(\S+\.csv), row (\d+), field ([^:]+): (.*)", message, re.DOTALL)
    if not told:
        return Problem("the new package", "-", "-", message, "")
    path, line, field, rest = told[1], int(told[2]), told[3], told[4]
    source = origin.get((path, line))
    if source is None:
        return Problem(path, line, field, rest, "")
    file, _, row = source.rpartition(", row ")
    if "without a reason" in rest:
        rest = (
            f"the release has no {field} for this area and year, and {path} needs it or a "
            "publisher's marker. Give the release's other files in the same command, or, if a "
            'heading was renamed, say --heading "NEW=KNOWN".'
        )
    return Problem(file, row, field, f"(for {path}) {rest}", "")


def put(folder: Path, changed: Mapping[str, bytes]) -> tuple[str, ...]:
    """Move the new files into place, the description last.

    All are first written whole into ``.ingest`` beside the tables. Whatever happens
    then, either nothing has moved yet, or :func:`finish` moves the rest; in between
    the hash check stops every reader.

    Parameters
    ----------
    folder : pathlib.Path
        The data package.
    changed : mapping of str to bytes
        Content by file name.

    Returns
    -------
    tuple of str
        The files.
    """
    aside = folder / UNFINISHED
    refuse_unfinished(folder)
    aside.mkdir()
    try:
        for name, content in changed.items():
            paths.write_atomically(aside / name, content)
    except BaseException:
        shutil.rmtree(aside)
        raise
    paths.write_atomically(aside / READY, "\n".join(_order(changed)) + "\n")
    return finish(folder)


def _order(names) -> list[str]:
    return sorted(names, key=lambda name: (name == "datapackage.json", name))


def finish(folder: Path | str | None = None) -> tuple[str, ...]:
    """Bring an interrupted ingest to its end, or take back one that had not begun.

    Parameters
    ----------
    folder : path-like, optional
        The data package (``data/raw`` unless told).

    Returns
    -------
    tuple of str
        The files that the ingest has put in place; none if it was taken back or
        there was nothing to do.
    """
    folder = Path(folder or paths.RAW)
    aside = folder / UNFINISHED
    if not (aside / READY).is_file():
        if aside.is_dir():
            shutil.rmtree(aside)
        return ()
    names = (aside / READY).read_text(encoding="utf-8").split()
    for name in names:
        if (aside / name).is_file():
            (aside / name).replace(folder / name)
    shutil.rmtree(aside)
    return tuple(names)


def refuse_unfinished(folder: Path) -> None:
    """Stop where an ingest is at work or was interrupted.

    Parameters
    ----------
    folder : pathlib.Path
        The data package.

    Raises
    ------
    IngestError
        If there is one.
    """
    if (folder / UNFINISHED).is_dir():
        raise IngestError(
            [Problem(f"{folder.name}/{UNFINISHED}", "-", "-",
                     "an ingest is at work, or one was interrupted.",
                     "If none is running, say `care-rates ingest --finish`.")]
        )  # fmt: skip

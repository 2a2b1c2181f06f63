"""From the staging folder into place: each file old-and-whole or new-and-whole."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from care_rates import paths, state

FOLDER = ".staging"


class RunError(RuntimeError):
    """A run that could not be completed: which notebook, which cell, what cause."""


def new() -> Path:
    """Take away what killed runs left, and make a folder that only this run knows.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    RunError
        If the outputs folder cannot be written.
    """
    folder = paths.outputs() / FOLDER
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(dir=folder))
    except OSError as error:
        raise RunError(f"{folder} cannot be written ({error.strerror}). Nothing was run.") from None


def promote(staging: Path, step: str) -> dict[str, str]:
    """Move what a step wrote into place, and take away what it wrote last time only.

    Parameters
    ----------
    staging : pathlib.Path
        Folder that the step wrote to.
    step : str
        Name of the step.

    Returns
    -------
    dict of str to str
        Path from the root to digest, of every file.
    """
    sources = {}
    for source in sorted(p for p in staging.rglob("*") if p.is_file()):
        kind, *inside = source.relative_to(staging).parts
        folder = "data/processed" if kind == "processed" else "outputs"
        sources["/".join((folder, *inside))] = source
    outputs = {name: state.digest(source.read_bytes()) for name, source in sources.items()}
    past = state.recall(step)
    before = past.outputs if past else {}
    # Killed from here on, the next run must know of every file that may be there.
    state.remember(step, state.Past("", {}, before | outputs))
    for name, source in sources.items():
        target = paths.locate(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        _move(source, target)
    for name in set(before) - set(outputs):
        paths.locate(name).unlink(missing_ok=True)
    return outputs


def _move(source: Path, target: Path) -> None:
    """Put a file into place in one step, on whichever disk the place is."""
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        paths.write_atomically(target, source.read_bytes())


def forget_failed(step: str) -> None:
    """Take away what was kept of a step that failed: it may be what fills the disk.

    Parameters
    ----------
    step : str
        Name of the step.
    """
    with contextlib.suppress(OSError):
        (paths.outputs() / "failed" / f"{step}.ipynb").unlink()


def keep_failed(step: str, target: Path) -> str:
    """Keep a notebook as far as it got, if it can be kept.

    Parameters
    ----------
    step : str
        Name of the step.
    target : pathlib.Path
        Where papermill was writing it.

    Returns
    -------
    str
        A sentence that says where it is, or nothing.
    """
    place = paths.outputs() / "failed" / f"{step}.ipynb"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(target, place)
    except OSError:
        return ""
    return f" The notebook as far as it got: {place}"


_here = threading.Lock()


@contextlib.contextmanager
def alone():
    """Let one run at a time write to the outputs folder.

    Raises
    ------
    RunError
        If another run is under way, or the folder cannot be written.
    """
    folder = paths.outputs() / state.FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+")
    except OSError as error:
        raise RunError(f"{folder} cannot be written ({error.strerror}). Nothing was run.") from None
    busy = "Another run is writing to this outputs folder. Wait for it, or stop it."
    with lock:
        if not _here.acquire(blocking=False):
            raise RunError(busy)
        try:
            if sys.platform != "win32":
                import fcntl

                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    raise RunError(busy) from None
            yield
        finally:
            _here.release()

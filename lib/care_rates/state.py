"""What each step read and wrote the last time: so that nothing is done twice.

A step is fresh when the content of everything that it read is what it was, and its
outputs are the files that it wrote. What a notebook read is observed while it runs
(modules imported, tables loaded), so the list is never out of date.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from care_rates import paths

FOLDER = ".state"
RUNNING = {"executor", "cluster", "runner", "staging", "state"}
"""Modules that decide where a notebook or task runs, and nothing of what it gives."""
SETTLED = 2_000_000_000
"""Nanoseconds after which a file system shows a second change as such."""


def digest(content: bytes | str) -> str:
    """Hash some content.

    Parameters
    ----------
    content : bytes or str
        Text is encoded as UTF-8.

    Returns
    -------
    str
        Sixteen bytes of sha256, in hexadecimal.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()[:32]


class Hashes:
    """Content hashes of files: a file is read again only if it was written to since.

    A file counts as untouched if its size, its number on the disk and the times of its
    last change (of content and of anything) are the same. What was hashed within two
    seconds of a change is not kept for other runs: a second change might go unseen.
    """

    def __init__(self) -> None:
        self._seen = self._load()
        self._new = False

    def of(self, path: Path) -> str:
        """Hash a file.

        Parameters
        ----------
        path : pathlib.Path
            The file.

        Returns
        -------
        str
            Its digest, or ``missing``.
        """
        name = str(path)
        try:
            stat = os.stat(name)
            mark = [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]
            known = self._seen.get(name)
            if known is None or known[0] != mark:
                now = time.time_ns()
                settled = now - max(mark[2:]) > SETTLED and now > max(mark[2:])
                known = self._seen[name] = [mark, digest(Path(name).read_bytes()), settled]
                self._new = True
        except OSError:
            return "missing"
        return known[1]

    @staticmethod
    def _place() -> Path:
        return paths.outputs() / FOLDER / "hashes.json"

    @classmethod
    def _load(cls) -> dict[str, list]:
        try:
            found = json.loads(cls._place().read_text(encoding="utf-8"))
            return {name: [list(mark), str(was), True] for name, (mark, was) in found.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def keep(self) -> None:
        """Leave what was hashed to the next run; where that cannot be done, nothing is lost."""
        if self._new:
            kept = {name: [mark, was] for name, (mark, was, settled) in self._seen.items()
                    if settled}  # fmt: skip
            with contextlib.suppress(OSError):
                paths.write_atomically(self._place(), json.dumps(kept))
            self._new = False


@dataclass(frozen=True)
class Past:
    """What a step did when it last ran to its end.

    Parameters
    ----------
    code : str
        Digest of what the step was told to do (code cells, parameters).
    inputs : dict of str to str
        Path from the project's root to digest.
    outputs : dict of str to str
        The same for what it wrote.
    """

    code: str
    inputs: dict[str, str]
    outputs: dict[str, str]


def remember(step: str, past: Past) -> None:
    """Keep what a step did.

    Parameters
    ----------
    step : str
        Name of the step.
    past : Past
        What to keep.
    """
    text = json.dumps(asdict(past), indent=1, sort_keys=True)
    paths.write_atomically(paths.outputs() / FOLDER / f"{step}.json", text + "\n")


def recall(step: str) -> Past | None:
    """Look up what a step did.

    Parameters
    ----------
    step : str
        Name of the step.

    Returns
    -------
    Past or None
        None if it never ran to its end, or the note cannot be read.
    """
    try:
        found = json.loads((paths.outputs() / FOLDER / f"{step}.json").read_text(encoding="utf-8"))
        past = Past(found["code"], found["inputs"], found["outputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = all(isinstance(part, dict) for part in (past.inputs, past.outputs))
    return past if whole and isinstance(past.code, str) else None


def stale_because(step: str, code: str, hashes: Hashes) -> str:
    """Say why a step must run, or nothing if it need not.

    Parameters
    ----------
    step : str
        Name of the step.
    code : str
        Digest of what it would be told to do now.
    hashes : Hashes
        Hashes of this run.

    Returns
    -------
    str
        A reason in words; empty if the step is fresh.
    """
    past = recall(step)
    if past is None:
        return "it has not run yet"
    if not past.code:
        return "its last run was interrupted"
    if past.code != code:
        return "its code or parameters changed"
    for kind, files in (("changed", past.inputs), ("is not what it wrote", past.outputs)):
        for name, was in files.items():
            now = interpreter() if name == "python" else hashes.of(paths.locate(name))
            if now != was:
                gone = "is gone" if now == "missing" else kind
                return f"{name} {gone}"
    return ""


def interpreter() -> str:
    """Name the Python that runs, as an input.

    Returns
    -------
    str
        For instance ``3.11``.
    """
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def observed(modules: list[str], files: list[str], hashes: Hashes) -> dict[str, str]:
    """Turn what a notebook read into inputs with their hashes.

    Parameters
    ----------
    modules : list of str
        Names of the ``care_rates`` modules that it imported.
    files : list of str
        Paths from the project's root.
    hashes : Hashes
        Hashes of this run.

    Returns
    -------
    dict of str to str
        With the environment lock and the interpreter.
    """
    base = Path(__file__).resolve().parent
    names = set(files) | {"requirements.lock"}
    for module in modules:
        parts = module.split(".")[1:]
        if set(parts) & RUNNING:
            continue
        path = base.joinpath(*parts)
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if path.is_file():
            names.add(path.relative_to(paths.ROOT).as_posix())
    found = {name: hashes.of(paths.locate(name)) for name in sorted(names)}
    return found | {"python": interpreter()}

"""What each step read and wrote the last time: so that nothing is done twice.

A step is fresh when the content of everything that it read is what it was, and its
outputs are the files that it wrote. What a notebook read is observed while it runs
(modules imported, tables loaded), so the list is never out of date.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from care_rates import paths

FOLDER = ".state"


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
    """Content hashes of files, each read once a run."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int, int], str] = {}

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
        try:
            stat = path.stat()
        except OSError:
            return "missing"
        key = (str(path), stat.st_mtime_ns, stat.st_size)
        if key not in self._seen:
            self._seen[key] = digest(path.read_bytes())
        return self._seen[key]


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
        path = base.joinpath(*parts)
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if path.is_file():
            names.add(path.relative_to(paths.ROOT).as_posix())
    found = {name: hashes.of(paths.locate(name)) for name in sorted(names)}
    return found | {"python": interpreter()}

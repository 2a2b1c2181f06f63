"""A copy of the checkout, for what must not touch the real one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def copy(folder: Path, leave: tuple[str, ...] = ("outputs/",)) -> Path:
    """Copy every file that git knows and that is there.

    Parameters
    ----------
    folder : pathlib.Path
        Where to.
    leave : tuple of str
        Beginnings of names that are left out.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, listed):
        if not name.startswith(leave) and (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    return folder

#!/usr/bin/env python3
"""Set everything up, then run or test the compendium. Needs Python 3.11 or later, no more.

    python3 start.py run     every notebook, every output, the pages
    python3 start.py test    the tests

The first call makes a virtual environment in .venv and installs the pinned, hashed
packages of requirements.lock. Later calls find it as it should be and start at once.
Anything after the first word goes on to `care-rates run` or to pytest.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def call(*words: object) -> None:
    """Run a command in the project's folder; stop with its exit code if it fails."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def set_up() -> None:
    """Make the environment, or bring it up to the lock."""
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever has an older one must be told)
        sys.exit(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}.")
    wanted = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        wanted.update((ROOT / name).read_bytes())
    mark = VENV / "installed-from"
    if mark.is_file() and mark.read_text() == wanted.hexdigest() and PYTHON.exists():
        return
    print("Setting up .venv (about a minute, once) …", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        print((error.stdout or b"").decode(errors="replace"), file=sys.stderr)
        sys.exit(
            "Python's venv module does not work here. On Debian or Ubuntu: apt install python3-venv"
        )
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps")
    call(*pip, "--require-hashes", "--only-binary", ":all:", "-r", "requirements.lock")
    call(*pip, "--no-build-isolation", "--editable", ".")
    call(PYTHON, "-m", "compileall", "-q", "lib")
    mark.write_text(wanted.hexdigest())


def main() -> None:
    """Take the words of the command line."""
    words = sys.argv[1:]
    if not words or words[0] not in ("run", "test", "setup"):
        sys.exit(__doc__)
    set_up()
    if words[0] == "run":
        call(BIN / "care-rates", "run", *words[1:])
    elif words[0] == "test":
        whole = ("--cov", "--cov-report=term:skip-covered")  # branch coverage, 90% at least
        two = ("-n", "2", "--dist", "loadscope")
        call(PYTHON, "-m", "pytest", *(words[1:] or (*two, *whole)))


if __name__ == "__main__":
    main()

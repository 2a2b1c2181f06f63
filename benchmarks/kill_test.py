"""Kill a real run at random moments, and look at what it leaves.

    python benchmarks/kill_test.py [--kills N] [--seed N] [--jobs N] [--profiles] [NOTEBOOK …]

One run is left to end, for the bytes that every other one must come to. Then, N times,
the notes of some steps are taken away (so that those run again, pages too), the command
``care-rates run`` is started in a process group of its own and killed with SIGKILL at a
moment drawn at random; every output must be the one from before or the finished one; a
second command must come to the same bytes as the first run. All of it happens in a copy
of the project. Prints a report; the exit code is 1 if a byte differs.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import checkout

HIDDEN = {".state", ".staging", "failed"}


def digests(place: Path) -> dict[str, str]:
    """Hash every output; notes, staging and failed notebooks are none."""
    found = {}
    for path in sorted([*(place / "outputs").rglob("*"), *(place / "processed").rglob("*")]):
        name = path.relative_to(place)
        if path.is_file() and not HIDDEN & set(name.parts):
            found[name.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def start(place: Path, arguments: list[str]) -> subprocess.Popen:
    """Start a run in a process group of its own."""
    env = os.environ | {
        "CARE_RATES_OUTPUTS": str(place / "outputs"),
        "CARE_RATES_PROCESSED": str(place / "processed"),
        "PYTHONPATH": str(place / "project" / "lib"),
    }
    with (place / "log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "care_rates.cli", "run", *arguments],
            cwd=place / "project", env=env, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def complete(place: Path, arguments: list[str]) -> float:
    """Run to the end; give the seconds."""
    begun = time.monotonic()
    if start(place, arguments).wait():
        sys.exit(f"a run failed:\n{(place / 'log').read_text()[-3000:]}")
    return time.monotonic() - begun


def make_stale(place: Path, rng: random.Random) -> list[str]:
    """Take away the notes of some steps and spoil one of their outputs each."""
    notes = sorted((place / "outputs" / ".state").rglob("*.json"))
    steps = [p for p in notes if p.stem not in ("pages", "site", "hashes")]
    chosen = rng.sample(steps, rng.randint(1, min(4, len(steps))))
    for note in chosen:
        note.unlink()
    pages = sorted((place / "outputs" / "html").glob("*.html"))
    for page in rng.sample(pages, min(3, len(pages))):
        page.unlink()
    return sorted(p.stem for p in chosen)


def main() -> int:
    """Kill, look, complete, look again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", help="only these (all unless told)")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--profiles", action="store_true", help="the area pages too")
    options = parser.parse_args()
    arguments = [*options.notebook, "-j", str(options.jobs)]
    arguments += [] if options.profiles or options.notebook else ["--no-profiles"]
    rng = random.Random(options.seed)
    place = Path(tempfile.mkdtemp(prefix="care-rates-kill-"))
    wrong: list[str] = []
    checkout.copy(place / "project")
    try:
        spent = complete(place, arguments)
        whole = digests(place)
        print(f"whole run: {len(whole)} files in {spent:.0f} s")
        for kill in range(1, options.kills + 1):
            stale = make_stale(place, rng)
            moment = rng.uniform(0.2, spent * min(0.7, 0.12 * len(stale) + 0.08))
            process = start(place, arguments)
            time.sleep(moment)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            struck = process.wait() == -signal.SIGKILL
            seen = digests(place)
            torn = [n for n, d in seen.items() if not n.endswith(".part") and whole.get(n) != d]
            gone = [n for n in whole if n not in seen and not n.startswith("outputs/html/")]
            again = complete(place, arguments)
            after = digests(place)
            differ = sorted(n for n in {*whole, *after} if whole.get(n) != after.get(n))
            wrong += torn + gone + differ
            print(
                f"{kill:3}  {moment:6.2f} s  {'killed' if struck else 'had ended'}  stale: "
                f"{', '.join(stale)}  torn {len(torn)}  lost {len(gone)}  completed in "
                f"{again:.0f} s, differing {len(differ)}: {(torn + gone + differ)[:2]}", flush=True,
            )  # fmt: skip
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print("every output whole, every run completed to the same bytes" if not wrong else
          f"WRONG: {', '.join(sorted(set(wrong))[:20])}")  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

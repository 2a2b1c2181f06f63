"""Run everything twice in surroundings as different as can be, and compare every byte.

    python benchmarks/determinism.py [--no-profiles] [--keep] [--cold]

Each run has a copy of the project in a folder of its own (one with spaces and signs that
are not ASCII), and its own hash seed, time zone, language, number of threads, number of
notebooks at a time and umask; with ``--cold`` the second one's kernels start in the
ordinary way. All files of ``outputs`` (the notes included) and of ``data/processed`` are
compared byte for byte. Prints what differs; the exit code is 1 if anything does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import checkout

PLAIN = {
    "PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C", "LC_ALL": "C", "OMP_NUM_THREADS": "1",
}  # fmt: skip
ODD = {
    "PYTHONHASHSEED": "424242", "TZ": "Pacific/Kiritimati", "LANG": "cy_GB.UTF-8",
    "LC_ALL": "cy_GB.UTF-8", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2",
    "MPLBACKEND": "svg", "COLUMNS": "40",
}  # fmt: skip


def run(folder: Path, env: dict, umask: int, arguments: list[str]) -> float:
    """Run the project of a folder; give the seconds."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CARE_RATES", "LC_"))}
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "care_rates.cli", "run", *arguments],
        cwd=folder, env=clean | env | {"PYTHONPATH": str(folder / "lib")}, umask=umask,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"the run in {folder} failed:\n{done.stderr[-3000:]}")
    return time.monotonic() - begun


def files(folder: Path) -> dict[str, bytes]:
    """Everything that a run wrote, by name."""
    places = [folder / "outputs", folder / "data" / "processed"]
    found = [p for place in places for p in sorted(place.rglob("*")) if p.is_file()]
    own = ("lock", "hashes.json")  # the second remembers times of files, and is no output
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found if p.name not in own}


def first_difference(one: bytes, two: bytes) -> str:
    """Show where two files part."""
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), -1)
    at = min(len(one), len(two)) if at < 0 else at
    line = one.count(b"\n", 0, at) + 1
    cut = slice(max(0, at - 60), at + 60)
    return f"line {line}: {one[cut]!r}\n{' ' * 12}and {two[cut]!r}"


def main() -> int:
    """Run twice and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-profiles", action="store_true", help="leave the area pages out")
    parser.add_argument("--cold", action="store_true", help="ordinary kernels in the second run")
    parser.add_argument("--keep", action="store_true", help="leave the two folders there")
    options = parser.parse_args()
    more = ["--no-profiles"] if options.no_profiles else []
    place = Path(tempfile.mkdtemp(prefix="care-rates-twice-"))
    odd = ODD | ({"CARE_RATES_COLD": "1"} if options.cold else {})
    try:
        one = checkout.copy(place / "one")
        print(f"first run: {run(one, PLAIN, 0o022, [*more, '-j', '2']):.0f} s", flush=True)
        two = checkout.copy(place / "yr ail ŵ & (2)")
        print(f"second run: {run(two, odd, 0o077, [*more, '-j', '1']):.0f} s", flush=True)
        first, second = files(one), files(two)
    finally:
        if not options.keep:
            shutil.rmtree(place, ignore_errors=True)
    differ = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    for name in differ:
        if name in first and name in second:
            print(f"differs: {name}, {first_difference(first[name], second[name])}")
        else:
            print(f"only in the {'first' if name in first else 'second'} run: {name}")
    print(f"{len(first)} files compared, {len(differ)} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())

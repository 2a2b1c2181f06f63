"""What one area page costs, beyond its own computing, and whether many cost in proportion.

    python benchmarks/bench_profiles.py

Runs the area notebook for 10, 20, 40 and 80 authorities in a temporary copy of the
checkout, then the same cells for 20 of them as one plain script, then the pages. Prints
processor time an authority: of the run, of the computing alone, of the page; and how far
the four runs lie from a straight line.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench_run import Bench
from care_rates import profiles

NUMBERS = (10, 20, 40, 80)
ALONE = 20
AIM = 0.5
"""Seconds of processor time that a page may cost beyond its own computing."""

CELLS = """
import sys, json
import IPython.core.interactiveshell
import care_rates.report
care_rates.report.display = lambda *a, **k: None
path, *areas = sys.argv[1:]
cells = [c for c in json.load(open(path))["cells"] if c["cell_type"] == "code"]
codes = [compile("".join(c["source"]), path, "exec") for c in cells]
for area in areas:
    space = {"__name__": "__main__"}
    for cell, code in zip(cells, codes):
        exec(code, space)
        if "parameters" in cell["metadata"].get("tags", []):
            space["area"] = area
"""
"""The cells of the area notebook, for some areas, as one plain script."""


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), jobs=2)
        bench.clean_run()
        names = [area.name for area in profiles.areas()]
        book = bench.copy / "notebooks" / "area_profile.ipynb"
        runs = []
        for number in NUMBERS:
            shutil.rmtree(bench.folder / "outputs" / ".state" / "areas", ignore_errors=True)
            found = bench.care_rates("profile", *names[:number], "--no-site")
            runs.append((number, found["cpu"], found["seconds"]))
            print(f"{number:4} authorities: {found['cpu']:6.1f} s CPU, {found['seconds']:6.1f} s")
        pages = [bench.care_rates("site")["cpu"]]
        (none, some) = (
            bench.timed(sys.executable, "-c", CELLS, book, *names[:n])["cpu"] for n in (0, ALONE)
        )
        print(json.dumps({"pages_cpu": pages, "script": [none, some]}))
    n, cpu, _ = np.array(runs).T
    slope, start = np.polyfit(n, cpu, 1)
    off = np.abs(cpu - (start + slope * n)) / cpu
    own, page = (some - none) / ALONE, pages[0] / NUMBERS[-1]
    print(f"an authority: run {slope:.2f} s, computing alone {own:.2f} s, page {page:.2f} s; "
          f"beyond its computing {slope + page - own:.2f} s (aim {AIM})")  # fmt: skip
    print(f"start {start:.1f} s; farthest from the line {100 * off.max():.1f} percent")


if __name__ == "__main__":
    main()

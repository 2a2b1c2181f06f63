"""How long a run of everything takes, beside the other ways of running the same notebooks.

All in one go on one machine, so that the ratios mean something:

    python benchmarks/bench_run.py [--repeat N] [--jobs N] [--out FILE]

`floor` is the cells of all notebooks as plain Python, one interpreter after the other's
cells, libraries imported once: what the computing alone costs. Peak memory is the
largest sum of proportional set sizes over the run's processes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
BOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
FLOOR = """
import sys, json, os
sys.modules["rfc3987_syntax"] = None
from IPython.core.interactiveshell import InteractiveShell
import IPython.display, care_rates.report
care_rates.report.display = lambda *a, **k: None
for path in sys.argv[1:]:
    space = {"__name__": "__main__"}
    for cell in json.load(open(path))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), path, "exec"), space)
"""


class Memory(threading.Thread):
    """Sample the memory of a process and its children until told to stop."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.root, self.peak, self.over = psutil.Process(pid), 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.2):
            total = 0
            try:
                family = [self.root, *self.root.children(recursive=True)]
            except psutil.Error:
                continue
            for process in family:
                try:
                    info = process.memory_full_info()
                    total += getattr(info, "pss", info.rss)
                except psutil.Error:
                    pass
            self.peak = max(self.peak, total)


def timed(words: list[str], env: dict) -> tuple[float, float]:
    """Run a command; give seconds and peak MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    memory = Memory(process.pid)
    _, said = process.communicate()
    spent = time.perf_counter() - start
    memory.over.set()
    if process.returncode:
        sys.exit(f"{' '.join(words)[:200]}\n{said.decode()[-2000:]}")
    return spent, memory.peak / 2**20


def ways(folder: Path, jobs: int) -> dict:
    """List the ways of running, each as a function that gives seconds and peak MiB."""
    env = os.environ | {
        "CARE_RATES_OUTPUTS": str(folder / "outputs"),
        "CARE_RATES_PROCESSED": str(folder / "processed"),
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    here = Path(sys.executable).parent

    def clean():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()

    def run(*extra):
        return timed([str(here / "care-rates"), "run", "-j", str(jobs), *extra], env)

    def clean_run():
        clean()
        return run("--no-site")

    def clean_run_with_pages():
        clean()
        return run()

    def no_change():
        return run()

    def cold_run():
        clean()
        words = [str(here / "care-rates"), "run", "-j", str(jobs), "--no-site"]
        return timed(words, env | {"CARE_RATES_COLD": "1"})

    def loop(command):
        clean()
        target = folder / "books"
        target.mkdir()
        parts = [timed(command(book, target), env) for book in BOOKS]
        return sum(p[0] for p in parts), max(p[1] for p in parts)

    def papermill_loop():
        return loop(lambda book, to: [str(here / "papermill"), str(book), str(to / book.name),
                                      "--no-progress-bar", "--log-level", "ERROR"])  # fmt: skip

    def nbconvert_loop():
        return loop(lambda book, to: [str(here / "jupyter"), "nbconvert", "--execute", "--to",
                                      "notebook", "--output-dir", str(to), str(book)])  # fmt: skip

    def floor():
        clean()
        return timed([sys.executable, "-c", FLOOR, *map(str, BOOKS)], env)

    return {
        "clean run": clean_run, "clean run with pages": clean_run_with_pages,
        "nothing changed": no_change, "clean run, cold kernels": cold_run,
        "papermill loop": papermill_loop, "jupyter nbconvert --execute loop": nbconvert_loop,
        "floor: the same cells as one script": floor,
    }  # fmt: skip


def main() -> None:
    """Measure, print a table, write it as JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {}
    peaks: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        found = ways(Path(temporary) / "run", options.jobs)
        for _ in range(options.repeat):
            for name, way in found.items():
                spent, peak = way()
                seconds.setdefault(name, []).append(spent)
                peaks[name] = max(peaks.get(name, 0), peak)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    base = medians["clean run"]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(
        f"{len(BOOKS)} notebooks, {options.jobs} at a time, {machine}, median of {options.repeat}"
    )
    print(f"{'way':40}{'seconds':>9}{'ratio to clean run':>20}{'peak MiB':>10}")
    for name, value in medians.items():
        print(f"{name:40}{value:9.2f}{value / base:20.2f}{peaks[name]:10.0f}")
    if options.out:
        rows = {n: {"seconds": seconds[n], "peak_mib": peaks[n]} for n in seconds}
        options.out.write_text(json.dumps({"machine": machine, "ways": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()

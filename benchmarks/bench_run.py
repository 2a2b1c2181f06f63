"""How long a run takes, beside the other ways of running the same notebooks.

All in one go on one machine, so that the ratios mean something:

    python benchmarks/bench_run.py [--repeat N] [--jobs N] [--only WORD] [--all]

Everything happens in a temporary copy of the checkout: nothing real is touched. `--all`
also measures jupyter-cache and Snakemake, installed into a temporary environment of
their own. The floor is the cells of all notebooks as one plain script, libraries imported
once: what the computing alone costs on one core. Peak memory is the largest sum of
proportional set sizes over a way's processes.
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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent))
import checkout
import others

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
LAST = "06_synthesis"
MODULE = "funnel"
"""Library module that is changed, as if one of its functions had been."""
TABLE, CELL = "opiate_crack_england", ("E09000002,2007,1077,", "E09000002,2007,1078,")
"""Raw table in which one figure is changed, there and back."""


class Skipped(Exception):
    """A way that cannot be measured here, and why."""


class Memory(threading.Thread):
    """Sample the memory of a process and its children until told to stop."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.root, self.peak, self.over = psutil.Process(pid), 0, threading.Event()
        self.start()

    def run(self):
        """Add up until told to stop."""
        while not self.over.wait(0.3):
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


@dataclass
class Bench:
    """A copy of the checkout, and the ways of running it."""

    folder: Path
    jobs: int
    tools: Path | None = None
    turn: int = 0
    books: list[Path] = field(default_factory=list)

    def __post_init__(self):
        checkout.copy(self.copy)
        books = sorted((self.copy / "notebooks").glob("[0-9][0-9]_*.ipynb"))
        self.books = sorted(books, key=lambda book: (book.stem == LAST, book))
        subprocess.run([sys.executable, "-m", "compileall", "-q", self.copy / "lib"], check=True)

    @property
    def copy(self) -> Path:
        """The copy of the checkout."""
        return self.folder / "checkout"

    @property
    def env(self) -> dict[str, str]:
        """Environment of every way: the copy's library, folders of its own."""
        return os.environ | {
            "CARE_RATES_OUTPUTS": str(self.folder / "outputs"),
            "CARE_RATES_PROCESSED": str(self.folder / "processed"),
            "PYTHONPATH": str(self.copy / "lib"), "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }  # fmt: skip

    def timed(self, *words: object, **env: str) -> dict[str, float]:
        """Run a command; give seconds, seconds of processor time and peak MiB."""
        before = psutil.Process().cpu_times()
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in words], cwd=self.copy, env=self.env | env,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        memory = Memory(process.pid)
        _, said = process.communicate()
        spent = time.perf_counter() - start
        memory.over.set()
        if process.returncode:
            raise RuntimeError(f"{words}"[:300] + "\n" + said.decode()[-2000:])
        after = psutil.Process().cpu_times()
        cpu = sum(getattr(after, n) - getattr(before, n) for n in
                  ("children_user", "children_system"))  # fmt: skip
        return {"seconds": spent, "cpu": cpu, "peak_mib": memory.peak / 2**20}

    def clean(self) -> None:
        """Take away what any way has made."""
        for name in ("outputs", "processed", "books"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir()

    def care_rates(self, *words: str, **env: str) -> dict[str, float]:
        """Time a command of the project."""
        return self.timed(sys.executable, "-m", "care_rates.cli", *words, **env)

    def run(self, *words: str, **env: str) -> dict[str, float]:
        """Time a run of the numbered notebooks."""
        return self.care_rates("run", "--no-profiles", "-j", str(self.jobs), *words, **env)

    # ---- the project's own ways, in an order in which each finds what it needs

    def clean_run(self):
        """Notebooks alone, nothing there yet."""
        self.clean()
        return self.run("--no-site")

    def clean_run_cold(self):
        """Run the same without forked kernels."""
        self.clean()
        return self.run("--no-site", CARE_RATES_COLD="1")

    def clean_run_with_pages(self):
        """Notebooks and pages, nothing there yet."""
        self.clean()
        return self.run()

    def nothing_changed(self):
        """Run a second time at once."""
        return self.run()

    def function_changed(self):
        """One module of methods has another content."""
        self.turn += 1
        path = self.copy / "lib" / "care_rates" / f"{MODULE}.py"
        path.write_text(f"{path.read_text(encoding='utf-8')}# changed: {self.turn}\n", "utf-8")
        return self.run()

    def table_changed(self):
        """One figure of a raw table is another; the time of sealing is not counted."""
        path = self.copy / "data" / "raw" / f"{TABLE}.csv"
        text = path.read_text(encoding="utf-8")
        was, new = CELL if CELL[0] in text else CELL[::-1]
        path.write_text(text.replace(was, new), encoding="utf-8")
        self.care_rates("seal", TABLE)
        return self.run()

    def profiles(self):
        """Run the notebook of one area, for all of them."""
        if not (self.copy / "notebooks" / "area_profile.ipynb").is_file():
            raise Skipped("there is no notebooks/area_profile.ipynb yet")
        shutil.rmtree(self.folder / "outputs" / ".state" / "areas", ignore_errors=True)
        words = ("profile", "--all", "--no-site", "-j", str(self.jobs))
        return self.care_rates(*words)

    def profile_pages(self):
        """Make the pages of the areas, and those that list them."""
        return self.care_rates("site")

    def nothing_changed_with_profiles(self):
        """Run a second time at once, with every area's page there."""
        return self.care_rates("run", "-j", str(self.jobs))

    # ---- other ways

    def loop(self, command: Callable[[Path], list]):
        """Time a command for each notebook, one after the other."""
        self.clean()
        parts = [self.timed(*command(book)) for book in self.books]
        total = {key: sum(part[key] for part in parts) for key in ("seconds", "cpu")}
        return total | {"peak_mib": max(part["peak_mib"] for part in parts)}

    def papermill_loop(self):
        """Papermill's command line."""
        return self.loop(
            lambda book: [sys.executable, "-m", "papermill", book,
                          self.folder / "books" / book.name, "--no-progress-bar",
                          "--log-level", "ERROR"]
        )  # fmt: skip

    def nbconvert_loop(self):
        """Nbconvert's command line."""
        return self.loop(
            lambda book: [sys.executable, "-m", "nbconvert", "--execute", "--to", "notebook",
                          "--output-dir", self.folder / "books", book]
        )  # fmt: skip

    def nbclient_two(self):
        """Two notebooks at a time in one process, a kernel each."""
        self.clean()
        return self.timed(sys.executable, "-c", others.NBCLIENT, self.folder / "books", *self.books)

    def floor(self):
        """No notebook at all."""
        self.clean()
        return self.timed(sys.executable, "-c", others.FLOOR, *self.books)

    def tool(self) -> Path:
        """Python of an environment that has the tools which the lock has not."""
        if self.tools is None:
            raise Skipped("asked for with --all only")
        if not self.tools.exists():
            subprocess.run([sys.executable, "-m", "venv", self.tools], check=True)
            python = self.tools / "bin" / "python"
            words = [python, "-m", "pip", "install", "-q", "jupyter-cache", "snakemake"]
            if subprocess.run(words, check=False).returncode:
                raise Skipped("jupyter-cache and Snakemake cannot be installed here")
            own = next(self.tools.glob("lib/python*/site-packages"))
            (own / "project.pth").write_text("\n".join(p for p in sys.path if "site-packages" in p))
        return self.tools / "bin" / "python"

    def jupyter_cache(self):
        """Run through a cache that holds nothing yet."""
        python = self.tool()
        self.clean()
        return self.timed(python, "-c", others.JUPYTER_CACHE, self.folder / "books", *self.books)

    def snakemake(self):
        """Run a workflow with papermill as its command."""
        python = self.tool()
        self.clean()
        (self.folder / "Snakefile").write_text(others.SNAKEFILE, encoding="utf-8")
        return self.timed(
            python, "-m", "snakemake", "-s", self.folder / "Snakefile", "-c2", "--quiet", "all",
            "-d", self.folder, "--config", f"to={self.folder / 'books'}",
            f"books={' '.join(map(str, self.books))}", f"papermill={sys.executable} -m papermill",
        )  # fmt: skip


WAYS = {
    "clean run, notebooks": Bench.clean_run,
    "floor: the cells as one script, one core": Bench.floor,
    "papermill in a loop": Bench.papermill_loop,
    "jupyter nbconvert --execute in a loop": Bench.nbconvert_loop,
    "nbclient, two at once": Bench.nbclient_two,
    "jupyter-cache": Bench.jupyter_cache,
    "Snakemake calling papermill, two at once": Bench.snakemake,
    "clean run, kernels started in the ordinary way": Bench.clean_run_cold,
    "clean run with pages": Bench.clean_run_with_pages,
    "one library function changed": Bench.function_changed,
    "one figure in a data table changed": Bench.table_changed,
    "nothing changed": Bench.nothing_changed,
    "all area profiles, notebooks": Bench.profiles,
    "pages of all area profiles": Bench.profile_pages,
    "nothing changed, with all area profiles": Bench.nothing_changed_with_profiles,
}
ONCE = {"all area profiles, notebooks", "pages of all area profiles",
        "nothing changed, with all area profiles"}  # fmt: skip
"""Ways that need the pages of all areas, which a second turn takes away again."""


def measure(bench: Bench, repeat: int, only: str) -> tuple[dict, dict]:
    """Measure every way; tell as it goes."""
    rows: dict[str, dict] = {}
    skipped: dict[str, str] = {}
    for turn in range(repeat):
        for name, way in WAYS.items():
            if only not in name or name in skipped or (turn and name in ONCE):
                continue
            try:
                found = way(bench)
            except (Skipped, RuntimeError) as error:
                skipped[name] = str(error)
                print(f"{name}: left out: {error}", flush=True)
                continue
            row = rows.setdefault(name, {"seconds": [], "cpu": [], "peak_mib": 0.0})
            row["seconds"].append(round(found["seconds"], 2))
            row["cpu"].append(round(found["cpu"], 2))
            row["peak_mib"] = round(max(row["peak_mib"], found["peak_mib"]))
            load = os.getloadavg()[0]
            print(f"{name}: {found['seconds']:.2f} s, load {load:.1f}", flush=True)
    return rows, skipped


def main() -> None:
    """Measure, print a table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", metavar="WORD", help="ways whose name has it")
    parser.add_argument("--all", action="store_true", help="with jupyter-cache and Snakemake")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as temporary:
        tools = Path(temporary) / "tools" if options.all else None
        bench = Bench(Path(temporary), options.jobs, tools)
        number = len(bench.books)
        rows, skipped = measure(bench, options.repeat, options.only)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    medians = {name: statistics.median(row["seconds"]) for name, row in rows.items()}
    base = medians.get("clean run, notebooks")
    print(f"\n{number} notebooks, {options.jobs} at a time, {machine}, median of {options.repeat}")
    print(f"{'way':50}{'seconds':>9}{'CPU s':>9}{'ratio':>8}{'peak MiB':>10}")
    for name, value in medians.items():
        ratio = f"{value / base:8.2f}" if base else ""
        cpu = statistics.median(rows[name]["cpu"])
        print(f"{name:50}{value:9.2f}{cpu:9.2f}{ratio:>8}{rows[name]['peak_mib']:10.0f}")
    content = {
        "machine": machine, "notebooks": number, "jobs": options.jobs, "repeat": options.repeat,
        "load": {"before": round(before, 1), "after": round(os.getloadavg()[0], 1)},
        "ways": rows, "left_out": skipped,
    }  # fmt: skip
    options.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

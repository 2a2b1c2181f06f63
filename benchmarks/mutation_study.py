"""Change one thing at a time, wrongly, and see whether the tests notice.

    python benchmarks/mutation_study.py [--only KIND …] [--limit N] [--seed N] [--jobs N]
                                        [--resume FILE]

The kinds: a **sign** in each public function of the methods (plus and minus, times and
divided, less and not less, a minus dropped); a figure in a raw table, as it is (**cell**)
and with the new bytes sealed (**sealed cell**); an authority's place in the **crosswalk**;
a preset **band** or the half unit of a printed number (**tolerance**); a published value
of the **register**. Each change is made in a copy of the checkout and undone again.

It is put to the unit tests that reach the changed file, and, if they pass, to a run of
the notebooks whose results and ledger are compared with the committed ones as the back
tests do. A change that neither notices has survived; ``mutation_survivors.csv`` says of
each why, by file and the text of its line. ``docs/mutation_study.md`` is written from
what was found; the exit code is 1 if a survivor has no explanation.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import csv
import hashlib
import importlib
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import checkout

ROOT = checkout.ROOT
SURVIVORS = ROOT / "benchmarks" / "mutation_survivors.csv"
REPORT = ROOT / "docs" / "mutation_study.md"
LIB = Path("lib") / "care_rates"
OTHER_ROOMS = (
    "areas", "charts", "cli", "cluster", "claims", "conditions", "csvtext", "data", "engine",
    "executor", "glossary", "graph", "home", "markup", "names", "notebook_page", "pages",
    "parameters_cell", "paths", "pipeline", "plots_", "profile_page", "profile_words", "profiles",
    "report", "runner", "running_page", "schema", "search_index", "site", "staging", "state", "svg",
    "tidy", "warm", "zygote", "__init__",
)  # fmt: skip
"""Modules that are no methods: facts, showing, running."""
RUNS = ("test_kill", "test_determinism", "test_closed_doors", "test_executor", "test_disk")
"""Test files that run the pipeline and reach no method by themselves."""
SWAPS = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
    ast.Lt: ("<", ">="), ast.LtE: ("<=", ">"), ast.Gt: (">", "<="), ast.GtE: (">=", "<"),
}  # fmt: skip
LONG = 240
"""Seconds after which a change counts as noticed: the tests do not come to an end."""


@dataclass(frozen=True)
class Mutant:
    """One wrong change: the file, and its bytes before and after."""

    kind: str
    file: str
    place: str
    was: str
    now: str
    change: Callable[[bytes], bytes]
    tests: tuple[str, ...]
    seal: str = ""


# ---- what is changed -----------------------------------------------------------------


def methods() -> list[str]:
    """Names of the modules that hold methods."""
    names = sorted(path.stem for path in (ROOT / LIB).glob("*.py"))
    return [name for name in names if not name.startswith(OTHER_ROOMS)]


@cache
def imported(path: Path) -> set[str]:
    """Modules of the library that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("care_rates"):
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return found


def reaching(module: str) -> tuple[str, ...]:
    """Test files that import a module, nearest first: itself, or by way of others."""
    users = {path.stem: imported(path) for path in (ROOT / LIB).glob("*.py")}
    near, ring = {module: 0}, [module]
    while ring:
        ring = [u for u, needs in users.items() if u not in near and needs & set(ring)]
        near |= dict.fromkeys(ring, max(near.values()) + 1)
    found = {}
    for path in (ROOT / "tests" / "unit").glob("test_*.py"):
        ways = [near[name] for name in imported(path) & set(near)]
        if ways and path.stem not in RUNS:
            found[path] = min(ways)
    chosen = sorted(found, key=lambda path: (found[path], path))
    return tuple(path.relative_to(ROOT).as_posix() for path in chosen)


def text_like(node: ast.AST) -> bool:
    """Whether an operand is text or a path, where a sign means something else."""
    if isinstance(node, ast.BinOp):
        return text_like(node.left) or text_like(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def sites(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, ast.AST | None, type]]:
    """Places in a function where a sign can be turned: left, right, operator."""
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
            if not (text_like(node.left) or text_like(node.right)):
                yield node.left, node.right, type(node.op)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPS:
            yield node.left, node.comparators[0], type(node.ops[0])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield node, None, ast.USub


def sign_mutants(seed: int) -> Iterator[Mutant]:
    """Turn one sign in each public function of each module of methods."""
    for module in methods():
        path = LIB / f"{module}.py"
        source = (ROOT / path).read_text(encoding="utf-8").encode("utf-8")
        starts = [0]
        for line in source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        tree = ast.parse(source)
        tests = reaching(module)
        for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
            choices = list(sites(function))
            if function.name.startswith("_") or not choices:
                continue
            rng = random.Random(f"{seed} {module} {function.name}")
            left, right, operator = rng.choice(choices)
            if right is None:
                begin = starts[left.lineno - 1] + left.col_offset
                cut, sign, other = (begin, begin + 1), "-", "+"
            else:
                sign, other = SWAPS[operator]
                begin = starts[left.end_lineno - 1] + left.end_col_offset
                end = starts[right.lineno - 1] + right.col_offset
                at = begin + source[begin:end].rindex(sign.encode())
                cut = (at, at + len(sign))
            changed = source[: cut[0]] + other.encode() + source[cut[1] :]
            line = source.count(b"\n", 0, cut[0])
            yield Mutant(
                "sign", path.as_posix(), function.name, source.splitlines()[line].decode().strip(),
                changed.splitlines()[line].decode().strip(), lambda _, to=changed: to, tests,
            )  # fmt: skip


def cells(name: str, rng: random.Random) -> tuple[int, str, str, str]:
    """Choose a figure of a raw table: row, column, figure, another figure."""
    package = json.loads((ROOT / "data/raw/datapackage.json").read_text(encoding="utf-8"))
    resource = next(r for r in package["resources"] if r["name"] == name)
    keys = set(resource["schema"]["primaryKey"]) if "schema" in resource else set(resource["key"])
    fields = resource.get("schema", resource)["fields"]
    numbers = [f["name"] for f in fields if f["type"] in ("integer", "number")]
    text = (ROOT / "data" / "raw" / resource["path"]).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    lines = text.splitlines()
    choices = [
        (i, column, row[column]) for i, row in enumerate(rows) for column in numbers
        if column not in keys and re.fullmatch(r"\d+(\.\d+)?", row[column])
        and lines[i + 1].count(f",{row[column]},") == 1
    ]  # fmt: skip
    if not choices:
        return -1, "", "", ""
    row, column, was = rng.choice(choices)
    now = f"{float(was) * 1.1 + 1:.{len(was.partition('.')[2])}f}"
    return row, column, was, now


def cell_mutants(seed: int) -> Iterator[Mutant]:
    """Change a figure of each raw table, unsealed and sealed, and places in the crosswalk."""
    package = json.loads((ROOT / "data/raw/datapackage.json").read_text(encoding="utf-8"))
    facts = ("tests/unit/test_data.py", "tests/unit/test_areas_tidy.py")
    for resource in package["resources"]:
        name, path = resource["name"], f"data/raw/{resource['path']}"
        for kind in ("cell", "sealed cell"):
            row, column, was, now = cells(name, random.Random(f"{seed} {kind} {name}"))
            if row < 0:
                continue
            yield Mutant(kind, path, f"row {row + 2}, {column}", was, now,
                         in_line(row + 1, f",{was},", f",{now},"), facts,
                         name if kind == "sealed cell" else "")  # fmt: skip
    with (ROOT / "data/raw/areas_england.csv").open(encoding="utf-8", newline="") as file:
        areas = list(csv.DictReader(file))
    joined = [i for i, row in enumerate(areas) if row["unit_id"] not in ("", row["area_code"])]
    rng = random.Random(seed)
    for i in rng.sample(joined, min(6, len(joined))):
        was = areas[i]["unit_id"]
        now = rng.choice(sorted({row["unit_id"] for row in areas} - {was, ""}))
        yield Mutant("crosswalk", "data/raw/areas_england.csv", areas[i]["area_code"], was, now,
                     in_line(i + 1, f",{was},", f",{now},", first=True), facts,
                     "areas_england")  # fmt: skip


def in_line(number: int, was: str, now: str, first: bool = False) -> Callable[[bytes], bytes]:
    """Change one line of a file, at the last place that reads so, or the first."""

    def change(content: bytes) -> bytes:
        lines = content.split(b"\n")
        line = lines[number]
        parts = line.split(was.encode(), 1) if first else line.rsplit(was.encode(), 1)
        lines[number] = now.encode().join(parts)
        return b"\n".join(lines)

    return change


def tolerance_mutants() -> Iterator[Mutant]:
    """Widen and narrow each preset band, and the half unit of a printed number."""
    tests = ("tests/back/test_ledger_follows.py", "tests/unit/test_claims.py",
             "tests/unit/test_printed.py")  # fmt: skip
    path = "data/raw/claims/bands.csv"
    lines = (ROOT / path).read_text(encoding="utf-8").split("\n")
    for i, line in enumerate(lines[1:], 1):
        cells = line.split(",", 3)
        for j in (1, 2):
            if len(cells) > 2 and float(cells[j]):
                for factor in (4, 0.25):
                    new = [*cells[:j], f"{float(cells[j]) * factor:g}", *cells[j + 1 :]]
                    yield Mutant("tolerance", path, cells[0], cells[j], new[j],
                                 in_line(i, line, ",".join(new)), tests)  # fmt: skip
    path = LIB / "printed.py"
    source = (ROOT / path).read_text(encoding="utf-8")
    words = [range(node.lineno, node.end_lineno + 1) for node in ast.walk(ast.parse(source))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
    for found in re.finditer(r"\b0\.5\b|\b5\b|/ 2\b", source):
        line = source.count("\n", 0, found.start())
        if any(line + 1 in lines for lines in words):
            continue
        other = {"0.5": "0.6", "5": "6", "/ 2": "/ 3"}[found[0]]
        changed = (source[: found.start()] + other + source[found.end() :]).encode()
        yield Mutant("tolerance", path.as_posix(), f"line {line + 1}",
                     source.split("\n")[line].strip(), changed.decode().split("\n")[line].strip(),
                     lambda _, to=changed: to, tests)  # fmt: skip


def register_mutants(seed: int) -> Iterator[Mutant]:
    """Change the last digit of published values."""
    tests = ("tests/back/test_ledger_follows.py", "tests/unit/test_claims.py")
    for path in sorted((ROOT / "data/raw/claims").glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(text)))
        lines = text.split("\n")
        choices = [
            i for i, row in enumerate(rows)
            if row.get("scope") == "in" and re.fullmatch(r"[\d.,]*\d", row.get("published") or "")
            and len(lines) == len(rows) + 2 and lines[i + 1].startswith(row["claim_id"])
        ]  # fmt: skip
        rng = random.Random(f"{seed} {path.name}")
        for i in rng.sample(choices, min(8, len(choices))):
            was = rows[i]["published"]
            now = was[:-1] + str((int(was[-1]) + 1) % 10)
            quote = '"' if "," in was else ""
            yield Mutant("register", f"data/raw/claims/{path.name}", rows[i]["claim_id"], was, now,
                         in_line(i + 1, f",{quote}{was}{quote},", f",{quote}{now}{quote},"),
                         tests)  # fmt: skip


def mutants(seed: int) -> list[Mutant]:
    """All changes, the same for the same seed and tree."""
    return [*sign_mutants(seed), *cell_mutants(seed), *tolerance_mutants(), *register_mutants(seed)]


# ---- whether it is noticed -----------------------------------------------------------


SERVER = """
import importlib, json, os, runpy, signal, sys
sys.modules.setdefault("rfc3987_syntax", None)
names = runpy.run_path(sys.argv[1])
for name in (*names["FIRST"], *names["LATER"], "pytest", "hypothesis"):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        os.setsid()
        signal.alarm(int(sys.argv[2]))
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(null, descriptor)
        os._exit(int(sys.modules["pytest"].main(json.loads(line))))
    status = os.waitpid(pid, 0)[1]
    print(os.waitstatus_to_exitcode(status), flush=True)
"""
"""Forks test runs, each from a process that has imported the libraries, and not ours."""


class Lane:
    """A copy of the checkout, its outputs, and a warm process that forks test runs."""

    def __init__(self, folder: Path):
        self.copy = checkout.copy(folder / "checkout", leave=())
        self.env = {
            "CARE_RATES_OUTPUTS": str(folder / "outputs"),
            "CARE_RATES_PROCESSED": str(folder / "processed"),
            "PYTHONPATH": str(self.copy / "lib"), "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        self.folder = folder
        self.server = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(self.copy / LIB / "zygote.py"), str(LONG)],
            cwd=self.copy, env=os.environ | self.env, stdin=subprocess.PIPE, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        if self.run():
            sys.exit("the unchanged notebooks do not run")
        if self.results():
            sys.exit("the unchanged results are not the committed ones")

    def python(self, *words: str) -> int:
        """Run Python in the copy; give its exit code."""
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, *words], cwd=self.copy, env=os.environ | self.env, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                return process.wait(LONG)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return 1

    def run(self) -> int:
        """Bring the notebooks up to date."""
        return self.python("-m", "care_rates.cli", "run", "--no-profiles", "--no-site", "-j", "1")

    def results(self) -> int:
        """Compare the results with the committed ones, by the back tests' own functions."""
        return self.python(__file__, "--compare", str(self.folder / "outputs"))

    def units(self, tests: tuple[str, ...]) -> int:
        """Run some test files, stopping at the first that fails."""
        words = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--no-header", *tests]
        print(json.dumps(words), file=self.server.stdin, flush=True)
        return int(self.server.stdout.readline())

    def notices(self, mutant: Mutant) -> str:
        """Who notices a change: the unit tests, the back tests, or nobody (empty)."""
        path = self.copy / mutant.file
        described = self.copy / "data" / "raw" / "datapackage.json"
        before = {path: path.read_bytes(), described: described.read_bytes()}
        try:
            path.write_bytes(mutant.change(before[path]))
            assert path.read_bytes() != before[path], f"nothing changed: {mutant}"
            if mutant.seal:
                old, new = (
                    hashlib.sha256(c).hexdigest() for c in (before[path], path.read_bytes())
                )
                described.write_text(before[described].decode().replace(old, new), encoding="utf-8")
            if mutant.tests and self.units(mutant.tests):
                return "unit tests"
            return "back tests" if self.run() or self.results() else ""
        finally:
            for place, content in before.items():
                place.write_bytes(content)


def compare(outputs: Path) -> int:
    """Compare results with those of the checkout in which this runs: 0 if they are equal."""
    sys.path.insert(0, str(Path.cwd() / "tests" / "back"))
    back = importlib.import_module("test_results")
    run = SimpleNamespace(outputs=outputs)
    try:
        for name in back.NAMES:
            back.test_recomputed_results_are_the_committed_ones(name, run)
        back.test_the_ledger_is_the_committed_one(run)
    except AssertionError:
        return 1
    return 0


def identity(mutant: Mutant) -> tuple[str, ...]:
    """Say which change it is, for a finding that is kept."""
    return mutant.kind, mutant.file, mutant.place, mutant.was, mutant.now


def remembered(path: Path | None) -> dict[tuple[str, ...], str]:
    """Read findings that were kept; the last one on a change stands."""
    if path is None or not path.is_file():
        return {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {tuple(words): who for *words, who in lines}


# ---- what is told --------------------------------------------------------------------


def explanations() -> dict[tuple[str, str, str], str]:
    """Why a change may go unnoticed, by file, text before and text after."""
    if not SURVIVORS.is_file():
        return {}
    with SURVIVORS.open(encoding="utf-8", newline="") as file:
        return {(r["file"], r["was"], r["now"]): r["why"] for r in csv.DictReader(file)}


def report(
    found: list[tuple[Mutant, str]], seed: int, limit: int | None = None
) -> tuple[str, list[Mutant]]:
    """Write what was found; give the text and the survivors without an explanation."""
    known = explanations()
    kinds = list(dict.fromkeys(mutant.kind for mutant, _ in found))
    lines = [
        "# Mutation study", "",
        "Do the tests notice when something is wrong? `python benchmarks/mutation_study.py` "
        "makes one wrong change at a time in a copy of the checkout: a sign in each public "
        "function of the methods, a figure in each raw table (as it is, and with the new bytes "
        "sealed so that only its meaning can give it away), an authority's place in the "
        "crosswalk, a preset band, a published value. The unit tests that reach the changed file "
        "are run; if they pass, the notebooks, whose results and ledger are compared with the "
        f"committed ones. It writes this page. Seed {seed}"
        + (f"; a random sample of up to {limit} of each kind." if limit else "."), "",
        "| what is changed | changes | noticed by the unit tests | by the back tests | noticed |",
        "|---|--:|--:|--:|--:|",
    ]  # fmt: skip
    for kind in [*kinds, "all"]:
        rows = [who for mutant, who in found if kind in (mutant.kind, "all")]
        unit, back = rows.count("unit tests"), rows.count("back tests")
        share = 100 * (unit + back) / len(rows)
        lines.append(f"| {kind} | {len(rows)} | {unit} | {back} | {share:.0f} percent |")
    alive = [mutant for mutant, who in found if not who]
    lines += ["", "## What nobody noticed, and why", ""]
    if alive:
        lines += ["| file | place | was | became | why it can |", "|---|---|---|---|---|"]
    for mutant in alive:
        why = known.get((mutant.file, mutant.was, mutant.now), "")
        parts = (f"`{mutant.file}`", mutant.place, f"`{mutant.was}`", f"`{mutant.now}`", why)
        lines.append(f"| {' | '.join(part.replace('|', '∣') for part in parts)} |")
    unknown = [m for m in alive if not known.get((m.file, m.was, m.now))]
    return "\n".join([*lines, ""]), unknown


def asked() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", help="kinds of change")
    parser.add_argument("--match", default="", help="only changes whose file or place has it")
    parser.add_argument("--limit", type=int, help="so many at random of each kind")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--resume", type=Path, help="a file that remembers what was found")
    parser.add_argument("--list", action="store_true", help="name the changes and stop")
    parser.add_argument("--compare", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Change, test, undo; tell."""
    options = asked()
    if options.compare:
        return compare(options.compare)
    chosen = [
        m for m in mutants(options.seed)
        if (not options.only or m.kind in options.only)
        and options.match in f"{m.file} {m.place}"
    ]  # fmt: skip
    if options.limit:
        rng = random.Random(options.seed)
        kinds = dict.fromkeys(m.kind for m in chosen)
        groups = [[m for m in chosen if m.kind == kind] for kind in kinds]
        chosen = [m for g in groups for m in rng.sample(g, min(options.limit, len(g)))]
    if options.list:
        for mutant in chosen:
            print(f"{mutant.kind}: {mutant.file}, {mutant.place}: {mutant.was} -> {mutant.now}")
        print(len(chosen))
        return 0
    known = remembered(options.resume)
    place = Path(tempfile.mkdtemp(prefix="care-rates-mutants-"))
    free: list[Lane] = []
    lock = threading.Lock()
    begun = time.monotonic()

    def put(mutant: Mutant) -> str:
        if who := known.get(identity(mutant)):
            return who
        with lock:
            lane = free.pop()
        try:
            who = lane.notices(mutant)
        finally:
            with lock:
                free.append(lane)
        if options.resume:
            with lock, options.resume.open("a", encoding="utf-8") as file:
                file.write(json.dumps([*identity(mutant), who]) + "\n")
        told = who or "NOBODY"
        print(f"{time.monotonic() - begun:6.0f} s  {told:10}  {mutant.kind}  {mutant.file}, "
              f"{mutant.place}: {mutant.was} -> {mutant.now}", flush=True)  # fmt: skip
        return who

    try:
        with ThreadPoolExecutor(options.jobs) as pool:
            free += pool.map(Lane, [place / str(lane) for lane in range(options.jobs)])
            found = list(zip(chosen, pool.map(put, chosen), strict=True))
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(place)
    text, unknown = report(found, options.seed, options.limit)
    print(text)
    if not (options.only or options.match):
        REPORT.write_text(text, encoding="utf-8")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())

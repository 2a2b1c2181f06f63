"""A small project: three notebooks of a few lines each, run by the real pipeline."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat

SETUP = "from care_rates.report import begin, finish, record\nbegin({name!r}, seed=seed)"


def small_project(folder):
    """Write the small project below a folder: 00_data, 01_a that reads it, 06_synthesis.

    Returns a function that writes one more notebook, or one of these anew.
    """
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)

    def write(name, *code, title="Title"):
        cells = [nbformat.v4.new_markdown_cell(f"# {title}")]
        for i, source in enumerate(["seed = 1", SETUP.format(name=name), *code, "finish()"]):
            cell = nbformat.v4.new_code_cell(source, id=f"c{i}")
            if i == 0:
                cell.metadata["tags"] = ["parameters"]
            cells.append(cell)
        cells[0]["id"] = "title"
        book = nbformat.v4.new_notebook(cells=cells)
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(book, folder / "notebooks" / f"{name}.ipynb")

    write("00_data", "import pandas as pd\nfrom care_rates import data",
          "data.save(pd.DataFrame({'x': [1, 2]}), 'numbers').name")  # fmt: skip
    write("01_a", "from care_rates.data import load",
          "record('total', load('numbers')['x'].sum() * seed)")  # fmt: skip
    write("06_synthesis", "from care_rates.report import records",
          "record('books', len(records()))")  # fmt: skip
    return write


SHOW = """
import altair as alt
import pandas as pd
from care_rates.report import answer, show
words = {'Ynys Môn', 'Sir y Fflint', 'Wrecsam', 'Powys', 'Gwynedd'}
frame = pd.DataFrame({'area': list(words), 'y': [seed * 1.1 ** i for i in range(len(words))]})
show(frame.sort_values('area'), name='one', caption='c', source='s')
chart = alt.Chart(frame.sort_values('area')).mark_bar().encode(x='area', y='y')
show(chart, name='fig', caption='c', source='s', alt='a')
answer('What?', 'Two.')
pd.Timestamp(0, unit='s').strftime('%A %d %B'), len(words), print(frame['y'].sum())
""".strip()
LEDGER = """
import pandas as pd
from care_rates.report import CLAIM_FIELDS, save_claims
row = dict.fromkeys([*CLAIM_FIELDS, 'topic', 'kind', 'needs', 'anchor'], 'x')
row |= {'report': 'nao', 'status': 'exact', 'notebook': '01_a', 'anchor': ''}
save_claims(pd.DataFrame([row]))
""".strip()
PLAIN = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C", "LC_ALL": "C", "OMP_NUM_THREADS": "1"}
ODD = {
    "PYTHONHASHSEED": "424242", "TZ": "Pacific/Kiritimati", "LANG": "cy_GB.UTF-8",
    "LC_ALL": "cy_GB.UTF-8", "OMP_NUM_THREADS": "2", "COLUMNS": "40",
}  # fmt: skip
WATCH = """
import os, sys
def watch(event, arguments, log=os.environ.get("SOCKET_LOG")):
    if log and event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.bind"):
        told = arguments[1] if event != "socket.getaddrinfo" else arguments[0]
        with open(log, "a") as out:
            print(event, repr(told), file=out)
sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class SmallRun:
    """A run of the small project by the real command."""

    folder: Path
    asked: list[str]
    traced: list[str] | None

    def files(self) -> dict[str, bytes]:
        """Everything that stands in its folder, but for the lock."""
        found = [
            p
            for p in sorted(self.folder.rglob("*"))
            if p.is_file() and p.name not in ("lock", "hashes.json")
        ]
        return {p.relative_to(self.folder).as_posix(): p.read_bytes() for p in found}


def run_small(folder, env, umask=0o022, jobs="2", change=None, traced=False) -> SmallRun:
    """Run the small project; note every address that a process of it asks for.

    ``change(write)`` may write notebooks anew before the run.
    """
    root = Path(__file__).resolve().parents[1]
    write = small_project(folder)
    write("01_a", "seed = 3", SHOW, "from care_rates.data import load\nload('numbers')")
    write("06_synthesis", LEDGER)
    if change:
        change(write)
    watch = folder.with_name(f"{folder.name} watch")
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(WATCH)
    log, trace = watch / "asked", watch / "trace"
    log.write_text("")
    words = [sys.executable, "-m", "care_rates.cli", "run", "-j", jobs]
    tracer = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-e",
        "trace=connect,sendto",
        "-o",
        str(trace),
    ]
    if shutil.which("strace") and not subprocess.run([*tracer, "true"], check=False).returncode:
        words = [*tracer, *words]
    names = {"NOTEBOOKS": "notebooks", "OUTPUTS": "outputs", "PROCESSED": "processed"}
    places = {f"CARE_RATES_{key}": str(folder / name) for key, name in names.items()}
    python = os.pathsep.join(filter(None, (str(watch), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        words, cwd=root, env=os.environ | env | places | {"PYTHONPATH": python,
        "SOCKET_LOG": str(log)}, umask=umask, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = trace.read_text().splitlines() if trace.is_file() else None
    return SmallRun(folder, log.read_text().splitlines(), seen)

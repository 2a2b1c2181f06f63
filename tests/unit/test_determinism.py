"""Two clean runs differ in nothing, whatever surrounds them.

The small project here; ``benchmarks/determinism.py`` does the same with everything.
"""

import os
import subprocess
import sys

import pytest

from care_rates import paths
from conftest import small_project

pytestmark = pytest.mark.unit
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


def run(folder, env, umask, jobs):
    write = small_project(folder)
    write("01_a", "seed = 3", SHOW, "from care_rates.data import load\nload('numbers')")
    write("06_synthesis", LEDGER)
    names = {"NOTEBOOKS": "notebooks", "OUTPUTS": "outputs", "PROCESSED": "processed"}
    places = {f"CARE_RATES_{key}": str(folder / name) for key, name in names.items()}
    done = subprocess.run(
        [sys.executable, "-m", "care_rates.cli", "run", "-j", jobs],
        cwd=paths.ROOT, env=os.environ | env | places, umask=umask, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "lock"]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def test_two_runs_in_different_surroundings(tmp_path):
    one = run(tmp_path / "one", PLAIN, 0o022, "2")
    two = run(tmp_path / "yr ail ŵ & (2)", ODD, 0o077, "1")
    assert len(one) > 30
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    assert not [name for name in one if str(tmp_path).encode() in one[name]]

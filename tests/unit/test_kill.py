"""Killed at any moment, a run leaves every output old-and-whole or new-and-whole.

And the next run completes to the same bytes. The real command on the real notebooks is
killed by ``benchmarks/kill_test.py``.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from small_runs import small_project

pytestmark = pytest.mark.unit
LANES, KILLS = 2, 15
HIDDEN = {".state", ".staging", "failed"}
SHOW = """
from care_rates.report import show
frame = pd.DataFrame({'x': range(5), 'y': [seed * i for i in range(5)]})
show(frame, name='one', caption='c', source='s')
show(frame * 2, name='two', caption='c', source='s')
""".strip()
LEDGER = """
import pandas as pd
from care_rates.report import CLAIM_FIELDS, records, save_claims
row = dict.fromkeys([*CLAIM_FIELDS, 'topic', 'kind', 'needs', 'anchor'], 'x')
row |= {'report': 'nao', 'status': 'exact', 'notebook': '00_data', 'anchor': ''}
save_claims(pd.DataFrame([row | {'claim_id': str(seed)}]))
""".strip()


class Server:
    """The process that runs are forked from."""

    def __init__(self, folder: Path):
        self.folder, self.log = folder, folder / "log"
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("run_server.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert json.loads(self.process.stdout.readline()) == {"ready": True}

    def start(self, place: Path) -> int:
        env = {f"CARE_RATES_{k.upper()}": str(place / k) for k in ("outputs", "processed")}
        env["CARE_RATES_NOTEBOOKS"] = str(self.folder / "notebooks")
        request = {"arguments": ["run"], "env": env, "log": str(self.log)}
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())["pid"]

    def end(self) -> int:
        return json.loads(self.process.stdout.readline())["code"]

    def run(self, place: Path) -> dict[str, bytes]:
        """Run to the end; give the outputs."""
        self.start(place)
        assert self.end() == 0, self.log.read_text()
        return files(place)


def write_version(folder: Path, seed: int) -> None:
    """Write the notebooks in one of two versions; the second has one output more."""
    write = small_project(folder)
    (folder / "notebooks" / "01_a.ipynb").unlink()
    data = f"data.save(pd.DataFrame({{'x': [{seed}, 2]}}), 'numbers').name"
    more = "show(frame, name='more', caption='c', source='s')" if seed == 2 else "frame"
    write("00_data", "import pandas as pd\nfrom care_rates import data", data, f"seed = {seed}",
          SHOW, more, title=f"Version {seed}")  # fmt: skip
    write("06_synthesis", f"seed = {seed}", LEDGER, "len(records())")


def files(folder: Path) -> dict[str, bytes]:
    """Every output by name; notes, staging and failed notebooks are not outputs."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not HIDDEN & set(name.parts):
            found[name.as_posix()] = path.read_bytes()
    return found


def kill_often(folder: Path, seed: int) -> dict[str, int]:
    """Go back and forth between the versions, killed on each way and then completed."""
    server = Server(folder)
    whole = {}
    for version in (1, 2):
        write_version(folder, version)
        whole[version] = server.run(folder / f"of{version}")
    assert 20 < len(whole[1]) < len(whole[2])
    rng, place, now = random.Random(seed), folder / "of1", 2
    start = time.monotonic()
    assert server.run(place) == whole[2]
    spent = time.monotonic() - start
    struck = {"killed": 0, "mixed": 0}
    for kill in range(3 * KILLS):  # a run that ends before its moment comes does not count
        if struck["killed"] == KILLS:
            break
        now = 3 - now
        write_version(folder, now)
        pid = server.start(place)
        time.sleep(rng.uniform(0, spent * 0.9))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        struck["killed"] += server.end() == -signal.SIGKILL
        seen = files(place)
        for name, content in seen.items():
            either = [outputs[name] for outputs in whole.values() if name in outputs]
            assert name.endswith(".part") or content in either, (kill, name)
        new = [name for name, content in whole[now].items() if seen.get(name) == content]
        old = [name for name, content in whole[3 - now].items() if seen.get(name) == content]
        struck["mixed"] += len(new) < len(whole[now]) and len(old) < len(whole[3 - now])
        seen = server.run(place)
        assert seen.keys() == whole[now].keys(), kill
        assert [name for name in seen if seen[name] != whole[now][name]] == [], kill
    server.process.stdin.close()
    server.process.wait(20)
    return struck


def test_thirty_kills(tmp_path):
    folders = [tmp_path / str(lane) for lane in range(LANES)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(LANES) as pool:
        struck = list(pool.map(kill_often, folders, range(LANES)))
    assert [lane["killed"] for lane in struck] == [KILLS] * LANES
    assert sum(lane["mixed"] for lane in struck) >= 3  # some in the very middle

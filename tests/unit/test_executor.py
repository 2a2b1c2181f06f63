"""Runs and tasks on a real Dask cluster: two workers, processes of their own, on loopback."""

import os
import shutil
import signal
import socket
import threading
import time
from functools import partial
from operator import mul
from pathlib import Path

import pytest

from care_rates import cli, cluster, executor, pipeline, runner
from care_rates.staging import RunError

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def workers():
    """A scheduler and two workers with one thread each."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as found:
        yield found


@pytest.fixture
def client(workers):
    with distributed.Client(workers.scheduler_address, set_as_default=False) as found:
        found.wait_for_workers(2, timeout=20)
        yield found


def run(where="local", **options):
    told = []
    outcomes = pipeline.run(
        pipeline.steps(), executor=where, tell=lambda *event: told.append(event), **options
    )
    return {o.name: o for o in outcomes}, told


def whole(folder: Path) -> dict[str, bytes]:
    """Every file that a run made, but the cache of hashes and the lock."""
    found = [*(folder / "outputs").rglob("*"), *(folder / "processed").rglob("*")]
    kept = [p for p in found if p.is_file() and p.name not in ("hashes.json", "lock")]
    return {str(p.relative_to(folder)): p.read_bytes() for p in kept}


def start_anew(folder: Path) -> None:
    for name in ("outputs", "processed"):
        shutil.rmtree(folder / name)
        (folder / name).mkdir()


def test_a_run_on_the_cluster_gives_the_same_bytes(project, workers):
    tmp_path, write = project
    tasks = "sum(map_tasks(partial(mul, seed), load('numbers')['x'].tolist()))"
    imports = "from functools import partial\nfrom operator import mul\nimport altair, pandas as pd"
    own = "from care_rates.data import load\nfrom care_rates.executor import map_tasks"
    write("01_a", own, imports, f"record('total', {tasks})")
    line = "line = altair.Chart(pd.DataFrame({'x': [1, 2], 'y': [1, 3]})).mark_line(clip=True)"
    show = "show(line.encode(x='x', y='y'), name='f', caption='c', source='s', alt='a')"
    write("02_b", imports, "from care_rates.report import show", line, show)
    assert {o.result for o in run()[0].values()} == {"run"}
    here = whole(tmp_path)
    assert "outputs/results/01_a.csv" in here
    assert b"total,3" in here["outputs/results/01_a.csv"]
    start_anew(tmp_path)
    outcomes, told = run(workers.scheduler_address)
    assert {o.result for o in outcomes.values()} == {"run"}
    assert ("01_a", "cell", 3, 7) in told
    assert whole(tmp_path) == here
    assert {o.result for o in run()[0].values()} == {"fresh"}
    assert {o.result for o in run("tcp://127.0.0.1:1")[0].values()} == {"fresh"}  # nobody asked


def test_a_worker_killed_in_mid_run_is_survived(project, workers, client):
    tmp_path, write = project
    outputs = tmp_path / "outputs"
    wait = (
        "import os, time\nfrom pathlib import Path\nplace = Path(os.environ['CARE_RATES_OUTPUTS'])",
        "attempt = len(list(place.glob('try-*')))",
        "_ = (place / f'try-{attempt}').write_text('')\n"
        "while not (place / 'go').exists(): time.sleep(0.02)",
    )
    write("01_a", *wait, "record('total', 5)")
    (outputs / "go").write_text("")
    run()
    here = whole(tmp_path)
    start_anew(tmp_path)
    (outputs / "go").unlink(missing_ok=True)
    pids = client.run(os.getpid)
    done = {}
    thread = threading.Thread(target=lambda: done.update(run(workers.scheduler_address)[0]))
    thread.start()
    until((outputs / "try-0").exists)
    busy = next(
        address for address, keys in client.processing().items() if any("01_a" in k for k in keys)
    )
    os.kill(pids[busy], signal.SIGKILL)
    until((outputs / "try-1").exists)
    (outputs / "go").write_text("")
    thread.join(30)
    assert done["01_a"].result == "run", done["01_a"].why
    (outputs / "try-1").unlink()
    assert whole(tmp_path) == here
    assert not list((outputs / ".staging").glob("*"))


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def test_a_failure_is_told_as_in_a_local_run(project, workers):
    project[1]("01_a", "record('total', 1)", "raise ValueError('no such luck')")
    there, _ = run(workers.scheduler_address)
    here, _ = run()
    assert here["01_a"].why.startswith("cell 5: ValueError: no such luck The notebook")
    assert there == here | {"00_data": there["00_data"]}
    assert there["06_synthesis"].result == "skipped"
    assert "no such luck" in (project[0] / "outputs" / "failed" / "01_a.ipynb").read_text()


def test_what_a_worker_cannot_do_is_said(project, workers, client):
    job = runner.Job("01_a", "nowhere.ipynb", str(project[0] / "unseen"))
    stamp = cluster.fingerprint()
    ran = client.submit(cluster.remote, job, stamp, pure=False).result()
    assert "does not see" in ran.failure
    assert "file system that all machines share" in ran.failure
    other = dict(stamp) | {"numpy": "0.1"}
    ran = client.submit(cluster.remote, job, other, pure=False).result()
    assert "would not give the same: it has another numpy" in ran.failure


def test_files_that_do_not_arrive_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SEEN", 0.3)
    job = runner.Job("01_a", "x", str(tmp_path))
    (tmp_path / "a").write_text("half")
    assert cluster._unseen(runner.Ran(job, "", runner.listing(str(tmp_path)))) == ""
    assert cluster._unseen(runner.Ran(job, "", {"a": "0" * 32})) == "a"


def test_tasks_are_the_same_whichever_way(workers, monkeypatch):
    triple = partial(mul, 3)
    wanted = [3 * x for x in range(40)]
    assert executor.map_tasks(triple, range(40)) == wanted
    assert executor.map_tasks(triple, range(40), jobs=2) == wanted
    assert executor.map_tasks(triple, range(40), executor=workers.scheduler_address) == wanted
    monkeypatch.setenv(executor.ADDRESS, workers.scheduler_address)
    assert executor.map_tasks(triple, []) == []
    assert executor.map_tasks(_where, range(12)).count(os.getpid()) < 12
    with pytest.raises(ZeroDivisionError):
        executor.map_tasks(partial(divmod, 1), [1, 0])


def _where(_):
    time.sleep(0.05)
    return os.getpid()


def test_names_of_executors():
    assert executor.parse("local") is None
    assert executor.parse("tcp://10.0.0.1:8786") == ("10.0.0.1", 8786)
    assert executor.parse("tcp://[::1]:8786/") == ("::1", 8786)
    for wrong in ("", "dask", "http://a:1", "tcp://a", "tcp://a:0", "tcp://a:99999", "tcp://:1"):
        with pytest.raises(RunError, match="tcp://127.0.0.1:8786"):
            executor.parse(wrong)


@pytest.fixture
def listener():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_scheduler_that_is_not_there(project, capsys, listener):
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    for port, words in ((free, "No Dask scheduler answers"), (listener, "is not a Dask scheduler")):
        start = time.monotonic()
        assert cli.main(["run", "--no-site", "--executor", f"tcp://127.0.0.1:{port}"]) == 1
        assert time.monotonic() - start < 10
        said = capsys.readouterr().err
        assert words in said
        assert f"tcp://127.0.0.1:{port}" in said
        assert "Traceback" not in said
    assert not (project[0] / "outputs" / "results").exists()
    with pytest.raises(SystemExit, match="2"):
        cli.main(["profile", "leeds", "--executor", "dask://x"])
    assert "'dask://x' names no executor: write `local`" in capsys.readouterr().err


def test_a_name_that_is_never_resolved(monkeypatch):
    monkeypatch.setattr(cluster, "REACH", 0.2)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: time.sleep(1))
    with pytest.raises(RunError, match=r"no answer in 0\.2 seconds"):
        cluster.reach("tcp://nobody.invalid:8786")


def test_without_dask(monkeypatch, listener):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(RunError, match="extra `cluster`"):
        cluster.reach(f"tcp://127.0.0.1:{listener}")


def test_the_local_way_needs_nothing_of_dask(project):
    import subprocess
    import sys

    code = (
        "import sys; from care_rates import cli; code = cli.main(['run', '--no-site']); "
        "sys.exit(code or ('distributed' in sys.modules) or ('dask' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""A full disk, outputs that cannot be written, links in the way, two runs at once."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import papermill
import pytest

from care_rates import cli, data, pages, paths, pipeline, staging, warm

pytestmark = pytest.mark.unit


def files(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*")
            if p.is_file() and ".state" not in p.parts}  # fmt: skip


@pytest.fixture
def tiny(tmp_path):
    """A disk of three megabytes, where one can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if (
        not shutil.which("mount")
        or subprocess.run(words, capture_output=True, check=False).returncode
    ):
        pytest.skip("no disk can be mounted here; the tests below raise the errors instead")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def without_kernels(project, monkeypatch):
    """Let steps write what ``step`` says, without a kernel; everything else is real."""
    step = {"value": "3", "more": 0}

    def write(source, target, *_, **__):
        out, name = Path(warm.task.env["CARE_RATES_STAGING"]) / "outputs", Path(source).stem
        record = {"notebook": name, "parameters": {}, "claims": [], "read": [], "modules": []}
        paths.write_atomically(out / "results" / f"{name}.csv", f"total,{step['value']}")
        paths.write_atomically(out / "tables" / name / "t.csv", b"x" * step["more"])
        paths.write_atomically(out / "records" / f"{name}.json", json.dumps(record))
        paths.write_atomically(Path(target), Path(source).read_bytes())

    monkeypatch.setattr(papermill, "execute_notebook", write)
    monkeypatch.setenv("CARE_RATES_COLD", "1")
    return step


def result(folder):
    return (folder / "outputs" / "results" / "01_a.csv").read_text()


def test_a_real_full_disk(without_kernels, project, tiny, monkeypatch, capsys):
    """Steps write more than fits: they fail and say so, what was there stays."""
    monkeypatch.setenv("CARE_RATES_OUTPUTS", str(tiny / "outputs"))
    assert cli.main(["run", "--no-site"]) == 0
    before = files(tiny)
    without_kernels |= {"value": "4", "more": 4_000_000}
    capsys.readouterr()
    assert cli.main(["run", "--no-site", "--force", "-j", "1"]) == 1
    said = capsys.readouterr().err
    assert "failed: 00_data: OSError: [Errno 28] No space left on device" in said
    assert "skipped: 06_synthesis" in said
    assert files(tiny) == before
    without_kernels |= {"value": "5", "more": 9}
    assert cli.main(["run", "--no-site", "--force"]) == 0
    assert result(tiny) == "total,5"


def test_what_is_kept_of_a_failure_makes_room_before_the_next_try(without_kernels, project):
    kept = project[0] / "outputs" / "failed" / "01_a.ipynb"
    kept.parent.mkdir()
    kept.write_text("large")
    seen = []
    pipeline.run(pipeline.steps(), tell=lambda *event: seen.append((event[:2], kept.exists())))
    assert (("01_a", "start"), True) in seen
    assert (("01_a", "done"), False) in seen
    assert not kept.exists()


def test_a_file_larger_than_allowed(tmp_path):
    """A limit on file size, as a quota gives: the old file stays, no part of the new one."""
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from care_rates import paths\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "paths.write_atomically(Path(sys.argv[1]), 'x' * 5000)\n"
    )
    path = tmp_path / "a.csv"
    path.write_text("old")
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert "File too large" in done.stderr
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
@pytest.mark.parametrize("call", ["write_bytes", "replace"])
def test_what_cannot_be_written_stays_as_it_was(tmp_path, monkeypatch, number, call):
    path = tmp_path / "a.csv"
    path.write_text("old")

    def refuse(*_):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(*((Path, call, refuse) if call == "write_bytes" else (os, call, refuse)))
    with pytest.raises(OSError, match=os.strerror(number)):
        paths.write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def unwritable(monkeypatch, where, number=errno.EROFS):
    """Let nothing be written below a place, even for those whom permissions do not bind."""
    real = {name: getattr(os, name) for name in ("replace", "mkdir", "open")}

    def guard(name):
        def call(path, *rest, **more):
            target = rest[0] if name == "replace" else path
            writes = name != "open" or (rest and rest[0] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR))
            if writes and str(target).startswith(str(where)):
                raise OSError(number, os.strerror(number), str(target))
            return real[name](path, *rest, **more)

        return call

    for name in real:
        monkeypatch.setattr(os, name, guard(name))


def test_outputs_that_cannot_be_written(project, monkeypatch, capsys):
    unwritable(monkeypatch, project[0] / "outputs")
    assert cli.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "cannot be written (Read-only file system)" in said
    assert "Nothing was run" in said
    assert not list((project[0] / "outputs").iterdir())


def test_a_disk_that_fills_up_during_a_run(without_kernels, project, monkeypatch, capsys):
    """Moving into place fails: the step is said to have failed, the run ends with a word."""
    assert cli.main(["run", "--no-site"]) == 0
    before = files(project[0] / "outputs")
    unwritable(monkeypatch, project[0] / "outputs" / "results", errno.ENOSPC)
    unwritable(monkeypatch, project[0] / "outputs" / "failed", errno.ENOSPC)
    without_kernels["value"] = "9"
    assert cli.main(["run", "--no-site", "--force", "-j", "1"]) == 1
    said = capsys.readouterr().err
    assert "failed: 00_data: OSError: [Errno 28] No space left on device" in said
    after = files(project[0] / "outputs")
    assert after[Path("results/01_a.csv")] == before[Path("results/01_a.csv")]
    monkeypatch.undo()


def test_pages_on_a_full_disk(project, monkeypatch, capsys):
    """The command says what is full; the old pages stay."""
    from care_rates import site

    def full():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "index.html")

    monkeypatch.setattr(site, "build", full)
    assert cli.main(["site"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("care-rates: index.html: No space left on device. What was whole")
    assert pages.build_if_stale.__module__ == "care_rates.pages"


def test_seal_on_a_full_disk(raw_copy, monkeypatch):
    folder = raw_copy("opiate_crack_england")
    before = (folder / "datapackage.json").read_bytes()
    path = folder / "opiate_crack_england.csv"
    path.write_bytes(path.read_bytes().replace(b"2012", b"2011", 1))
    unwritable(monkeypatch, folder, errno.ENOSPC)
    with pytest.raises(OSError, match="No space"):
        data.seal("opiate_crack_england", folder)
    assert (folder / "datapackage.json").read_bytes() == before
    assert json.loads(before)


def test_links_in_the_way_are_replaced_not_followed(without_kernels, project, tmp_path):
    """An output that is a link to somebody's file: the link goes, the file stays."""
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    results = project[0] / "outputs" / "results"
    results.mkdir()
    (results / "01_a.csv").symlink_to(mine)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "kept").write_text("kept")
    (project[0] / "outputs" / ".staging").symlink_to(folder)
    assert cli.main(["run", "--no-site"]) == 0
    assert mine.read_text() == "mine"
    assert result(project[0]) == "total,3"
    assert [p.name for p in folder.iterdir()] == ["kept"]


def test_links_among_the_pages_are_taken_away_not_followed(tmp_path):
    from care_rates import site

    html, other = tmp_path / "html", tmp_path / "other"
    (html / "empty").mkdir(parents=True)
    other.mkdir()
    (other / "kept").write_text("kept")
    (html / "link").symlink_to(other)
    (html / "stray.txt").symlink_to(other / "kept")
    (html / ".a.html.1.part").write_text("x")
    (html / "a.html").write_text("a")
    site._sweep(html, {"a.html"})
    assert [p.name for p in html.iterdir()] == ["a.html"]
    assert (other / "kept").read_text() == "kept"


def test_a_link_to_itself_for_outputs(project, monkeypatch, capsys):
    loop = project[0] / "loop"
    loop.symlink_to(loop)
    monkeypatch.setenv("CARE_RATES_OUTPUTS", str(loop))
    assert cli.main(["run"]) == 1
    assert "loop" in capsys.readouterr().err


def test_two_runs_at_once(without_kernels, project):
    """While one process runs, another is refused; when it is killed, the next may run."""
    hold = (
        "from care_rates import staging\nimport time\n"
        "with staging.alone():\n    print('here', flush=True)\n    time.sleep(60)"
    )
    first = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True)
    assert first.stdout.readline() == "here\n"
    for again in (["run", "--no-site"], ["run", "01_a", "--no-site"], ["site"]):
        assert cli.main(again) == 1
    assert not (project[0] / "outputs" / "results").exists()
    first.kill()
    first.wait()
    assert cli.main(["run", "--no-site"]) == 0
    with staging.alone(), pytest.raises(staging.RunError, match="Another run is writing"):
        pipeline.run(pipeline.steps())

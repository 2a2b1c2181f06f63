"""Running notebooks: order, freshness, failure, atomic outputs. Small notebooks, real kernels."""

import json
import os

import pytest

from care_rates import cli, pages, pipeline, staging, state, warm
from care_rates.parameters_cell import ParameterError

pytestmark = pytest.mark.unit


def run(**options):
    told = []
    plan = pipeline.steps(options.pop("parameters", None))
    outcomes = pipeline.run(plan, tell=lambda *event: told.append(event), **options)
    return {o.name: o for o in outcomes}, told


def results(project, name):
    return (project[0] / "outputs" / "results" / f"{name}.csv").read_text()


def test_a_run_and_what_is_fresh_after_it(project):
    outcomes, told = run()
    assert [o.result for o in outcomes.values()] == ["run"] * 3
    assert "total,3" in results(project, "01_a")
    assert "books,2" in results(project, "06_synthesis")
    assert ("01_a", "cell", 3, 6) in told
    order = [step for step, event, *_ in told if event == "done"]
    assert order[0] == "00_data"
    assert order[-1] == "06_synthesis"
    outcomes, told = run()
    assert {o.result for o in outcomes.values()} == {"fresh"}
    assert not list((project[0] / "outputs" / ".staging").iterdir())
    book = json.loads((project[0] / "outputs" / "notebooks" / "01_a.ipynb").read_text())
    assert set(book["metadata"]) == {"kernelspec"}

    # prose alone: nothing runs; code: that notebook and what needs it
    total = "record('total', load('numbers')['x'].sum() * seed)"
    project[1]("01_a", "from care_rates.data import load", total, title="Other words")
    assert {o.result for o in run()[0].values()} == {"fresh"}
    load = "from care_rates.data import load\nload('numbers')"
    project[1]("01_a", load, "record('total', 7)")
    reasons = pipeline.status(pipeline.steps())
    assert reasons["00_data"] == ""
    assert "code" in reasons["01_a"]
    assert "01_a runs before it" in reasons["06_synthesis"]
    outcomes, _ = run()
    assert [o.result for o in outcomes.values()] == ["fresh", "run", "fresh"]  # same record
    say = "from care_rates.report import answer\nanswer('What?', 'That.')"
    project[1]("01_a", load, say, "record('total', 7)")
    outcomes, _ = run()
    assert [o.result for o in outcomes.values()] == ["fresh", "run", "run"]

    # an output that somebody changed is made again
    (project[0] / "outputs" / "results" / "01_a.csv").write_text("mine")
    assert "is not what it wrote" in pipeline.status(pipeline.steps())["01_a"]
    (project[0] / "outputs" / "results" / "01_a.csv").unlink()
    assert "is gone" in pipeline.status(pipeline.steps())["01_a"]
    run()
    assert "total,7" in results(project, "01_a")


def test_a_changed_table_runs_only_what_reads_it(project):
    run()
    import pandas as pd

    from care_rates import data

    data.save(pd.DataFrame({"x": [5]}), "numbers")
    reasons = pipeline.status(pipeline.steps())
    assert reasons["00_data"] == "data/processed/numbers.parquet is not what it wrote"
    outcomes, _ = run()
    assert outcomes["00_data"].result == "run"
    assert outcomes["01_a"].result == "fresh"  # the table is as it was again


def test_parameters_and_what_is_wrong_with_them(project):
    run(parameters={"01_a": {"seed": 4}})
    assert "total,12" in results(project, "01_a")
    text = (project[0] / "outputs" / "notebooks" / "01_a.ipynb").read_text()
    assert '"injected-parameters"' in text
    assert "code or parameters" in pipeline.status(pipeline.steps())["01_a"]
    with pytest.raises(ParameterError, match="sed"):
        pipeline.steps({"01_a": {"sed": 4}})
    with pytest.raises(ParameterError, match="must be int"):
        pipeline.steps({"01_a": {"seed": "4"}})
    with pytest.raises(pipeline.RunError, match="no notebook '07_x'"):
        pipeline.steps({"07_x": {}})


def test_a_failure_names_cell_and_cause_and_stops_what_needs_it(project):
    run()
    before = results(project, "01_a")
    project[1]("01_a", "record('total', 99)", "raise ValueError('no such luck')")
    project[1]("02_b", "record('fine', 1)")
    outcomes, _ = run()
    assert outcomes["01_a"].result == "failed"
    assert "cell 5: ValueError: no such luck" in outcomes["01_a"].why
    assert outcomes["02_b"].result == "run"
    assert outcomes["06_synthesis"].result == "skipped"
    assert results(project, "01_a") == before
    kept = project[0] / "outputs" / "failed" / "01_a.ipynb"
    assert "no such luck" in kept.read_text()
    project[1]("01_a", "record('total', 99)")
    run()
    assert not kept.exists()


def test_a_notebook_must_finish(project):
    path = project[0] / "notebooks" / "01_a.ipynb"
    path.write_text(path.read_text().replace("finish()", "pass"))
    outcomes, _ = run()
    assert "did not call finish()" in outcomes["01_a"].why


def test_outputs_of_last_time_are_taken_away(project):
    table = "import pandas as pd\nfrom care_rates.report import show"
    project[1]("01_a", table, "show(pd.DataFrame({'a': [1]}), name='t', caption='c', source='s')")
    run()
    assert (project[0] / "outputs" / "tables" / "01_a" / "t.csv").exists()
    project[1]("01_a", "record('total', 1)")
    run()
    assert not (project[0] / "outputs" / "tables" / "01_a" / "t.csv").exists()


def test_two_runs_at_once_are_refused(project):
    with staging.alone(), pytest.raises(pipeline.RunError, match="Another run"):
        run()


def test_notebooks_do_not_see_each_other(project):
    """A notebook that changes its process in every way leaves the next one untouched."""
    dirty = "import os, sys, pandas\npandas.leak = 1\nos.environ['LEAK'] = '1'\nsys.leak = 1"
    look = (
        "import os, sys, pandas",
        "record('leaks', hasattr(pandas, 'leak') + ('LEAK' in os.environ) + hasattr(sys, 'leak'))",
    )
    project[1]("00_data", dirty, look[1].replace("record", "record"))
    project[1]("01_a", *look)
    run(jobs=1)
    assert "leaks,3" in results(project, "00_data")
    assert "leaks,0" in results(project, "01_a")


def test_cold_kernels_give_the_same(project, monkeypatch):
    run()
    warm_bytes = {p.name: p.read_bytes() for p in (project[0] / "outputs" / "notebooks").iterdir()}
    monkeypatch.setenv("CARE_RATES_COLD", "1")
    assert not warm.available()
    outcomes, _ = run(force=True)
    assert {o.result for o in outcomes.values()} == {"run"}
    for path in (project[0] / "outputs" / "notebooks").iterdir():
        assert path.read_bytes() == warm_bytes[path.name], path.name


def test_explain_names_other_errors_too():
    assert pipeline.explain(OSError("disk full\nmore")) == "OSError: disk full"
    assert pipeline.explain(KeyError()) == "KeyError: KeyError"


def test_state_survives_damage(project):
    run()
    note = project[0] / "outputs" / ".state" / "01_a.json"
    note.write_text("{")
    assert state.recall("01_a") is None
    assert pipeline.status(pipeline.steps())["01_a"] == "it has not run yet"


def test_command_line(project, capsys):
    assert cli.main(["status"]) == 0
    assert "stale 00_data: it has not run yet" in capsys.readouterr().out
    assert cli.main(["run", "--no-site", "-j", "1"]) == 0
    assert "done    01_a in" in capsys.readouterr().err
    assert cli.main(["run", "01_a", "-p", "seed=3", "--no-site"]) == 0
    assert "total,9" in results(project, "01_a")
    assert cli.main(["run", "09_x", "--no-site"]) == 1
    assert "no notebook '09_x'" in capsys.readouterr().err
    assert cli.main(["run", "-p", "seed=3"]) == 1
    assert cli.main(["run", "01_a", "-p", "seed"]) == 1
    assert "name=value" in capsys.readouterr().err
    project[1]("01_a", "raise ValueError('boom')")
    assert cli.main(["run", "--no-site"]) == 1
    err = capsys.readouterr().err
    assert "failed: 01_a: cell 4: ValueError: boom" in err
    assert "skipped: 06_synthesis: 01_a failed" in err
    with pytest.raises(SystemExit):
        cli.main(["fly"])


def test_moving_progress_line():
    class Terminal:
        text = ""

        def isatty(self):
            return True

        def write(self, text):
            self.text += text

        def flush(self):
            pass

    os.environ.setdefault("COLUMNS", "80")
    stream = Terminal()
    try:
        progress = cli.Progress(2, stream)
        progress("01_a", "start", 0, 0)
        progress("01_a", "cell", 3, 9)
        progress("01_a", "done", 0, 0)
        progress.end()
    except OSError:
        pytest.skip("no terminal size here")
    assert "01_a cell 3/9" in stream.text
    assert "done    01_a in" in stream.text


def test_pages_are_stale_until_made(project):
    assert pages.index().name == "index.html"
    assert "01_a.ipynb" in " ".join(pages.inputs(state.Hashes()))


def test_a_step_killed_while_it_moves_files_is_taken_up_again(project):
    """The next run knows of every file that may be there, those of the killed run included."""
    run()
    place = staging.new()
    left = place / "outputs" / "tables" / "01_a" / "left.csv"
    left.parent.mkdir(parents=True)
    left.write_text("x")
    staging.promote(place, "01_a")  # and no more: as if killed before the note
    assert (project[0] / "outputs" / "tables" / "01_a" / "left.csv").is_file()
    assert pipeline.status(pipeline.steps())["01_a"] == "its last run was interrupted"
    assert run()[0]["01_a"].result == "run"
    assert not (project[0] / "outputs" / "tables" / "01_a" / "left.csv").exists()


def test_folders_on_other_disks_and_behind_links(project, tmp_path, monkeypatch):
    """A link in place of a folder is followed; files move from one disk to another."""
    import errno

    real, elsewhere = os.replace, tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project[0] / "outputs" / "results").symlink_to(elsewhere)

    def other_disk(source, target):
        if ".staging" in str(source):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return real(source, target)

    monkeypatch.setattr(os, "replace", other_disk)
    run()
    assert "total,3" in (elsewhere / "01_a.csv").read_text()
    assert {o.result for o in run()[0].values()} == {"fresh"}
    (elsewhere / "01_a.csv").write_text("mine")
    assert "results/01_a.csv is not what" in pipeline.status(pipeline.steps())["01_a"]
    assert not [p for p in (project[0] / "processed").iterdir() if p.suffix == ".part"]

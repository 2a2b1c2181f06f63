"""Run the notebooks headlessly with papermill: in order, side by side, nothing twice.

Each notebook writes into a staging folder of its own. When it has run to its end its
files are moved into place one by one, each of them old-and-whole or new-and-whole; the
note of what it read and wrote comes last, so that an interrupted run is taken up again.
The staging folder is new in every run: a kernel that outlives a killed run for a moment
cannot write into the next one's.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from care_rates import parameters_cell, paths, staging, state
from care_rates.runner import Job, Ran, explain, places
from care_rates.staging import RunError

FIRST, LAST = "00_data", "06_synthesis"


@dataclass(frozen=True)
class Step:
    """One notebook to run.

    Parameters
    ----------
    name : str
        Name of the outputs: the notebook's file name without ending, or a path such as
        ``areas/liverpool`` for one of many runs of the same notebook.
    needs : tuple of str
        Steps that must be done before.
    parameters : mapping
        Values that differ from the parameters cell.
    notebook : str
        File name without ending, where it is not the name.
    """

    name: str
    needs: tuple[str, ...] = ()
    parameters: Mapping = field(default_factory=dict)
    notebook: str = ""

    @property
    def source(self) -> Path:
        """The notebook file."""
        return paths.notebooks() / f"{self.notebook or self.name}.ipynb"

    def code(self) -> str:
        """Digest of what is executed: the code cells and the parameters, not the prose."""
        try:
            stat = self.source.stat()
        except OSError as error:
            raise RunError(f"{self.source} cannot be read ({error.strerror}).") from None
        cells = _code_cells(str(self.source), stat.st_mtime_ns, stat.st_size)
        return state.digest(json.dumps([cells, dict(self.parameters)], sort_keys=True))


@lru_cache(maxsize=32)
def _code_cells(path: str, *_: int) -> list:
    cells = parameters_cell.cells(Path(path))
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


@dataclass(frozen=True)
class Outcome:
    """What became of a step.

    Parameters
    ----------
    name : str
        The step.
    result : {"run", "fresh", "failed", "skipped"}
        ``skipped`` where a step that it needs failed.
    why : str
        Why it ran, or why it failed.
    """

    name: str
    result: str
    why: str = ""


def steps(parameters: Mapping[str, Mapping] | None = None) -> list[Step]:
    """List the numbered notebooks with what each one needs.

    Parameters
    ----------
    parameters : mapping of str to mapping, optional
        Values by notebook.

    Returns
    -------
    list of Step
        ``00_data`` comes first, ``06_synthesis`` after all others.

    Raises
    ------
    ParameterError
        If a parameter is unknown or of the wrong type.
    RunError
        If parameters are given for a notebook that does not exist.
    """
    given = dict(parameters or {})
    found = (p.stem for p in paths.notebooks().glob("[0-9][0-9]_*.ipynb"))
    names = sorted(found, key=lambda name: (name == LAST, name))
    for name, values in given.items():
        if name not in names:
            raise RunError(f"There is no notebook {name!r}. There are: {', '.join(names)}.")
        parameters_cell.check(name, values)
    out = []
    for name in names:
        needs = () if name == FIRST else (FIRST,)
        if name == LAST:
            needs = tuple(other for other in names if other != LAST)
        out.append(Step(name, needs, given.get(name, {})))
    return out


def status(plan: Sequence[Step], hashes: state.Hashes | None = None) -> dict[str, str]:
    """Say for each step why it would run.

    Parameters
    ----------
    plan : sequence of Step
        The steps.
    hashes : Hashes, optional
        Hashes of this run.

    Returns
    -------
    dict of str to str
        Reason by step; empty where it is fresh.
    """
    hashes = hashes or state.Hashes()
    found: dict[str, str] = {}
    for step in plan:
        before = [name for name in step.needs if found.get(name)]
        found[step.name] = state.stale_because(step.name, step.code(), hashes)
        if before and not found[step.name]:
            found[step.name] = f"{before[0]} runs before it, and may change what it reads"
    return found


def run(
    plan: Sequence[Step], *, jobs: int = 2, force: bool = False, executor: str = "local",
    tell: Callable[[str, str, int, int], None] = lambda *_: None,
) -> list[Outcome]:  # fmt: skip
    """Run what is not fresh.

    Parameters
    ----------
    plan : sequence of Step
        The steps, in an order that respects what they need.
    jobs : int
        How many notebooks at a time on this machine.
    force : bool
        Run fresh steps too.
    executor : str
        ``local``, or the address of a Dask scheduler such as ``tcp://127.0.0.1:8786``.
    tell : callable
        Called as ``tell(step, event, cell, cells)`` with the events ``fresh``,
        ``start``, ``cell``, ``done``, ``failed`` and ``skipped``.

    Returns
    -------
    list of Outcome
        One a step, in the order of the plan. Failures do not stop steps that do not
        depend on them.

    Raises
    ------
    RunError
        If another run is under way, the outputs folder cannot be written, or the
        scheduler cannot be reached.
    """
    with staging.alone(), contextlib.ExitStack() as afterwards:
        hashes = state.Hashes()
        afterwards.callback(hashes.keep)
        stale = status(plan, hashes)
        number = len(plan) if force else sum(map(bool, stale.values()))
        if not number:
            return [_fresh(step, tell) for step in plan]
        from care_rates.executor import connect

        place = staging.new()
        afterwards.callback(shutil.rmtree, place, ignore_errors=True)
        workers = afterwards.enter_context(connect(executor, jobs, number, tell))
        return _run(plan, force, tell, place, hashes, workers)


def _fresh(step: Step, tell: Callable) -> Outcome:
    tell(step.name, "fresh", 0, 0)
    return Outcome(step.name, "fresh")


def _run(plan, force, tell, place, hashes, workers) -> list[Outcome]:
    names = {step.name for step in plan}
    done: dict[str, Outcome] = {}
    # Long notebooks first: one left to the end would keep the other cores waiting.
    waiting = sorted(plan, key=lambda step: -step.source.stat().st_size)
    under_way: dict[Future, tuple[Step, str, str]] = {}
    while waiting or under_way:
        for step in list(waiting):
            needs = [name for name in step.needs if name in names]
            if any(name not in done for name in needs):
                continue
            broken = [n for n in needs if done[n].result in ("failed", "skipped")]
            if not broken and len(under_way) >= workers.slots:
                break
            waiting.remove(step)
            if broken:
                done[step.name] = Outcome(step.name, "skipped", f"{broken[0]} failed")
                tell(step.name, "skipped", 0, 0)
                continue
            code = step.code()
            why = state.stale_because(step.name, code, hashes)
            if not why and not force:
                done[step.name] = _fresh(step, tell)
                continue
            tell(step.name, "start", 0, 0)
            staging.forget_failed(step.name)
            under_way[workers.submit(_job(step, place))] = (step, code, why)
        if under_way:
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                step, code, why = under_way.pop(future)
                outcome = _settle(future.result(), code, why, hashes)
                tell(step.name, "failed" if outcome.result == "failed" else "done", 0, 0)
                done[step.name] = outcome
    return [done[step.name] for step in plan]


def _job(step: Step, place: Path) -> Job:
    folder = str(place / step.name)
    return Job(step.name, str(step.source), folder, dict(step.parameters), places())


def _settle(ran: Ran, code: str, why: str, hashes: state.Hashes) -> Outcome:
    """Move what a notebook wrote into place, or say why it failed; never raises for either."""
    name, failure = ran.job.step, ran.failure
    try:
        if not failure:
            found = json.loads(ran.job.record.read_text(encoding="utf-8"))
            inputs = state.observed(found["modules"], found["read"], hashes)
            ran.job.record.write_text(_portable(found), encoding="utf-8")
            outputs = staging.promote(Path(ran.job.folder), name)
            state.remember(name, state.Past(code, inputs, outputs))
    except Exception as error:
        failure = explain(error)
    if failure:
        failure += staging.keep_failed(name, ran.job.target)
    shutil.rmtree(ran.job.folder, ignore_errors=True)
    if failure:
        return Outcome(name, "failed", failure)
    return Outcome(name, "run", why or "it was asked for")


def _portable(record: dict) -> str:
    """Keep of a record what does not depend on how it was run."""
    kept = {key: value for key, value in record.items() if key not in ("modules", "read")}
    kept["tables"] = [Path(name).stem for name in record["read"] if name.endswith(".parquet")]
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"

"""Run one notebook into a staging folder: here, or wherever a job was sent to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from care_rates import paths, state


@dataclass(frozen=True)
class Job:
    """One notebook to run, told so that another process can do it.

    Parameters
    ----------
    step : str
        Name of the outputs.
    source : str
        The notebook file.
    folder : str
        Staging folder that it writes to.
    parameters : mapping
        Values that differ from the parameters cell.
    env : mapping of str to str
        Environment variables of the kernel: where outputs and analysis tables are.
    """

    step: str
    source: str
    folder: str
    parameters: Mapping = field(default_factory=dict)
    env: Mapping = field(default_factory=dict)

    @property
    def target(self) -> Path:
        """The notebook with its outputs."""
        return Path(self.folder, "outputs", "notebooks", f"{self.step}.ipynb")

    @property
    def record(self) -> Path:
        """What ``finish()`` writes."""
        return Path(self.folder, "outputs", "records", f"{self.step}.json")

    def elsewhere(self, folder: str, env: Mapping) -> Job:
        """Give the same job with another folder and more environment."""
        return replace(self, folder=folder, env=dict(self.env) | dict(env))


@dataclass(frozen=True)
class Ran:
    """What became of a job.

    Parameters
    ----------
    job : Job
        With the folder that it wrote to.
    failure : str
        Cell and cause, or what else went wrong; empty if the notebook came to its end.
    files : mapping of str to str
        For jobs done elsewhere: path below the folder to digest.
    """

    job: Job
    failure: str = ""
    files: Mapping = field(default_factory=dict)


def places() -> dict[str, str]:
    """Tell a kernel where this process's folders are.

    Returns
    -------
    dict of str to str
        Environment variables.
    """
    return {
        "CARE_RATES_OUTPUTS": str(paths.outputs()),
        "CARE_RATES_PROCESSED": str(paths.processed()),
        "CARE_RATES_NOTEBOOKS": str(paths.notebooks()),
    }


def attempt(job: Job, tell: Callable[[str, str, int, int], None]) -> Ran:
    """Run a notebook in its own kernel; never raises for what the notebook or disk does.

    Parameters
    ----------
    job : Job
        What to run.
    tell : callable
        Called as ``tell(step, "cell", cell, cells)``.

    Returns
    -------
    Ran
        With the failure in words, if there was one.
    """
    try:
        job.target.parent.mkdir(parents=True, exist_ok=True)
        _papermill(job, tell)
        if not job.record.is_file():
            return Ran(job, "it did not call finish() in its last cell, so it has no results.")
    except Exception as error:
        return Ran(job, explain(error))
    return Ran(job)


def _papermill(job: Job, tell: Callable) -> None:
    import papermill
    from papermill.engines import papermill_engines

    from care_rates import warm
    from care_rates.engine import TellingEngine

    papermill_engines.register("care-rates", TellingEngine)
    own = {"CARE_RATES_STAGING": job.folder, "CARE_RATES_STEP": job.step}
    warm.task.env = dict(job.env) | own
    warm.task.tell = lambda cell, cells: tell(job.step, "cell", cell, cells)
    papermill.execute_notebook(
        job.source, job.target, dict(job.parameters), engine_name="care-rates",
        kernel_name="python3", language="python", progress_bar=False, log_output=False,
        request_save_on_cell_execute=False, autosave_cell_every=0, shutdown_kernel="immediate",
        resources={"metadata": {"path": str(paths.ROOT)}},
    )  # fmt: skip


def explain(error: BaseException) -> str:
    """Name the cell and the cause of a failure, in a line or two.

    Parameters
    ----------
    error : BaseException
        What papermill raised.

    Returns
    -------
    str
        For instance ``cell 7: DataError: …``.
    """
    if type(error).__name__ == "PapermillExecutionError":
        text = str(error.evalue).strip().splitlines() or [""]
        return f"cell {error.cell_index + 1}: {error.ename}: {text[0]}"
    text = str(error).strip().splitlines() or [type(error).__name__]
    return f"{type(error).__name__}: {text[0]}"


def listing(folder: str) -> dict[str, str]:
    """List what a job wrote.

    Parameters
    ----------
    folder : str
        Its staging folder.

    Returns
    -------
    dict of str to str
        Path below the folder to digest.
    """
    found = sorted(p for p in Path(folder).rglob("*") if p.is_file())
    return {os.path.relpath(p, folder): state.digest(p.read_bytes()) for p in found}

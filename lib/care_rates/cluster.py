"""Notebooks and tasks on a Dask cluster.

Each notebook is a task: a worker runs it in a kernel of its own and writes into a staging
folder on a file system that all share; the process that asked moves what was written into
place, as in a local run. A task whose worker is lost is run again by another worker, in
another folder, so what the lost one may still write is not looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from importlib import metadata
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from care_rates import paths, runner, state
from care_rates.executor import ADDRESS, parse
from care_rates.runner import Job, Ran
from care_rates.staging import RunError

REACH, JOIN, SEEN = 4.0, 30.0, 30.0
"""Seconds to wait for the scheduler, between words about missing workers, for files."""
TRIES = 3
TOPIC = "care-rates"
DECIDE = ("numpy", "pandas", "scipy", "statsmodels", "pyarrow", "altair", "vl-convert-python")
"""Packages whose version may change a result or a picture."""
SHARED = "The outputs folder must be on a file system that all machines share."


class Cluster:
    """Kernels on the workers of a Dask cluster.

    Parameters
    ----------
    address : str
        Of the scheduler.
    tell : callable
        Called as ``tell(step, "cell", cell, cells)``.
    """

    slots = 100_000
    """All that can run is sent; the scheduler knows how many workers there are."""

    def __init__(self, address: str, tell: Callable) -> None:
        self._client = reach(address)
        self._sent: dict[Future, Any] = {}
        self._client.subscribe_topic(TOPIC, lambda event: tell(*event[1]))
        self._stamp = fingerprint()
        while not self._client.scheduler_info().get("workers"):
            print("The cluster has no worker yet; waiting for one.", file=sys.stderr, flush=True)
            with contextlib.suppress(TimeoutError):
                self._client.wait_for_workers(1, timeout=JOIN)

    def submit(self, job: Job) -> Future[Ran]:
        """Send a notebook to the cluster."""
        Path(job.folder).mkdir(parents=True, exist_ok=True)
        key = f"{job.step}-{uuid.uuid4().hex[:12]}"
        sent = self._client.submit(remote, job, self._stamp, key=key, pure=False, retries=TRIES)
        out: Future[Ran] = Future()
        self._sent[out] = sent
        sent.add_done_callback(lambda done: self._arrived(job, done, out))
        return out

    def _arrived(self, job: Job, done: Any, out: Future) -> None:
        self._sent.pop(out, None)
        try:
            ran = done.result()
            missing = _unseen(ran)
            if missing:
                ran = Ran(ran.job, f"{missing} was written by a worker but is not here. {SHARED}")
        except BaseException as error:
            why = f"The cluster failed: {runner.explain(error)}"
            if type(error).__name__ == "KilledWorker":
                why = f"{TRIES} workers and more were lost while they ran it: out of memory?"
            ran = Ran(job, why)
        out.set_result(ran)

    def close(self, at_once: bool = False) -> None:
        """End the connection; with ``at_once`` call off what is under way."""
        with contextlib.suppress(Exception):
            if at_once:
                self._client.cancel(list(self._sent.values()), force=True)
            self._client.close(timeout=5)


def reach(address: str) -> Any:
    """Connect to a Dask scheduler, or say within ten seconds why not.

    Parameters
    ----------
    address : str
        ``tcp://host:port``.

    Returns
    -------
    distributed.Client
        Connected.

    Raises
    ------
    RunError
        If nobody answers, who answers is no Dask scheduler, or Dask is not installed.
    """
    advice = "Start one with `dask scheduler`, or leave --executor out to run on this machine."
    cause = _in_time(lambda: socket.create_connection(parse(address), timeout=REACH).close())
    if cause:
        raise RunError(f"No Dask scheduler answers at {address} ({cause}). {advice}")
    try:
        import distributed
    except ImportError:
        raise RunError(
            "Dask is not installed here. Install the extra `cluster`: "
            "python -m pip install 'distributed>=2026.1'"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    cause = _in_time(lambda: asyncio.run(_greet(address)))
    if cause:
        raise RunError(
            f"What answers at {address} is not a Dask scheduler of this version ({cause}). {advice}"
        )
    return distributed.Client(address, timeout=REACH, set_as_default=False)


async def _greet(address: str) -> None:
    from distributed.core import rpc

    async with rpc(address) as scheduler:
        await asyncio.wait_for(scheduler.identity(), REACH)


def _in_time(do: Callable[[], None]) -> str:
    """Do something beside, as it may hang; say what went wrong, or nothing."""
    answers: SimpleQueue[str] = SimpleQueue()

    def tried() -> None:
        try:
            do()
            answers.put("")
        except TimeoutError:
            answers.put(f"no answer in {REACH:g} seconds")
        except Exception as error:
            answers.put(getattr(error, "strerror", None) or runner.explain(error)[:160])

    threading.Thread(target=tried, daemon=True).start()
    try:
        return answers.get(timeout=REACH + 0.2)
    except Empty:
        return f"no answer in {REACH:g} seconds"


def remote(job: Job, stamp: Mapping[str, str]) -> Ran:
    """Run a notebook on a worker, in a folder that only this attempt knows.

    Parameters
    ----------
    job : Job
        What to run.
    stamp : mapping of str to str
        :func:`fingerprint` of the process that asked.

    Returns
    -------
    Ran
        With the files that it wrote.
    """
    from distributed import get_worker

    from care_rates import warm

    worker = get_worker()
    mine = fingerprint()
    other = [name for name, was in stamp.items() if mine.get(name) != was]
    if other:
        return Ran(
            job,
            f"Worker {worker.name} would not give the same: it has another {other[0]}. "
            "Start workers from the same checkout and environment.",
        )
    if not Path(job.folder).is_dir():
        return Ran(job, f"Worker {worker.name} does not see {job.folder}. {SHARED}")
    warm.start(many=False)
    folder = str(Path(job.folder, uuid.uuid4().hex))
    here = job.elsewhere(folder, {ADDRESS: worker.scheduler.address})
    ran = runner.attempt(here, lambda *event: worker.log_event(TOPIC, [*event]))
    return Ran(here, ran.failure, runner.listing(folder))


def _unseen(ran: Ran) -> str:
    """Wait until what a worker wrote is seen here; name a file that is not."""
    until = time.monotonic() + SEEN
    while True:
        here = runner.listing(ran.job.folder)
        missing = [name for name, was in ran.files.items() if here.get(name) != was]
        if not missing or time.monotonic() > until:
            return missing[0] if missing else ""
        time.sleep(0.2)


_hashes: list[state.Hashes] = []


def fingerprint() -> dict[str, str]:
    """Digest everything that decides what a notebook gives, but the notebook.

    Returns
    -------
    dict of str to str
        Digests of the library, the lock and the raw data; versions of Python and of the
        packages that compute and draw.
    """
    if not _hashes:
        _hashes.append(state.Hashes())
    groups = {
        "library": Path(__file__).resolve().parent.rglob("*.py"),
        "lock": [paths.ROOT / "requirements.lock"],
        "raw data": (p for p in paths.RAW.rglob("*") if p.is_file()),
    }
    found = {}
    for name, files in groups.items():
        pairs = [(paths.label(p), _hashes[0].of(p)) for p in sorted(files)]
        found[name] = state.digest(repr(pairs))
    found["Python"] = state.interpreter()
    return found | {name: metadata.version(name) for name in DECIDE}


def map_together(function: Callable, items: list, address: str) -> list:
    """Apply a function to items on a cluster and here at the same time.

    Workers take items from the front, this process from the back, until they meet. So a
    notebook that itself holds a worker never waits for another to be free, and items
    whose workers were lost are done here.

    Parameters
    ----------
    function : callable
        Of one item.
    items : list
        What to apply it to.
    address : str
        Of the scheduler.

    Returns
    -------
    list
        Results in the order of the items.
    """
    client = reach(address)
    try:
        sent = client.map(function, items, pure=False, retries=TRIES)
        results: dict[int, Any] = {}
        for i in reversed(range(len(items))):
            if sent[i].done():
                break
            client.cancel([sent[i]], force=True)
            results[i] = function(items[i])
        for i in range(len(items)):
            if i not in results:
                try:
                    results[i] = sent[i].result()
                except Exception:  # its workers were lost; or else it raises here again
                    results[i] = function(items[i])
        return [results[i] for i in range(len(items))]
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=5)

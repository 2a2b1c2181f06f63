"""Where notebooks and tasks run: on this machine, or on a Dask cluster.

The local way needs nothing of Dask; what does is in :mod:`care_rates.cluster`.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any, Protocol

from care_rates import runner
from care_rates.runner import Job, Ran
from care_rates.staging import RunError

ADDRESS = "CARE_RATES_EXECUTOR"
"""Environment variable that names the executor for :func:`map_tasks`."""
MANY = 4
"""Notebooks to run from which on it pays to import for them all what some need."""


class Executor(Protocol):
    """A way to run notebooks: how many at a time, and how one is handed over."""

    slots: int

    def submit(self, job: Job) -> Future[Ran]:
        """Hand a notebook over."""

    def close(self, at_once: bool = False) -> None:
        """End: wait for what runs, or end it at once."""


def parse(text: str) -> tuple[str, int] | None:
    """Read the name of an executor.

    Parameters
    ----------
    text : str
        ``local`` or ``tcp://host:port``.

    Returns
    -------
    tuple of str and int, or None
        Host and port of a Dask scheduler; None for the local machine.

    Raises
    ------
    RunError
        If it is neither.
    """
    if text == "local":
        return None
    found = re.fullmatch(r"tcp://(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})/?", text)
    if not found or not 0 < int(found[2]) < 65536:
        raise RunError(
            f"{text[:80]!r} names no executor: write `local`, or the address of a Dask scheduler "
            "such as tcp://127.0.0.1:8786."
        )
    return found[1].strip("[]"), int(found[2])


@contextlib.contextmanager
def connect(
    executor: str, jobs: int, number: int, tell: Callable[[str, str, int, int], None]
) -> Iterator[Executor]:
    """Open the way to run notebooks, and close it at the end.

    Parameters
    ----------
    executor : str
        ``local`` or ``tcp://host:port``.
    jobs : int
        Notebooks at a time on this machine.
    number : int
        Notebooks to run.
    tell : callable
        Called as ``tell(step, "cell", cell, cells)``.

    Yields
    ------
    Executor
        With ``slots`` and ``submit(job)``.

    Raises
    ------
    RunError
        If there is no such scheduler, or Dask is not installed.
    """
    way: Executor
    if parse(executor) is None:
        way = Local(jobs, number, tell)
    else:
        from care_rates.cluster import Cluster

        way = Cluster(executor, tell)
    try:
        yield way
    except BaseException:
        way.close(at_once=True)
        raise
    way.close()


class Local:
    """Kernels on this machine, forked from a warm process where that is to be had.

    Parameters
    ----------
    jobs, number, tell
        As for :func:`connect`.
    """

    def __init__(self, jobs: int, number: int, tell: Callable) -> None:
        from care_rates import warm

        self.slots, self._tell = max(1, jobs), tell
        warm.start(many=number >= MANY)
        self._pool = ThreadPoolExecutor(self.slots)

    def submit(self, job: Job) -> Future[Ran]:
        """Start a notebook as soon as a thread is free."""
        return self._pool.submit(runner.attempt, job, self._tell)

    def close(self, at_once: bool = False) -> None:
        """End: wait for what runs, or end it at once."""
        from care_rates import warm

        if at_once:
            warm.stop()
        self._pool.shutdown(cancel_futures=True)
        warm.stop()


def map_tasks(
    function: Callable[[Any], Any], items: Sequence[Any], *, executor: str = "", jobs: int = 1
) -> list[Any]:
    """Apply a function to each of many items: here, in processes, or on a cluster.

    Parameters
    ----------
    function : callable
        Of one item, the same result for the same item; a function of a module (or a
        ``functools.partial`` of one), so that other processes find it.
    items : sequence
        What to apply it to; each large enough that sending it pays.
    executor : str
        ``local`` or ``tcp://host:port``; what ``CARE_RATES_EXECUTOR`` says unless told
        (a run with ``--executor`` sets it for its notebooks), else ``local``.
    jobs : int
        Processes on this machine; with 1 nothing is started and nothing is sent.

    Returns
    -------
    list
        Results in the order of the items, the same whichever way was taken.

    Raises
    ------
    RunError
        If the scheduler cannot be reached.
    Exception
        What the function raises.
    """
    items = list(items)
    address = executor or os.environ.get(ADDRESS, "local")
    if parse(address) is not None:
        from care_rates.cluster import map_together

        return map_together(function, items, address)
    if jobs <= 1 or len(items) <= 1:
        return [function(item) for item in items]
    size = max(1, len(items) // (4 * jobs))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(function, items, chunksize=size))

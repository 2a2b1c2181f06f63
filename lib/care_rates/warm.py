"""Warm kernels: forked from one process that has imported the libraries already.

Starting a kernel and importing pandas, statsmodels and altair costs some three
seconds of processor time a notebook. Here one **zygote** process imports them once
and forks a fresh kernel on request, so that each notebook still has a process of its
own: nothing that one does reaches another. Where forking is not to be had (Windows,
or ``CARE_RATES_COLD=1``), kernels start in the ordinary way.

The zygote never imports ``care_rates``: a notebook sees the library as it is on disk,
and what it imported can be read off afterwards.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from jupyter_client.connect import LocalPortCache
from jupyter_client.provisioning import (
    KernelProvisionerBase,
    KernelProvisionerFactory,
    LocalProvisioner,
)

WARM, COLD = "care-rates-warm", "care-rates-cold"
PORTS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")
STEADY = {
    "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1", "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}  # fmt: skip
"""Surroundings that every kernel gets, so that a run is the same everywhere."""


def available() -> bool:
    """Tell whether kernels can be forked here.

    Returns
    -------
    bool
        False on Windows, and where ``CARE_RATES_COLD`` is set.
    """
    return hasattr(os, "fork") and sys.platform != "win32" and not os.environ.get("CARE_RATES_COLD")


class Zygote:
    """The process that kernels are forked from, and the line to it."""

    def __init__(self, many: bool = True) -> None:
        ours, theirs = socket.socketpair()
        script = str(Path(__file__).with_name("zygote.py"))
        code = f"from runpy import run_path; run_path({script!r}, run_name='zygote')"
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-X",
                "frozen_modules=on",
                "-c",
                code,
                str(theirs.fileno()),
                "many" if many else "few",
            ],
            pass_fds=[theirs.fileno()],
            env=os.environ | STEADY,
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        self._line = ours.makefile("rw", encoding="utf-8")
        self._lock = threading.Lock()
        atexit.register(self.close)

    def ask(self, **request: Any) -> dict:
        """Send one request and wait for the answer.

        Parameters
        ----------
        **request
            ``do="fork"`` with ``connection_file``, ``env``, ``cwd``; or ``do="poll"``
            with ``pid``.

        Returns
        -------
        dict
            ``pid``, or ``code`` (None while the kernel runs).

        Raises
        ------
        RuntimeError
            If the zygote has ended.
        """
        with self._lock:
            self._line.write(json.dumps(request) + "\n")
            self._line.flush()
            answer = self._line.readline()
        if not answer:
            raise RuntimeError(
                "The process that kernels are forked from has ended. "
                "Run again; with CARE_RATES_COLD=1 kernels start without it."
            )
        return json.loads(answer)

    def close(self) -> None:
        """End the zygote; kernels that still run end with it."""
        with contextlib.suppress(OSError, ValueError):
            self._line.close()
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)


_zygote: Zygote | None = None
_starting = threading.Lock()


def start(many: bool = True) -> bool:
    """Start the zygote, if forking is to be had, and make Jupyter use it.

    Parameters
    ----------
    many : bool
        Whether so many notebooks will run that it pays to import for them libraries
        that only some use.

    Returns
    -------
    bool
        Whether kernels will be warm.
    """
    global _zygote
    with _starting:
        warm = available()
        if warm and (_zygote is None or _zygote.process.poll() is not None):
            _zygote = Zygote(many)
        KernelProvisionerFactory.instance().default_provisioner_name = WARM if warm else COLD
    return warm


def stop() -> None:
    """End the zygote."""
    global _zygote
    KernelProvisionerFactory.instance().default_provisioner_name = "local-provisioner"
    if _zygote is not None:
        _zygote.close()
        _zygote = None


class ColdProvisioner(LocalProvisioner):
    """Start a Jupyter kernel in the ordinary way, in the same surroundings."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        """Start the kernel with the environment of the calling thread."""
        kwargs["env"] = surroundings(kwargs.get("env"))
        quiet = ["--HistoryManager.enabled=False", "--log-level=ERROR"]
        return await super().launch_kernel([*cmd, *quiet], **kwargs)


def surroundings(env: dict | None) -> dict[str, str]:
    """Environment of a kernel that the calling thread starts.

    Parameters
    ----------
    env : dict or None
        What Jupyter would give it.

    Returns
    -------
    dict of str to str
        With the steady settings and what the task sets.
    """
    plain = {k: v for k, v in (env or os.environ).items() if isinstance(v, str)}
    return plain | STEADY | getattr(task, "env", {})


class WarmProvisioner(KernelProvisionerBase):
    """Start a Jupyter kernel by asking the zygote to fork."""

    pid: int | None = None
    code: int | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet cleaned up."""
        return self.pid is not None

    async def poll(self) -> int | None:
        """Exit code of the kernel, or None while it runs."""
        if self.pid is not None and self.code is None:
            if _zygote is None:
                self.code = 1
            else:
                self.code = _zygote.ask(do="poll", pid=self.pid)["code"]
        return self.code if self.pid is not None else 0

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        while await self.poll() is None:
            await asyncio.sleep(0.02)
        self.pid = None
        return self.code

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process group."""
        if self.pid is not None and self.code is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Give the ports back; the connection file is the manager's."""
        if not restart and self.connection_info:
            for name in PORTS:
                LocalPortCache.instance().return_port(self.connection_info[name])

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Write the connection file and settle the ports."""
        manager = self.parent
        ports = LocalPortCache.instance()
        for name in PORTS:
            setattr(manager, name, ports.find_available_port(manager.ip))
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=["forked"], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        """Fork a kernel with the environment of the calling thread."""
        answer = _zygote.ask(
            do="fork", connection_file=self.parent.connection_file,
            env=surroundings(kwargs.get("env")), cwd=str(kwargs.get("cwd") or os.getcwd()),
        )  # fmt: skip
        self.pid, self.code = answer["pid"], None
        return self.connection_info


task = threading.local()
"""``task.env``: extra environment for kernels that this thread starts."""

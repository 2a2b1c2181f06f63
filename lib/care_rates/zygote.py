"""The process that kernels are forked from (run by path: it never imports ``care_rates``).

It imports what every notebook needs, then answers requests; while nobody asks it goes on
importing what only some need, so that the first notebook does not wait for it. One more
child draws charts for all kernels (``svg.py``).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from runpy import run_path

FIRST = (
    "numpy", "pandas", "pyarrow.parquet", "ipykernel.kernelapp", "ipykernel.ipkernel",
    "ipykernel.debugger", "IPython.core.interactiveshell", "IPython.core.completer",
    "pandera.pandas", "altair", "vl_convert", "narwhals", "jsonschema",
)  # fmt: skip
"""Libraries that every notebook uses."""
LATER = (
    "scipy.special", "scipy.optimize", "scipy.spatial.distance", "scipy.stats",
    "statsmodels.api", "statsmodels.formula.api", "pyfixest.estimation",
    "pyfixest.did.estimation", "matplotlib.pyplot", "seaborn", "pingouin", "differences",
    "krippendorff",
)  # fmt: skip
"""Libraries that some notebooks use: imported while no request waits."""


def serve(line_fd: int, many: bool) -> None:
    """Answer requests, one line of JSON each, until the line is closed.

    Parameters
    ----------
    line_fd : int
        Socket to the process that runs notebooks.
    many : bool
        Whether so many notebooks will run that it pays to import ``LATER`` too.
    """
    sys.modules["rfc3987_syntax"] = None  # its parsers cost two seconds at import
    for name in FIRST:
        _import(name)
    connection = socket.socket(fileno=line_fd)
    running: set[int] = set()
    renderer = _renderer(connection, many)
    later = list(LATER) if many else []
    line = connection.makefile("rw", encoding="utf-8")
    ended: dict[int, int] = {}
    while True:
        while later and not select.select([connection], [], [], 0)[0]:
            _import(later.pop(0))
        text = line.readline()
        if not text:
            break
        request = json.loads(text)
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            ended[pid] = os.waitstatus_to_exitcode(status)
            running.discard(pid)
        if request["do"] == "fork":
            pid = _fork(request, connection, renderer)
            running.add(pid)
            answer = {"pid": pid}
        else:
            answer = {"code": ended.get(request["pid"])}
        line.write(json.dumps(answer) + "\n")
        line.flush()
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _import(name: str) -> None:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)


def _die_with_parent() -> None:
    """Linux: end at once if the parent is killed."""
    with contextlib.suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _renderer(connection: socket.socket, at_once: bool) -> socket.socket:
    """Fork the process that draws charts; give the line by which it is handed kernels."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        try:
            _die_with_parent()
            connection.close()
            ours.close()
            run_path(str(Path(__file__).with_name("svg.py")))["serve"](theirs, at_once)
        finally:
            os._exit(0)
    theirs.close()
    return ours


def _fork(request: dict, connection: socket.socket, renderer: socket.socket) -> int:
    """Fork a kernel that has a line of its own to the renderer."""
    gc.freeze()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with contextlib.suppress(OSError):  # without a renderer the kernel draws for itself
            socket.send_fds(renderer, [b"k"], [theirs.fileno()])
        pid = os.fork()
        if pid == 0:
            connection.close()
            renderer.close()
            request["env"]["CARE_RATES_RENDERER"] = f"{os.getpid()}:{os.dup(ours.fileno())}"
            ours.close()
            theirs.close()
            _kernel(request)
    return pid


def _kernel(request: dict) -> None:
    """Become a kernel (runs in the forked child; never returns)."""
    code = 1
    try:
        os.setsid()
        _die_with_parent()
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        sys.argv = ["ipykernel", "-f", request["connection_file"]]
        sys.path[:] = [p for p in sys.path if p != ""]
        from ipykernel.kernelapp import IPKernelApp

        app = IPKernelApp.instance(parent_handle=os.getppid())  # ends with the zygote
        app.initialize([*sys.argv[1:], "--HistoryManager.enabled=False", "--log-level=ERROR"])
        app.start()
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "zygote":
    serve(int(sys.argv[1]), sys.argv[2] == "many")

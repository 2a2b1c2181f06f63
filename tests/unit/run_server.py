"""Start `care-rates run` many times at little cost: each run is forked from a warm process.

Imports cost a run three seconds, again in its zygote. Here one process imports them
once; a line on its standard input (arguments of the command, environment, as JSON) forks
a run in a process group of its own, whose zygote is forked from it in turn. The answers
are ``{"pid": …}`` and, when the run has ended, ``{"pid": …, "code": …}``.
"""

import contextlib
import importlib
import json
import os
import signal
import socket
import sys
import threading
import traceback

sys.modules.setdefault("rfc3987_syntax", None)

from care_rates import cli, warm, zygote  # noqa: E402

ALSO = (
    "nbconvert", "papermill", "care_rates.engine", "care_rates.home", "care_rates.pages",
    "care_rates.pipeline", "care_rates.report", "care_rates.self_evaluation", "care_rates.site",
    "care_rates.svg",
)  # fmt: skip


class Forked:
    """What ``warm`` needs of a process."""

    def __init__(self, pid: int):
        self.pid, self.returncode = pid, None

    def poll(self):
        if self.returncode is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.returncode = status if pid else None
        return self.returncode

    def terminate(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, _=None):
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.returncode = 0


def fork_zygote(self, many: bool = True) -> None:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        line = theirs.fileno()
        os.closerange(3, line)  # as Popen does: the lock of the run is not the zygote's
        os.closerange(line + 1, 4096)
        os.environ.update(warm.STEADY)
        zygote.serve(line, many=False)
        os._exit(0)
    theirs.close()
    self.process = Forked(pid)
    self._line = ours.makefile("rw", encoding="utf-8")
    self._lock = threading.Lock()


def run(request: dict) -> None:
    os.setpgid(0, 0)
    os.environ.update(request["env"])
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    warm.Zygote.__init__ = fork_zygote
    code = 99
    try:
        code = cli.main(request["arguments"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def main() -> None:
    for name in (*zygote.FIRST, *ALSO):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            run(request)
        print(json.dumps({"pid": pid}), flush=True)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"pid": pid, "code": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()

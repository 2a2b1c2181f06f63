"""Static pictures of charts, drawn by vl-convert here or in the run's one renderer.

The first picture that a process draws costs it some 0.4 seconds and 100 MB (a JavaScript
engine); in a headless run one process therefore draws for all kernels, each of which
has a line of its own to it. A kernel without such a line draws for itself: the result is
the same. This module is also run by path, so it imports nothing of ``care_rates``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import threading

EMPTY = {"mark": "point", "data": {"values": []}}
LINE = "CARE_RATES_RENDERER"
"""Environment variable, set for forked kernels: process id and descriptor of the line."""


def render(specification: dict, name: str) -> str:
    """Draw a chart.

    Parameters
    ----------
    specification : dict
        Vega-Lite; its data stands in it, no address is fetched.
    name : str
        Name of the chart on its page, for the ids inside the picture.

    Returns
    -------
    str
        SVG, the same for the same chart whatever was drawn before.

    Raises
    ------
    ValueError
        If the specification cannot be drawn.
    """
    content = json.dumps(specification)
    drawn = _ask(content)
    if drawn is None:
        drawn = _draw(content)
    return own_ids(drawn, name)


def own_ids(svg: str, name: str) -> str:
    """Give the ids inside a picture names of its own.

    Vega numbers clip paths and gradients through all charts that a process draws, so the
    numbers depend on what was drawn before, and two pictures on a page may share one.

    Parameters
    ----------
    svg : str
        From vl-convert.
    name : str
        Name of the chart on its page.

    Returns
    -------
    str
        With ids ``<name>-clip1``, ``<name>-gradient2`` and so on, in order of appearance.
    """
    ids = dict.fromkeys(re.findall(r'<(?:clipPath|\w+Gradient) id="(\w+)"', svg))
    new = {old: f"{name}-{old.rstrip('_0123456789')}{i}" for i, old in enumerate(ids, 1)}
    if not new:
        return svg
    pattern = re.compile(r'( id="|url\(#)(' + "|".join(map(re.escape, new)) + r')(["\)])')
    return pattern.sub(lambda found: found[1] + new[found[2]] + found[3], svg)


def _draw(content: str) -> str:
    import vl_convert

    try:
        return vl_convert.vegalite_to_svg(json.loads(content), allowed_base_urls=[])
    except ValueError:
        _settle()
        raise


def _settle() -> None:
    """Draw until it works: the engine tells what a chart left undone as the next one's fault."""
    import vl_convert

    for _ in range(10):
        with contextlib.suppress(ValueError):
            vl_convert.vegalite_to_svg(EMPTY)
            return


_lock = threading.Lock()
_open: dict[str, socket.socket] = {}


def _ask(content: str) -> str | None:
    """Have the renderer draw; None if there is none, or it could not."""
    place = os.environ.get(LINE, "")
    owner, _, fd = place.partition(":")
    if owner != str(os.getpid()):
        return None
    with _lock:
        try:
            if place not in _open:
                _open[place] = socket.socket(fileno=int(fd))
            _send(_open[place], content.encode("utf-8"))
            answer = _receive(_open[place])
        except (OSError, EOFError):
            return None
    return answer.decode("utf-8") or None


def _send(line: socket.socket, content: bytes) -> None:
    line.sendall(struct.pack("!Q", len(content)) + content)


def _receive(line: socket.socket) -> bytes:
    size = struct.unpack("!Q", _exactly(line, 8))[0]
    return _exactly(line, size)


def _exactly(line: socket.socket, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        part = line.recv(min(size - len(content), 1 << 20))
        if not part:
            raise EOFError
        content += part
    return bytes(content)


def serve(control: socket.socket, at_once: bool = False) -> None:
    """Draw for every line that is handed over, until no more can come.

    Parameters
    ----------
    control : socket.socket
        Lines to kernels arrive through it as file descriptors.
    at_once : bool
        Get ready before the first chart arrives.
    """
    if at_once:
        threading.Thread(target=_warm_up, daemon=True).start()
    while True:
        message, lines, *_ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        for fd in lines:
            line = socket.socket(fileno=fd)
            threading.Thread(target=_attend, args=(line,), daemon=True).start()


def _warm_up() -> None:
    with contextlib.suppress(Exception):
        _settle()


def _attend(line: socket.socket) -> None:
    """Draw what one kernel asks for; an empty answer where that failed."""
    with line, contextlib.suppress(OSError, EOFError):
        while True:
            content = _receive(line).decode("utf-8")
            try:
                drawn = _draw(content)
            except Exception:
                drawn = ""
            _send(line, drawn.encode("utf-8"))

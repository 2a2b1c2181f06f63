"""Static pictures: the same drawn here or by the run's renderer, whatever came before."""

import os
import socket
import threading

import altair as alt
import pandas as pd
import pytest

from care_rates import pipeline, svg

pytestmark = pytest.mark.unit


def chart(colour="red"):
    frame = pd.DataFrame({"x": [1, 2, 3], "y": [2.5, 1, 4]})
    line = alt.Chart(frame).mark_line(clip=True, color=colour).encode(x="x:Q", y="y:Q")
    return line.to_dict()


@pytest.fixture
def line(monkeypatch):
    """A line to a renderer that runs in a thread of this process."""
    control, theirs = socket.socketpair()
    threading.Thread(target=svg.serve, args=(theirs,), daemon=True).start()
    ours, far = socket.socketpair()
    socket.send_fds(control, [b"k"], [far.fileno()])
    far.close()
    monkeypatch.setenv(svg.LINE, f"{os.getpid()}:{ours.detach()}")
    yield control
    control.close()
    for opened in svg._open.values():
        opened.close()
    svg._open.clear()


def test_ids_are_the_charts_own_and_do_not_depend_on_what_was_drawn_before():
    first = svg.render(chart(), "fig1")
    svg.render(chart("blue"), "fig2")
    assert svg.render(chart(), "fig1") == first
    assert 'id="fig1-clip1"' in first
    assert 'clip-path="url(#fig1-clip1)"' in first
    assert first.replace("fig1-", "fig2-") == svg.render(chart(), "fig2")


def test_ids_of_gradients_and_a_picture_without_any():
    drawn = (
        '<svg><defs><linearGradient id="gradient_7"/><clipPath id="clip12"/>'
        '<clipPath id="clip1"/></defs><a fill="url(#gradient_7)" b="url(#clip12)" '
        'c="url(#clip1)"/>clip12</svg>'
    )
    assert svg.own_ids(drawn, "n") == (
        '<svg><defs><linearGradient id="n-gradient1"/><clipPath id="n-clip2"/>'
        '<clipPath id="n-clip3"/></defs><a fill="url(#n-gradient1)" b="url(#n-clip2)" '
        'c="url(#n-clip3)"/>clip12</svg>'
    )
    assert svg.own_ids("<svg/>", "n") == "<svg/>"


def test_the_renderer_draws_the_same(line, monkeypatch):
    asked = []
    monkeypatch.setattr(svg, "_send", _spy(svg._send, asked))
    there = svg.render(chart(), "fig1")
    assert len(asked) >= 1
    monkeypatch.delenv(svg.LINE)
    assert svg.render(chart(), "fig1") == there


def _spy(function, calls):
    def called(*words):
        calls.append(words)
        return function(*words)

    return called


def test_without_a_renderer_the_picture_is_drawn_here(monkeypatch):
    wanted = svg.render(chart(), "f")
    monkeypatch.setenv(svg.LINE, f"{os.getpid() + 1}:5")  # another process's line
    assert svg.render(chart(), "f") == wanted
    ours, far = socket.socketpair()
    far.close()  # a renderer that has died
    monkeypatch.setenv(svg.LINE, f"{os.getpid()}:{ours.detach()}")
    assert svg.render(chart(), "f") == wanted
    svg._open.popitem()[1].close()


def test_a_chart_that_cannot_be_drawn_says_why(line):
    with pytest.raises(ValueError, match="Invalid specification"):
        svg.render({"nothing": 1}, "f")
    assert svg.render(chart(), "f").startswith("<svg")


def test_a_chart_that_failed_is_not_the_next_ones_fault():
    frame = pd.DataFrame({"a": ["javascript:window.ran=1"]})
    unsafe = alt.Chart(frame).mark_point().encode(href="a").to_dict()
    for _ in range(3):
        with pytest.raises(ValueError, match="conversion failed"):
            svg.render(unsafe, "f")
        assert svg.render(chart(), "f").startswith("<svg")


def test_no_address_is_fetched():
    with pytest.raises(ValueError, match=r"(?i)denied|allowed|access|url"):
        svg.render(chart() | {"data": {"url": "http://127.0.0.1:9/x.csv"}}, "f")


def test_warm_and_cold_kernels_draw_the_same(project, monkeypatch):
    code = (
        "import altair as alt, pandas as pd, os\nfrom care_rates.report import show\n"
        "line = alt.Chart(pd.DataFrame({'x': [1, 2], 'y': [1, 3]})).mark_line(clip=True)\n"
        "show(line.encode(x='x', y='y'), name='fig', caption='c', source='s', alt='a')\n"
        "record('renderer', int('CARE_RATES_RENDERER' in os.environ and"
        " 'vl_convert' in __import__('sys').modules))"
    )
    project[1]("00_data", code)
    plan = pipeline.steps()[:1]
    assert pipeline.run(plan)[0].result == "run"
    place = project[0] / "outputs" / "figures" / "00_data" / "fig.svg"
    drawn = place.read_text()
    assert "fig-clip1" in drawn
    assert "renderer,1" in (project[0] / "outputs" / "results" / "00_data.csv").read_text()
    monkeypatch.setenv("CARE_RATES_COLD", "1")
    assert pipeline.run(plan, force=True)[0].result == "run"
    assert place.read_text() == drawn
    assert "renderer,0" in (project[0] / "outputs" / "results" / "00_data.csv").read_text()

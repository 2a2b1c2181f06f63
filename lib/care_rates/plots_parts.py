"""Parts of the charts of one authority's page: axes, intervals, lines that break, end labels."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

WIDTH, HEIGHT = 460, 230
RATE = "per 10,000 aged 0 to 17"


def tips(*names: str) -> list[alt.Tooltip]:
    """Name the columns that a reader sees at a point (a plain name costs Altair far more)."""
    return [alt.Tooltip(name) for name in names]


def band(low: str, high: str) -> dict[str, object]:
    """Draw an interval as a band between two lines."""
    return {"y": alt.Y(f"{low}:Q"), "y2": alt.Y2(f"{high}:Q")}


def reach(**more: object) -> dict[str, object]:
    """Draw an interval as a line from left to right."""
    return {"x": alt.X("low:Q", **more), "x2": alt.X2("high:Q")}


def years(title: str = "31 March", **scale: object) -> alt.X:
    """Draw years from left to right, as whole numbers."""
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=6, labelFlush=False)
    return alt.X("year:Q", title=title, axis=axis,
                 scale=alt.Scale(zero=False, nice=False, **scale))  # fmt: skip


def unbroken(frame: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Put an empty row where a year is missing, so that a line breaks there.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``year``.
    by : str, optional
        Column that tells lines apart; one line without it.

    Returns
    -------
    pandas.DataFrame
        Every year from the first to the last of each line, and ``alone``: a year with
        no figure on either side, which no line can show.
    """
    parts = []
    for name, line in frame.groupby(by, sort=False) if by else [(None, frame)]:
        rows = line.set_index("year")
        every = range(int(rows.index.min()), int(rows.index.max()) + 1)
        whole = rows.reindex(pd.Index(every, name="year"))
        known = pd.Series(whole.index.isin(rows.index), index=whole.index)
        beside = known.shift(1, fill_value=False) | known.shift(-1, fill_value=False)
        whole = whole.assign(alone=known & ~beside)
        parts.append(
            whole.reset_index() if by is None else whole.reset_index().assign(**{by: name})
        )
    return pd.concat(parts, ignore_index=True)


def apart(values: Sequence[float], gap: float) -> list[float]:
    """Move labels apart so that they can be read.

    Parameters
    ----------
    values : sequence of float
        Where the labels should stand.
    gap : float
        Smallest distance between two.

    Returns
    -------
    list of float
        Where they can stand, in the same order.
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed, last = [0.0] * len(values), float("-inf")
    for i in order:
        last = max(values[i], last + gap)
        placed[i] = last
    over = sum(placed[i] - values[i] for i in order) / max(len(values), 1)
    return [value - over for value in placed]


def ends(
    frame: pd.DataFrame, y: str, series: str, colour: alt.Color, top: float | None = None
) -> alt.Chart:  # fmt: skip
    """Put names at the ends of lines; ``top`` is the top of the axis, if it is set."""
    last = frame.dropna(subset=[y]).sort_values("year").groupby(series, sort=False).tail(1)
    most = frame[[column for column in (y, "high") if column in frame]].max().max()
    room = (top or most or 1) * 15 / HEIGHT
    ended = last["year"] < last["year"].max() - 3  # a line that ends early is named above its end
    last[y] = last[y] + 0.9 * room * ended
    last.loc[~ended, y] = apart(list(last.loc[~ended, y]), room)
    return (
        alt.Chart(last[["year", y, series]].round(1))
        .mark_text(align="left", dx=7, fontSize=11)
        .encode(x=alt.X("year:Q"), y=alt.Y(f"{y}:Q"), text=alt.Text(f"{series}:N"), color=colour)
    )

"""Charts of the report on drivers of demand: growth, stages, judgements, evidence.

Draws only: computes nothing but layout.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from care_rates.charts import BLUE, CONTEXT, DARK, GREY, ORANGE, SKY, WIDTH


def growth_bars(
    frame: pd.DataFrame, *, label: str = "measure", value: str = "growth", reference: float,
    reference_name: str, colour: str = "kind", unit: str = "percent",
) -> alt.LayerChart:  # fmt: skip
    """Draw growth by measure with a reference line.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a measure: ``label``, ``value``, ``colour``.
    label, value, colour : str
        Columns.
    reference : float
        Where to draw the line.
    reference_name : str
        What it is.
    unit : str
        Axis title.

    Returns
    -------
    altair.LayerChart
        Bars with their value at the end.
    """
    order = list(frame[label])
    base = alt.Chart(frame).encode(y=alt.Y(f"{label}:N", sort=order, title=None))
    line = alt.Chart(pd.DataFrame({"at": [reference], "name": [reference_name]}))
    limit = alt.Scale(domain=[min(0, frame[value].min() * 1.1), frame[value].max() * 1.12])
    return alt.layer(
        base.mark_bar(height=16).encode(
            x=alt.X(f"{value}:Q", title=unit, scale=limit),
            color=alt.Color(f"{colour}:N", title=None, scale=alt.Scale(range=[BLUE, SKY, GREY])),
            tooltip=[label, alt.Tooltip(f"{value}:Q", format=".1f")],
        ),
        base.transform_calculate(at=f"max(datum['{value}'], {reference})").mark_text(
            align="left", dx=5, color=DARK).encode(
            x="at:Q", text=alt.Text(f"{value}:Q", format=".1f")),
        line.mark_rule(color=ORANGE, strokeDash=[4, 3], strokeWidth=2).encode(x="at:Q"),
        line.mark_text(align="left", dx=5, dy=-4, baseline="bottom", color=ORANGE).encode(
            x="at:Q", y=alt.value(0), text="name:N"),
    ).properties(width=WIDTH - 80, height=30 * len(frame))  # fmt: skip


def stages(frame: pd.DataFrame, *, label: str = "stage", value: str = "number") -> alt.LayerChart:
    """Draw the stages of the process as centred bars with their counts.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a stage, in order.
    label, value : str
        Columns.

    Returns
    -------
    altair.LayerChart
        A funnel: widths in proportion to the counts.
    """
    rows = frame[[label, value]].assign(left=-frame[value] / 2, right=frame[value] / 2)
    rows["text"] = [f"{number:,.0f}" for number in rows[value]]
    base = alt.Chart(rows).encode(y=alt.Y(f"{label}:N", sort=list(rows[label]), title=None))
    return alt.layer(
        base.mark_bar(height=24, color=BLUE, opacity=0.85).encode(
            x=alt.X("left:Q", axis=None), x2="right:Q", tooltip=[label, value]),
        base.mark_text(align="left", dx=6, color=DARK).encode(x="right:Q", text="text:N"),
    ).properties(width=WIDTH - 120, height=36 * len(rows))  # fmt: skip


def parts_by_year(
    frame: pd.DataFrame, *, row: str = "year", part: str = "services", value: str = "billion",
    unit: str,
) -> alt.LayerChart:  # fmt: skip
    """Draw a whole and its two parts in a few years as stacked bars.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long: ``row``, ``part`` (in order of appearance), ``value``.
    row, part, value : str
        Columns.
    unit : str
        Axis title.

    Returns
    -------
    altair.LayerChart
        Bars with the size of each part inside and of the whole at the end.
    """
    used = list(dict.fromkeys(frame[part]))
    rows = frame.assign(place=frame[part].map({name: i for i, name in enumerate(used)}))
    rows = rows.sort_values([row, "place"])
    rows["end"] = rows.groupby(row)[value].cumsum()
    rows["start"] = rows["end"] - rows[value]
    rows["middle"] = rows["end"] - rows[value] / 2
    y = alt.Y(f"{row}:N", title=None, sort=sorted(set(rows[row])))
    base = alt.Chart(rows).encode(y=y)
    whole = alt.Chart(rows.groupby(row, as_index=False)[value].sum()).encode(y=y)
    return alt.layer(
        base.mark_bar(height=26, stroke="white").encode(
            x=alt.X("start:Q", title=unit), x2="end:Q",
            color=alt.Color(f"{part}:N", title=None, sort=used,
                            scale=alt.Scale(domain=used, range=[BLUE, SKY])),
            tooltip=[row, part, alt.Tooltip(f"{value}:Q", format=".2f")]),
        base.mark_text(color=DARK, fontSize=12).transform_filter(
            alt.FieldEqualPredicate(used[-1], part)).encode(
            x="middle:Q", text=alt.Text(f"{value}:Q", format=".1f")),
        base.mark_text(color="white", fontSize=12).transform_filter(
            alt.FieldEqualPredicate(used[0], part)).encode(
            x="middle:Q", text=alt.Text(f"{value}:Q", format=".1f")),
        whole.mark_text(align="left", dx=6, color=DARK, fontWeight="bold").encode(
            x=f"{value}:Q", text=alt.Text(f"{value}:Q", format=".1f")),
    ).properties(width=WIDTH - 80, height=44 * frame[row].nunique())  # fmt: skip


def evidence(frame: pd.DataFrame) -> alt.LayerChart:
    """Draw what kinds of statement the public figures can and cannot carry.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``question, kind`` (described, associated, cause), ``answer`` (shown, in part, not
        shown), in order from top to bottom.

    Returns
    -------
    altair.LayerChart
        A grid of questions by kind of statement, each cell named and coloured.
    """
    kinds = list(dict.fromkeys(frame["kind"]))
    answers = ["shown", "in part", "not shown"]
    base = alt.Chart(frame).encode(
        x=alt.X("kind:N", sort=kinds, title=None, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("question:N", sort=list(dict.fromkeys(frame["question"])), title=None,
                axis=alt.Axis(labelLimit=330)),
    )  # fmt: skip
    fill = alt.Color("answer:N", title=None, legend=None,
                     scale=alt.Scale(domain=answers, range=[BLUE, SKY, "#e3e7ea"]))  # fmt: skip
    ink = alt.condition("datum.answer == 'shown'", alt.value("white"), alt.value(DARK))
    return alt.layer(
        base.mark_rect(stroke="white", strokeWidth=3).encode(color=fill),
        base.mark_text(fontSize=12).encode(text="answer:N", color=ink),
    ).properties(width=360, height=30 * frame["question"].nunique())


def judgement_bars(frame: pd.DataFrame, *, row: str = "inspection") -> alt.LayerChart:
    """Draw shares of the four judgements as stacked bars.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long: ``row``, ``judgement`` (from best to lowest, in order of appearance),
        ``percent``.
    row : str
        Column that names the bars.

    Returns
    -------
    altair.LayerChart
        Bars with the percent inside each part.
    """
    used = list(dict.fromkeys(frame["judgement"]))
    rank = {name: i for i, name in enumerate(used)}
    rows = frame.assign(place=frame["judgement"].map(rank))
    rows["end"] = rows.sort_values("place").groupby(row, sort=False)["percent"].cumsum()
    rows["middle"] = rows["end"] - rows["percent"] / 2
    rows["start"] = rows["end"] - rows["percent"]
    base = alt.Chart(rows).encode(y=alt.Y(f"{row}:N", title=None, sort=list(rows[row])))
    colours = [BLUE, SKY, "#e3e7ea", CONTEXT][: len(used)]
    return alt.layer(
        base.mark_bar(height=26, stroke="white").encode(
            x=alt.X("start:Q", title="percent of authorities judged"), x2="end:Q",
            color=alt.Color("judgement:N", title=None, sort=used,
                            legend=alt.Legend(columns=2),
                            scale=alt.Scale(domain=used, range=colours)),
            tooltip=[row, "judgement", alt.Tooltip("percent:Q", format=".1f")]),
        base.mark_text(color=DARK, fontSize=12).encode(
            x="middle:Q", text=alt.Text("percent:Q", format=".0f")),
    ).properties(width=WIDTH - 80, height=44 * frame[row].nunique())  # fmt: skip


def ranges(frame: pd.DataFrame, *, label: str, title: str) -> alt.LayerChart:
    """Draw ranges, middle halves and medians, one a row.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``label``, ``min, q1, median, q3, max``, in order from top to bottom.
    label : str
        Column that names the rows.
    title : str
        Axis title with unit.

    Returns
    -------
    altair.LayerChart
        Thin lines from lowest to highest, boxes from first to third quartile.
    """
    base = alt.Chart(frame[[label, "min", "q1", "median", "q3", "max"]]).encode(
        y=alt.Y(f"{label}:N", title=None, sort=list(frame[label]))
    )
    return alt.layer(
        base.mark_rule(color=GREY).encode(x=alt.X("min:Q", title=title), x2="max:Q"),
        base.mark_bar(height=16, color=BLUE, opacity=0.35).encode(x="q1:Q", x2="q3:Q"),
        base.mark_tick(color=DARK, thickness=2, height=16).encode(x="median:Q"),
        base.mark_circle(color=BLUE, size=30, opacity=1).encode(x="min:Q"),
        base.mark_circle(color=BLUE, size=30, opacity=1).encode(
            x="max:Q", tooltip=[label, "min", "q1", "median", "q3", "max"]
        ),
    ).properties(width=WIDTH - 60, height=30 * len(frame))

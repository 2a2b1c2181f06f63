"""What a notebook calls: begin, show, check, record, finish.

A notebook's results are kept in memory and written when :func:`finish` is called,
all of them or none.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd
from IPython import get_ipython
from IPython.display import display

from care_rates import csvtext, markup, parameters_cell, paths, svg
from care_rates.areas import slug
from care_rates.claims import MISSES, ClaimError, Register, count
from care_rates.compared import beside, by_claim

_NAME = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)
VEGALITE = "application/vnd.vegalite.v5+json"
CLAIM_FIELDS = (
    "claim_id", "report", "locator", "statement", "published", "relation", "computed",
    "status", "reason", "decision_flag", "definition", "notebook",
)  # fmt: skip


class ReportError(RuntimeError):
    """A notebook that uses these functions in the wrong order or way."""


@dataclass
class Session:
    """What one notebook has shown, checked and recorded so far."""

    notebook: str
    parameters: dict
    output: str = ""
    results: list[dict] = field(default_factory=list)
    claims: dict[str, dict] = field(default_factory=dict)
    shown: dict[str, dict] = field(default_factory=dict)
    answers: list[dict] = field(default_factory=list)

    @cached_property
    def register(self) -> Register:
        """The claim register, read once."""
        return Register()


_now: Session | None = None


def begin(notebook: str, **parameters: object) -> None:
    """Start a notebook: call it once, in the set-up cell.

    Parameters
    ----------
    notebook : str
        Its file name without ending, for instance ``01_wwcsc_rates``.
    **parameters
        The values of the parameters cell, so that they are checked and recorded.

    Raises
    ------
    ParameterError
        If a parameter is unknown to the parameters cell, or of another type.
    """
    global _now
    parameters_cell.check(notebook, parameters)
    shell = get_ipython()
    if shell is not None and (found := parameters_cell.strangers(notebook, shell.user_ns)):
        raise parameters_cell.ParameterError(
            f"{notebook}: no parameter is called {found[0]!r}. (Set other values after begin().)"
        )
    _now = Session(notebook, parameters, os.environ.get("CARE_RATES_STEP", notebook))


def session() -> Session:
    """Give the notebook that is under way.

    Returns
    -------
    Session
        Its state.

    Raises
    ------
    ReportError
        If :func:`begin` was not called.
    """
    if _now is None:
        raise ReportError("Call begin('<name of the notebook>') in the set-up cell first.")
    return _now


def record(
    key: str, value: float, low: float | None = None, high: float | None = None,
    unit: str = "", method: str = "",
) -> None:  # fmt: skip
    """Keep one result, for ``outputs/results/<notebook>.csv``.

    Parameters
    ----------
    key : str
        Name of the result, lower case, dots between parts.
    value : float
        The number.
    low, high : float, optional
        Its interval.
    unit : str
        Unit of all three.
    method : str
        Estimator, window, vintage, interval rule: enough to compute it again.

    Raises
    ------
    ReportError
        If the key is taken or no plain text, or a value is not a number. A missing
        value (None, NaN) is kept as a blank; an infinite one is refused.
    """
    now = session()
    if not isinstance(key, str) or not key.strip() or not key.isprintable():
        raise ReportError(f"{now.notebook}: {key!r} is no name for a result.")
    for word, number in (("value", value), ("low", low), ("high", high)):
        if not _is_number(number):
            raise ReportError(f"{now.notebook}: {key}: {word} is {number!r}, not a finite number.")
    if any(row["key"] == key for row in now.results):
        raise ReportError(f"{now.notebook}: the result {key!r} is recorded already.")
    now.results.append(
        {"key": key, "value": value, "low": low, "high": high, "unit": unit, "method": method}
    )


def _is_number(value: object) -> bool:
    """Tell a finite or missing number from anything else."""
    try:
        return value is None or bool(pd.isna(value)) or math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def recorded(key: str, decimals: int = 0, scale: float = 1) -> str:
    """Write a recorded result into a sentence.

    Parameters
    ----------
    key : str
        Name of the result.
    decimals : int
        Decimals to show.
    scale : float
        What to multiply it by (100 for a share in percent).

    Returns
    -------
    str
        For instance ``−0.25``.

    Raises
    ------
    ReportError
        If no such result was recorded before.
    """
    for row in session().results:
        if row["key"] == key:
            return markup.cell(float(row["value"]) * scale, decimals)
    raise ReportError(f"{session().notebook}: no result is called {key!r}.")


def answer(question: str, sentence: str) -> None:
    """Give the report's question and its recomputed answer, for the first page.

    Parameters
    ----------
    question : str
        What the report asked, short, with the report's name.
    sentence : str
        One or two plain sentences whose numbers are computed, not typed.
    """
    session().answers.append({"question": question, "answer": sentence})
    html = f"<p><strong>{markup.escape(question)}</strong> {markup.escape(sentence)}</p>"
    display({"text/html": html, "text/plain": sentence}, raw=True)


def show(
    thing, *, name: str, caption: str, source: str, alt: str = "",
    decimals: dict[str, int] | int | None = None,
) -> None:  # fmt: skip
    """Show a chart or a table, with its text alternative, caption and source.

    A chart goes out twice: as a static picture that needs no scripts, and as the
    specification that the page draws live.

    Parameters
    ----------
    thing : altair.TopLevelMixin or pandas.DataFrame
        What to show.
    name : str
        Anchor on the page and name of the files (``fig3``, ``table2``).
    caption, source : str
        Plain text. The source names tables and releases.
    alt : str
        For a chart: what it shows, in words. Required.
    decimals : dict or int, optional
        For a table: decimals, by column or for all.

    Raises
    ------
    ReportError
        If the name is taken or could not name a file, the thing is neither chart nor
        table, or a chart has no text alternative.
    """
    now = session()
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ReportError(f"{now.notebook}: {str(name)[:60]!r}: name it with letters, digits, - _.")
    if not isinstance(thing, pd.DataFrame) and not type(thing).__module__.startswith("altair"):
        raise ReportError(f"{now.notebook}, {name}: show a chart or a table, not {thing!r:.60}.")
    if name in now.shown:
        raise ReportError(f"{now.notebook}: a figure or table is called {name!r} already.")
    info = {"name": name, "caption": caption, "source": source, "alt": alt}
    if isinstance(thing, pd.DataFrame):
        html = markup.figure(
            markup.table(thing, decimals), kind="table", name=name, caption=caption, source=source
        )
        named = any(thing.index.names)
        info |= {"kind": "table", "csv": csvtext.write(thing.reset_index() if named else thing)}
        bundle = {"text/html": html, "text/plain": caption}
    else:
        if not alt.strip():
            raise ReportError(
                f"{now.notebook}: the chart {name!r} needs a text alternative (alt=)."
            )
        # One of many runs of a notebook: its charts are checked when it is run by itself.
        alone = now.output == now.notebook
        specification = thing.to_dict(alone, context={"pre_transform": False})
        specification.setdefault("description", alt)
        # No address is allowed: a chart's data stands in the chart.
        drawn = markup.describe_svg(svg.render(specification, name), alt)
        data = pd.DataFrame.from_records(
            [row for rows in specification.get("datasets", {}).values() for row in rows]
        )
        info |= {"kind": "figure", "csv": csvtext.write(data), "svg": drawn}
        bundle = {VEGALITE: specification, "image/svg+xml": drawn, "text/plain": alt}
    now.shown[name] = info
    visible = {key: info[key] for key in ("kind", "name", "caption", "source", "alt")}
    display(bundle, raw=True, metadata={"care_rates": visible})
    if info["kind"] == "figure":
        below = f"<p><small>{markup.escape(caption)} Source: {markup.escape(source)}</small></p>"
        display({"text/html": below, "text/plain": caption}, raw=True,
                metadata={"care_rates": {"kind": "caption"}})  # fmt: skip


def check(prefix: str, computed, *, definition: str, low=None, high=None) -> pd.DataFrame:
    """Set computed values beside the published ones and print the status of each.

    Parameters
    ----------
    prefix : str
        Claim id, or its leading parts (``wwcsc.table2``).
    computed : DataFrame, mapping or scalar
        A frame with row and column labels that, slugged, complete the ids
        (``north_east`` and ``mean``); a mapping from the rest of the id to a value;
        or one value for the claim ``prefix`` itself.
    definition : str
        The one stated definition for all of them: window, release, estimator.
    low, high : same shape as computed, optional
        Interval that the rounding of the inputs allows.

    Returns
    -------
    pandas.DataFrame
        ``claim, published, computed, status, reason``, one row a claim.

    Raises
    ------
    ClaimError
        If a value has no claim, or a claim is checked twice or out of scope.
    """
    now = session()
    values, lows, highs = (by_claim(prefix, part) for part in (computed, low, high))
    taken = {row["anchor"] for row in now.claims.values()}
    anchors = (f"check-{slug(prefix)}{f'-{n}' if n else ''}" for n in (0, *range(2, 1000)))
    anchor = next(name for name in anchors if name not in taken)
    if not values:
        raise ClaimError(f"{prefix!r}: nothing was computed that could be checked.")
    rows = []
    for claim_id, value in values.items():
        claim = now.register[claim_id]
        if claim.scope not in ("in", "later") or claim.kind == "arithmetic":
            raise ClaimError(
                f"{claim_id} is registered as {claim.scope}, {claim.kind}: not checked here."
            )
        if claim_id in now.claims:
            raise ClaimError(f"{claim_id} is checked twice in {now.notebook}.")
        verdict = now.register.judge(claim_id, value, lows.get(claim_id), highs.get(claim_id))
        reason = now.register.reason(claim_id)[0] if verdict.status in MISSES else ""
        now.claims[claim_id] = {
            "claim_id": claim_id, "report": claim.report, "locator": claim.locator,
            "statement": claim.statement, "published": claim.published,
            "relation": claim.relation, "computed": verdict.computed, "status": verdict.status,
            "reason": reason, "decision_flag": verdict.decision_flag,
            "definition": definition, "notebook": now.notebook, "anchor": anchor,
        }  # fmt: skip
        rows.append(now.claims[claim_id])
    table = beside(rows)
    tally = count(row["status"] for row in rows)
    words = ", ".join(f"{number} {status}" for status, number in tally.items())
    caption = f"Published beside computed: {len(rows)} claims, {words}. {definition}"
    content = markup.table(table)
    if isinstance(computed, pd.DataFrame) and len(rows) > len(computed.columns):
        labels = [str(label) for label in computed.index]
        content = markup.grid(rows, labels, [str(column) for column in computed.columns])
        signs = ", ".join(f"{markup.MARKS[status]} {status}" for status in tally.index)
        caption += f" Signs: {signs}."
        missed = table[table["status"].isin(MISSES)]
        content += markup.table(missed) if len(missed) else ""
    html = markup.figure(content, kind="check", name=anchor, caption=caption, source="")
    info = {"kind": "check", "name": anchor, "caption": caption}
    display({"text/html": html, "text/plain": caption}, raw=True, metadata={"care_rates": info})
    return table


def finish() -> None:
    """Write what the notebook recorded, and sum up its checks: call it last.

    Writes ``results/<notebook>.csv``, ``records/<notebook>.json``, and the pictures
    and tables that were shown, below the outputs folder.
    """
    now = session()
    out = paths.writing()
    results = pd.DataFrame(now.results, columns=["key", "value", "low", "high", "unit", "method"])
    for column in ("value", "low", "high"):
        results[column] = [_number(x) for x in results[column]]
    for name, info in now.shown.items():
        folder = out / ("tables" if info["kind"] == "table" else "figures") / now.output
        paths.write_atomically(folder / f"{name}.csv", info["csv"])
        if "svg" in info:
            paths.write_atomically(folder / f"{name}.svg", info["svg"])
    paths.write_atomically(out / "results" / f"{now.output}.csv", csvtext.write(results))
    kept = {"notebook": now.notebook, "parameters": now.parameters,
            "answers": now.answers, "claims": list(now.claims.values()), "read": paths.files_read(),
            "modules": sorted(m for m in sys.modules if m.startswith("care_rates"))}  # fmt: skip
    text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    paths.write_atomically(out / "records" / f"{now.output}.json", text)
    tally = count(row["status"] for row in now.claims.values())
    words = ", ".join(f"{number} {status}" for status, number in tally.items())
    checked = f"; claims checked: {words}" if words else ""
    print(f"{now.notebook}: {len(now.results)} results recorded{checked}.")


def _number(value: object) -> str:
    if value is None or pd.isna(value):
        return ""
    return f"{value:.8g}" if isinstance(value, float) or hasattr(value, "dtype") else str(value)


def records() -> list[dict]:
    """Read what the other notebooks recorded, for the synthesis.

    Returns
    -------
    list of dict
        ``notebook, parameters, answers, claims``, in notebook order.
    """
    folder = paths.outputs() / "records"
    names = sorted(p.stem for p in paths.notebooks().glob("[0-9][0-9]_*.ipynb"))
    found = [folder / f"{name}.json" for name in names if name != session().notebook]
    missing = [path.stem for path in found if not path.is_file()]
    if missing:
        raise ReportError(f"{missing[0]} has not been run: run it first, or `care-rates run`.")
    return [paths.read_json(paths.reading(path)) for path in found]


def save_claims(rows: pd.DataFrame) -> None:
    """Write the ledger to ``results/claims.csv``.

    Parameters
    ----------
    rows : pandas.DataFrame
        From :func:`care_rates.ledger.ledger`.
    """
    paths.write_atomically(paths.writing() / "results" / "claims.csv", csvtext.write(rows))

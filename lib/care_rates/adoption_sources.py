"""Three sources of what better practice could reach, as inputs of the adoption model.

The report of 2021-22 weighs three: the best statistical neighbour, reviews of cases in
six authorities ("deep dives"), and results of programmes. The first is a gap of each
authority. The others are a few printed numbers: here each is a product of *factors*,
and a factor is a (low, likely, high) triangle. A factor is drawn once a future and
stands for every authority and for each source that it enters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_rates.adoption import Assumptions, simulate, triangle
from care_rates.printed import parse_range

RECIPES = {
    "2. deep dives": {
        "gap": ("avoidable", "stay"),
        "gap_residential": ("family_wanted", "stay"),
    },
    "3. programmes": {
        "gap": ("supported", "else_in_care", "effective", "stay"),
        "gap_residential": ("moves_fewer", "stay"),
    },
}
"""Sources 2 and 3: which factors are multiplied to make each gap."""

NEIGHBOURS = "1. best neighbour"
TOGETHER = "all three"
WITHOUT = "without the model"
WORDS = {
    "avoidable": ("2", "children coming into care who could have avoided it", "printed"),
    "family_wanted": ("2", "moves into residential homes where a family was first asked for",
                      "printed; likely: the middle"),
    "supported": ("3", "children to be supported a year, over children starting in care",
                  "printed, over the published entries"),
    "else_in_care": ("3", "of those supported, would else have come into care", "our assumption"),
    "effective": ("3", "of those supported, stay with their family (printed: up to)", "printed"),
    "moves_fewer": ("3", "fewer moves into residential homes (Leicestershire)", "printed"),
    "stay": ("2 and 3", "length of stay of those concerned, over the average",
             "our assumption"),
}  # fmt: skip
"""Factors in words: source, what it is a share of, and whose number it is."""


def factors(
    register, entries: float, stay: Sequence[float], else_in_care: Sequence[float]
) -> dict[str, tuple[float, float, float]]:
    """Read the printed factors and add the two that are assumed.

    Parameters
    ----------
    register : care_rates.claims.Register
        Holds what the report prints.
    entries : float
        Children who started in care in England in the last year.
    stay, else_in_care : sequence of float
        Low, likely, high (see :data:`WORDS`).

    Returns
    -------
    dict of str to tuple of float
        Triangles by name, as shares of one; a single printed number three times.
    """

    def number(claim: str) -> float:
        return register[f"ccn.section5_{claim}"].number.value

    wanted = [p.value / 100 for p in parse_range(register["ccn.section5_4.family_setting_wanted"]
                                                 .published)]  # fmt: skip
    before, after = (number(f"4.leicestershire_moves_{when}") for when in ("before", "after"))
    single = {
        "supported": number("1.children_benefit") / entries,
        "effective": number("1.effective_max") / 100,
        "moves_fewer": 1 - after / before,
    }
    return {
        "avoidable": tuple(number(f"1.avoidable{end}") / 100 for end in ("_min", "", "_max")),
        "family_wanted": (wanted[0], sum(wanted) / 2, wanted[1]),
        **{name: (value,) * 3 for name, value in single.items()},
        "else_in_care": tuple(else_in_care),
        "stay": tuple(stay),
    }


def described(found: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Put the factors into words.

    Parameters
    ----------
    found : mapping
        From :func:`factors`.

    Returns
    -------
    pandas.DataFrame
        ``source, low, likely, high`` (percent) and ``number`` (whose), by what it is.
    """
    rows = {WORDS[k][1]: (WORDS[k][0], *(100 * x for x in found[k]), WORDS[k][2]) for k in WORDS}
    columns = ["source", "low", "likely", "high", "number"]
    return pd.DataFrame(rows, index=columns).T.infer_objects()


def gaps(
    system: pd.DataFrame, found: Mapping[str, Sequence[float]], weights: Sequence[float],
    draws: int, seed: int,
) -> dict[str, dict[str, np.ndarray]]:  # fmt: skip
    """Draw the gaps of each source, and of all together.

    Parameters
    ----------
    system : pandas.DataFrame
        See :mod:`care_rates.adoption`; its gaps are those of source 1.
    found : mapping of str to sequence of float
        From :func:`factors`.
    weights : sequence of float
        One a source, in order. Together, a gap is the weighted mean of the three in
        each future.
    draws, seed : int
        Simulated futures; the factors have a stream of their own.

    Returns
    -------
    dict of str to dict of str to numpy.ndarray
        ``gap`` and ``gap_residential`` by source, shape (n, 1) or (draws,), together
        (n, draws); no gap is more than one.

    Raises
    ------
    ValueError
        If the weights are not three, or below zero, or all zero.
    """
    share = np.asarray(weights, dtype=float)
    if share.shape != (1 + len(RECIPES),) or not (share >= 0).all() or not share.any():
        raise ValueError(f"weights {list(weights)} must be three, none below zero, one above.")
    rng = np.random.default_rng((seed, len(RECIPES)))
    drawn = {name: triangle(rng, tuple(ends), draws) for name, ends in found.items()}
    kinds = ("gap", "gap_residential")
    out = {NEIGHBOURS: {kind: system[kind].to_numpy(float)[:, None] for kind in kinds}}
    for source, recipe in RECIPES.items():
        out[source] = {
            kind: np.minimum(np.prod([drawn[name] for name in recipe[kind]], axis=0), 1.0)
            for kind in kinds
        }
    share = share / share.sum()
    out[TOGETHER] = {
        kind: sum(w * one[kind] for w, one in zip(share, list(out.values()), strict=True))
        for kind in kinds
    }
    return out


def _ends(label: str, run: Mapping[str, np.ndarray], kind: str) -> list[tuple]:
    """Children in care and the residential share in the last year."""
    stock, homes = run[f"stock_{kind}"][-1], run[f"residential_{kind}"][-1]
    return [(label, "in_care", stock), (label, "residential_share", 100 * homes / stock)]


def compare(
    system: pd.DataFrame, assumptions: Assumptions, sources: Mapping[str, Mapping[str, np.ndarray]],
    years: int, draws: int, seed: int, alpha: float = 0.05,
) -> pd.DataFrame:  # fmt: skip
    """Run the model on each source, with the same futures.

    Parameters
    ----------
    system, assumptions, years, draws, seed
        As in :func:`care_rates.adoption.simulate`.
    sources : mapping
        From :func:`gaps`.
    alpha : float
        One less the coverage.

    Returns
    -------
    pandas.DataFrame
        ``source, measure, median, low, high``. Measures: ``fall`` and
        ``fall_residential``, percent of today's children in care and of the residential
        share if the gap closed in full; ``in_care``, children, and
        ``residential_share``, percent, in the last year of the run, also for
        ``without the model``.
    """
    weight = {"gap": system["stock"], "gap_residential": system["residential"]}
    full = {"gap": "fall", "gap_residential": "fall_residential"}
    rows = []
    for source, gap in sources.items():
        run = simulate(system, assumptions, years, draws, seed, gaps=gap)
        for kind, size in weight.items():
            part = (size / size.sum()).to_numpy()[:, None]
            rows.append((source, full[kind], 100 * (part * gap[kind]).sum(axis=0)))
        rows += _ends(source, run, "with")
    rows = _ends(WITHOUT, run, "without") + rows
    levels = [0.5, alpha / 2, 1 - alpha / 2]
    kept = [(*row[:2], *np.quantile(row[2], levels, method="inverted_cdf")) for row in rows]
    return pd.DataFrame(kept, columns=["source", "measure", "median", "low", "high"])


def wide(table: pd.DataFrame, measures: Mapping[str, str]) -> pd.DataFrame:
    """Lay a comparison out for a reader, one row a source.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`compare`.
    measures : mapping of str to str
        Measures to show and their words.

    Returns
    -------
    pandas.DataFrame
        For each measure its median, low and high.
    """
    ends = ["median", "low", "high"]
    order = list(dict.fromkeys(table["source"]))
    both = {
        f"{words}, {end}": table[table["measure"] == name].set_index("source")[end]
        for name, words in measures.items()
        for end in ends
    }
    return pd.DataFrame(both).reindex(order).dropna(how="all").rename_axis("source")

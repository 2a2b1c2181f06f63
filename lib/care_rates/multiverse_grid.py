"""The choices of a specification curve: what may differ, as data, and the panel as arrays.

After Simonsohn, Simmons and Nelson (2020, Nature Human Behaviour 4, 1208-1214), who call it
a specification curve, and Steegen et al. (2016, Perspectives on Psychological Science 11,
702-712), who call it a multiverse: every combination of choices that a reasonable analyst
could make is carried out, so that a reader sees which of them decide the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

DESIGNS = ("averages", "change", "growth", "both change", "cut first", "all years", "within",
           "all orders")  # fmt: skip
"""Averages of a period; change of the outcome (a year; percent a year) on the average factor;
change on change; change of the factor in the first half of the period and of the outcome in
the second; all years together; within authorities and years; share averaged over all orders
of deprivation, years and authorities (Shapley, LMG)."""
SCALES = ("values", "ranks")
STATISTICS = ("correlation", "share", "gap")
"""(Partial) correlation; its square in percent; slope in standard deviations of the outcome."""
LEAST = 30
"""Fewest authorities from which anything is computed."""


@dataclass(frozen=True)
class Specification:
    """One way of asking a question; every field but ``statistic`` is a choice.

    Parameters
    ----------
    outcome, factor : str
        Columns of the panel.
    method : str
        Name of the method, which settles ``design, scale, controls``.
    design : str
        One of ``DESIGNS``.
    scale : str
        ``values``, or ``ranks`` of the authorities' figures.
    controls : tuple of str
        Columns held still; ``region`` stands for the regions.
    period : tuple of int
        First and last year ending 31 March.
    areas : str
        Which authorities: a key of ``Cube.areas``.
    weights : str
        ``alike``, or ``children``: authorities count by their child population.
    statistic : str
        One of ``STATISTICS``.
    """

    outcome: str
    factor: str
    method: str = ""
    design: str = "averages"
    scale: str = "ranks"
    controls: tuple[str, ...] = ()
    period: tuple[int, int] = (2012, 2017)
    areas: str = "England"
    weights: str = "alike"
    statistic: str = "correlation"

    def __post_init__(self) -> None:
        known = {"design": DESIGNS, "scale": SCALES, "statistic": STATISTICS,
                 "weights": ("alike", "children")}  # fmt: skip
        for name, choices in known.items():
            if getattr(self, name) not in choices:
                raise ValueError(
                    f"{name} {getattr(self, name)!r} is not one of: {', '.join(choices)}."
                )


@dataclass(frozen=True)
class Cube:
    """The panel as arrays, authorities by years.

    Parameters
    ----------
    units : numpy.ndarray
        Names of the G authorities.
    years : numpy.ndarray
        The T years.
    figures : dict of str to numpy.ndarray
        G x T by column.
    region : numpy.ndarray
        G codes from 0.
    size : numpy.ndarray
        G mean child populations.
    areas : dict of str to numpy.ndarray
        Named sets of authorities, boolean, length G.
    """

    units: np.ndarray
    years: np.ndarray
    figures: dict[str, np.ndarray]
    region: np.ndarray
    size: np.ndarray
    areas: dict[str, np.ndarray]


@dataclass(frozen=True)
class Estimate:
    """What one specification gives.

    Parameters
    ----------
    estimate : float
        The statistic; not a number where the figures cannot carry the specification.
    slope : float
        Outcome's units for one unit of the factor.
    areas, rows : int
        Authorities and rows used.
    draws : numpy.ndarray
        The statistic in each bootstrap draw.
    """

    estimate: float
    slope: float
    areas: int
    rows: int
    draws: np.ndarray


def cube(
    panel: pd.DataFrame, columns: Sequence[str], logs: Sequence[str] = (), smallest: float = 0.2
) -> Cube:
    """Lay a panel out as arrays.

    Parameters
    ----------
    panel : pandas.DataFrame
        ``unit_id, year, region, london, persons`` and ``columns``, one row an authority
        and year.
    columns : sequence of str
        What to keep.
    logs : sequence of str
        Columns to take logarithms of (figures that are not positive become missing).
    smallest : float
        Share of authorities, by child population, that count as the smallest.

    Returns
    -------
    Cube
        With the sets ``England, without London, without the smallest``.
    """
    wide = {name: panel.pivot(index="unit_id", columns="year", values=name) for name in columns}
    frame = next(iter(wide.values()))
    arrays = {name: table.to_numpy(float) for name, table in wide.items()}
    for name in logs:
        array = arrays[name]
        arrays[name] = np.log(np.where(array > 0, array, np.nan))
    each = panel.groupby("unit_id")[["persons", "london"]].mean()
    region = panel.groupby("unit_id")["region"].first()
    sets = {
        "England": np.ones(len(each), bool),
        "without London": each["london"].to_numpy() == 0,
        "without the smallest": (each["persons"] > each["persons"].quantile(smallest)).to_numpy(),
    }
    return Cube(
        units=frame.index.to_numpy(),
        years=frame.columns.to_numpy(),
        figures=arrays,
        region=pd.factorize(region, sort=True)[0],
        size=each["persons"].to_numpy(float),
        areas=sets,
    )


def resample(units: int, draws: int, seed: int) -> np.ndarray:
    """Draw authorities again and again, the same draws for every specification.

    Parameters
    ----------
    units : int
        Authorities.
    draws : int
        How many draws.
    seed : int
        Of numpy's default generator.

    Returns
    -------
    numpy.ndarray
        ``draws`` x ``units`` counts.
    """
    return np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), draws)


def grid(
    methods: Mapping[str, Mapping], choices: Mapping[str, Sequence], statistic: str
) -> list[Specification]:
    """Combine methods with every combination of the other choices.

    Parameters
    ----------
    methods : mapping of str to mapping
        By name: ``design`` and, if they differ from the default, ``scale``, ``controls``;
        a method may fix any other field too, for instance its ``factor``.
    choices : mapping of str to sequence
        Fields of :class:`Specification` to their values.
    statistic : str
        Of all.

    Returns
    -------
    list of Specification
        Each once, in order.
    """
    found = [
        Specification(**{"method": name, "statistic": statistic,
                         **dict(zip(choices, values, strict=True)), **method})
        for name, method in methods.items()
        for values in product(*choices.values())
    ]  # fmt: skip
    return list(dict.fromkeys(found))

"""The five questions on which the reports disagree: what was said, and how it can be asked.

Facts only: which claims speak to a question, which methods the reports used and which
others are reasonable, which outcomes, measures, periods, areas and weights. The figures
are those of :mod:`care_rates.common_panel`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from care_rates import paths
from care_rates.claims import REPORTS, Claim, Register
from care_rates.multiverse_grid import Specification, grid

LABELS = {
    "rate": "children in care",
    "plans": "new protection plans",
    "referrals": "referrals",
    "all_per_child": "all spending",
    "other_per_child": "spending other than care",
    "low_income": "low income",
    "idaci": "income deprivation (IDACI)",
    "imd": "multiple deprivation (IMD)",
    "judged_before": "judged before",
    "judged_after": "judged after",
    "judged_during": "judged during",
    "judged_late": "latest, as reports took it",
    "judged_then": "judged by then",
    "work_per_need": "social work per child in need",
    "work_per_other_need": "social work per child in need, those in care left out",
    "work_per_child": "social work per child",
    "care_per_cla": "care per child in care",
    "prevention_per_child": "prevention per child",
    "sure_start_per_child": "Sure Start per child",
    "prevention_share": "prevention as a share",
    "london": "London",
    "England": "all of England",
    "alike": "authorities count alike",
    "children": "authorities count by children",
}
"""What columns of the panel and choices are called in tables and charts."""
AREAS = ("England", "without London", "without the smallest")
WEIGHTS = ("alike", "children")


@dataclass(frozen=True)
class Question:
    """One question and the grid of reasonable ways to ask it.

    Parameters
    ----------
    key, title : str
        Short name and the question itself.
    statistic : str
        What is estimated: see :data:`care_rates.multiverse_grid.STATISTICS`.
    unit : str
        Axis title.
    claims : tuple of str
        Ids of the published statements.
    methods : mapping of str to mapping
        Fields of the specification by name of the method.
    outcomes, factors, periods : tuple
        Choices; the first factor is the main one.
    areas, weights : tuple of str
        Choices; the first is the main one.
    main : tuple of str
        Factors of the main table, if more than the first.
    printed : mapping of str to (str, str, str)
        Claims with a printed number, and the outcome, method and factor they belong to.
    """

    key: str
    title: str
    statistic: str
    unit: str
    claims: tuple[str, ...]
    methods: Mapping[str, Mapping]
    outcomes: tuple[str, ...]
    factors: tuple[str, ...]
    periods: tuple[tuple[int, int], ...]
    areas: tuple[str, ...] = AREAS
    weights: tuple[str, ...] = WEIGHTS
    main: tuple[str, ...] = ()
    printed: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    def specifications(self, *, main: bool = False) -> list[Specification]:
        """List the ways of asking.

        Parameters
        ----------
        main : bool
            Only all authorities, each counting alike, by the main measures.

        Returns
        -------
        list of Specification
            All of them, or the main ones.
        """
        choices = {
            "outcome": self.outcomes,
            "factor": (self.main or self.factors[:1]) if main else self.factors,
            "period": self.periods,
            "areas": self.areas[:1] if main else self.areas,
            "weights": self.weights[:1] if main else self.weights,
        }
        return grid(self.methods, choices, self.statistic)


def _ways(design: str, scale: str = "ranks", *controls: str) -> dict:
    return {"design": design, "scale": scale, "controls": controls}


QUESTIONS = {
    "deprivation": Question(
        "deprivation",
        "How much of the difference between authorities goes with deprivation?",
        "share",
        "percent of the variance",
        ("wwcsc.section3_3.low_income_rate", "wwcsc.note18.rs", "nao.para16.deprivation_share",
         "ccn.section5_1.idaci_share", "cordis.section3_3.deprivation.explains",
         "cordis.section3_3.three_explain_all"),
        {
            "averages, ranks (What Works)": _ways("averages"),
            "averages, values (Newton)": _ways("averages", "values"),
            "all years, deprivation first (Audit Office)": _ways("all years", "values"),
            "all years, mean of all orders": _ways("all orders", "values"),
            "averages within regions, values": _ways("averages", "values", "region"),
            "change on change, ranks": _ways("both change"),
            "within authorities over time": _ways("within", "values"),
        },
        ("rate", "plans", "all_per_child"),
        ("low_income", "idaci", "imd"),
        ((2012, 2016), (2018, 2022)),
        main=("low_income", "idaci"),
        printed={
            "wwcsc.note18.rs": ("rate", "averages, ranks (What Works)", "low_income"),
            "nao.para16.deprivation_share": (
                "plans", "all years, deprivation first (Audit Office)", "low_income"),
            "ccn.section5_1.idaci_share": ("all_per_child", "averages, values (Newton)", "idaci"),
        },
    ),
    "ofsted": Question(
        "ofsted",
        "Do better judged authorities have lower, or falling, rates?",
        "correlation",
        "(partial) correlation with a better judgement",
        ("wwcsc.note40.rs", "wwcsc.note42.rs", "cypn.paragraph7.ofsted", "nao.para14.cla_quality",
         "nao.para14.plans_quality"),
        {
            "level (What Works)": _ways("averages"),
            "level, low income held still": _ways("averages", "ranks", "low_income"),
            "level, low income and region held still": _ways(
                "averages", "ranks", "low_income", "region"),
            "change in points (What Works)": _ways("change"),
            "change in percent (Audit Office)": _ways("growth"),
            "change in points, low income and region held still": _ways(
                "change", "ranks", "low_income", "region"),
            "within authorities over time": _ways("within", "values") | {"factor": "judged_then"},
        },
        ("rate", "plans"),
        ("judged_after", "judged_during", "judged_before", "judged_late"),
        ((2012, 2017), (2018, 2023)),
        main=("judged_after", "judged_during", "judged_before", "judged_late"),
        printed={
            "wwcsc.note40.rs": ("rate", "level (What Works)", "judged_late"),
            "wwcsc.note42.rs": ("rate", "change in points (What Works)", "judged_late"),
        },
    ),
    "spending": Question(
        "spending",
        "Do authorities that spend more have fewer children in care?",
        "correlation",
        "(partial) correlation with higher spending",
        ("wwcsc.section3_6.unit_cost_rate", "wwcsc.note36.rs", "wwcsc.note37.p",
         "cordis.section4_3_1.high_spend", "ccn.section4_3.share_children"),
        {
            "level (What Works)": _ways("averages"),
            "level, low income held still": _ways("averages", "ranks", "low_income"),
            "level, low income and region held still": _ways(
                "averages", "ranks", "low_income", "region"),
            "change on change (What Works)": _ways("both change"),
            "within authorities over time": _ways("within", "values"),
        },
        ("rate", "plans"),
        ("work_per_need", "work_per_other_need", "work_per_child", "other_per_child",
         "care_per_cla"),
        ((2012, 2016), (2018, 2022)),
        main=("work_per_need", "work_per_other_need", "work_per_child"),
        printed={"wwcsc.note36.rs": ("rate", "level (What Works)", "work_per_need")},
    ),
    "prevention": Question(
        "prevention",
        "Where prevention was cut more, did more children come into care?",
        "correlation",
        "(partial) correlation with more prevention",
        ("nao.para17.no_increase_in_plans", "nao.para17.preventative_spending",
         "cordis.summary.prevention", "cordis.section4_3_2.initial_rise",
         "ccn.section4_1.early_intervention_fall_ccn"),
        {
            "level": _ways("averages"),
            "level, low income and region held still": _ways(
                "averages", "ranks", "low_income", "region"),
            "change on change (Audit Office's question)": _ways("both change"),
            "change on change, low income and region held still": _ways(
                "both change", "ranks", "low_income", "region"),
            "cut first, change after": _ways("cut first"),
            "within authorities over time": _ways("within", "values"),
        },
        ("rate", "plans"),
        ("prevention_per_child", "sure_start_per_child", "prevention_share"),
        ((2011, 2017), (2018, 2024)),
        main=("prevention_per_child", "sure_start_per_child"),
    ),
    "london": Question(
        "london",
        "Is London different?",
        "gap",
        "London less elsewhere, in standard deviations of the outcome",
        ("wwcsc.section3_1.lowest_rate", "wwcsc.section3_2.largest_decreases",
         "wwcsc.section3_3.highest_low_income", "cypn.paragraph3.sharpest_decrease",
         "cypn.paragraph3.against_trend"),
        {
            "level (What Works)": _ways("averages", "values"),
            "level, low income held still": _ways("averages", "values", "low_income"),
            "level, IDACI held still": _ways("averages", "values", "idaci"),
            "level, IMD held still": _ways("averages", "values", "imd"),
            "change in points (What Works)": _ways("change", "values"),
            "change in percent": _ways("growth", "values"),
            "change in points, low income held still": _ways("change", "values", "low_income"),
        },
        ("rate", "plans", "referrals"),
        ("london",),
        ((2012, 2017), (2018, 2023)),
        areas=("England", "without the smallest"),
    ),
}  # fmt: skip
"""The questions, in the order of the notebook."""


def statements(claims: Iterable[Claim]) -> pd.DataFrame:
    """Set the published statements of a question side by side.

    Parameters
    ----------
    claims : iterable of Claim
        From the register.

    Returns
    -------
    pandas.DataFrame
        By report: ``where, statement`` (in our words), ``published`` (as printed).
    """
    rows = [(REPORTS[c.report], c.locator, c.statement, c.published) for c in claims]
    return pd.DataFrame(rows, columns=["report", "where", "statement", "published"]).set_index(
        "report"
    )


def printed(question: Question, register: Register) -> pd.DataFrame:
    """Place the printed numbers of a question among its outcomes, methods and factors.

    Parameters
    ----------
    question : Question
        Which.
    register : Register
        The claims.

    Returns
    -------
    pandas.DataFrame
        ``report, statement, method, outcome, factor, value, text``. Where shares are asked
        for, a printed correlation is squared and a printed fraction becomes percent.
    """
    rows = []
    for claim_id, (outcome, method, factor) in question.printed.items():
        claim = register[claim_id]
        value, text = claim.number.value, f"printed: {claim.published}"
        if question.statistic == "share" and claim.quantity == "correlation":
            value, text = 100 * value**2, f"{text}, squared"
        elif question.statistic == "share" and abs(value) <= 1:
            value = 100 * value
        rows.append((REPORTS[claim.report], claim.statement, method, LABELS[outcome],
                     LABELS[factor], value, text))  # fmt: skip
    columns = ["report", "statement", "method", "outcome", "factor", "value", "text"]
    return pd.DataFrame(rows, columns=columns)


def against(table: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Set each printed number beside the estimate of its own method on the common panel.

    Parameters
    ----------
    table : pandas.DataFrame
        Main estimates, named (see :func:`named`).
    told : pandas.DataFrame
        From :func:`printed`.

    Returns
    -------
    pandas.DataFrame
        By report: ``statement, printed`` (on the scale of the estimates), ``period,
        computed, low, high, inside`` (whether the interval holds the printed number).
    """
    both = told.merge(table, on=["method", "outcome", "factor"])
    inside = both["value"].between(both["low"], both["high"])
    both = both.assign(inside=inside.map({True: "yes", False: "no"}))
    both = both.rename(columns={"value": "printed", "estimate": "computed"}).set_index("report")
    return both[["statement", "printed", "period", "computed", "low", "high", "inside"]]


def named(table: pd.DataFrame, columns: Sequence[str] = ("outcome", "factor")) -> pd.DataFrame:
    """Call outcomes and factors by their names.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`care_rates.multiverse.run`.
    columns : sequence of str
        Which columns hold names of the panel.

    Returns
    -------
    pandas.DataFrame
        A copy.
    """
    return table.assign(**{name: table[name].map(LABELS) for name in columns})


def unseen() -> pd.DataFrame:
    """List what none of the reports could see, and the public table that would settle it.

    Returns
    -------
    pandas.DataFrame
        By what is unseen: why it matters, the table and its publisher, how far it goes
        and what it would settle. From ``assets/unseen.csv``.
    """
    path = Path(__file__).resolve().parent / "assets" / "unseen.csv"
    return pd.read_csv(paths.reading(path), keep_default_na=False).set_index("unseen")

"""What the publishers call our figures: headings and words, as data.

A recipe says which headings must stand in a file, and which column feeds which field
of which table. Headings are compared in the form of :func:`cells.heading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CIN = "child_protection_england"
STAFF = "workforce_england"
AGES, PLACES = "cla_ages_england", "cla_placements_england"
STOCK, FLOWS, PEOPLE = "cla_england", "cla_flows_england", "population_england"
WALES = "cla_wales"


@dataclass(frozen=True)
class Recipe:
    """One file of a release as the publisher lays it out.

    Parameters
    ----------
    name : str
        What to call it in messages.
    family : str
        Which releases it belongs to (``cla``, ``cin``, ``csww``, ``wales``).
    needs : frozenset of str
        Headings that tell it.
    fields : mapping
        Heading to (table, field), for files of one row an area and year.
    suffix : str
        Ending of the release's id in ``sources.csv``.
    ahead : int
        Release year less last year in the file (1 for mid-year population).
    ambiguous : bool
        Whether other files look the same, so that name or option must tell.
    """

    name: str
    family: str
    needs: frozenset[str]
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    suffix: str = ""
    ahead: int = 0
    ambiguous: bool = False


COUNTS = {
    "children looked after at 31 march each year": (STOCK, "number", "rate_per_10k"),
    "children starting to be looked after each year": (FLOWS, "started", "started_rate_per_10k"),
    "children ceasing to be looked after each year": (FLOWS, "ceased", "ceased_rate_per_10k"),
}
"""Words of ``population_count``, and the fields of ``number`` and ``rate_per_10000``."""

AGE_WORDS = {
    "under 1 year": "under_1",
    "1 to 4 years": "1_to_4",
    "5 to 9 years": "5_to_9",
    "10 to 15 years": "10_to_15",
    "16 years and over": "16_and_over",
    "total": "total",
}
PLACE_WORDS = {
    "foster placements": "foster",
    "placed for adoption": "placed_for_adoption",
    "placed with parents or other person with parental responsibility": "with_parents",
    "independent and semi-independent living arrangements/supported accommodation": (
        "independent_supported_accommodation"
    ),
    "secure homes and children's homes": "secure_and_childrens_homes",
    "secure units, children's homes and semi-independent living accommodation": (
        "secure_childrens_homes_hostels"
    ),
    "other residential settings": "other_residential",
    "residential schools": "residential_school",
    "other placements in the community": "other_community",
    "other placements": "other",
    "total": "total",
}
CHARACTERISTICS = {
    "age group": (AGES, "age_group", AGE_WORDS),
    "age": (AGES, "age_group", AGE_WORDS),
    "placement": (PLACES, "placement", PLACE_WORDS),
    "placement type": (PLACES, "placement", PLACE_WORDS),
}
"""Words of ``cla_group`` to table, key field and the words of ``characteristic``."""


def _cin(*pairs: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (CIN, target) for name, target in pairs}


STAFF_FIELDS = (
    "inpost_fte", "starters_fte", "leavers_fte",
    "turnover_rate_fte", "agency_fte", "agency_rate_fte",
    "vacancy_fte", "vacancy_rate_fte", "absence_rate_fte",
    "working_days_lost_fte", "case_holders_fte", "cases",
    "caseload_fte", "inpost_headcount", "turnover_rate_headcount",
    "agency_rate_headcount",
)  # fmt: skip

TIDY = (
    Recipe(
        "children looked after, number and rate", "cla",
        frozenset({"population_count", "number", "rate_per_10000"}),
    ),
    Recipe(
        "children looked after at 31 March by characteristics", "cla",
        frozenset({"cla_group", "characteristic", "number"}),
        suffix="_31march", ambiguous=True,
    ),
    Recipe(
        "children in need (b1)", "cin", frozenset({"anypoint_episodes", "at31_episodes"}),
        _cin(("anypoint_episodes", "cin_episodes"), ("at31_episodes", "cin_at_31_march"),
             ("anypoint_episodes_rate", "cin_episodes_rate_per_10k"),
             ("at31_episodes_rate", "cin_at_31_march_rate_per_10k")),
    ),
    Recipe(
        "referrals (c1)", "cin", frozenset({"referral_count"}),
        _cin(("referral_count", "referrals"), ("referral_rate", "referrals_rate_per_10k")),
    ),
    Recipe(
        "referrals (c1)", "cin", frozenset({"referrals", "re_referrals"}),
        _cin(("referrals", "referrals"), ("referrals_rate", "referrals_rate_per_10k")),
    ),
    Recipe(
        "section 47 enquiries and conferences (c4)", "cin", frozenset({"section47", "icpc"}),
        _cin(("section47", "s47_enquiries"), ("section47_rate", "s47_rate_per_10k"),
             ("icpc", "icpc"), ("icpc_rate", "icpc_rate_per_10k")),
    ),
    Recipe(
        "child protection plans (d1)", "cin", frozenset({"cpp_start", "cpp_at31"}),
        _cin(("cpp_start", "cpp_started"), ("cpp_start_rate", "cpp_started_rate_per_10k"),
             ("cpp_at31", "cpp_at_31_march"), ("cpp_at31_rate", "cpp_at_31_march_rate_per_10k")),
    ),
    Recipe(
        "child protection plans that started (d3)", "cin",
        frozenset({"cpp_start", "cpp_subsequent"}), _cin(("cpp_start", "cpp_started")),
    ),
    Recipe(
        "child protection plans at 31 March (d5)", "cin",
        frozenset({"cpp_at31", "2_years_or_more"}), _cin(("cpp_at31", "cpp_at_31_march")),
    ),
    Recipe(
        "mid-year population aged 0 to 17", "cin",
        frozenset({"age_group", "population_estimate"}), ahead=1,
    ),
    Recipe(
        "social work workforce", "csww", frozenset({"inpost_fte", "caseload_fte"}),
        {name: (STAFF, name) for name in STAFF_FIELDS}
        | {f"{name}_perc": (STAFF, name) for name in STAFF_FIELDS}
        | {"agency_worker_rate_fte_perc": (STAFF, "agency_rate_fte"),
           "agency_worker_rate_headcount_perc": (STAFF, "agency_rate_headcount"),
           "agency_worker_fte": (STAFF, "agency_fte")},
    ),
)  # fmt: skip
"""Files of explore education statistics."""

CIN_FIELDS = tuple(
    name + end
    for name in ("referrals", "s47", "icpc", "cpp_started", "cpp_at_31_march", "cin_episodes",
                 "cin_at_31_march")
    for end in ("_enquiries" if name == "s47" else "", "_rate_per_10k")
)  # fmt: skip
"""Fields of children in need. The headings of their underlying data changed every year, so
these names are the ones that ``--heading OLD=NAME`` maps them to."""

WIDE_STEMS = {name: (CIN, name) for name in CIN_FIELDS} | {
    "cla_mar": (STOCK, "number"),
    "cla_rate": (STOCK, "rate_per_10k"),
    "cla_started": (FLOWS, "started"),
    "cla_cease": (FLOWS, "ceased"),
    "a1_fte_childrenssocialworkers": (STAFF, "inpost_fte"),
    "b1_fte_starters": (STAFF, "starters_fte"),
    "b2_fte_leavers": (STAFF, "leavers_fte"),
    "b3_fte_turnoverrate": (STAFF, "turnover_rate_fte"),
    "d1_fte_agencyworkers": (STAFF, "agency_fte"),
    "d2_fte_agencyworkerrate": (STAFF, "agency_rate_fte"),
    "a2_fte_vacancies": (STAFF, "vacancy_fte"),
    "a3_fte_vacancyrate": (STAFF, "vacancy_rate_fte"),
    "c1_fte_absence": (STAFF, "working_days_lost_fte"),
    "c2_fte_absencerate": (STAFF, "absence_rate_fte"),
    "a1e_fte_case_holder": (STAFF, "case_holders_fte"),
    "number_of_cases_held_by_front_line_social_workers": (STAFF, "cases"),
    "average_caseload": (STAFF, "caseload_fte"),
    "a1_headcount_childrenssocialworkers": (STAFF, "inpost_headcount"),
    "b3_headcount_turnoverrate": (STAFF, "turnover_rate_headcount"),
    "d2_headcount_agencyworkerrate": (STAFF, "agency_rate_headcount"),
}
"""Headings of the underlying data without their year."""

WIDE_CLASSES = {
    "cla_u1": (AGES, "under_1", "Under 1 year"),
    "cla_1to4": (AGES, "1_to_4", "1 to 4 years"),
    "cla_5to9": (AGES, "5_to_9", "5 to 9 years"),
    "cla_10to15": (AGES, "10_to_15", "10 to 15 years"),
    "cla_16over": (AGES, "16_and_over", "16 years and over"),
    "cla_fost": (PLACES, "foster", "Foster placements"),
    "cla_adopt": (PLACES, "placed_for_adoption", "Placed for adoption"),
    "cla_parent": (PLACES, "with_parents", "Placed with parents"),
    "cla_ocom": (PLACES, "other_community", "Other placements within the community"),
    "cla_secure": (
        PLACES, "secure_childrens_homes_hostels", "Secure units, children's homes and hostels"
    ),
    "cla_ores": (PLACES, "other_residential", "Other residential settings"),
    "cla_rsch": (PLACES, "residential_school", "Residential schools"),
    "cla_miss": (
        PLACES, "missing", "Missing - absent for more than 24 hours from agreed placement"
    ),
    "cla_othpl": (PLACES, "other", "Other placements"),
}  # fmt: skip
"""Headings of classes at 31 March: table, our word, the publisher's label."""

WIDE_TOTAL = "All children looked after at 31 March"

WELSH_AGES = {
    "under 1 year": "under 1",
    "under 1": "under 1",
    "1 to 4 years": "1-4",
    "5 to 9 years": "5-9",
    "10 to 15 years": "10-15",
    "16 to 17 years": "16-17",
    "16 and 17 years": "16-17",
    "18 and over": "18 and over",
    "18 years and over": "18 and over",
    "all ages": "all",
    "total": "all",
}
WELSH_SEX = {
    "boys": "boys",
    "male": "boys",
    "girls": "girls",
    "female": "girls",
    "total boys and girls": "all",
    "all": "all",
    "persons": "all",
    "total": "all",
}
"""Words of StatsWales for age and sex, and ours."""


def family_of(table: str) -> str:
    """Name the family of releases that a table of the underlying data belongs to.

    Parameters
    ----------
    table : str
        A raw table.

    Returns
    -------
    str
        ``csww`` for the workforce, ``cin`` for children in need, ``cla`` for children
        looked after.
    """
    return {STAFF: "csww", CIN: "cin"}.get(table, "cla")

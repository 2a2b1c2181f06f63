"""The register and the rules that give a status."""

import csv
import shutil

import numpy as np
import pandas as pd
import pytest

from care_rates import claims as c
from care_rates import paths
from care_rates.arithmetic import Implied
from care_rates.printed import parse

pytestmark = pytest.mark.unit


def claim(published, relation="=", quantity="rate", **more):
    row = {
        "claim_id": "wwcsc.x.y", "locator": "Table 1", "statement": "s", "published": published,
        "relation": relation, "unit": "", "quantity": quantity, "kind": "descriptive",
        "topic": "rates", "needs": "cla", "scope": "in", "scope_reason": "", "formula": "",
    }  # fmt: skip
    row |= more
    return c.Claim(**row, number=parse(row["published"]))


@pytest.fixture(scope="module")
def bands():
    return c.Register().bands


@pytest.mark.parametrize(
    ("published", "quantity", "value", "low", "high", "status", "flag"),
    [
        ("45.6", "rate", 45.649, None, None, "exact", ""),
        ("45.6", "rate", 45.65, None, None, "close", ""),
        ("45.6", "rate", 46.0, 45.6, 46.4, "within input rounding", ""),
        ("45.6", "rate", 47.0, None, None, "contradicted", ""),
        (".682", "correlation", 0.6820001, None, None, "exact", ""),
        (".682", "correlation", 0.64, None, None, "close", ""),
        (".682", "correlation", 0.3, None, None, "direction only", ""),
        (".682", "correlation", -0.1, None, None, "contradicted", "sign"),
        ("-0.7", "change", -1.9, None, None, "direction only", ""),
        ("£4.2 billion", "money", 4.24e9, None, None, "exact", ""),
        ("£4.2 billion", "money", 4.3e9, None, None, "close", ""),
        ("£4.2 billion", "money", 5e9, None, None, "contradicted", ""),
    ],
)
def test_numbers(bands, published, quantity, value, low, high, status, flag):
    verdict = c.judge(claim(published, quantity=quantity), value, low, high, bands)
    assert (verdict.status, verdict.decision_flag) == (status, flag)


def test_a_rate_has_the_same_band_whatever_its_base(bands):
    thousand = {"unit": "per 1,000 children aged 0-17"}
    assert c.judge(claim("10.0"), 10.9, bands=bands).status == "close"
    assert c.judge(claim("10.0", **thousand), 10.9, bands=bands).status == "contradicted"
    assert c.judge(claim("10.0", **thousand), 10.2, bands=bands).status == "close"


def test_the_order_of_names_allows_for_rounding():
    values = pd.Series({"A": 12.0, "B": 12.1, "C": 9.0, "D": 8.8})
    low, high = values - 0.1, values + 0.1
    ranked = claim("B; A; C", "rank", "name")
    swapped = claim("A; B; C", "rank", "name")
    assert c.judge(ranked, values).status == "exact"
    assert c.judge(swapped, values).status == "contradicted"
    verdict = c.judge(swapped, values, low, high)
    assert (verdict.status, verdict.computed) == ("within input rounding", "B; A; C")
    assert c.judge(swapped, values, values - 0.04, values + 0.04).status == "contradicted"
    last = claim("A; B; D", "rank", "name")  # C might be as low as D, or not
    assert c.judge(last, values, low, high).status == "within input rounding"
    assert c.judge(last, values, values - 0.06, values + 0.06).status == "contradicted"
    with pytest.raises(c.ClaimError, match="no computed value is named 'E'"):
        c.judge(claim("E", "rank", "name"), values)


def test_computed_sizes_are_written_out():
    assert c.judge(claim("increase", "direction", "sign"), 10_712).computed == "10712"
    assert c.judge(claim("increase", "direction", "sign"), 0.01234).computed == "0.0123"
    assert c.judge(claim("24", quantity="count"), 24).computed == "24"
    assert c.judge(claim("24", quantity="count"), 24.04).computed == "24.0"


def test_about_has_a_band_of_its_own(bands):
    assert c.judge(claim("20", "about", "percent"), 21.4, bands=bands).status == "close"
    assert c.judge(claim("20", "about", "percent"), 26, bands=bands).status == "contradicted"


@pytest.mark.parametrize(
    ("relation", "value", "low", "high", "status", "flag"),
    [
        ("<", 0.0009, None, None, "exact", ""),
        ("<", 0.001, None, None, "contradicted", "significance"),
        ("<", 0.002, 0.0005, 0.003, "within input rounding", ""),
        (">", 0.06, None, None, "exact", ""),
        ("<=", 0.001, None, None, "exact", ""),
        (">=", 0.0005, None, None, "contradicted", "significance"),
    ],
)
def test_thresholds(relation, value, low, high, status, flag):
    published = ".001" if relation != ">" else ".05"
    verdict = c.judge(claim(published, relation, "p_value"), value, low, high)
    assert (verdict.status, verdict.decision_flag) == (status, flag)


def test_ranges_take_the_weaker_end(bands):
    both = claim("-5.6 to 10", "range", "change")
    assert c.judge(both, (-5.62, 10.4), bands=bands).status == "exact"
    verdict = c.judge(both, (-5.62, 12), bands=bands)
    assert verdict.status == "direction only"
    assert verdict.computed == "-5.62 to 12.0"
    with pytest.raises(c.ClaimError, match="two ends"):
        c.judge(both, 3.0)


@pytest.mark.parametrize(
    ("published", "value", "status", "flag"),
    [
        ("increase", 0.2, "exact", ""),
        ("decrease", 0.2, "contradicted", "sign"),
        ("none", 0.2, "contradicted", "significance"),
        ("none", "none", "exact", ""),
        ("positive", "none", "contradicted", "significance"),
        ("yes", True, "exact", ""),
        ("yes", np.False_, "contradicted", "sign"),
        ("no change", 0, "exact", ""),
    ],
)
def test_directions(published, value, status, flag):
    tested = claim(published, "direction", "sign", kind="associational")
    verdict = c.judge(tested, value)
    assert (verdict.status, verdict.decision_flag) == (status, flag)
    described = c.judge(claim(published, "direction", "sign"), value)
    assert (described.status, described.decision_flag) == (status, flag.replace("significance", ""))


def test_names_in_order_and_as_sets():
    rank = claim("North East; North West", "rank", "name")
    assert c.judge(rank, ["north east", "North West"]).status == "exact"
    assert c.judge(rank, "North West; North East").decision_flag == "rank"
    group = claim("B; A", "set", "name")
    assert c.judge(group, ["a", "b"]).status == "exact"
    assert c.judge(group, ["a"]).status == "contradicted"


@pytest.mark.parametrize(
    ("row", "value", "word"),
    [
        (claim("45.6"), float("nan"), "missing"),
        (claim("45.6"), "high", "not a number"),
        (claim("45.6"), None, "not a number"),
        (claim("increase", "direction", "sign"), "sideways", "not a direction"),
        (claim("increase", "direction", "sign"), float("nan"), "missing"),
    ],
)
def test_values_of_the_wrong_kind(row, value, word):
    with pytest.raises(c.ClaimError, match=word):
        c.judge(row, value)


def test_implied_values_are_exact_rounded_or_inconsistent():
    total = claim("100", kind="arithmetic", formula="x")
    assert c.judge_implied(total, Implied(100, 99, 101)).status == "exact"
    assert c.judge_implied(total, Implied(101, 100.2, 102)).status == "within input rounding"
    assert c.judge_implied(total, Implied(103, 102, 104)).status == "inconsistent in the report"
    yes = claim("yes", "direction", "sign", kind="arithmetic", formula="x")
    assert c.judge_implied(yes, Implied(True, True, True)).status == "exact"
    assert c.judge_implied(yes, Implied(False, False, True)).status == "within input rounding"
    assert c.judge_implied(yes, Implied(False, False, False)).status == "inconsistent in the report"
    no = claim("no", "direction", "sign", kind="arithmetic", formula="x")
    assert c.judge_implied(no, Implied(True, True, True)).status == "inconsistent in the report"


@pytest.fixture
def folder(tmp_path):
    for name in ("bands.csv", "reasons"):
        source = paths.CLAIMS / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)

    def write(*rows, name="wwcsc"):
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, c.COLUMNS, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                plain = {k: getattr(row, k) for k in c.COLUMNS}
                writer.writerow(plain)
        return tmp_path

    return write


def test_register_finds_by_prefix_and_gives_reasons(folder):
    place = folder(claim("1", claim_id="wwcsc.t.a"), claim("2", claim_id="wwcsc.t.b.c"))
    (place / "reasons" / "wwcsc.csv").write_text(
        "claim,reason,note\nwwcsc.t,revised_vintage,all\nwwcsc.t.b.c,likely_misprint,one\n"
    )
    register = c.Register(place)
    assert [x.claim_id for x in register.under("wwcsc.t")] == ["wwcsc.t.a", "wwcsc.t.b.c"]
    assert [x.claim_id for x in register.under("wwcsc.t.b")] == ["wwcsc.t.b.c"]
    assert register.reason("wwcsc.t.a") == ("revised_vintage", "all")
    assert register.reason("wwcsc.t.b.c") == ("likely_misprint", "one")
    assert register.reason("wwcsc.other") == ("", "")
    with pytest.raises(c.ClaimError, match="No claim has the id"):
        register["wwcsc.z"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (claim("1", claim_id="wwcsc"), "an id is"),
        (claim("1", claim_id="nao.x"), "an id is"),
        (claim("1", claim_id="wwcsc.A"), "an id is"),
        (claim("1", statement=" "), "statement is empty"),
        (claim("1", "~"), "relation"),
        (claim("1", kind="guess"), "kind"),
        (claim("1", scope="maybe"), "scope"),
        (claim("1", scope="out"), "scope_reason"),
        (claim("1", kind="arithmetic"), "has a formula"),
        (claim("1", formula="1+1"), "has a formula"),
        (claim("up", "direction"), "a direction is"),
        (claim("5", "range"), "a range is"),
        (claim("many"), "not a number"),
        (claim("1", kind="arithmetic", formula="{wwcsc.z} + 1"), "no claim with a printed number"),
    ],
)
def test_register_refuses_faulty_rows(folder, row, word):
    with pytest.raises(c.ClaimError, match=word):
        c.Register(folder(row))


def test_register_refuses_doubles_columns_and_unknown_reasons(folder):
    with pytest.raises(c.ClaimError, match="stands twice"):
        c.Register(folder(claim("1"), claim("2")))
    place = folder(claim("1"))
    (place / "reasons" / "nao.csv").write_text("claim,reason,note\nnao.x,bad luck,\n")
    with pytest.raises(c.ClaimError, match="bad luck"):
        c.Register(place)
    (place / "reasons" / "nao.csv").unlink()
    (place / "wwcsc.csv").write_text("claim_id,published\nwwcsc.x,1\n")
    with pytest.raises(c.ClaimError, match="columns must be"):
        c.Register(place)


def test_arithmetic_stops_at_a_formula_that_cannot_be_read(folder):
    with pytest.raises(c.ClaimError, match=r"wwcsc.x.y: .*not allowed"):
        c.Register(folder(claim("1", kind="arithmetic", formula="open(1)"))).arithmetic()


def test_the_real_register_holds_together():
    register = c.Register()
    assert len(register.claims) > 1500
    decided = register.arithmetic()
    assert set(decided["status"]) <= set(c.STATUSES)
    assert (decided["status"] == "exact").mean() > 0.7
    note = register["wwcsc.note18.rs"]
    assert (note.report, note.number.value) == ("wwcsc", 0.682)
    assert register.judge("wwcsc.note18.rs", 0.682).status == "exact"


def test_every_band_is_explained_and_every_reason_has_a_note():
    bands = pd.read_csv(paths.CLAIMS / "bands.csv", keep_default_na=False)
    assert bands["reason"].str.len().gt(20).all()
    for path in (paths.CLAIMS / "reasons").glob("*.csv"):
        notes = pd.read_csv(path, keep_default_na=False)
        assert notes["note"].str.strip().ne("").all(), path.name


def test_count_keeps_the_order_of_statuses():
    assert list(c.count(["contradicted", "exact", "exact"]).items()) == [
        ("exact", 2), ("contradicted", 1)]  # fmt: skip


PRESET = {
    "rate": (1, 0.02), "count": (0, 0.01), "change": (0.3, 0), "share_change": (0.1, 0),
    "share_sd": (0.1, 0), "percent": (1, 0), "points": (0.5, 0), "growth": (1, 0),
    "money": (0, 0.02), "unit_cost": (5, 0.02), "correlation": (0.05, 0), "statistic": (0, 0.02),
    "sd": (0.5, 0.05), "ratio": (0, 0.02), "forecast": (0, 0.01), "about": (0, 0.1),
}  # fmt: skip


def test_bands_stay_as_they_were_set(bands):
    """A band is set once for a quantity, before any claim is judged by it, and then kept.

    Most could be widened some way without moving a status, so nothing else would tell. To
    change one, change it here too, and say why in the CHANGELOG.
    """
    found = {name: (band["absolute"], band["relative"]) for name, band in bands.iterrows()}
    assert found == PRESET

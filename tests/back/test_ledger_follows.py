"""The committed ledger follows from the register, the bands and its own values. Needs no run."""

import pandas as pd
import pytest

from care_rates import paths
from care_rates.claims import Register
from care_rates.printed import parse
from care_rates.verdicts import per

pytestmark = pytest.mark.back
SAME = ("locator", "statement", "published", "relation", "topic", "kind", "needs")
REACHED = ("=", "about")


@pytest.fixture(scope="module")
def register():
    return Register()


@pytest.fixture(scope="module")
def rows():
    path = paths.ROOT / "outputs" / "results" / "claims.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False).set_index("claim_id")


def test_every_claim_stands_there_as_registered(register, rows):
    assert list(rows.index) == list(register.claims)
    for name in SAME:
        registered = [getattr(claim, name) for claim in register.claims.values()]
        differ = [i for i, a, b in zip(rows.index, rows[name], registered, strict=True) if a != b]
        assert differ == [], name


def test_scopes_and_reasons_are_those_of_the_register(register, rows):
    undone = {"not_public": "not computable", "out": "out of scope", "later": "not yet checked"}
    for claim in register.claims.values():
        row = rows.loc[claim.claim_id]
        assert (row["status"] in undone.values()) == (claim.scope in undone), claim.claim_id
        if claim.scope in undone:
            assert row["status"] == undone[claim.scope], claim.claim_id
        elif row["status"] not in ("exact", "within input rounding"):
            assert row["reason"] == register.reason(claim.claim_id)[0] != "", claim.claim_id


def test_arithmetic_claims_come_out_the_same(register, rows):
    found = register.arithmetic().set_index("claim_id")
    for name in ("status", "computed", "decision_flag"):
        assert rows.loc[found.index, name].tolist() == found[name].tolist()


def distance(register, claim, row):
    """How far the computed value lies from the printed one, and how far `close` reaches."""
    value = parse(row["computed"])
    if value is None or claim.number is None or claim.relation not in REACHED:
        return None
    away = abs(value.value - claim.number.value / 10**claim.number.scale)
    kinds = [claim.quantity] + (["about"] if claim.relation == "about" else [])
    bands = register.bands[["absolute", "relative"]]
    size = abs(claim.number.value)
    pairs = [bands.loc[kind] for kind in kinds if kind in bands.index]
    reach = [max(pair["absolute"] * per(claim.unit), pair["relative"] * size) for pair in pairs]
    unit = 10**claim.number.scale
    half = claim.number.half / unit
    return away, max(reach, default=0) / unit + half, half, value.half


def test_each_status_fits_its_own_values(register, rows):
    """Close lies in the band, what misses lies outside: as exactly as the printed values tell."""
    seen = {}
    for claim in register.claims.values():
        row = rows.loc[claim.claim_id]
        found = distance(register, claim, row)
        if found is None or claim.kind == "arithmetic" or row["status"] == "out of scope":
            continue
        away, reach, half, slack = found
        status = row["status"]
        seen[status] = seen.get(status, 0) + 1
        if status == "exact":
            assert away <= half + slack * 1.01, claim.claim_id
        elif status == "close":
            assert half - slack * 1.01 <= away <= reach + slack * 1.01, claim.claim_id
        elif status in ("direction only", "contradicted") and row["decision_flag"] != "sign":
            assert away >= reach - slack * 1.01, claim.claim_id
    assert seen["exact"] > 200
    assert seen["close"] > 20

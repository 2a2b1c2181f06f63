"""The ledger joins all claims with what was found, or says what is open."""

import pytest

from care_rates import ledger
from care_rates.claims import ClaimError, Register

pytestmark = pytest.mark.unit


@pytest.fixture
def small():
    register = Register()
    register.claims = {
        k: v
        for k, v in register.claims.items()
        if k.startswith(("wwcsc.note18", "wwcsc.section2_2"))
    }
    return register


def record(name="01_x", **claims):
    rows = [
        {"claim_id": k.replace("__", "."), "computed": "1", "status": v, "decision_flag": "",
         "definition": "d", "notebook": name, "anchor": "check-x"}
        for k, v in claims.items()
    ]  # fmt: skip
    return {"notebook": name, "claims": rows}


def in_scope(register, claim_id):
    claim = register.claims[claim_id]
    register.claims[claim_id] = type(claim)(**{**claim.__dict__, "scope": "in"})


def test_statuses_come_from_records_arithmetic_and_scope(small):
    for claim_id, claim in list(small.claims.items()):
        if claim.kind != "arithmetic":
            small.claims[claim_id] = type(claim)(**{**claim.__dict__, "scope": "later"})
    in_scope(small, "wwcsc.note18.rs")
    rows = ledger.ledger(small, [record(wwcsc__note18__rs="exact")]).set_index("claim_id")
    assert rows.at["wwcsc.note18.rs", "status"] == "exact"
    assert rows.at["wwcsc.note18.p_arith", "status"] == "exact"
    assert rows.at["wwcsc.note18.p", "status"] == "not yet checked"
    assert list(rows.reset_index().columns)[:12] == list(ledger.CLAIM_FIELDS)


def test_open_unknown_and_double_claims_stop(small):
    for claim_id, claim in list(small.claims.items()):
        if claim.kind != "arithmetic":
            small.claims[claim_id] = type(claim)(**{**claim.__dict__, "scope": "later"})
    in_scope(small, "wwcsc.note18.rs")
    with pytest.raises(ClaimError, match=r"1 claims are in scope but no notebook checked them.*rs"):
        ledger.ledger(small, [])
    with pytest.raises(ClaimError, match="not registered"):
        ledger.ledger(small, [record(wwcsc__zz="exact")])
    twice = [record(wwcsc__note18__rs="exact"), record("02_y", wwcsc__note18__rs="exact")]
    with pytest.raises(ClaimError, match="by 01_x and 02_y"):
        ledger.ledger(small, twice)
    small._reasons = {}
    with pytest.raises(ClaimError, match="1 misses have no reason"):
        ledger.ledger(small, [record(wwcsc__note18__rs="contradicted")])


def test_counts_and_scorecard_add_up():
    register = Register()
    for claim_id, claim in list(register.claims.items()):
        if claim.kind != "arithmetic" and claim.scope == "in":
            register.claims[claim_id] = type(claim)(**{**claim.__dict__, "scope": "later"})
    rows = ledger.ledger(register, [])
    card = ledger.scorecard(rows)
    assert card.at["All reports", "registered"] == len(register.claims)
    assert card.iloc[:-1].sum().tolist() == card.loc["All reports"].tolist()
    assert card.at["All reports", "decided"] == len(register.arithmetic())
    topics = ledger.counts(rows, by="topic")
    assert topics["claims"].sum() == len(rows)

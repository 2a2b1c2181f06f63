"""The register of the report on rates 2012-2017: bands that a wrong measure does not pass."""

import pytest

from care_rates.claims import Register

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def register():
    return Register()


def test_table_4_has_the_bands_of_shares(register):
    cells = [c for c in register.under("wwcsc.table4") if c.claim_id.rsplit(".")[-1] in
             ("min", "max", "mean", "sd")]  # fmt: skip
    assert len(cells) == 40
    for claim in cells:
        wanted = "share_sd" if claim.claim_id.endswith(".sd") else "share_change"
        assert claim.quantity == wanted, claim.claim_id


def test_another_measure_does_not_pass_as_close(register):
    key = "wwcsc.table4.inner_london.mean"
    printed = register[key].number.value
    assert register.judge(key, printed).status == "exact"
    assert register.judge(key, printed + 0.1).status == "close"
    assert register.judge(key, printed + 0.3).status not in ("exact", "close")


def test_strongest_factor_follows_from_the_printed_numbers(register):
    found = register.arithmetic().set_index("claim_id")["status"]
    assert found["cypn.paragraph5.strongest_factor_arith"] == "exact"
    formula = register["cypn.paragraph5.strongest_factor_arith"].formula
    for note in ("note42", "note43", "note44", "note45", "note31"):
        assert note in formula


def test_every_reason_can_be_read_alone(register):
    for claim_id in register.claims:
        if claim_id.startswith(("wwcsc", "cypn")):
            note = register.reason(claim_id)[1]
            assert not note.lower().startswith("see "), claim_id
            assert "_england" not in register[claim_id].scope_reason, claim_id

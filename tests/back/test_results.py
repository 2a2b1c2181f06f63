"""Back tests: recomputed results against the committed ones."""

import math

import pandas as pd
import pytest

from care_rates import paths

pytestmark = pytest.mark.back

COMMITTED = paths.ROOT / "outputs" / "results"
NAMES = sorted(p.stem for p in paths.notebooks().glob("[0-9][0-9]_*.ipynb"))


def rounded(text: str) -> str:
    """Six significant digits: finer than any statement, coarser than float noise."""
    if text == "":
        return ""
    number = float(text)
    return text if not math.isfinite(number) else f"{number:.6g}"


def read(folder, name):
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.mark.parametrize("name", NAMES)
def test_recomputed_results_are_the_committed_ones(name, whole_run):
    now, then = read(whole_run.outputs / "results", name), read(COMMITTED, name)
    assert now["key"].tolist() == then["key"].tolist()
    for column in ("value", "low", "high"):
        assert now[column].map(rounded).tolist() == then[column].map(rounded).tolist()
    assert now[["unit", "method"]].equals(then[["unit", "method"]])


def test_the_ledger_is_the_committed_one(whole_run):
    now, then = read(whole_run.outputs / "results", "claims"), read(COMMITTED, "claims")
    assert now["claim_id"].tolist() == then["claim_id"].tolist()
    differ = now.ne(then).any(axis=1)
    assert not differ.any(), now[differ].head().to_string()


def test_no_result_is_left_over():
    assert {p.stem for p in COMMITTED.glob("*.csv")} == {*NAMES, "claims"}


def test_readme_quotes_the_ledger():
    """The README's headline counts are the ledger's."""
    from care_rates.ledger import scorecard

    total = scorecard(read(COMMITTED, "claims")).loc["All reports"]
    held = int(total.get("exact", 0) + total.get("within input rounding", 0))
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{held:,} of {int(total['decided']):,}" in readme
    assert f"{int(total['registered']):,} claims" in readme

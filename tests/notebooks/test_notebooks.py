"""The real notebooks, run as anybody would run them, give what the headless run gives."""

import os

import pytest
from pytest_notebook.nb_regression import NBRegressionFixture

from care_rates import paths, warm

pytestmark = pytest.mark.notebook

BOOKS = sorted(paths.notebooks().glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(scope="module")
def place(tmp_path_factory, whole_run):
    """Write to a folder of its own, starting from the records of the whole run."""
    import shutil

    folder = tmp_path_factory.mktemp("by-hand")
    shutil.copytree(whole_run.outputs / "records", folder / "outputs" / "records")
    before = {k: os.environ.get(k) for k in ("CARE_RATES_OUTPUTS", "CARE_RATES_PROCESSED")}
    os.environ["CARE_RATES_OUTPUTS"] = str(folder / "outputs")
    os.environ["CARE_RATES_PROCESSED"] = str(folder / "processed")
    warm.start()
    yield folder
    warm.stop()
    for key, value in before.items():
        os.environ.pop(key, None) if value is None else os.environ.__setitem__(key, value)


@pytest.mark.parametrize("book", BOOKS, ids=lambda p: p.stem)
def test_run_all_gives_the_same(book, place, whole_run, tmp_path):
    fixture = NBRegressionFixture(
        exec_timeout=300,
        diff_ignore=("/cells/*/outputs", "/cells/*/execution_count", "/metadata/language_info"),
        diff_replace=(),
    )
    fixture.check(str(book))  # raises what a cell raised, or the difference
    by_hand = place / "outputs" / "results" / f"{book.stem}.csv"
    headless = whole_run.outputs / "results" / f"{book.stem}.csv"
    assert by_hand.read_text() == headless.read_text()

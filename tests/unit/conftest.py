"""Fixtures of the small project (``tests/small_runs.py``)."""

import pytest

from small_runs import ODD, PLAIN, run_small, small_project


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Three small notebooks: one that all need, one in the middle, one that needs both."""
    for name in ("notebooks", "outputs", "processed"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"CARE_RATES_{name.upper()}", str(tmp_path / name))
    return tmp_path, small_project(tmp_path)


@pytest.fixture(scope="session")
def two_runs(tmp_path_factory):
    """The small project, run twice in surroundings as different as can be."""
    place = tmp_path_factory.mktemp("twice")
    one = run_small(place / "one", PLAIN, traced=True)
    return one, run_small(place / "yr ail ŵ & (2)", ODD, 0o077, "1")

"""Two clean runs differ in nothing, whatever surrounds them.

The small project here; ``benchmarks/determinism.py`` does the same with everything.
"""

import pytest

pytestmark = pytest.mark.unit


def test_two_runs_in_different_surroundings(two_runs):
    """Folder, hash seed, time zone, language, threads, notebooks at a time and umask differ."""
    one, two = (run.files() for run in two_runs)
    assert len(one) > 30
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_no_output_names_the_folder_that_it_was_made_in(two_runs):
    for run in two_runs:
        where = str(run.folder.parent).encode()
        assert [name for name, content in run.files().items() if where in content] == []

"""A release of the next year is taken in, and the notebooks run on to it as they are."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import releases

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
LAST = 2025
WANTED = ("00_data", "01_wwcsc_rates", "05_ccn_newton_model")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A copy of the project that takes a release in and runs: its results by key."""
    place = tmp_path_factory.mktemp("next") / "copy"
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in ("lib", "notebooks"):
        shutil.copytree(ROOT / name, place / name, ignore=unwanted)
    for path in ROOT.glob("*.*"):
        if path.is_file():
            shutil.copy(path, place)
    raw = releases.as_of(place / "data" / "raw", until=LAST)
    shutil.copytree(ROOT / "data" / "raw" / "claims", raw / "claims")
    release = releases.write(place / "cla_number_and_rate.csv",
                             releases.number_and_rate(raw, on=1, years=(LAST,)))  # fmt: skip
    env = {k: v for k, v in os.environ.items() if not k.startswith("CARE_RATES_")}
    env["PYTHONPATH"] = str(place / "lib")
    for words in (["ingest", str(release)], ["run", *WANTED, "--no-site"]):
        done = subprocess.run([sys.executable, "-m", "care_rates.cli", *words], cwd=place, env=env,
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
    found = {}
    for path in (place / "outputs" / "results").glob("[0-9]*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {row["key"]: row for row in csv.DictReader(file)}
    return found


def test_the_latest_figures_are_those_of_the_new_release(results):
    assert f"later.level_2013_level_{LAST + 1}" in results
    assert results["counted.2025"]["method"] == f"release of November {LAST + 1}"
    outlook = results[f"outlook.{LAST + 6}.ours"]
    assert float(outlook["low"]) < float(outlook["value"]) < float(outlook["high"])
    assert not any(key.startswith(f"outlook.{LAST + 5}.") for key in results)


def test_the_reproductions_stay_as_they_were(results):
    name = "outputs/results/05_ccn_newton_model.csv"
    with (ROOT / name).open(encoding="utf-8", newline="") as file:
        before = {row["key"]: row["value"] for row in csv.DictReader(file)}
    for key in ("forecast.2025.lower", "forecast.2025.upper", "target.best.children_in_care",
                "flows.unexplained.2016_2020", "split.nearest.distance"):  # fmt: skip
        assert results[key]["value"] == before[key]

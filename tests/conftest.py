"""What the tests share: the analysis tables, and one whole run into a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.modules.setdefault("rfc3987_syntax", None)

SOME_AREAS = ("Liverpool", "City of London", "Isles of Scilly", "Dorset", "Torfaen")
ROOT = Path(__file__).resolve().parents[1]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Side by side, the tests that need the whole run keep to one process, others go by file."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file.startswith("tests/unit/") else "whole run"

    return Together(config, log)


@pytest.fixture(scope="session", autouse=True)
def analysis_tables(tmp_path_factory):
    """Build the analysis tables once, where the tests find them and nobody else does."""
    from care_rates import data, tidy

    folder = tmp_path_factory.mktemp("processed")
    os.environ["CARE_RATES_PROCESSED"] = str(folder)
    package = data.Package()
    tables = tidy.build(package)
    data.save_all(tables, tidy.dictionary(tables, package))
    yield tables
    os.environ.pop("CARE_RATES_PROCESSED", None)


@dataclass(frozen=True)
class Run:
    """A whole run: where it wrote, and what it said."""

    outputs: Path
    processed: Path
    env: dict
    said: str


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory) -> Run:
    """Run everything as the README's first command does, into a folder of its own."""
    folder = tmp_path_factory.mktemp("run")
    env = os.environ | {
        "CARE_RATES_OUTPUTS": str(folder / "outputs"),
        "CARE_RATES_PROCESSED": str(folder / "processed"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "care_rates.cli", "run", "--no-profiles"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:  # and the pages of a few authorities of different kinds
        done = subprocess.run(
            [sys.executable, "-m", "care_rates.cli", "profile", *SOME_AREAS],
            cwd=ROOT, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        pytest.fail(f"the run failed:\n{done.stderr[-4000:]}", pytrace=False)
    return Run(folder / "outputs", folder / "processed", env, done.stderr)


@pytest.fixture
def raw_copy(tmp_path):
    """Copy some raw tables, with a description of those only, to be damaged."""

    def copy(*names: str) -> Path:
        source = ROOT / "data" / "raw"
        content = json.loads((source / "datapackage.json").read_text(encoding="utf-8"))
        wanted = {"areas_england", "areas_wales", "sources", *names}
        content["resources"] = [r for r in content["resources"] if r["name"] in wanted]
        for resource in content["resources"]:
            shutil.copy(source / resource["path"], tmp_path / resource["path"])
        (tmp_path / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
        return tmp_path

    return copy

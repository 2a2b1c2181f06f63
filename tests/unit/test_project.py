"""The project's own files agree with one another."""

import ast
import json
import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from care_rates import __version__, paths

pytestmark = pytest.mark.unit

LOCK = (paths.ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", LOCK, re.MULTILINE))
ENVIRONMENT = yaml.safe_load((paths.ROOT / "environment.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def conda_pins() -> dict[str, str]:
    plain = [x for x in ENVIRONMENT["dependencies"] if isinstance(x, str)]
    inner = next(x for x in ENVIRONMENT["dependencies"] if isinstance(x, dict))["pip"]
    pairs = [re.split("=+", x, maxsplit=1) for x in plain + inner if re.match(r"[a-z0-9-]+=", x)]
    return {normal(name): version for name, version in pairs}


def test_environment_has_the_versions_of_the_lock():
    pins = conda_pins()
    assert len(pins) > 20
    assert pins == {name: PINS[name] for name in pins}


def test_environment_has_every_direct_dependency():
    extra = PROJECT["project"]["optional-dependencies"]["test"]
    names = {normal(re.split("[><=]", x)[0]) for x in PROJECT["project"]["dependencies"] + extra}
    assert names == set(conda_pins())


def test_environment_is_what_conda_can_read():
    from rattler import MatchSpec

    for spec in ENVIRONMENT["dependencies"]:
        if isinstance(spec, str):
            MatchSpec(spec)


def test_the_lock_is_hashed_and_names_no_index():
    assert "://" not in LOCK
    assert "--index" not in LOCK
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "rfc3987-syntax" not in LOCK


def test_versions_agree():
    citation = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["version"] == PROJECT["project"]["version"] == __version__
    assert f"## {__version__}" in changes


def test_the_ways_in_are_described():
    help_ = subprocess.run(
        ["make", "help"], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    for target in ("run", "test", "lab", "lint"):
        assert re.search(rf"^{target} +\S", help_.stdout, re.MULTILINE)
    words = subprocess.run(
        [sys.executable, "start.py"], cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert words.returncode == 1
    assert "start.py run" in words.stderr
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 start.py run" in readme
    assert "python3 start.py test" in readme
    script = (paths.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "python3 start.py test" in script


@pytest.mark.parametrize("path", sorted(paths.notebooks().glob("*.ipynb")), ids=lambda p: p.stem)
def test_notebooks_are_for_reading(path):
    book = json.loads(path.read_text(encoding="utf-8"))
    code = [c for c in book["cells"] if c["cell_type"] == "code"]
    prose = " ".join("".join(c["source"]) for c in book["cells"] if c["cell_type"] == "markdown")
    lines, statements = [], []
    for cell in code:
        source = "".join(cell["source"])
        assert not cell["outputs"], "outputs are committed"
        assert cell["execution_count"] is None
        assert not re.search(r"^\s*(def|class) ", source, re.MULTILINE), source
        rows = [x for x in source.split("\n") if x.strip()]
        assert max(len(x) for x in rows) <= 115, cell["id"]
        assert len(rows) <= 20, cell["id"]
        lines.append(len(rows))
        statements.append(len(ast.parse(source).body))
    assert sorted(statements)[len(statements) // 2] <= 5
    assert len(prose.split()) / sum(lines) >= 4
    assert len({c["id"] for c in book["cells"]}) == len(book["cells"])
    tagged = [c for c in code if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1
    assert code[0] is tagged[0]
    assert "".join(code[-1]["source"]).strip().endswith("finish()")
    assert "".join(book["cells"][0]["source"]).startswith("# ")


def test_words_about_children():
    """Children are not a burden, and no place is the worst."""
    for path in sorted(paths.notebooks().glob("*.ipynb")):
        book = json.loads(path.read_text(encoding="utf-8"))
        text = " ".join("".join(c["source"]) for c in book["cells"]).lower()
        for word in ("burden", "worst", "failing"):
            assert not re.search(rf"\b{word}\b", text), (path.name, word)


def test_modules_stay_rooms():
    for path in sorted((paths.ROOT / "lib" / "care_rates").rglob("*.py")):
        assert len(path.read_text(encoding="utf-8").split("\n")) <= 420, path.name


def test_nothing_points_at_the_machine_it_was_made_on():
    pattern = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/|file:///(?!\w)")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=paths.ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    for name in listed:
        path = paths.ROOT / name
        if name and path.suffix in {".py", ".md", ".ipynb", ".yml", ".toml", ".js", ".css", ".cff"}:
            if name == "tests/unit/test_project.py" or not path.is_file():
                continue
            assert not pattern.search(path.read_text(encoding="utf-8")), name

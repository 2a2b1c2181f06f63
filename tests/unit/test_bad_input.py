"""Every faulty input of ``faults`` ends in a clear word; nothing is written, nothing runs."""

import os
from pathlib import Path

import faults
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.unit
CLEAR = (ValueError, RuntimeError, OSError)
SETTINGS = ("NOTEBOOKS", "OUTPUTS", "PROCESSED", "STEP", "STAGING")
UNCLEAR = ("Traceback", "NoneType", "object has no attribute", "unexpected keyword")


def listed(folder: Path) -> dict[str, bytes]:
    """What stands in the raw data: nothing that is wrong with an input may change it."""
    files = [folder / "datapackage.json", *folder.glob("[cs]*.csv")]
    return {p.name: (p.stat().st_mtime_ns, p.stat().st_size) for p in files}


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch):
    """A folder of its own to work in; settings that a fault makes are taken back."""
    for name in (f"CARE_RATES_{word}" for word in SETTINGS):
        if name in os.environ:
            monkeypatch.setenv(name, os.environ[name])
        else:
            monkeypatch.setenv(name, "x")
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


@pytest.mark.parametrize(
    "fault", faults.FAULTS, ids=[f"{i:03} {f.room}" for i, f in enumerate(faults.FAULTS)]
)
def test_it_ends_in_a_clear_word(fault, room, capsys):
    before = listed(faults.RAW)
    try:
        code = fault.do(room)
        said = ""
    except CLEAR as error:
        code, said = 1, str(error)
    except SystemExit as stop:
        code, said = stop.code, ""
    printed = capsys.readouterr()
    said = f"{said}{printed.err}"
    assert isinstance(code, int) and code != 0, f"it went through: {code!r}"
    assert len(said.strip()) > 15
    assert len(said) < 3000
    for word in fault.words:
        assert word in said
    assert not [word for word in UNCLEAR if word in said], said
    assert listed(faults.RAW) == before
    left = names(room)
    assert "ran" not in left
    assert not [name for name in left if name.endswith(".part") or ".staging/" in name]
    assert not [name for name in left if "results/" in name and "claims.csv" not in name]


def test_the_page_counts_them():
    assert faults.PAGE.read_text(encoding="utf-8") == faults.page(), "python tests/unit/faults.py"
    assert len(faults.FAULTS) >= 150
    assert len({(f.room, f.what) for f in faults.FAULTS}) == len(faults.FAULTS)


QUICK = settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


def clear(do, *arguments):
    """Do something that may be refused, but only clearly."""
    try:
        do(*arguments)
    except CLEAR as error:
        assert len(str(error)) > 10
        assert not [word for word in UNCLEAR if word in str(error)], str(error)


@QUICK
@given(data=st.data())
def test_garbled_tables(tmp_path_factory, data):
    """Bytes cut out, put in or changed: the table is refused, or reads as a table."""
    place = tmp_path_factory.mktemp("garbled")

    def change(content: bytes) -> bytes:
        at = data.draw(st.integers(0, len(content)))
        upto = data.draw(st.integers(at, min(len(content), at + 30)))
        return content[:at] + data.draw(st.binary(max_size=12)) + content[upto:]

    clear(faults.read_table(change), place)


@QUICK
@given(st.lists(st.text(max_size=20), min_size=13, max_size=13))
def test_garbled_registers(tmp_path_factory, cells):
    from care_rates.claims import COLUMNS, Register

    place = tmp_path_factory.mktemp("register")
    (place / "bands.csv").write_text(faults.BANDS, encoding="utf-8")
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    text = f"{','.join(COLUMNS)}\n{row}\n"
    (place / "nao.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    clear(Register, place)


@QUICK
@given(st.text(alphabet="{}()+-*/.,<>=19ea '_[]:sumqrtin\\", max_size=40))
def test_garbled_formulas(formula):
    clear(faults.work_out(formula), Path())


@QUICK
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(
        st.sampled_from(["cells", "source", "cell_type", "metadata", "tags", "raters", "a"]),
        x, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_any_json_for_a_notebook_a_note_and_a_self_evaluation(tmp_path_factory, content):
    import json

    from care_rates import assessment, parameters_cell, state

    place = tmp_path_factory.mktemp("json")
    faults.notebook(place, content)
    os.environ["CARE_RATES_OUTPUTS"] = str(place)
    (place / ".state").mkdir()
    (place / ".state" / "01_a.json").write_text(json.dumps(content))
    clear(parameters_cell.declared, "01_a")
    clear(assessment.parse, json.dumps(content))
    assert state.stale_because("01_a", "x", state.Hashes()) != ""


@QUICK
@given(st.text(max_size=30))
def test_any_text_for_an_area_and_a_parameter(text):
    from care_rates import areas, cli, profiles

    clear(areas.find, text)
    clear(profiles.chosen, [text])
    assert cli._value(text) is not Ellipsis or text.strip() == "..."

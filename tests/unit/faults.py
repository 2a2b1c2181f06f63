"""Faulty inputs, one a line: what is wrong, where it goes in, and what must be said of it.

``test_bad_input`` gives each to the library; ``python tests/unit/faults.py`` writes
their counts to ``docs/bad_input.md``. Files that a fault needs are made in a folder of
its own; a file called ``ran`` there means that something was executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
TABLE = "cla_ages_england"
SCRIPT = "<script>open('ran','w')</script>"


@dataclass(frozen=True)
class Fault:
    """A faulty input.

    ``do(place)`` must raise a subclass of ValueError, RuntimeError or OSError whose
    message has all the ``words``, or give an exit code other than 0.
    """

    room: str
    what: str
    do: Callable[[Path], object]
    words: tuple[str, ...]


FAULTS: list[Fault] = []


def fault(room: str, what: str, do: Callable, *words: str) -> None:
    FAULTS.append(Fault(room, what, do, words))


# ---- a table of the data package -----------------------------------------------------


def package(place: Path) -> Path:
    """Write the first rows of one table, the areas and the sources, described."""
    content = json.loads((RAW / "datapackage.json").read_text(encoding="utf-8"))
    content["resources"] = [
        r for r in content["resources"] if r["name"] in (TABLE, "sources", "areas_england")
    ]
    for resource in content["resources"]:
        data = (RAW / resource["path"]).read_bytes()
        if resource["name"] == TABLE:
            data = b"\n".join(data.split(b"\n")[:9]) + b"\n"
        write(place, resource, data)
    (place / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
    return place


def write(place: Path, resource: dict, data: bytes) -> None:
    (place / resource["path"]).write_bytes(data)
    resource["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"


def described(place: Path) -> dict:
    return json.loads((place / "datapackage.json").read_text(encoding="utf-8"))


def read_table(change: Callable[[bytes], bytes]) -> Callable:
    def do(place: Path):
        from care_rates.data import Package

        content = described(package(place))
        resource = next(r for r in content["resources"] if r["name"] == TABLE)
        write(place, resource, change((place / resource["path"]).read_bytes()))
        (place / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
        return Package(place).read(TABLE)

    return do


def cell(row: int, column: int, value: str) -> Callable[[bytes], bytes]:
    """Change one cell; rows count from 1, the heading, columns from 0."""

    def change(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        cells = lines[row - 1].split(",")
        cells[column] = value
        lines[row - 1] = ",".join(cells)
        return "\n".join(lines).encode()

    return change


def swap(data: bytes) -> bytes:
    return data.replace(b"area_code,year", b"year,area_code", 1)


BYTES = [
    ("empty file", lambda _: b"", "is empty"),
    ("blank lines only", lambda _: b"\n\n \n", "is empty"),
    ("heading only in part", lambda _: b"area_code,ye", "field year", "missing"),
    ("cut off in the middle of a row", lambda d: d[:-20], "row 9", "cells where"),
    ("cut off inside quotes", lambda d: d + b'E06000001,2011,"20', "row 10", "cannot be read"),
    ("text after a closing quote", lambda d: d + b'"E06"x,1,1,1,1,1,1,1\n', "row 10"),
    ("UTF-16", lambda d: d.decode().encode("utf-16"), "NUL byte"),
    ("UTF-8 with a byte-order mark", lambda d: b"\xef\xbb\xbf" + d, "byte-order mark"),
    ("Windows-1252", lambda d: d.replace(b"10 to 15", b"10 \x96 15", 1), "not UTF-8"),
    ("a NUL byte", lambda d: d.replace(b"10 to 15", b"10\0to 15", 1), "row 2", "NUL"),
    ("a picture", lambda _: b"\x89PNG\r\n\x1a\n\0\0", "NUL"),
    ("a spreadsheet", lambda _: b"PK\x03\x04\x14\0\6\0", "NUL"),
    ("a web page", lambda _: b"<!doctype html>\n<p>moved</p>\n", "field area_code"),
    ("random bytes", lambda _: bytes(range(128, 256)) * 9, "not UTF-8"),
    ("a cell of 200,000 letters", cell(3, 4, "x" * 200_000), "row 3", "larger than field limit"),
    ("a column too many", lambda d: d.replace(b",source_id", b",source_id,x", 1), "cells where"),
    ("an unknown column", cell(1, 6, "flag"), "row 1"),
    ("a heading that stands twice", cell(1, 6, "number"), "'number' twice"),
    ("a blank heading", cell(1, 6, ""), "heading"),
    ("columns swapped", swap, "field year", "not a finite integer"),
    ("cells of one row swapped", lambda d: cell(4, 5, "2010")(cell(4, 1, "35")(d)), "field year"),
    ("semicolons for commas", lambda d: d.replace(b",", b";"), "missing"),
    ("a row twice", lambda d: d + d.split(b"\n")[3] + b"\n", "row 10", "stands twice"),
    ("an area twice, with another number", lambda d: d + cell(4, 5, "36")(d).split(b"\n")[3]
     + b"\n", "row 10", "stands twice"),
    ("a blank row in the middle", lambda d: d.replace(b"\n", b"\n\n", 1), "row 2", "0 cells"),
]  # fmt: skip
for what, change, *words in BYTES:
    fault("a raw table", what, read_table(change), TABLE, *words)

CELLS = [
    (5, "nan", "not a finite integer"), (5, "NaN", "not a finite"), (5, "inf", "not a finite"),
    (5, "-inf", "not a finite"), (5, "1e999", "not a finite"), (5, "-1", "below 0"),
    (5, "70.5", "not a finite integer"), (5, "seventy", "'seventy'"), (5, "70 (r)", "'70 (r)'"),
    (5, "0x46", "'0x46'"), (5, "7_0", "'7_0'"), (5, "", "blank without a reason"),
    (5, "=1+1", "'=1+1'"), (5, "c", "'c'"), (5, "70%", "'70%'"), (5, "TRUE", "'TRUE'"),
    (1, "", "blank but required"), (1, "2999", "not a year"), (1, "12", "not a year"),
    (1, "2011", "after the release"), (1, "2010/11", "not a finite integer"),
    (2, "9999", "not a year"), (2, "20l0", "not a finite integer"),
    (0, "", "blank but required"), (0, "E99999999", "is not in areas_england"),
    (0, "e06000001", "is not in areas_england"), (0, " E06000001", "is not in areas_england"),
    (0, SCRIPT.replace(",", ";"), "a tag"), (0, "../../etc/passwd", "is not in areas_england"),
    (4, "=cmd|' /C calc'!A0", "a formula"), (4, "@SUM(A1)", "a formula"),
    (4, "+1+cmd|'x'!A1", "a formula"), (4, "-2+3+cmd|'x'!A1", "a formula"),
    (4, "=HYPERLINK(open('ran';'w'))", "a formula"), (4, "\t=1+1", "control character"),
    (4, "10\x1b[2Jto 15", "control character"), (4, "01 ot\u202e51", "control character"),
    (4, SCRIPT.replace(",", ";"), "a tag"), (4, "<img src=x onerror=alert(1)>", "a tag"),
    (3, "11_to_15", "is not one of"), (6, "q", "is not one of"), (6, "=", "is not one of"),
    (7, "nobody", "is not in sources"), (7, "", "blank but required"),
]  # fmt: skip
for column, value, words in CELLS:
    names = [
        "area_code",
        "year",
        "release_year",
        "age_group",
        "label",
        "number",
        "number_flag",
        "source_id",
    ]
    shown = value.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e").replace("\t", "\\t")
    fault("a raw table", f"{names[column]} is `{shown[:40]}`",
          read_table(cell(2, column, value)), TABLE, "row 2", words)  # fmt: skip


def read_areas(place: Path):
    from care_rates.data import Package

    content = described(package(place))
    resource = next(r for r in content["resources"] if r["name"] == "areas_england")
    data = (place / resource["path"]).read_bytes()
    write(place, resource, data.replace(b"Hartlepool", SCRIPT.replace(",", ";").encode(), 1))
    (place / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
    return Package(place).read("areas_england")


fault("a raw table", "`<script>` in the name of an area", read_areas, "areas_england.csv",
      "a tag")  # fmt: skip


def damage(what: str, do: Callable[[Path], None], *words: str) -> None:
    def run(place: Path):
        from care_rates.data import Package

        do(package(place))
        return Package(place).read(TABLE)

    fault("a raw table", what, run, *words)


def replaced(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def do(place: Path) -> None:
        (place / f"{TABLE}.csv").unlink()
        make(place / f"{TABLE}.csv")

    return do


damage("the file is missing", replaced(lambda p: None), "is missing")
damage("a folder in its place", replaced(lambda p: p.mkdir()), "is missing")
damage("a link that leads nowhere", replaced(lambda p: p.symlink_to("gone.csv")), "is missing")
damage("a link to itself", replaced(lambda p: p.symlink_to(p)), "")
damage("a link to another file", replaced(lambda p: p.symlink_to("sources.csv")),
       "not the one described")  # fmt: skip
damage("a pipe that nobody writes to", replaced(os.mkfifo), "is missing")
damage("one byte changed", lambda place: (place / f"{TABLE}.csv").write_bytes(
    (place / f"{TABLE}.csv").read_bytes().replace(b"70", b"71", 1)), "not the one described",
    "care-rates seal")  # fmt: skip
damage("line ends changed", lambda place: (place / f"{TABLE}.csv").write_bytes(
    (place / f"{TABLE}.csv").read_bytes().replace(b"\n", b"\r\n")),
    "not the one described")  # fmt: skip


# ---- the description of the data package ---------------------------------------------


def describe(what: str, change: Callable[[dict], object], *words: str) -> None:
    def do(place: Path):
        from care_rates.data import Package

        new = change(described(package(place)))
        path = place / "datapackage.json"
        path.write_bytes(new if isinstance(new, bytes) else json.dumps(new).encode())
        return Package(place).read(TABLE)

    fault("`datapackage.json`", what, do, *words)


def with_table(content: dict, **changes) -> dict:
    for resource in content["resources"]:
        if resource["name"] == TABLE:
            resource.update(changes)
    return content


def without(content: dict, key: str) -> dict:
    content["resources"][0].pop(key)
    return content


def rule(where: str) -> Callable[[dict], dict]:
    check = {"rate": "number", "numerator": "number", "denominator": "number", "scale": 1,
             "rateRounding": 1, "where": where}  # fmt: skip
    return lambda content: with_table(content, rateChecks=[check])


describe("empty", lambda _: b"", "cannot be read")
describe("cut off", lambda c: json.dumps(c).encode()[:-9], "cannot be read")
describe("not UTF-8", lambda _: b'{"resources": "\xff"}', "cannot be read")
describe("nested 100,000 deep", lambda _: b"[" * 100_000, "cannot be read")
describe("a list", lambda _: [], "no list of resources")
describe("no resources", lambda _: {}, "no list of resources")
describe("resources that are words", lambda _: {"resources": ["a"]}, "resource 1")
describe("a table without its hash", lambda c: without(c, "hash"), "lacks 'hash'")
describe("a table without its path", lambda c: without(c, "path"), "lacks 'path'")
describe("a table without its schema", lambda c: without(c, "schema"), "lacks 'schema'")
describe("a number for a path", lambda c: with_table(c, path=7), "needs words")
describe("a path out of the folder", lambda c: with_table(c, path="../x.csv"), "beside it")
describe("a path from the root", lambda c: with_table(c, path="/etc/passwd"), "beside it")
describe("a condition that calls a function", rule("__import__('os').system('touch ran')"),
         "cannot be used")  # fmt: skip
describe("a condition that writes a file", rule("@frame.to_csv('ran')"), "cannot be used")
describe("a condition that opens a file", rule("number.map(open('ran', 'w').write) > 1"),
         "cannot be used")  # fmt: skip
describe("a condition on no such column", rule("size > 1"), "cannot be used")
describe("a condition that is no expression", rule("number >"), "cannot be used")


def missing_description(place: Path):
    from care_rates.data import Package

    return Package(place)


def no_such_table(place: Path):
    from care_rates.data import Package

    return Package(package(place)).read("../../etc/passwd")


def seal_a_broken_table(place: Path):
    from care_rates import data

    package(place)
    (place / f"{TABLE}.csv").write_bytes(b"area_code,year\n1")
    before = (place / "datapackage.json").read_bytes()
    try:
        return data.seal_checked([TABLE], place)
    finally:
        assert (place / "datapackage.json").read_bytes() == before


fault("`datapackage.json`", "missing", missing_description, "is missing", "Restore")
fault("`datapackage.json`", "a table that it does not have", no_such_table, "has no table")
fault("`datapackage.json`", "sealing a broken table", seal_a_broken_table, "row 2")


# ---- the claim register --------------------------------------------------------------

CLAIM = {
    "claim_id": "nao.a.b", "locator": "Figure 1", "statement": "Something", "published": "45.6",
    "relation": "=", "unit": "", "quantity": "rate", "kind": "descriptive", "topic": "rates",
    "needs": "cla_england", "scope": "in", "scope_reason": "", "formula": "",
}  # fmt: skip
BANDS = "quantity,absolute,relative,reason\nrate,1,0.02,why\n"


def register(what: str, change: Callable[[dict], object] | bytes, *words: str,
             bands: str = BANDS, reasons: str | bytes = "claim,reason,note\n") -> None:  # fmt: skip
    def do(place: Path):
        from care_rates.claims import Register

        head = ",".join(CLAIM)
        if isinstance(change, bytes):
            content = change
        else:
            rows = change(dict(CLAIM))
            rows = rows if isinstance(rows, list) else [rows]
            lines = [",".join(f'"{v}"' if "," in v else v for v in r.values()) for r in rows]
            content = "\n".join([head, *lines, ""]).encode()
        (place / "nao.csv").write_bytes(content)
        (place / "bands.csv").write_text(bands, encoding="utf-8")
        (place / "reasons").mkdir()
        data = reasons if isinstance(reasons, bytes) else reasons.encode()
        (place / "reasons" / "nao.csv").write_bytes(data)
        return Register(place).arithmetic()

    fault("the claim register", what, do, *words)


def also(**changes: str) -> Callable[[dict], dict]:
    return lambda claim: claim | changes


def sum_of(formula: str) -> Callable[[dict], list]:
    new = {"claim_id": "nao.a.b_arith", "kind": "arithmetic", "formula": formula}
    return lambda claim: [claim, claim | new]


HEAD = ",".join(CLAIM).encode()
register("empty file", b"", "nao.csv, row 1", "empty")
register("heading with other names", HEAD.replace(b"locator", b"place"), "columns must be")
register("a column missing", HEAD.replace(b",formula", b""), "columns must be")
register("Windows-1252", HEAD + b"\nnao.\xa3,\n", "not UTF-8")
register("a NUL byte", HEAD + b"\nnao.\0,\n", "NUL")
register("too few cells", HEAD + b"\nnao.a.b,x\n", "row 2", "2 cells")
register("too many cells", HEAD + b"\n" + b"x," * 20 + b"\n", "row 2", "21 cells")
register("quotes that do not close", HEAD + b'\n"nao.a.b', "row 2", "cannot be read")
register("a cell of 200,000 letters", HEAD + b"\n" + b"x" * 200_000, "larger than field limit")
register("an id of another report", also(claim_id="ccn.a.b"), "an id is 'nao.'")
register("an id with capitals", also(claim_id="nao.A.b"), "an id is 'nao.'")
register("an id of one part", also(claim_id="nao"), "an id is 'nao.'")
register("an id that leads out of the folder", also(claim_id="nao.../../x"), "an id is 'nao.'")
register("an id with a tag", also(claim_id="nao.<script>"), "an id is 'nao.'")
register("an id twice", lambda c: [c, c], "row 3", "stands twice")
register("no published value", also(published=""), "published is empty")
register("no locator", also(locator=" "), "locator is empty")
register("a word for a number", also(published="many"), "'many' is not a number")
register("a range with one end", also(relation="range", published="5 to"), "'a to b'")
register("an unknown direction", also(relation="direction", published="up"), "direction is one")
register("an unknown relation", also(relation="≈"), "relation '≈'")
register("an unknown kind", also(kind="wild"), "kind 'wild'")
register("an unknown scope", also(scope="perhaps"), "scope 'perhaps'")
register("out of scope without a reason", also(scope="out"), "scope_reason")
register("a formula where none may be", also(formula="1 + 1"), "an arithmetic claim has")
register("arithmetic without a formula", also(kind="arithmetic"), "an arithmetic claim has")
register("a formula of an unknown claim", sum_of("{nao.c}"), "nao.c is no claim")
register("a formula that calls a function", sum_of("open('ran','w')"), "not allowed")
register("a formula that never ends", sum_of("9**9**9**9"), "too large")
register("a band that is no number", also(), "bands.csv, row 2",
         bands=BANDS.replace("0.02", "wide"))  # fmt: skip
register("a band below zero", also(), "bands.csv, row 2", bands=BANDS.replace(",1,", ",-1,"))
register("a band without end", also(), "bands.csv, row 2", bands=BANDS.replace("0.02", "inf"))
register("a band that is nan", also(), "bands.csv, row 2", bands=BANDS.replace("0.02", "nan"))
register("a band twice", also(), "bands.csv, row 2", bands=BANDS + "rate,2,0.05,why\n")
register("bands with other columns", also(), "bands.csv", bands="a,b\n1,2\n")
register("an unknown reason", also(), "'because' is not one of",
         reasons="claim,reason,note\nnao.a,because,\n")  # fmt: skip
register("two reasons for one claim", also(), "two reasons",
         reasons="claim,reason,note\nnao.a,wording,x\nnao.a,sampling,y\n")  # fmt: skip
register("reasons without a note column", also(), "columns must be",
         reasons="claim,reason\nnao.a,wording\n")  # fmt: skip
register("reasons in UTF-16", also(), "NUL", reasons="claim,reason,note\n".encode("utf-16"))


# ---- formulas of the register --------------------------------------------------------

FORMULAS = [
    ("", "cannot be read"), ("1 +", "cannot be read"), ("(1", "cannot be read"),
    ("1 2", "cannot be read"), ("{a} = 1", "cannot be read"), ("\0", "cannot be read"),
    ("(" * 300 + "1" + ")" * 300, "cannot be read"), ("-" * 4900 + "1", ""),
    ("1" + "+1" * 3000, "signs"), ("{b}", "no printed number for b"), ("x", "not allowed"),
    ("'text'", "not allowed"), ("True", "not allowed"), ("None", "not allowed"),
    ("1 if 1 else 2", "not allowed"), ("lambda: 1", "not allowed"), ("[1]", "not allowed"),
    ("__import__('os').system('touch ran')", "not allowed"), ("open('ran', 'w')", "not allowed"),
    ("abs.__class__", "not allowed"), ("abs(*[1])", "not allowed"), ("abs(x=1)", "not allowed"),
    ("eval('1')", "not allowed"), ("(y := 1)", "not allowed"), ("1 // 2", "not allowed"),
    ("1 % 2", "not allowed"), ("1 << 999999999", "not allowed"), ("~1", "not allowed"),
    ("1 == 1", "compare with"), ("1 < 2 or 1 < 3", "not allowed"), ("1 < 2 and 3", "joined"),
    ("{a} / 0", "divides by zero"), ("1 / ({a} - {a})", "divides by zero"),
    ("mean()", "divides by zero"), ("9**9**9**9", "too large"), ("10.0**400", "too large"),
    ("1e308 * 10", "no finite number"), ("1e999 - 1e999", "no finite number"),
    ("(0 - 8) ** 0.5", "no finite number"), ("sqrt(0 - 1)", "cannot be worked out"),
    ("sqrt()", "cannot be worked out"), ("min(1)", "cannot be worked out"),
    ("abs(1, 2)", "cannot be worked out"), ("growth(1)", "cannot be worked out"),
    ("spearman_p(0.5, 1)", "cannot be worked out"), ("spearman_p(0.5, 2)", "no finite number"),
    ("cagr(0, 1, 2)", "divides by zero"), ("mannwhitney_p(1, 0, 0)", "divides by zero"),
]  # fmt: skip


def work_out(formula: str) -> Callable:
    def do(_: Path):
        from care_rates.arithmetic import imply

        return imply(formula, {"a": (2.0, 1.5, 2.5)})

    return do


for text, words in FORMULAS:
    shown = text[:40].replace("\0", "\\0") or "(nothing)"
    fault("a formula of the register", f"`{shown}`", work_out(text), words)


# ---- notebooks and their parameters --------------------------------------------------


def notebook(place: Path, content: object = None, **cell) -> Path:
    """Write a notebook of one parameters cell; returns the folder that holds it."""
    body = {
        "cells": [{"cell_type": "markdown", "source": "# A", "metadata": {}, "id": "t"},
                  {"cell_type": "code", "source": "seed = 1\nlevel = 0.95\narea = 'x'\nfull = True",
                   "metadata": {"tags": ["parameters"]}, "outputs": [], "id": "p",
                   "execution_count": None} | cell],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    data = body if content is None else content
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    (place / "01_a.ipynb").write_bytes(data)
    os.environ["CARE_RATES_NOTEBOOKS"] = str(place)
    return place


def book(what: str, words: str, content: object = None, **cell) -> None:
    def do(place: Path):
        from care_rates import pipeline

        notebook(place, content, **cell)
        return pipeline.status(pipeline.steps({"01_a": {"seed": 2}}))

    fault("a notebook", what, do, "01_a", words)


book("empty file", "not JSON", b"")
book("cut off", "not JSON", b'{"cells": [')
book("not UTF-8", "not JSON", b'{"cells": "\xff"}')
book("nested 100,000 deep", "not JSON", b"[" * 100_000)
book("a list", "not an object", [])
book("no cells", "not a notebook", {"metadata": {}})
book("cells that are words", "not a notebook", {"cells": ["a"]})
book("a cell without a source", "not a notebook", {"cells": [{"cell_type": "code"}]})
book("no parameters cell", "no cell tagged", metadata={})
book("a call in the parameters cell", "may hold only", source="seed = open('ran', 'w')")
book("an import in the parameters cell", "may hold only", source="import os; os.mkdir('ran')")
book("two names at once in it", "may hold only", source="a, b = 1, 2")
book("no Python in it", "may hold only", source="seed =")
book("brackets without end in it", "may hold only", source="seed = " + "(" * 400)


def value(what: str, values: dict, *words: str) -> None:
    def do(place: Path):
        from care_rates import parameters_cell

        return parameters_cell.check("01_a", dict(values)) if notebook(place) else None

    fault("a parameter", what, do, *words)


value("an unknown name", {"sed": 1}, "no parameter is called 'sed'", "it has: seed")
value("no name", {"": 1}, "no parameter is called ''")
value("a name with a tag", {SCRIPT: 1}, "no parameter is called")
value("words for a whole number", {"seed": "1"}, "must be int")
value("a fraction for a whole number", {"seed": 1.5}, "must be int")
value("yes for a whole number", {"seed": True}, "must be int")
value("nothing", {"seed": None}, "must be int")
value("a list", {"seed": [1]}, "must be int")
value("words for a fraction", {"level": "0.95"}, "must be float")
value("nan", {"level": float("nan")}, "not a finite number")
value("infinity", {"level": float("inf")}, "not a finite number")
value("a number for words", {"area": 1}, "must be str")
value("bytes for words", {"area": b"x"}, "must be str")
value("a number for yes or no", {"full": 1}, "must be bool")


def begin(name: object) -> Callable:
    def do(place: Path):
        from care_rates import parameters_cell

        notebook(place)
        return parameters_cell.check(name, {})

    return do


for name in ("02_b", "../01_a", "/etc/passwd", "", "01_a\0", SCRIPT):
    fault("a parameter", f"the notebook `{name[:30]}`".replace("\0", "\\0"), begin(name),
          "There is no notebook" if name == "02_b" else "is no notebook's name")  # fmt: skip


# ---- names of authorities ------------------------------------------------------------


def find(text: object) -> Callable:
    def do(_: Path):
        from care_rates import areas

        return areas.find(text)

    return do


def choose(text: str) -> Callable:
    def do(_: Path):
        from care_rates import profiles

        return profiles.chosen([text])

    return do


NAMES = ["Liverpol", "", "   ", "E99999999", "X" * 100_000, SCRIPT, "=1+1", "a\0b", "../../x",
         "Liverpool; rm -rf x", "ليفربول", "West"]  # fmt: skip
for name in NAMES:
    shown = (name[:30] or "(nothing)").replace("\0", "\\0")
    fault("the name of an authority", f"`{shown}` in a notebook", find(name), "area:")
    if name.strip():
        fault("the name of an authority", f"`{shown}` on the command line", choose(name),
              "No local authority is called")  # fmt: skip
for thing in (None, 7, ["Liverpool"], float("nan")):
    fault("the name of an authority", f"`{thing}` in a notebook", find(thing), "area: give")


# ---- the command line ----------------------------------------------------------------


def command(*arguments: str) -> Callable:
    def do(place: Path):
        from care_rates import cli

        notebook(place)
        os.environ["CARE_RATES_OUTPUTS"] = str(place / "outputs")
        return cli.main(arguments)

    return do


COMMANDS = [
    ((), "COMMAND"), (("fly",), "invalid choice"), (("run", "--fast"), "unrecognized"),
    (("run", "09_x"), "no notebook '09_x'"), (("run", "../01_a"), "no notebook"),
    (("run", "01_a", "-p", "seed"), "name=value"), (("run", "-p", "seed=1"), "Name one notebook"),
    (("run", "01_a", "-p", "sed=1"), "no parameter is called"),
    (("run", "01_a", "-p", "seed=one"), "must be int"),
    (("run", "01_a", "-p", "seed=__import__('os').mkdir('ran')"), "must be int"),
    (("run", "01_a", "-p", "seed=" + "(" * 400), "must be int"),
    (("run", "01_a", "-p", "level=1e999"), "not a finite number"),
    (("run", "01_a", "-j", "0"), "less than one"), (("run", "01_a", "-j", "-3"), "less than one"),
    (("run", "01_a", "-j", "many"), "invalid"), (("profile",), "Name an authority"),
    (("profile", "Atlantis"), "No local authority"), (("seal",), "required"),
    (("seal", "no_table"), "has no table"), (("seal", "../sources"), "has no table"),
    (("ingest",), "name the publisher's CSV files"), (("ingest", "gone.csv"), "no such file"),
    (("ingest", "gone.csv", "--release-year", "soon"), "invalid int"),
]  # fmt: skip
for arguments, words in COMMANDS:
    shown = " ".join(arguments)[:60]
    fault(
        "the command line", f"`care-rates {shown}`".replace("|", "\\|"), command(*arguments), words
    )


# ---- what a notebook shows, records and checks ---------------------------------------


def reported(call: str, *words: str) -> None:
    def do(place: Path):
        import altair
        import numpy
        import pandas

        from care_rates import report

        os.environ["CARE_RATES_OUTPUTS"] = str(place / "outputs")
        report._now = report.Session("01_a", {}, "01_a")
        space = {"r": report, "pd": pandas, "np": numpy, "alt": altair, "frame": pandas.DataFrame(
            {"a": [1, 2]}), "told": {"caption": "c", "source": "s"}}  # fmt: skip
        try:
            return eval(call, space)  # our own lines, below
        finally:
            report._now = None

    fault("what a notebook reports", f"`{call[:60]}`".replace("|", "\\|"), do, *words)


for name in ("''", "'../../ran'", "'/tmp/ran'", "'a b'", "'a.b'", "'<script>'", "'-a'", "'a\\0'",
             "None", "'é'"):  # fmt: skip
    reported(f"r.show(frame, name={name}, **told)", "name it with letters")
reported("r.show([1, 2], name='t', **told)", "a chart or a table, not [1, 2]")
reported("r.show(None, name='t', **told)", "a chart or a table")
reported("r.show(frame['a'], name='t', **told)", "a chart or a table")
reported("r.show(alt.Chart(frame).mark_point(), name='t', **told)", "text alternative")
reported("r.show(alt.Chart(frame).mark_point(), name='t', alt=' ', **told)", "text alternative")
reported("[r.show(frame, name='t', **told) for _ in '12']", "called 't' already")
reported(
    "r.show(alt.Chart('http://127.0.0.1:9/x.csv').mark_point(), name='t', alt='a', **told)", ""
)
reported("r.show(alt.Chart(pd.DataFrame({'a': ['javascript:window.ran=1']})).mark_point()"
         ".encode(href='a'), name='t', alt='a', **told)", "conversion failed")  # fmt: skip
reported("r.record('', 1)", "no name for a result")
reported("r.record('a\\nb', 1)", "no name for a result")
reported("r.record(None, 1)", "no name for a result")
reported("r.record('x', float('inf'))", "value is inf")
reported("r.record('x', 1, -np.inf, 2)", "low is")
reported("r.record('x', 'many')", "value is 'many'")
reported("r.record('x', [1])", "value is [1]")
reported("r.record('x', 1j)", "value is 1j")
reported("[r.record('x', 1) for _ in '12']", "recorded already")
reported("r.recorded('y')", "no result is called 'y'")
CLAIMED = "definition='d'"
reported(f"r.check('nao.none', 1, {CLAIMED})", "No claim has the id")
reported(f"r.check('', 1, {CLAIMED})", "No claim has the id")
reported(f"r.check('<script>', 1, {CLAIMED})", "No claim has the id")
reported(f"r.check('wwcsc.table2.north_east.mean', float('nan'), {CLAIMED})", "missing")
reported(f"r.check('wwcsc.table2.north_east.mean', float('inf'), {CLAIMED})", "missing")
reported(f"r.check('wwcsc.table2.north_east.mean', 'high', {CLAIMED})", "is not a number")
reported(f"r.check('wwcsc.table2.north_east.mean', None, {CLAIMED})", "nothing was computed")
reported(f"r.check('wwcsc.table2', {{}}, {CLAIMED})", "nothing was computed")
reported(f"r.check('wwcsc.table2', {{'North East.mean': 1, 'north_east.mean': 2}}, {CLAIMED})",
         "two values have this id")  # fmt: skip
reported("r.check('wwcsc.table2', pd.DataFrame({'mean': [1, 2]}, index=['North East'] * 2), "
         "definition='d')", "two values have this id")  # fmt: skip
reported(f"[r.check('wwcsc.table2.north_east.mean', 1, {CLAIMED}) for _ in '12']", "checked twice")


def not_begun(place: Path):
    from care_rates import report

    report._now = None
    return report.finish()


fault("what a notebook reports", "`finish()` without `begin()`", not_begun, "Call begin")


# ---- self-evaluations ----------------------------------------------------------------


def assess(what: str, change: Callable[[dict], object], *words: str) -> None:
    def do(place: Path):
        from care_rates import self_evaluation

        new = change(self_evaluation.read())
        path = place / "saved.json"
        path.write_bytes(new if isinstance(new, bytes) else json.dumps(new).encode())
        return self_evaluation.read(path)

    fault("a self-evaluation", what, do, *words)


def scored(**changes) -> Callable[[dict], dict]:
    def change(file: dict) -> dict:
        file["raters"][0]["scores"][0] |= changes
        return file

    return change


def twice(file: dict) -> dict:
    file["raters"][0]["scores"][1:] = [dict(file["raters"][0]["scores"][0])]
    return file


assess("empty file", lambda _: b"", "saved.json", "JSON")
assess("cut off", lambda f: json.dumps(f).encode()[:-5], "JSON")
assess("UTF-16", lambda f: json.dumps(f).encode("utf-16"), "JSON")
assess("nested 100,000 deep", lambda _: b"[" * 100_000, "JSON")
assess("two megabytes", lambda _: b" " * 2_000_000, "2,000,000 bytes")
assess("a list", lambda _: [], "type object")
assess("a pickle", lambda _: b"\x80\x04\x95", "JSON")
assess("a key twice", lambda _: b'{"format": 1, "format": 2}', "twice")
assess("another format", lambda f: f | {"format": "x"}, "format")
assess("a later version", lambda f: f | {"version": 2}, "version")
assess("an unknown name", lambda f: f | {"x": 1}, "not known here")
assess("`__proto__`", lambda f: f | {"__proto__": {}}, "not known here")
assess("no raters", lambda f: f | {"raters": []}, "raters")
assess("thirteen raters", lambda f: f | {"raters": f["raters"] * 5}, "raters")
assess("a rater twice", lambda f: f | {"raters": f["raters"][:1] * 2}, "twice")
assess("a score of 5", scored(score=5), "is not one of")
assess("a score of -1", scored(score=-1), "is not one of")
assess("a score that is yes", scored(score=True), "")
assess("a score of half", scored(score=0.5), "is not one of")
assess("a score that is nan", lambda f: json.dumps(scored(score=float("nan"))(f)).encode(), "NaN")
assess("an unknown characteristic", scored(code="Z9"), "is not one of")
assess("a characteristic twice", twice, "twice")
assess("evidence of 3,000 letters", scored(evidence="x" * 3000), "too long")
assess("weights below zero", lambda f: f | {"weights": f["weights"] | {"A": -1}}, "0 to 10")
assess("weights all zero", lambda f: f | {"weights": dict.fromkeys("ABCDE", 0)}, "all are zero")
assess("a weight in words", lambda f: f | {"weights": f["weights"] | {"A": "1"}}, "type number")


def unread(make: Callable[[Path], None]) -> Callable:
    def do(place: Path):
        from care_rates import self_evaluation

        make(place / "saved.json")
        return self_evaluation.read(place / "saved.json")

    return do


fault("a self-evaluation", "no such file", unread(lambda p: None), "cannot be read")
fault("a self-evaluation", "a folder", unread(lambda p: p.mkdir()), "cannot be read")
fault("a self-evaluation", "a link to itself", unread(lambda p: p.symlink_to(p)), "cannot be read")


# ---- a publisher's release -----------------------------------------------------------

RELEASE = Path(__file__).parent / "data" / "ingest" / "invented_cla_number_and_rate_2026.csv"


def release(what: str, change: Callable[[bytes], bytes] | None, *words: str, **options) -> None:
    def do(place: Path):
        from care_rates import ingest

        path = place / "release.csv"
        if change:
            path.write_bytes(change(RELEASE.read_bytes()))
        raw = place / "raw"
        raw.mkdir()
        for file in RAW.glob("*.*"):
            (raw / file.name).symlink_to(file)
        try:
            return ingest.ingest([path], ingest.Options(**options), raw)
        finally:
            assert all(file.is_symlink() for file in raw.iterdir())  # nothing was written

    fault("a release to take in", what, do, *words)


def first(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


release("no such file", None, "no such file")
release("empty file", lambda _: b"", "empty")
release("a spreadsheet", lambda _: b"PK\x03\x04abc", "a spreadsheet")
release("an old workbook", lambda _: b"\xd0\xcf\x11\xe0abc", "Excel")
release("a PDF", lambda _: b"%PDF-1.7", "a PDF")
release("a web page", lambda _: b"<!DOCTYPE html><p>", "a web page")
release("a compressed file", lambda _: b"\x1f\x8b\x08\0", "compressed")
release("UTF-16", lambda d: d.decode("utf-8-sig").encode("utf-16"), "UTF-16")
release("a NUL byte", first(b"Hartlepool", b"Hartle\0pool"), "NUL")
release("neither UTF-8 nor Windows-1252", first(b"Hartlepool", b"Hartle\x81pool"), "neither")
release("quotes that do not close", lambda d: d + b'"abc', "cannot be read")
release("a cell of 5,000 letters", first(b"Hartlepool", b"x" * 5000), "5,000 characters")
release("semicolons", lambda d: b"code;name;number\nE06000001;Hartlepool;70\n", "semicolons")
release("an unknown layout", lambda _: b"a,b\n1,2\n", "release.csv")
release("an unknown area", first(b"E06000001", b"E99000001"), "E99000001", "not in areas_england")
release("a code with another's name", first(b"Hartlepool", b"Halton"), "Halton")
release("a formula for a name", first(b"Hartlepool", b"=cmd|' /C calc'!A0"), "release.csv")
release("`<script>` for an area code", first(b"E06000001", SCRIPT.replace(",", ";").encode()),
        "release.csv")  # fmt: skip
release("a heading twice", first(b"number,rate_per_10000", b"number,number"), "release.csv")
release("a year that is no year", first(b"2026", b"20x6"), "release.csv")
release("a publisher with a line break", lambda d: d, "--publisher", publisher="a\nb")
release("a publisher that is a formula", lambda d: d, "--publisher", publisher="=1+1")
release("a title of nothing", lambda d: d, "--title", title=" ")
release("a heading option without =", lambda d: d, "--heading", headings=("a",))
release("a table that is not there", lambda d: d, "has no table", tables=("none",))
release("the year of another release", lambda d: d, "--release-year", release_year=1999)


# ---- what a run left, damaged --------------------------------------------------------


def left(what: str, do: Callable[[Path], object], *words: str) -> None:
    def run(place: Path):
        for name in ("outputs", "processed"):
            (place / name).mkdir()
            os.environ[f"CARE_RATES_{name.upper()}"] = str(place / name)
        return do(place)

    fault("what a run left", what, run, *words)


def parquet(content: bytes | None) -> Callable:
    def do(place: Path):
        from care_rates import data

        if content is not None:
            (place / "processed" / "cla.parquet").write_bytes(content)
        return data.load("cla")

    return do


left("no analysis table", parquet(None), "no analysis table 'cla'", "care-rates run")
left("an empty analysis table", parquet(b""), "cla.parquet cannot be read", "care-rates run")
left("an analysis table cut off", parquet(b"PAR1\x15\x04\x15\x10"), "cannot be read")
left(
    "a pickle for an analysis table", parquet(b"\x80\x04\x95\x05cposix\nsystem\n"), "cannot be read"
)


def ledger(content: bytes | None) -> Callable:
    def do(place: Path):
        from care_rates import home

        (place / "outputs" / "results").mkdir()
        if content is not None:
            (place / "outputs" / "results" / "claims.csv").write_bytes(content)
        return home.claims()

    return do


left("no ledger", ledger(None), "claims.csv cannot be read", "care-rates run")
left("an empty ledger", ledger(b""), "claims.csv cannot be read")
left("a ledger with other columns", ledger(b"a,b\n1,2\n"), "not the ledger")
left("a ledger that is not UTF-8", ledger(b"a,\xff\n1,2\n"), "cannot be read")


def record_of(content: bytes) -> Callable:
    def do(place: Path):
        from care_rates import home

        (place / "outputs" / "records").mkdir()
        (place / "outputs" / "records" / "01_a.json").write_bytes(content)
        return home.answers()

    return do


left("an empty record", record_of(b""), "01_a.json is not JSON", "care-rates run")
left("a record cut off", record_of(b'{"notebook": '), "not JSON")
left("a record that is a list", record_of(b"[]"), "not an object")


def strange_folder(place: Path):
    from care_rates import pages

    notebook(place)
    (place / "outputs" / "html").mkdir()
    (place / "outputs" / "html" / "thesis.docx").write_bytes(b"mine")
    try:
        return pages.build_if_stale()
    finally:
        assert (place / "outputs" / "html" / "thesis.docx").read_bytes() == b"mine"


def outputs_is_a_file(place: Path):
    from care_rates import pipeline

    notebook(place)
    shutil.rmtree(place / "outputs")
    (place / "outputs").write_text("")
    return pipeline.run(pipeline.steps())


left("a folder of pages with somebody's files", strange_folder, "thesis.docx", "Empty the folder")
left("a file where the outputs folder should be", outputs_is_a_file, "cannot be written")


def rooms() -> dict[str, int]:
    """Count the faults by where they go in."""
    counts: dict[str, int] = {}
    for each in FAULTS:
        counts[each.room] = counts.get(each.room, 0) + 1
    return counts


PAGE = ROOT / "docs" / "bad_input.md"


def page() -> str:
    """Write the page that counts and lists the faults."""
    lines = [
        "# Faulty inputs", "",
        f"{len(FAULTS)} faulty inputs are given to the library by `tests/unit/test_bad_input.py`. "
        "Each must end in a message that says where and what, with an exit code other than 0; "
        "nothing may be half-written, and nothing in the input may be executed. Beside them "
        "Hypothesis garbles tables, registers, formulas, notebooks, names and self-evaluations at "
        "random, and `tests/unit/test_disk.py` fills the disk, takes the permission to write away, "
        "puts links in the way and starts two runs at once.", "",
        "This page is written by `python tests/unit/faults.py`; a test compares the two.", "",
        "| where it goes in | faulty inputs |", "|---|--:|",
        *(f"| {room} | {count} |" for room, count in rooms().items()),
        f"| **all** | **{len(FAULTS)}** |",
    ]  # fmt: skip
    for room in rooms():
        lines += ["", f"## {room[0].upper()}{room[1:]}", ""]
        lines += [f"- {each.what}" for each in FAULTS if each.room == room]
    return "\n".join(lines).replace("<", "&lt;") + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{len(FAULTS)} faulty inputs: {PAGE}")

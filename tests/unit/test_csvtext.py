"""CSV text: read strictly, written so that no spreadsheet runs it. Conditions: read, never run."""

import io

import numpy as np
import pandas as pd
import pytest

from care_rates import conditions, csvtext

pytestmark = pytest.mark.unit


def read(content):
    return csvtext.rows(content, lambda line, what, _: ValueError(f"row {line}: {what}"))


def test_cells_keep_their_line_numbers():
    header, body = read(b'a,b\n1,"x\ny"\r\n2,"say ""this"", \xe2\x80\xa8z"\n')
    assert header == ["a", "b"]
    assert body == {2: ["1", "x\ny"], 4: ["2", 'say "this", \u2028z']}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "row 1: the file is empty"),
        (b" \n\n", "row 1: the file is empty"),
        (b"\xef\xbb\xbfa,b\n1,2\n", "row 1: begins with a byte-order mark"),
        (b"a,b\n1,\0\n", "row 2: holds a NUL byte"),
        (b"a,b\n1,2\n3,\xff\n", "row 3: not UTF-8 at byte 10"),
        (b"a,a\n1,2\n", "row 1: the heading has 'a' twice"),
        (b"a,\n1,2\n", "row 1: no heading"),
        (b"a,b\n1,2,3\n", "row 2: field b: 3 cells where the heading has 2"),
        (b"a,b\n\n1,2\n", "row 2: field a: 0 cells"),
        (b'a,b\n1,"2\n', "row 2: cannot be read"),
        (b'a,b\n1,"2"x\n', "row 2: cannot be read"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", "row 2: cannot be read (field larger"),
    ],
)
def test_what_is_no_table_is_named(content, words):
    with pytest.raises(ValueError, match=".") as error:
        read(content)
    assert words in str(error.value)


@pytest.mark.parametrize(
    "text", ["=1+1", "=cmd|' /C calc'!A0", "+SUM(A1)", "-2+3", "@SUM(1)", "\t=1", "\r=1",
             "-5.6 to 10", "=HYPERLINK(\"http://x\")", "'=1", "''@x"],
)  # fmt: skip
def test_live_cells_are_made_inert_and_read_back(text):
    safe = csvtext.inert(text)
    assert safe == "'" + text
    assert csvtext.original(safe) == text


@pytest.mark.parametrize(
    "text", ["", "=", "-", "+", "-1", "+0.5", "-1,234.5", "+11%", "-51%", "-1e-05", "-£4",
             "text", "a=b", "'quoted'", "−5 to 5", "-inf", "King's Lynn"],
)  # fmt: skip
def test_numbers_signs_and_plain_text_stay(text):
    assert csvtext.inert(text) == text
    assert csvtext.original(text) == text


def test_a_frame_is_written_for_download():
    frame = pd.DataFrame(
        {"=x": ["@a", None], "n": [-1.23456789012, np.nan], "when": pd.Timestamp(2020, 1, 2)}
    )  # fmt: skip
    text = csvtext.write(frame)
    assert text == "'=x,n,when\n'@a,-1.2345679,2020-01-02\n,,2020-01-02\n"
    assert frame.columns[0] == "=x"
    twice = pd.DataFrame([["=a", "b"]], columns=["x", "x"])
    assert csvtext.write(twice) == "x,x\n'=a,b\n"
    plain = pd.DataFrame({"a": ["x", "y"], "b": pd.Categorical(["-", "=q"])})
    assert csvtext.write(plain) == "a,b\nx,-\ny,'=q\n"
    assert pd.read_csv(io.StringIO(csvtext.write(plain)))["a"].tolist() == ["x", "y"]


FRAME = pd.DataFrame({"year": [2014, 2015, 2016], "code": ["E06", "E10", None]})


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("year >= 2015", [False, True, True]),
        ("year == 2014 or year == 2016", [True, False, True]),
        ("code.str.startswith('E0')", [True, False, False]),
        ("not code == 'E10' and year < 2016", [True, False, False]),
        ("(year != 2014) and (year <= 2015 or year > 2015)", [False, True, True]),
    ],
)
def test_conditions_choose_rows(condition, rows):
    assert conditions.chosen(FRAME, condition).tolist() == rows


@pytest.mark.parametrize(
    "condition",
    ["", "year", "2015", "yeer > 2015", "year > 2014 > 2013", "year > code", "code > 3",
     "@frame.to_csv('x')", "__import__('os').system('touch x')", "code.str.contains('(a+)+$')",
     "year.str.startswith('2')", "year in [2014]", "not year", "(" * 400, "year == " + "-" * 9000,
     "exec('1')", "year >= 2015; 1", "code.str.startswith(year)", None],
)  # fmt: skip
def test_conditions_are_read_and_never_run(condition, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(conditions.ConditionError, match="cannot be used"):
        conditions.chosen(FRAME, condition)
    assert not list(tmp_path.iterdir())

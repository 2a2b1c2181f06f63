"""The file format of a self-evaluation, and the page that is built round it."""

import json

import pandas as pd
import pytest

from care_rates import assessment, self_evaluation
from care_rates.claims import Register
from care_rates.data import Package

pytestmark = pytest.mark.unit


def example(**changes):
    return self_evaluation.read() | changes


def test_codes_are_those_of_the_table_and_of_the_report():
    frame = Package().read("characteristics")
    assert tuple(frame["code"]) == assessment.CODES
    counts = frame["domain_code"].value_counts()
    for domain, count in counts.items():
        assert count == Register()[f"cordis.fig2.{domain.lower()}"].number.value


def test_every_level_of_every_characteristic_has_words_of_its_own():
    frame = Package().read("characteristics").set_index("code")
    anchors = frame[[f"anchor_{level}" for level in assessment.LEVELS]]
    assert anchors.apply(pd.Series.nunique, axis=1).eq(5).all()
    assert frame.notna().all(axis=None)


def test_round_trip():
    file = example()
    frame = assessment.to_frame(file)
    assert len(frame) == 3 * 23
    assert assessment.from_frame(frame, file["title"], file["weights"]) == file
    assert assessment.parse(json.dumps(file).encode("utf-8-sig")) == file


def test_a_missing_level_keeps_its_reason_and_is_never_a_number():
    file = example()
    file["raters"][0]["scores"] = [
        {"code": "B2", "score": "not known", "confidence": "", "evidence": "asked"},
        {"code": "A1", "score": 0, "confidence": "high", "evidence": ""},
        {"code": "C1", "score": "does not apply", "confidence": "", "evidence": ""},
    ]
    file["raters"] = file["raters"][:1]
    frame = assessment.to_frame(file).set_index("code")
    assert frame.at["A1", "score"] == 0
    assert frame["score"].notna().sum() == 1
    assert frame.loc[["B2", "C1", "E2"], "missing"].to_list() == [
        "not known", "does not apply", "not yet scored",
    ]  # fmt: skip
    assert frame.at["A1", "missing"] == ""
    assert frame.at["B2", "evidence"] == "asked"


def deep(**changes):
    file = example()
    file["raters"][0]["scores"][0] |= changes
    return file


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ([], "the file: .* type object"),
        (example(format="x"), "format: .* should be 'care-rates self-evaluation'"),
        (example(version=2), "version"),
        (example(title="t" * 121), "title: .* too long .*maxLength 120"),
        (example(extra=1), "the file: holds a name"),
        (example(weights={"A": 1}), "weights: 'B' is missing"),
        (example(weights=dict.fromkeys("ABCDE", 11)), "weights, A: 11 is outside 0 to 10"),
        (example(weights=dict.fromkeys("ABCDE", 0)), "all are zero"),
        (example(raters=[]), "raters: .* too short"),
        (deep(score=5), "raters, 1, scores, 1, score: 5 is not one of: 0, 1"),
        (deep(score=True), "score: true is not one of"),
        (deep(score=2.5), "score: 2.5 is not one of"),
        (deep(confidence="sure"), "confidence"),
        (deep(evidence=3), "evidence: 3 should be of type string"),
        (deep(code="A2"), "raters, 1, scores: code 'A2' twice"),
        (example(raters=example()["raters"] * 2), "raters: name .* twice"),
    ],
)
def test_faults_are_named_with_their_place(file, words):
    with pytest.raises(assessment.AssessmentError, match=words):
        assessment.check(file)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        (b"\xff\xfe", "JSON"),
        ("[" * 100_000, "JSON"),
        ('{"a": 1, "a": 2}', "twice in one object"),
        ('{"version": NaN}', "NaN is not a number"),
        ("1" * 5000, "JSON"),
        (" " * (assessment.MOST_BYTES + 1), "at most 1,000,000"),
    ],
)
def test_text_that_is_no_file_is_refused(content, words):
    with pytest.raises(assessment.AssessmentError, match=words):
        assessment.parse(content)


def test_a_full_file_of_twelve_raters_is_within_the_limit():
    file = example()
    scores = [
        {"code": code, "score": "does not apply", "confidence": "medium", "evidence": "e" * 2000}
        for code in assessment.CODES
    ]
    file["raters"] = [{"name": f"Rater {i}", "scores": scores} for i in range(12)]
    text = json.dumps(file)
    assert assessment.parse(text) == file


def test_reading_a_file_says_which(tmp_path):
    with pytest.raises(assessment.AssessmentError, match=r"none\.json cannot be read"):
        self_evaluation.read(tmp_path / "none.json")
    path = tmp_path / "bad.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(
        assessment.AssessmentError, match=r"bad\.json: the file: 'format' is missing"
    ):
        self_evaluation.read(path)
    path.write_text(json.dumps(example()), encoding="utf-8")
    assert self_evaluation.read(path)["title"].startswith("Wyemouth")


def test_the_example_is_invented_and_names_no_real_area(analysis_tables):
    text = json.dumps(example()).lower()
    assert "invented" in text
    for area in analysis_tables["areas"]["area"]:
        assert area.lower() not in text


def test_page_is_one_file_and_the_same_each_time(tmp_path):
    first = self_evaluation.build(tmp_path / "a" / "page.html")
    second = self_evaluation.build(tmp_path / "b.html", home="index.html")
    text = first.read_text(encoding="utf-8")
    assert text == self_evaluation.build(first).read_text(encoding="utf-8")
    assert "{{" not in text
    assert 'href="index.html"' in second.read_text(encoding="utf-8")
    assert 'href="index.html"' not in text
    assert "script-src 'sha256-" in text


def test_data_cannot_end_the_script_that_holds_it():
    text = self_evaluation._embed({"a": "</script>&\u2028"})
    assert "<" not in text
    assert "&" not in text
    assert json.loads(text) == {"a": "</script>&\u2028"}

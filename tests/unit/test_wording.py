"""What was computed is written as the report printed its own value."""

import re

import pandas as pd
import pytest

from care_rates import paths
from care_rates.claims import STATUSES, Register
from care_rates.wording import FLAGS, MEANINGS, TOPICS, names, printed, shown, topic

pytestmark = pytest.mark.unit


def say(published, computed, relation="=", status="exact"):
    row = {"published": published, "computed": computed, "relation": relation, "status": status}
    return shown(row)


@pytest.mark.parametrize(
    ("published", "computed", "text"),
    [
        ("151", "151.0", "151"),
        ("five", "5.0", "5"),
        ("no", "0.0", "0"),
        ("half", "0.5", "0.5"),
        ("45.6", "45.68", "45.68"),
        ("-5.6", "-5.60", "−5.6"),
        ("-156.6", "-156.60", "−156.6"),
        (".682", "0.6827", ".6827"),
        ("-.240", "-0.2404", "−.2404"),
        ("£8.6 billion", "8.48", "£8.48 billion"),
        ("£4.2 billion", "4.20", "£4.2 billion"),
        ("£2bn", "2.0", "£2bn"),
        ("£600m", "2150", "£2,150m"),
        ("£5,166", "5166", "£5,166"),
        ("655,630", "655630", "655,630"),
        ("2017", "2017", "2017"),
        ("2000", "1957", "1957"),
        ("100%", "100.0", "100%"),
        ("+10%", "9.9", "+9.9%"),
        ("+10%", "-9.9", "−9.9%"),
        ("-27%", "-26.8", "−26.8%"),
        ("5", "1.07e+04", "10,700"),
        ("5", "", ""),
        ("5", "not a number", "not a number"),
    ],
)
def test_numbers_take_the_printed_form(published, computed, text):
    assert say(published, computed) == text


@pytest.mark.parametrize(
    ("published", "computed", "text"),
    [
        ("increase", "14", "a rise of 14"),
        ("increase", "-14", "a fall of 14"),
        ("decrease", "-2.27", "a fall of 2.27"),
        ("decrease", "1.07e+04", "a rise of 10,700"),
        ("decrease", "-8.47e+03", "a fall of 8,470"),
        ("no change", "16.1", "a rise of 16.1"),
        ("increase", "0", "no change"),
        ("higher", "16.9", "higher by 16.9"),
        ("lower", "-8.49", "lower by 8.49"),
        ("lower", "8.49", "higher by 8.49"),
        ("higher", "0", "neither higher nor lower"),
        ("higher", "1", "higher"),
        ("none", "-0", "none"),
        ("positive", "0.683", "positive, 0.683"),
        ("positive", "-0.24", "negative, −0.24"),
        ("negative", "-1", "negative"),
        ("negative", "negative", "negative"),
        ("yes", "no", "no"),
        ("yes", "-3", "no"),
    ],
)
def test_directions_say_sign_and_size(published, computed, text):
    assert say(published, computed, "direction") == text


def test_thresholds_ranges_and_names():
    assert say(".001", "4.73e-22", "<") == "under .0001"
    assert say(".01", "0.00205", "<") == ".00205"
    assert say("1%", "1.0", "<") == "just under 1%"
    assert say("1%", "1.0", "<", "contradicted") == "1%"
    assert say("£1,000", "600.0", "<") == "£600"
    assert say("half", "0.5", ">") == "just over 0.5"
    assert say("four to five", "5.6 to 6.9", "range") == "5.6 to 6.9"
    assert say("£28 to £510", "28.3 to 510.0", "range") == "£28.3 to £510"
    assert say("x", "outer_london; Wales", "rank") == "Outer London; Wales"
    assert names("yorkshire_and_the_humber") == "Yorkshire and The Humber"
    assert printed({"published": ".001", "relation": "<"}) == "under .001"
    assert printed({"published": "£7.4bn", "relation": "about"}) == "about £7.4bn"
    assert printed({"published": "5", "relation": "="}) == "5"


def test_every_word_has_its_plain_name():
    register = Register()
    assert {claim.topic for claim in register.claims.values()} <= set(TOPICS)
    assert set(MEANINGS) == set(STATUSES)
    assert set(FLAGS) == {"sign", "significance", "rank", "set"}
    assert topic("case_studies") == "case studies" and topic("new_one") == "new one"


def test_no_committed_value_keeps_an_exponent_or_an_idle_zero():
    path = paths.ROOT / "outputs" / "results" / "claims.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    for row in rows.to_dict("records"):
        text = shown(row)
        assert not re.search(r"\de[+-]\d|_|-\d", text), (row["claim_id"], text)
        if row["computed"] == f"{row['published']}.0":
            assert text == row["published"].replace("-", "−"), row["claim_id"]

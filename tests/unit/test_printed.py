"""Printed numbers: read, and written the same way."""

import pytest

from care_rates.printed import fixed, parse, parse_range

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("45.6", 45.6, 0.05),
        ("-.249", -0.249, 0.0005),
        ("−5.6", -5.6, 0.05),
        (".001", 0.001, 0.0005),
        ("655,630", 655630, 0.5),
        ("£4.2 billion", 4.2e9, 5e7),
        ("£872 million", 872e6, 5e5),
        ("£6,800", 6800, 0.5),
        ("15%", 15, 0.5),
        ("1.87%", 1.87, 0.005),
        ("three", 3, 0),
        ("-£2bn", -2e9, 5e8),
    ],
)
def test_parse_reads_value_and_half_a_unit(text, value, half):
    printed = parse(text)
    assert printed.value == pytest.approx(value)
    assert printed.half == pytest.approx(half)
    assert printed.low == pytest.approx(value - half)
    assert printed.high == pytest.approx(value + half)


@pytest.mark.parametrize("text", ["North East", "", "a to b", "4.2.1", "12 to 14", "£", "1 2"])
def test_parse_leaves_other_text_alone(text):
    assert parse(text) is None


def test_ranges():
    low, high = parse_range("-5.6 to 10")
    assert (low.value, high.value) == (-5.6, 10)
    assert (low.decimals, high.decimals) == (1, 0)
    assert parse_range("£28 to £510")[1].value == 510
    assert parse_range("10") is None
    assert parse_range("low to high") is None


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2.345, 2, "2.35"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (-0.04, 1, "0.0"),
        (0.1 + 0.2, 1, "0.3"),
        (1.0049999999999999, 2, "1.01"),
        (1e6, 0, "1000000"),
    ],
)
def test_fixed_rounds_half_away_from_zero(value, decimals, text):
    assert fixed(value, decimals) == text


def test_write_uses_the_printed_scale_and_decimals():
    assert parse("£4.2 billion").write(4.249e9) == "4.2"
    assert parse("£4.2 billion").write(4.249e9, more=1) == "4.25"
    assert parse("45.6").write(45.64) == "45.6"

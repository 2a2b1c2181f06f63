"""The look-up of authorities: by any name or code that a reader may type."""

import pytest

from care_rates import areas, cli, data, names, pipeline, profiles

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def known():
    return names.entries()


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("Leeds City Council", "Leeds"), ("London Borough of Lambeth", "Lambeth"),
        ("kensington & chelsea", "Kensington and Chelsea"), ("St Helens", "St. Helens"),
        ("Ynys Mon", "Isle of Anglesey"), ("ynys môn", "Isle of Anglesey"),
        ("Torfaen County Borough Council", "Torfaen"), ("W06000007", "Powys"),
        ("Bristol", "Bristol, City of"), ("City of York", "York"), ("341", "Liverpool"),
        ("e08000012", "Liverpool"), ("E06000060", "Buckinghamshire"), ("E08000038", "Barnsley"),
        ("City of London Corporation", "City of London"), ("RCT", "Rhondda Cynon Taf"),
    ],
)  # fmt: skip
def test_names_as_people_type_them(known, typed, page):
    answer = names.look_up(typed, known)
    assert answer.found.name == page
    assert not answer.said


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("Cumberland", "Cumbria"), ("E06000064", "Cumbria"), ("942", "Cumbria"),
        ("North Northamptonshire Council", "Northamptonshire"), ("E06000059", "Dorset"),
    ],
)  # fmt: skip
def test_todays_councils_lead_to_the_page_that_covers_them_and_it_is_said(known, typed, page):
    answer = names.look_up(typed, known)
    assert answer.found.name == page
    assert f"is on the page of {page}, the authority of 2016-17" in answer.said
    assert "since 1 April" in answer.said
    assert profiles.notes([typed]) == [answer.said]
    assert areas.find(typed)["area"] == page


def test_the_page_of_the_same_name_comes_before_a_council_of_today(known):
    assert names.look_up("Dorset", known).found.code == "E10000009"
    assert not names.look_up("Dorset", known).said


@pytest.mark.parametrize(
    ("typed", "pages"),
    [
        ("E06000058", ["Bournemouth", "Dorset", "Poole"]),
        ("Bournemouth, Christchurch and Poole", ["Bournemouth", "Dorset", "Poole"]),
        ("Bedfordshire", ["Bedford", "Central Bedfordshire"]),
        ("Cheshire", ["Cheshire East", "Cheshire West and Chester"]),
    ],
)  # fmt: skip
def test_a_council_on_several_pages_names_them(known, typed, pages):
    answer = names.look_up(typed, known)
    assert [entry.name for entry in answer.entries] == pages
    assert answer.found is None
    with pytest.raises(data.DataError, match="Name one of them"):
        areas.find(typed)
    with pytest.raises(pipeline.RunError, match=f"and {pages[-1]}"):
        profiles.chosen([typed])


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("Hull", ["Kingston upon Hull, City of"]),
        ("Kingston", ["Kingston upon Hull, City of", "Kingston upon Thames"]),
        ("Oxford", ["Oxfordshire"]), ("Greater Manchester", ["Manchester"]),
        ("Liverpol", ["Liverpool"]), ("Exeter", []), ("E06000999", []),
    ],
)  # fmt: skip
def test_near_misses_are_whole_words_then_parts_then_letters(known, typed, near):
    answer = names.look_up(typed, known)
    assert not answer.entries
    hint = answer.said.partition("Did you mean ")[2].rstrip("?")
    assert (hint.split("; ") if hint else []) == near


def test_a_region_is_no_authority(known):
    for text in ("London", "north east", "England", "Wales", "Yorkshire and The Humber"):
        answer = names.look_up(text, known)
        assert not answer.entries
        assert "is no local authority" in answer.said


def test_every_page_is_found_by_its_own_code_and_name_and_by_every_alias(known):
    assert len(known) == 174
    for entry in known:
        assert names.look_up(entry.code, known).found == entry
        assert names.look_up(entry.name, known).found == entry
        assert names.look_up(f"{names.plain(entry.name)} Council", known).found == entry
        for alias in entry.also:
            hits = names.look_up(alias.text, known).entries
            assert entry in hits or fold_is_own(alias.text, known)


def fold_is_own(text, known):
    return any(names.fold(entry.name) == names.fold(text) for entry in known)


def test_aliases_are_given_for_a_search(capsys):
    found = profiles.aliases()
    assert {"E10000006", "E06000063", "Cumberland", "Westmorland and Furness"} <= set(
        found["areas/cumbria"]
    )
    area = profiles.chosen(["Ynys Môn"])[0]
    assert "ynys môn" in area.search
    assert "ynys mon" in area.search
    assert profiles.chosen(["Cumberland", "Cumbria"]) == profiles.chosen(["Cumbria"])
    assert cli.main(["profile", "Cheshire"]) != 0
    assert "Cheshire East and Cheshire West and Chester" in capsys.readouterr().err

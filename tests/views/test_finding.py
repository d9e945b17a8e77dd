"""The search box: by name, by part of a name, by code, by number; in any width and case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views.shown_city import built_in_shown
from twin.domain.facility import FacilityKind
from twin.views.finding import Found, FoundKind, find
from twin.views.words import Language, Words

CITY = built_in_shown()
ENGLISH, CHINESE = Words(Language.ENGLISH), Words(Language.CHINESE)


def kinds(found: tuple[Found, ...]) -> set[FoundKind]:
    return {each.kind for each in found}


def test_part_of_a_chinese_name_finds_communities_streets_and_facilities() -> None:
    found = find(CITY, "车陂", CHINESE, most=200)
    assert {FoundKind.AREA, FoundKind.STREET, FoundKind.FACILITY, FoundKind.GROUND} <= kinds(found)
    assert all("车陂" in each.label for each in found)


def test_the_very_name_comes_before_names_that_contain_it() -> None:
    assert find(CITY, "车陂路", CHINESE)[0].label == "道路：车陂路"
    assert find(CITY, "永泰社区", CHINESE)[0].label == "社区：永泰社区"


@pytest.mark.parametrize("typed", ["base-001", "BASE-001", "ｂａｓｅ－００１", "  base-001 "])
def test_width_and_case_do_not_matter(typed: str) -> None:
    found = find(CITY, typed, ENGLISH)
    assert [each.label for each in found] == ["Grid (Base): 永泰社区 1 base-001"]
    assert len(found[0].cells) > 1


def test_a_unit_cell_is_found_by_its_code_in_digits_of_any_width() -> None:
    assert CITY.cells is not None
    code = CITY.cells.codes[7]
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for typed in (code, wide):
        found = find(CITY, typed, ENGLISH)
        assert found[0].cells == (7,)
        assert CITY.cells.at_spots([found[0].spot.edge], [found[0].spot.offset_mm]).tolist() == [7]


def test_words_of_the_kind_narrow_a_search_in_the_language_of_the_page() -> None:
    hospitals = [facility.name for facility in CITY.facilities if facility.kind is FacilityKind.HOSPITAL]
    assert {each.label for each in find(CITY, "hospital", ENGLISH)} == {f"Hospital: {name}" for name in hospitals}
    assert len(find(CITY, f"hospital {hospitals[0][:2]}", ENGLISH)) == 1
    assert find(CITY, "hospital", CHINESE) == ()


def test_a_street_is_found_in_every_part_of_the_city_it_runs_through() -> None:
    found = [each for each in find(CITY, "车陂路", CHINESE) if each.label == "道路：车陂路"]
    assert len(found) > 1
    assert len({each.area for each in found}) == len(found)
    assert {CITY.roads.names[CITY.roads.street[each.spot.edge]] for each in found} == {"车陂路"}


@pytest.mark.parametrize("typed", ["12", "#12", "＃１２"])
def test_a_number_finds_that_piece_of_street(typed: str) -> None:
    first = find(CITY, typed, ENGLISH)[0]
    assert first.kind is FoundKind.EDGE
    assert first.spot.edge == min(12, int(CITY.roads.twin[12]))


@pytest.mark.parametrize("typed", ["", "   ", "no such place", "#999999999999", "<script>"])
def test_what_is_not_there_is_not_found(typed: str) -> None:
    assert find(CITY, typed, ENGLISH) == ()


@given(typed=st.one_of(st.text(max_size=5), st.sampled_from("车陂涌路街0123456789")))
def test_whatever_is_found_is_on_the_streets_of_its_area_and_there_is_not_too_much_of_it(typed: str) -> None:
    found = find(CITY, typed, CHINESE, most=7)
    assert len(found) <= 7
    for each in found:
        assert 0 <= each.spot.offset_mm <= CITY.roads.length_mm[each.spot.edge]
        assert each.area == CITY.areas[CITY.edge_area[each.spot.edge]]
        lon, lat = CITY.roads.lonlat(each.spot.edge, each.spot.offset_mm)
        assert abs(lon - each.lon) < 0.01
        assert abs(lat - each.lat) < 0.01


def test_a_bare_city_is_searched_by_street_alone() -> None:
    bare = replace(CITY, cells=None, overlays=(), facilities=(), stations=(), grounds=(), areas=CITY.areas[:1])
    bare = replace(bare, edge_area=CITY.edge_area * 0)
    assert kinds(find(bare, "车陂", ENGLISH)) == {FoundKind.STREET}

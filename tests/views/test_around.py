"""Around a place: who and what is inside, who could be there first, how many people; and the file of it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.console.paper_desk import CIVIL, HOSTILE, PaperDesk
from tests.views.shown_city import built_in_shown
from twin.domain.facility import Facility, FacilityKind
from twin.domain.quantities import HOUR
from twin.domain.unit import OFF_DUTY
from twin.roads.terrain import Terrain
from twin.views.around import Around, Circle, OverCells, Where, around
from twin.views.around_tables import around_csv, kind_table, unit_table
from twin.views.spreadsheet import csv_bytes, formula_safe
from twin.views.words import Language, Words

CITY = built_in_shown()
DESK = PaperDesk()
SPOT = DESK.moment.cases[0].spot
LON, LAT = CITY.roads.lonlat(SPOT.edge, SPOT.offset_mm)
ENGLISH, CHINESE = Words(Language.ENGLISH), Words(Language.CHINESE)


def look(where: Where, *, desk: PaperDesk = DESK) -> Around:
    return around(desk.moment, CITY, where, reach=desk.reach, civil=CIVIL)


def renamed(facility: Facility, name: str) -> Facility:
    return msgspec.structs.replace(facility, name=name)


def within(radius_m: float) -> Circle:
    return Circle(LON, LAT, radius_m, SPOT)


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(radius_m=st.floats(0, 3_000))
def test_facilities_inside_are_those_that_are_no_farther_than_the_radius(radius_m: float) -> None:
    network = Terrain(network=CITY.roads)
    apart = network.apart_m(SPOT, [facility.spot for facility in CITY.facilities])
    found = {near.facility.ref: near.distance_m for near in look(within(radius_m)).facilities}
    for facility, metres in zip(CITY.facilities, apart, strict=True):
        slack = facility.distance_m + 1.0
        if facility.ref in found:
            assert abs(found[facility.ref] - metres) <= slack
            assert found[facility.ref] <= radius_m
        else:
            assert metres > radius_m - slack


def test_facilities_come_nearest_first_and_by_kind() -> None:
    found = look(within(1_500))
    metres = [near.distance_m for near in found.facilities]
    assert metres == sorted(metres)
    assert sum(len(near) for near in found.by_kind().values()) == len(found.facilities)
    assert FacilityKind.HYDRANT in found.by_kind()


def test_units_that_could_come_are_listed_first_and_soonest_first_wherever_they_are() -> None:
    found = look(within(100))
    expected = [near.expected_us for near in found.units if near.expected_us is not None]
    assert expected == sorted(expected)
    assert len(expected) == len(DESK.reach(SPOT))
    assert [near.expected_us is None for near in found.units] == sorted(
        near.expected_us is None for near in found.units
    )


def test_a_unit_inside_that_is_busy_is_listed_without_an_arrival_and_one_off_duty_is_not() -> None:
    found = look(within(3_000))
    engine = next(near for near in found.units if near.unit.name == "engine 4")
    assert engine.is_inside
    assert engine.expected_us is None
    assert OFF_DUTY not in {near.unit.status for near in found.units}


def test_residents_are_the_sum_over_cells_whose_middle_is_inside_at_that_hour() -> None:
    assert CITY.residents is not None
    assert look(within(50_000)).residents == CITY.residents[:, 8].sum()
    assert look(within(0)).residents == 0
    later = PaperDesk(moment=replace(DESK.moment, at=15 * HOUR))
    assert look(within(50_000), desk=later).residents == CITY.residents[:, 23].sum()


def test_nobody_is_counted_where_nobody_has_counted() -> None:
    uncounted = replace(CITY, residents=None)
    assert around(DESK.moment, uncounted, within(500), reach=DESK.reach, civil=CIVIL).residents is None


@given(chosen=st.sets(st.integers(0, 2_111), min_size=1, max_size=40))
def test_over_cells_everything_in_them_is_inside_and_nothing_else(chosen: set[int]) -> None:
    assert CITY.cells is not None
    assert CITY.residents is not None
    found = look(OverCells(tuple(sorted(chosen))))
    spots = [facility.spot for facility in CITY.facilities]
    cell = CITY.cells.at_spots([spot.edge for spot in spots], [spot.offset_mm for spot in spots])
    inside = {facility.ref for facility, at in zip(CITY.facilities, cell.tolist(), strict=True) if at in chosen}
    assert {near.facility.ref for near in found.facilities} == inside
    assert found.residents == CITY.residents[sorted(chosen), 8].sum()


def test_a_city_without_cells_can_be_looked_around_in() -> None:
    bare = replace(CITY, cells=None, overlays=(), residents=None)
    found = around(DESK.moment, bare, within(800), reach=DESK.reach, civil=CIVIL)
    assert found.facilities == look(within(800)).facilities


def test_the_tables_keep_numbers_and_mark_who_is_inside() -> None:
    found = look(within(600))
    units = {column.heading: column.values for column in unit_table(found, ENGLISH)}
    assert len(units["Unit"]) == len(found.units)
    assert list(units["In"]).count("●") == found.n_inside
    assert all(minutes is None or isinstance(minutes, float) for minutes in units["min"])
    kinds = {column.heading: column.values for column in kind_table(found, CHINESE)}
    assert "消火栓" in kinds["类别"]


def test_the_file_has_one_row_a_thing_and_a_mark_that_it_is_utf_8() -> None:
    found = look(within(600))
    content = around_csv(found, CHINESE)
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *things = rows(content)
    assert heading == ["对象", "类别", "名称", "经度", "纬度", "距离（米）", "预计到达（分钟）"]
    assert len(things) == len(found.units) + len(found.facilities)
    assert {len(thing) for thing in things} == {7}
    assert all(float(thing[3]) == pytest.approx(LON, abs=0.1) for thing in things)


def test_names_in_the_file_cannot_become_formulas() -> None:
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1+1", "＋1", "－1", "＠SUM(A1)", "a=b", ""]
    facilities = tuple(renamed(facility, name) for facility, name in zip(CITY.facilities, names, strict=False))
    city = replace(CITY, facilities=facilities)
    found = around(DESK.moment, city, within(50_000), reach=DESK.reach, civil=CIVIL)
    written = {row[2] for row in rows(around_csv(found, ENGLISH))[1:]}
    assert {f"'{name}" for name in names[:-2]} <= written
    assert {"a=b", "", f"'{HOSTILE}"} <= written


@given(text=st.text(max_size=6))
def test_no_cell_starts_with_what_starts_a_formula(text: str) -> None:
    assert not formula_safe(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert formula_safe(text).removeprefix("'") == text.removeprefix("'")


def test_numbers_are_written_as_numbers_and_nothing_as_nothing() -> None:
    assert csv_bytes(["a", "b", "c"], [(-122.4, None, "-x")]) == b"\xef\xbb\xbfa,b,c\r\n-122.4,,'-x\r\n"

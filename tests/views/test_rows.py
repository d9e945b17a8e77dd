"""Rows of units and cases for the browser."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.console.run_folders import HOSTILE
from tests.views.shown_moment import town_moment
from twin.domain.case import Stage
from twin.domain.light import Light
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.unit import ON_SCENE, PARKED, PATROLLING, UnitStatus
from twin.views.icons import mapping
from twin.views.moment import CaseShown, Moment, UnitShown
from twin.views.rows import case_rows, unit_rows
from twin.views.words import Language, Words

MOMENT = town_moment()
ENGLISH, CHINESE = Words(Language.ENGLISH), Words(Language.CHINESE)
SIGNS = set(json.loads(mapping()))


def units(moment: Moment = MOMENT, words: Words = ENGLISH, **more: Any) -> list[dict[str, Any]]:
    return json.loads(unit_rows(moment, words, **more))


def cases(moment: Moment = MOMENT, words: Words = ENGLISH, **more: Any) -> list[dict[str, Any]]:
    return [row for row in json.loads(case_rows(moment, words, **more)) if row]


def with_units(*changed: UnitShown) -> Moment:
    return replace(MOMENT, units=changed, places=np.zeros((len(changed), 2)))


def with_cases(*changed: CaseShown) -> Moment:
    return replace(MOMENT, cases=changed, case_places=np.zeros((len(changed), 2)))


def a_case(**changes: Any) -> CaseShown:
    return MOMENT.cases[0]._replace(**changes)


def test_every_unit_has_a_row_in_every_moment_by_its_number() -> None:
    for moment in (MOMENT, town_moment(30 * MINUTE)):
        assert [row["id"] for row in units(moment)] == list(range(len(MOMENT.units)))
        assert {row["what"] for row in units(moment)} == {"unit"}


def test_only_units_on_the_map_have_a_sign_and_every_sign_is_in_the_picture() -> None:
    absent = (UnitStatus.AWAY, UnitStatus.OFF_DUTY)
    assert {unit.status for unit in MOMENT.units} & set(absent)
    for unit, row in zip(MOMENT.units, units(), strict=True):
        assert (("sign" in row) or ("dot" in row)) is (unit.status not in absent)
        assert ("dot" in row) is (unit.status is PATROLLING)
        assert {row.get("sign"), row.get("dot")} - {None} <= SIGNS
        assert ("size" in row) is ("sign" in row)


def test_a_unit_says_its_name_and_status_in_the_language_of_the_page() -> None:
    worker = next(unit for unit in MOMENT.units if unit.status is PATROLLING)
    row = units(with_units(worker._replace(unit=0, name="甲")), CHINESE)[0]
    assert row["text"] == "甲\n巡查中"


def test_an_inferred_way_and_the_other_run_are_hollow() -> None:
    unit = MOMENT.units[0]._replace(unit=0, status=PARKED)
    assert not units(with_units(unit))[0]["sign"].endswith("-hollow")
    assert units(with_units(unit._replace(inferred=True)))[0]["sign"].endswith("-hollow")
    assert units(with_units(unit), hollow=True)[0]["sign"].endswith("-hollow")
    assert all(row["sign"].endswith("-hollow") for row in cases(hollow=True))
    assert {row["sign"] for row in cases(hollow=True)} <= SIGNS


def test_units_are_drawn_at_other_places_if_that_is_asked_for() -> None:
    places = np.full((len(MOMENT.units), 2), [114.123456, 22.654321])
    assert {tuple(row["at"]) for row in units(places=places)} == {(114.12346, 22.65432)}


def test_units_at_the_same_place_stand_side_by_side_above_a_station_and_below_a_case() -> None:
    pair = [MOMENT.units[0]._replace(unit=number, leg=None, status=PARKED) for number in (0, 1)]
    first, second = (row["beside"] for row in units(with_units(*pair)))
    assert first[1] == second[1] < 0
    assert second[0] - first[0] >= 20
    busy = units(with_units(*(unit._replace(status=ON_SCENE) for unit in pair)))
    assert all(row["beside"][1] > 0 for row in busy)


def test_the_more_units_there_are_the_smaller_are_their_signs() -> None:
    parked, busy = (MOMENT.units[0]._replace(leg=None, status=status) for status in (PARKED, ON_SCENE))
    sizes = []
    for n in (4, 100, 1_000):
        fleet = with_units(*((parked if number % 2 else busy)._replace(unit=number) for number in range(n)))
        sizes.append([row["size"] for row in units(fleet)[:2]])
    assert sizes[0][0] > sizes[1][0] > sizes[2][0]
    assert sizes[0][1] > sizes[1][1] > sizes[2][1]
    assert all(out >= free for out, free in sizes)


def test_a_case_is_known_by_text_because_its_number_is_too_long_for_a_browser() -> None:
    assert sorted(row["id"] for row in cases()) == sorted(str(case.case) for case in MOMENT.cases)
    assert {row["what"] for row in cases()} == {"case"}


def test_light_stage_and_waiting_can_each_be_seen() -> None:
    looks = set()
    for light in Light:
        for stage, is_queued in (
            (Stage.VERIFY, True),
            (Stage.HANDLE, True),
            (Stage.CHECK, True),
            (Stage.HANDLE, False),
        ):
            for waiting in ((), ((0, "order"),)):
                case = a_case(light=light, stage=stage, is_queued=is_queued, waiting=waiting)
                looks.add(cases(with_cases(case))[0]["sign"])
    assert len(looks) == 3 * 4 * 2
    assert looks <= SIGNS


def test_a_more_urgent_case_is_larger() -> None:
    sizes = [cases(with_cases(a_case(priority=priority)))[0]["size"] for priority in (1, 2, 3, 4)]
    assert sizes[0] > sizes[1] > sizes[2] == sizes[3]


def test_a_case_says_how_long_it_has_left_or_how_late_it_is() -> None:
    soon = a_case(deadline_at=MOMENT.at + HOUR, left_us=HOUR, light=Light.GREEN, stage=Stage.HANDLE, is_queued=True)
    assert cases(with_cases(soon))[0]["text"].endswith("1 h 00 min left")
    late = a_case(deadline_at=MOMENT.at - 90_000_000, left_us=-90_000_000)
    assert cases(with_cases(late), CHINESE)[0]["text"].endswith("超时 1分30秒")
    never = a_case(deadline_at=None, left_us=None, waiting=())
    assert "left" not in cases(with_cases(never))[0]["text"]


def test_the_reference_that_a_feed_gave_never_reaches_the_map() -> None:
    assert HOSTILE not in case_rows(with_cases(a_case(ref=HOSTILE)), ENGLISH).decode()


def test_what_comes_from_feeds_stays_plain_text() -> None:
    row = cases(with_cases(a_case(matter=HOSTILE, area=HOSTILE)))[0]
    assert row["text"].count(HOSTILE) == 2


@given(st.lists(st.integers(1, 2**62 - 1), unique=True, max_size=90), st.data())
def test_a_case_mostly_keeps_its_row_while_others_come_and_go(numbers: list[int], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(numbers), max_size=3)) if numbers else set()
    before, after = (
        {
            row["id"]: slot
            for slot, row in enumerate(json.loads(case_rows(with_cases(*(a_case(case=n) for n in those)), ENGLISH)))
            if row
        }
        for those in (numbers, [number for number in numbers if number not in gone])
    )
    assert set(after) == {str(number) for number in numbers if number not in gone}
    moved = sum(before[case] != slot for case, slot in after.items())
    assert moved <= max(8, len(after) // 4)


def test_rows_of_a_large_fleet_are_packed_into_little() -> None:
    many = [MOMENT.units[number % 18]._replace(unit=number, name=f"worker {number}") for number in range(2_000)]
    places = np.random.default_rng(1).uniform(22.0, 23.0, (2_000, 2))
    rows = unit_rows(replace(MOMENT, units=tuple(many), places=places), ENGLISH)
    assert len(gzip.compress(rows, 4)) < 100_000

"""Staffing laid over a scenario: who is there then, what it costs, and what is wrong with what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from city_data.built_in import built_in_city
from scenarios.build import build, build_habits, spec_hash
from scenarios.fleet import build_units, spread_out
from scenarios.lab.outcome import Lens
from scenarios.lab.trial import Trial, as_task, try_out
from scenarios.load import load_scenario
from scenarios.spec import Scenario
from scenarios.staffed import largest_remainder, posts, staffed
from twin.domain.quantities import HOUR
from twin.errors import ScenarioError

QUEUE: dict[str, Any] = {
    "name": "desks and crews",
    "city": "none",
    "travel": "none",
    "lasting": "2d",
    "units": [
        {"name": "Day {n}", "kind": "crew", "count": 10, "roster": "day"},
        {"name": "Night {n}", "kind": "crew", "count": 4, "roster": "night"},
        {"name": "Van", "kind": "van", "skills": ["crew"]},
    ],
    "rosters": {
        "day": {"from": "08:00", "to": "20:00", "break": {"at": "12:00", "lasting": "1h"}},
        "night": {"from": "20:00", "to": "08:00"},
    },
    "on_scene": {"*": {"dist": "exponential", "mean": "10m"}},
    "demand": [{"name": "calls", "per_day": 200, "matters": {"call": {"needs": ["crew"]}}}],
}
CENTRE: dict[str, Any] = {
    "desks": {"takers": {"seats": {"day": 5, "always": 2}}},
    "channels": {"hotline": {"desk": "takers", "lasting": "2m"}},
    "told_by": {"hotline": 1},
}


def scenario(**said: Any) -> Scenario:
    return Scenario.model_validate({**QUEUE, **said})


def numbers(of: Scenario) -> dict[tuple[str, str], int]:
    """How many, by name and roster."""
    return {(post.names[-1], post.roster): post.n for post in posts(staffed(of, None), None)}


def test_a_factor_scales_everybody_and_rounds_by_the_largest_remainder() -> None:
    found = numbers(scenario(staffing="x1.25", centre=CENTRE))
    assert found == {
        ("Day {n}", "day"): 13,
        ("Night {n}", "night"): 5,
        ("Van", "always"): 1,
        ("takers", "day"): 6,
        ("takers", "always"): 3,
    }
    assert sum(found.values()) == 28  # of 22 × 1.25 = 27.5


def test_largest_remainders_add_up() -> None:
    assert largest_remainder([216.7, 33.0, 22.0, 4.4, 2.2, 3.3], 282) == [217, 33, 22, 5, 2, 3]
    assert largest_remainder([1.5, 1.5], 3) == [2, 1]


def test_only_those_named_are_scaled() -> None:
    found = numbers(scenario(staffing={"scale": {"crew": "x2", "*": "x1"}}))
    assert found == {("Day {n}", "day"): 20, ("Night {n}", "night"): 8, ("Van", "always"): 1}


def test_so_many_work_a_shift() -> None:
    found = numbers(scenario(staffing={"night": {"crew": 6}, "always": {"Van": 3}}))
    assert found == {("Day {n}", "day"): 10, ("Night {n}", "night"): 6, ("Van {n}", "always"): 3}


def test_a_shift_that_a_kind_did_not_work_is_added() -> None:
    found = staffed(scenario(staffing={"night": {"van": 2}}, centre=CENTRE), None)
    assert found.units[-1].model_dump(exclude_defaults=True) == {  # type: ignore[union-attr]
        "name": "Van (night) {n}",
        "kind": "van",
        "count": 2,
        "skills": ("crew",),
        "roster": "night",
    }
    desks = staffed(scenario(staffing={"night": {"takers": 2}}, centre=CENTRE), None).centre
    assert desks is not None
    assert desks.desks["takers"].seats == {"day": 5, "always": 2, "night": 2}


def test_a_shift_begins_earlier_with_its_break_and_is_as_long() -> None:
    day = staffed(scenario(staffing={"starts": {"day": "06:30"}}), None).rosters["day"]
    assert (day.start, day.end, day.rest and day.rest.at) == ("06:30", "18:30", "10:30")


def test_part_timers_come_to_a_share_of_their_shifts() -> None:
    found = staffed(scenario(staffing={"attends": {"Day {n}": 0.5}}), None)
    assert [group.attends for group in found.units] == [0.5, 1.0, 1.0]  # type: ignore[union-attr]


def test_sensors_are_counted_by_channel() -> None:
    cameras = {"channel": "ai camera", "radius_m": 80}
    centre = {**CENTRE, "sensors": [{**cameras, "count": 30}, {**cameras, "count": 10}]}
    said = {"name": "x", "centre": centre, "staffing": {"sensors": {"ai camera": 50}}}
    found = staffed(Scenario.model_validate(said), None).centre
    assert found is not None
    assert [sensor.count for sensor in found.sensors] == [38, 12]
    none = {**said, "staffing": {"sensors": {"ai camera": 0}}}
    assert staffed(Scenario.model_validate(none), None).centre.sensors == ()  # type: ignore[union-attr]


def test_what_it_comes_to_has_the_checksum_of_the_same_thing_written_out() -> None:
    day, night, van = QUEUE["units"]
    by_hand = [day, {**night, "count": 6}, van]
    assert build(scenario(staffing={"night": {"crew": 6}})).setting.spec == build(scenario(units=by_hand)).setting.spec
    assert build(scenario(staffing="x1")).setting.spec == build(scenario()).setting.spec


@pytest.mark.parametrize("said", ["x1.2", {"scale": {"crew": "x2"}, "night": {"crew": 6}, "attends": {"crew": 0.5}}])
def test_staffing_is_handed_on_as_it_was_said(said: object) -> None:
    before = scenario(staffing=said, costs={"per_hour": {"crew": 1}})
    assert Scenario.model_validate_json(as_task(before)) == before


def test_a_factor_comes_on_top_of_what_is_said_of_shifts() -> None:
    found = numbers(scenario(staffing={"night": {"crew": 6}, "scale": "x2"}))
    assert found[("Night {n}", "night")] == 12


def test_costs_are_no_part_of_what_is_asked() -> None:
    assert spec_hash(scenario(costs={"per_hour": {"*": 1}}), []) == spec_hash(scenario(), [])


def test_fewer_workers_than_grids_are_spread_over_all_of_them() -> None:
    demo = load_scenario("demo")
    half = demo.model_copy(update={"staffing": scenario(staffing={"scale": {"grid_worker": "x0.5"}}).staffing})
    city, habits = built_in_city(), build_habits(demo)
    units = build_units(staffed(half, city), city, habits).units
    beats = [unit.beat for unit in units if unit.kind == "grid_worker"]
    assert len(set(beats)) == len(beats) == 99
    gaps = [after - before for before, after in zip(sorted(beats), sorted(beats)[1:], strict=False)]  # type: ignore[operator, type-var]
    assert max(gaps) <= 4
    assert sorted(spread_out(197)) == list(range(197))
    assert len(units) == 256 - 98


@pytest.mark.parametrize(
    ("staffing", "key", "says"),
    [
        ("1.2", "staffing", "write x1.2"),
        ("x0", "staffing", "above x0"),
        (1.2, "staffing", "write x1.2"),
        ({"evening": {"crew": 2}}, "staffing.evening", "there is no roster 'evening': there are day, night, always"),
        ({"night": {"crews": 2}}, "staffing.night.crews", "there are crew, Day {n}, Night {n}, van, Van"),
        ({"night": {"crew": -1}}, "staffing.night.crew", "greater than or equal to 0"),
        ({"scale": {"crews": "x2"}}, "staffing.scale.crews", "is no kind of unit"),
        ({"starts": {"evening": "08:00"}}, "staffing.starts.evening", "there is no roster"),
        ({"starts": {"day": "8"}}, "staffing.starts.day", "not a time of day"),
        ({"attends": {"van": 0.5}}, "staffing.attends.van", "needs a roster"),
        ({"attends": {"bus": 0.5}}, "staffing.attends.bus", "no kind or group"),
        ({"sensors": {"video": 10}}, "staffing.sensors", "no centre"),
        ("x0.02", "staffing", "leaves nobody at work"),
    ],
)
def test_what_cannot_be_names_its_key(tmp_path: Path, staffing: object, key: str, says: str) -> None:
    file = tmp_path / "town.yaml"
    file.write_text(yaml.safe_dump({**QUEUE, "staffing": staffing}, sort_keys=False))
    with pytest.raises(ScenarioError) as caught:
        build(load_scenario(file))
    assert caught.value.key == key
    assert says in caught.value.message


def test_costs_that_are_nothing_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "town.yaml"
    file.write_text(yaml.safe_dump({**QUEUE, "costs": {"per_hour": {"crew": 0}}}))
    with pytest.raises(ScenarioError, match="nothing costs anything") as caught:
        load_scenario(file)
    assert caught.value.key == "costs.per_hour"


# ---------------------------------------------------------------------------------------------------------- costs

COSTS = {"currency": "CNY", "per_hour": {"crew": 40, "van": 100, "takers": 30}, "fixed_per_year": 36_525}


def cost(**said: Any) -> tuple[object, object]:
    row = try_out(Trial(as_task(scenario(**said)), 1, Lens(900_000_000))).row
    return row["cost"], row["cost_per_day"]


def test_a_run_costs_its_hours_and_its_part_of_the_year() -> None:
    two_days = scenario(costs=COSTS, demand=[], epoch="2026-03-02T00:00:00+08:00")
    row = try_out(Trial(as_task(two_days), 1, Lens(900_000_000))).row
    day, night, van = 2 * 10 * 11 * 40, 2 * 4 * 12 * 40, 48 * 100  # a break is not paid
    assert row["cost"] == pytest.approx(day + night + van + 200)
    assert row["cost_per_day"] == pytest.approx((day + night + van + 200) / 2)


def test_desks_cost_the_hours_of_their_rosters() -> None:
    without, _ = cost(costs=COSTS)
    with_desk, _ = cost(costs=COSTS, centre=CENTRE)
    assert isinstance(with_desk, float)
    assert isinstance(without, float)
    assert with_desk - without == pytest.approx((2 * 11 * 5 + 48 * 2) * 30, rel=0.01)  # overtime of crews differs


def test_sensors_cost_by_the_year() -> None:
    cameras = {"channel": "ai camera", "radius_m": 80, "count": 30}
    said: dict[str, Any] = {
        "name": "x",
        "lasting": "12h",
        "centre": {**CENTRE, "desks": {"takers": {"seats": {"always": 1}}}, "sensors": [cameras]},
        "costs": {"per_sensor": {"ai camera": 3_652.5}},
    }
    row = try_out(Trial(as_task(Scenario.model_validate(said)), 1, Lens(HOUR))).row
    assert row["cost"] == pytest.approx(30 * 5)


def test_without_costs_there_is_none() -> None:
    assert cost() == (None, None)


def test_who_has_no_rate_is_told() -> None:
    warnings = build(scenario(costs={"per_hour": {"crew": 40, "bus": 1}})).warnings
    assert "costs.per_hour says nothing of 'van': it is taken to cost nothing" in warnings
    assert "costs.per_hour speaks of 'bus', which this scenario does not have" in warnings

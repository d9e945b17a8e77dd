"""From what a scenario says to what a run needs: roster, demand, speeds, surprises and lists."""

from __future__ import annotations

import numpy as np
import pytest

from city_data.built_in import built_in_city
from scenarios.build import build, build_habits, spec_hash
from scenarios.demand import build_demand, weekly
from scenarios.fleet import build_units, middle_of
from scenarios.injects import build_injects, street_at
from scenarios.lists import area_middles, preference_lists
from scenarios.spec import LonLat, Scenario, Travel
from scenarios.spec_demand import Demand, Rhythm
from scenarios.travel import build_ways, travel_model
from twin.domain import facts as f
from twin.domain.light import Limits
from twin.domain.quantities import HOUR, MINUTE, to_us
from twin.domain.unit import AwayReason, Placed
from twin.errors import GridtwinError, ScenarioError
from twin.roads.network import CLASSES
from twin.roads.ways import NoTravel

CITY = built_in_city()
CORNER = {"lon": 113.3915, "lat": 23.1205}


def scenario(**said: object) -> Scenario:
    return Scenario.model_validate({"name": "x", **said})


def units_of(*groups: dict[str, object], **said: object) -> tuple[object, ...]:
    asked = scenario(units=list(groups), **said)
    return build_units(asked, CITY, build_habits(asked)).units


# ---------------------------------------------------------------------------------------------- who is on duty


def test_units_alike_are_numbered_and_spread_over_the_stations() -> None:
    asked = scenario(units=[{"name": "Patrol {n}", "kind": "patrol", "count": 4}], turnout={"patrol": "75s"})
    units = build_units(asked, CITY, build_habits(asked)).units
    stations = [station.spot for station in CITY.stations]
    assert [unit.name for unit in units] == ["Patrol 1", "Patrol 2", "Patrol 3", "Patrol 4"]
    assert [unit.home for unit in units] == stations[:4]
    assert {(unit.skills, unit.turnout_us, unit.placed) for unit in units} == {(("patrol",), to_us(75), Placed.STATION)}


def test_a_unit_stands_at_its_station_or_at_a_point() -> None:
    asked = scenario(
        units=[
            {"name": "A", "kind": "k", "at": CITY.stations[1].name},
            {"name": "B", "kind": "k", "skills": ["s", "t"], "at": CORNER},
        ]
    )
    first, second = build_units(asked, CITY, build_habits(asked)).units
    assert first.home == CITY.stations[1].spot
    assert second.home.edge in street_at(CITY, LonLat(**CORNER), key="")
    assert second.skills == ("s", "t")


@pytest.mark.parametrize(
    ("groups", "error", "word"),
    [
        ([{"name": "A", "kind": "k", "at": "Nowhere"}], ScenarioError, "no station"),
        ([{"name": "A", "kind": "k", "at": {"lon": 0, "lat": 0}}], ScenarioError, "more than 500 m"),
        ([{"name": "A", "kind": "k"}, {"name": "A", "kind": "j"}], ScenarioError, "2 units are called 'A'"),
    ],
)
def test_a_roster_that_cannot_be_is_refused(
    groups: list[dict[str, object]], error: type[GridtwinError], word: str
) -> None:
    with pytest.raises(error, match=word):
        units_of(*groups)


def test_the_middle_of_a_city_lies_on_a_street() -> None:
    assert 0 <= middle_of(CITY).offset_mm <= CITY.roads.length_mm[middle_of(CITY).edge]


# ---------------------------------------------------------------------------------------------- demand


def source(**said: object) -> Demand:
    return Demand.model_validate({"name": "d", "per_day": 240, "matters": {"m": {"needs": ["k"]}}, **said})


def test_demand_is_spread_over_areas_by_length_of_street() -> None:
    built = build_demand(source(), CITY)
    lengths = [CITY.roads.length_mm[CITY.edge_area == number].sum() for number in range(len(CITY.areas))]
    assert built.areas == CITY.areas
    assert built.rates_per_h.sum() == pytest.approx(10.0)
    assert built.rates_per_h[:, 0] / 10.0 == pytest.approx(np.array(lengths) / sum(lengths))


def test_demand_may_be_split_by_given_shares() -> None:
    first, second = CITY.areas[:2]
    matters = {"a": {"needs": [], "share": 3}, "b": {"needs": [], "share": 1}}
    built = build_demand(source(areas={first: 1, second: 4}, matters=matters), CITY)
    assert built.rates_per_h == pytest.approx(np.array([[1.5, 0.5], [6.0, 2.0]]))
    assert np.diff(built.places.first).tolist() == [np.count_nonzero(CITY.edge_area == n) for n in range(2)]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"areas": {"Atlantis": 1}}, "'Atlantis' is not an area"),
        ({"areas": {CITY.areas[0]: 0}}, "add up to nothing"),
        ({"matters": {"m": {"needs": [], "share": 0}}}, "add up to nothing"),
    ],
)
def test_demand_that_cannot_be_is_refused(said: dict[str, object], word: str) -> None:
    with pytest.raises(ScenarioError, match=word):
        build_demand(source(**said), CITY)


def test_a_rhythm_has_mean_one_over_the_week() -> None:
    week = weekly(Rhythm(hours=(*([1.0] * 12), *([3.0] * 12)), weekdays=(1, 1, 1, 1, 1, 2, 0)))
    assert week.shape == (168,)
    assert week.mean() == pytest.approx(1.0)
    assert week[5 * 24] == pytest.approx(2 * week[0])
    assert week[6 * 24 :].sum() == 0


# ---------------------------------------------------------------------------------------------- speeds


def test_hours_belong_to_the_first_band_that_claims_them() -> None:
    bands = [
        {"name": "a", "hours": [7, 9], "weekdays": [0], "speed": {"*": 0.5}},
        {"name": "b", "hours": [8, 10], "speed": {"primary": 0.25}},
    ]
    model = travel_model(Travel.model_validate({"speed": {"*": 0.8, "primary": 0.9}, "bands": bands, "ramp": "8s"}))
    assert model.band_of_hour[6:11] == (0, 1, 1, 2, 0)
    assert model.band_of_hour[24 + 7 : 24 + 10] == (0, 2, 2)
    primary = CLASSES.index("primary")
    assert model.factor[:, primary].tolist() == [0.9, 0.5, 0.25]
    assert model.factor[:, primary - 1].tolist() == [0.8, 0.5, 0.8]
    assert model.ramp_s == 8.0


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"speed": {"canal": 1}}, "'canal' is not a road class"),
        ({"bands": [{"name": "a", "hours": [9, 7], "speed": {}}]}, "hours must end after"),
        ({"bands": [{"name": "a", "hours": [7, 9], "speed": {"canal": 1}}]}, "'canal'"),
    ],
)
def test_travel_that_cannot_be_is_refused(said: dict[str, object], word: str) -> None:
    with pytest.raises(ScenarioError, match=word):
        travel_model(Travel.model_validate(said))


# ---------------------------------------------------------------------------------------------- surprises


def test_a_street_is_closed_both_ways_and_opened_again() -> None:
    asked = scenario(injects=[{"at": "1h", "close": CORNER, "lasting": "30m"}])
    closed, opened = build_injects(asked, CITY, ())
    assert isinstance(closed, f.RoadClosed)
    assert isinstance(opened, f.RoadReopened)
    assert (closed.at, opened.at) == (HOUR, 90 * MINUTE)
    assert closed.edges == opened.edges
    twins = {int(CITY.roads.twin[edge]) for edge in closed.edges} - {-1}
    assert twins <= set(closed.edges)
    assert {closed.origin, opened.origin} == {f.INPUT}


def test_a_street_may_stay_closed() -> None:
    assert len(list(build_injects(scenario(injects=[{"at": "1h", "close": CORNER}]), CITY, ()))) == 1


def test_a_unit_is_withdrawn_until_an_instant() -> None:
    asked = scenario(units=[{"name": "A", "kind": "k"}], injects=[{"at": "1h", "withdraw": "A", "lasting": "2h"}])
    units = build_units(asked, CITY, build_habits(asked)).units
    (fact,) = build_injects(asked, CITY, units)
    assert isinstance(fact, f.UnitAway)
    assert (fact.at, fact.until_at, fact.reason) == (HOUR, 3 * HOUR, AwayReason.COMMAND)


@pytest.mark.parametrize(
    ("inject", "word"),
    [
        ({"at": "1h", "close": {"lon": 0, "lat": 0}}, "no street within"),
        ({"at": "1h", "withdraw": "Nobody", "lasting": "1h"}, "no unit is called 'Nobody'"),
    ],
)
def test_a_surprise_that_cannot_be_is_refused_by_its_number(inject: dict[str, object], word: str) -> None:
    with pytest.raises(ScenarioError, match=word) as raised:
        list(build_injects(scenario(injects=[{"at": 0, "close": CORNER}, inject]), CITY, ()))
    assert raised.value.key == "injects.1"


# ---------------------------------------------------------------------------------------------- lists, and the whole


def test_an_area_prefers_the_units_expected_there_first() -> None:
    asked = scenario(units=[{"name": "U {n}", "kind": "k", "count": 6}])
    units = build_units(asked, CITY, build_habits(asked)).units
    ways = build_ways(asked, CITY)
    lists = preference_lists(units, city=CITY, past=None, ways=ways)
    assert set(lists) == set(CITY.areas)
    for area, middle in area_middles(CITY).items():
        assert CITY.edge_area[middle.edge] == CITY.areas.index(area)
        homes = {unit.name: unit.home for unit in units}
        times = [ways.route(homes[name], middle, band=0, closed=frozenset()).travel_us for name in lists[area]]
        assert times == sorted(times)
        assert sorted(lists[area]) == sorted(homes)


def test_lists_are_made_only_where_they_are_needed_and_not_given() -> None:
    units = [{"name": "A", "kind": "k"}]
    made = build(scenario(units=units, policy="preference_list"))
    assert set(made.scenario.policy.parameters) == {"lists"}
    given = {"use": "preference_list", "parameters": {"lists": {CITY.areas[0]: ["A"]}}}
    kept = build(scenario(units=units, policy=given))
    assert kept.scenario.policy.parameters == given["parameters"]


def test_the_checksum_is_of_what_was_asked_for_but_for_the_seed() -> None:
    def checksum(**said: object) -> str:
        return spec_hash(scenario(**said), [])

    assert checksum() == checksum(seed=7) == checksum(city="elsewhere") == checksum(assumptions=["crews"])
    assert len({checksum(), checksum(lasting="2d"), checksum(policy="random"), checksum(intake="5s")}) == 4
    assert checksum() == checksum(limits={"*": "1h"}, light={"share": 0.5}), "they change nothing that happens"
    closing: list[f.Fact] = [f.RoadClosed(5, (1,), origin=f.INPUT)]
    assert spec_hash(scenario(), closing) != checksum()


def test_limits_are_for_those_who_look_and_know_every_matter() -> None:
    said = {"limits": {"dispute": "1h", "*": "4h"}, "light": {"yellow_below": "10m", "share": 0.5}}
    built = build(scenario(**said))
    civil = built.setting.civil
    by_matter = {"dispute": HOUR, "*": 4 * HOUR}
    assert built.limits == Limits(by_matter, yellow_us=10 * MINUTE, yellow_share=0.5, civil=civil)
    assert build(scenario()).limits == Limits(civil=civil)


def test_a_limit_for_a_matter_that_is_not_there_is_warned_of() -> None:
    demand = [{"name": "d", "per_day": 240, "matters": {"leak": {"needs": ["k"]}}}]
    told = build(scenario(demand=demand, limits={"leak": "1h", "*": "4h", "leek": "1h", "verify": "1h"})).warnings
    assert [warning for warning in told if warning.startswith("limits")] == [
        f"limits speaks of {name!r}, which this scenario does not have" for name in ("leek", "verify")
    ]


def test_inputs_are_in_order_of_time() -> None:
    injects = [{"at": "2h", "close": CORNER, "lasting": "1h"}, {"at": "1h", "close": CORNER, "lasting": "3h"}]
    built = build(scenario(injects=injects))
    assert [fact.at // HOUR for fact in built.inputs] == [1, 2, 3, 4]


def test_without_travel_there_is_no_city() -> None:
    built = build(scenario(travel="none", city="none"))
    assert built.city is None
    assert isinstance(built.setting.terrain.ways[0], NoTravel)
    with pytest.raises(ValueError, match="needs travel: none"):
        scenario(city="none")

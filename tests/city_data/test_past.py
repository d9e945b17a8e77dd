"""A history laid on a city: what lies inside, what kept units away, and where everybody starts from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from city_data.built_in import built_in_city
from city_data.city import City
from city_data.past import first_midnight
from city_data.stations import Station
from tests.histories import EPOCH, FIRE, HERE, OUTSIDE, POLICE, Row, full, past_of, told
from twin.domain.facts import CaseReported, UnitAway
from twin.domain.quantities import MINUTE
from twin.domain.unit import Placed
from twin.errors import FeedError, ScenarioError

CITY = built_in_city()


def station(name: str) -> Station:
    return CITY.station(name)


def test_calls_are_numbered_as_they_were_reported_and_hold_their_responses_as_they_were_sent(tmp_path: Path) -> None:
    rows = [
        full("late", f"{FIRE} E1", begin=30),
        full("early", f"{FIRE} E2", begin=10, dispatched=14.0),
        full("early", f"{FIRE} E3", begin=10),
    ]
    past = past_of(tmp_path, rows)
    assert [(call.number, call.ref, call.reported_at) for call in past.calls] == [
        (0, "early", 10 * MINUTE),
        (1, "late", 30 * MINUTE),
    ]
    assert [response.unit_ref for response in past.calls[0].responses] == [f"{FIRE} E3", f"{FIRE} E2"]
    assert (past.n_calls, past.n_responses, past.n_inside) == (2, 3, 3)


def test_a_call_is_put_on_the_nearest_street(tmp_path: Path) -> None:
    (call,) = past_of(tmp_path, [full("a", "U", begin=0)]).calls
    lon, lat = CITY.roads.lonlat(call.spot.edge, call.spot.offset_mm)
    assert abs(lon - HERE[0]) < 1e-3
    assert abs(lat - HERE[1]) < 1e-3


def test_a_period_takes_its_beginning_and_leaves_its_end(tmp_path: Path) -> None:
    rows = [full(name, "U", begin=begin) for name, begin in (("a", 59), ("b", 60), ("c", 119), ("d", 120))]
    past = past_of(tmp_path, rows, start="2026-03-02T01:00", end="2026-03-02T02:00")
    assert [call.ref for call in past.calls] == ["b", "c"]


def test_what_lies_outside_is_no_call_but_keeps_its_unit_away(tmp_path: Path) -> None:
    rows = [full("in", "U", begin=0), full("out", "U", begin=60, at=OUTSIDE)]
    past = past_of(tmp_path, rows)
    assert [call.ref for call in past.calls] == ["in"]
    ((job),) = past.outside
    assert (job.unit_ref, job.from_at, job.until_at) == ("U", 62 * MINUTE, 80 * MINUTE)
    away = [fact for fact in past.inputs(past.units({})) if isinstance(fact, UnitAway)]
    assert [(fact.at, fact.until_at) for fact in away] == [(62 * MINUTE, 80 * MINUTE)]
    assert (past.n_calls, past.n_responses, past.n_inside) == (2, 2, 1)


@pytest.mark.parametrize("missing", [{"dispatched": None}, {"freed": None}, {"freed": 50.0}])
def test_an_outside_job_without_a_span_keeps_nobody_away(missing: dict[str, object], tmp_path: Path) -> None:
    rows = [full("in", "U", begin=0), full("out", "U", begin=60, at=OUTSIDE, **missing)]
    assert past_of(tmp_path, rows).outside == ()


def test_a_unit_whose_id_names_its_station_starts_there(tmp_path: Path) -> None:
    (base,) = past_of(tmp_path, [full("a", f"{FIRE} E1", begin=0, kind="engine")]).bases
    assert (base.home, base.placed, base.kind, base.skill) == (station(FIRE).spot, Placed.STATION, "engine", "rescue")
    assert base.is_headline


def test_a_unit_based_off_the_map_enters_at_the_edge_nearest_its_station(tmp_path: Path) -> None:
    (base,) = past_of(tmp_path, [full("a", f"{FIRE} E1", begin=0)], city=without(FIRE)).bases
    assert (base.home, base.placed) == (station(FIRE).spot, Placed.BORDER)


def without(name: str) -> City:
    """The street, with one station said to be off the map."""
    stations = tuple(replace(known, on_map=known.name != name) for known in CITY.stations)
    return replace(CITY, stations=stations)


def test_a_unit_without_a_station_starts_where_its_last_job_before_the_period_ended(tmp_path: Path) -> None:
    there = (113.3815, 23.1185)
    rows = [full("before", "M1", begin=0, at=there), full("a", "M1", begin=100), full("b", "M1", begin=200)]
    (base,) = past_of(tmp_path, rows, start="2026-03-02T01:00").bases
    lon, lat = CITY.roads.lonlat(base.home.edge, base.home.offset_mm)
    assert base.placed is Placed.INFERRED
    assert (lon, lat) == pytest.approx(there, abs=1e-3)


def test_a_unit_never_seen_before_starts_at_the_median_of_its_jobs(tmp_path: Path) -> None:
    places = [(113.3815, 23.1185), HERE, (113.3962, 23.1240)]
    rows = [full(str(number), "M1", begin=60 * number, at=at) for number, at in enumerate(places)]
    (base,) = past_of(tmp_path, rows).bases
    assert CITY.roads.lonlat(base.home.edge, base.home.offset_mm) == pytest.approx(HERE, abs=1e-3)
    assert base.placed is Placed.INFERRED


def test_a_unit_is_of_the_kind_it_mostly_was(tmp_path: Path) -> None:
    kinds = ("engine", "truck", "engine")
    rows = [full(str(number), "U", begin=60 * number, kind=kind) for number, kind in enumerate(kinds)]
    (base,) = past_of(tmp_path, rows).bases
    assert base.kind == "engine"


def test_a_call_needs_the_units_that_came_or_else_those_that_were_sent(tmp_path: Path) -> None:
    rows = [
        full("a", "E1", begin=0, kind="engine"),
        full("a", "P1", begin=0, arrived=None),
        full("b", "P1", begin=60, arrived=None),
        full("b", "P2", begin=60, arrived=None),
    ]
    past = past_of(tmp_path, rows)
    needs = [fact.needs for fact in past.inputs(past.units({})) if isinstance(fact, CaseReported)]
    assert needs == [("rescue",), ("patrol", "patrol")]


def test_a_roster_expects_the_turnout_of_its_kind(tmp_path: Path) -> None:
    rows = [full("a", "E1", begin=0, kind="engine"), full("b", "P1", begin=0)]
    units = past_of(tmp_path, rows).units({"engine": 90, "*": 40})
    assert {unit.name: unit.turnout_us for unit in units} == {"E1": 90, "P1": 40}


def test_an_area_lies_at_its_station_else_where_its_calls_were_before(tmp_path: Path) -> None:
    rows = [
        full("before", "U", begin=0, area="north"),
        full("a", "U", begin=100, area="north"),
        full("b", "U", begin=130, area=POLICE),
        full("c", "U", begin=160, area="new"),
    ]
    middles = past_of(tmp_path, rows, start="2026-03-02T01:00").area_middles
    assert set(middles) == {"north", POLICE}
    assert middles[POLICE] == station(POLICE).spot
    assert CITY.roads.lonlat(middles["north"].edge, middles["north"].offset_mm) == pytest.approx(HERE, abs=1e-3)


def test_rows_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    rows = [full("a", "U", begin=0), full("b", "U", begin=9, reported="yesterday"), full("", "U", begin=20)]
    past = past_of(tmp_path, rows)
    assert (past.n_rejected, past.n_responses) == (2, 1)


def test_a_period_in_which_nothing_happened_is_refused_with_the_name_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"history\.csv: no call was reported between 2027"):
        past_of(tmp_path, [full("a", "U", begin=0)], start="2027-01-01")


@pytest.mark.parametrize(
    ("start", "end", "key"),
    [("soon", None, "history.from"), (None, "later", "history.to"), ("2026-03-03", "2026-03-02", "history.to")],
)
def test_a_period_that_cannot_be_is_refused(start: str | None, end: str | None, key: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as refusal:
        past_of(tmp_path, [full("a", "U", begin=0)], start=start, end=end)
    assert refusal.value.key == key


def test_a_replay_begins_at_the_midnight_before_the_first_report(tmp_path: Path) -> None:
    file, rules = told(tmp_path, [Row("a", reported=24 * 60 + 700.0), Row("b", reported=24 * 60 + 30.0)])
    assert first_midnight(file, rules) == EPOCH.replace(day=3)

"""A history as facts: what was stamped and nothing else, in order, contradictions and all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city_data.built_in import built_in_city
from city_data.recorded import AS_RECORDED, recorded_facts
from tests.histories import CIVIL, FIRE, OUTSIDE, STAMPS, Row, full, past_of
from twin.domain import facts as f
from twin.domain.quantities import MINUTE
from twin.domain.unit import Freed
from twin.journal.journal import Journal, Memory
from twin.metrics.intervals import CASE_SPANS, JOB_SPANS, intervals
from twin.roads.router import Router
from twin.roads.travel import TravelModel
from twin.world.state import State
from twin.world.world import World

CITY = built_in_city()
WAYS = Router(CITY.roads, TravelModel.free_flow())


def facts_of(folder: Path, rows: Sequence[Row]) -> list[f.Fact]:
    past = past_of(folder, rows)
    return list(recorded_facts(past, past.units({}), ways=WAYS, civil=CIVIL, spec="", city=""))


def told(facts: Sequence[f.Fact]) -> list[tuple[str, float]]:
    """Names of the facts after the roster, and when in minutes."""
    return [
        (type(fact).__name__, fact.at / MINUTE) for fact in facts if not isinstance(fact, f.TwinBegan | f.UnitEnrolled)
    ]


def lived(facts: Sequence[f.Fact]) -> World:
    world = World(State(), Journal(Memory()))
    for fact in facts:
        world.record(fact)
    return world


def one(facts: Sequence[f.Fact], kind: type[f.Fact]) -> f.Fact:
    (found,) = (fact for fact in facts if isinstance(fact, kind))
    return found


def test_every_stamp_is_a_fact_at_its_instant(tmp_path: Path) -> None:
    assert told(facts_of(tmp_path, [full("a", f"{FIRE} E1", begin=10)])) == [
        ("CaseReported", 10),
        ("CaseRegistered", 11),
        ("UnitAssigned", 12),
        ("UnitRolled", 13),
        ("UnitArrived", 15),
        ("UnitFreed", 30),
        ("CaseClosed", 31),
    ]


def test_all_of_it_is_input(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, [full("a", "U", begin=0), full("b", "U", begin=60, at=OUTSIDE)])
    assert {fact.origin for fact in facts if not isinstance(fact, f.TwinBegan | f.UnitEnrolled)} == {f.INPUT}


@pytest.mark.parametrize(
    ("stamp", "fact"),
    [
        ("registered", "CaseRegistered"),
        ("dispatched", "UnitAssigned"),
        ("rolled", "UnitRolled"),
        ("arrived", "UnitArrived"),
    ],
)
def test_a_missing_stamp_is_no_fact(stamp: str, fact: str, tmp_path: Path) -> None:
    names = [name for name, _ in told(facts_of(tmp_path, [full("a", "U", begin=0, **{stamp: None})]))]
    assert fact not in names
    assert len(names) == 6


def test_a_unit_that_never_arrived_was_cancelled(tmp_path: Path) -> None:
    freed = one(facts_of(tmp_path, [full("a", "U", begin=0, arrived=None)]), f.UnitFreed)
    assert isinstance(freed, f.UnitFreed)
    assert freed.cause is Freed.CANCELLED


def test_between_stamps_a_unit_is_drawn_on_the_shortest_way_and_marked_inferred(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, [full("a", f"{FIRE} E1", begin=0)])
    assigned, rolled = one(facts, f.UnitAssigned), one(facts, f.UnitRolled)
    assert isinstance(assigned, f.UnitAssigned)
    assert isinstance(rolled, f.UnitRolled)
    home, case = CITY.station(FIRE).spot, one(facts, f.CaseReported)
    assert isinstance(case, f.CaseReported)
    shortest = WAYS.route(home, type(home)(case.edge, case.offset_mm), band=0, closed=frozenset())
    assert (assigned.edges, assigned.start_mm, assigned.end_mm) == (shortest.edges, shortest.start_mm, shortest.end_mm)
    assert assigned.rule == AS_RECORDED
    assert (rolled.arrives_at, rolled.inferred) == (5 * MINUTE, True)


def test_a_unit_starts_at_home_when_there_was_time_to_get_there(tmp_path: Path) -> None:
    rows = [full(name, f"{FIRE} E1", begin=begin) for name, begin in (("a", 0), ("at once", 18.1), ("much later", 300))]
    first, at_once, later = (fact for fact in facts_of(tmp_path, rows) if isinstance(fact, f.UnitAssigned))
    assert at_once.edges[0] == first.edges[-1]
    assert later.edges == first.edges


def test_a_job_off_the_map_keeps_its_unit_away_and_two_that_overlap_are_one_absence(tmp_path: Path) -> None:
    rows = [
        full("in", "U", begin=0),
        full("b", "U", begin=60, at=OUTSIDE),
        full("c", "U", begin=70, at=OUTSIDE),
    ]
    absences = [(name, at) for name, at in told(facts_of(tmp_path, rows)) if name in ("UnitLeft", "UnitBack")]
    assert absences == [("UnitLeft", 62), ("UnitLeft", 72), ("UnitBack", 90)]
    away = intervals(facts_of(tmp_path, rows), until=200 * MINUTE).absences.to_pylist()
    assert [(row["left_at"] / MINUTE, row["back_at"] / MINUTE) for row in away] == [(62, 90)]


def test_a_unit_on_two_calls_at_once_is_applied_marked_and_counted(tmp_path: Path) -> None:
    rows = [full("a", "U", begin=0), full("b", "U", begin=10)]
    world = lived(facts_of(tmp_path, rows))
    assert sum(world.state.anomalies.values()) > 0


def test_a_unit_may_be_sent_on_in_the_second_it_is_free(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, [full("a", "U", begin=0), full("b", "U", begin=18)])
    assert lived(facts).state.anomalies == {}
    assert [name for name, at in told(facts) if at == 20] == ["UnitFreed", "UnitAssigned"]


def test_a_unit_that_is_sent_and_sent_back_in_one_second_is_sent_first(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, [full("a", "U", begin=0, rolled=None, arrived=None, freed=2.0)])
    assert [name for name, at in told(facts) if at == 2] == ["UnitAssigned", "UnitFreed"]
    assert lived(facts).state.anomalies == {}


def test_a_history_in_order_has_no_anomalies(tmp_path: Path) -> None:
    rows = [full("a", "U", begin=0), full("b", "U", begin=60), full("c", "V", begin=60)]
    assert lived(facts_of(tmp_path, rows)).state.anomalies == {}


def test_stamps_that_contradict_each_other_give_no_negative_interval(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, [full("a", "U", begin=10, rolled=18.0), full("b", "V", begin=10, dispatched=2.0)])
    lived(facts)
    read = intervals(facts, until=200 * MINUTE)
    for table, spans in ((read.cases, CASE_SPANS), (read.jobs, JOB_SPANS)):
        for span in spans:
            if span in table.column_names:
                assert [value for value in table[span].to_pylist() if value is not None and value < 0] == []


MOMENTS = st.one_of(st.none(), st.integers(0, 90).map(float))
ROWS = st.builds(
    Row,
    call=st.sampled_from("abc"),
    unit=st.sampled_from(("", "U", f"{FIRE} E1")),
    at=st.sampled_from((OUTSIDE, (113.3915, 23.1205), (113.3815, 23.1185))),
    reported=st.integers(0, 60).map(float),
    **dict.fromkeys(STAMPS[1:], MOMENTS),
)


@settings(max_examples=40)
@given(rows=st.lists(ROWS, min_size=1, max_size=8))
def test_whatever_a_history_says_it_is_told_in_order_and_applied(
    rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> None:
    facts = facts_of(tmp_path_factory.mktemp("any"), rows)
    instants = [fact.at for fact in facts]
    lived(facts)
    read = intervals(facts, until=max(instants) + 1)
    assert instants == sorted(instants)
    for table, spans in ((read.cases, CASE_SPANS), (read.jobs, JOB_SPANS)):
        for span in spans:
            if span in table.column_names:
                assert all(value is None or value >= 0 for value in table[span].to_pylist())

"""Where units are told to wait: on a line whose right answer is known, and in a town where it covers a bare end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import pytest

from agents.setting import Setting
from tests.builders import begun, facts_of, fixed_habits, report, roster, setting
from tests.policies.on_a_line import SKILL, Line
from twin.domain import facts as f
from twin.domain.orders import Decision, Reposition
from twin.domain.quantities import HOUR, MINUTE, SECOND
from twin.domain.route import Spot
from twin.domain.unit import EN_ROUTE, PARKED
from twin.errors import PolicyError
from twin.policies.compliance_table import ComplianceTable
from twin.policies.compliance_table import Known as Kept
from twin.policies.dmexclp_reposition import DmexclpReposition, Known
from twin.policies.loading import load_policy
from twin.policies.posts import in_the_hour
from twin.policies.protocol import Policy
from twin.world.view import SHIFT, UNIT_FREE, Trigger, UnitSeen

WEST, MIDDLE, EAST = 0, 1_000, 2_000
"""Stations, metres along the line; those who drive a second a metre cover 600 m with a target of ten minutes."""


@dataclass(frozen=True)
class Posts(Line):
    """The line with a station at either end and in the middle; `posts`: where units wait, by number; `gone`: on a job.

    `shut`: stations that nobody can get to.
    """

    posts: Mapping[int, int] = field(default_factory=dict)
    gone: Sequence[int] = ()
    shut: Sequence[int] = ()

    def stations(self) -> tuple[Spot, ...]:
        return tuple(Spot(0, at_m) for at_m in (WEST, MIDDLE, EAST))

    def way_to(self, unit: int, spot: Spot) -> int | None:
        return None if spot.offset_mm in self.shut else abs(self.places[unit] - spot.offset_mm) * SECOND

    def units(self) -> tuple[UnitSeen, ...]:
        homes = (WEST, MIDDLE, EAST, WEST)
        return tuple(
            msgspec.structs.replace(
                unit,
                name=f"unit {unit.unit}",
                status=EN_ROUTE if unit.unit in self.gone else PARKED,
                home=Spot(0, homes[unit.unit]),
                post=Spot(0, self.posts.get(unit.unit, homes[unit.unit])),
                skills=self.skills.get(unit.unit, (SKILL,)),
            )
            for unit in super().units()
        )


def posted(policy: Policy, line: Line, *, unit: int = 0, memory: msgspec.Struct | None = None) -> dict[int, int]:
    """Unit → the station, metres along the line, where it is told to wait."""
    return where(policy.decide(line, Trigger(UNIT_FREE, unit=unit), memory))  # type: ignore[arg-type]


def where(decision: Decision) -> dict[int, int]:
    orders = [order for order in decision.orders if isinstance(order, Reposition)]
    return {order.unit: order.to.offset_mm for order in orders if order.to is not None}


BARE_EAST = Posts({0: 300, 1: MIDDLE, 3: WEST}, zones_m=(0, 1_000, 2_000), told=(0.5, 0.3, 0.2))
"""Unit 0 of the western station came free; the middle and the west have somebody else, the east has nobody."""


# ---------------------------------------------------------------------- dmexclp_reposition


@pytest.mark.parametrize(
    ("busy_share", "station"),
    [
        (0.0, EAST),  # gains: 0.5 × 0, 0.3 × 0, 0.2 × 1
        (0.3, EAST),  # 0.5 × 0.21 = 0.105, 0.3 × 0.21, 0.2 × 0.7 = 0.14
        (0.6, None),  # 0.5 × 0.24 = 0.12, 0.3 × 0.24, 0.2 × 0.4 = 0.08: the west, where it is stationed
    ],
)
def test_whoever_comes_free_goes_where_it_adds_most(busy_share: float, station: int | None) -> None:
    policy = DmexclpReposition(busy_share=busy_share)
    assert posted(policy, BARE_EAST) == ({} if station is None else {0: station})


def test_of_those_that_add_as_much_the_nearest_is_taken_and_its_own_before_all() -> None:
    alike = replace(BARE_EAST, places={0: 900, 1: MIDDLE}, posts={0: EAST, 1: EAST}, told=(0.5, 0.5, 0.0))
    policy = DmexclpReposition(busy_share=0.0)
    assert posted(policy, alike) == {0: MIDDLE}
    assert posted(policy, replace(alike, posts={0: WEST, 1: EAST})) == {}


def test_only_units_with_the_same_skill_cover_for_each_other() -> None:
    strangers = replace(BARE_EAST, skills={1: ("other",), 3: ("other",)})
    assert posted(DmexclpReposition(busy_share=0.0), strangers) == {}


def test_nobody_is_sent_where_there_is_no_way() -> None:
    policy = DmexclpReposition(busy_share=0.0)
    assert posted(policy, replace(BARE_EAST, shut=(EAST,))) == {}


def test_a_unit_that_was_sent_at_once_is_posted_nowhere() -> None:
    assert posted(DmexclpReposition(busy_share=0.0), replace(BARE_EAST, gone=(0,))) == {}


def test_when_the_hour_has_no_move_left_it_goes_home() -> None:
    policy = DmexclpReposition(busy_share=0.0, per_hour=2)
    assert posted(policy, BARE_EAST, memory=Known(moved_at=(1, 2))) == {}
    assert posted(policy, BARE_EAST, memory=Known(moved_at=(0, 2))) == {0: EAST}
    decision = policy.decide(BARE_EAST, Trigger(UNIT_FREE, unit=0), Known(moved_at=(0, 2)))  # type: ignore[arg-type]
    assert isinstance(decision.memory, Known)
    assert decision.memory.moved_at == (2, HOUR)


def test_how_busy_units_are_is_seen_as_it_goes_on() -> None:
    crowded = replace(BARE_EAST, busy=7)
    assert posted(DmexclpReposition(), BARE_EAST) == {0: EAST}
    assert posted(DmexclpReposition(), crowded) == {}


# ---------------------------------------------------------------------- compliance_table

TABLE = [["unit 1"], ["unit 0", "unit 2"], ["unit 0", "unit 1", "unit 2"]]


@pytest.mark.parametrize(
    ("places", "posts", "told"),
    [
        ({0: WEST}, {}, {0: MIDDLE}),  # one free: the middle
        ({1: MIDDLE, 2: EAST}, {}, {1: WEST}),  # two: both ends, and whoever is at one stays
        ({0: 100, 1: 1_900}, {0: EAST, 1: WEST}, {}),  # posts count, not places
        ({0: WEST, 1: MIDDLE, 2: EAST}, {}, {}),
        ({0: WEST, 1: MIDDLE, 2: EAST, 3: WEST}, {}, {}),  # more than rows: the last one holds
    ],
)
def test_posts_of_the_row_are_staffed(places: dict[int, int], posts: dict[int, int], told: dict[int, int]) -> None:
    line = Posts(places, posts=posts)
    table = ComplianceTable(table=TABLE)
    named = {unit.name: unit.home for unit in Posts(dict.fromkeys(range(4), 0)).units()}
    assert named["unit 2"] == Spot(0, EAST)
    found = posted(table, _all_known(line))
    assert found == told


def _all_known(line: Posts) -> Posts:
    """The same with everybody in the city, those who are not free being on a job."""
    missing = [unit for unit in range(4) if unit not in line.places]
    return replace(line, places={**line.places, **dict.fromkeys(missing, 0)}, gone=missing)


def test_without_a_table_each_further_post_is_the_one_that_adds_most() -> None:
    everybody = Posts({0: WEST, 1: WEST, 2: WEST, 3: WEST}, zones_m=(0, 1_000, 2_000), told=(0.5, 0.3, 0.2))
    decision = ComplianceTable(busy_share=0.5).decide(everybody, Trigger(SHIFT), None)  # type: ignore[arg-type]
    assert isinstance(decision.memory, Kept)
    assert [spot.offset_mm for spot in decision.memory.order] == [WEST, MIDDLE, WEST, EAST]


def test_a_table_holds_for_the_week_it_was_made_in() -> None:
    line = Posts({0: WEST}, zones_m=(0, 1_000, 2_000), told=(1.0, 0.0, 0.0))
    kept = Kept(week=0, order=(Spot(0, EAST),))
    assert posted(ComplianceTable(), line, memory=kept) == {0: EAST}
    assert posted(ComplianceTable(), line, memory=Kept(week=7, order=(Spot(0, EAST),))) == {}


def test_the_first_posts_of_the_table_come_first_when_moves_are_short() -> None:
    line = Posts({0: WEST, 3: WEST}, posts={0: WEST, 3: WEST})
    table = ComplianceTable(table=[["unit 1"], ["unit 2", "unit 1"]], per_hour=1)
    assert posted(table, _all_known(line)) == {0: EAST}


def test_a_row_with_more_posts_than_units_is_refused() -> None:
    with pytest.raises(PolicyError, match="row 1 of the table has 2 posts for 1 units"):
        load_policy("compliance_table", {"table": [["a", "b"]]})


def test_moves_older_than_an_hour_are_forgotten() -> None:
    assert in_the_hour((0, 1, HOUR), now=HOUR + 1) == (HOUR,)


# ---------------------------------------------------------------------- what becomes of it


def bare_end(posts: Policy | None) -> Setting:
    """Three engines at one station and one at the far end, which is away most of the time."""
    first, *_, far = roster(8)
    engines = [msgspec.structs.replace(first, name=f"engine {n}", home=first.home) for n in range(3)]
    units = (*engines, msgspec.structs.replace(first, name="far", home=far.home))
    return replace(setting(units=units, habits=fixed_habits(600.0), per_hour=0.0), reposition_policy=posts)


def answered_s(posts: Policy | None) -> float:
    """How long it takes to get to a case near the far station while its own engine is elsewhere."""
    far = bare_end(None).units[3].home
    inputs = [
        report(MINUTE, 0, edge=far.edge),
        report(2 * MINUTE, 1, edge=bare_end(None).units[0].home.edge),
        report(26 * MINUTE, 2, edge=far.edge),
        report(27 * MINUTE, 3, edge=far.edge),
    ]
    facts = facts_of(begun(bare_end(posts), inputs, until=2 * HOUR))
    last = inputs[-1].case
    sent = {fact.unit: fact.at for fact in facts if isinstance(fact, f.UnitAssigned) and fact.case == last}
    arrivals = [fact for fact in facts if isinstance(fact, f.UnitArrived) and fact.unit in sent]
    arrived = next(fact.at for fact in arrivals if fact.at > sent[fact.unit])
    return (arrived - 27 * MINUTE) / SECOND


@pytest.mark.parametrize("posts", [DmexclpReposition(busy_share=0.6, target_s=300.0), ComplianceTable(target_s=300.0)])
def test_repositioning_covers_an_end_that_would_be_bare(posts: Policy) -> None:
    assert answered_s(posts) < answered_s(None) / 2

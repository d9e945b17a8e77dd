"""What sensors tell of problems, when and how often; and that a forked or folded city has the same eyes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.city import CityModel
from agents.life import Life
from agents.loop_rules import ChannelRule, Desk, LoopRules, MatterRule, Mode, StepRule
from agents.sensor_rules import Rotating, SensorRule, Watched
from agents.setting import Setting
from tests.builders import bytes_of, digest_of, facts_of
from tests.sensor_town import (
    DEAF,
    VENDOR,
    lived,
    looking_at,
    many,
    opened,
    problem,
    sensor_town,
    spot,
    tellings,
)
from twin.clock.distributions import Deterministic, Exponential
from twin.domain import facts as f
from twin.domain.desk import Step
from twin.domain.problem import Channel
from twin.domain.quantities import HOUR, MINUTE, SECOND
from twin.domain.roster import Roster, Turn
from twin.world.invariants import check
from twin.world.world import fold

AI = SensorRule(Channel.AI_CAMERA, delay=Deterministic(120.0))
ROUND = 120 * SECOND


def nobody_comes(town: Setting) -> Setting:
    return replace(town, units=())


def told_at(facts: list[f.Fact]) -> list[int]:
    return [fact.at for fact in tellings(facts)]


# ---------------------------------------------------------------------- theory


def test_a_camera_that_turns_sees_after_half_a_round_on_average_what_is_in_its_line_of_sight() -> None:
    n = 600
    thermal = SensorRule(
        Channel.THERMAL, rounds=Rotating(ROUND), in_view=0.4, delay=Deterministic(30.0), coverage=looking_at(spot())
    )
    arisen = many(n, every=10 * SECOND)
    _, facts = lived(sensor_town(thermal, modes=DEAF), arisen, until=n * 10 * SECOND + HOUR)
    found = tellings(facts)
    waits_s = np.array([(fact.at - arisen[fact.problem or 0].at) / SECOND - 30.0 for fact in found])
    assert abs(len(found) / n - 0.4) < 3 * np.sqrt(0.4 * 0.6 / n)
    assert waits_s.min() >= 0
    assert waits_s.max() < 120
    assert abs(waits_s.mean() - 60) < 3 * (120 / np.sqrt(12 * len(found)))
    assert abs(waits_s.std() - 120 / np.sqrt(12)) < 4


@pytest.mark.parametrize(("n_watchers", "lasts_s", "seen"), [(1, 160, 0.7), (2, 160, 0.7), (1, 520, 1.0)])
def test_who_goes_through_many_pictures_sees_what_lasts_long_enough(n_watchers: int, lasts_s: int, seen: float) -> None:
    n, n_feeds, dwell_s = 600, 40, 10
    watched = Watched(n_feeds, dwell_s * SECOND, ((None, n_watchers),))
    video = SensorRule(Channel.VIDEO, rounds=watched, seen=seen, coverage=looking_at(spot()))
    arisen = many(n, every=37 * SECOND, lasts=lasts_s * SECOND)
    _, facts = lived(sensor_town(video, modes=DEAF), arisen, until=n * 37 * SECOND + HOUR)
    share = min(1.0, lasts_s * n_watchers / (n_feeds * dwell_s)) * seen
    assert abs(len(tellings(facts)) / n - share) <= 3 * np.sqrt(share * (1 - share) / n)


def test_a_share_of_problems_is_told_of_after_a_while_by_who_has_no_place() -> None:
    n = 500
    volunteers = SensorRule(Channel.VOLUNTEER, in_view=0.3, delay=Exponential(600.0))
    arisen = many(n, every=20 * SECOND)
    _, facts = lived(sensor_town(volunteers, modes=DEAF), arisen, until=12 * HOUR)
    waits_s = np.array([(fact.at - arisen[fact.problem or 0].at) / SECOND for fact in tellings(facts)])
    assert abs(waits_s.size / n - 0.3) < 3 * np.sqrt(0.3 * 0.7 / n)
    assert abs(waits_s.mean() - 600) < 3 * 600 / np.sqrt(waits_s.size)


# ---------------------------------------------------------------------- who sees what


def test_sensors_sense_their_matters_within_their_radius() -> None:
    here, there = spot(0), spot(9)
    camera = replace(AI, matters=frozenset({VENDOR}), coverage=looking_at(here))
    seen = [problem(1, on=here, matter=VENDOR), problem(2, on=here), problem(3, on=there, matter=VENDOR)]
    _, facts = lived(sensor_town(camera), seen, until=HOUR)
    assert [(fact.problem, fact.channel, fact.at) for fact in tellings(facts)] == [(1, Channel.AI_CAMERA, 3 * MINUTE)]


def test_no_idle_feed_has_an_alarm() -> None:
    def n_alarms(n_feeds: int) -> int:
        video = SensorRule(Channel.VIDEO, rounds=Watched(n_feeds, SECOND, ((None, 1),)), in_view=0.5)
        city, _ = lived(sensor_town(video), [problem(k) for k in range(20)], until=MINUTE + 1)
        return sum(kind == "sense" for kind, _, _ in city.state.agenda.pending())

    assert n_alarms(100) == n_alarms(100_000) < 20


def test_nobody_watches_while_nobody_is_on_duty() -> None:
    hours = Roster("day", tuple(Turn(day * 1_440 + 8 * 60, day * 1_440 + 9 * 60) for day in range(7)))
    video = SensorRule(Channel.VIDEO, rounds=Watched(6, 10 * SECOND, ((0, 1),)))
    _, facts = lived(sensor_town(video, rosters=(hours,)), [problem(1), problem(2, at=4 * HOUR)], until=27 * HOUR)
    assert [(at - 2 * HOUR) // MINUTE for at in told_at(facts)] == [0, 24 * 60]


def test_the_first_of_several_sensors_tells_and_each_kind_tells_once() -> None:
    rules = [
        replace(AI, coverage=looking_at(spot(), spot()), delay=Exponential(600.0), quiet=False),
        SensorRule(Channel.SMOKE, delay=Deterministic(60.0), quiet=False),
        SensorRule(Channel.LIFT, delay=Deterministic(60.0), quiet=False),
    ]
    _, facts = lived(sensor_town(*rules), [problem(1)], until=12 * HOUR)
    assert sorted(fact.channel for fact in tellings(facts)) == [Channel.AI_CAMERA, Channel.LIFT, Channel.SMOKE]
    assert [fact.at for fact in tellings(facts) if fact.channel is not Channel.AI_CAMERA] == [2 * MINUTE] * 2


# ---------------------------------------------------------------------- telling again


def test_what_a_sensor_tells_again_is_merged_into_one_case() -> None:
    stubborn = replace(AI, again_us=5 * MINUTE, quiet=False)
    _, facts = lived(nobody_comes(sensor_town(stubborn)), [problem(1, ends_at=30 * MINUTE)], until=HOUR)
    assert told_at(facts) == [k * MINUTE for k in (3, 8, 13, 18, 23, 28)]
    assert len(opened(facts)) == 1
    reports = [fact for fact in facts if isinstance(fact, f.ReportMade)]
    assert [fact.opened for fact in reports] == [True] + [False] * 5


def test_a_sensor_is_quiet_about_what_the_centre_knows_and_tells_again_what_was_not_put_right() -> None:
    quiet = replace(AI, again_us=5 * MINUTE)
    town = sensor_town(quiet, matters={"*": MatterRule(botched_share=1.0)})
    _, facts = lived(town, [problem(1)], until=3 * HOUR)
    closed = [fact.at for fact in facts if isinstance(fact, f.CaseClosed)]
    assert len(closed) >= 2
    assert told_at(facts)[0] == 3 * MINUTE
    for before, after in zip(closed, told_at(facts)[1:], strict=False):
        assert before < after <= before + 5 * MINUTE


def test_a_sensor_tells_again_as_long_as_nobody_has_listened() -> None:
    town = sensor_town(
        replace(AI, again_us=5 * MINUTE),
        desks=(Desk("listeners", ((None, 0),)),),
        channels={Channel.AI_CAMERA: ChannelRule(0, {"report": Deterministic(60.0)})},
    )
    _, facts = lived(town, [problem(1)], until=20 * MINUTE)
    assert told_at(facts) == [3 * MINUTE, 8 * MINUTE, 13 * MINUTE, 18 * MINUTE]
    assert not opened(facts)


def test_a_citizen_who_would_tell_still_does_and_when_they_would_have() -> None:
    life = Life(told_after=Exponential(60.0), told_again=Exponential(900.0))

    def calls(*sensors: SensorRule) -> list[tuple[int, int, int]]:
        town = sensor_town(*sensors, life=life, told_by=((Channel.HOTLINE, 1.0),))
        _, facts = lived(
            nobody_comes(town), [problem(1, told_at=3 * MINUTE), problem(2, told_at=50 * MINUTE)], until=5 * HOUR
        )
        return [
            (fact.problem or 0, fact.contact, fact.at) for fact in tellings(facts) if fact.channel is Channel.HOTLINE
        ]

    with_sensor = calls(replace(AI, again_us=7 * MINUTE, quiet=False))
    assert with_sensor == calls()
    assert len(with_sensor) > 4


def test_a_citizen_heard_at_once_is_not_lost_by_a_sensor_either() -> None:
    _, facts = lived(nobody_comes(sensor_town(AI)), [problem(1, told_at=10 * MINUTE)], until=HOUR)
    reports = [(fact.at, fact.channel) for fact in facts if isinstance(fact, f.ReportMade)]
    assert reports == [(3 * MINUTE, Channel.AI_CAMERA), (10 * MINUTE, Channel.CITIZEN)]


def test_nothing_comes_of_what_a_silent_channel_tells() -> None:
    town = sensor_town(AI, modes={"": Mode("", silent=(Channel.AI_CAMERA,))})
    city, facts = lived(town, [problem(1)], until=HOUR)
    assert len(tellings(facts)) == 1
    assert not opened(facts)
    assert not city.state.contacts


# ---------------------------------------------------------------------- what else cameras are for


def test_only_what_a_camera_looks_at_is_settled_from_the_desk() -> None:
    here, there = spot(0), spot(9)
    video = SensorRule(Channel.VIDEO, rounds=Rotating(MINUTE), coverage=looking_at(here), in_view=0.0)
    smoke = SensorRule(Channel.SMOKE, coverage=looking_at(here, there))
    town = sensor_town(
        video,
        smoke,
        matters={"*": MatterRule(remote_share=1.0)},
        desks=(Desk("screens", ((None, 1),)),),
        steps={Step.REMOTE: StepRule(0, Deterministic(60.0))},
    )
    city, facts = lived(town, [problem(1, on=here), problem(2, on=there)], until=HOUR)
    sent = {fact.case for fact in facts if isinstance(fact, f.UnitAssigned)}
    cases = {fact.case: fact.edge for fact in opened(facts)}
    assert {edge: case in sent for case, edge in cases.items()} == {here.edge: False, there.edge: True}
    assert city.is_watched(here)
    assert not city.is_watched(there)


# ---------------------------------------------------------------------- saving and forking

ALL_KINDS = (
    replace(AI, again_us=9 * MINUTE, quiet=False, seen=0.7, delay=Exponential(300.0)),
    SensorRule(Channel.VIDEO, rounds=Watched(20, 10 * SECOND, ((None, 1),)), seen=0.4, again_us=20 * MINUTE),
    SensorRule(Channel.THERMAL, rounds=Rotating(ROUND), in_view=0.5),
    SensorRule(Channel.SUPERVISION, in_view=0.5, delay=Exponential(3_600.0)),
)


def busy(until: int = 90 * MINUTE) -> CityModel:
    life = Life(lasts=Exponential(3_000.0), told_after=Exponential(2_000.0), told_again=Exponential(2_000.0))
    town = sensor_town(*ALL_KINDS, life=life, told_by=((Channel.HOTLINE, 1.0),))
    source = replace(town.sources[0], rates_per_h=town.sources[0].rates_per_h + 6.0)
    city = CityModel.begin(replace(town, sources=(source,)))
    city.advance_to(until)
    return city


def test_what_must_hold_holds_and_the_journal_folds_to_the_snapshot_under_new_luck_too() -> None:
    city = busy(30 * MINUTE)
    for luck in (None, 3, 4):
        if luck is not None:
            city.change_luck(luck)
        for _ in range(6):
            city.advance_to(city.now + 10 * MINUTE)
            assert check(city.state, at_rest=True) == []
    assert {fact.channel for fact in tellings(facts_of(city))} >= {rule.channel for rule in ALL_KINDS}
    folded = fold(facts_of(city))
    assert bytes_of(folded) == bytes_of(city.state)
    assert folded.agenda.pending() == city.state.agenda.pending()


def test_a_fork_with_the_same_luck_sees_the_same_and_one_with_new_luck_does_not() -> None:
    city = busy()
    assert city.state.sensors
    same, other = city.fork("same"), city.fork(2)
    for each in (city, same, other):
        each.advance_to(3 * HOUR)
    assert digest_of(same) == digest_of(city) != digest_of(other)


def test_new_luck_brings_no_problem_that_sensors_would_have_told_of() -> None:
    at_once = SensorRule(Channel.SMOKE)
    town = sensor_town(at_once, matters={"*": MatterRule(botched_share=1.0)}, modes=DEAF)
    source = replace(town.sources[0], rates_per_h=town.sources[0].rates_per_h + 6.0)

    def unseen(rules: LoopRules) -> int:
        city = CityModel.begin(replace(town, sources=(source,), loop=rules))
        city.advance_to(HOUR)
        city.change_luck(1)
        return sum(not known.is_known for known in city.state.problems.values())

    assert town.loop is not None
    assert unseen(town.loop) == 0 < unseen(replace(town.loop, sensors=()))


def test_the_same_problem_is_sensed_alike_whoever_is_on_duty() -> None:
    def times(n_units: int) -> list[tuple[int | None, int]]:
        town = sensor_town(*ALL_KINDS[1:], modes=DEAF)
        town = replace(town, units=town.units[:n_units])
        _, facts = lived(town, many(20, every=MINUTE), until=3 * HOUR)
        return [(fact.problem, fact.at) for fact in tellings(facts)]

    assert times(1) == times(3)

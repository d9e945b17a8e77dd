"""Figures of problems from journals small enough to work out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metrics.small_journal import arrived, assigned, began, closed, enrolled, freed, reported
from tests.metrics.small_problems import arose, ended, found, told
from twin.domain import facts as f
from twin.domain.case import Stage
from twin.domain.ids import child_id
from twin.domain.problem import SETTLED
from twin.domain.quantities import SECOND
from twin.domain.unit import Placed
from twin.metrics.summary import summarise


def kpi(*facts: f.Fact, until_s: int = 1_000) -> Any:
    return summarise([began(), enrolled(0), *facts], until=until_s * SECOND, remarks=()).kpi


def problems(*facts: f.Fact, until_s: int = 1_000) -> Any:
    return kpi(*facts, until_s=until_s)["problems"]


def test_where_no_problem_arose_there_is_nothing_to_tell() -> None:
    assert {"problems", "stages", "patrol", "coverage", "grids"}.isdisjoint(kpi(reported(0, 1)))


def test_discovery_is_from_arising_to_the_first_report() -> None:
    told_of = problems(
        arose(0, 1), arose(0, 2, matter="vendor"), *found(100, 1, 11), *found(300, 2, 12, unit=0), told(400, 1, 11)
    )
    assert told_of["discovery_s"]["all"]["mean"] == 200
    assert told_of["discovery_s"]["by_channel"]["patrol"]["mean"] == 300
    assert told_of["discovery_s"]["by_matter"]["leak"]["mean"] == 100
    assert (told_of["n_discovered"], told_of["by_patrol_share"]) == (2, 0.5)


def test_a_row_tells_the_life_of_a_problem() -> None:
    summary = summarise(
        [began(), arose(10, 1), *found(110, 1, 11, unit=3), told(200, 1, 11, opened=False), ended(500, 1, why=SETTLED)],
        until=1_000 * SECOND,
        remarks=(),
    )
    assert summary.problems is not None
    (row,) = summary.problems.to_pylist()
    assert (row["channel"], row["found_by"], row["n_reports"], row["n_cases"]) == ("patrol", 3, 2, 1)
    assert (row["arose_at"], row["first_reported_at"], row["ended_at"]) == (10 * SECOND, 110 * SECOND, 500 * SECOND)
    assert (row["why"], row["discovery_s"], row["problem_open_s"]) == ("settled", 100, 490)
    assert summary.files()["problems.parquet"] is summary.problems


def test_a_problem_that_ends_before_anybody_tells_of_it_is_never_discovered() -> None:
    told_of = problems(arose(0, 1), ended(50, 1), arose(0, 2), *found(100, 2, 11), ended(200, 2, why=SETTLED))
    assert told_of["fates"]["all"]["never_discovered_share"] == 0.5
    assert told_of["n_ended"] == {"by itself": 1, "settled": 1}


def test_what_is_open_at_the_end_is_undecided_and_favours_nobody() -> None:
    told_of = problems(
        arose(0, 1),
        *found(10, 1, 11),
        arose(980, 2),
        arose(0, 3),
        ended(100, 3),
        arose(0, 4),
        ended(200, 4),
        arose(0, 5),
    )
    # At age 10 five are watched, at 100 three, at 200 two, and one is left.
    assert told_of["fates"]["all"]["discovered_share"] == pytest.approx(1 / 5, abs=1e-6)
    assert told_of["fates"]["all"]["never_discovered_share"] == pytest.approx(4 / 5 * 2 / 3, abs=1e-6)
    assert told_of["fates"]["all"]["undecided_share"] == pytest.approx(4 / 5 * 1 / 3, abs=1e-6)


def test_every_report_is_of_one_of_four_kinds() -> None:
    told_of = problems(
        arose(0, 1),
        arose(0, 2),
        *found(10, 1, 11),
        told(20, 1, 11, opened=False),
        told(30, 2, 11, opened=False),
        *found(40, 1, 12),
        closed(50, 11),
        closed(50, 12),
        *found(60, 1, 13),
        told(70, 1, 99, opened=False),
    )["reports"]
    assert (told_of["n"], told_of["n_opened"], told_of["n_not_merged_though_same"]) == (6, 2, 1)
    assert (told_of["n_merged_rightly"], told_of["n_merged_wrongly"]) == (1, 2)
    assert told_of["duplicate_share"] == pytest.approx(4 / 6, abs=1e-6)


def test_merging_is_precise_by_what_was_added_and_complete_by_what_should_have_been() -> None:
    told_of = problems(
        arose(0, 1),
        arose(0, 2),
        *found(10, 1, 11),
        *found(20, 2, 12),
        told(30, 1, 11, opened=False),
        told(31, 1, 11, opened=False),
        told(32, 1, 12, opened=False),
        *found(40, 1, 13),
        closed(50, 12),
        told(60, 2, 11, opened=False),
    )["reports"]
    # Added: two rightly, two wrongly. To be added to an open case of their own: those two, and those at 32 and 40.
    assert told_of["merge_precision_share"] == 0.5
    assert told_of["merge_recall_share"] == 0.5


def test_without_anything_to_merge_merging_is_neither_good_nor_bad() -> None:
    told_of = problems(arose(0, 1), *found(10, 1, 11))["reports"]
    assert (told_of["merge_precision_share"], told_of["merge_recall_share"]) == (None, None)


def test_a_unit_that_arrives_after_the_problem_has_ended_came_for_nothing() -> None:
    told_of = problems(
        arose(0, 1),
        *found(10, 1, 11),
        assigned(20, 0, 11),
        ended(30, 1),
        arrived(40, 0),
        freed(50, 0, 11),
        closed(50, 11),
        arose(100, 2),
        *found(110, 2, 12),
        assigned(120, 0, 12),
        arrived(140, 0),
        ended(150, 2, why=SETTLED),
        freed(150, 0, 12),
        closed(150, 12),
    )["cases"]
    assert (told_of["n_arrivals"], told_of["gone_on_arrival_share"]) == (2, 0.5)


def test_whoever_goes_to_check_is_not_said_to_come_too_late() -> None:
    case = f.CaseReported(10 * SECOND, 11, "", "north", "leak", 1, ("engine", "engine"), 0, 0, 0, n_check=1)
    told_of = problems(
        arose(0, 1),
        told(10, 1, 11),
        case,
        assigned(20, 0, 11),
        arrived(30, 0),
        freed(40, 0, 11),
        ended(40, 1, why=SETTLED),
        assigned(50, 0, 11, need=1),
        arrived(60, 0),
    )["cases"]
    assert (told_of["n_arrivals"], told_of["gone_on_arrival_share"]) == (1, 0)


def test_what_a_patrol_settles_on_the_spot_is_a_share_of_what_patrols_report() -> None:
    spot = f.CaseReported(10 * SECOND, 11, "", "north", "leak", 1, ("on the spot",), 0, 0, 0)
    told_of = problems(arose(0, 1), told(10, 1, 11, unit=0), spot, arose(0, 2), *found(20, 2, 12, unit=0))["cases"]
    assert (told_of["n_on_the_spot"], told_of["on_the_spot_share"]) == (1, 0.5)


def test_void_cases_are_a_share_of_those_that_were_verified_and_are_closed() -> None:
    def case(number: int, *, n_verify: int) -> f.CaseReported:
        needs = ("engine",) * (1 + n_verify)
        return f.CaseReported(10 * SECOND, number, "", "north", "leak", 1, needs, 0, 0, 0, n_verify=n_verify)

    facts: list[f.Fact] = []
    for number, n_verify in ((1, 1), (2, 1), (3, 0), (4, 1)):
        facts += [arose(0, number), told(10, number, number, opened=True), case(number, n_verify=n_verify)]
    told_of = problems(*facts, f.CaseClosed(50 * SECOND, 1, void=True), closed(60, 2), closed(70, 3))["cases"]
    assert (told_of["n_void"], told_of["void_share"]) == (1, 0.5)


def test_what_breaks_out_again_is_told_from_what_leads_to_others() -> None:
    told_of = problems(
        arose(0, 1), ended(10, 1), arose(20, child_id(1, 1_000), parent=1), arose(30, child_id(1, 0), parent=1)
    )
    assert (told_of["n_arose"], told_of["n_broke_out_again"], told_of["n_led_to"]) == (3, 1, 1)


def test_unseen_problems_are_counted_while_they_are_there_and_untold() -> None:
    told_of = problems(arose(0, 1), *found(400, 1, 11), arose(200, 2), ended(300, 2), arose(900, 3))["unseen"]
    assert told_of == {"mean": 0.6, "max": 2, "at_end": 1}


def test_problems_forgotten_when_chance_is_drawn_anew_are_lost_from_sight_and_not_over() -> None:
    told_of = problems(
        arose(0, 1), arose(0, 2), *found(100, 2, 11), f.LuckForked(200 * SECOND, 1, ()), arose(200, 3, arose_s=150)
    )
    assert (told_of["n_forgotten"], told_of["n_there"]) == (1, 2)
    assert told_of["fates"]["all"]["never_discovered_share"] == 0
    assert told_of["unseen"]["mean"] == pytest.approx((200 + 100 + 800) / 1_000)


def test_reports_of_problems_the_journal_does_not_know_are_left_out() -> None:
    assert problems(arose(0, 1), told(10, 7, 11))["reports"]["n"] == 0


def test_stages_are_told_where_cases_are_verified_or_checked() -> None:
    case = f.CaseReported(0, 1, "", "north", "leak", 1, ("look", "engine", "look"), 0, 0, 0, n_verify=1, n_check=1)
    look = f.UnitEnrolled(0, 1, "look 1", "look", ("look",), 0, 0, 0, Placed.STATION)
    stages = [f.CaseQueued(at * SECOND, 1, Stage(name)) for at, name in ((5, "verify"), (25, "handle"), (65, "check"))]
    facts = [look, case, stages[0], assigned(10, 1, 1), arrived(15, 1), freed(25, 1, 1), stages[1]]
    facts += [assigned(30, 0, 1, need=1), arrived(50, 0), freed(65, 0, 1, need=1), stages[2]]
    facts += [assigned(70, 1, 1, need=2), arrived(90, 1), freed(95, 1, 1, need=2), closed(95, 1)]
    found_s = kpi(*facts)
    means = {name: figures["all"]["mean"] for name, figures in found_s["stages"].items()}
    assert means == {"verify_s": 20, "handle_s": 40, "check_s": 30}
    assert found_s["intervals"]["response_s"]["all"]["mean"] == 15
    assert found_s["intervals"]["assembled_s"]["all"]["mean"] == 50
    assert found_s["queue"]["by_skill"]["look"]["mean"] == pytest.approx((5 + 5) / 1_000)

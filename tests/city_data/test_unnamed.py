"""Units made up for a history that names none: as few as could have done the work."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from city_data.feeds.response import Response
from city_data.unnamed import with_units
from tests.histories import Row, full, past_of
from twin.domain.unit import Placed


def response(line: int, begin: int, lasting: int, *, skill: str = "patrol", unit_ref: str | None = None) -> Response:
    return Response(
        line=line,
        case_ref=str(line),
        unit_ref=unit_ref,
        row_ref=str(line),
        unit_kind=None,
        skill=skill,
        station=None,
        is_headline=False,
        area=None,
        category=None,
        matter="other",
        priority=1,
        is_duplicate=False,
        lon=0.0,
        lat=0.0,
        reported_at=begin,
        dispatched_at=begin,
        freed_at=begin + lasting,
    )


def named(*responses: Response) -> list[str | None]:
    return [made.unit_ref for made in with_units(responses)]


def test_a_unit_takes_the_next_call_once_it_is_free() -> None:
    assert named(response(1, 0, 10), response(2, 5, 10), response(3, 10, 5)) == ["patrol 1", "patrol 2", "patrol 1"]


def test_every_skill_has_units_of_its_own() -> None:
    assert named(response(1, 0, 10), response(2, 0, 10, skill="rescue")) == ["patrol 1", "rescue 1"]


def test_named_units_stay_as_they_are_and_rows_in_their_order() -> None:
    known = response(2, 0, 10, unit_ref="M7")
    assert named(response(3, 20, 5), known, response(1, 0, 10)) == ["patrol 1", "M7", "patrol 1"]


def test_a_unit_without_a_stamp_of_its_own_is_free_when_the_call_is_closed(tmp_path: Path) -> None:
    past = past_of(tmp_path, [full("a", "", begin=0, freed=None), Row("b", reported=10.0, rolled=11.0, closed=30.0)])
    responses = [response for call in past.calls for response in call.responses]
    assert [response.unit_ref for response in responses] == ["patrol 1", "patrol 2"]
    assert [response.freed_at == response.closed_at for response in responses] == [True, True]
    assert {base.placed for base in past.bases} == {Placed.INFERRED}


def test_a_feed_that_says_only_opened_and_closed_saw_nobody_at_work(tmp_path: Path) -> None:
    past = past_of(tmp_path, [Row("a", reported=10.0, closed=30.0)])
    assert past.bases == ()
    assert past.calls[0].responses[0].unit_ref is None


JOBS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from(("patrol", "rescue"))), max_size=30)


@given(JOBS)
def test_nobody_is_in_two_places_and_nobody_is_made_up_without_need(jobs: list[tuple[int, int, str]]) -> None:
    made = with_units(
        [response(line, begin, lasting, skill=skill) for line, (begin, lasting, skill) in enumerate(jobs)]
    )
    for minute in range(91):
        busy = [job for job in made if (job.dispatched_at or 0) <= minute < (job.freed_at or 0)]
        assert len({job.unit_ref for job in busy}) == len(busy)
    for skill in ("patrol", "rescue"):
        most = max(
            (
                sum(begin <= minute < begin + lasting for begin, lasting, of in jobs if of == skill)
                for minute in range(91)
            ),
            default=0,
        )
        assert len({job.unit_ref for job in made if job.skill == skill}) == most

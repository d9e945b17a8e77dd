"""San Francisco's week as published: the counts its description gives, before anything is built on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from city_data.feeds.history import History, load_history
from city_data.feeds.mapping import load_mapping
from city_data.feeds.quality import check_feed
from city_data.feeds.report import FeedReport
from city_data.feeds.response import instant

ROADS_BOUNDS = (-122.485, 37.7805, -122.3942, 37.811)
"""The `<bounds>` of the road file: the study area."""


@pytest.fixture(scope="module")
def fire_file(shared_data: Path) -> Path:
    return shared_data / "san_francisco" / "sffd_dispatch_2018-01-13_20.csv.gz"


@pytest.fixture(scope="module")
def fire(fire_file: Path) -> FeedReport:
    return check_feed(fire_file, load_mapping("datasf_fire"), bounds=ROADS_BOUNDS)


@pytest.fixture(scope="module")
def history(fire_file: Path) -> History:
    return load_history(fire_file, load_mapping("datasf_fire"))


@pytest.fixture(scope="module")
def police(shared_data: Path) -> FeedReport:
    path = shared_data / "san_francisco" / "police_cad_realtime_2025-10-26.json"
    return check_feed(path, load_mapping("datasf_police_cad"))


def test_every_row_is_used(fire: FeedReport) -> None:
    assert (fire.n_rows, fire.n_used, fire.n_cases, fire.n_units) == (6_709, 6_709, 3_210, 167)


def test_the_published_part_lies_in_the_study_area(fire: FeedReport) -> None:
    assert fire.n_off_map_rows is not None
    assert fire.n_off_map_cases is not None
    assert fire.n_rows - fire.n_off_map_rows == 2_715
    assert fire.n_cases - fire.n_off_map_cases == 1_257


def test_stamps_are_missing_as_published(fire: FeedReport) -> None:
    missing = {field: entry.n for field, entry in fire.missing.items() if entry.n}
    assert missing == {"rolled_at": 166, "arrived_at": 1_279, "transporting_at": 4_717, "at_hospital_at": 4_755}


def test_thirteen_times_a_unit_was_sent_before_it_was_free(fire: FeedReport) -> None:
    assert fire.n_overlaps == 13


def test_eight_rows_contradict_themselves(fire: FeedReport) -> None:
    # The row with its response before its dispatch, of the whole extract, is not in this part of it.
    assert fire.contradictions == {"arrived > transporting": 1, "transporting > at_hospital": 7}
    assert fire.n_contradictory_rows == 8


def test_no_row_is_there_twice(fire: FeedReport) -> None:
    assert (fire.n_exact_duplicates, fire.n_same_id) == (0, 0)


def test_stamps_marked_utc_are_seen_to_be_local(fire: FeedReport) -> None:
    assert fire.clock.verdict == (
        "marked UTC, but the daily low is at 03–05 h: these look local (America/Los_Angeles), and are read so"
    )
    assert (fire.first_reported, fire.last_reported) == ("2018-01-13T00:09:05-08:00", "2018-01-20T23:58:48-08:00")


def test_every_category_is_mapped_and_one_priority_is_not(fire: FeedReport) -> None:
    assert all(category.is_mapped for category in fire.categories)
    assert fire.unmapped == {"priority: I": 1}


def test_the_history_is_whole_and_in_order(history: History) -> None:
    reported = [response.reported_at for response in history.responses]
    assert (len(reported), history.n_rejected, history.counts.n_duplicates) == (6_709, 0, 0)
    assert reported == sorted(reported)
    assert instant(reported[0]).isoformat() == "2018-01-13T08:09:05+00:00"


def test_engines_and_trucks_are_the_headline_and_know_their_stations(history: History) -> None:
    headline = [response for response in history.responses if response.is_headline]
    assert len(headline) == 2_401 + 651
    assert {response.skill for response in headline} == {"engine", "truck"}
    assert {response.station for response in headline if response.unit_ref in ("E01", "T01")} == {"1"}
    assert not any(response.station for response in history.responses if not response.is_headline)


def test_police_calls_are_read_from_their_points(police: FeedReport) -> None:
    assert (police.n_rows, police.n_used, police.n_cases, police.n_units) == (172, 172, 172, 0)
    assert {field: entry.n for field, entry in police.missing.items() if entry.n} == {"arrived_at": 15, "closed_at": 16}


def test_half_a_day_of_police_calls_is_too_little_to_tell_the_clock(police: FeedReport) -> None:
    assert police.clock.verdict == "too few data to tell the clock from: 172 cases over 0.7 days"


def test_every_police_category_is_mapped(police: FeedReport) -> None:
    assert police.unmapped == {}

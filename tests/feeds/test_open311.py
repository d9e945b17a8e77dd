"""Open311 says "opened", "closed" and little more: what is not a closing is not taken for one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from city_data.feeds.history import envelopes, load_history
from city_data.feeds.layout import find_layout
from city_data.feeds.mapping import load_mapping
from city_data.feeds.quality import check_feed
from city_data.feeds.response import ResponseReader, instant
from city_data.unnamed import with_units
from tests.feeds.samples import as_csv

BOSTON = load_mapping("boston_open311")
SECRET = "Ann saw plate 4NZ856; Duplicate of Existing Case 1010"


def request(number: int, **changes: Any) -> dict[str, Any]:
    good = {
        "service_request_id": str(101000000000 + number),
        "status": "closed",
        "service_name": "Illegal Parking",
        "requested_datetime": "2015-03-08T01:30:00-05:00",
        "updated_datetime": "2015-03-08T03:30:00-04:00",
        "lat": 42.347,
        "long": -71.081,
        "status_notes": "Case Resolved.",
    }
    return good | changes


def written(folder: Path, requests: list[dict[str, Any]], kind: str) -> Path:
    path = folder / "requests"
    path.write_bytes(as_csv(requests) if kind == "csv" else json.dumps(requests, indent=0).encode())
    return path


KINDS = pytest.mark.parametrize("kind", ["csv", "page of the API"])


@KINDS
def test_a_closed_case_is_closed_by_its_own_offset(kind: str, tmp_path: Path) -> None:
    (one,) = load_history(written(tmp_path, [request(1)], kind), BOSTON).responses
    assert one.closed_at is not None
    assert (one.closed_at - one.reported_at) / 1e6 == 3_600
    assert instant(one.reported_at).isoformat() == "2015-03-08T06:30:00+00:00"
    assert (one.unit_ref, one.skill, one.matter) == (None, "service", "illegal_parking")


@KINDS
def test_an_open_case_was_not_closed_before_it_was_opened(kind: str, tmp_path: Path) -> None:
    still_open = request(2, status="open", updated_datetime="2015-03-08T01:29:00-05:00")
    report = check_feed(written(tmp_path, [request(1), still_open], kind), BOSTON)
    assert (report.n_open, report.missing["closed_at"].n, report.n_contradictory_rows) == (1, 1, 0)
    assert "not closed: 1 rows" in report.to_text()


@KINDS
def test_the_label_of_a_duplicate_is_taken_and_nothing_else_of_the_text(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, [request(1, status_notes=SECRET), request(2)], kind)
    report = check_feed(path, BOSTON)
    assert report.n_labelled_duplicates == 1
    carried = list(envelopes(path, ResponseReader(BOSTON), layout=find_layout(path, BOSTON)))
    assert "Ann" not in f"{report.to_text()}{report.to_json()}{carried}"
    assert [one.is_duplicate for one in load_history(path, BOSTON).responses] == [True, False]


def test_keys_that_the_api_leaves_out_are_no_value(tmp_path: Path) -> None:
    bare = {key: value for key, value in request(1).items() if key != "status_notes"}
    (one,) = load_history(written(tmp_path, [bare], "page of the API"), BOSTON).responses
    assert not one.is_duplicate


def test_nobody_is_made_up_where_nobody_was_seen(tmp_path: Path) -> None:
    path = written(tmp_path, [request(1), request(2, status="open")], "csv")
    assert [one.unit_ref for one in with_units(load_history(path, BOSTON).responses)] == [None, None]

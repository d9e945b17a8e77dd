"""The data-quality page counts what is there, exactly, and says which clock the stamps are on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from city_data.feeds import quality, spill
from city_data.feeds.clock_verdict import judge_clock
from city_data.feeds.history import load_history
from city_data.feeds.quality import check_feed
from city_data.feeds.quarantine import QuarantineWriter
from city_data.feeds.report import FeedReport
from tests.feeds.samples import Record, mapping, record, stamps, written

QUIET_AT_NIGHT = np.array([4, 3, 3, 2, 1, 1, 2, 3, 5, 6, 7, 7, 8, 8, 7, 7, 8, 8, 8, 7, 6, 6, 5, 5]) * 20
EAST_BY_EIGHT = np.roll(QUIET_AT_NIGHT, 8)


def checked(folder: Path, records: list[Record], **changes: object) -> FeedReport:
    return check_feed(written(folder, records), mapping(**changes))


def judged(written_: np.ndarray, converted: np.ndarray | None = None, **changes: object) -> tuple[str, bool | None]:
    told = {"zone": "Asia/Shanghai", "marks": ("UTC",), "trusts_mark": True, "n_days": 7.0, **changes}
    verdict = judge_clock(written_, converted, **told)  # type: ignore[arg-type]
    return verdict.verdict, verdict.agrees


def test_rows_cases_and_units_are_counted(tmp_path: Path) -> None:
    report = checked(tmp_path, [record(), record(unit="E02"), record(call="c2"), record(call="")])
    assert (report.n_rows, report.n_used, report.n_rejected) == (4, 3, 1)
    assert (report.n_cases, report.n_units) == (2, 2)


def test_duplicates_are_told_apart_from_repeated_ids(tmp_path: Path) -> None:
    report = checked(tmp_path, [record(), record(), record(there=""), record(call="c2")])
    assert (report.n_exact_duplicates, report.n_same_id) == (1, 2)


def test_missing_and_contradictory_stamps_are_counted(tmp_path: Path) -> None:
    report = checked(tmp_path, [record(there=""), record(call="c2", there="2018-01-14 10:00:30"), record(call="c3")])
    assert (report.missing["arrived_at"].n, report.missing["dispatched_at"].n) == (1, 0)
    assert report.missing["arrived_at"].share == pytest.approx(1 / 3)
    assert (report.contradictions, report.n_contradictory_rows) == ({"dispatched > arrived": 1}, 1)


def test_a_unit_sent_before_it_was_free_is_counted(tmp_path: Path) -> None:
    again = record(call="c2", sent="2018-01-14 10:19:59", free="2018-01-14 10:40:00")
    after = record(call="c3", sent="2018-01-14 10:40:00", free="2018-01-14 10:50:00")
    other = record(call="c4", unit="E02", sent="2018-01-14 10:19:59")
    assert checked(tmp_path, [after, again, record(), other]).n_overlaps == 1


def test_rows_and_cases_off_the_map_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, [record(), record(unit="E02", lon="-121"), record(call="c2", lon="-121")])
    report = check_feed(path, mapping(), bounds=(-122.41, 37.7, -122.3, 37.79))
    assert (report.n_off_map_rows, report.n_off_map_cases) == (2, 1)
    assert check_feed(path, mapping()).n_off_map_rows is None


def test_categories_show_what_the_mapping_makes_of_them(tmp_path: Path) -> None:
    report = checked(tmp_path, [record(), record(call="c2"), record(call="c3", type="Flood")])
    assert [(one.word, one.matter, one.is_mapped, one.n) for one in report.categories] == [
        ("Fire", "fire", True, 2),
        ("Flood", "other", False, 1),
    ]
    assert report.unmapped == {"type: Flood": 1}


def test_crowded_places_are_named(tmp_path: Path) -> None:
    records = [record(call=str(number)) for number in range(3)] + [record(call="x", lon="-122.42")]
    (point,) = checked(tmp_path, records).repeated_points
    assert (round(point.lon, 6), round(point.lat, 6), point.n) == (-122.41, 37.79, 3)


def test_much_data_is_counted_as_little_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [record(call=f"c{number % 70}", unit=f"E{number % 9}") for number in range(300)]
    little = checked(tmp_path, records)
    monkeypatch.setattr(quality, "BATCH", 16)
    monkeypatch.setattr(spill, "MOST_IN_MEMORY", 40)
    assert checked(tmp_path, records) == little


def test_the_page_is_plain_data_and_text(tmp_path: Path) -> None:
    report = checked(tmp_path, [record(), record(call="c2", sent="soon")])
    assert json.loads(json.dumps(report.to_json()))["n_rejected"] == 1
    text = report.to_text()
    assert "2 rows (mapping sample)\n  read as csv, utf-8 (nothing but ASCII), header in row 1" in text
    assert "sent is not a time stamp as the mapping describes them (first: line 3)" in text


def test_a_low_at_night_says_that_marked_stamps_are_local() -> None:
    said = "marked UTC, but the daily low is at 03–05 h: these look local"
    assert judged(QUIET_AT_NIGHT, EAST_BY_EIGHT) == (f"{said}: declare the `zone` and `trust_mark: false`", False)
    assert judged(QUIET_AT_NIGHT, EAST_BY_EIGHT, trusts_mark=False) == (
        f"{said} (Asia/Shanghai), and are read so",
        True,
    )


def test_a_low_at_night_in_the_zone_says_that_the_mark_is_right() -> None:
    said = "marked UTC; in Asia/Shanghai the daily low is at 03–05 h: the mark looks right"
    west = np.roll(QUIET_AT_NIGHT, -8)
    assert judged(west, QUIET_AT_NIGHT) == (said, True)
    assert judged(west, QUIET_AT_NIGHT, trusts_mark=False) == (f"{said}: set `trust_mark: true`", False)


def test_a_low_by_day_says_that_the_clock_is_doubtful() -> None:
    verdict, agrees = judged(EAST_BY_EIGHT, np.roll(EAST_BY_EIGHT, 3))
    assert "11–13 h as written and at 14–16 h in Asia/Shanghai: neither looks like night" in verdict
    assert agrees is False
    assert judged(EAST_BY_EIGHT, marks=("",))[1] is False
    assert judged(QUIET_AT_NIGHT, marks=("",))[1] is True


@pytest.mark.parametrize(
    ("counts", "n_days", "said"),
    [
        (QUIET_AT_NIGHT, 1.0, "too few data"),
        (QUIET_AT_NIGHT // 20, 7.0, "too few data"),
        (np.full(24, 50), 7.0, "no clear low"),
    ],
)
def test_where_nothing_can_be_told_it_says_so(counts: np.ndarray, n_days: float, said: str) -> None:
    verdict, agrees = judged(counts, n_days=n_days)
    assert said in verdict
    assert agrees is None


def test_the_quarantine_holds_place_and_reason_but_no_content(tmp_path: Path) -> None:
    path = written(tmp_path, [record(), record(call="c2", lon="my home is at 5 Elm St"), record(call="")])
    with QuarantineWriter(tmp_path / "quarantine.csv") as quarantine:
        history = load_history(path, mapping(), quarantine=quarantine)
    assert (tmp_path / "quarantine.csv").read_text(encoding="utf-8").splitlines() == [
        "file,line,reason,column",
        "feed.data,3,has coordinates that are no place on earth,lon",
        "feed.data,4,has no case id,call",
    ]
    assert (history.n_rejected, quarantine.n_rejected, len(history.responses)) == (2, 2, 1)


def test_a_history_is_in_order_with_each_row_once_in_its_newest_version(tmp_path: Path) -> None:
    early = record(call="c0", received="2018-01-14 09:00:00")
    path = written(tmp_path, [record(), early, record(), record(there="2018-01-14 10:06:00")])
    history = load_history(path, mapping())
    assert [(one.case_ref, one.line) for one in history.responses] == [("c0", 3), ("c1", 5)]
    assert (history.counts.n_duplicates, history.counts.n_replaced) == (1, 1)


def test_a_trusted_mark_and_a_zone_give_both_curves(tmp_path: Path) -> None:
    records = [
        record(call=f"{day}-{hour}-{number}", received=f"2018-01-{day + 10} {hour:02}:00:00+00:00")
        for day in range(4)
        for hour in range(24)
        for number in range(int(np.roll(QUIET_AT_NIGHT, 8)[hour]) // 20)
    ]
    clock = checked(tmp_path, records, stamps=stamps(marked="UTC")).clock
    assert (clock.low_as_written, clock.low_in_zone, clock.agrees) == (12, 4, True)

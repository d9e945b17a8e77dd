"""Full-width signs, Chinese dates and words for "nothing" are read where a number, an id or a stamp is expected."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_data.feeds.history import load_history
from city_data.feeds.mapping import Clock
from city_data.feeds.office_stamps import as_iso
from city_data.feeds.plain import plain
from city_data.feeds.response import Response, instant
from city_data.feeds.rows import Rejected
from city_data.feeds.stamps import NOT_A_STAMP, StampReader, UnusableStampError
from tests.feeds.samples import Record, mapping, record, response_of

SHANGHAI = Clock.model_validate({"zone": "Asia/Shanghai", "columns": {"reported": "时间"}})
FULL_WIDTH = str.maketrans("0123456789:-/ ", "０１２３４５６７８９：－／　")


def good(**changes: object) -> Response:
    response = response_of(record(**changes))
    assert isinstance(response, Response)
    return response


def beijing_time(text: str) -> str:
    at = StampReader(SHANGHAI).read(text)
    assert at is not None
    return (instant(at).replace(tzinfo=None) + (datetime(2026, 1, 1, 8) - datetime(2026, 1, 1))).isoformat(" ")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026年3月2日 8时05分", "2026-03-02 08:05:00"),
        ("2026年03月02日08时05分09秒", "2026-03-02 08:05:09"),
        ("2026年3月2日 8点5分", "2026-03-02 08:05:00"),
        ("2026年3月2日8时整", "2026-03-02 08:00:00"),
        ("2026年3月2日 星期一 08:05", "2026-03-02 08:05:00"),
        ("2026/3/2 8:05", "2026-03-02 08:05:00"),
        ("2026.3.2 8:05:09", "2026-03-02 08:05:09"),
        ("2026-3-2 8:05", "2026-03-02 08:05:00"),
        ("20260302080509", "2026-03-02 08:05:09"),
        ("202603020805", "2026-03-02 08:05:00"),
        ("2026/3/2 上午8:05", "2026-03-02 08:05:00"),
        ("2026/3/2 上午12:05", "2026-03-02 00:05:00"),
        ("2026年3月2日 下午3时05分", "2026-03-02 15:05:00"),
        ("2026年3月2日 下午15时05分", "2026-03-02 15:05:00"),
        ("2026/3/2 下午12:05", "2026-03-02 12:05:00"),
        ("2026/3/2 凌晨2:05", "2026-03-02 02:05:00"),
        ("2026/3/2 中午1:05", "2026-03-02 13:05:00"),
        ("2026/3/2 晚上9:05", "2026-03-02 21:05:00"),
        ("２０２６－０３－０２　０８：０５", "2026-03-02 08:05:00"),
        ("２０２６年３月２日　８时０５分", "2026-03-02 08:05:00"),
    ],
)
def test_a_stamp_is_read_as_offices_write_it(text: str, wanted: str) -> None:
    assert beijing_time(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "2026年3月2日",
        "2026/3/2",
        "2026年3月2日 8时",
        "20260302",
        "2026/13/2 8:05",
        "2026/3/2 25:05",
        "2026/3/2 8:61",
        "3月2日 8时05分",
        "2026/3/2 下午0:30",
        "2026/3/2 上午14:05",
        "2026/3/2 晚上12:05",
        "2026/3/28:05",
        "8:05",
    ],
)
def test_what_two_people_would_read_differently_is_refused(text: str) -> None:
    with pytest.raises(UnusableStampError, match=NOT_A_STAMP):
        StampReader(SHANGHAI).read(text)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))  # noqa: DTZ001
def test_every_way_of_writing_says_the_same(moment: datetime) -> None:
    date, time = (moment.year, moment.month, moment.day), (moment.hour, moment.minute, moment.second)
    part, hour = ("下午", (moment.hour - 1) % 12 + 1) if moment.hour >= 12 else ("上午", moment.hour or 12)
    ways = [
        "{}年{}月{}日 {}时{:02}分{}秒".format(*date, *time),
        "{}/{}/{} {}:{:02}:{:02}".format(*date, *time),
        "{}{:02}{:02}{:02}{:02}{:02}".format(*date, *time),
        "{}-{}-{} {}{}:{:02}:{:02}".format(*date, part, hour, *time[1:]),
    ]
    assert [as_iso(way) for way in ways] == [moment.isoformat(" ")] * 4


@given(st.integers(0, 10**18))
def test_a_number_is_the_same_in_full_width(number: int) -> None:
    assert plain(str(number).translate(FULL_WIDTH)) == str(number)


def test_ids_and_coordinates_may_be_full_width() -> None:
    response = good(call="Ａ－１２０３", lon="１１４．４１", lat="３０．５")
    assert (response.case_ref, response.lon, response.lat) == ("A-1203", 114.41, 30.5)


@pytest.mark.parametrize("nothing", ["无", "空", "—", "——", "－", "-", " 无 "])
def test_words_for_nothing_are_no_value(nothing: str) -> None:
    assert good(there=nothing, type=nothing).arrived_at is None
    assert good(type=nothing).category is None
    assert response_of(record(lon=nothing)) == Rejected(2, "has no coordinates", "lon")
    assert response_of(record(call=nothing)) == Rejected(2, "has no case id", "call")


def test_own_words_for_nothing_replace_the_usual_ones() -> None:
    response = response_of(record(there="不详", type="无"), mapping(missing=["不详"]))
    assert isinstance(response, Response)
    assert (response.arrived_at, response.category) == (None, "无")


def test_words_are_compared_without_full_width_signs() -> None:
    told = mapping(category={"column": "type", "matters": {"占道经营（流动）": "vending"}})
    for word in ("占道经营(流动)", "占道经营（流动）"):
        response = response_of(record(type=word), told)
        assert isinstance(response, Response)
        assert response.matter == "vending"


def test_a_pattern_may_be_chinese() -> None:
    clock = SHANGHAI.model_copy(update={"format": plain("%Y年%m月%d日%H：%M")})
    at = StampReader(clock).read("2026年03月02日08：05")
    assert at is not None
    assert instant(at).isoformat() == "2026-03-02T00:05:00+00:00"


def test_a_table_may_have_chinese_columns_below_a_title(tmp_path: Path) -> None:
    columns: Record = {"call": "案件编号", "received": "上报时间(北京)", "lon": "经度", "lat": "纬度"}
    told = mapping(
        id={"case": columns["call"]},
        stamps={"zone": "Asia/Shanghai", "columns": {"reported": columns["received"]}},
        category=None,
        priority=None,
        place={"lon": columns["lon"], "lat": columns["lat"]},
        unit={"default_skill": "grid_worker"},
    )
    path = tmp_path / "feed.csv"
    text = "案件明细,,,\n\n案件编号,上报时间（北京）,经 度,纬度\nA1,2026年3月2日 8时05分,114.4,30.5\n太短\n"
    path.write_bytes(text.encode("gb18030"))
    history = load_history(path, told)
    assert [(one.case_ref, one.line) for one in history.responses] == [("A1", 4)]
    assert (history.layout.header is not None and history.layout.header.line, history.n_rejected) == (3, 1)

"""Workbooks as offices have them: titles above the header, several sheets, dates as numbers, numbers as text."""

from __future__ import annotations

import gzip
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from city_data.feeds.files import read_rows
from city_data.feeds.history import load_history
from city_data.feeds.layout import find_layout
from city_data.feeds.quality import check_feed
from city_data.feeds.response import Response, instant
from city_data.feeds.rows import Rejected, Row
from city_data.feeds.xlsx_rows import ROUNDED
from tests.feeds.samples import Formula, as_workbook, mapping
from twin.errors import FeedError

HEADER: list[Any] = ["序号", "案件编号", "上报时间", "问题类型", "经度（WGS84）", "纬度"]
TOLD: dict[str, Any] = {
    "id": {"case": "案件编号"},
    "stamps": {"zone": "Asia/Shanghai", "columns": {"reported": "上报时间"}},
    "category": {"column": "问题类型", "matters": {"占道经营(流动)": "vending"}},
    "priority": None,
    "place": {"lon": "经度(WGS84)", "lat": "纬度"},
    "unit": {"default_skill": "grid_worker"},
}
NOON = datetime(2026, 3, 2, 12, 5, 9)  # noqa: DTZ001 - a clock on the wall, as Excel has it


def row(number: int, **changes: object) -> list[Any]:
    good = {"id": f"A{number}", "at": NOON, "type": "占道经营（流动）", "lon": 114.4, "lat": "30.5"}
    return [number, *(good | changes).values()]


def book(folder: Path, sheets: dict[str, list[list[Any]]], **options: bool) -> Path:
    path = folder / "feed.xlsx"
    path.write_bytes(as_workbook(sheets, **options))
    return path


def read(path: Path, **changes: Any) -> list[Response]:
    return list(load_history(path, mapping(**TOLD, **changes)).responses)


def changed(path: Path, part: str, old: str, new: str) -> Path:
    """The same workbook with a text of one part replaced."""
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_date_is_read_as_a_moment_of_the_local_clock(tmp_path: Path) -> None:
    (response,) = read(book(tmp_path, {"案件": [HEADER, row(1)]}))
    assert instant(response.reported_at).isoformat() == "2026-03-02T04:05:09+00:00"
    assert (response.case_ref, response.matter, response.lon, response.lat) == ("A1", "vending", 114.4, 30.5)


@pytest.mark.parametrize(
    "at", [NOON, "2026-03-02 12:05:09", "2026年3月2日 12时05分09秒", "46083.50357638889", 46083.50357638889]
)
def test_a_date_may_be_a_date_or_text_or_a_number(at: object, tmp_path: Path) -> None:
    (response,) = read(book(tmp_path, {"案件": [HEADER, row(1, at=at)]}))
    assert instant(response.reported_at).isoformat(timespec="seconds") == "2026-03-02T04:05:09+00:00"


def test_days_may_be_counted_from_1904(tmp_path: Path) -> None:
    (response,) = read(book(tmp_path, {"案件": [HEADER, row(1)]}, date_1904=True))
    assert instant(response.reported_at).isoformat() == "2026-03-02T04:05:09+00:00"


@pytest.mark.parametrize("n_titles", [0, 1, 5, 19])
def test_the_header_may_stand_below_titles(n_titles: int, tmp_path: Path) -> None:
    titles: list[list[Any]] = [["武汉市光谷网格案件明细表"], *([["", "制表人：张三"]] * 18)]
    path = book(tmp_path, {"案件": [*titles[:n_titles], HEADER, row(1), row(2)]})
    assert [response.line for response in read(path)] == [n_titles + 2, n_titles + 3]
    assert f"sheet '案件', header in row {n_titles + 1}" in check_feed(path, mapping(**TOLD)).to_text()


def test_merged_titles_are_no_obstacle(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "feed.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        sheet.merge_range("A1:F2", "案件明细")
        sheet.write_row("A3", HEADER)
        sheet.write_row("A4", row(1, at="2026/3/2 8:05"))
    assert [response.line for response in read(tmp_path / "feed.xlsx")] == [4]


def test_a_header_below_row_20_is_not_found(tmp_path: Path) -> None:
    path = book(tmp_path, {"案件": [*([["title"]] * 20), HEADER, row(1)]})
    with pytest.raises(FeedError, match="there is no such column; sheet '案件' has: title"):
        read(path)


def test_the_first_sheet_with_the_header_is_taken(tmp_path: Path) -> None:
    path = book(tmp_path, {"说明": [["填表说明"]], "一月": [HEADER, row(1)], "二月": [HEADER, row(2)]})
    assert [response.case_ref for response in read(path)] == ["A1"]
    assert [response.case_ref for response in read(path, sheet="二月")] == ["A2"]


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = book(tmp_path, {"一月": [HEADER, row(1)]})
    with pytest.raises(FeedError, match="key '三月': there is no such sheet; the workbook has: 一月"):
        read(path, sheet="三月")


def test_empty_rows_and_columns_are_passed_over(tmp_path: Path) -> None:
    path = book(tmp_path, {"案件": [[*HEADER, "", ""], row(1), [], [""] * 9, row(2), *([[""] * 9] * 50)]})
    rows = list(read_rows(path, mapping(**TOLD)))
    assert [one.line for one in rows] == [2, 5]


def test_a_formula_counts_by_its_stored_value(tmp_path: Path) -> None:
    lon = Formula("=114+0.4", 114.4)
    assert [response.lon for response in read(book(tmp_path, {"案件": [HEADER, row(1, lon=lon)]}))] == [114.4]


@pytest.mark.parametrize("value", ["", "#N/A", "#DIV/0!"])
def test_a_formula_without_a_value_says_nothing(value: str, tmp_path: Path) -> None:
    path = book(tmp_path, {"案件": [HEADER, row(1), row(2, lon=Formula("=VLOOKUP(A1,B:C,2)", value))]})
    (rejections,) = check_feed(path, mapping(**TOLD)).rejected
    assert (rejections.reason, rejections.first_line) == ("has no coordinates", 3)


def test_an_id_that_excel_has_rounded_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, {"案件": [HEADER, row(1, id=420111202603020001), row(2), row(3, id="420111202603020003")]})
    assert [one for one in read_rows(path, mapping(**TOLD)) if isinstance(one, Rejected)] == [
        Rejected(2, ROUNDED, "案件编号")
    ]


def test_ids_stored_as_numbers_and_as_text_are_the_same(tmp_path: Path) -> None:
    path = book(tmp_path, {"案件": [HEADER, row(1, id=20260302), row(2, id="20260302"), row(3, id="２０２６０３０２")]})
    assert {one.case_ref for one in read(path)} == {"20260302"}


@pytest.mark.parametrize("in_cells", [True, False])
@pytest.mark.parametrize(("n_signs", "is_read"), [(1 << 20, True), (2 << 20, False)])
def test_a_huge_cell_is_set_aside(n_signs: int, is_read: bool, in_cells: bool, tmp_path: Path) -> None:
    path = book(tmp_path, {"案件": [HEADER, row(1), row(2)]}, **({"constant_memory": True} if in_cells else {}))
    part = "xl/worksheets/sheet1.xml" if in_cells else "xl/sharedStrings.xml"
    path = changed(path, part, ">A2<", f">{'x' * n_signs}<")
    assert [isinstance(one, Row) for one in read_rows(path, mapping(**TOLD))] == [True, is_read]


def test_a_shared_text_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = changed(book(tmp_path, {"案件": [HEADER, row(1)]}), "xl/worksheets/sheet1.xml", "<v>7</v>", "<v>99</v>")
    with pytest.raises(FeedError, match="points to the shared text '99'"):
        read(path)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def peak(n_rows: int) -> int:
        path = book(tmp_path, {"案件": [HEADER, *(row(number, id=number) for number in range(n_rows))]})
        layout = find_layout(path, mapping(**TOLD))
        tracemalloc.start()
        for _ in read_rows(path, mapping(**TOLD), layout=layout):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(6_000) < 1.5 * peak(1_500)


def test_a_workbook_inside_gzip_is_refused_with_advice(tmp_path: Path) -> None:
    path = book(tmp_path, {"案件": [HEADER, row(1)]})
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(FeedError, match="unpack it first"):
        read(path)


def test_rich_text_is_read_without_its_hints(tmp_path: Path) -> None:
    path = book(tmp_path, {"案件": [HEADER, row(1)]})
    rich = "<si><r><t>A</t></r><r><t>1</t></r><rPh><t>hint</t></rPh></si>"
    path = changed(path, "xl/sharedStrings.xml", "<si><t>A1</t></si>", rich)
    assert [response.case_ref for response in read(path)] == ["A1"]

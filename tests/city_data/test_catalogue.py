"""Shipped catalogues say no more than is known; a city's own list is read as offices write it, or refused by cell."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from city_data.catalogue import (
    CONCORDANCE,
    FILES,
    SHIPPED,
    check_catalogue,
    read_catalogue,
    shipped_catalogue,
    shipped_provenance,
)
from city_data.catalogue_cells import parse_key, standard_named
from city_data.limit_text import parse_limit
from tests.feeds.samples import as_workbook
from twin.domain.catalogue import (
    CJ_T_214,
    COMPONENT,
    DIGITS,
    EVENT,
    GB_T_30428,
    GB_T_47678,
    CatalogueRow,
    LimitCalendar,
    MatterKey,
)
from twin.domain.quantities import HOUR
from twin.errors import CityError, FeedError

HEADER = ["标准", "类型", "代码", "大类名称", "小类名称", "处置时限", "责任部门", "自行处置率"]
GOOD = ["CJ/T 214-2007", "事件", "0102", "市容环境", "暴露垃圾", "4个工作时", "环卫站", "60%"]


def as_text(*rows: list[str]) -> str:
    return "\n".join(",".join(row) for row in (HEADER, *rows)) + "\n"


def written(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def wrong(folder: Path, *rows: list[str]) -> list[tuple[int | None, str | None, str]]:
    errors = check_catalogue(written(folder, as_text(*rows))).errors
    return [(error.line, error.key, error.message) for error in errors]


def with_cell(column: str, value: str) -> list[str]:
    return [value if name == column else cell for name, cell in zip(HEADER, GOOD, strict=True)]


def test_three_standards_are_shipped_with_what_is_known_of_each() -> None:
    counts = Counter((row.key.standard, row.key.kind) for row in shipped_catalogue().rows)
    assert counts[CJ_T_214, COMPONENT] == 70
    assert counts[CJ_T_214, EVENT] == 50
    assert counts[GB_T_30428, EVENT] == 15
    assert counts[GB_T_47678, EVENT] == 10
    assert counts[GB_T_30428, COMPONENT] == counts[GB_T_47678, COMPONENT] == 0


def test_every_shipped_row_has_both_names_a_class_and_a_source() -> None:
    for row in shipped_catalogue().rows:
        assert all((row.name_zh, row.name_en, row.class_zh, row.class_en))
        assert row.name_en.isascii()
        assert "second-hand" in row.source
        assert bool(row.limit) == bool(row.limit_source)
        assert not row.assumed
        assert len(row.key.code) == DIGITS.get(row.key.standard, 5)


def test_a_class_has_one_name_in_a_standard_and_a_name_one_code() -> None:
    rows = shipped_catalogue().rows
    classes = {(row.key.standard, row.key.kind, row.class_code): row.class_zh for row in rows}
    assert all(classes[row.key.standard, row.key.kind, row.class_code] == row.class_zh for row in rows)
    names = Counter((row.key.standard, row.key.kind, row.name_zh) for row in rows)
    assert max(names.values()) == 1


def test_street_order_is_class_05_in_the_older_standard_and_04_in_that_of_2013() -> None:
    shipped = shipped_catalogue()
    old, new = (
        shipped.named("机动车乱停放", standard=CJ_T_214)[0],
        shipped.named("机动车乱停放", standard=GB_T_30428)[0],
    )
    assert (old.class_code, new.class_code) == ("05", "04")
    assert old.class_zh == new.class_zh == "街面秩序"
    assert shipped.translate(old.key, to=GB_T_30428) == new.key
    same_code = shipped.row(MatterKey(CJ_T_214, EVENT, "0401"))
    assert same_code is not None
    assert same_code.name_zh == "路面塌陷"
    assert shipped.translate(same_code.key, to=GB_T_30428) is None


def test_codes_of_2026_have_five_digits_and_are_translated_where_they_are_known() -> None:
    shipped = shipped_catalogue()
    assert shipped.translate(parse_key("cjt214:event:0102"), to=GB_T_47678) == MatterKey(GB_T_47678, EVENT, "06010")
    assert shipped.translate(parse_key("gbt47678:event:09005"), to=GB_T_30428) == MatterKey(GB_T_30428, EVENT, "0405")
    assert shipped.translate(parse_key("gbt30428:event:0401"), to=GB_T_47678) is None


def test_what_is_translated_has_the_same_name_in_each_standard() -> None:
    shipped = shipped_catalogue()
    for key, others in shipped.same.items():
        rows = [shipped.row(other) for other in others.values()]
        assert len(rows) > 1
        assert len({row.name_zh if row else None for row in rows}) == 1, key


def test_components_and_events_share_codes() -> None:
    shipped = shipped_catalogue()
    names = {kind: shipped.by_key[MatterKey(CJ_T_214, kind, "0102")].name_zh for kind in (EVENT, COMPONENT)}
    assert names == {EVENT: "暴露垃圾", COMPONENT: "污水井盖"}


def test_the_files_are_shipped_and_say_where_they_come_from() -> None:
    packages = tomllib.loads((SHIPPED.parents[1] / "pyproject.toml").read_text("utf-8"))
    assert "city_data" in packages["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert [one.source for one in shipped_provenance()] == [*FILES.values(), CONCORDANCE]
    assert all(one.licence and len(one.sha256) == 64 for one in shipped_provenance())
    assert {path.name for path in SHIPPED.glob("*.csv")} == {*FILES.values(), CONCORDANCE}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_read_in_the_encodings_of_offices(encoding: str, tmp_path: Path) -> None:
    path = written(tmp_path, "某区事项清单,,,,,,,\n" + as_text(GOOD), encoding=encoding)
    assert_good(check_catalogue(path).rows)


def test_a_list_is_read_from_a_workbook_of_several_sheets_with_full_width_signs(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["某区事项清单"], list(HEADER), ["ＣＪ／Ｔ　２１４", "事件", "０１０２", *GOOD[3:]], []]
    path = tmp_path / "list.xlsx"
    path.write_bytes(as_workbook({"说明": [["见下页"]], "清单": rows}))
    assert_good(check_catalogue(path).rows)


def test_english_heads_do_as_well_and_a_file_may_leave_out_standard_and_kind(tmp_path: Path) -> None:
    path = written(tmp_path, "code,name,limit,remarks\n0102,暴露垃圾,4wh,\n")
    (row,) = check_catalogue(path, standard="cjt214", kind=EVENT).rows
    assert (str(row.key), row.limit) == ("CJ/T 214:event:0102", parse_limit("4wh"))
    with pytest.raises(FeedError, match="there is no column called standard"):
        check_catalogue(path)


def test_class_and_sub_class_may_stand_in_two_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "大类代码;小类代码;小类名称\n05;01;无照经营游商\n")
    (row,) = check_catalogue(path, standard=CJ_T_214, kind=EVENT).rows
    assert (row.key.code, row.class_code) == ("0501", "05")


def assert_good(rows: tuple[CatalogueRow, ...]) -> None:
    (row,) = rows
    assert row.key == MatterKey(CJ_T_214, EVENT, "0102")
    assert (row.class_code, row.class_zh, row.name_zh) == ("01", "市容环境", "暴露垃圾")
    assert row.limit is not None
    assert (row.limit.span_us, row.limit.calendar) == (4 * HOUR, LimitCalendar.WORKING)
    assert (row.department, row.on_the_spot_share, row.assumed) == ("环卫站", 0.6, False)
    assert row.source.startswith("list.")


def test_own_rows_stand_beside_the_shipped_ones_and_in_place_of_those_with_their_key(tmp_path: Path) -> None:
    own = ["本市", "事项", "A1", "其他", "违规投喂", "", "", ""]
    found = read_catalogue(written(tmp_path, as_text(GOOD, own)))
    assert len(found.rows) == len(shipped_catalogue().rows) + 1
    assert found.by_key[MatterKey(CJ_T_214, EVENT, "0102")].department == "环卫站"
    assert found.by_key[MatterKey("本市", EVENT, "A1")].name_zh == "违规投喂"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("标准", "", "'' is not the name of a standard"),
        ("类型", "投诉", "'投诉' is neither event (事件, 事项) nor component (部件)"),
        ("代码", "01021", "a code of CJ/T 214 has 4 digits, not '01021'"),
        ("代码", "102", "spreadsheets drop the leading zero of a number: store codes as text"),
        ("小类名称", "", "a matter needs a name"),
        ("小类名称", "长" * 201, "has 201 signs; 200 are allowed"),
        ("处置时限", "尽快", "'尽快' is not a limit"),
        ("处置时限", "0h", "'0h' is not a limit"),
        ("自行处置率", "60", "'60' is more than the whole"),
        ("自行处置率", "-0.1", "'-0.1' is not a share"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(column: str, value: str, message: str, tmp_path: Path) -> None:
    ((line, key, said),) = wrong(tmp_path, [*GOOD[:2], "0103", *GOOD[3:]], with_cell(column, value))
    assert (line, key) == (3, column)
    assert message in said


def test_a_list_in_another_edition_than_it_says_is_refused(tmp_path: Path) -> None:
    row = ["GB/T 30428.2-2013", "事件", "0505", "街面秩序", "机动车乱停放", "", "", ""]
    ((line, column, message),) = wrong(tmp_path, row)
    assert (line, column) == (2, "大类名称")
    assert message == "街面秩序 is class 04 in GB/T 30428.2-2013, not 05: is this list in another standard?"


def test_a_key_that_stands_there_twice_is_an_error_that_names_both_lines(tmp_path: Path) -> None:
    ((line, column, message),) = wrong(tmp_path, GOOD, [""] * 8, GOOD)
    assert (line, column, message) == (4, "代码", "CJ/T 214:event:0102 stands there twice, first on line 2")


def test_all_bad_rows_are_told_and_the_reader_counts_them(tmp_path: Path) -> None:
    rows = [with_cell("类型", "?"), GOOD, [*GOOD, "more"], with_cell("代码", "x")]
    assert [line for line, _, _ in wrong(tmp_path, *rows)] == [2, 4, 5]
    with pytest.raises(CityError, match=r"line 2, key '类型': .* \(and 2 more rows\)"):
        read_catalogue(tmp_path / "list.csv")


def test_a_number_in_a_workbook_that_lost_its_zero_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(as_workbook({"清单": [list(HEADER), [*GOOD[:2], 102, *GOOD[3:]]]}))
    (error,) = check_catalogue(path).errors
    assert (error.line, error.key) == (2, "代码")
    assert "leading zero" in error.message


def test_an_empty_list_is_an_error(tmp_path: Path) -> None:
    assert wrong(tmp_path) == [(1, None, "the list has no row")]


@pytest.mark.parametrize("text", ["CJ/T 214", "event:0102", "CJ/T 214:event:102", "CJ/T 214:thing:0102", ":event:0102"])
def test_a_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CityError):
        parse_key(text)


@pytest.mark.parametrize(
    ("text", "standard"),
    [("CJT214", CJ_T_214), ("GB/T30428.2", GB_T_30428), ("ＧＢ／Ｔ 47678.5—2026", GB_T_47678), ("本市", "本市")],
)
def test_a_standard_is_known_by_the_ways_people_write_it(text: str, standard: str) -> None:
    assert standard_named(text) == standard


@pytest.mark.parametrize(
    ("text", "hours", "calendar"),
    [
        ("30min", 0.5, "clock"),
        ("2小时", 2, "clock"),
        ("2 紧急工作时", 2, "clock"),
        ("1天", 24, "clock"),
        ("4工作时", 4, "working"),
        ("1.5 working hours", 1.5, "working"),
        ("20个工作日", 160, "working"),
    ],
)
def test_a_limit_is_read_in_the_units_of_the_trade(text: str, hours: float, calendar: str) -> None:
    limit = parse_limit(text)
    assert (limit.span_us, str(limit.calendar)) == (round(hours * HOUR), calendar)


def test_shipped_files_hold_nothing_twice_and_nothing_empty() -> None:
    for name in FILES.values():
        with (SHIPPED / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len({(row["kind"], row["code"]) for row in rows}) == len(rows)
        assert all(row["source"] for row in rows)

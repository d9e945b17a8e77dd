"""Every format gives the same rows, with their lines, and in flat memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_data.feeds import blocks, json_array
from city_data.feeds.files import BAD_QUOTE, NOT_AN_OBJECT, NOT_JSON, WRONG_WIDTH, read_rows
from city_data.feeds.history import load_history
from city_data.feeds.quality import check_feed
from city_data.feeds.rows import Rejected, Row
from tests.feeds.samples import WRITERS, mapping, record, written
from twin.errors import FeedError

RECORDS = [record(call=f"c{number}", type='Fire, "big"\nor not' if number == 3 else "Fire") for number in range(6)]


def outcomes(path: Path) -> list[int | str]:
    """The line of each row that was read, and the reason of each that was not."""
    return [item.line if isinstance(item, Row) else item.reason for item in read_rows(path, mapping())]


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_says_the_same(kind: str, tmp_path: Path) -> None:
    rows = list(read_rows(written(tmp_path, RECORDS, kind), mapping()))
    wanted = [tuple(one[column] for column in mapping().columns) for one in RECORDS]
    if "line ends" in kind:  # the line end inside the quoted field is changed with the others
        wanted[3] = (*wanted[3][:6], rows[3].values[6], *wanted[3][7:]) if isinstance(rows[3], Row) else ()
    assert [row.values for row in rows if isinstance(row, Row)] == wanted


def test_rows_after_one_of_two_lines_keep_their_numbers(tmp_path: Path) -> None:
    assert outcomes(written(tmp_path, RECORDS)) == [2, 3, 4, 5, 7, 8]


def test_elements_of_an_array_carry_the_line_they_begin_on(tmp_path: Path) -> None:
    path = tmp_path / "feed"
    path.write_text('[{"call": 1},\n\n {"call":\n 2}, {"call": "a}]\\""}\n]\n', encoding="utf-8")
    assert list(json_array.array_elements(path)) == [
        (1, b'{"call": 1}'),
        (3, b'{"call":\n 2}'),
        (4, b'{"call": "a}]\\""}'),
    ]


@given(
    texts=st.lists(st.text(st.sampled_from('ab"\\[]{},:\n é'), max_size=30), max_size=6),
    block=st.integers(1, 9),
    indent=st.sampled_from([None, 1]),
)
def test_an_array_comes_apart_the_same_however_it_is_cut(
    texts: list[str], block: int, indent: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    records = [{"text": text, "in": [{"deeper": [text]}]} for text in texts]
    path = tmp_path_factory.mktemp("array") / "feed.json"
    path.write_bytes(json.dumps(records, indent=indent, ensure_ascii=False).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", block)
        elements = [element for _, element in json_array.array_elements(path)]
    assert [json.loads(element) for element in elements] == records


@pytest.mark.parametrize(
    "text", ["", "[", "[]]", "[{}{}]", "[{},]", "[1]", '["a"]', "[{}] {}", "[{} x]", "[,{}]", "[}"]
)
def test_what_is_not_an_array_of_objects_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FeedError):
        list(json_array.array_elements(path))


@pytest.mark.parametrize("block", [1, 2, 7, 64])
@pytest.mark.parametrize("kind", ["csv", "csv with line ends of DOS", "jsonl"])
def test_lines_are_whole_however_the_file_is_cut(
    kind: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, RECORDS, kind)
    whole = list(read_rows(path, mapping()))
    monkeypatch.setattr(blocks, "BLOCK_BYTES", block)
    assert list(read_rows(path, mapping())) == whole


def test_bad_rows_are_named_and_the_others_read(tmp_path: Path) -> None:
    path = written(tmp_path, RECORDS[:2])
    good = path.read_text(encoding="utf-8").splitlines()[1]
    path.write_text(f'{path.read_text(encoding="utf-8")}too,short\n{good}\n\n"a"b{good}\n{good}\n', encoding="utf-8")
    assert outcomes(path) == [2, 3, WRONG_WIDTH, 5, BAD_QUOTE, 8]


def test_bad_json_lines_are_named_and_the_others_read(tmp_path: Path) -> None:
    path = written(tmp_path, RECORDS[:1], "jsonl")
    good = path.read_text(encoding="utf-8")
    path.write_text(f"{good}{{broken\n[1]\n\n{good}", encoding="utf-8")
    assert outcomes(path) == [1, NOT_JSON, NOT_AN_OBJECT, 5]


def test_a_long_line_at_the_end_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, RECORDS[:1])
    path.write_bytes(path.read_bytes() + b"x" * (3 << 20))
    assert outcomes(path) == [2, blocks.TOO_LONG]


def test_a_long_element_of_an_array_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, [RECORDS[0], record(call="x" * (3 << 20)), RECORDS[1]], "json")
    assert outcomes(path) == [2, blocks.TOO_LONG, 28]


def test_a_key_that_no_json_row_has_is_missed(tmp_path: Path) -> None:
    path = written(tmp_path, [{"call": "1", "received": "2018-01-14 10:00:00"}], "jsonl")
    with pytest.raises(FeedError, match="key 'lon'"):
        list(read_rows(path, mapping()))


def test_optional_keys_may_be_left_out_of_json(tmp_path: Path) -> None:
    one = {key: value for key, value in record().items() if key not in ("there", "kind", "level")}
    (row,) = read_rows(written(tmp_path, [one], "json"), mapping())
    assert not isinstance(row, Rejected)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(n_rows: int) -> int:
        path = written(tmp_path, [record(call=f"c{number}") for number in range(n_rows)])
        tracemalloc.start()
        for _ in read_rows(path, mapping()):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small = peak(10_000)
    assert peak(40_000) < 1.5 * small


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "parquet", "xlsx"])
def test_every_format_leads_to_the_same_history(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, RECORDS, kind)
    history = load_history(path, mapping())
    assert [response.case_ref for response in history.responses] == ["c0", "c1", "c2", "c3", "c4", "c5"]
    assert check_feed(path, mapping()).n_cases == 6

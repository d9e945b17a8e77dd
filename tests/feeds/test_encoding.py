"""The encoding is told by the whole file, stated, and may be overridden; lines in another one are set aside."""

from __future__ import annotations

import gzip
from collections import deque
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_data.feeds import blocks
from city_data.feeds.encoding import TextEncoding, ToldBy, detect_encoding
from city_data.feeds.files import read_rows
from city_data.feeds.history import load_history
from city_data.feeds.quality import check_feed
from city_data.feeds.rows import Row
from tests.feeds.samples import as_csv, mapping, record
from twin.errors import FeedError

WORDS = ("占道经营", "井盖破损", "暴露垃圾", "店外经营", "无照游商")
HANZI = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


def lines_of(n_rows: int) -> list[str]:
    records = [record(call=f"c{number}", type=WORDS[number % 5]) for number in range(n_rows)]
    return as_csv(records).decode().splitlines(keepends=True)


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / "feed.csv"
    path.write_bytes(content)
    return path


def words(path: Path, **changes: object) -> list[object]:
    told = mapping(**changes)
    position = told.columns.index("type")
    return [row.values[position] for row in read_rows(path, told) if isinstance(row, Row)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_chinese_words_are_read_in_either_encoding(encoding: str, pack, tmp_path: Path) -> None:
    path = file_of(tmp_path, pack("".join(lines_of(5)).encode(encoding)))
    assert words(path) == list(WORDS)


def test_the_first_foreign_sign_may_stand_anywhere(tmp_path: Path) -> None:
    plain = as_csv([record(call=f"c{number}") for number in range(20_000)]).decode()
    path = file_of(tmp_path, (plain + lines_of(2)[1]).encode("gb18030"))
    assert detect_encoding(path) == TextEncoding("gb18030", ToldBy.CONTENT, 1, 0)
    assert words(path)[-1] == WORDS[0]


def test_ascii_counts_as_utf8(tmp_path: Path) -> None:
    assert detect_encoding(file_of(tmp_path, as_csv([record()]))) == TextEncoding("utf-8", ToldBy.CONTENT, 0, 0)


def test_a_mark_is_believed(tmp_path: Path) -> None:
    assert detect_encoding(file_of(tmp_path, b"\xef\xbb\xbfa")) == TextEncoding("utf-8", ToldBy.MARK)
    assert detect_encoding(file_of(tmp_path, "\ufeffa".encode("gb18030"))) == TextEncoding("gb18030", ToldBy.MARK)


@pytest.mark.parametrize(("most", "few"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_lines_in_the_other_encoding_are_set_aside_with_their_numbers(most: str, few: str, tmp_path: Path) -> None:
    lines = lines_of(40)
    mixed = b"".join(line.encode(few if number in (7, 23) else most) for number, line in enumerate(lines))
    report = check_feed(file_of(tmp_path, mixed), mapping())
    (rejections,) = report.rejected
    assert (rejections.reason, rejections.n, rejections.first_line) == (f"is not {most} text", 2, 8)
    assert report.n_used == 38
    assert "2 of them in another encoding" in report.to_text()


def test_the_mapping_may_say_the_encoding(tmp_path: Path) -> None:
    path = file_of(tmp_path, "".join(lines_of(5)).encode("gb18030"))
    assert words(path, encoding="gb2312") == list(WORDS)
    assert words(path, encoding="utf-8") == []
    assert "told by the mapping" in check_feed(path, mapping(encoding="gb18030")).to_text()


def test_western_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    lines = [line.replace("占道经营", "Café réparé à l'été") for line in lines_of(1) * 3]
    assert detect_encoding(file_of(tmp_path, "".join(lines).encode("latin-1"))).name == "utf-8"


def test_the_encoding_goes_into_the_history(tmp_path: Path) -> None:
    history = load_history(file_of(tmp_path, "".join(lines_of(3)).encode("gb18030")), mapping())
    assert history.layout.as_dict() == {
        "format": "csv",
        "encoding": "gb18030",
        "encoding_told_by": "the whole file",
        "n_lines_misfit": 0,
        "header_row": 1,
    }


def test_rows_before_damage_are_still_given_out(tmp_path: Path) -> None:
    notes = "".join(
        f"{line[:-1]}{pow(3, number + 40, 10**40 + 7) if number else ''}\n"
        for number, line in enumerate(lines_of(20_000))
    )
    packed = gzip.compress(notes.encode("gb18030"))
    path = file_of(tmp_path, packed[: len(packed) // 2])
    assert detect_encoding(path).name == "gb18030"
    rows = read_rows(path, mapping())
    assert sum(1 for _ in islice(rows, 1_000)) == 1_000
    with pytest.raises(FeedError, match="cut short"):
        deque(rows, maxlen=0)


@given(texts=st.lists(HANZI, min_size=4, max_size=20), block=st.integers(1, 40))
def test_chinese_text_is_told_however_the_file_is_cut(
    texts: list[str], block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("encoding")
    text = "header\n" + "".join(f"{one},占道经营\n" for one in texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", block)
        for encoding in ("utf-8", "gb18030"):
            assert detect_encoding(file_of(folder, text.encode(encoding))).name == encoding

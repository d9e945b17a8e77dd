"""No bad file gets further than a sentence with its name, and no good row is lost to a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city_data.feeds.mapping import load_mapping
from city_data.feeds.quality import check_feed
from tests.bad_input.feeds import FEED_FIXTURES, HEADER, MAPPING_FIXTURES, feed, row, truncated_gzip
from tests.bad_input.table import BadInput
from tests.feeds.samples import mapping, record, written
from twin.errors import FeedError, GridtwinError, ScenarioError


def said_about(path: Path) -> str:
    try:
        return check_feed(path, load_mapping(path.with_name("mapping.yaml"))).to_text()
    except GridtwinError as error:
        return str(error)


@pytest.mark.parametrize("bad", FEED_FIXTURES, ids=lambda bad: bad.name)
def test_a_bad_feed_is_named_with_its_place(bad: BadInput, tmp_path: Path) -> None:
    said = said_about(bad.make(tmp_path))
    assert [fragment for fragment in bad.says if fragment not in said] == []


@pytest.mark.parametrize("bad", MAPPING_FIXTURES, ids=lambda bad: bad.name)
def test_a_bad_mapping_is_named_with_its_place(bad: BadInput, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as refusal:
        load_mapping(bad.make(tmp_path))
    assert [fragment for fragment in bad.says if fragment not in str(refusal.value)] == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    feed(tmp_path, [])
    with pytest.raises(FeedError, match=r"nowhere\.csv: cannot be read: No such file"):
        check_feed(tmp_path / "nowhere.csv", load_mapping(tmp_path / "mapping.yaml"))


def test_an_unknown_mapping_name_lists_those_that_exist() -> None:
    with pytest.raises(ScenarioError, match="datasf_fire, datasf_police_cad"):
        load_mapping("datasf_fires")


def test_the_line_of_a_truncated_file_is_the_last_good_one(tmp_path: Path) -> None:
    path = truncated_gzip(tmp_path)
    with pytest.raises(FeedError) as refusal:
        check_feed(path, load_mapping(tmp_path / "mapping.yaml"))
    assert refusal.value.line is not None
    assert 1_000 < refusal.value.line < 20_000


def test_a_file_with_only_a_header_is_an_empty_history(tmp_path: Path) -> None:
    path = feed(tmp_path, [HEADER])
    report = check_feed(path, load_mapping(tmp_path / "mapping.yaml"))
    assert (report.n_rows, report.n_cases, report.first_reported) == (0, 0, None)
    assert "0 rows" in report.to_text()


def test_an_open_quote_is_reported_with_its_first_line(tmp_path: Path) -> None:
    path = feed(tmp_path, [HEADER, row(1), row(2, note='"open'), row(3), row(4)])
    (entry,) = check_feed(path, load_mapping(tmp_path / "mapping.yaml")).rejected
    assert (entry.first_line, "a quote is not closed" in entry.reason) == (3, True)


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "csv.bz2", "jsonl", "json", "parquet", "xlsx"])
@settings(max_examples=60)
@given(cut=st.floats(0, 1), put=st.binary(max_size=12), drop=st.integers(0, 12))
def test_a_file_with_a_few_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: str, cut: float, put: bytes, drop: int
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = written(folder, [record(call=f"c{number}") for number in range(8)], kind)
    good = path.read_bytes()
    at = round(cut * len(good))
    path.write_bytes(good[:at] + put + good[at + drop :])
    try:
        said = check_feed(path, mapping()).to_text()
    except FeedError as error:
        said = str(error)
    assert "feed.data" in said

"""The columnar journal gives back what was put in, and says so when it cannot."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.journal.made_up_facts import ANY_FACT, EVERY_KIND
from twin.domain import facts as f
from twin.domain.unit import Freed
from twin.errors import JournalError
from twin.journal.columns import COLUMNS, FIELDS, SCHEMA, kept
from twin.journal.digest import Digest
from twin.journal.journal import Journal, Nowhere
from twin.journal.parquet import ParquetStore, read_journal, read_remarks


def written(facts: list[f.Fact], file: Path, *, chunk: int = 100) -> str:
    """Record facts into a file; returns the digest of what was recorded."""
    with ParquetStore(file) as store:
        journal = Journal(store, chunk=chunk)
        for fact in facts:
            journal.append(fact)
        journal.flush()
    return journal.digest.hexdigest()


def read(file: Path) -> list[f.Fact]:
    return [fact for chunk in read_journal(file) for fact in chunk]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A journal of 30 facts in three chunks."""
    written([f.CaseRegistered(at, at, None) for at in range(30)], tmp_path / "journal.parquet", chunk=10)
    return tmp_path / "journal.parquet"


@settings(max_examples=40)
@given(facts=st.one_of(st.lists(ANY_FACT, max_size=30), EVERY_KIND), chunk=st.integers(1, 40))
def test_what_is_read_is_what_was_recorded_to_the_very_types_of_values(facts: list[f.Fact], chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "journal.parquet"
        digest = written(facts, file, chunk=chunk)
        found = read(file)
    assert found == facts
    assert [_types(fact) for fact in found] == [_types(fact) for fact in facts]
    again = Digest()
    again.update(found)
    assert again.hexdigest() == digest


def _types(fact: f.Fact) -> list[type]:
    """Its own, and those of its values: 1 is equal to True and to 1.0."""
    return [type(fact), *(type(getattr(fact, name)) for name in fact.__struct_fields__)]


def test_the_digest_is_that_of_a_journal_kept_nowhere(tmp_path: Path) -> None:
    facts: list[f.Fact] = [f.CaseClosed(at, at) for at in range(2_500)]
    nowhere = Journal(Nowhere(), chunk=7)
    for fact in facts:
        nowhere.append(fact)
    nowhere.flush()
    assert written(facts, tmp_path / "journal.parquet", chunk=1_000) == nowhere.digest.hexdigest()


def test_the_same_field_name_means_the_same_column_for_every_kind_of_fact() -> None:
    for kind in f.FACTS:
        for name, hint in get_type_hints(kind).items():
            if name not in ("at", "origin"):
                assert kept(hint).type == SCHEMA.field(name).type == COLUMNS[name].type


def test_every_field_of_every_kind_of_fact_has_a_column() -> None:
    named = {name for kind in f.FACTS for name in kind.__struct_fields__}
    assert named | {"seq", "fact", "remark"} == set(SCHEMA.names)
    assert {name for _, name in FIELDS} == named - {"at", "origin"}


def test_a_field_of_an_unknown_type_is_refused_when_the_columns_are_made() -> None:
    with pytest.raises(TypeError, match="no column"):
        kept(dict[str, int])


def test_a_fact_without_a_field_has_null_there(file: Path) -> None:
    table = pq.read_table(file)
    assert table["unit"].null_count == 30
    assert table["case"].null_count == 0
    assert table["seq"].to_pylist() == list(range(30))


def test_every_flush_becomes_one_row_group(file: Path) -> None:
    assert [len(chunk) for chunk in read_journal(file)] == [10, 10, 10]


def test_remarks_stand_beside_the_facts_they_were_made_about(tmp_path: Path) -> None:
    with ParquetStore(tmp_path / "journal.parquet") as store:
        journal = Journal(store, chunk=4)
        for at in range(10):
            journal.append(f.CaseClosed(at, at))
            if at in (3, 9):
                journal.remark(f"odd {at}")
        journal.flush()
    assert read_remarks(tmp_path / "journal.parquet") == {3: "odd 3", 9: "odd 9"}


def test_a_journal_may_go_on_from_a_fork(tmp_path: Path) -> None:
    store = ParquetStore(tmp_path / "journal.parquet")
    store.write([f.CaseClosed(1, 1)], first=500, remarks={})
    store.write([f.CaseClosed(2, 2)], first=501, remarks={})
    store.close()
    assert read(tmp_path / "journal.parquet") == [f.CaseClosed(1, 1), f.CaseClosed(2, 2)]


def test_an_empty_journal_is_a_journal(tmp_path: Path) -> None:
    ParquetStore(tmp_path / "journal.parquet").close()
    assert read(tmp_path / "journal.parquet") == []


# ---------------------------------------------------------------------------------------------- whole or not at all


def test_the_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    store = ParquetStore(tmp_path / "journal.parquet")
    store.write([f.CaseClosed(1, 1)], first=0, remarks={})
    assert not (tmp_path / "journal.parquet").exists()
    store.close()
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["journal.parquet"]


def test_a_run_that_fails_leaves_the_older_journal_as_it_was(file: Path) -> None:
    def fail_half_way() -> None:
        with ParquetStore(file) as store:
            store.write([f.CaseClosed(1, 1)], first=0, remarks={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert len(read(file)) == 30
    assert [path.name for path in file.parent.iterdir()] == ["journal.parquet"]


def test_nothing_can_be_written_once_it_is_closed(file: Path) -> None:
    store = ParquetStore(file)
    store.close()
    with pytest.raises(JournalError, match="closed"):
        store.write([f.CaseClosed(1, 1)], first=0, remarks={})


# ---------------------------------------------------------------------------------------------- damage


def test_a_journal_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"nothing\.parquet: there is no such journal"):
        read(tmp_path / "nothing.parquet")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_journal_cut_short_is_refused(file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    with pytest.raises(JournalError, match=r"journal\.parquet: the journal is damaged or cut short"):
        read(file)


def test_a_flipped_bit_in_the_data_is_noticed(file: Path) -> None:
    place = pq.ParquetFile(file).metadata.row_group(1).column(SCHEMA.get_field_index("case"))
    content = bytearray(file.read_bytes())
    content[place.data_page_offset + place.total_compressed_size - 3] ^= 1
    file.write_bytes(content)
    with pytest.raises(JournalError, match="damaged"):
        read(file)


def rewritten(file: Path, change: Any) -> None:
    """Write the table again after `change`, with the metadata of a journal unless `change` has its own."""
    pq.write_table(change(pq.read_table(file)), file)


def test_another_parquet_file_is_no_journal(file: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), file)
    with pytest.raises(JournalError, match="not a journal"):
        read(file)


def test_a_later_schema_is_refused_with_both_versions(file: Path) -> None:
    about = {b"gridtwin": json.dumps({"schema": 2}).encode()}
    rewritten(file, lambda table: table.replace_schema_metadata(about))
    with pytest.raises(JournalError, match="its schema is 2; this version of gridtwin reads 1"):
        read(file)


def test_a_missing_column_is_named(file: Path) -> None:
    rewritten(file, lambda table: table.drop_columns("ends_at"))
    with pytest.raises(JournalError, match="ends_at"):
        read(file)


def test_missing_facts_are_noticed(file: Path) -> None:
    rewritten(file, lambda table: pa.concat_tables([table.slice(0, 12), table.slice(13)]))
    with pytest.raises(JournalError, match="missing or out of order"):
        read(file)


def test_a_kind_of_fact_nobody_knows_is_named(file: Path) -> None:
    odd = pa.array(["CaseForgotten"] * 30).dictionary_encode()
    rewritten(file, lambda table: table.set_column(2, SCHEMA.field("fact"), odd))
    with pytest.raises(JournalError, match="'CaseForgotten' is no kind of fact"):
        read(file)


def test_a_fact_without_a_value_it_must_have_is_refused(file: Path) -> None:
    case = SCHEMA.get_field_index("case")
    rewritten(file, lambda table: table.set_column(case, SCHEMA.field("case"), pa.nulls(30, pa.int64())))
    with pytest.raises(JournalError, match="key 'case': CaseRegistered without a value"):
        read(file)


def test_a_word_that_is_none_of_an_enum_is_refused(tmp_path: Path) -> None:
    file, cause = tmp_path / "journal.parquet", SCHEMA.get_field_index("cause")
    written([f.UnitFreed(1, 2, 3, 0, Freed.DONE, 4, 5)], file)
    odd = pa.array(["vanished"]).dictionary_encode()
    rewritten(file, lambda table: table.set_column(cause, SCHEMA.field("cause"), odd))
    with pytest.raises(JournalError, match="key 'cause': UnitFreed with a value that it cannot have: 'vanished'"):
        read(file)

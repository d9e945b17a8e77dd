"""`gridtwin catalogue` lists, checks and translates, and says plainly what is not known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.commands import Gridtwin

LIST = "标准,类型,代码,小类名称\nCJ/T 214,事件,0102,暴露垃圾\nCJ/T 214,事件,01,道路不洁\n"


def test_without_a_wish_it_counts_what_is_shipped(gridtwin: Gridtwin) -> None:
    said = json.loads(gridtwin("catalogue", "--json").out)
    counts = {(one["standard"], one["kind"]): one["n_rows"] for one in said["standards"]}
    assert counts["CJ/T 214", "component"] == 70
    assert "standards" in said["licence"]
    assert "cjt_214.csv" in gridtwin("catalogue").out


def test_a_standard_is_listed(gridtwin: Gridtwin) -> None:
    said = gridtwin("catalogue", "--standard", "gbt30428", "--kind", "event")
    assert (said.status, said.err) == (0, "")
    assert "无照经营游商" in said.out
    (first, *_) = json.loads(gridtwin("catalogue", "--standard", "gbt47678", "--json").out)["matters"]
    assert (first["key"], first["name_zh"]) == (["GB/T 47678.5-2026", "event", "06010"], "暴露垃圾")


def test_chebei_s_lists_come_to_275(gridtwin: Gridtwin) -> None:
    assert json.loads(gridtwin("catalogue", "--place", "chebei", "--json").out)["n_rows"] == 275


def test_a_code_is_translated_or_plainly_not_known(gridtwin: Gridtwin) -> None:
    said = json.loads(gridtwin("catalogue", "--translate", "cjt214:event:0501", "--to", "gbt30428", "--json").out)
    assert (said["translation"], said["class"]) == ("GB/T 30428.2-2013:event:0401", "04 街面秩序 street order")
    said = json.loads(gridtwin("catalogue", "--translate", "cjt214:event:0401", "--to", "gbt30428", "--json").out)
    assert (said["name"], said["is_known"], said["translation"]) == ("路面塌陷 road collapse", False, None)
    assert "not known" in gridtwin("catalogue", "--translate", "cjt214:event:0401", "--to", "gbt30428").out


def test_a_list_is_checked_row_by_row(gridtwin: Gridtwin, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "gb18030")
    said = gridtwin("catalogue", "--file", path)
    assert said.status == 2
    assert said.err.strip() == f"error: {path}, line 3, key '代码': a code of CJ/T 214 has 4 digits, not '01'"
    report = json.loads(gridtwin("catalogue", "--file", path, "--json").out)
    assert (report["n_rows"], report["n_errors"], report["errors"][0]["line"]) == (1, 1, 3)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--standard", "nope"), "there is no such standard; there are CJ/T 214"),
        (("--place", "atlantis"), "no lists of this place are known"),
        (("--translate", "0501", "--to", "cjt214"), "a key is a standard, a kind and a code"),
        (("--translate", "cjt214:event:0501"), "--translate and --to go together"),
        (("--translate", "cjt214:event:0501", "--to", "nope"), "there is no such standard"),
        (("--translate", "a", "--to", "b", "--place", "chebei"), "takes neither"),
        (("--file", "missing.csv"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(words: tuple[str, ...], message: str, gridtwin: Gridtwin) -> None:
    said = gridtwin("catalogue", *words)
    assert (said.status, said.out, said.err.count("\n")) == (2, "", 1)
    assert message in said.err

"""Journals of yesterday and today are the same to the byte, unless somebody has said why not."""

from __future__ import annotations

import pytest

from tests.golden.journals import JOURNALS, blessed


@pytest.mark.parametrize("name", JOURNALS)
def test_journal_is_as_blessed_or_run_tests_golden_journals_with_a_reason(name: str) -> None:
    expected = blessed()[name]
    assert JOURNALS[name]() == expected["digest"], (
        f"last blessed because: {expected['reason']}. If meant: python -m tests.golden.journals 'why it moved', "
        "and a line in CHANGELOG.md"
    )


def test_every_blessed_journal_has_a_reason_and_is_still_known() -> None:
    known = blessed()
    assert set(known) == set(JOURNALS)
    assert all(entry["reason"].strip() for entry in known.values())
    assert len({entry["digest"] for entry in known.values()}) == len(known)

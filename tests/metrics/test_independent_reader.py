"""kpi.json against a second count of the same journal file by other means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.metrics.independent_reader import assert_same, recompute
from tests.metrics.made_up_journal import UNTIL, made_up_journal
from tests.metrics.patrol_town import UNTIL as TOWN_UNTIL
from tests.metrics.patrol_town import ground, made_up_town, plain
from twin.domain.facts import Fact
from twin.journal.journal import Journal
from twin.journal.parquet import ParquetStore, read_journal, read_remarks
from twin.metrics.summary import summarise
from twin.world.state import State
from twin.world.world import World

LIMITS_S = (240.0, 480.0)


def recorded(facts: list[Fact], *, file: Path) -> Path:
    """A journal file as a run would write it, remarks included."""
    with ParquetStore(file) as store:
        world = World(State(), Journal(store, chunk=100))
        for fact in facts:
            world.record(fact)
        world.journal.flush()
    return file


@pytest.mark.parametrize(
    ("seed", "n_cases", "n_units"), [(0, 60, 6), (1, 60, 6), (2, 200, 3), (3, 10, 12), (4, 1, 1), (5, 0, 2), (6, 0, 0)]
)
def test_every_figure_is_counted_the_same_by_an_independent_reader(
    seed: int, n_cases: int, n_units: int, tmp_path: Path
) -> None:
    journal = made_up_journal(seed, n_cases=n_cases, n_units=n_units)
    file = recorded(journal, file=tmp_path / "journal.parquet")
    facts = (fact for chunk in read_journal(file) for fact in chunk)
    kpi = summarise(facts, until=UNTIL, remarks=read_remarks(file).values(), limits_s=LIMITS_S).kpi
    assert_same(kpi, recompute(file, until=UNTIL, limits_s=list(LIMITS_S)))


@pytest.mark.parametrize(("seed", "n_problems"), [(0, 150), (1, 150), (2, 400), (3, 0)])
def test_patrols_problems_and_grids_are_counted_the_same_by_an_independent_reader(
    seed: int, n_problems: int, tmp_path: Path
) -> None:
    journal = made_up_town(seed, n_problems=n_problems)
    with ParquetStore(tmp_path / "journal.parquet") as store:
        store.write(journal, first=0, remarks={})
    found = summarise(iter(journal), until=TOWN_UNTIL, remarks=(), limits_s=LIMITS_S, ground=ground()).kpi
    again = recompute(
        tmp_path / "journal.parquet", until=TOWN_UNTIL, limits_s=list(LIMITS_S), ground=plain(ground(), journal)
    )
    assert_same(found, again)


def test_the_made_up_journals_contain_the_lies_of_recorded_histories() -> None:
    kpi = summarise(made_up_journal(0, n_cases=300), until=UNTIL, remarks=()).kpi
    contradictory = kpi["totals"]["n_contradictory"]  # type: ignore[index]
    assert contradictory["travel_s"] > 0
    assert contradictory["processing_s"] > 0


def test_one_wrong_figure_is_noticed() -> None:
    with pytest.raises(AssertionError, match=r"kpi\.queue\.max"):
        assert_same({"queue": {"max": 3}}, {"queue": {"max": 2}})

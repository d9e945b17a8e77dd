"""Whatever is put in: one sentence that names the place, exit status 2, no traceback, and nothing left half-made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from city_data.built_in import built_in_city
from city_data.folder import save_city
from scenarios.house import House
from tests.bad_input.feeds import FEED_FIXTURES, MAPPING_FIXTURES, feed
from tests.bad_input.folders import CITY_FIXTURES, FOLDER_FIXTURES, OUT_FIXTURES, VERIFY_FIXTURES, good_run, place_of
from tests.bad_input.grids import CASE_FIXTURES, COMMUNITY_FIXTURES, COMPONENT_FIXTURES, FACILITY_FIXTURES
from tests.bad_input.roads import ROAD_FIXTURES
from tests.bad_input.scenarios import AREA_FIXTURES, GOOD, SCENARIO_FIXTURES, holding
from tests.bad_input.table import BadInput
from tests.scenarios.commands import Gridtwin, Said
from twin.console.desk import Wish
from twin.domain.facts import CaseReported, UnitArrived

Words = tuple[object, ...]


def check_feed(path: Path) -> Words:
    return "feed", "check", path, "--mapping", path.with_name("mapping.yaml")


def check_mapping(path: Path) -> Words:
    mapping = path.read_bytes()
    feed_file = feed(path.parent, [])
    path.write_bytes(mapping)
    return "feed", "check", feed_file, "--mapping", path


def town(path: Path) -> Path:
    """A good city beside a bad file."""
    folder = path.parent / "town"
    save_city(built_in_city(), folder)
    return folder


def build_with_areas(path: Path) -> Words:
    roads = path.with_name("square.osm")
    return "city", "build", "--from", roads, "--areas", path, "--out", path.parent / "made"


TABLE: list[tuple[Sequence[BadInput], Callable[[Path], Words]]] = [
    (ROAD_FIXTURES, lambda path: ("city", "build", "--from", path, "--out", path.parent / "made")),
    (AREA_FIXTURES, build_with_areas),
    (CITY_FIXTURES, lambda path: ("city", "check", path)),
    (COMPONENT_FIXTURES, lambda path: ("city", "components", town(path), "--from", path)),
    (FACILITY_FIXTURES, lambda path: ("city", "facilities", town(path), "--from", path)),
    (CASE_FIXTURES, lambda path: ("city", "grid", town(path), "--grids", "5", "--balance", "cases", "--data", path)),
    (COMMUNITY_FIXTURES, lambda path: ("city", "grid", town(path), "--grids", "5", "--anew", "--communities", path)),
    (FEED_FIXTURES, check_feed),
    (MAPPING_FIXTURES, check_mapping),
    (SCENARIO_FIXTURES, lambda path: ("run", path, "--out", path.parent / "made")),
    (FOLDER_FIXTURES, lambda path: ("verify", path)),
    (VERIFY_FIXTURES, lambda path: ("verify", path)),
    (OUT_FIXTURES, lambda path: ("run", "vehicles", "--until", "1h", "--out", path)),
]
"""Every bad input with the command that meets it."""


@cache
def numbers() -> dict[str, int]:
    """Numbers of the facts that fixtures change."""
    return {kind.__name__: place_of(kind) for kind in (UnitArrived, CaseReported)}


def expected(bad: BadInput) -> list[str]:
    return [fragment.format(**numbers()) if "{U" in fragment or "{C" in fragment else fragment for fragment in bad.says]


def assert_refused(said: Said, bad: BadInput) -> None:
    assert said.status == 2
    assert said.out == ""
    assert "Traceback" not in said.err
    (sentence,) = said.err.splitlines()
    assert sentence.startswith("error: ")
    assert [fragment for fragment in expected(bad) if fragment not in sentence] == []


CASES = [pytest.param(bad, command, id=bad.name) for fixtures, command in TABLE for bad in fixtures]


@pytest.mark.parametrize(("bad", "command"), CASES)
def test_bad_input_is_one_sentence_and_leaves_nothing_half_made(
    bad: BadInput, command: Callable[[Path], Words], tmp_path: Path, gridtwin: Gridtwin
) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    said = gridtwin(*command(bad.make(folder)))
    if bad in FEED_FIXTURES and said.status == 0:  # some rows can be used: the page says what of the others
        assert [fragment for fragment in expected(bad) if fragment not in said.out] == []
    else:
        assert_refused(said, bad)
    assert not (folder / "made").exists()
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("bad", [*FOLDER_FIXTURES, *CITY_FIXTURES[1:]], ids=lambda bad: bad.name)
def test_the_page_refuses_the_same_folders(bad: BadInput, tmp_path: Path) -> None:
    house = House()
    house.open_now(Wish(str(bad.make(tmp_path))))
    assert house.desk is None
    assert house.city is None
    assert str(house.fault).startswith(str(tmp_path))
    assert "\n" not in str(house.fault)


def test_an_older_run_survives_a_bad_scenario(tmp_path: Path, gridtwin: Gridtwin) -> None:
    run = good_run(tmp_path)
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    bad = holding(GOOD.replace("kind: patrol", "kind: patrol, at: Atlantis"))(tmp_path)
    assert gridtwin("run", bad, "--out", run).status == 2
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before


def test_an_older_run_survives_a_simulation_that_is_interrupted(
    tmp_path: Path, gridtwin: Gridtwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    run, scenario = good_run(tmp_path), holding(GOOD)(tmp_path)
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    monkeypatch.setattr("scenarios.record.run", interrupted)
    said = gridtwin("run", scenario, "--out", run)
    assert (said.status, said.out, "Traceback" in said.err) == (130, "", False)
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before
    assert gridtwin("run", scenario, "--out", tmp_path / "new").status == 130
    assert not (tmp_path / "new").exists()


def test_a_bug_is_not_mistaken_for_bad_input(
    tmp_path: Path, gridtwin: Gridtwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("scenarios.record.run", broken)
    with pytest.raises(ZeroDivisionError):
        gridtwin("run", "vehicles", "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, gridtwin: Gridtwin, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "journal.parquet")

    monkeypatch.setattr("scenarios.record.run", full)
    said = gridtwin("run", "vehicles", "--out", tmp_path / "run")
    assert (said.status, said.err) == (2, "error: journal.parquet: No space left on device\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--policy", "neerest"), ("'policy'", "neerest")),
        (("--seed", 2**64), ("'seed'", "less than")),
        (("--until", "-7d"), ("'lasting'", "-7d")),
        (("--until", "soon"), ("'lasting'", "soon")),
        (("--until", "0"), ("'lasting'", "0")),
    ],
)
def test_options_are_checked_like_the_file(
    words: Words, says: tuple[str, ...], tmp_path: Path, gridtwin: Gridtwin
) -> None:
    said = gridtwin("run", "vehicles", "--out", tmp_path / "run", *words)
    assert (said.status, said.out) == (2, "")
    assert [fragment for fragment in ("this command", *says) if fragment not in said.err] == []
    assert not (tmp_path / "run").exists()

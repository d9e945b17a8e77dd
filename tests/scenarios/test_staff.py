"""`gridtwin staff`: the question as it is asked, the answer as it is told, and what cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
import yaml

from scenarios.lab.queue_model import LEAVES_OUT
from scenarios.lab.staff import STAFF, levels_of
from tests.scenarios.commands import Gridtwin, Said
from twin.errors import GridtwinError
from twin.metrics.service_curve import ServiceCurve

QUEUE = Path(__file__).parents[1] / "theory" / "scenarios" / "staffing.yaml"


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("0.6:1:0.1", (0.6, 0.7, 0.8, 0.9, 1.0)),
        ("0.5:1.2:0.5", (0.5, 1.0)),
        ("1.2,0.8,1", (0.8, 1.0, 1.2)),
        ("1", (1.0,)),
    ],
)
def test_levels_are_a_range_or_a_list(text: str, levels: tuple[float, ...]) -> None:
    assert levels_of(text) == levels


@pytest.mark.parametrize(
    "text", ["", "x1.2", "0.6-1.6", "0.6:1.6", "1.6:0.6:0.1", "0.6:1.6:0", "0:1:0.5", "1,,2", "1..2", "0.001:100:0.001"]
)
def test_levels_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(GridtwinError) as caught:
        levels_of(text)
    assert caught.value.key == "levels"


def ask(gridtwin: Gridtwin, scenario: object, *words: object) -> Said:
    return gridtwin("staff", scenario, "--runs", "2", "--until", "6h", "--processes", "1", *words)


def with_costs(folder: Path, **said: object) -> Path:
    file = folder / "costs.yaml"
    file.write_text(yaml.safe_dump({"extends": str(QUEUE), "costs": {"per_hour": {"server": 50}}, **said}))
    return file


def test_the_answer_says_which_level_what_it_costs_and_what_theory_expects(tmp_path: Path, gridtwin: Gridtwin) -> None:
    words = ("--levels", "0.4:1:0.2", "--target", "p90 response_s <= 600", "--out", tmp_path / "out")
    said = ask(gridtwin, with_costs(tmp_path), *words)
    assert said.status == 0, said.err
    out = " ".join(said.out.split())
    assert "x0.8 (8 people, 9,600 CNY a day) is the cheapest level that surely meets all targets" in out
    assert "Queueing theory expects x0.6 to be enough; by the means of the runs x0.6 is too." in out
    assert "needed: p90 response_s" in out
    found = msgspec.json.decode((tmp_path / "out" / STAFF).read_bytes(), type=ServiceCurve)
    assert [each.n_people for each in found.levels] == [4, 6, 8, 10]
    assert [each.cost_per_day and each.cost_per_day.mean for each in found.levels] == [4_800, 7_200, 9_600, 12_000]
    assert found.steps[0].n_people == 2
    assert (tmp_path / "out" / "rows.parquet").exists()


def test_nobody_is_enough_is_said_plainly(gridtwin: Gridtwin) -> None:
    said = ask(gridtwin, QUEUE, "--levels", "0.5,0.6", "--target", "p90 case_s <= 1")
    out = " ".join(said.out.split())
    assert "No level from x0.5 to x0.6 surely meets all targets, nor by its mean. At x0.6 p90 case_s is" in out
    assert "Queueing theory does not speak of all targets." in out


def test_programs_get_the_whole_answer(gridtwin: Gridtwin) -> None:
    said = ask(gridtwin, QUEUE, "--levels", "0.6,0.61,0.8", "--json")
    found = json.loads(said.out)
    assert [each["times"] for each in found["levels"]] == [0.6, 0.8]  # 0.61 of ten are six as well
    assert found["targets"] == []
    assert (found["cheapest"], found["currency"]) == (None, None)


def test_only_those_named_change(gridtwin: Gridtwin, tmp_path: Path) -> None:
    units = [{"name": "Server {n}", "kind": "server", "count": 8}, {"name": "Helper {n}", "kind": "helper", "count": 2}]
    file = tmp_path / "two.yaml"
    file.write_text(yaml.safe_dump({"extends": str(QUEUE), "units": units, "staffing": {"always": {"server": 10}}}))
    found = json.loads(ask(gridtwin, file, "--levels", "1,2", "--only", "helper", "--json").out)
    assert [{crew["name"]: crew["n"] for crew in each["crews"]} for each in found["levels"]] == [
        {"server": 10, "helper": 2},
        {"server": 10, "helper": 4},
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--levels", "0.6..1.6"), "is not a list of levels"),
        (("--target", "waiting <= 3"), "there is no measure 'waiting'"),
        (("--target", "p90 response_s"), "has no limit"),
        (("--target", "on_time_share >= 0.9", "--levels", "1"), "by when? The scenario has no `limits`"),
        (("--target", "cost_per_day <= 900"), "at what rates? The scenario has no `costs`"),
        (("--target", "late_share <= 0.1 priority 7", "--levels", "1"), "no run tells of 'late_share priority 7'"),
        (("--levels", "0.01,1"), "leaves nobody at work"),
        (("--only", "helper", "--levels", "1"), "is no kind of unit, group or desk"),
        (("--until", "soon"), "span"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(gridtwin: Gridtwin, words: tuple[str, ...], says: str) -> None:
    said = gridtwin(
        "staff",
        QUEUE,
        "--runs",
        "2",
        "--processes",
        "1",
        *(("--until", "1h") if "--until" not in words else ()),
        *words,
    )
    assert said.status == 2
    assert said.err.startswith("error:")
    assert says in " ".join(said.err.split())
    assert "Traceback" not in said.err


def test_costs_of_nothing_are_refused_with_file_and_key(gridtwin: Gridtwin, tmp_path: Path) -> None:
    said = ask(gridtwin, with_costs(tmp_path, costs={"per_hour": {"server": 0}}))
    assert said.status == 2
    assert "costs.per_hour" in said.err


def test_a_city_without_anybody_cannot_be_scaled(gridtwin: Gridtwin, tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text(yaml.safe_dump({"extends": str(QUEUE), "units": []}))
    assert "nobody works in this scenario" in ask(gridtwin, file).err


def test_whatever_theory_leaves_out_has_words() -> None:
    assert all(words and not words.endswith(".") for words in LEAVES_OUT.values())

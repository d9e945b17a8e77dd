"""What the page says of a finished run, a city and what cannot be shown: the script is run as Streamlit runs it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import app
from city_data.built_in import built_in_city
from tests.console.run_folders import HOSTILE, began, small_facts, write_run
from twin.console.desk import Drive, Gear
from twin.domain.facility import FacilityKind
from twin.domain.quantities import MINUTE
from twin.domain.seat import LOCAL_ADMIN

Load = Callable[..., AppTest]


def metrics(shown: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in shown.metric}


def markup(shown: AppTest) -> str:
    return "\n".join(element.proto.body for element in shown.get("html"))


def tiles(shown: AppTest) -> dict[str, str]:
    """Name → figure of the tiles above the map."""
    return dict(re.findall(r'gt-name">(.*?)</div><div class="gt-figure">(.*?)</div>', markup(shown)))


def result_of(shown: AppTest) -> AppTest:
    shown.button_group(key="room_tab").set_value("result").run()
    return shown


def test_a_run_is_shown_with_its_name_policy_seed_and_time(page: Load, run_folder: Path) -> None:
    shown = page(run_folder)
    assert not shown.exception
    head = markup(shown)
    assert "<h1>A small *day*</h1>" in head
    assert "Policy <b>nearest</b>" in head
    assert "Seed <b>7</b>" in head
    assert "Replay" in head
    assert re.search(r'gt-time">08:\d\d:\d\d<', head)


def test_the_tiles_say_what_the_journal_holds_at_the_instant(page: Load, run_folder: Path) -> None:
    shown = page(run_folder)
    assert app.house.desk is not None
    app.house.desk.drive(Drive(Gear.SEEK, at=90 * MINUTE), seat=LOCAL_ADMIN)
    assert tiles(shown.run()) == {
        "Open cases": "2",
        "Waiting": "0",
        "Response P50": "6 min 00 s",
        "Response P90": "6 min 00 s",
        "Within 8 min": "100.0%",
        "Units": "1 · 1 · 1",
    }


def test_the_result_says_what_came_out(page: Load, run_folder: Path) -> None:
    assert metrics(result_of(page(run_folder))) == {
        "Cases": "3",
        "Closed": "1",
        "Typical response (P50)": "6 min 00 s",
        "Slow response (P90)": "6 min 00 s",
        "Within 8 min": "100.0%",
        "Busy share": "49.2%",
    }


def test_every_tile_says_what_it_measures(page: Load, run_folder: Path) -> None:
    shown = page(run_folder)
    assert markup(shown).count("reported → first unit there") == 3
    captions = "\n".join(caption.value for caption in result_of(shown).caption)
    assert captions.count("reported → first unit on scene") == 3


def test_the_page_speaks_chinese(page: Load, run_folder: Path) -> None:
    shown = page(run_folder, lang="zh")
    assert {"未结案件", "待派", "响应 P50", "力量"} <= set(tiles(shown))
    assert metrics(result_of(shown))["响应时间中位数（P50）"] == "6分00秒"


def test_the_switch_changes_the_language(page: Load, run_folder: Path) -> None:
    shown = page(run_folder)
    shown.segmented_control(key="page_language").set_value("zh").run()
    assert "未结案件" in tiles(shown)


def test_it_opens_when_most_units_are_out(page: Load, run_folder: Path) -> None:
    assert tiles(page(run_folder))["Units"] == "0 · 2 · 1"


def test_a_moved_slider_shows_another_instant(page: Load, run_folder: Path) -> None:
    shown = page(run_folder)
    shown.slider(key="clock_scrub").set_value(0).run()
    assert tiles(shown)["Units"] == "2 · 0 · 1"
    assert "08:00:00" in markup(shown)


def test_a_run_that_is_over_takes_no_commands(page: Load, run_folder: Path) -> None:
    assert page(run_folder).button_group(key="room_tab").options == ["Cases", "Case", "Unit", "Around", "Result"]


def test_needs_nobody_can_serve_are_pointed_out(page: Load, run_folder: Path) -> None:
    assert "no unit has the skill: 1" in result_of(page(run_folder)).warning[0].value


def test_references_stand_in_tables_and_nowhere_else(page: Load, run_folder: Path) -> None:
    shown = page(run_folder)
    assert HOSTILE in list(shown.dataframe[0].value["Case"])
    result_of(shown)
    assert HOSTILE in list(shown.dataframe[-1].value["Case"])
    said = [element.value for element in (*shown.markdown, *shown.caption, *shown.title, *shown.warning)]
    assert not any("onerror" in text for text in (*said, markup(shown)))


def test_a_hostile_reference_on_a_card_is_text(page: Load, run_folder: Path) -> None:
    shown = page(run_folder)
    assert app.house.desk is not None
    case = next(case.case for case in app.house.desk.moment.cases if case.ref == HOSTILE)
    shown.session_state["room_case"] = case
    shown.button_group(key="room_tab").set_value("case").run()
    assert not shown.exception
    assert "<img src=x" not in markup(shown)
    assert "&lt;img src=x" in markup(shown)


def test_the_page_gives_the_digest_and_the_command_that_repeats_the_run(page: Load, run_folder: Path) -> None:
    code = [block.value for block in result_of(page(run_folder)).code]
    assert code[0] == f"gridtwin verify {run_folder}"
    assert code[1] == json.loads((run_folder / "manifest.json").read_text())["journal_digest"]


def test_a_run_without_cases_and_units_says_so(page: Load, empty_run_folder: Path) -> None:
    shown = page(empty_run_folder)
    assert not shown.exception
    assert tiles(shown)["Response P50"] == "–"
    assert any("No case is open" in caption.value for caption in shown.caption)
    result_of(shown)
    assert "No case was reported" in shown.info[0].value
    assert "no units" in shown.warning[0].value


def test_a_run_without_streets_has_its_result_and_no_map(page: Load, tmp_path: Path) -> None:
    shown = page(write_run(tmp_path / "run", small_facts(built_in_city()), folder=None))
    assert not shown.exception
    assert "no streets" in shown.info[0].value
    assert metrics(result_of(shown))["Cases"] == "3"


def test_a_recorded_history_is_called_one(page: Load, tmp_path: Path) -> None:
    shown = result_of(page(write_run(tmp_path / "run", [began(built_in_city())], policy="recorded")))
    assert any("as it was recorded" in text.value for text in shown.markdown)


def test_a_city_is_shown_with_its_counts_and_its_report(page: Load, city_folder: Path) -> None:
    shown = page(city_folder)
    assert not shown.exception
    n_junctions = f"{built_in_city().roads.n_nodes:,}"
    assert metrics(shown)["Junctions"] == n_junctions
    assert any(f"{n_junctions} nodes" in text.value for text in shown.markdown)


def test_borders_of_grids_and_facilities_can_be_asked_for(page: Load, run_folder: Path) -> None:
    shown = page(run_folder, lang="zh")
    assert shown.button_group(key="map_facilities").value == ["hospital", "police", "fire_station"]
    shown.button_group(key="map_grids").set_value("base").run()
    assert not shown.exception
    assert "网格边界" in markup(shown)
    shown.button_group(key="map_facilities").set_value([FacilityKind.HYDRANT]).run()
    assert "消火栓" in markup(shown)
    shown.segmented_control(key="page_language").set_value("en").run()
    assert not shown.exception
    assert "Hydrant" in markup(shown)
    assert "Border of a grid" in markup(shown)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda run: (run / "manifest.json").write_text('{"name": 1}'), "run it again"),
        (lambda run: (run / "kpi.json").write_text("{"), "kpi"),
        (lambda run: (run / "kpi.json").unlink(), "missing"),
        (lambda run: (run / "cases.parquet").write_bytes(b"PAR1"), "cases"),
        (lambda run: (run / "journal.parquet").write_bytes(b""), "journal"),
        (lambda run: (run / "manifest.json").unlink(), "nothing to show"),
    ],
)
def test_a_damaged_run_is_one_clear_sentence_on_the_start_page(
    page: Load, run_folder: Path, tmp_path: Path, spoil: Callable[[Path], object], says: str
) -> None:
    run = tmp_path / "run"
    shutil.copytree(run_folder, run)
    spoil(run)
    shown = page(run)
    assert not shown.exception
    assert says in shown.error[0].value.replace("\\", "")
    assert "Traceback" not in shown.error[0].value
    assert not shown.button(key="start_run").disabled


def test_a_run_in_another_city_than_the_one_here_is_refused(page: Load, run_folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(run_folder, run)
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["city"]["checksum"] = "0" * 64
    (run / "manifest.json").write_text(json.dumps(manifest))
    assert "not the city" in page(run).error[0].value

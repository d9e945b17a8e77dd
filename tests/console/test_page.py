"""What the page says, without a browser: the script is run as Streamlit runs it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from city_data.built_in import built_in_city
from tests.console.run_folders import HOSTILE, began, small_facts, write_run
from twin.domain.facility import FacilityKind


def tiles(shown: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in shown.metric}


def captions(shown: AppTest) -> str:
    return "\n".join(caption.value for caption in shown.caption)


def legends(shown: AppTest) -> str:
    return "\n".join(element.proto.body for element in shown.get("html"))


def test_a_run_is_shown_with_its_name_policy_seed_and_period(page: Callable[..., AppTest], run_folder: Path) -> None:
    shown = page(run_folder)
    assert not shown.exception
    assert shown.title[0].value == r"A small \*day\*"
    head = shown.caption[0].value
    assert "nearest" in head
    assert "**7**" in head
    assert "Asia\\/Shanghai" in head


def test_the_tiles_say_what_the_journal_holds(page: Callable[..., AppTest], run_folder: Path) -> None:
    assert tiles(page(run_folder)) == {
        "Cases": "3",
        "Closed": "1",
        "Typical response (P50)": "6 min 00 s",
        "Slow response (P90)": "6 min 00 s",
        "Within 8 min": "100.0%",
        "Busy share": "49.2%",
    }


def test_every_tile_says_what_it_measures(page: Callable[..., AppTest], run_folder: Path) -> None:
    assert captions(page(run_folder)).count("reported → first unit on scene") == 3


def test_the_page_speaks_chinese(page: Callable[..., AppTest], run_folder: Path) -> None:
    shown = page(run_folder, lang="zh")
    assert {"案件", "已结案", "力量占用率"} <= set(tiles(shown))
    assert tiles(shown)["响应时间中位数（P50）"] == "6分00秒"


def test_the_switch_changes_the_language(page: Callable[..., AppTest], run_folder: Path) -> None:
    shown = page(run_folder)
    shown.segmented_control(key="page_language").set_value("zh").run()
    assert "案件" in tiles(shown)


def test_the_slider_starts_when_most_units_are_out(page: Callable[..., AppTest], run_folder: Path) -> None:
    assert "2 on a case, 0 free, 1 absent · 2 cases open" in captions(page(run_folder)).replace("\\", "")


def test_a_moved_slider_shows_another_instant(page: Callable[..., AppTest], run_folder: Path) -> None:
    shown = page(run_folder)
    shown.select_slider(key="map_at").set_value(0).run()
    assert "0 on a case, 2 free, 1 absent" in captions(shown)


def test_needs_nobody_can_serve_are_pointed_out(page: Callable[..., AppTest], run_folder: Path) -> None:
    assert "no unit has the skill: 1" in page(run_folder).warning[0].value


def test_references_stand_in_the_table_of_cases_and_nowhere_else(
    page: Callable[..., AppTest], run_folder: Path
) -> None:
    shown = page(run_folder)
    cases = shown.dataframe[-1].value
    assert HOSTILE in list(cases["Case"])
    said = [element.value for element in (*shown.markdown, *shown.caption, *shown.title, *shown.warning)]
    assert not any("onerror" in text for text in said)


def test_the_page_gives_the_digest_and_the_command_that_repeats_the_run(
    page: Callable[..., AppTest], run_folder: Path
) -> None:
    code = [block.value for block in page(run_folder).code]
    assert code[0] == f"gridtwin verify {run_folder}"
    assert code[1] == json.loads((run_folder / "manifest.json").read_text())["journal_digest"]


def test_a_run_without_cases_and_units_says_so(page: Callable[..., AppTest], empty_run_folder: Path) -> None:
    shown = page(empty_run_folder)
    assert not shown.exception
    assert tiles(shown)["Typical response (P50)"] == "–"
    assert "No case was reported" in shown.info[0].value
    assert "no units" in shown.warning[0].value


def test_a_run_without_streets_has_its_result_and_no_map(page: Callable[..., AppTest], tmp_path: Path) -> None:
    shown = page(write_run(tmp_path / "run", small_facts(built_in_city()), folder=None))
    assert not shown.exception
    assert "no streets" in shown.info[0].value
    assert tiles(shown)["Cases"] == "3"


def test_a_recorded_history_is_called_one(page: Callable[..., AppTest], tmp_path: Path) -> None:
    shown = page(write_run(tmp_path / "run", [began(built_in_city())], policy="recorded"))
    assert "as recorded" in shown.caption[0].value
    assert any("as it was recorded" in text.value for text in shown.markdown)


def test_a_city_is_shown_with_its_counts_and_its_report(page: Callable[..., AppTest], city_folder: Path) -> None:
    shown = page(city_folder)
    assert not shown.exception
    n_junctions = f"{built_in_city().roads.n_nodes:,}"
    assert tiles(shown)["Junctions"] == n_junctions
    assert any(f"{n_junctions} nodes" in text.value for text in shown.markdown)


def test_borders_of_grids_and_facilities_can_be_asked_for(page: Callable[..., AppTest], run_folder: Path) -> None:
    shown = page(run_folder, lang="zh")
    assert shown.button_group(key="map_facilities").value == ["hospital", "police", "fire_station"]
    shown.button_group(key="map_grids").set_value("base").run()
    assert not shown.exception
    assert "网格边界" in legends(shown)
    shown.button_group(key="map_facilities").set_value([FacilityKind.HYDRANT]).run()
    assert "消火栓" in legends(shown)
    assert "医院" not in legends(shown)
    shown.segmented_control(key="page_language").set_value("en").run()
    assert not shown.exception
    assert "Hydrant" in legends(shown)
    assert "Border of a grid" in legends(shown)


def test_the_legend_counts_units_in_the_language_of_the_page(page: Callable[..., AppTest], run_folder: Path) -> None:
    assert re.search(r"现场处置.*?>1<.*离岗.*?>1<", legends(page(run_folder, lang="zh")))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda run: (run / "manifest.json").unlink(), "manifest.json"),
        (lambda run: (run / "manifest.json").write_text('{"name": 1}'), "run it again"),
        (lambda run: (run / "kpi.json").write_text("{"), "kpi"),
        (lambda run: (run / "kpi.json").unlink(), "missing"),
        (lambda run: (run / "cases.parquet").write_bytes(b"PAR1"), "cases"),
        (lambda run: (run / "journal.parquet").write_bytes(b""), "journal"),
    ],
)
def test_a_damaged_run_is_one_clear_sentence(
    page: Callable[..., AppTest], run_folder: Path, tmp_path: Path, spoil: Callable[[Path], object], says: str
) -> None:
    run = tmp_path / "run"
    shutil.copytree(run_folder, run)
    spoil(run)
    shown = page(run)
    assert not shown.exception
    assert shown.title[0].value == "This cannot be shown"
    assert says in shown.error[0].value.replace("\\", "")
    assert "Traceback" not in shown.error[0].value


def test_a_run_in_another_city_than_the_one_here_is_refused(
    page: Callable[..., AppTest], run_folder: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(run_folder, run)
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["city"]["checksum"] = "0" * 64
    (run / "manifest.json").write_text(json.dumps(manifest))
    assert "not the city" in page(run).error[0].value

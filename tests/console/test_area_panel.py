"""The area panel, without a browser: around a case, around a place that is looked up, and over a grid's own cells."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from tests.console.paper_desk import HOSTILE, PaperDesk


def page(desk, lang):
    from twin.console.area_panel import show_area
    from twin.views.words import Language, Words

    show_area(desk, words=Words(Language(lang)))


def panel(desk: PaperDesk | None = None, *, lang: str = "en", case: int | None = 2) -> AppTest:
    shown = AppTest.from_function(page, args=(desk or PaperDesk(), lang), default_timeout=30)
    if case is not None:
        shown.session_state["room_case"] = case
    return shown.run()


def lines(shown: AppTest) -> str:
    return "\n".join(text.value for text in (*shown.markdown, *shown.caption, *shown.info)).replace("\\", "")


def look_up(shown: AppTest, text: str, *, choose: str) -> AppTest:
    shown.segmented_control(key="area_centre").set_value("place").run()
    shown.text_input(key="area_text").set_value(text).run()
    options = [option.replace("\\", "") for option in shown.radio[0].options]
    return shown.radio[0].set_value(options.index(choose)).run()


def test_around_the_selected_case_there_are_units_people_and_facilities() -> None:
    shown = panel()
    assert not shown.exception
    assert "Rubbish · 仁厚社区: all within 500 m" in lines(shown)
    assert {metric.label for metric in shown.metric} == {"Units inside", "People present"}
    shown.toggle(key="area_each").set_value(True).run()
    units, kinds, facilities = (table.value for table in shown.dataframe)
    assert "car 0" in list(units["Unit"])
    assert kinds["Inside"].sum() == len(facilities)


def test_of_very_many_facilities_the_nearest_are_listed() -> None:
    shown = panel()
    shown.slider(key="area_radius").set_value(2_000).run()
    shown.toggle(key="area_each").set_value(True).run()
    assert len(shown.dataframe[2].value) == 200
    assert shown.dataframe[1].value["Inside"].sum() > 200
    assert "nearest 200" in lines(shown)


def test_a_larger_circle_holds_more() -> None:
    shown = panel()
    few = shown.dataframe[1].value["Inside"].sum()
    shown.slider(key="area_radius").set_value(1_000).run()
    assert shown.dataframe[1].value["Inside"].sum() > few


def test_the_panel_speaks_chinese() -> None:
    shown = panel(lang="zh")
    assert {metric.label for metric in shown.metric} == {"范围内力量", "在场人口"}
    assert "消火栓" in list(shown.dataframe[1].value["类别"])


def test_without_a_selected_case_the_panel_says_what_to_do() -> None:
    for case in (None, 77):
        shown = panel(case=case)
        assert "No case is selected" in shown.info[0].value
        assert not shown.dataframe


def test_a_place_is_looked_up_by_name() -> None:
    shown = look_up(panel(), "西华医院", choose="Hospital: 西华医院 · 东岸社区")
    assert "Hospital: 西华医院: all within 500 m" in lines(shown)
    assert shown.dataframe


def test_a_grid_is_searched_over_its_own_cells_or_around_its_middle() -> None:
    shown = look_up(panel(), "base-001", choose="Grid (Base): 永泰社区 1 base-001")
    assert "unit cells 13" in lines(shown)
    assert not shown.slider
    shown.segmented_control(key="area_extent").set_value("circle").run()
    assert "all within 500 m" in lines(shown)


def test_the_same_name_in_several_parts_of_the_city_can_be_told_apart() -> None:
    shown = panel()
    shown.segmented_control(key="area_centre").set_value("place").run()
    shown.text_input(key="area_text").set_value("车陂路").run()
    options = shown.radio[0].options
    assert len(set(options)) == len(options)
    for number in (0, 3):
        shown.radio[0].set_value(number).run()
        assert shown.radio[0].value == number


def test_what_is_not_found_is_said_to_be_so() -> None:
    shown = panel()
    shown.segmented_control(key="area_centre").set_value("place").run()
    shown.text_input(key="area_text").set_value("nowhere").run()
    assert "Nothing on this map is called that" in lines(shown)


def test_hostile_names_stand_in_the_table_and_nowhere_else() -> None:
    shown = panel()
    assert HOSTILE in list(shown.dataframe[0].value["Unit"])
    assert "onerror" not in lines(shown)


def test_without_streets_nothing_is_near_anything() -> None:
    assert "no streets" in panel(PaperDesk(city=None)).info[0].value


def test_a_city_where_nobody_has_counted_shows_no_people() -> None:
    desk = PaperDesk()
    assert desk.city is not None
    shown = panel(replace(desk, city=replace(desk.city, residents=None)))
    assert [metric.label for metric in shown.metric] == ["Units inside"]

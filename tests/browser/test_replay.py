"""A finished run in a real browser: drawn, scrubbed, in both languages, and nobody outside is asked for anything."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MAP, Outside, Server, Visit, n_near, n_unlike, serving
from tests.console.run_folders import small_run
from twin.console.desk import Wish
from twin.console.routes import FACILITIES_URL, GRIDS_URL, GROUNDS_URL, ROADS_URL, STYLE_URL
from twin.views.palette import Theme, palette

pytestmark = pytest.mark.browser
Come = Callable[..., Visit]


def test_a_run_is_drawn_with_its_streets_units_and_cases_and_markup_in_a_reference_is_never_run(
    replay: Server, visit: Come, outside: Outside
) -> None:
    come = visit(replay)
    page = come.page
    expect(page.get_by_role("heading", name="A small *day*")).to_be_visible()
    come.until(lambda: n_near(come.picture(), (122, 62, 157)) > 20, "the unit on scene is not drawn")
    pixels = come.picture()
    assert n_near(pixels, (173, 181, 189)) + n_near(pixels, (188, 195, 202)) > 500, "streets"
    assert n_near(pixels, palette(Theme.LIGHT).grounds["water"], within=3) > 500, "the river"
    for x, y in ((0.3, 0.6), (0.5, 0.5), (0.62, 0.85)):
        box = page.locator(MAP).first.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(200)
    page.get_by_role("button", name="Result").or_(page.get_by_role("radio", name="Result")).first.click()
    expect(page.get_by_text("6 min 00 s").first).to_be_visible()
    come.until_answered()
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src='x']").count() == 0
    assert come.complaints == []
    assert outside.asked == []


def test_a_moved_slider_moves_the_units_and_sends_no_streets_again(replay: Server, visit: Come) -> None:
    come = visit(replay)
    streets = len(urllib.request.urlopen(f"{replay.address}{ROADS_URL}").read())
    before = come.picture()
    come.received.clear()
    slider = come.page.get_by_role("slider").first
    slider.press("Home")
    expect(come.page.get_by_text("08:00:00")).to_be_visible()
    come.until(lambda: n_unlike(come.picture(), before) > 50, "nothing moved")
    assert sum(map(len, come.received)) < streets
    slider.press("End")
    expect(come.page.get_by_text("10:00:00")).to_be_visible()
    assert sum(ROADS_URL in url for url in come.asked) == 1
    assert come.complaints == []


def test_what_stands_still_is_fetched_once_and_when_it_is_asked_for(replay: Server, visit: Come) -> None:
    come = visit(replay, path="/?lang=zh")
    page = come.page
    page.get_by_role("button", name="图层").click()
    page.get_by_role("radio", name="基础网格").or_(page.get_by_role("button", name="基础网格")).first.click()
    come.until(lambda: any(GRIDS_URL in url for url in come.asked), "no borders are asked for")
    page.keyboard.press("Escape")
    come.until(lambda: n_near(come.picture(), palette(Theme.LIGHT).grid, within=45) > 300, "no borders are drawn")
    come.until_answered()
    still = [url for url in come.asked if "/api/city/" in url]
    assert len(still) == len(set(still))
    assert come.complaints == []


def test_the_page_follows_the_browsers_language_and_the_switch(replay: Server, visit: Come) -> None:
    come = visit(replay, locale="zh-CN", waits_for=".gt-tile")
    page = come.page
    expect(page.get_by_text("未结案件").first).to_be_visible()
    page.get_by_role("radio", name="English").or_(page.get_by_role("button", name="English")).first.click()
    expect(page.get_by_text("Open cases").first).to_be_visible()
    expect(page.get_by_text("未结案件")).to_have_count(0)
    assert come.complaints == []


def test_a_dark_page_has_a_dark_map(replay: Server, visit: Come) -> None:
    come = visit(replay, scheme="dark")
    assert come.picture().mean() < 80
    assert any("theme=dark" in url for url in come.asked)
    assert come.complaints == []


def test_two_runs_are_overlaid_and_stand_side_by_side(tmp_path: Path, visit: Come) -> None:
    run = small_run(tmp_path / "run")
    with serving(Wish(str(run), beside=str(run))) as server:
        come = visit(server)
        assert any("beside=1" in url for url in come.asked)
        come.page.get_by_role("button", name="Map layers").click()
        come.page.get_by_role("radio", name="Side by side").or_(
            come.page.get_by_role("button", name="Side by side")
        ).first.click()
        expect(come.page.get_by_test_id("stDeckGlJsonChart")).to_have_count(2, timeout=20_000)
        come.page.keyboard.press("Escape")
        come.until_answered()
        assert come.complaints == []


def test_the_server_gives_style_streets_and_what_stands_still(replay: Server) -> None:
    style = replay.asked(f"{STYLE_URL}?theme=dark&city=abc")
    assert style["sources"]["roads"]["data"] == f"{replay.address}{ROADS_URL}?city=abc"
    assert style["sources"]["grounds"]["data"] == f"{replay.address}{GROUNDS_URL}?city=abc"
    for address, least in ((ROADS_URL, 4), (GROUNDS_URL, 20), (f"{GRIDS_URL}?overlay=base", 1)):
        with urllib.request.urlopen(f"{replay.address}{address}") as answer:
            assert answer.headers["Content-Type"].startswith("application/geo+json")
            assert "max-age" in answer.headers["Cache-Control"]
        assert len(replay.asked(address)["features"]) >= least
    assert all(row["text"].startswith("医院") for row in replay.asked(f"{FACILITIES_URL}?kind=hospital&lang=zh"))


@pytest.mark.parametrize("asked", [f"{GRIDS_URL}?overlay=nobody%27s", f"{FACILITIES_URL}?kind=castle", FACILITIES_URL])
def test_what_the_city_does_not_have_is_not_found(replay: Server, asked: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        replay.asked(asked)

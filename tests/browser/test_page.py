"""The page in a real browser: it draws the map, speaks both languages, and asks nobody else for anything."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import MAP, Outside, Visit
from twin.console.routes import FACILITIES_URL, GRIDS_URL, GROUNDS_URL, ROADS_URL, STYLE_URL
from twin.views.palette import Theme, palette

pytestmark = pytest.mark.browser
Come = Callable[..., Visit]


def colours_of_the_map(visit: Visit) -> np.ndarray:
    """Pixels of the map as it is on the screen, shape (height, width, 3)."""
    visit.page.wait_for_timeout(1_500)
    shot = visit.page.locator('[data-testid="stDeckGlJsonChart"]').first.screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=np.int64)


def n_near(pixels: np.ndarray, colour: tuple[int, int, int], *, within: int = 12) -> int:
    return int((np.abs(pixels - np.array(colour)).max(axis=2) <= within).sum())


def test_a_run_is_drawn_with_its_streets_units_and_cases(small_page: str, visit: Come) -> None:
    come = visit(small_page)
    page = come.page
    expect(page.get_by_role("heading", name="A small *day*")).to_be_visible()
    expect(page.get_by_test_id("stMetric")).to_have_count(6)
    expect(page.get_by_text("6 min 00 s").first).to_be_visible()
    assert page.locator(MAP).count() >= 1
    pixels = colours_of_the_map(come)
    assert n_near(pixels, (173, 181, 189)) + n_near(pixels, (188, 195, 202)) > 500, "streets"
    assert n_near(pixels, palette(Theme.LIGHT).grounds["water"], within=3) > 500, "the river"
    assert n_near(pixels, (122, 62, 157)) > 20, "the unit on scene"
    assert n_near(pixels, (150, 20, 90)) > 20, "the case nobody came to"
    assert come.complaints == []


def test_a_moved_slider_does_not_send_the_streets_again(small_page: str, visit: Come) -> None:
    come = visit(small_page)
    streets = len(urllib.request.urlopen(f"{small_page}{ROADS_URL}").read())
    before = colours_of_the_map(come)
    come.received.clear()
    come.page.get_by_role("slider").first.press("ArrowRight")
    expect(come.page.get_by_text("08:32: 2 on a case", exact=False)).to_be_visible()
    come.settle()
    assert (colours_of_the_map(come) != before).any()
    assert sum(map(len, come.received)) < streets / 2
    assert come.complaints == []


def test_what_stands_still_is_fetched_once_and_when_it_is_asked_for(small_page: str, visit: Come) -> None:
    come = visit(small_page, path="/?lang=zh")
    come.page.get_by_test_id("stPopover").get_by_role("button").click()
    come.page.get_by_role("radio", name="基础网格").or_(come.page.get_by_role("button", name="基础网格")).first.click()
    expect(come.page.get_by_text("网格边界").nth(1)).to_be_visible()
    come.settle()
    come.page.get_by_test_id("stPopover").get_by_role("button").click()
    borders = n_near(colours_of_the_map(come), palette(Theme.LIGHT).grid, within=45)
    assert borders > 300
    come.page.get_by_role("slider").first.press("ArrowRight")
    come.settle()
    still = [url for url in come.asked if "/api/" in url]
    assert len(still) == len(set(still))
    assert sum(GRIDS_URL in url for url in still) == 1
    assert sum(FACILITIES_URL in url for url in still) == 3
    assert come.complaints == []


def test_nothing_and_nobody_outside_is_ever_asked(small_page: str, visit: Come, outside: Outside) -> None:
    come = visit(small_page)
    colours_of_the_map(come)
    assert outside.asked == []


def test_the_page_follows_the_browsers_language_and_the_switch(small_page: str, visit: Come) -> None:
    come = visit(small_page, locale="zh-CN")
    expect(come.page.get_by_text("力量占用率").first).to_be_visible()
    come.page.get_by_role("radio", name="English").or_(come.page.get_by_role("button", name="English")).first.click()
    expect(come.page.get_by_text("Busy share").first).to_be_visible()
    come.settle()
    expect(come.page.get_by_text("力量占用率")).to_have_count(0)
    assert come.complaints == []


def test_a_dark_page_has_a_dark_map(small_page: str, visit: Come) -> None:
    come = visit(small_page, scheme="dark")
    assert colours_of_the_map(come).mean() < 80
    assert any("theme=dark" in url for url in come.asked)
    assert come.complaints == []


def test_markup_in_a_reference_is_never_run(small_page: str, visit: Come) -> None:
    come = visit(small_page)
    come.page.get_by_role("tab", name="Cases").click()
    come.page.wait_for_timeout(1_000)
    for x, y in ((0.3, 0.6), (0.5, 0.5), (0.62, 0.85)):
        box = come.page.locator(MAP).first.bounding_box()
        assert box is not None
        come.page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        come.page.wait_for_timeout(200)
    assert come.page.evaluate("window.hacked") is None
    assert come.page.locator("img[src='x']").count() == 0


def test_the_server_gives_style_streets_and_what_stands_still(small_page: str) -> None:
    with urllib.request.urlopen(f"{small_page}{STYLE_URL}?theme=dark&city=abc") as answer:
        style = json.load(answer)
    assert style["sources"]["roads"]["data"] == f"{small_page}{ROADS_URL}?city=abc"
    assert style["sources"]["grounds"]["data"] == f"{small_page}{GROUNDS_URL}?city=abc"
    for address, least in ((ROADS_URL, 4), (GROUNDS_URL, 20), (f"{GRIDS_URL}?overlay=base", 1)):
        with urllib.request.urlopen(f"{small_page}{address}") as answer:
            assert answer.headers["Content-Type"].startswith("application/geo+json")
            assert "max-age" in answer.headers["Cache-Control"]
            assert len(json.load(answer)["features"]) >= least
    with urllib.request.urlopen(f"{small_page}{FACILITIES_URL}?kind=hospital&lang=zh") as answer:
        assert all(row["text"].startswith("医院") for row in json.load(answer))


@pytest.mark.parametrize("asked", [f"{GRIDS_URL}?overlay=nobody%27s", f"{FACILITIES_URL}?kind=castle", FACILITIES_URL])
def test_what_the_city_does_not_have_is_not_found(small_page: str, asked: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{small_page}{asked}")

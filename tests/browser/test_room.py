"""The running twin in a real browser: signs on streets, a view that stays, cards, acts, and several who look on."""

from __future__ import annotations

import math
import re
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from city_data.built_in import built_in_city
from scenarios.seats_edit import add_seat
from tests.browser.conftest import MAP, PATIENCE_S, Outside, Pixels, Server, Visit, n_unlike, serving
from twin.console.desk import Wish
from twin.console.live_map import FITS_PX, HEIGHT_PX
from twin.domain.seat import Role, Seat
from twin.roads.network import to_lonlat
from twin.views.city import Camera, camera_on
from twin.views.palette import Theme, palette

pytestmark = pytest.mark.browser
Come = Callable[..., Visit]
CAMERA = camera_on(built_in_city().roads, width_px=FITS_PX, height_px=HEIGHT_PX)
MOVING = ("patrolling", "en_route", "returning")
CLOCK = ".gt-time"
TOLD = ".deck-tooltip"
HEAD_PX = 22
"""The head of a case's sign stands so far above its place."""
MOST_CLICKS = 4
"""So often somebody clicks on the same sign before they give up."""


def state(server: Server) -> Any:
    return server.asked("/api/v1/state")


def command(server: Server, **said: object) -> Any:
    return server.told("/api/v1/commands", {"command": said})


def clock(server: Server, gear: str, **more: object) -> None:
    server.told("/api/v1/clock", {"gear": gear, **more})


def mercator(lon: float, lat: float, zoom: float) -> tuple[float, float]:
    size = 512 * 2**zoom
    y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return lon / 360 * size, -y / (2 * math.pi) * size


def pixel(camera: Camera, lon: float, lat: float, *, shape: Sequence[float]) -> tuple[float, float]:
    """Where a place is in a picture of the map, (x, y)."""
    x0, y0 = mercator(camera.lon, camera.lat, camera.zoom)
    x, y = mercator(lon, lat, camera.zoom)
    return shape[1] / 2 + x - x0, shape[0] / 2 + y - y0


@cache
def streets_px(shape: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both ends of every piece of every street, in pixels."""
    roads = built_in_city().roads
    lon, lat = to_lonlat(roads.crs, roads.shape_x, roads.shape_y)
    points = np.array([pixel(CAMERA, *place, shape=shape) for place in zip(lon, lat, strict=True)])
    goes_on = np.ones(len(points), np.bool_)
    goes_on[roads.shape_start[1:] - 1] = False
    first = np.flatnonzero(goes_on)
    return points[first], points[first + 1]


def apart_from_streets_px(x: float, y: float, *, shape: tuple[int, ...]) -> float:
    """How far a pixel is from the nearest street."""
    a, b = streets_px(shape)
    along = b - a
    share = np.clip(((np.array([x, y]) - a) * along).sum(1) / np.maximum((along**2).sum(1), 1e-9), 0, 1)
    return float(np.hypot(*(a + share[:, None] * along - [x, y]).T).min())


def middle_of_sign(picture: Pixels, x: float, y: float, colour: tuple[int, int, int]) -> tuple[float, float] | None:
    """The middle of the pixels of a colour around a place; None where there are few."""
    reach = 12
    top, left = round(y) - reach, round(x) - reach
    cut = picture[max(0, top) : top + 2 * reach + 1, max(0, left) : left + 2 * reach + 1]
    rows, columns = np.nonzero(np.abs(cut - np.array(colour)).max(axis=2) <= 30)
    if rows.size < 12:
        return None
    return left + (columns.min() + columns.max()) / 2, top + (rows.min() + rows.max()) / 2


def select(come: Visit, case: Any, *, opens: str) -> None:
    """Click a case's sign as people do: point at it, see what it is, click; and again where nothing opens.

    The map takes a press for a click only if it handles its end within a quarter of a second of its beginning, which a
    busy machine does not always manage.
    """
    box = come.page.locator(MAP).first.bounding_box()
    assert box is not None
    x, y = pixel(CAMERA, case["lon"], case["lat"], shape=(box["height"], box["width"]))
    card = come.page.get_by_role("heading", name=opens)
    told = come.page.locator(TOLD).filter(has_text=opens)
    for _ in range(MOST_CLICKS):
        come.page.mouse.move(box["x"] + x, box["y"] + y)
        come.page.mouse.move(box["x"] + x, box["y"] + y - HEAD_PX)
        with suppress(PlaywrightTimeout):
            told.wait_for(timeout=5_000)
            come.page.mouse.click(box["x"] + x, box["y"] + y - HEAD_PX)
            card.wait_for(timeout=8_000)
            return
    expect(card).to_be_visible(timeout=15_000)


def test_signs_of_moving_units_stand_on_streets_and_move_with_them(room: Server, visit: Come) -> None:
    clock(room, "hold")
    for matter, edge in (("dispute", 900), ("rubbish", 2_400), ("rubbish", 700), ("dispute", 3_100), ("cover", 1_200)):
        command(room, do="report problem", matter=matter, edge=edge, offset_mm=500)
    for _ in range(60):
        if len({unit["kind"] for unit in state(room)["units"] if unit["status"] in MOVING}) >= 3:
            break
        clock(room, "step")
    come = visit(room)
    before, kinds = come.picture(), set()
    colours = palette(Theme.LIGHT).status
    names = {status.name: colour for status, colour in colours.items()}
    for unit in state(room)["units"]:
        if unit["status"] not in MOVING:
            continue
        x, y = pixel(CAMERA, unit["lon"], unit["lat"], shape=before.shape)
        found = middle_of_sign(before, x, y, names[unit["status"].upper()])
        off_px = math.inf if found is None else math.hypot(found[0] - x, found[1] - y)
        if found is not None and off_px < 3:
            assert apart_from_streets_px(x, y, shape=before.shape) <= 2.0, unit
            if off_px < 2:  # else it is partly covered, by a name say, and what is left of it has another middle
                assert apart_from_streets_px(*found, shape=before.shape) <= 2.0, unit
            kinds.add(unit["kind"])
    for _ in range(5):
        clock(room, "step")
    come.until(lambda: n_unlike(come.picture(), before) > 400, "nothing moved")
    assert len(kinds) >= 3
    assert come.complaints == []


def test_pan_and_zoom_survive_twenty_ticks(room: Server, visit: Come) -> None:
    come = visit(room)
    box = come.page.locator(MAP).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    come.page.mouse.move(x, y)
    come.page.mouse.wheel(0, -400)
    come.page.mouse.down()
    come.page.mouse.move(x + 150, y + 60, steps=5)
    come.page.mouse.up()
    come.page.wait_for_timeout(2_500)
    water = palette(Theme.LIGHT).grounds["water"]
    before = np.abs(come.picture() - np.array(water)).max(axis=2) <= 3
    assert before.sum() > 1_000
    n_asked = len(come.asked)
    clock(room, "play", speed=30)
    come.until(lambda: sum("/units.json" in url for url in come.asked[n_asked:]) > 20, "no twenty ticks")
    clock(room, "hold")
    come.page.wait_for_timeout(1_500)
    after = np.abs(come.picture() - np.array(water)).max(axis=2) <= 3
    assert (before & after).sum() / (before | after).sum() > 0.9
    assert come.complaints == []


def test_a_case_that_is_clicked_opens_its_card_and_another_changes_it(room: Server, visit: Come) -> None:
    clock(room, "hold")
    command(room, do="change policy", use="tests.policies.idle:Nobody")
    for edge in (400, 1_900):
        command(room, do="report problem", matter="vendor" if edge == 400 else "parking", edge=edge, offset_mm=900)
    for _ in range(8):
        clock(room, "step")
    mine = {case["matter"]: case for case in state(room)["cases"] if case["waiting"]}
    come = visit(room)
    select(come, mine["vendor"], opens="Street vendor")
    select(come, mine["parking"], opens="Wrong parking")
    come.page.get_by_role("button", name="Send ").first.click()
    come.until(
        lambda: next(case for case in state(room)["cases"] if case["id"] == mine["parking"]["id"])["units"],
        "nobody was sent",
    )
    expect(come.page.get_by_text("Why this order")).to_be_visible(timeout=15_000)
    assert come.complaints == []
    command(room, do="change policy", use="own_grid_first")


def test_two_who_look_see_the_same_clock(room: Server, visit: Come) -> None:
    clock(room, "hold")
    first, second = visit(room, waits_for=CLOCK), visit(room, path="/?lang=zh", waits_for=CLOCK)
    for come in (first, second):
        come.until_answered()
    times = [come.page.locator(".gt-time").inner_text() for come in (first, second)]
    assert times[0] == times[1]
    first.page.get_by_role("button", name="1 min on").click()
    second.until(lambda: second.page.locator(".gt-time").inner_text() != times[1], "the other sees nothing of it")
    assert first.page.locator(".gt-time").inner_text() == second.page.locator(".gt-time").inner_text()


TABS = {
    "en": ("Case", "Unit", "Around", "Act", "What if", "Cases"),
    "zh": ("案件卡", "力量卡", "周边", "操作", "推演", "案件"),
}


@pytest.mark.parametrize("lang", TABS)
def test_every_tab_draws_without_a_complaint_and_nothing_overflows(
    room: Server, visit: Come, outside: Outside, lang: str
) -> None:
    come = visit(room, path=f"/?lang={lang}", waits_for=CLOCK)
    for name in TABS[lang]:
        come.page.get_by_role("radio", name=name, exact=True).last.click()
        come.until_answered()
        assert come.page.get_by_test_id("stException").count() == 0
    for width in (1_440, 390):
        come.until_it_fits(width)
    assert come.complaints == []
    assert outside.asked == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_start_page_and_a_city(visit: Come, outside: Outside, lang: str) -> None:
    with serving(Wish(), opens=False) as server:
        come = visit(server, path=f"/?lang={lang}", waits_for='[data-testid="stSelectbox"]')
        expect(come.page.get_by_test_id("stSelectbox").first).to_be_visible()
        assert come.page.evaluate("document.scrollingElement.scrollWidth") <= 1_440
        come.page.get_by_test_id("stBaseButton-primary").last.click()
        come.page.locator(MAP).first.wait_for(timeout=60_000)
        assert come.complaints == []
        assert outside.asked == []


def test_a_server_that_is_killed_and_started_again_goes_on(tmp_path: Path, visit: Come) -> None:
    folder = tmp_path / "room"
    with serving(Wish("vehicles", begin="08:00", folder=str(folder), speed=60.0, plays=True)) as server:
        command(server, do="report problem", matter="vendor", edge=7, offset_mm=10)
        at = state(server)["at"]
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    with serving(Wish(str(folder))) as server:
        assert state(server)["at"] >= at
        assert any(case["matter"] == "vendor" for case in state(server)["cases"])
        come = visit(server)
        expect(come.page.get_by_role("heading", name="A day of vehicles")).to_be_visible()


def test_a_secret_link_takes_a_seat_and_nobody_else_sees_anything(tmp_path: Path, visit: Come) -> None:
    seats = tmp_path / "seats.yaml"
    token = add_seat(seats, Seat("Wall", Role.VIEWER))
    with serving(Wish("vehicles", begin="08:00", folder=str(tmp_path / "room")), seats=seats) as server:
        stranger = visit(server, waits_for="text=No seat")
        assert stranger.page.locator(".gt-tile").count() == 0
        come = visit(server, path=f"/seat/{token}")
        expect(come.page.get_by_text("Seat: Wall (viewer)")).to_be_visible()
        assert token not in come.page.url
        expect(come.page.get_by_role("button", name="Play")).to_be_disabled()
        assert come.complaints == []


def test_what_if_is_answered_while_the_clock_goes_on(room: Server, visit: Come) -> None:
    clock(room, "play", speed=1)
    page = visit(room).page
    page.get_by_role("radio", name="What if", exact=True).or_(page.get_by_role("button", name="What if")).first.click()
    page.get_by_test_id("stNumberInputField").fill("-4")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Try it out").click()
    page.locator(".gt-answer").wait_for(timeout=3 * PATIENCE_S * 1_000)  # the city is built first
    before = state(room)["at"]
    page.get_by_role("button", name="Cancel").click()
    page.locator(".st-key-branch_stop").wait_for(state="detached", timeout=PATIENCE_S * 1_000)
    expect(page.locator(".gt-chart").first).to_have_attribute("alt", re.compile("Open cases"))
    assert state(room)["at"] > before
    clock(room, "hold")
    room.told("/api/v1/branch", {"more": {"patrol_vehicle": 1}, "horizon_s": 600, "n": 2})
    chinese = visit(room, locale="zh-CN").page
    chinese.get_by_role("radio", name="推演", exact=True).or_(chinese.get_by_role("button", name="推演")).first.click()
    expect(chinese.locator(".gt-answer")).to_contain_text("如果巡逻车 +1", timeout=PATIENCE_S * 1_000)

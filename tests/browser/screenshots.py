"""Pictures of every page in both languages, for the documentation: `python -m tests.browser.screenshots [FOLDER]`.

A running twin is brought to a telling instant by commands, so that the pictures show cards, orders and lights; nothing
is painted over. They are taken in a real Chromium, without a network.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from city_data.built_in import built_in_city
from scenarios.record import run_scenario
from tests.browser.conftest import FLAGS, MAP, Server, found_chromium, serving
from tests.browser.test_room import CAMERA, HEAD_PX, pixel
from twin.console.desk import Wish
from twin.views.branch import UNDER_WAY

ROOT = Path(__file__).resolve().parents[2]
WIDE = ViewportSize(width=1440, height=960)
PHONE = ViewportSize(width=390, height=844)
REST_MS = 9_000
ALARM, ALONG_MM = 1_450, 20_000
SEEN_AT = tuple(float(axis[0]) for axis in built_in_city().roads.lonlat_of([ALARM], [ALONG_MM]))
"""Where there is a fire alarm, degrees."""
TABS = {"en": ("Case", "Around", "Act"), "zh": ("案件卡", "周边", "操作")}


def main(out: Path) -> None:
    """Take all of them; what is opened stands in a folder of its own, and is called as one would type it there."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        browser = playwright.chromium.launch(executable_path=found_chromium(), args=list(FLAGS))
        with serving(Wish(), opens=False) as server:
            for lang in ("en", "zh"):
                shoot(browser, server, out / f"start-{lang}.png", lang=lang)
        with serving(Wish("demo", begin="17:20", folder="room")) as server:
            worth_seeing(server)
            for lang, scheme in (("en", "light"), ("zh", "dark")):
                page = opened(browser, server, lang=lang, scheme=scheme)
                keep(page, out / f"room-{lang}.png")
                server.told("/api/v1/clock", {"gear": "hold"})
                look_at_a_case(page)
                keep(page, out / f"case-{lang}.png")
                for tab in TABS[lang][1:]:
                    open_tab(page, tab)
                    page.wait_for_timeout(3_000)
                    keep(page, out / f"{'around' if tab in ('Around', '周边') else 'act'}-{lang}.png")
                page.context.close()
            what_if(server)
            for lang, scheme in (("en", "light"), ("zh", "dark")):
                page = opened(browser, server, lang=lang, scheme=scheme)
                open_tab(page, {"en": "What if", "zh": "推演"}[lang])
                page.wait_for_timeout(3_000)
                keep(page, out / f"branch-{lang}.png")
                page.context.close()
            shoot(browser, server, out / "phone-zh.png", lang="zh", viewport=PHONE)
        with serving(Wish("chebei_street", begin="10:30", folder="centre")) as server:
            rush(server)
            look_at_desks(browser, server, out)
        for policy in ("own_grid_first", "nearest"):
            run_scenario("demo", out=Path("runs") / policy, policy=policy)
        wish = Wish("runs/own_grid_first", beside="runs/nearest")
        with serving(wish) as server:
            for lang in ("en", "zh"):
                shoot(browser, server, out / f"replay-{lang}.png", lang=lang)
        browser.close()


def worth_seeing(server: Server) -> None:
    """A fire alarm, a dispute and a closed street at the busiest hour."""
    for matter, edge in (("fire_alarm", ALARM), ("dispute", 2_800), ("dispute", 640), ("vendor", 1_900)):
        command = {"do": "report problem", "matter": matter, "edge": edge, "offset_mm": ALONG_MM}
        server.told("/api/v1/commands", {"command": command})
    for _ in range(7):
        server.told("/api/v1/clock", {"gear": "step"})
    server.told("/api/v1/clock", {"gear": "play", "speed": 2})


def what_if(server: Server) -> None:
    """Ten grid workers less, over thirty futures; the clock goes on meanwhile."""
    units = server.asked("/api/v1/state")["units"]
    free = [unit["number"] for unit in units if unit["kind"] == "grid_worker" and unit["status"] == "patrolling"]
    commands = [{"do": "stand down", "unit": unit, "lasting_s": 14_400} for unit in free[-10:]]
    server.told("/api/v1/branch", {"commands": commands, "horizon_s": 3_600})
    while server.asked("/api/v1/branch")["stage"] in UNDER_WAY:
        time.sleep(1)


def rush(server: Server) -> None:
    """More is told at once than a few people can take down."""
    for number in range(24):
        matter = ("暴露垃圾", "占道经营")[number % 2]
        command = {"do": "report problem", "matter": matter, "edge": 150 + 140 * number, "offset_mm": 0}
        server.told("/api/v1/commands", {"command": command})
    for _ in range(9):
        server.told("/api/v1/clock", {"gear": "step"})


def look_at_desks(browser: Browser, server: Server, out: Path) -> None:
    """The desks of a centre and what came in by its channels."""
    for lang, scheme in (("en", "light"), ("zh", "dark")):
        page = opened(browser, server, lang=lang, scheme=scheme)
        open_tab(page, {"en": "Desks", "zh": "台席"}[lang])
        page.wait_for_timeout(3_000)
        keep(page, out / f"desks-{lang}.png")
        page.context.close()


def look_at_a_case(page: Page) -> None:
    """Choose the fire alarm: the case that most is known about."""
    box = page.locator(MAP).first.bounding_box()
    assert box is not None
    x, y = pixel(CAMERA, *SEEN_AT, shape=(box["height"], box["width"]))
    for _ in range(5):  # without a graphics card a click may come too late to be one
        page.mouse.click(box["x"] + x, box["y"] + y - HEAD_PX)
        page.wait_for_timeout(4_000)
        if page.locator(".gt-card").count():
            break
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 10)
    page.wait_for_timeout(2_000)


def keep(page: Page, file: Path) -> None:
    """A picture in 256 colours: a third of the size, and nobody sees the difference."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()


def opened(
    browser: Browser, server: Server, *, lang: str, scheme: str = "light", viewport: ViewportSize = WIDE
) -> Page:
    """A page whose map has come to rest."""
    context = browser.new_context(viewport=viewport, color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(f"{server.address}/?lang={lang}")
    page.locator(f'{MAP}, [data-testid="stSelectbox"]').first.wait_for(timeout=90_000)
    page.wait_for_timeout(REST_MS)
    return page


def shoot(browser: Browser, server: Server, file: Path, *, lang: str, viewport: ViewportSize = WIDE) -> None:
    """One picture of a page."""
    page = opened(browser, server, lang=lang, viewport=viewport)
    keep(page, file)
    page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "docs")

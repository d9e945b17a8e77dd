"""The policy lab and staffing in a real browser: asked, answered while one looks on, and read in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MAP, Outside, Server, Visit, serving
from twin.console.desk import Wish

pytestmark = pytest.mark.browser
Come = Callable[..., Visit]
SCENARIO = """\
extends: vehicles
lasting: 3h
epoch: "2026-03-02T10:00:00+08:00"
"""
LONG_MS = 120_000


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server with its start page, in a folder with a scenario of three hours."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "hours.yaml").write_text(SCENARIO, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with serving(Wish(), opens=False) as server:
            yield server, folder


def fill(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True).and_(page.locator("input, textarea")).first
    field.fill(text)
    field.press("Tab")


def choose(page: Page, label: str, text: str) -> None:
    """Type into a box of choices; what is typed may be a path."""
    box = page.get_by_test_id("stSelectbox").filter(has_text=label).first.locator("input")
    box.click()
    box.fill(text)
    page.wait_for_timeout(500)
    box.press("Enter")


def test_policies_and_staffing_are_asked_and_answered(
    start: tuple[Server, Path], visit: Come, outside: Outside
) -> None:
    server, folder = start
    come = visit(server, waits_for='[data-testid="stSelectbox"]')
    page = come.page
    page.get_by_role("button", name="Policy lab").click()
    expect(page.get_by_text("Ask on the left")).to_be_visible()
    choose(page, "Scenario", "hours.yaml")
    fill(page, "Replications", "6")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    page.reload()  # what is under way does not hang on a page
    verdict = page.locator(".st-key-lab_verdict")
    expect(verdict).to_contain_text(re.compile("P90 response"), timeout=LONG_MS)
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=LONG_MS)
    expect(page.get_by_test_id("stVegaLiteChart").first.locator("canvas, svg").first).to_be_visible()
    page.locator(MAP).first.wait_for(timeout=LONG_MS)
    expect(page.get_by_text(re.compile(r"^6 replications of each"))).to_be_visible()
    assert len(list(folder.glob("runs/lab-*/answer.json"))) == 1
    page.get_by_role("radio", name="中文").first.click()
    expect(page.get_by_text("把握有多大？")).to_be_visible()
    page.get_by_role("button", name="人力配置").click()
    expect(page.get_by_text("请在左侧提问")).to_be_visible()
    choose(page, "场景", "hours.yaml")
    fill(page, "水平", "0.8,1,1.4")
    fill(page, "重复次数", "3")
    page.get_by_role("button", name="开始", exact=True).click()
    expect(page.locator(".st-key-staff_verdict")).to_contain_text("x1", timeout=LONG_MS)
    expect(page.get_by_text("如果……")).to_be_visible()
    for width in (1_440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(700)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.get_by_test_id("stException").count() == 0
    assert come.complaints == []
    assert outside.asked == []

"""A centre in a real browser: stages in the table and on a card, desks and channels, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Outside, Server, Visit, serving
from twin.console.desk import Wish

pytestmark = pytest.mark.browser
Come = Callable[..., Visit]
SCENARIO = Path(__file__).with_name("centre.yaml")
CLOCK = ".gt-clock"
ROW_PX = 35
"""Height of a row of a table, and of its head."""


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the running twin of a small centre in the morning, held."""
    folder = tmp_path_factory.mktemp("centre") / "room"
    with serving(Wish(str(SCENARIO), begin="09:00", folder=str(folder))) as server:
        yield server


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).last.click()


def choose_first_row(page: Page) -> None:
    """Click the box at the beginning of the first row of the table."""
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + ROW_PX / 2, box["y"] + 1.5 * ROW_PX)


def test_stages_desks_and_channels_are_there_in_both_languages(centre: Server, visit: Come, outside: Outside) -> None:
    come = visit(centre, waits_for=CLOCK)
    page = come.page
    expect(page.get_by_text("mode: as usual")).to_be_visible()
    expect(page.get_by_text("At desks · calls")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    come.until_answered()
    choose_first_row(page)
    card = page.locator(".gt-card")
    expect(card.get_by_text("Channel")).to_be_visible(timeout=15_000)
    expect(page.locator(".gt-line-of-time")).to_contain_text("Reported")
    open_tab(page, "Desks")
    expect(page.get_by_text("Desks of departments")).to_be_visible()
    line = page.locator('[class*="st-key-desk_line"]').first
    line.locator("summary").click()
    expect(line.get_by_test_id("stDataFrame")).to_be_visible()
    centre.told("/api/v1/clock", {"gear": "step"})
    expect(page.locator(".gt-time")).to_contain_text("09:01")
    expect(line.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("radio", name="中文").first.click()
    expect(page.get_by_text("部门台席")).to_be_visible()
    expect(page.get_by_text("今日来源")).to_be_visible()
    for width in (1_440, 390):
        come.until_it_fits(width)
    open_tab(page, "案件卡")
    expect(card.get_by_text("来源")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
    assert come.complaints == []
    assert outside.asked == []

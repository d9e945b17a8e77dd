"""The command room under those who look at it: T6 (live map), T7 (first picture), and the speed that is achieved.

T6: 2,000 grid workers on the built-in town, 1× at one moment a second, and 30× at four: frames a second in one real
Chromium with software WebGL, bytes a tick, and the server's processor time a tick with 1, 2 and 5 who look. Beside
it the same server with nobody looking: what a looker costs is the difference. T7: from the command line to a picture
with streets and signs. Speed: the Wuhai size as fast as it goes, beside the same scenario run without a room.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import wuhai
from city_data.folder import save_city
from scenarios.build import build
from scenarios.opening import open_twin
from scenarios.run import run
from twin.console.desk import Drive, Gear, Wish
from twin.console.launch import Served, free_port, page_url, serve_command
from twin.domain.quantities import HOUR, SECOND
from twin.domain.seat import LOCAL_ADMIN
from twin.journal.journal import Nowhere

N_UNITS = 2_000
LOOKED_AT_S = 10.0
FLAGS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
MAP = '[data-testid="stDeckGlJsonChart"] canvas'
_FRAMES = """seconds => new Promise(done => {
  let n = 0; const begun = performance.now();
  const tick = now => { n += 1; now - begun < seconds * 1000 ? requestAnimationFrame(tick) : done(n / seconds); };
  requestAnimationFrame(tick); })"""


def report() -> None:
    """Print all three."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = crowd(Path(folder), n_units=N_UNITS)
        with chromium() as browser:
            first_picture(browser)
            for speed in (1.0, 30.0):
                live_map(browser, scenario, speed=speed, lookers=(1, 2, 5), looked_at_s=LOOKED_AT_S)
        speed_achieved(Path(folder), wuhai.Size())


def report_village() -> None:
    """What needs no browser, small and short."""
    with tempfile.TemporaryDirectory() as folder:
        print("  on a village, and without a browser:")
        speed_achieved(Path(folder), wuhai.Size(n_nodes=100, n_units=12))


def crowd(folder: Path, *, n_units: int) -> Path:
    """The day in the street, moved to the town, with so many on patrol around the clock."""
    file = folder / "crowd.yaml"
    workers = {"name": "Grid {n}", "kind": "grid_worker", "mode": "walk", "beat": "base", "count": n_units}
    told = {"skills": ["see", "order", "sanitation", "repair", "patrol", "rescue"], "patrol": {"mps": 0.9}}
    content = {"extends": "demo", "city": "built-in-town", "units": [workers | told], "injects": []}
    file.write_text(json.dumps(content), "utf-8")
    return file


def live_map(browser: Browser, scenario: Path, *, speed: float, lookers: Sequence[int], looked_at_s: float) -> None:
    """Frames a second, bytes a tick, server time a tick."""
    with serving(Wish(str(scenario), begin="09:00", speed=speed, plays=True)) as (address, pid):
        alone = cpu_share(pid, looked_at_s)
        print(f"  {speed:g}×: nobody looks: {alone:.0%} of a core")
        pages: list[Page] = []
        for n in lookers:
            while len(pages) < n:
                pages.append(browser.new_page(viewport={"width": 1440, "height": 900}))
                pages[-1].goto(address)
                pages[-1].locator(MAP).first.wait_for(timeout=120_000)
            pages[0].wait_for_timeout(looked_at_s * 1_000)
            received: list[int] = []
            numbers: set[str] = set()

            def took(response: object, received: list[int] = received, numbers: set[str] = numbers) -> None:
                url, body = response.url, response.body()  # type: ignore[attr-defined]
                if "/api/v1/moments/" in url:
                    received.append(len(body))
                    numbers.add(url.split("/moments/")[1].split("/")[0])

            pages[0].on("response", took)
            share = cpu_share(pid, looked_at_s, page=pages[0])
            pages[0].remove_listener("response", took)
            fps = pages[0].evaluate(_FRAMES, looked_at_s / 2)
            ticks = max(1, len(numbers))
            print(
                f"  {speed:g}×, {n} look: {fps:.0f} frames/s, {ticks / looked_at_s:.1f} ticks/s, "
                f"{sum(received) / ticks / 1e3:.0f} kB of rows a tick (unpacked), server "
                f"{(share - alone) * looked_at_s / ticks * 1e3:.0f} ms a tick beyond nobody",
                flush=True,
            )
        for page in pages:
            page.close()


def first_picture(browser: Browser) -> None:
    """Seconds from the command to streets and signs, kernels compiled and nothing else warm."""
    begun = time.monotonic()
    with serving(Wish("demo", begin="08:30", speed=10.0, plays=True), waits=False) as (address, _):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        while time.monotonic() - begun < 120:
            try:
                page.goto(address)
                break
            except Exception:  # noqa: BLE001 - not there yet
                time.sleep(0.05)
        page.locator(MAP).first.wait_for(timeout=120_000)
        seen = time.monotonic() - begun
        page.wait_for_function("performance.getEntriesByType('resource').some(e => e.name.includes('units.json'))")
        print(f"  first picture: map after {seen:.1f} s, its first signs after {time.monotonic() - begun:.1f} s")
        page.close()


def speed_achieved(folder: Path, size: wuhai.Size) -> None:
    """Simulated seconds a second of the Wuhai size in a room, beside the same run without one."""
    save_city(wuhai.city(size), folder / "city")
    scenario = wuhai.scenario(size, folder=folder / "city")
    built = build(scenario)
    begun = time.process_time()
    run(built, store=Nowhere(), until=6 * HOUR)
    bare = 6 * HOUR / SECOND / (time.process_time() - begun)
    room = open_twin(scenario, folder=folder / "room")
    room.drive(Drive(Gear.SPEED, None), seat=LOCAL_ADMIN)
    room.drive(Drive(Gear.PLAY), seat=LOCAL_ADMIN)
    begun = time.process_time()
    while room.moment.at < 6 * HOUR:
        room.beat()
    achieved = room.moment.at / SECOND / (time.process_time() - begun)
    room.close()
    print(f"  {size.n_units:,} units: {achieved:,.0f}× in a room, {bare:,.0f}× without ({achieved / bare:.2f} of it)")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real browser with software WebGL."""
    path = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def serving(wish: Wish, *, waits: bool = True) -> Iterator[tuple[str, int]]:
    """A server's address and process number; what was asked for is open."""
    port = free_port()
    argv, environment = serve_command(Served(wish), port)
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while waits:
                try:
                    with urllib.request.urlopen(f"{page_url(port)}/api/health", timeout=5):
                        break
                except OSError:
                    time.sleep(0.2)
            yield page_url(port), process.pid
        finally:
            process.terminate()


def cpu_share(pid: int, seconds: float, *, page: Page | None = None) -> float:
    """Processor time of a process, as a share of one core."""
    before, begun = cpu_s(pid), time.monotonic()
    if page is None:
        time.sleep(seconds)
    else:
        page.wait_for_timeout(seconds * 1_000)
    return (cpu_s(pid) - before) / (time.monotonic() - begun)


def cpu_s(pid: int) -> float:
    """Processor time a process has had so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

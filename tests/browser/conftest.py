"""A real Chromium, and the page's server started just as the command line starts it."""

from __future__ import annotations

import io
import json
import os
import shutil
import socketserver
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console.run_folders import small_run
from twin.console.desk import Wish
from twin.console.launch import Served, free_port, health_url, page_url, serve_command
from twin.console.routes import ROADS_URL

Pixels = NDArray[np.int64]

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Without a graphics card a smoothed frame costs four times as much as a plain one.
    "--webgl-antialiasing-mode=none",
    "--disable-gpu-compositing",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
THE_BROWSERS_OWN = (
    "accounts.google.com",
    "android.clients.google.com",
    "clients2.google.com",
    "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "safebrowsing.googleapis.com",
    "update.googleapis.com",
)
"""Hosts that Chromium itself calls, whatever page is open."""
PATIENCE_S = 90.0
MAP = '[data-testid="stDeckGlJsonChart"] canvas'
ANSWERED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
"""A page whose server has nothing more to say to it."""


@dataclass
class Visit:
    """A page that was opened, and what was noticed while it was: what came from the server, what the browser said."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._frame))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda message: self.complaints.append(message.text) if message.type == "error" else None
        )

    def open(self, path: str = "/", *, waits_for: str = MAP) -> None:
        self.page.goto(self.origin + path)
        self.page.locator(waits_for).first.wait_for(timeout=PATIENCE_S * 1_000)
        if waits_for == MAP:
            self.until_drawn()

    def until_drawn(self) -> None:
        """Wait until the streets are there and the picture stands still but for its signs."""
        self.until(lambda: any(ROADS_URL in url for url in self.asked), "the streets are not asked for")
        before = self.picture()
        for _ in range(40):
            self.page.wait_for_timeout(500)
            now = self.picture()
            if n_unlike(now, before) < 0.03 * now.shape[0] * now.shape[1] and now.std() > 8:
                return
            before = now
        pytest.fail("the map does not come to rest")

    def until(self, holds: Callable[[], object], otherwise: str) -> None:
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            if holds():
                return
            self.page.wait_for_timeout(200)
        pytest.fail(otherwise)

    def until_answered(self) -> None:
        """Wait until the server has answered what was clicked, and the page shows it."""
        self.page.wait_for_timeout(300)
        self.page.locator(ANSWERED).wait_for(timeout=PATIENCE_S * 1_000)

    def until_it_fits(self, width: int) -> None:
        """Wait until nothing is wider than a window of so many pixels."""
        self.page.set_viewport_size({"width": width, "height": 900})
        widest = "document.scrollingElement.scrollWidth"
        self.until(lambda: self.page.evaluate(widest) <= width, f"something is wider than {width} pixels")

    def picture(self) -> Pixels:
        """Pixels of the map as it is on the screen, shape (height, width, 3)."""
        shot = self.page.locator('[data-testid="stDeckGlJsonChart"]').first.screenshot()
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=np.int64)

    def _frame(self, frame: str | bytes) -> None:
        self.received.append(frame.encode() if isinstance(frame, str) else frame)


def n_unlike(first: Pixels, second: Pixels, *, by: int = 24) -> int:
    """How many pixels differ."""
    return int((np.abs(first - second).max(axis=2) > by).sum())


def n_near(pixels: Pixels, colour: tuple[int, int, int], *, within: int = 12) -> int:
    """How many pixels have a colour."""
    return int((np.abs(pixels - np.array(colour)).max(axis=2) <= within).sum())


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    """The proxy through which everything must go that is not for this machine."""
    with Outside(("127.0.0.1", 0), _Refuse) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()


class Outside(socketserver.ThreadingTCPServer):
    """Refuses every request to the outside, workers' included, and remembers those the browser does not make itself."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(address, handler)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Refuse(socketserver.StreamRequestHandler):
    server: Outside

    def handle(self) -> None:
        request = self.rfile.readline().decode(errors="replace").strip()
        if not any(host in request.split("?")[0] for host in THE_BROWSERS_OWN):
            self.server.asked.append(request)
        self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def found_chromium() -> str:
    """Where Chromium is."""
    named = os.environ.get("CHROMIUM")
    found = next((path for name in ([named] if named else CHROMIUMS) if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium on the PATH: `apt-get install chromium`, or set CHROMIUM to its path")
    return found


@pytest.fixture(scope="session")
def browser(outside: Outside) -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found_chromium(), args=list(FLAGS), proxy={"server": outside.address, "bypass": "127.0.0.1"}
        )
        yield chromium
        chromium.close()


@dataclass
class Server:
    """A server as the command line starts it: where it is, and its process."""

    address: str
    process: subprocess.Popen[bytes]

    def asked(self, path: str) -> Any:
        """What it answers, as JSON."""
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return json.load(answer)

    def told(self, path: str, body: object) -> Any:
        """What it answers to what it is told."""
        content = json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, content, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def until_open(self) -> Server:
        """Wait until what it was asked to open is open."""
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            try:
                if self.asked("/api/health")["status"] == "ok":
                    return self
            except urllib.error.HTTPError:
                time.sleep(0.2)
        pytest.fail("nothing is open yet")


@contextmanager
def serving(wish: Wish, *, opens: bool = True, seats: Path | None = None) -> Iterator[Server]:
    """A server that was asked to open something."""
    port = free_port()
    argv, environment = serve_command(Served(wish, "" if seats is None else str(seats)), port)
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            wait_for(health_url(port), process)
            server = Server(page_url(port), process)
            yield server.until_open() if opens else server
        finally:
            process.kill()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if server.poll() is not None:
            said = server.stderr.read().decode() if server.stderr else ""
            pytest.fail(f"the server stopped by itself:\n{said}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer at {url} within {PATIENCE_S:g} s")


@pytest.fixture(scope="session")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that shows the small hand-made run."""
    with serving(Wish(str(small_run(tmp_path_factory.mktemp("browser") / "run")))) as server:
        yield server


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the running twin of a day in the street, at half past eight, held."""
    folder = tmp_path_factory.mktemp("browser") / "room"
    with serving(Wish("demo", begin="08:30", folder=str(folder))) as server:
        yield server


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a page as somebody with this language and this taste would."""
    contexts = []

    def come(
        server: Server,
        *,
        locale: str = "en-US",
        scheme: str = "light",
        path: str = "/",
        width: int = 1440,
        waits_for: str = MAP,
    ) -> Visit:
        context = browser.new_context(
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 900},
        )
        contexts.append(context)
        one = Visit(context.new_page(), server.address)
        one.watch()
        one.open(path, waits_for=waits_for)
        return one

    yield come
    for context in contexts:
        context.close()

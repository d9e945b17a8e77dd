"""A real Chromium, and the page's server started just as the command line starts it."""

from __future__ import annotations

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

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.console.run_folders import small_run
from twin.console.launch import free_port, health_url, page_url, serve_command

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
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

    def open(self, path: str = "/") -> None:
        self.page.goto(self.origin + path)
        self.page.locator(MAP).first.wait_for(timeout=PATIENCE_S * 1_000)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being computed, and nothing has been fetched for a second."""
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(
            timeout=PATIENCE_S * 1_000
        )
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            n_before = len(self.asked) + len(self.received)
            self.page.wait_for_timeout(1_000)
            if len(self.asked) + len(self.received) == n_before:
                return
        pytest.fail(f"the page still fetches after {PATIENCE_S:.0f} s: {self.asked[-3:]}")

    def _frame(self, frame: str | bytes) -> None:
        self.received.append(frame.encode() if isinstance(frame, str) else frame)


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


@pytest.fixture(scope="session")
def browser(outside: Outside) -> Iterator[Browser]:
    named = os.environ.get("CHROMIUM")
    found = next((path for name in ([named] if named else CHROMIUMS) if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium on the PATH: `apt-get install chromium`, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found, args=list(FLAGS), proxy={"server": outside.address, "bypass": "127.0.0.1"}
        )
        yield chromium
        chromium.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server that shows `folder`."""
    port = free_port()
    argv, environment = serve_command(folder, port)
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        try:
            wait_for(health_url(port), server)
            yield page_url(port)
        finally:
            server.terminate()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if server.poll() is not None:
            said = server.stdout.read().decode() if server.stdout else ""
            pytest.fail(f"the server stopped by itself:\n{said}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the server did not answer at {url} within {PATIENCE_S:g} s")


@pytest.fixture(scope="session")
def small_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a page that shows the small hand-made run."""
    with served(small_run(tmp_path_factory.mktemp("browser") / "run")) as address:
        yield address


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a page as somebody with this language and this taste would."""
    contexts = []

    def come(address: str, *, locale: str = "en-US", scheme: str = "light", path: str = "/") -> Visit:
        context = browser.new_context(
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": 1360, "height": 900},
        )
        contexts.append(context)
        one = Visit(context.new_page(), address)
        one.watch()
        one.open(path)
        return one

    yield come
    for context in contexts:
        context.close()

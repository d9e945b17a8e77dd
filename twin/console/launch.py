"""How the page is started: one command line and one environment, for `gridtwin serve` and for the browser tests alike.

In: what to open, who may come in, and a port. Out: the argument list and environment of a Streamlit
server that listens on this machine only, asks nothing, watches no files and reports nothing to anybody.
"""

from __future__ import annotations

import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path

import msgspec

from twin.console.desk import Wish
from twin.errors import GridtwinError

SERVE_VARIABLE = "GRIDTWIN_SERVE"
"""Environment variable that tells `app.py` what to show."""
ADDRESS = "127.0.0.1"
_OWN_NAMES = (ADDRESS, "localhost")
"""Where everybody may do everything, no other site's name may lead here (DNS rebinding)."""
_FLAGS = {
    "server.headless": "true",
    "server.address": ADDRESS,
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": ADDRESS,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.light.primaryColor": "#0072b2",
    "theme.dark.primaryColor": "#56b4e9",
    "theme.metricValueFontSize": "1.65rem",
    "logger.level": "warning",
}


class Served(msgspec.Struct, frozen=True):
    """What a server is started with: what it opens at once, and the file that says who may come in ("": anybody)."""

    wish: Wish = Wish()
    seats: str = ""


def serve_command(served: Served, port: int, *, address: str = ADDRESS) -> tuple[list[str], dict[str, str]]:
    """Arguments and environment of a server at `page_url(port)`.

    Raises
    ------
    GridtwinError : the installation lacks `app.py`.
    """
    app = find_spec("app")
    if app is None or app.origin is None:
        raise GridtwinError("the page (app.py) is not installed: install gridtwin again", file="app.py")
    said = {**_FLAGS, "server.address": address, "server.port": str(port)}
    flags = [f"--{name}={value}" for name, value in said.items()]
    if not served.seats:
        flags += [f"--server.allowedHosts={name}" for name in _OWN_NAMES]
    argv = [sys.executable, "-m", "streamlit", "run", app.origin, *flags]
    return argv, {**os.environ, SERVE_VARIABLE: msgspec.json.encode(served).decode()}


def served() -> Served:
    """What this server was started with; nothing in particular under plain `streamlit run app.py`.

    Raises
    ------
    GridtwinError : the variable holds something else.
    """
    text = os.environ.get(SERVE_VARIABLE)
    try:
        return Served() if not text else msgspec.json.decode(text, type=Served)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise GridtwinError(f"{SERVE_VARIABLE} is set to something else: {error}", key=SERVE_VARIABLE) from error


def as_typed(path: Path) -> str:
    """A path as one would type it from where the server was started."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def page_url(port: int, address: str = ADDRESS) -> str:
    """Where the page is."""
    return f"http://{address}:{port}"


def health_url(port: int) -> str:
    """What answers as soon as the server is up."""
    return f"{page_url(port)}/_stcore/health"


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])

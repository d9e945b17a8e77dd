"""How the page is started: one command line and one environment, for `gridtwin serve` and for the browser tests alike.

In: what to show (a run folder or a city folder) and a port. Out: the argument list and environment of a Streamlit
server that listens on this machine only, asks nothing, watches no files and reports nothing to anybody.
"""

from __future__ import annotations

import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path

from twin.errors import GridtwinError

SERVE_VARIABLE = "GRIDTWIN_SERVE"
"""Environment variable that tells `app.py` what to show."""
ADDRESS = "127.0.0.1"
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


def serve_command(path: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """Arguments and environment of the server that shows `path` at `page_url(port)`.

    Raises
    ------
    GridtwinError : the installation lacks `app.py`.
    """
    app = find_spec("app")
    if app is None or app.origin is None:
        raise GridtwinError("the page (app.py) is not installed: install gridtwin again", file="app.py")
    flags = [f"--{name}={value}" for name, value in {**_FLAGS, "server.port": str(port)}.items()]
    argv = [sys.executable, "-m", "streamlit", "run", app.origin, *flags]
    return argv, {**os.environ, SERVE_VARIABLE: str(path.resolve())}


def as_typed(path: Path) -> str:
    """A path as one would type it from where the server was started."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def page_url(port: int) -> str:
    """Where the page is."""
    return f"http://{ADDRESS}:{port}"


def health_url(port: int) -> str:
    """What answers as soon as the server is up."""
    return f"{page_url(port)}/_stcore/health"


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])

"""Show a run, a city or a scenario in the browser: starts the page on this machine and stops with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from rich.console import Console

from city_data.folder import ABOUT
from scenarios.load import library
from scenarios.record import run_scenario
from scenarios.run_folder import MANIFEST
from twin.console.launch import ADDRESS, free_port, page_url, serve_command
from twin.errors import GridtwinError

GRACE_S = 5.0
"""How long the page may take to stop."""


def serve_here(folder: Path, *, port: int) -> None:
    """Serve a run folder or a city folder until Ctrl-C; port 0 takes any that is free.

    Raises
    ------
    GridtwinError : the port is taken, or the page stopped by itself.
    KeyboardInterrupt : it was stopped by Ctrl-C or a termination signal.
    """
    port = port or free_port()
    _require_free(port)
    argv, environment = serve_command(folder, port)
    Console().print(f"[bold]{page_url(port)}[/]  (Ctrl-C stops)", soft_wrap=True, highlight=False)
    before = signal.signal(signal.SIGTERM, _interrupt)
    process = subprocess.Popen(  # noqa: S603 - our own page, no shell
        argv, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        status = process.wait()
    finally:
        process.terminate()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        signal.signal(signal.SIGTERM, before)
    if status != 0:
        raise GridtwinError(f"the page stopped by itself with exit status {status}")


def folder_to_show(what: str, *, progress: Callable[[object], None] = lambda _: None) -> Path:
    """The folder that a name stands for; a scenario is run into a new one first.

    Raises
    ------
    GridtwinError : there is nothing by that name, or the scenario cannot be run.
    """
    path = Path(what)
    if (path / MANIFEST).exists() or (path / ABOUT).exists():
        return path
    if path.is_file() or what in library():
        out = Path(tempfile.mkdtemp(prefix="gridtwin-")) / "run"
        run_scenario(what, out=out, progress=progress)
        return out
    raise GridtwinError(
        f"nothing to show: give a run folder (with {MANIFEST}), a city folder, a scenario file, or one of "
        f"{', '.join(library())}",
        file=path,
    )


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise GridtwinError(f"port {port} is taken: give another (0: any)", key="--port") from error


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt

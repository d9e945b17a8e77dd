"""Show a run, a city or a scenario in the browser: starts the page on this machine and stops with it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console

from scenarios.load import library
from scenarios.record import run_scenario
from scenarios.run_folder import MANIFEST
from twin.console.launch import page_url, serve_command
from twin.errors import GridtwinError


def serve_here(what: str, *, port: int) -> None:
    """Serve until Ctrl-C.

    Raises
    ------
    GridtwinError : there is nothing by that name, or the page stopped by itself.
    """
    folder = _folder(what)
    argv, environment = serve_command(folder, port)
    Console().print(f"[bold]{page_url(port)}[/]  (Ctrl-C stops)", soft_wrap=True)
    process = subprocess.Popen(argv, env={**os.environ, **environment})  # noqa: S603 - our own page, no shell
    try:
        status = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait(10)
        return
    if status != 0:
        raise GridtwinError(f"the page stopped with exit status {status}; is port {port} taken?")


def _folder(what: str) -> Path:
    path = Path(what)
    if path.is_dir():
        return path
    if path.exists() or what in library():
        out = Path(tempfile.mkdtemp(prefix="gridtwin-")) / "run"
        run_scenario(what, out=out)
        return out
    raise GridtwinError(
        f"nothing to show: give a run folder (with {MANIFEST}), a city folder, a scenario file, or one of "
        f"{', '.join(library())}",
        file=path,
    )

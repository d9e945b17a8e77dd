"""Start the page on this machine, and stop with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from twin.console.launch import ADDRESS, Served, free_port, page_url, serve_command
from twin.errors import GridtwinError

OPENING_S = 60.0
"""How long a demo waits for its room at most before it goes on with the table."""
GRACE_S = 8.0
"""How long the page may take to stop: what happened last is written down."""


@contextmanager
def page(served: Served, *, port: int, address: str = ADDRESS) -> Iterator[subprocess.Popen[bytes]]:
    """A server as long as the block lasts.

    Raises
    ------
    GridtwinError : the port is taken, or others could come in and nobody has said who may.
    KeyboardInterrupt : it was stopped by Ctrl-C or a termination signal.
    """
    if address != ADDRESS and not served.seats:
        raise GridtwinError("others can reach this address: say who may come in with --seats", key="--address")
    _require_free(port, address)
    argv, environment = serve_command(served, port, address=address)
    before = signal.signal(signal.SIGTERM, _interrupt)
    process = subprocess.Popen(  # noqa: S603 - our own page, no shell
        argv, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        Console().print(f"[bold]{page_url(port, address)}[/]  (Ctrl-C stops)", soft_wrap=True, highlight=False)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        signal.signal(signal.SIGTERM, before)


def serve_here(served: Served, *, port: int, address: str = ADDRESS) -> None:
    """Serve until Ctrl-C; port 0 takes any that is free.

    Raises
    ------
    GridtwinError : as `page`; or the page stopped by itself.
    """
    with page(served, port=port or free_port(), address=address) as process:
        wait_for(process)


def until_open(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a page has opened what it was asked for: the picture comes first."""
    give_up_at = time.monotonic() + OPENING_S
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            with urllib.request.urlopen(f"{page_url(port)}/api/health", timeout=5):  # noqa: S310 - our own page
                return
        except OSError:
            time.sleep(0.1)


def wait_for(process: subprocess.Popen[bytes]) -> None:
    """Wait until a page ends.

    Raises
    ------
    GridtwinError : it stopped by itself.
    """
    status = process.wait()
    if status != 0:
        raise GridtwinError(f"the page stopped by itself with exit status {status}")


def _require_free(port: int, address: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise GridtwinError(f"port {port} of {address} is taken, or not ours", key="--port") from error


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt

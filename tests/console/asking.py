"""Asks a server's routes without a server: one request in, one answer out, by the protocol servers speak to apps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders

PIECE = 10_000
"""Bodies come in pieces of so many bytes."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer."""

    status: int
    headers: MutableHeaders
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    app: Starlette,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    scheme: str = "http",
) -> Heard:
    """One request; it comes from this machine unless `headers` name another host."""
    path, _, query = path.partition("?")
    said = {"host": "127.0.0.1:8501", **{name.lower(): value for name, value in (headers or {}).items()}}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in said.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8501),
    }
    pieces = [body[begin : begin + PIECE] for begin in range(0, max(1, len(body)), PIECE)]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as thread:  # another thread: a browser test in this process keeps a loop in this one
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    answer = b"".join(message.get("body", b"") for message in sent[1:])
    return Heard(sent[0]["status"], MutableHeaders(raw=sent[0]["headers"]), answer)

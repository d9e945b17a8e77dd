"""The page's server: joins the house (what is open) with the pages that show it and the door for programs.

Streamlit loads this file in two ways: once as the module `app`, whose `app` is the server with its own routes and the
heartbeat, and once as a script for every visitor and every touch of a control. All of them share one house.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool

from scenarios.house import House
from scenarios.seats import SeatsFile
from twin.console.api import api_routes
from twin.console.door import behind_the_door
from twin.console.launch import served
from twin.console.moment_routes import moment_routes
from twin.console.page import show
from twin.console.place_routes import place_routes
from twin.console.routes import city_routes
from twin.console.seats import Seats
from twin.domain.seat import LOCAL_ADMIN

house: House  # what is open, for everybody who comes in; a text of its own line would be shown on the page
seats_file: SeatsFile | None


def open_seats() -> Seats:
    """Who may come in: whoever sits at this machine, or those of a file, read again when it changes."""
    return Seats.local() if seats_file is None else seats_file.seats()


@asynccontextmanager
async def living(_: object) -> AsyncIterator[None]:
    """Open what was asked for, and let its heart beat as long as the server runs."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(await run_in_threadpool(house.beat))

    if asked.wish.what:
        house.open(asked.wish, seat=LOCAL_ADMIN)
    heart = asyncio.create_task(beat())
    try:
        yield
    finally:
        heart.cancel()
        await run_in_threadpool(house.stop)


if __name__ == "__main__":
    from app import house as shared_house
    from app import open_seats as shared_seats

    show(shared_house, shared_seats)
else:
    asked = served()
    house = House()
    seats_file = SeatsFile(Path(asked.seats)) if asked.seats else None
    shown = [
        *city_routes(house.ground_called),
        *moment_routes(lambda: house.desk),
        *place_routes(lambda: house.ground),
    ]
    routes = [*api_routes(lambda: house.desk, open_seats), *behind_the_door(shown, open_seats)]
    app = st.App(__file__, routes=routes, lifespan=living)

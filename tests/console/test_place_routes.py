"""What the server gives for place mode."""

from __future__ import annotations

from starlette.applications import Starlette

from tests.console.asking import ask
from tests.views.shown_city import built_in_shown
from twin.console.place_routes import PICK_CELLS_URL, PICK_STREETS_URL, pick_addresses, place_routes
from twin.views.city import CityShown


def server(city: CityShown | None) -> Starlette:
    return Starlette(routes=place_routes(lambda: city))


def test_streets_and_cells_are_given_at_their_addresses_and_may_be_kept() -> None:
    city = built_in_shown()
    addresses = pick_addresses(city)
    for address in (addresses.streets, addresses.cells):
        assert address is not None
        assert city.checksum[:16] in address
        heard = ask(server(city), address)
        assert heard.status == 200
        assert "private" in heard.headers["cache-control"]
        assert len(heard.json) > 0


def test_without_streets_there_is_nothing_to_click_on() -> None:
    for path in (PICK_STREETS_URL, PICK_CELLS_URL):
        assert ask(server(None), path).status == 404

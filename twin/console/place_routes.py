"""What the page's server answers for place mode: the streets and the unit cells one can click on.

Asked for once and kept by the browser, as everything that stands still; every address names the city by its checksum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from twin.views.city import CityShown
from twin.views.place_layers import PickAddresses, cells_geojson, has_pickable_streets, streets_json

PICK_STREETS_URL = "/api/city/pick/streets.json"
PICK_CELLS_URL = "/api/city/pick/cells.json"
_KEEP_S = 86_400
_CHECKSUM_DIGITS = 16


def place_routes(ground: Callable[[], CityShown | None]) -> list[Route]:
    """Routes for `st.App`; `ground`, asked at every request, is the city of whatever is open."""

    def of_city(path: str) -> Route:
        async def answer(_: Request) -> Response:
            city = ground()
            content = None if city is None else await run_in_threadpool(_content, path, city)
            if content is None:
                return JSONResponse({"error": "there is no such thing on this map"}, status_code=404)
            kept = {"Cache-Control": f"private, max-age={_KEEP_S}"}
            return Response(content, media_type="application/json", headers=kept)

        return Route(path, answer, methods=["GET"])

    return [of_city(path) for path in _MAKERS]


def pick_addresses(city: CityShown) -> PickAddresses:
    """Where the streets and the cells of a city are given, as far as they can be clicked on."""
    query = urlencode({"city": city.checksum[:_CHECKSUM_DIGITS]})
    return PickAddresses(
        streets=f"{PICK_STREETS_URL}?{query}" if has_pickable_streets(city.roads) else None,
        cells=None if city.cells is None else f"{PICK_CELLS_URL}?{query}",
    )


@lru_cache(maxsize=4)
def _content(path: str, city: CityShown) -> bytes | None:
    return _MAKERS[path](city)


def _streets(city: CityShown) -> bytes | None:
    return streets_json(city.roads) if has_pickable_streets(city.roads) else None


def _cells(city: CityShown) -> bytes | None:
    return None if city.cells is None else cells_geojson(city.cells, crs=city.roads.crs)


_MAKERS: Mapping[str, Callable[[CityShown], bytes | None]] = {PICK_STREETS_URL: _streets, PICK_CELLS_URL: _cells}

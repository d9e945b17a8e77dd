"""What the page's server answers besides the page: the city's streets and all that stands still, and the signs.

The map asks for them once and keeps them; only what moves is sent again with the page. All are for this machine's
browser: the server listens on 127.0.0.1 and holds nothing here that the page does not show. Every address of a city's
own names the city by its checksum, so that one city's streets are never taken for another's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from twin.domain.facility import FacilityKind
from twin.views.base_map import grounds_geojson, map_style, roads_geojson
from twin.views.city import CityShown
from twin.views.grid_borders import borders_geojson
from twin.views.icons import PLACES_OF_SIGNS_URL, SIGNS_URL, atlas, mapping
from twin.views.palette import Theme, palette
from twin.views.places import facilities_json, names_json
from twin.views.still_layers import Addresses
from twin.views.words import Language, Words

STYLE_URL = "/api/city/style.json"
ROADS_URL = "/api/city/roads.geojson"
GROUNDS_URL = "/api/city/grounds.geojson"
GRIDS_URL = "/api/city/grids.geojson"
FACILITIES_URL = "/api/city/facilities.json"
NAMES_URL = "/api/city/names.json"
_KEEP_S = 86_400
_CHECKSUM_DIGITS = 16

Asked = tuple[tuple[str, str], ...]
"""What an address asks for beyond its path, in order."""


def city_routes(ground: Callable[[str], CityShown | None]) -> list[Route]:
    """Routes for `st.App`; `ground`, asked at every request, is the city whose checksum begins like that."""

    async def style(request: Request) -> Response:
        """The style for `?theme=light` or `dark`, of the city that `?city=` names, with borders of `?overlay=`."""
        city, overlay = {"city": request.query_params.get("city", "")}, request.query_params.get("overlay")
        roads, grounds, grids = (
            str(request.url.replace(path=path, query=urlencode({**asked, **city})))
            for path, asked in ((ROADS_URL, {}), (GROUNDS_URL, {}), (GRIDS_URL, {"overlay": overlay or ""}))
        )
        borders = grids if overlay else None
        content = map_style(palette(_theme(request)), roads_url=roads, grounds_url=grounds, grids_url=borders)
        return Response(content, media_type="application/json")

    async def signs(request: Request) -> Response:
        return Response(atlas(_theme(request)), media_type="image/svg+xml")

    async def places_of_signs(_: Request) -> Response:
        return Response(mapping(), media_type="application/json")

    def of_city(path: str) -> Route:
        async def answer(request: Request) -> Response:
            city = ground(request.query_params.get("city", ""))
            asked = tuple(sorted(request.query_params.items()))
            content = None if city is None else await run_in_threadpool(_content, path, city, asked)
            if content is None:
                return JSONResponse({"error": "there is no such thing on this map"}, status_code=404)
            kind = "application/geo+json" if path.endswith(".geojson") else "application/json"
            return Response(content, media_type=kind, headers={"Cache-Control": f"private, max-age={_KEEP_S}"})

        return _get(path, answer)

    own = [_get(STYLE_URL, style), _get(SIGNS_URL, signs), _get(PLACES_OF_SIGNS_URL, places_of_signs)]
    return own + [of_city(path) for path in _MAKERS]


def style_url(checksum: str, *, theme: Theme, overlay: str | None = None) -> str:
    """Address of the style for a city and a theme, with the borders of an overlay's grids where one is named."""
    asked = {} if overlay is None else {"overlay": overlay}
    return _address(STYLE_URL, checksum, theme=theme.value, **asked)


def still_addresses(checksum: str, words: Words) -> Addresses:
    """Where the server gives what stands still in a city; texts in the language of the words."""
    return Addresses(
        facilities=lambda kind: _address(FACILITIES_URL, checksum, kind=kind.value, lang=words.language.value),
        names=_address(NAMES_URL, checksum),
    )


def _address(path: str, checksum: str, **asked: str) -> str:
    return f"{path}?{urlencode({**asked, 'city': checksum[:_CHECKSUM_DIGITS]})}"


def _theme(request: Request) -> Theme:
    return Theme.DARK if request.query_params.get("theme") == Theme.DARK else Theme.LIGHT


def _get(path: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, answer, methods=["GET"])


@lru_cache(maxsize=32)
def _content(path: str, city: CityShown, asked: Asked) -> bytes | None:
    """What an address of a city answers, None where the city has no such thing."""
    return _MAKERS[path](city, dict(asked))


def _grids(city: CityShown, asked: Mapping[str, str]) -> bytes | None:
    overlay = next((overlay for overlay in city.overlays if overlay.name == asked.get("overlay")), None)
    if overlay is None or city.cells is None:
        return None
    return borders_geojson(city.cells, overlay, crs=city.roads.crs)


def _facilities(city: CityShown, asked: Mapping[str, str]) -> bytes | None:
    kind = next((kind for kind in FacilityKind if kind == asked.get("kind")), None)
    if kind is None:
        return None
    language = Language.CHINESE if asked.get("lang") == Language.CHINESE else Language.ENGLISH
    return facilities_json(city, kind, Words(language))


_MAKERS: Mapping[str, Callable[[CityShown, Mapping[str, str]], bytes | None]] = {
    ROADS_URL: lambda city, _: roads_geojson(city.roads),
    GROUNDS_URL: lambda city, _: grounds_geojson(city.grounds),
    NAMES_URL: lambda city, _: names_json(city),
    GRIDS_URL: _grids,
    FACILITIES_URL: _facilities,
}

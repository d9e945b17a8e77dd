"""What the page's server answers besides the page: the city's streets, the style that draws them, and the signs.

The map asks for them once and keeps them; only what moves is sent again with the page. Both are for this machine's
browser: the server listens on 127.0.0.1 and holds nothing here that the page does not show.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from twin.console.desk import Desk
from twin.errors import GridtwinError
from twin.roads.network import RoadNetwork
from twin.views.city import map_style, roads_geojson
from twin.views.icons import SIGNS_URL, atlas
from twin.views.palette import Theme, palette

STYLE_URL = "/api/city/style.json"
ROADS_URL = "/api/city/roads.geojson"
_ROADS_KEEP_S = 86_400


def city_routes(open_desk: Callable[[], Desk]) -> list[Route]:
    """Routes for `st.App`; `open_desk` is asked at every request and may be quick to answer."""

    async def style(request: Request) -> Response:
        """The style for `?theme=light` or `dark`; `?city=` only keeps one city's streets apart from another's."""
        theme = Theme.DARK if request.query_params.get("theme") == Theme.DARK else Theme.LIGHT
        roads_url = str(request.url.replace(path=ROADS_URL, query=f"city={request.query_params.get('city', '')}"))
        return Response(map_style(palette(theme), roads_url=roads_url), media_type="application/json")

    async def roads(request: Request) -> Response:
        try:
            city = (await run_in_threadpool(open_desk)).city
        except GridtwinError as error:
            return JSONResponse({"error": str(error)}, status_code=404)
        if city is None:
            return JSONResponse({"error": "there are no streets"}, status_code=404)
        content = await run_in_threadpool(_geojson, city.roads)
        return Response(
            content,
            media_type="application/geo+json",
            headers={"Cache-Control": f"private, max-age={_ROADS_KEEP_S}"},
        )

    async def signs(_: Request) -> Response:
        return Response(atlas(), media_type="image/svg+xml")

    return [_get(STYLE_URL, style), _get(ROADS_URL, roads), _get(SIGNS_URL, signs)]


def style_url(checksum: str, *, theme: Theme) -> str:
    """Address of the style for a city and a theme."""
    return f"{STYLE_URL}?theme={theme.value}&city={checksum[:16]}"


def _get(path: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, answer, methods=["GET"])


@lru_cache(maxsize=2)
def _geojson(roads: RoadNetwork) -> bytes:
    return roads_geojson(roads)

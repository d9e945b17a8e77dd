"""What the page's server answers about a moment: rows of units and cases, closed streets, hot spots.

The map asks for them by the number of a moment. Rows are written once for a moment and a language, and packed once,
however many look on; a moment long gone is not found, and a map then keeps what it shows. Nobody keeps an answer:
numbers begin anew when another room is opened.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from twin.console.desk import Desk
from twin.console.routes import still_addresses
from twin.domain.facility import FacilityKind
from twin.domain.quantities import HOUR
from twin.roads.network import FloatArray
from twin.views.city import CityShown
from twin.views.closed_streets import closed_geojson
from twin.views.corners import Drawn, as_they_are, drawn_after
from twin.views.crew import Streets
from twin.views.hot_spots import hot_spots_geojson
from twin.views.live_layers import LiveAddresses
from twin.views.moment import Moment
from twin.views.palette import Theme, palette
from twin.views.past_cases import past_rows
from twin.views.result import Result
from twin.views.rows import case_rows, unit_rows
from twin.views.words import Language, Words

PAST_URL = "/api/v1/past.json"
UNITS_URL = "/api/v1/moments/{number}/units.json"
CASES_URL = "/api/v1/moments/{number}/cases.json"
CLOSED_URL = "/api/v1/moments/{number}/closed.geojson"
HOT_SPOTS_URL = "/api/v1/hot_spots.geojson"
_KEPT = 64
"""So many answers, and so many pictures of where units are drawn, are remembered."""
_LEVEL = 4
"""How hard to pack: more takes longer and saves little."""
_NOT_KEPT = {"Cache-Control": "no-store"}

K = TypeVar("K")
V = TypeVar("V")


class _Asked(NamedTuple):
    """What rows are wanted of a moment; `before` is the moment a map shows, where motion is to be smooth."""

    moment: Moment
    before: Moment | None
    words: Words
    hollow: bool


class _Content(NamedTuple):
    """An answer, plain and packed."""

    plain: bytes
    packed: bytes


def moment_routes(open_desk: Callable[[], Desk | None]) -> list[Route]:
    """Routes for `st.App`; `open_desk` is asked at every request."""
    written = _Written()

    async def units(request: Request) -> Response:
        desk, asked = _asked(open_desk(), request)
        if desk is None or asked is None:
            return _not_found()
        return _rows(request, await run_in_threadpool(written.units, asked, desk.streets))

    async def cases(request: Request) -> Response:
        _, asked = _asked(open_desk(), request)
        return _not_found() if asked is None else _rows(request, await run_in_threadpool(written.cases, asked))

    async def closed(request: Request) -> Response:
        desk, asked = _asked(open_desk(), request)
        if desk is None or asked is None or desk.city is None:
            return _not_found()
        return _geojson(await run_in_threadpool(closed_geojson, desk.city.roads, asked.moment.closed))

    async def hot_spots(_: Request) -> Response:
        desk = open_desk()
        if desk is None or desk.city is None:
            return _not_found()
        return _geojson(await run_in_threadpool(hot_spots_geojson, desk.city.roads, desk.moment.told))

    async def past(request: Request) -> Response:
        desk = open_desk()
        if desk is None or desk.city is None or desk.result is None:
            return _not_found()
        query = request.query_params
        theme = Theme.DARK if query.get("theme") == Theme.DARK else Theme.LIGHT
        return _rows(request, await run_in_threadpool(_past, desk.city, desk.result, theme, _words(request, desk)))

    answers = (
        (PAST_URL, past),
        (UNITS_URL, units),
        (CASES_URL, cases),
        (CLOSED_URL, closed),
        (HOT_SPOTS_URL, hot_spots),
    )
    return [Route(url.replace("{number}", "{number:int}"), answer, methods=["GET"]) for url, answer in answers]


def past_address(theme: Theme, words: Words) -> str:
    """Where the server gives all cases of the finished run."""
    return f"{PAST_URL}?{urlencode({'theme': theme.value, 'lang': words.language.value})}"


@lru_cache(maxsize=8)
def _past(city: CityShown, result: Result, theme: Theme, words: Words) -> _Content:
    return _packed(past_rows(result.cases, roads=city.roads, colours=palette(theme), words=words))


def live_addresses(
    moment: Moment,
    words: Words,
    *,
    checksum: str,
    before: int | None = None,
    is_hollow: bool = False,
    is_other: bool = False,
) -> LiveAddresses:
    """Where the server gives what is to be seen at a moment, texts in the language of the words.

    Parameters
    ----------
    checksum : of the city.
    before : number of the moment that this very map shows now, if signs are to glide from there along the streets.
    is_hollow : draw the signs of this run hollow and those of the one set beside filled, not the other way round.
    is_other : the map is that of the run set beside.
    """

    def rows(url: str, *, beside: bool, **more: int) -> str:
        asked = {"lang": words.language.value, "hollow": int(is_hollow != beside), "beside": int(beside), **more}
        return f"{url.format(number=moment.number)}?{urlencode(asked)}"

    return LiveAddresses(
        units=rows(UNITS_URL, beside=is_other, **({} if before is None or is_other else {"before": before})),
        cases=rows(CASES_URL, beside=is_other),
        beside_units=rows(UNITS_URL, beside=not is_other),
        beside_cases=rows(CASES_URL, beside=not is_other),
        closed=CLOSED_URL.format(number=moment.number),
        hot_spots=f"{HOT_SPOTS_URL}?hour={moment.at // HOUR}",
        cameras=still_addresses(checksum, words).facilities(FacilityKind.CAMERA),
    )


class _Written:
    """Rows that were written lately; each is written once, whoever asks first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contents: OrderedDict[tuple[str, _Asked], _Content] = OrderedDict()
        self._drawn: OrderedDict[Moment, Drawn] = OrderedDict()

    def units(self, asked: _Asked, streets: Streets | None) -> _Content:
        """Rows of units."""
        return self._once(
            "units",
            asked,
            lambda: unit_rows(asked.moment, asked.words, places=self._places(asked, streets), hollow=asked.hollow),
        )

    def cases(self, asked: _Asked) -> _Content:
        """Rows of open cases."""
        return self._once("cases", asked, lambda: case_rows(asked.moment, asked.words, hollow=asked.hollow))

    def _once(self, what: str, asked: _Asked, write: Callable[[], bytes]) -> _Content:
        with self._lock:
            found = self._contents.get((what, asked))
            if found is None:
                found = _packed(write())
                _keep(self._contents, (what, asked), found)
        return found

    def _places(self, asked: _Asked, streets: Streets | None) -> FloatArray | None:
        """Where units are drawn on a map that shows what it was given for the moment before."""
        before = asked.before
        if before is None or streets is None:
            return None
        shown = self._drawn.get(before) or as_they_are(before)
        drawn = drawn_after(asked.moment, before, shown, streets)
        _keep(self._drawn, asked.moment, drawn)
        return drawn.places


def _packed(plain: bytes) -> _Content:
    return _Content(plain, gzip.compress(plain, _LEVEL, mtime=0))


def _words(request: Request, desk: Desk) -> Words:
    is_chinese = request.query_params.get("lang") == Language.CHINESE
    return Words(Language.CHINESE if is_chinese else Language.ENGLISH, desk.about.english)


def _asked(desk: Desk | None, request: Request) -> tuple[Desk | None, _Asked | None]:
    """The moment that an address names, None where it is forgotten."""
    query = request.query_params
    beside, before = query.get("beside") == "1", query.get("before", "")
    found = None if desk is None else desk.moment_of(request.path_params["number"], beside=beside)
    if desk is None or found is None:
        return desk, None
    earlier = desk.moment_of(int(before)) if before.isdecimal() and not beside else None
    return desk, _Asked(
        found[0], None if earlier is None else earlier[0], _words(request, desk), query.get("hollow") == "1"
    )


def _rows(request: Request, content: _Content) -> Response:
    headers = {**_NOT_KEPT, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(content.plain, media_type="application/json", headers=headers)
    return Response(content.packed, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})


def _geojson(content: bytes) -> Response:
    return Response(content, media_type="application/geo+json", headers=_NOT_KEPT)


def _not_found() -> Response:
    return JSONResponse({"error": "this moment is forgotten, or nothing is open"}, status_code=404, headers=_NOT_KEPT)


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Remember a value; of too many the oldest is forgotten."""
    kept[key] = value
    while len(kept) > _KEPT:
        kept.popitem(last=False)

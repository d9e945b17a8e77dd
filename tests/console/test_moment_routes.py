"""What the server answers about a moment."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.applications import Starlette

from tests.console.asking import Heard, ask
from tests.console.fake_desk import ABOUT
from tests.views.shown_city import built_in_shown
from tests.views.shown_moment import course, town_streets
from twin.console import moment_routes as routes
from twin.console.desk import About
from twin.console.moment_routes import live_addresses, moment_routes
from twin.views.city import CityShown
from twin.views.crew import Streets
from twin.views.moment import Moment
from twin.views.rows import unit_rows
from twin.views.words import Language, Words

ENGLISH = Words(Language.ENGLISH)
CHECKSUM = "0123456789abcdef0123"


def moments() -> Sequence[Moment]:
    return course(every_s=4.0)[:10]


@dataclass
class Shown:
    """As much of a desk as the map asks for."""

    moments: Sequence[Moment] = field(default_factory=moments)
    besides: Sequence[Moment] = ()
    city: CityShown | None = field(default_factory=built_in_shown)
    streets: Streets | None = field(default_factory=town_streets)
    result: None = None
    about: About = ABOUT

    @property
    def moment(self) -> Moment:
        return self.moments[-1]

    def moment_of(self, number: int, *, beside: bool = False) -> tuple[Moment, Moment | None] | None:
        kept = {moment.number: moment for moment in (self.besides if beside else self.moments)}
        return (kept[number], kept.get(number - 1)) if number in kept else None


class Server:
    """The routes over a desk."""

    def __init__(self, desk: Shown | None) -> None:
        self._app = Starlette(routes=moment_routes(lambda: desk))  # type: ignore[arg-type, return-value]

    def get(self, address: str, **headers: str) -> Heard:
        return ask(self._app, address, headers=headers)


def addresses(number: int = 5, **more: Any) -> Any:
    return live_addresses(moments()[number], ENGLISH, checksum=CHECKSUM, **more)


def test_every_address_of_a_moment_is_answered() -> None:
    shown = addresses()
    server = Server(Shown())
    for address in (shown.units, shown.cases, shown.closed, shown.hot_spots):
        answer = server.get(address)
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-store"
        json.loads(answer.body)


def test_rows_are_those_of_the_moment_and_the_language_that_the_address_names() -> None:
    server = Server(Shown())
    assert server.get(addresses().units).body == unit_rows(moments()[5], ENGLISH)
    chinese = live_addresses(moments()[5], Words(Language.CHINESE), checksum=CHECKSUM)
    assert server.get(chinese.units).body == unit_rows(moments()[5], Words(Language.CHINESE))


def test_rows_are_packed_for_whoever_takes_them_packed() -> None:
    server = Server(Shown())
    packed = server.get(addresses().units, **{"accept-encoding": "gzip"})
    plain = server.get(addresses().units)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2


def test_rows_are_written_once_however_many_look_on(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def write(moment: Moment, *some: Any, **more: Any) -> bytes:
        written.append(moment.number)
        return unit_rows(moment, *some, **more)

    monkeypatch.setattr(routes, "unit_rows", write)
    server = Server(Shown())
    for _ in range(5):
        server.get(addresses(before=4).units)
    server.get(addresses(6).units)
    assert written == [5, 6]


def test_a_matter_is_called_in_english_what_the_scenario_calls_it() -> None:
    moment = replace(moments()[0], cases=tuple(case._replace(matter="违规投喂") for case in moments()[0].cases))
    server = Server(Shown([moment], about=replace(ABOUT, english={"违规投喂": "feeding of pigeons"})))
    cases = routes.CASES_URL.format(number=moment.number)
    english, chinese = (server.get(f"{cases}?lang={language}").body.decode() for language in ("en", "zh"))
    assert "feeding of pigeons" in english
    assert "违规投喂" not in english
    assert "违规投喂" in chinese


def test_a_moment_long_gone_is_not_found() -> None:
    server = Server(Shown(moments=moments()[6:]))
    assert server.get(addresses(5).units).status == 404
    assert server.get(addresses(5).cases).status == 404
    assert server.get(addresses(6, before=1).units).body == unit_rows(moments()[6], ENGLISH)


def test_where_nothing_is_open_nothing_is_found() -> None:
    server = Server(None)
    for address in (addresses().units, addresses().cases, addresses().closed, addresses().hot_spots):
        assert server.get(address).status == 404


def test_the_run_set_beside_is_answered_hollow_and_on_its_own_map_by_itself() -> None:
    desk = Shown(besides=course(every_s=4.0)[20:30])
    moment = desk.besides[0]
    server = Server(desk)
    beside = live_addresses(moment, ENGLISH, checksum=CHECKSUM).beside_units
    assert server.get(beside).body == unit_rows(moment, ENGLISH, hollow=True)
    own = live_addresses(moment, ENGLISH, checksum=CHECKSUM, is_other=True, before=1)
    assert "before" not in own.units
    assert len(server.get(own.units).json) == len(moment.units)


def test_signs_follow_the_streets_from_what_the_map_showed_before() -> None:
    server = Server(Shown())
    before = {row["id"]: row["at"] for row in server.get(addresses(4).units).json}
    smooth, plain = (server.get(addresses(5, **more).units).json for more in ({"before": 4}, {}))
    moved = [row["id"] for row in plain if row["at"] != before[row["id"]]]
    assert moved
    assert any(one["at"] != other["at"] for one, other in zip(smooth, plain, strict=True))


def test_hot_spots_have_an_address_for_every_hour_and_all_else_for_every_moment() -> None:
    first, second = addresses(4), addresses(5)
    assert first.hot_spots == second.hot_spots
    assert first.cameras == second.cameras
    assert first.units != second.units


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=99999999999999999999", "lang=xx&hollow=2"])
def test_odd_addresses_are_answered_as_plain_ones(query: str) -> None:
    server = Server(Shown())
    assert server.get(f"/api/v1/moments/5/units.json?{query}").body == unit_rows(moments()[5], ENGLISH)

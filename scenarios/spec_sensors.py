"""What a scenario may say about sensors: where they look, how often, how well, and how often they are wrong.

None of the figures is a standard; what nobody says is taken as perfect, so say it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Tag, model_validator

from scenarios.spread import TEXT_OR_OTHER, Model, Span, Spread, wrong
from twin.domain.facility import FacilityKind
from twin.domain.problem import Channel
from twin.domain.sensor import SENSES

Share = Annotated[float, Field(ge=0, le=1)]
Watchers = dict[str, Annotated[int, Field(ge=0, le=10_000)]]


def _sense(channel: Channel) -> Channel:
    if channel is Channel.VEHICLE:
        raise ValueError("cameras on vehicles see along their tours: name the kinds of unit in `vehicle_cameras`")
    if channel not in SENSES:
        raise ValueError(f"nothing senses by {channel.value!r}: there are {', '.join(SENSES)}")
    return channel


class SensorSpec(Model):
    """Sensors alike, which tell of problems of `matters` ("*": any) by a channel.

    Where: `count` of them spread over the streets by length or `where` people are, or one `at` each facility of a kind,
    each looking `radius_m` far, of which the share `line_of_sight` is in its view; or with no places, for a share of
    all problems (`covers`).

    How: `period` for what turns and comes back; `watchers` (people by roster, or a desk) who go through the pictures of
    `feeds` cameras, `dwell` each; neither for what notices at once. `seen`: chance a look, or at all. `delay`: until
    the centre is told. `again`: it tells again so long after, as long as the problem is there; unless it is `quiet`
    about what the centre has a case of. `false_per_day`: tellings of nothing, by each sensor (with `covers`: by all).
    """

    channel: Annotated[Channel, AfterValidator(_sense)]
    matters: Annotated[
        Annotated[Literal["*"], Tag("text")] | Annotated[tuple[str, ...], Field(min_length=1), Tag("other")],
        TEXT_OR_OTHER,
    ] = "*"
    count: Annotated[int, Field(ge=1, le=100_000)] | None = None
    where: Literal["street_length", "residents"] = "street_length"
    at: FacilityKind | None = None
    covers: Share | None = None
    radius_m: Annotated[float, Field(gt=0, le=20_000)] | None = None
    line_of_sight: Share = 1.0
    seen: Share = 1.0
    period: Annotated[Span, Field(gt=0)] | None = None
    feeds: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    dwell: Annotated[Span, Field(gt=0)] | None = None
    watchers: Annotated[Annotated[str, Tag("text")] | Annotated[Watchers, Tag("other")], TEXT_OR_OTHER] | None = None
    delay: Spread | None = None
    again: Annotated[Span, Field(gt=0)] | None = None
    quiet: bool = True
    false_per_day: Annotated[float, Field(ge=0, le=100_000)] = 0.0

    @model_validator(mode="after")
    def _somewhere(self) -> SensorSpec:
        given = [name for name in ("count", "at", "covers") if getattr(self, name) is not None]
        if len(given) != 1:
            said = " and ".join(given) or "none"
            raise wrong("count", f"say where by one of `count`, `at` and `covers`, not by {said}")
        if (self.covers is None) is not (self.radius_m is not None):
            raise wrong("radius_m", "whatever has a place looks so many metres far; what `covers` a share has none")
        if self.covers is not None and self.line_of_sight < 1:
            raise wrong("line_of_sight", "what has no place has no line of sight: say it by `covers`")
        if self.count is None and self.where == "residents":
            raise wrong("where", "goes with `count`")
        return self

    @model_validator(mode="after")
    def _somehow(self) -> SensorSpec:
        if (self.dwell is None) is not (self.watchers is None):
            raise wrong("watchers", "who watches and `dwell` go together")
        if self.dwell is not None and self.period is not None:
            raise wrong("period", "it turns or it is watched, not both")
        if self.channel is Channel.VIDEO and self.dwell is None:
            raise wrong("watchers", "nobody sees what a camera shows unless somebody watches: say `watchers`, `dwell`")
        if self.feeds is not None and self.dwell is None:
            raise wrong("feeds", "feeds are for `watchers` to look at")
        if self.feeds is None and self.dwell is not None and self.covers is not None:
            raise wrong("feeds", "say how many pictures there are to go through")
        if self.false_per_day and self.matters == "*":
            raise wrong("matters", "tellings of nothing are said to be about something: name the matters")
        return self

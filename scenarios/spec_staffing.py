"""What a scenario may say about staffing as a whole, laid over its units, desks, rosters and sensors; and its costs.

`staffing` is one key, so that an experiment can turn it: who is there when, without writing the groups out again.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, PlainSerializer, Tag, model_validator

from scenarios.spec_roster import Clock
from scenarios.spread import Model, wrong
from twin.domain.problem import Channel

MOST_TIMES = 100.0
_TIMES = re.compile(r"[x×](\d{1,3}(?:\.\d{1,6})?)")


def _times(value: object) -> float:
    """A factor from "x1.2"."""
    found = _TIMES.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not 0 < float(found[1]) <= MOST_TIMES:
        raise ValueError(f"{value!r} is not a factor: write x1.2, above x0 and at most x{MOST_TIMES:g}")
    return float(found[1])


def times(factor: float) -> str:
    """A factor as it is written.

    >>> times(1.2)
    'x1.2'
    """
    return f"x{factor:.6f}".rstrip("0").rstrip(".")


def _for_whom(value: object) -> str:
    return "by name" if isinstance(value, dict) else "all"


Times = Annotated[float, BeforeValidator(_times), PlainSerializer(times, return_type=str)]
Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[int, Field(ge=0, le=100_000)]
Rate = Annotated[float, Field(ge=0, le=1e9)]


class StaffingSpec(Model):
    """Who is there, other than the groups and desks say. A plain factor, `x1.2`, stands for `scale`.

    `shifts`: by roster ("always": none), how many of a kind of unit, group or desk work it; names of rosters may stand
    beside the other keys too. `scale`, after that: everybody, or by kind of unit, group or desk ("*": the others), so
    many times as many; rounded by the largest remainder. `starts`: when shifts begin, each as long as it was.
    `attends`: the share of its shifts that a kind or group comes to. `sensors`: how many there are, by channel.
    """

    scale: Annotated[
        Annotated[Times, Tag("all")] | Annotated[dict[str, Times], Tag("by name")], Discriminator(_for_whom)
    ] = 1.0
    shifts: dict[str, dict[str, Number]] = Field(default_factory=dict)
    starts: dict[str, Clock] = Field(default_factory=dict)
    attends: dict[str, Share] = Field(default_factory=dict)
    sensors: dict[Channel, Number] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        if isinstance(value, str):
            return {"scale": value}
        if isinstance(value, int | float):
            raise ValueError(f"{value} is not a factor: write x{value:g}")
        if not isinstance(value, dict):
            return value
        known = {name: said for name, said in value.items() if name in cls.model_fields}
        named = {name: said for name, said in value.items() if name not in cls.model_fields}
        if not named:
            return known
        shifts = known.get("shifts", {})
        return {**known, "shifts": {**shifts, **named}} if isinstance(shifts, dict) else value


class CostsSpec(Model):
    """What staffing costs; nothing that happens depends on it.

    `per_hour` on duty, by kind of unit or desk (by channel: those who watch its pictures; "*": the others);
    `per_sensor` and year, by channel; `fixed_per_year`.
    """

    currency: Annotated[str, Field(min_length=1, max_length=12)] = "CNY"
    per_hour: dict[str, Rate] = Field(default_factory=dict)
    per_sensor: dict[Channel, Rate] = Field(default_factory=dict)
    fixed_per_year: Rate = 0.0

    @model_validator(mode="after")
    def _something(self) -> CostsSpec:
        if not any((*self.per_hour.values(), *self.per_sensor.values(), self.fixed_per_year)):
            raise wrong("per_hour", "nothing costs anything: give a rate above 0, or leave `costs` out")
        return self

    def rate_of(self, name: str) -> float:
        """An hour on duty of a kind of unit or desk; 0 where nothing is said."""
        return self.per_hour.get(name, self.per_hour.get("*", 0.0))

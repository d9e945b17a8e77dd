"""What a scenario may say about demand: kinds of case, how many, where, and at which hours."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from scenarios.spread import Model

HOURS, WEEKDAYS = 24, 7


class MatterSpec(Model):
    """A kind of case: its share among the demand's cases, its priority (1 most urgent), what it needs (skills).

    `verify` and `check` are the skill of somebody who is sent to look before it is handled, and afterwards. `english`:
    what English pages call it.
    """

    priority: Annotated[int, Field(ge=1, le=9)] = 1
    needs: Annotated[tuple[str, ...], Field(max_length=64)]
    verify: str | None = None
    check: str | None = None
    share: Annotated[float, Field(ge=0)] = 1.0
    english: str | None = None


Weight = Annotated[float, Field(ge=0)]


class Rhythm(Model):
    """Relative demand by hour of day (24 numbers) and by weekday (7 numbers, Monday first)."""

    hours: Annotated[tuple[Weight, ...], Field(min_length=HOURS, max_length=HOURS)] = (1.0,) * HOURS
    weekdays: Annotated[tuple[Weight, ...], Field(min_length=WEEKDAYS, max_length=WEEKDAYS)] = (1.0,) * WEEKDAYS

    @model_validator(mode="after")
    def _some(self) -> Rhythm:
        if not sum(self.hours) or not sum(self.weekdays):
            raise ValueError("some hour and some weekday must have demand")
        return self


class Demand(Model):
    """A Poisson source: `per_day` cases on average, split over `matters` by share and over `areas` by share.

    Without `areas` the city's own are used, by length of street.
    """

    name: str
    per_day: Annotated[float, Field(ge=0, le=10_000_000)]
    matters: Annotated[dict[str, MatterSpec], Field(min_length=1)]
    areas: dict[str, Annotated[float, Field(ge=0)]] | None = None
    rhythm: Rhythm = Rhythm()

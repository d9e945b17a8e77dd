"""How long something may take, as a scenario says it: spans in words ("15m", "1h30m", 90) and distributions by name.

Also the model all parts of a scenario share, and how its errors name the key to look at.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from twin.clock.distributions import (
    Deterministic,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Weibull,
)
from twin.domain.quantities import parse_span, to_s, to_us

LONGEST_S = 100 * 366 * 86_400.0


class Model(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


def _seconds(value: object) -> float:
    if not isinstance(value, str | int | float):
        raise ValueError("write a span of time: 90, 90s, 15m, 1h30m, 7d or 0:01:30")
    seconds = to_s(parse_span(value))
    if seconds > LONGEST_S:
        raise ValueError(f"{value!r} is longer than 100 years")
    return seconds


def _microseconds(value: object) -> int:
    return to_us(_seconds(value))


def _text_or_other(value: object) -> str:
    return "text" if isinstance(value, str) else "other"


def wrong(key: str, message: str) -> PydanticCustomError:
    """An error of a model as a whole that names the key to look at."""
    return PydanticCustomError("wrong", "{message}", {"key": key, "message": message})


TEXT_OR_OTHER = Discriminator(_text_or_other)
"""Decides a union by the shape of what is written, so that an error names one key and not every branch."""

Seconds = Annotated[float, BeforeValidator(_seconds)]
Span = Annotated[int, BeforeValidator(_microseconds), PlainSerializer(to_s, return_type=float)]


class Spread(Model):
    """A distribution by name, with mean and cv (standard deviation over mean) or with its own parameters.

    `deterministic` mean · `exponential` mean · `lognormal` mean+cv, or median+sigma · `gamma` mean+cv, or shape+scale ·
    `weibull` mean+cv, or shape+scale · `empirical` values. A plain span stands for `deterministic`.
    """

    dist: Literal["deterministic", "exponential", "lognormal", "gamma", "weibull", "empirical"]
    mean: Annotated[Seconds, Field(gt=0)] | None = None
    cv: Annotated[float, Field(ge=0.02, le=8)] | None = None
    median: Annotated[Seconds, Field(gt=0)] | None = None
    sigma: Annotated[float, Field(gt=0, le=4)] | None = None
    shape: Annotated[float, Field(gt=0)] | None = None
    scale: Annotated[Seconds, Field(gt=0)] | None = None
    values: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=100_000)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"dist": "deterministic", "mean": value} if isinstance(value, str | int | float) else value

    @model_validator(mode="after")
    def _complete(self) -> Spread:
        given = {name for name in type(self).model_fields if name != "dist" and getattr(self, name) is not None}
        allowed = {
            "deterministic": [{"mean"}],
            "exponential": [{"mean"}],
            "lognormal": [{"mean", "cv"}, {"median", "sigma"}],
            "gamma": [{"mean", "cv"}, {"shape", "scale"}],
            "weibull": [{"mean", "cv"}, {"shape", "scale"}],
            "empirical": [{"values"}],
        }[self.dist]
        if given not in allowed:
            ways = " or ".join(" and ".join(sorted(names)) for names in allowed)
            raise ValueError(f"{self.dist} takes {ways}")
        return self

    def distribution(self) -> Distribution:
        """The distribution it names."""
        match self:
            case Spread(dist="lognormal", mean=float(mean), cv=float(cv)):
                return Lognormal.of(mean, cv)
            case Spread(dist="lognormal", median=float(median), sigma=float(sigma)):
                return Lognormal.about(median, sigma)
            case Spread(dist="gamma", mean=float(mean), cv=float(cv)):
                return Gamma.of(mean, cv)
            case Spread(dist="gamma", shape=float(shape), scale=float(scale)):
                return Gamma(shape, scale)
            case Spread(dist="weibull", mean=float(mean), cv=float(cv)):
                return Weibull.of(mean, cv)
            case Spread(dist="weibull", shape=float(shape), scale=float(scale)):
                return Weibull(shape, scale)
            case Spread(dist="exponential", mean=float(mean)):
                return Exponential(mean)
            case Spread(dist="empirical", values=tuple(values)):
                return Empirical(tuple(sorted(values)))
            case Spread(mean=float(mean)):
                return Deterministic(mean)
        raise AssertionError(self)

"""What an experiment file may say: frozen models, unknown keys refused, every error with its line.

The model says what is asked; `scenarios.lab.design` makes alternatives of it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, PlainSerializer, Tag, model_validator

from scenarios.spread import TEXT_OR_OTHER, Model, Span, wrong
from twin.domain.quantities import parse_span, to_s
from twin.errors import GridtwinError
from twin.metrics.measure import Measure, Target

LEAST, MOST = 20, 10_000
"""Replications: the fewest from which a half-width is judged, and the most."""
MOST_POINTS = 4_096


class AlternativeSpec(Model):
    """One thing to be tried: a name, and what it sets: keys of a scenario, laid over it.

    A key with dots is a path (`units.3.count`); see `scenarios.lab.design` for factors such as x1.5.
    """

    name: Annotated[str, Field(min_length=1)]
    set: dict[str, object] = Field(default_factory=dict)


class Range(Model):
    """A factor that may take any value between two; whole numbers stay whole."""

    low: float
    high: float

    @model_validator(mode="after")
    def _some(self) -> Range:
        if self.high <= self.low:
            raise wrong("high", "must be above low")
        return self


def _levels(value: object) -> str:
    if isinstance(value, list):
        return "list"
    is_range = isinstance(value, Range) or (isinstance(value, dict) and set(value) <= {"low", "high"})
    return "range" if is_range else "named"


Levels = Annotated[
    Annotated[Annotated[tuple[object, ...], Field(min_length=1)], Tag("list")]
    | Annotated[Range, Tag("range")]
    | Annotated[Annotated[dict[str, dict[str, object]], Field(min_length=1)], Tag("named")],
    Discriminator(_levels),
]
"""Values of a scenario's key; a range of them; or, under a name of one's own, overlays by name."""


def _a_measure(text: str) -> str:
    try:
        return str(Measure.parse(text))
    except GridtwinError as error:
        raise ValueError(error.message) from error


def _a_target(text: str) -> str:
    try:
        return str(Target.parse(text))
    except GridtwinError as error:
        raise ValueError(error.message) from error


class Replications(Model):
    """How often: `at_least`, then on until every half-width asked for is reached, or `at_most`.

    A half-width is that of the paired difference to what an alternative is compared with (of the figure itself where
    there is only one alternative), by t.
    """

    at_least: Annotated[int, Field(ge=2, le=MOST)] = LEAST
    at_most: Annotated[int, Field(ge=2, le=MOST)] | None = None
    half_width: dict[Annotated[str, AfterValidator(_a_measure)], Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _in_order(self) -> Replications:
        if self.at_most is not None and self.at_most < self.at_least:
            raise wrong("at_most", f"must not be below at_least, {self.at_least}")
        if self.half_width and self.at_least < LEAST:
            raise wrong("at_least", f"a half-width is judged from {LEAST} replications on, not fewer")
        if self.at_most is not None and self.at_most > self.at_least and not self.half_width:
            raise wrong("at_most", "without a half_width there is nothing to go on for: leave it out")
        return self

    @property
    def most(self) -> int:
        """Where it ends in any case."""
        if self.at_most is not None:
            return self.at_most
        return max(self.at_least, 10 * LEAST) if self.half_width else self.at_least


IN_SECONDS = PlainSerializer(to_s, return_type=float)


def _warm_up(value: object) -> object:
    return value if value in ("none", "mser5") else parse_span(value) if isinstance(value, str | int | float) else value


class Experiment(Model):
    """A question, and the runs that answer it.

    `scenario` is a shipped name or a file, relative to this one. Each alternative is combined with each point of the
    `factors`; it is compared with the `baseline` (the first, unless named) at the same point. `warm_up`: what is
    reported in it is left out: none for runs that begin and end as the real thing does, `mser5` for a steady state, or
    a span. A case whose first unit comes later than `late_after` is late.
    """

    name: str
    question: str = ""
    scenario: str
    alternatives: tuple[AlternativeSpec, ...] = ()
    factors: dict[str, Levels] = Field(default_factory=dict)
    design: Literal["full", "latin_hypercube", "sobol"] = "full"
    n_points: Annotated[int, Field(ge=2, le=MOST_POINTS)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**62)] = 1
    replications: Replications = Replications()
    targets: tuple[Annotated[str, AfterValidator(_a_target)], ...] = ()
    late_after: Annotated[Span, Field(gt=0)] = parse_span("15m")
    warm_up: Annotated[
        Annotated[Literal["none", "mser5"], Tag("text")]
        | Annotated[Annotated[int, Field(gt=0), IN_SECONDS], Tag("other")],
        TEXT_OR_OTHER,
        BeforeValidator(_warm_up),
    ] = "none"
    lasting: Annotated[Span, Field(gt=0)] | None = None
    baseline: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Experiment:
        if not self.alternatives and not self.factors:
            raise wrong("alternatives", "there is nothing to be tried: give alternatives, factors, or both")
        names = [each.name for each in self.alternatives]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise wrong(f"alternatives.{place}.name", f"two alternatives are called {name!r}")
        if self.baseline is not None and names and self.baseline not in names:
            raise wrong("baseline", f"there is no alternative {self.baseline!r}: choose from {', '.join(names)}")
        ranged = [name for name, levels in self.factors.items() if isinstance(levels, Range)]
        if self.design == "full":
            if ranged:
                raise wrong(f"factors.{ranged[0]}", "a range needs design: latin_hypercube or sobol, or write a list")
            if self.n_points is not None:
                raise wrong("n_points", "a full design has all points: leave it out")
        else:
            if not self.factors:
                raise wrong("factors", f"design: {self.design} needs factors")
            if self.n_points is None:
                raise wrong("n_points", f"design: {self.design} needs to know how many points")
        return self

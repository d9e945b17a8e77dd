"""Habits: how long things take those who live in the city, as distributions, fixed for a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from twin.clock.distributions import Distribution
from twin.domain.quantities import to_us
from twin.domain.unit import SPELL, AwayReason


@dataclass(frozen=True)
class Spells:
    """Spells out of service or on other duty: time in service between them, how long each lasts, and what for."""

    every: Distribution
    lasting: Distribution
    reason: AwayReason = SPELL

    @cached_property
    def expected_us(self) -> int:
        """How long one is expected to last, microseconds."""
        return to_us(self.lasting.mean_s)


@dataclass(frozen=True, slots=True)
class Merging:
    """When a report counts as a second one of an open case: within so many metres and microseconds of its first."""

    within_m: float
    within_us: int


@dataclass(frozen=True, slots=True)
class Habits:
    """None means: takes no time, or does not happen.

    `on_scene` is keyed by (matter, unit kind); "*" stands for any, and the most particular entry counts; the matters
    "verify" and "check" are those stages of any case. `found_gone`: on scene where the problem is over already.
    `travel_noise` is a factor on the expected travel time (mean about 1). `attends`: by name of unit, the share (0–1)
    of its shifts that it comes to.
    """

    intake: Distribution | None = None
    processing: Distribution | None = None
    turnout: Mapping[str, Distribution] = field(default_factory=dict)
    on_scene: Mapping[tuple[str, str], Distribution] = field(default_factory=dict)
    travel_noise: Distribution | None = None
    spells: Mapping[str, Spells] = field(default_factory=dict)
    found_gone: Distribution | None = None
    attends: Mapping[str, float] = field(default_factory=dict)

    def attends_of(self, unit: str) -> float:
        """Share of its shifts a unit comes to, 0–1."""
        return self.attends.get(unit, 1.0)

    def turnout_of(self, kind: str) -> Distribution | None:
        """Dispatched → wheels rolling, for a kind of unit."""
        return self.turnout.get(kind) or self.turnout.get("*")

    def spells_of(self, kind: str) -> Spells | None:
        """Out-of-service spells of a kind of unit."""
        return self.spells.get(kind) or self.spells.get("*")

    def on_scene_of(self, matter: str, kind: str) -> Distribution | None:
        """Arrived → free, for a matter and a kind of unit."""
        found = self.on_scene.get
        return found((matter, kind)) or found((matter, "*")) or found(("*", kind)) or found(("*", "*"))

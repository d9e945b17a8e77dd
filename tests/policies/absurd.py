"""Policies that nobody should be able to change to."""

from __future__ import annotations

from tests.agents.commanding import Idle


class Sloppy(Idle):
    """Asks to be woken as often as somebody says."""

    def __init__(self, *, period_s: float) -> None:
        self.period_s = period_s


class Broken(Idle):
    """Cannot be built from some numbers."""

    def __init__(self, *, share: float) -> None:
        self.share = 1 / share


class Harmful:
    """No policy: building it does harm."""

    n_built = 0

    def __init__(self) -> None:
        Harmful.n_built += 1

"""What a reducer is: a function of state and fact that writes the state and says what was odd about the fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.domain.facts import Fact
from twin.world.state import State

Remark = str | None
"""What was odd about a fact, if anything was."""

Reducers = dict[type[Fact], Callable[[State, Any], Remark]]

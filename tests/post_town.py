"""The town of `tests.builders` with hours for some units, and free ones that are sent from post to post."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from agents.setting import Setting
from tests.builders import roster, setting
from tests.policies.wandering import Wandering
from twin.domain.roster import Roster, Turn
from twin.policies.protocol import Policy

HOURS = Roster("early", (Turn(6 * 60 + 5, 6 * 60 + 50), Turn(7 * 60 + 5, 7 * 60 + 40)))
"""On Mondays; the town's epoch is Monday 06:00."""
WITH_HOURS = (2, 4)
"""The units that keep them."""


def post_town(*, policy: Policy | None = None, posts: Policy | None = None, seed: int = 1) -> Setting:
    """The setting."""
    units = tuple(
        msgspec.structs.replace(unit, roster=0 if number in WITH_HOURS else None)
        for number, unit in enumerate(roster())
    )
    base = setting(policy=policy, units=units, seed=seed)
    return replace(base, rosters=(HOURS,), reposition_policy=posts or Wandering())

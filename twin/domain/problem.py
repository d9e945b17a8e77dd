"""Problems: what is wrong on the ground, seen or not. World and metrics know them; views and policies never do."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from twin.domain.route import Spot


class Ended(StrEnum):
    """Why a problem is no longer there."""

    BY_ITSELF = "by itself"
    SETTLED = "settled"


BY_ITSELF, SETTLED = Ended


class Channel(StrEnum):
    """By which way the centre was told."""

    UNKNOWN = "unknown"
    """Nobody has said, as in many recorded histories."""
    CITIZEN = "citizen"
    """Citizens, where a scenario does not say by which way."""
    PATROL = "patrol"
    HOTLINE = "hotline"
    APP = "app"
    WECHAT = "wechat"
    VOLUNTEER = "volunteer"
    VIDEO = "video"
    """Somebody who watches the pictures of cameras."""
    AI_CAMERA = "ai camera"
    THERMAL = "thermal camera"
    VEHICLE = "vehicle camera"
    LIFT = "lift sensor"
    SMOKE = "smoke sensor"
    AIR = "air sensor"
    SUPERVISION = "supervision"
    """Another department has seen it and wants it settled."""
    UPSTREAM = "upstream"
    """City or district have passed it down."""


UNKNOWN, CITIZEN, PATROL = Channel.UNKNOWN, Channel.CITIZEN, Channel.PATROL
OF_CITIZENS = (Channel.CITIZEN, Channel.HOTLINE, Channel.APP, Channel.WECHAT, Channel.VOLUNTEER)
OF_SENSORS = (
    Channel.VIDEO,
    Channel.AI_CAMERA,
    Channel.THERMAL,
    Channel.VEHICLE,
    Channel.LIFT,
    Channel.SMOKE,
    Channel.AIR,
)
FROM_ABOVE = (Channel.SUPERVISION, Channel.UPSTREAM)


class Problem(msgspec.Struct, frozen=True, array_like=True):
    """A problem that is there. `case`: the open case about it, None while nobody at the centre knows of it.

    `n_cited` of its `n_reports` came from citizens, the last of them at `since`. `n_told`: how often anybody but a
    patrol has turned to the centre with it, whether or not anybody has listened yet (0 where all are heard at once);
    `n_sensed` of these were sensors, or others who are no citizens that turn to the centre of their own.
    """

    source: int
    area: str
    matter: str
    priority: int
    needs: tuple[str, ...]
    spot: Spot
    arose_at: int
    n_reports: int = 0
    n_cited: int = 0
    since: int = 0
    case: int | None = None
    n_told: int = 0
    n_sensed: int = 0

    @property
    def n_called(self) -> int:
        """How often citizens have turned to the centre with it, whether or not anybody has listened yet."""
        return self.n_told - self.n_sensed

    @property
    def is_known(self) -> bool:
        """Whether anybody has told of it, heard or not."""
        return self.n_reports > 0 or self.n_told > 0


class Offspring(msgspec.Struct, frozen=True, array_like=True):
    """A problem that an earlier one will bring about: the same broken out again, or another `like` it."""

    parent: int
    like: Problem

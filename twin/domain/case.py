"""Cases: what the centre opens from a report and settles, and how far each has come."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from twin.domain.route import Spot


class CaseStatus(StrEnum):
    """How far a case has come."""

    REPORTED = "reported"
    REGISTERED = "registered"
    QUEUED = "queued"
    """Ready to be dispatched: every need of it is waiting, being served, or given up."""


REPORTED, REGISTERED, QUEUED = CaseStatus


class NeedLost(StrEnum):
    """Why a need of a case is given up or cannot be met for now."""

    NO_SUCH_SKILL = "no such skill"
    NO_ROUTE = "no route"
    NO_ROOM = "no room"


class Case(msgspec.Struct, frozen=True, array_like=True):
    """An open case; gone from the state when it closes.

    `needs` are skills, one a unit; `n_waiting` of them wait for a unit and `n_served` have one now.
    """

    ref: str
    area: str
    matter: str
    priority: int
    needs: tuple[str, ...]
    spot: Spot
    reported_at: int
    status: CaseStatus = CaseStatus.REPORTED
    since: int = 0
    n_waiting: int = 0
    n_served: int = 0


class Waiting(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One need in the queue, in the order of the queue: priority, then age, then id."""

    priority: int
    reported_at: int
    case: int
    need: int

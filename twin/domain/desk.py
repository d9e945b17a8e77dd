"""Desks: staffed queues in the centre and in its departments, where people do one step of a case after another.

A desk is a line of tasks and a number of seats. A task is one step of one case, or one telling of something that may
become none; whoever has a seat takes the most urgent, of equals the one that has waited longest.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Step(StrEnum):
    """What is done at a desk about one case or contact."""

    ANSWER = "answer"
    """Listen to somebody, or look at what was sent, and take it down: 接听."""
    ACCEPT = "accept"
    """Take it for the centre's business, refuse it, or have somebody go and see first: 受理."""
    REGISTER = "register"
    """Put it on file, or refuse to: 立案."""
    DISPATCH = "dispatch"
    """Choose the department, for the first time or after it came back: 派遣."""
    CHIEF = "chief"
    """The grid's chief looks whether the grid can do it by itself, or whistles: 网格长."""
    REMOTE = "remote"
    """Settle it by video, with no way to go: 远程处置."""
    OFFICE = "office"
    """A department deals with it at its desks, with no way to go: 部门办理."""
    SEND_CHECK = "send check"
    """Have somebody go and see whether it was done: 发核查."""
    CLOSE = "close"
    """Close it: 结案."""
    VISIT = "visit"
    """Call the citizen who told of it: 回访."""
    MEDIATE = "mediate"
    """Settle between people what the handling has left behind: 矛盾化解."""
    EXTEND = "extend"
    """Allow more time, or refuse to: 延期审批."""
    SUPERVISE = "supervise"
    """Press whoever is late: 督办."""


STEPS = tuple(Step)
AFTER_CLOSING = (Step.VISIT, Step.MEDIATE)
"""Steps about cases that are closed already."""
BESIDE = (Step.EXTEND, Step.SUPERVISE)
"""Steps that go on while the case goes on."""


class Task(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One step of one case or contact at a desk, in the order of its line; `begun_at`: None while it waits."""

    priority: int
    queued_at: int
    about: int
    step: Step
    desk: int
    begun_at: int | None = None

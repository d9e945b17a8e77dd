"""The reducer: what each fact does to the state. One function a kind of fact, found by its type.

`apply` never rejects. Recorded histories skip stages and contradict themselves: such a fact is applied as far as it
makes sense, and the function returns what was odd about it, which the world counts and remarks beside the fact.
"""

from __future__ import annotations

from msgspec.structs import replace

from twin.domain import facts as f
from twin.domain.ids import batch_and_number
from twin.world.apply_cases import OF_CASES
from twin.world.apply_desks import OF_DESKS
from twin.world.apply_loop import OF_LOOP
from twin.world.apply_patrol import OF_PATROL
from twin.world.apply_problems import OF_PROBLEMS, forget_unseen
from twin.world.apply_units import OF_UNITS
from twin.world.reducer import Reducers, Remark
from twin.world.state import State

TOKENS_KNOWN = 1_000
"""How many commands back it is known which have been given."""


def began(s: State, fact: f.TwinBegan) -> Remark:
    s.at = fact.at
    return None


def opened(s: State, fact: f.SourceOpened) -> Remark:
    if fact.next_case is not None and fact.next_at is not None:
        s.agenda.arm("birth", fact.next_case, fact.next_at)
    return None


def refused(s: State, fact: f.OrderRefused | f.CommandRefused) -> Remark:
    return None


def commanded(s: State, fact: f.CommandGiven) -> Remark:
    s.n_commands += 1
    known = fact.token in s.tokens
    s.tokens[fact.token] = None
    if len(s.tokens) > TOKENS_KNOWN:
        del s.tokens[next(iter(s.tokens))]
    return "the same command twice" if known else None


def policy_changed(s: State, fact: f.PolicyChanged) -> Remark:
    s.policies[fact.desk] = fact.use, fact.parameters
    s.memories.pop(fact.desk, None)
    s.agenda.disarm("policy", fact.desk)
    return None


def woke(s: State, fact: f.PolicyWoke) -> Remark:
    s.agenda.arm("policy", fact.desk, fact.next_at)
    return None


def remembered(s: State, fact: f.PolicyRemembered) -> Remark:
    s.memories[fact.desk] = fact.memory
    return None


def road_closed(s: State, fact: f.RoadClosed) -> Remark:
    s.closed = s.closed | frozenset(fact.edges)
    return None


def road_reopened(s: State, fact: f.RoadReopened) -> Remark:
    s.closed = s.closed - frozenset(fact.edges)
    return None


def luck_forked(s: State, fact: f.LuckForked) -> Remark:
    s.luck, s.luck_since = fact.luck, fact.at
    s.first_numbers = {batch: number + 1 for batch, number in map(batch_and_number, s.last_cases.values())}
    forget_unseen(s)
    for cases, is_done in ((fact.done, True), (fact.botched, False)):
        for case in cases:
            held = s.cases if case in s.cases else s.after
            held[case] = replace(held[case], is_done=is_done)
    s.agenda.replace(fact.alarms)
    return None


APPLY: Reducers = (
    OF_CASES
    | OF_DESKS
    | OF_LOOP
    | OF_PROBLEMS
    | OF_UNITS
    | OF_PATROL
    | {
        f.TwinBegan: began,
        f.SourceOpened: opened,
        f.OrderRefused: refused,
        f.CommandGiven: commanded,
        f.CommandRefused: refused,
        f.PolicyChanged: policy_changed,
        f.PolicyWoke: woke,
        f.PolicyRemembered: remembered,
        f.RoadClosed: road_closed,
        f.RoadReopened: road_reopened,
        f.LuckForked: luck_forked,
    }
)

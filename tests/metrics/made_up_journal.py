"""Random journals of a plausible town, with the lies of recorded histories: skipped stages, overlaps, wrong orders."""

from __future__ import annotations

import random

from twin.domain import facts as f
from twin.domain.case import NeedLost
from twin.domain.commands import Why
from twin.domain.orders import OrderKind
from twin.domain.quantities import DAY, MINUTE, SECOND
from twin.domain.unit import AwayReason, Freed, Placed

SKILLS = ("engine", "truck", "medic")
UNTIL = DAY


def made_up_journal(seed: int, *, n_cases: int = 60, n_units: int = 6) -> list[f.Fact]:
    """Facts in the order of their instants, from 0 to `UNTIL`; the same for the same seed."""
    rng = random.Random(seed)
    setting_up: list[f.Fact] = [f.TwinBegan(0, "spec", "city", seed, 0)]
    for unit in range(n_units):
        kind = SKILLS[unit % 3]
        setting_up.append(f.UnitEnrolled(0, unit, f"{kind} {unit}", kind, (kind,), 0, 0, MINUTE, Placed.STATION))
    later: list[f.Fact] = []
    for case in range(n_cases):
        later += _case(rng, case, n_units)
    for unit in range(n_units):
        later += _absences(rng, unit)
    later.sort(key=lambda fact: fact.at)
    return setting_up + [fact for fact in later if fact.at <= UNTIL]


def _case(rng: random.Random, case: int, n_units: int) -> list[f.Fact]:
    at = rng.randrange(UNTIL)
    needs = tuple(rng.choice(SKILLS) for _ in range(rng.choice((1, 1, 1, 2, 3))))
    area, matter = rng.choice("NESW"), rng.choice(("fire", "medical"))
    facts: list[f.Fact] = [f.CaseReported(at, case, f"ref {case}", area, matter, rng.randrange(3), needs, 0, 0, 0)]
    if rng.random() < 0.9:
        facts.append(f.CaseRegistered(at + _span(rng, 2 * MINUTE), case))
    queued_at = at + (0 if rng.random() < 0.3 else _span(rng, MINUTE))
    facts.append(f.CaseQueued(queued_at, case))
    ends = [queued_at]
    for need in range(len(needs)):
        if rng.random() < 0.1:
            ends.append(queued_at + _span(rng, MINUTE))
            facts.append(f.NeedGivenUp(ends[-1], case, need, NeedLost.NO_SUCH_SKILL))
        elif rng.random() < 0.1:
            facts.append(f.NeedUnreachable(queued_at, case, need))
        sent_at = queued_at if rng.random() < 0.3 else queued_at - MINUTE + _span(rng, 10 * MINUTE)
        while rng.random() < 0.8:
            job, sent_at = _job(rng, rng.randrange(n_units + 2) % n_units, case, need, sent_at=sent_at)
            facts += job
            ends.append(sent_at)
            if rng.random() < 0.7:
                break
    if rng.random() < 0.9:
        facts.append(f.CaseClosed(max(ends) + rng.choice((0, 0, _span(rng, MINUTE))), case))
    return facts


def _job(rng: random.Random, unit: int, case: int, need: int, *, sent_at: int) -> tuple[list[f.Fact], int]:
    """A unit's job and when it ends."""
    expected_us = rng.choice((0, 4 * MINUTE))
    facts: list[f.Fact] = [f.UnitAssigned(sent_at, unit, case, need, (), 0, 0, 0, 0, expected_us, "rule", (), ())]
    at = sent_at
    cause = rng.choice((Freed.DONE, Freed.DONE, Freed.DONE, *Freed))
    if rng.random() < 0.9:
        rolled_at = at + _span(rng, 2 * MINUTE)
        facts.append(f.UnitRolled(rolled_at, unit, None, rng.random() < 0.2))
        at = rolled_at if rng.random() < 0.9 else at
    if rng.random() < 0.1:
        facts.append(f.LegRetimed(at, unit, (1,), 0, 1, 2, 0, None))
    if cause is Freed.DONE and rng.random() < 0.9:
        at += _span(rng, 8 * MINUTE)
        facts.append(f.UnitArrived(at, unit, None))
    at += _span(rng, 30 * MINUTE)
    if rng.random() < 0.95:
        facts.append(f.UnitFreed(at, unit, case, need, cause, 0, 0))
    if rng.random() < 0.05:
        facts.append(f.OrderRefused(at, OrderKind.ASSIGN, unit, case, need, rng.choice((Why.NO_WAY, Why.NO_SUCH_UNIT))))
    return facts, at


def _absences(rng: random.Random, unit: int) -> list[f.Fact]:
    facts: list[f.Fact] = []
    at = _span(rng, DAY // 2)
    while at < UNTIL and rng.random() < 0.8:
        back_at = at + _span(rng, 2 * 60 * MINUTE)
        facts += [f.UnitAway(at, unit, 0, 0, back_at, 0, AwayReason.OUTSIDE), f.UnitLeft(at, unit, back_at, 0, 0)]
        if rng.random() < 0.9:
            facts.append(f.UnitBack(back_at, unit))
        at = back_at + _span(rng, 4 * 60 * MINUTE)
    return facts


def _span(rng: random.Random, mean_us: int) -> int:
    """Whole seconds, so that instants often coincide."""
    return round(rng.expovariate(1 / mean_us) / SECOND) * SECOND

"""Moments of a state, for tests of what is shown: units as they stand, open cases, and no streets."""

from __future__ import annotations

import numpy as np

from twin.domain.light import Limits
from twin.metrics.tally import Reading, counts
from twin.views.moment import Moment, UnitShown, cases_of
from twin.world.state import State


def moment_of(state: State, at: int, *, limits: Limits) -> Moment:
    """What there is to be seen of a state, but for places."""
    fleet = state.fleet
    units = []
    for number, unit in enumerate(fleet.units):
        job = state.jobs.get(number)
        units.append(
            UnitShown(
                number,
                unit.name,
                unit.kind,
                unit.mode,
                fleet.status_of(number),
                fleet.spot(number),
                unit.skills,
                int(fleet.since[number]),
                None if job is None else job.case,
                beat=unit.beat,
                is_posted=number in state.postings,
            )
        )
    cases = cases_of(state, at, limits=limits)
    return Moment(
        number=1,
        at=at,
        units=tuple(units),
        places=np.full((len(units), 2), np.nan),
        cases=cases,
        case_places=np.full((len(cases), 2), np.nan),
        reading=Reading(counts(state, at, limits=limits)),
    )

"""Walked against planned: what became of the duty time of those who patrol, and how far they walked.

Planned is what a unit would have walked had it been on patrol all its time on duty. The rest of that time it was on a
case, away, or on its way back to where its patrol left off.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from twin.domain.quantities import HOUR
from twin.metrics.ground import Floats, Ground, Ints
from twin.metrics.intervals import Intervals
from twin.metrics.performance import Figures, rounded
from twin.metrics.workload import Spent, spent


def patrol(read: Intervals, ground: Ground | None = None) -> Figures | None:
    """Figures of all units that patrol, and of each; None where nobody does.

    Metres are told where the ground is known: time on patrol times the pace of the unit's beat.
    """
    units = read.units.filter(read.units["patrols"])
    if not units.num_rows:
        return None
    rows = units["unit"].to_numpy()
    n_units = read.units.num_rows
    time = spent(read)
    patrol_us, return_us = _sums(read.patrols, n_units), _sums(read.returns, n_units)
    patrols = None if ground is None else ground.terrain.patrols
    pace = np.zeros(n_units)
    if patrols is not None:
        pace[rows] = [patrols.planned_m_per_h(unit) / HOUR for unit in rows.tolist()]
    names = units["name"].to_pylist()

    def told(chosen: slice | list[int]) -> Figures:
        figures = _shares(time, patrol_us, return_us, rows[chosen])
        if patrols is not None:
            figures |= _metres(time, patrol_us, pace, rows[chosen])
        return figures

    return {
        "all": told(slice(None)),
        "by_unit": [
            {"unit": unit, "name": name, **told([row])}
            for row, (unit, name) in enumerate(zip(rows.tolist(), names, strict=True))
        ],
    }


def _shares(time: Spent, patrol_us: Floats, return_us: Floats, rows: Ints) -> Figures:
    """Duty time, and its shares; they add up to 1."""
    duty = float(time.duty_us[rows].sum())
    parts = {
        "patrol_share": patrol_us[rows].sum(),
        "case_share": time.busy_us[rows].sum(),
        "away_share": time.away_us[rows].sum(),
        "returning_share": return_us[rows].sum(),
    }
    shares = {name: rounded(part / duty) if duty else None for name, part in parts.items()}
    other = rounded((duty - sum(parts.values())) / duty) if duty else None
    return {"duty_h": rounded(duty / HOUR), **shares, "other_share": other}


def _metres(time: Spent, patrol_us: Floats, pace: Floats, rows: Ints) -> Figures:
    duty_us = time.duty_us[rows]
    walked, planned = float(patrol_us[rows] @ pace[rows]), float(duty_us @ pace[rows])
    hours = float(duty_us.sum()) / HOUR
    return {
        "walked_m": rounded(walked),
        "planned_m": rounded(planned),
        "walked_share": rounded(walked / planned) if planned else None,
        "walked_m_per_h": rounded(walked / hours) if hours else None,
    }


def _sums(spans: pa.Table, n_units: int) -> Floats:
    """Microseconds of each unit's spans: float64 (n_units,)."""
    lasting = spans["until_at"].to_numpy() - spans["since_at"].to_numpy()
    return np.bincount(spans["unit"].to_numpy(), lasting, n_units).astype(np.float64)

"""A run folder, appraised: its cases as they are appraised, and the clocks of its city, make a ranking."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.run_folder import KPI, read_json, read_manifest, said
from twin.domain.quantities import CivilTime
from twin.errors import JournalError
from twin.metrics.composite import Composite
from twin.metrics.due import Window, WindowRule
from twin.metrics.performance import Figures
from twin.metrics.ranking import By, Period, Ranked, ranking
from twin.metrics.role_counters import role_counters
from twin.metrics.summary import LOOP


class Appraised(NamedTuple):
    """Who did how well, period by period, and what each role has counted over the whole run."""

    ranked: list[Ranked]
    roles: Figures


def appraise_run(
    folder: Path, composite: Composite | None, *, by: By, period: Period, rule: WindowRule = WindowRule.DUE_TO
) -> Appraised:
    """Rank those who worked in a run, period by period, and count by role.

    Parameters
    ----------
    composite : what is scored; None: nobody is.

    Raises
    ------
    JournalError : not a run folder, or one without a centre, or damaged.
    """
    manifest = read_manifest(folder)
    until = said(manifest, "until", int, out=folder)
    epoch, zone = said(manifest, "epoch", str, out=folder), said(manifest, "zone", str, out=folder)
    if not (folder / LOOP).is_file():
        raise JournalError("no loop.parquet here: nothing can be appraised without a centre", file=folder)
    try:
        table = pq.read_table(folder / LOOP)
    except (pa.ArrowException, OSError) as error:
        raise JournalError(f"damaged ({error})", file=folder / LOOP) from error
    span = said(read_json(folder / KPI), "span", dict, out=folder)
    began_at = said(span, "began_at", int, out=folder)
    if until <= began_at:
        return Appraised([], {})
    civil, window = CivilTime(datetime.fromisoformat(epoch), ZoneInfo(zone)), Window(began_at, until)
    ranked = ranking(table, composite, by=by, period=period, civil=civil, span=window, rule=rule)
    return Appraised(ranked, role_counters(table, window, rule=rule))

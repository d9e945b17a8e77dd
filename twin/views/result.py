"""The result of a run as pages show it: its heading, its figures, and one row a group and a unit.

In: what the run folder holds (manifest, figures, tables). Out: a `Result`, ready to be written down: every
figure is one the metrics derived from the journal, nothing is computed anew.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from twin.domain.quantities import CivilTime
from twin.domain.route import Spot
from twin.errors import JournalError
from twin.views.cases import PastCase, cases_shown

RECORDED = "recorded"
LIMIT_S = 480.0
"""The limit shown is the one of the run's own limits that is nearest to this (a default, not a standard)."""

S = TypeVar("S")


class CityNamed(msgspec.Struct, frozen=True):
    """The city a run took place in: `folder` is "built-in", a path, or None where there was no travel."""

    folder: str | None
    checksum: str


class Manifest(msgspec.Struct, frozen=True):
    """What the page reads of `manifest.json`."""

    name: str
    seed: int
    epoch: str
    zone: str
    until: int
    policy: str
    journal_digest: str
    n_facts: int
    city: CityNamed

    @property
    def is_recorded(self) -> bool:
        """Whether it shows a history as it was, not what a policy made of it."""
        return self.policy == RECORDED


class Interval(msgspec.Struct, frozen=True):
    """An interval over a group: how many, percentiles and longest in seconds, shares by limit (seconds, as text)."""

    n: int
    p50: float | None
    p90: float | None
    max: float | None
    within_share: dict[str, float | None] = {}


class Intervals(msgspec.Struct, frozen=True):
    """One interval, over everything and by group."""

    all: Interval
    by_priority: dict[str, Interval] = {}
    by_area: dict[str, Interval] = {}
    by_matter: dict[str, Interval] = {}


class UnitWork(msgspec.Struct, frozen=True):
    """Work of one unit: shares are of the time it was in service, `away_share` of the time it was there."""

    name: str
    unit_kind: str
    n_jobs: int
    busy_share: float | None
    away_share: float | None


class Workload(msgspec.Struct, frozen=True):
    """Work of all units."""

    busy_share: float | None
    by_unit: tuple[UnitWork, ...] = ()


class Totals(msgspec.Struct, frozen=True):
    """Counts over the whole run."""

    n_cases: int
    n_closed: int
    n_open: int
    n_units: int
    n_unserved_needs: int
    n_unreachable_needs: int
    n_anomalies: dict[str, int] = {}


class Measured(msgspec.Struct, frozen=True):
    """The intervals the page shows."""

    response_s: Intervals


class Figures(msgspec.Struct, frozen=True):
    """What the page reads of `kpi.json`."""

    totals: Totals
    intervals: Measured
    workload: Workload


@dataclass(frozen=True, slots=True)
class Response:
    """Reported → first unit on scene, over one group of cases; `within_share` is about the result's limit."""

    label: str
    n: int
    p50_s: float | None
    p90_s: float | None
    max_s: float | None
    within_share: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A finished run.

    Parameters
    ----------
    about : its manifest; again : the command that repeats and compares it.
    civil : its clock.
    totals, workload : counts, and how busy the units were, over the whole run.
    response : over all cases; groups : "priority", "area" and "matter" → one row a group.
    limit_s : what the rows' `within_share` is about.
    cases : by the instant they were reported.
    """

    about: Manifest
    again: str
    civil: CivilTime
    totals: Totals
    workload: Workload
    response: Response
    groups: Mapping[str, tuple[Response, ...]]
    limit_s: float
    cases: tuple[PastCase, ...]


def result_of(
    manifest: Mapping[str, object], places: Mapping[int, Spot], *, figures: Path, cases: Path, folder: str
) -> Result:
    """The result in a run folder.

    Parameters
    ----------
    manifest : content of `manifest.json`.
    places : where each case is, as the journal says.
    figures, cases : the files of figures (`kpi.json`) and of cases (`cases.parquet`).
    folder : where the run folder is, for the command that repeats it.

    Raises
    ------
    JournalError : a file is missing, damaged or lacks something, or does not belong to the journal.
    """
    manifest_file = figures.with_name("manifest.json")
    about = _checked(lambda: msgspec.convert(manifest, Manifest), file=manifest_file)
    civil = _checked(lambda: CivilTime(datetime.fromisoformat(about.epoch), ZoneInfo(about.zone)), file=manifest_file)
    kpi = _checked(lambda: msgspec.json.decode(figures.read_bytes(), type=Figures), file=figures)
    table = _checked(lambda: pq.read_table(cases), file=cases)
    response = kpi.intervals.response_s
    limit = _limit(response.all)
    groups = {"priority": response.by_priority, "area": response.by_area, "matter": response.by_matter}
    return Result(
        about=about,
        again=f"gridtwin verify {shlex.quote(folder)}",
        civil=civil,
        totals=kpi.totals,
        workload=kpi.workload,
        response=_response("", response.all, limit),
        groups={
            name: tuple(_response(label, row, limit) for label, row in rows.items()) for name, rows in groups.items()
        },
        limit_s=float(limit),
        cases=cases_shown(table, places),
    )


def _response(label: str, interval: Interval, limit: str) -> Response:
    within = interval.within_share.get(limit)
    return Response(label, interval.n, interval.p50, interval.p90, interval.max, within)


def _limit(interval: Interval) -> str:
    limits = sorted(interval.within_share, key=lambda text: (abs(float(text) - LIMIT_S), float(text)))
    return limits[0] if limits else f"{LIMIT_S:g}"


def _checked(read: Callable[[], S], *, file: Path) -> S:
    """What `read` gives; whatever is wrong with the file's content is said of the file."""
    try:
        return read()
    except msgspec.ValidationError as error:
        reason, _, key = str(error).partition(" - at ")
        raise JournalError(f"{reason}: run it again", file=file, key=key.strip("`") or None) from error
    except FileNotFoundError as error:
        raise JournalError("it is missing from the run folder: run it again", file=file) from error
    except (ValueError, KeyError, OSError, pa.ArrowException) as error:
        raise JournalError(f"damaged ({error}): run it again", file=file) from error

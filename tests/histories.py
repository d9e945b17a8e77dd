"""Small recorded histories in the built-in street, made by tests: rows in minutes, a CSV file, and its mapping.

In: what happened, as `Row`s, or a simulated run to be told as if it had been recorded. Out: files that `replay` reads.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from city_data.built_in import built_in_city
from city_data.city import City
from city_data.past import Past, read_past
from scenarios.record import Recorded
from scenarios.run_folder import CASES
from twin.domain.quantities import CivilTime

ZONE = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(2026, 3, 2, tzinfo=ZONE)
CIVIL = CivilTime(EPOCH, ZONE)
FIRE, POLICE, GRID = "东圃消防救援站", "车陂派出所", "涌西网格站"
HERE = (113.3915, 23.1205)
"""A place in the middle of the street, longitude and latitude in degrees."""
OUTSIDE = (113.5, 23.3)

MAPPING = """\
name: made_up
id: { case: call, unit: unit }
stamps:
  zone: Asia/Shanghai
  columns:
    reported: reported
    registered: registered
    dispatched: dispatched
    rolled: rolled
    arrived: arrived
    freed: freed
    closed: closed
category: { column: matter, matters: { fire_alarm: fire_alarm, dispute: dispute }, default: other }
priority: { column: priority, levels: { "1": 1, "2": 2, "3": 3 }, default: 2 }
area: area
place: { lon: lon, lat: lat }
unit:
  kind: kind
  skills: { engine: rescue }
  default_skill: patrol
  station: "^(.+) [A-Z][0-9]+$"
  headline: [engine]
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a history; instants in minutes since midnight, None where there is no stamp."""

    call: str
    unit: str = ""
    kind: str = "patrol"
    matter: str = "dispute"
    priority: int = 2
    area: str = "middle"
    at: tuple[float, float] = HERE
    reported: float | str = 0.0
    registered: float | None = None
    dispatched: float | None = None
    rolled: float | None = None
    arrived: float | None = None
    freed: float | None = None
    closed: float | None = None


STAMPS = ("reported", "registered", "dispatched", "rolled", "arrived", "freed", "closed")
COLUMNS = ("call", "unit", "kind", "matter", "priority", "area", "lon", "lat", *STAMPS)


def full(call: str, unit: str, *, begin: float, **more: object) -> Row:
    """A row with every stamp, a minute or two apart, on scene from 5 to 20 minutes after `begin`."""
    stamps = dict(zip(STAMPS, (begin + after for after in (0, 1, 2, 3, 5, 20, 21)), strict=True))
    return Row(call, unit, **(stamps | more))  # type: ignore[arg-type]


def told(folder: Path, rows: Iterable[Row], *, mapping: str = MAPPING) -> tuple[Path, Path]:
    """The files of a history: the CSV and its mapping."""
    file, rules = folder / "history.csv", folder / "made_up.yaml"
    rules.write_text(mapping, "utf-8")
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row) for row in rows)
    return file, rules


def _cells(row: Row) -> Iterator[object]:
    said = {field.name: getattr(row, field.name) for field in fields(row)} | {"lon": row.at[0], "lat": row.at[1]}
    for column in COLUMNS:
        value = said[column]
        yield _stamp(value) if column in STAMPS and isinstance(value, float | int) else "" if value is None else value


def _stamp(minutes: float) -> str:
    return (EPOCH + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat(sep=" ")


def past_of(
    folder: Path, rows: Iterable[Row], *, city: City | None = None, start: str | None = None, end: str | None = None
) -> Past:
    """Rows as a past in the built-in street, or in another city; instants since `EPOCH`."""
    file, rules = told(folder, rows)
    return read_past(file, mapping=rules, city=city or built_in_city(), civil=CIVIL, start=start, end=end)


def as_history(run: Recorded, folder: Path) -> tuple[Path, Path]:
    """A simulated run told as if somebody had recorded it: every job a row, to the microsecond."""
    roads = built_in_city().roads
    cases = {case["case"]: case for case in pq.read_table(run.out / CASES).to_pylist()}
    spots = spots_of(run)
    rows = []
    for job in pq.read_table(run.out / "units.parquet").to_pylist():
        case = cases[job["case"]]
        stamps = {
            "reported": case["reported_at"],
            "registered": case["registered_at"],
            "dispatched": job["assigned_at"],
            "rolled": job["rolled_at"],
            "arrived": job["arrived_at"],
            "freed": job["freed_at"],
            "closed": case["closed_at"],
        }
        minutes = {name: None if at is None else at / 6e7 for name, at in stamps.items()}
        rows.append(
            Row(
                call=case["ref"],
                unit=job["name"],
                kind=job["unit_kind"],
                matter=case["matter"],
                priority=case["priority"],
                area=case["area"],
                at=roads.lonlat(*spots[job["case"]]),
                **minutes,  # type: ignore[arg-type]
            )
        )
    return told(folder, rows)


def spots_of(run: Recorded) -> dict[int, tuple[int, int]]:
    """Edge and offset (millimetres) of every case of a run."""
    table = pq.read_table(run.out / "journal.parquet", filters=[("fact", "=", "CaseReported")])
    return {fact["case"]: (fact["edge"], fact["offset_mm"]) for fact in table.to_pylist()}

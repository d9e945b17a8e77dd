"""Fit how long things take to a recorded history: a scenario overlay that `replay --calibration` or `extends:` reads.

Spans that no road has a part in (intake, processing, turnout, on scene) become tables of quantiles. Speeds are a factor
per road class times a factor per time band, fitted robustly on the trips of units with a station on the map; what the
factors do not explain (unknown starting points above all) becomes the noise of a trip.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from city_data.folder import load_city
from city_data.past import Past, read_past
from city_data.recorded import recorded_facts
from scenarios.replay import Source, replay_scenario
from scenarios.spec import Band, Travel
from scenarios.travel import travel_model
from twin.domain import facts as f
from twin.domain.mode import CAR_BIT
from twin.domain.quantities import CivilTime, to_s
from twin.domain.unit import Placed
from twin.errors import FeedError, ScenarioError
from twin.roads.network import CLASSES, RoadNetwork
from twin.roads.router import Router

Floats = NDArray[np.float64]

BANDS: tuple[tuple[str, int, int], ...] = (("morning", 6, 10), ("day", 10, 16), ("evening", 16, 20))
"""Time bands of the day with a factor of their own; the night is the rest."""

N_QUANTILES = 41
FEWEST = 25
"""A group with fewer observations is not fitted apart."""
LONGEST_S = 6 * 3_600.0
SHORTEST_TRIP_S = 15.0
ROUNDS = 3
"""Faster streets draw the ways to them: routes and factors are fitted in turn."""
LONGEST_RAMP_S = 30.0
"""Getting up to speed explains no more: without the bound it would take up what unknown starting points leave over."""
SHRINK_CLASS, SHRINK_BAND = 40.0, 10.0
"""How many trips' worth of doubt stands against a class or a band being different from the others."""


class Trip(NamedTuple):
    """One recorded drive, rolled → arrived, with the place it is presumed to start from."""

    fact: f.UnitAssigned
    rolled_at: int
    seconds: float


@dataclass(frozen=True)
class Fit:
    """Speed factors of free flow: `overall`, times one a class, times one a band; `ramp_s`; `noise` of a trip."""

    by_class: Mapping[str, float]
    by_band: Mapping[str, float]
    ramp_s: float
    noise: Floats
    n_trips: int
    median_error: float


def calibrate_history(
    source: Source, *, out: Path, say: Callable[[object], None] = lambda _: None
) -> dict[str, object]:
    """Fit a period of a history and write the overlay; returns what was found.

    Raises
    ------
    CityError, FeedError, ScenarioError : a file cannot be used, or has too few trips to fit; `out` cannot be written.
    """
    if out.is_dir() or not out.parent.is_dir():
        raise ScenarioError("cannot be written: no such folder, or it is a folder itself", file=out)
    scenario = replay_scenario(source, policy="nearest")
    place = load_city(source.city)
    civil = CivilTime(scenario.epoch, ZoneInfo(scenario.zone))
    assert scenario.history is not None
    say("reading the history")
    past = read_past(
        source.history,
        mapping=source.mapping,
        city=place,
        civil=civil,
        start=scenario.history.start,
        end=scenario.history.end,
    )
    say("fitting speeds")
    try:
        fit = fit_speeds(past, place.roads, civil=civil)
    except FeedError as error:
        raise FeedError(error.message, file=source.history) from error
    spans = fit_spans(past)
    overlay = {**spans, "travel": _travel(fit)}
    header = (
        f"# Fitted to {source.history.name}, {scenario.history.start} to {scenario.history.end}, on {place.name}.\n"
        f"# {fit.n_trips} trips of units with a station on the map; {past.n_inside} responses inside.\n"
    )
    body = yaml.safe_dump(overlay, sort_keys=False, allow_unicode=True, width=118, default_flow_style=None)
    try:
        out.write_text(header + body, "utf-8")
    except OSError as error:
        raise ScenarioError(f"cannot be written: {error.strerror}", file=out) from error
    return {
        "responses": past.n_inside,
        "trips fitted": fit.n_trips,
        "median error of a trip": round(fit.median_error, 3),
        "ramp_s": round(fit.ramp_s, 1),
        "speed by class": dict(fit.by_class),
        "speed by band": dict(fit.by_band),
        "on_scene groups": len(spans["on_scene"]),
    }


# ---------------------------------------------------------------------------------------------- spans


def fit_spans(past: Past) -> dict[str, dict[str, object]]:
    """Quantile tables of intake, processing, turnout by kind, and on scene by kind and matter."""
    intake: list[float] = []
    processing: list[float] = []
    turnout: dict[str, list[float]] = defaultdict(list)
    on_scene: dict[str, list[float]] = defaultdict(list)
    for call in past.calls:
        reported = min(response.reported_at for response in call.responses)
        registered = _least(response.registered_at for response in call.responses)
        dispatched = _least(response.dispatched_at for response in call.responses)
        _add(intake, reported, registered)
        _add(processing, registered, dispatched)
        for response in call.responses:
            kind = response.unit_kind or "*"
            for key in ("*", kind):
                _add(turnout[key], response.dispatched_at, response.rolled_at)
            for key in ("*", f"*/{kind}", f"{call.matter}/{kind}"):
                _add(on_scene[key], response.arrived_at, response.freed_at)
    spans: dict[str, dict[str, object]] = {
        "turnout": {kind: _table(values) for kind, values in sorted(turnout.items()) if len(values) >= FEWEST},
        "on_scene": {key: _table(values) for key, values in sorted(on_scene.items()) if len(values) >= FEWEST},
    }
    for name, values in (("intake", intake), ("processing", processing)):
        if len(values) >= FEWEST:
            spans[name] = _table(values)
    return spans


def _least(instants: Iterable[int | None]) -> int | None:
    return min((at for at in instants if at is not None), default=None)


def _add(values: list[float], begin: int | None, end: int | None) -> None:
    if begin is not None and end is not None and 0 <= end - begin <= LONGEST_S * 1e6:
        values.append(to_s(end - begin))


def _table(values: Sequence[float]) -> dict[str, object]:
    quantiles = np.quantile(np.array(values), np.linspace(0, 1, N_QUANTILES))
    return {"dist": "empirical", "values": [round(float(value), 1) for value in quantiles]}


# ---------------------------------------------------------------------------------------------- speeds


def fit_speeds(past: Past, roads: RoadNetwork, *, civil: CivilTime) -> Fit:
    """Factors per class and band on the trips of units that have a station on the map.

    Raises
    ------
    FeedError : fewer than `FEWEST` such trips.
    """
    units = past.units({})
    stationed = {number for number, unit in enumerate(units) if unit.placed is Placed.STATION}
    travel = Travel()
    fit: Fit | None = None
    for _ in range(ROUNDS):
        router = Router(roads, travel_model(travel))
        facts = recorded_facts(past, units, ways=router, civil=civil, spec="", city="")
        trips = _trips(facts, stationed, driven=(roads.modes & CAR_BIT) > 0)
        if len(trips) < FEWEST:
            raise FeedError(
                f"only {len(trips)} trips of units with a station on the map: too few to fit speeds (at least {FEWEST})"
            )
        fit = _fit(trips, roads, civil=civil)
        travel = Travel.model_validate(_travel(fit))
    assert fit is not None
    return fit


def _trips(facts: Iterable[f.Fact], stationed: set[int], *, driven: NDArray[np.bool_]) -> list[Trip]:
    """Trips of these units that led over `driven` streets alone, shape (n_edges,): a walk at the end tells no speed."""
    job: dict[int, f.UnitAssigned] = {}
    rolled: dict[int, int] = {}
    trips = []
    for fact in facts:
        if isinstance(fact, f.UnitAssigned):
            job[fact.unit] = fact
            rolled.pop(fact.unit, None)
        elif isinstance(fact, f.UnitRolled) and fact.unit in job:
            rolled[fact.unit] = fact.at
        elif isinstance(fact, f.UnitArrived) and fact.unit in rolled and fact.unit in stationed:
            assigned, seconds = job[fact.unit], to_s(fact.at - rolled[fact.unit])
            if assigned.edges and driven[list(assigned.edges)].all() and SHORTEST_TRIP_S <= seconds <= LONGEST_S:
                trips.append(Trip(assigned, rolled.pop(fact.unit), seconds))
    return trips


def _fit(trips: Sequence[Trip], roads: RoadNetwork, *, civil: CivilTime) -> Fit:
    free_s = np.array([_free_flow_s(trip.fact, roads) for trip in trips])
    band = np.array([_band(civil.hour_of_week(trip.rolled_at) % 24) for trip in trips])
    observed = np.log([trip.seconds for trip in trips])
    n_classes, n_bands = len(CLASSES), len(BANDS) + 1

    def unpack(parameters: Floats) -> tuple[Floats, Floats, float]:
        overall, ramp = parameters[0], float(np.exp(parameters[1]))
        classes = np.exp(overall + parameters[2 : 2 + n_classes])
        bands: Floats = np.exp(parameters[2 + n_classes :])
        return classes, bands, ramp

    def predicted(parameters: Floats) -> Floats:
        classes, bands, ramp = unpack(parameters)
        network_s = (free_s / classes).sum(axis=1) / bands[band]
        seconds: Floats = np.where(network_s >= ramp, network_s + ramp, 2 * np.sqrt(network_s * ramp))
        return seconds

    def loss(parameters: Floats) -> float:
        error = np.log(np.maximum(predicted(parameters), 1.0)) - observed
        huber = np.where(np.abs(error) < 0.5, error**2, np.abs(error) - 0.25).sum()
        doubt = SHRINK_CLASS * (parameters[2 : 2 + n_classes] ** 2).sum()
        return float(huber + doubt + SHRINK_BAND * (parameters[2 + n_classes :] ** 2).sum())

    begin = np.zeros(2 + n_classes + n_bands)
    begin[0], begin[1] = np.log(0.7), np.log(20.0)
    bounds = [(-2.0, 1.5), (0.0, np.log(LONGEST_RAMP_S))] + [(-1.5, 1.5)] * (n_classes + n_bands)
    best = minimize(loss, begin, method="L-BFGS-B", bounds=bounds)
    classes, bands, ramp = unpack(best.x)
    ratio = np.exp(observed) / np.maximum(predicted(best.x), 1.0)
    noise = np.quantile(ratio, np.linspace(0, 1, N_QUANTILES))
    return Fit(
        by_class={name: round(float(factor), 3) for name, factor in zip(CLASSES, classes, strict=True)},
        by_band={
            name: round(float(factor), 3)
            for name, factor in zip(("night", *(name for name, _, _ in BANDS)), bands, strict=True)
        },
        ramp_s=ramp,
        noise=noise,
        n_trips=len(trips),
        median_error=float(np.median(np.abs(ratio - 1))),
    )


def _free_flow_s(fact: f.UnitAssigned, roads: RoadNetwork) -> Floats:
    """Free-flow seconds on each road class, shape (n_classes,)."""
    edges = np.array(fact.edges)
    mm = roads.length_mm[edges].astype(np.float64)
    mm[0] -= fact.start_mm
    mm[-1] -= roads.length_mm[edges[-1]] - fact.end_mm
    seconds = np.zeros(len(CLASSES))
    np.add.at(seconds, roads.road_class[edges], mm / 1_000 / roads.speed_mps[edges])
    return np.maximum(seconds, 0.0)


def _band(hour: int) -> int:
    return next((number for number, (_, first, last) in enumerate(BANDS, start=1) if first <= hour < last), 0)


def _travel(fit: Fit) -> dict[str, object]:
    """The fit as the `travel` of a scenario."""

    def speeds(band: str) -> dict[str, float]:
        return {name: round(factor * fit.by_band[band], 3) for name, factor in fit.by_class.items()}

    bands = [Band(name=name, hours=(first, last), speed=speeds(name)) for name, first, last in BANDS]
    return {
        "speed": speeds("night"),
        "bands": [band.model_dump(mode="json") for band in bands],
        "ramp": round(fit.ramp_s, 1),
        "noise": {"dist": "empirical", "values": [round(float(value), 3) for value in fit.noise]},
    }

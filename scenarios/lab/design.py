"""From an experiment file to alternatives: each a checked scenario, before anything runs.

Every alternative of the file is combined with every point of its factors: all combinations of the values listed, or a
Latin hypercube or Sobol sequence over ranges and lists (scipy.stats.qmc, seeded). What a factor or alternative sets is
laid over the scenario like any overlay; a wrong key or value is an error with the file and line it stands in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from scipy.stats import qmc

from city_data.yaml_file import KeyPath, YamlDocument, read_yaml, validated
from scenarios.lab.settings import SURGE, Said, laid_over
from scenarios.lab.spec import Experiment, Range
from scenarios.load import check, library, read_scenario
from scenarios.spec import Scenario
from twin.errors import ScenarioError
from twin.metrics.measure import SCALARS

MOST_ALTERNATIVES = 10_000
OWN_COLUMNS = ("replication", "seed", "spec_hash", "digest", "n_facts", *SCALARS)
"""Columns of results that a factor must not be called."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing that is tried.

    Parameters
    ----------
    name : of the alternative and its point, such as "nearest, surge=x1.5".
    settings : factor → value, flat; `alternative` is the name of the alternative alone.
    document : the scenario it is, overlays and all; `scenario` the same, checked.
    against : the name of the one it is compared with; None for those that others are compared with.
    point : the name of its point of the factors, "" where those alternatives are all there is.
    """

    name: str
    settings: Mapping[str, object]
    document: YamlDocument
    scenario: Scenario
    against: str | None
    point: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """An experiment that can be run. `document` is what its file says, `source` the scenario: shipped name or file."""

    experiment: Experiment
    document: YamlDocument
    source: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class _Point:
    """Values of all factors."""

    settings: Mapping[str, object] = field(default_factory=dict)
    said: tuple[Said, ...] = ()

    @property
    def name(self) -> str:
        return ", ".join(f"{factor}={_short(value)}" for factor, value in self.settings.items())


def load_experiment(path: Path, *, n_replications: int | None = None) -> Plan:
    """An experiment by its file.

    Parameters
    ----------
    n_replications : exactly so many, whatever the file says.

    Raises
    ------
    ScenarioError : naming file, line and key of the first thing that is wrong, in whichever alternative.
    """
    if not path.exists() and str(path) in (shipped := shipped_experiments()):
        path = shipped[str(path)]
    if not path.exists():
        raise ScenarioError(f"no such file; shipped are {', '.join(shipped_experiments())}", file=path)
    document = read_yaml(path)
    if n_replications is not None:
        document.data["replications"] = {"at_least": n_replications}
    return planned(document)


def shipped_experiments() -> dict[str, Path]:
    """The experiments that are shipped, by name."""
    folder = next(iter(library().values())).parent / "experiments"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def planned(document: YamlDocument) -> Plan:
    """The experiment a document asks for; see `load_experiment`."""
    experiment = validated(document, Experiment)
    base = _base(experiment, document)
    points = list(_points(experiment))
    tried = [
        (each.name, _said_by(each.set, ("alternatives", place, "set")))
        for place, each in enumerate(experiment.alternatives)
    ]
    if len(points) * max(1, len(tried)) > MOST_ALTERNATIVES:
        raise ScenarioError(f"asks for more than {MOST_ALTERNATIVES:,} alternatives", file=document.path, key="factors")
    found: list[Alternative] = []
    for point in points:
        for name, said in tried or [("", ())]:
            laid = laid_over(base, (*said, *point.said), document)
            full = ", ".join(part for part in (name, point.name) if part)
            settings = ({"alternative": name} if name else {}) | dict(point.settings)
            found.append(Alternative(full, settings, laid, check(laid), None, point.name if name else ""))
    _require_distinct(found, document)
    source = experiment.scenario if experiment.scenario in library() else str(base.path.resolve())
    return Plan(experiment, document, source, _compared(found, experiment, document))


def _require_distinct(found: Sequence[Alternative], document: YamlDocument) -> None:
    names = [each.name for each in found]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise ScenarioError(f"two alternatives are called {name!r}", file=document.path, key="factors")
    for factor in found[0].settings:
        if factor in OWN_COLUMNS:
            file, line = document.place_of(("factors", factor))
            message = "is a column of the results already: call it something else"
            raise ScenarioError(message, file=file, line=line, key=f"factors.{factor}")


def _base(experiment: Experiment, document: YamlDocument) -> YamlDocument:
    """The scenario that everything is laid over."""
    name = experiment.scenario
    path = document.path.parent / name
    try:
        base = read_scenario(path if path.is_file() else name)
    except ScenarioError as error:
        if error.line is not None or error.file not in (name, None):
            raise
        file, line = document.place_of(("scenario",))
        raise ScenarioError(f"{name!r}: {error.message}", file=file, line=line, key="scenario") from error
    if experiment.lasting is not None:
        base = laid_over(base, (Said("lasting", document.data["lasting"], ("lasting",)),), document)
    return base


def _compared(found: Sequence[Alternative], experiment: Experiment, document: YamlDocument) -> tuple[Alternative, ...]:
    """Who is compared with whom: with the baseline at the same point; without alternatives, with one of the points."""
    if experiment.alternatives:
        first = experiment.baseline or experiment.alternatives[0].name
        base_of = {each.point: each.name for each in found if each.settings["alternative"] == first}
        return tuple(replace(each, against=_other(base_of[each.point], each)) for each in found)
    names = [each.name for each in found]
    baseline = experiment.baseline or names[0]
    if baseline not in names:
        shown = "; ".join(names[:8]) + ("; …" if len(names) > 8 else "")
        file, line = document.place_of(("baseline",))
        raise ScenarioError(
            f"there is no point {baseline!r}: choose from {shown}", file=file, line=line, key="baseline"
        )
    return tuple(replace(each, against=_other(baseline, each)) for each in found)


def _other(baseline: str, each: Alternative) -> str | None:
    return None if each.name == baseline else baseline


# ------------------------------------------------------------------------------------------------------- points


def _points(experiment: Experiment) -> Iterator[_Point]:
    factors = experiment.factors
    if not factors:
        yield _Point()
        return
    if experiment.design == "full":
        choices = [list(_choices(name, levels)) for name, levels in factors.items()]
        if math.prod(map(len, choices)) > MOST_ALTERNATIVES:
            raise ScenarioError(f"a full design has more than {MOST_ALTERNATIVES:,} points", key="factors")
        for chosen in product(*choices):
            yield _point(chosen)
        return
    for place in _sampled(experiment):
        yield _point([_chosen(name, levels, u) for (name, levels), u in zip(factors.items(), place, strict=True)])


def _sampled(experiment: Experiment) -> Sequence[Sequence[float]]:
    """Points of the unit cube, shape (n_points, n_factors)."""
    kind = qmc.LatinHypercube if experiment.design == "latin_hypercube" else qmc.Sobol
    n = experiment.n_points or 0
    sampler = kind(len(experiment.factors), rng=experiment.seed)
    if experiment.design == "sobol":  # balanced in powers of two only: draw one, and take its beginning
        points = sampler.random_base2(max(1, math.ceil(math.log2(n))))[:n]
    else:
        points = sampler.random(n)
    found: list[list[float]] = points.tolist()
    return found


Chosen = tuple[str, object, tuple[Said, ...]]
"""A factor, its value as told, and what that sets."""


def _choices(name: str, levels: object) -> Iterator[Chosen]:
    if isinstance(levels, Mapping):
        for level, overlay in levels.items():
            yield name, level, _said_by(overlay, ("factors", name, level))
    else:
        assert isinstance(levels, tuple)
        for place, value in enumerate(levels):
            yield name, value, (Said(name, value, ("factors", name, place)),)


def _chosen(name: str, levels: object, u: float) -> Chosen:
    """The value at a share of the way through a factor."""
    if isinstance(levels, Range):
        is_whole = levels.low.is_integer() and levels.high.is_integer() and levels.high - levels.low >= 2
        if is_whole:
            value: float = int(levels.low) + math.floor(u * (int(levels.high) - int(levels.low) + 1))
        else:
            value = float(f"{levels.low + u * (levels.high - levels.low):.6g}")
        told: object = f"x{value:g}" if name == SURGE else value
        return name, told, (Said(name, told, ("factors", name)),)
    choices = list(_choices(name, levels))
    return choices[min(int(u * len(choices)), len(choices) - 1)]


def _point(chosen: Sequence[Chosen]) -> _Point:
    settings = {name: value for name, value, _ in chosen}
    return _Point(settings, tuple(said for _, _, all_said in chosen for said in all_said))


def _said_by(overlay: Mapping[str, object], at: KeyPath) -> tuple[Said, ...]:
    return tuple(Said(key, value, (*at, key)) for key, value in overlay.items())


def _short(value: object) -> str:
    """A value as part of a name."""
    if isinstance(value, Mapping) and "use" in value:
        given = value.get("parameters")
        extra = f"({', '.join(f'{k}={v}' for k, v in given.items())})" if isinstance(given, Mapping) else ""
        return f"{value['use']}{extra}"
    return str(value)

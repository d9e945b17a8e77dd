"""How many grids? The same cells laid out as 50, 100, 200 … grids, and the same days lived through in each.

In: a scenario, numbers of grids, seeds. Out: a folder with one row a number and seed (`sizing.parquet`) and the answer
(`sizing.json`). Runs are spread over processes; what comes out does not depend on how many. The same seed brings the
same problems whatever the grids, for they are keyed by their own numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from city_data.city import City
from city_data.folder import save_city
from city_data.grid_quality import ground_m2
from city_data.lay_grids import OWN, GridOrder, lay_grids
from city_data.named import city_called
from scenarios.build import build
from scenarios.lab.executor import Workers, required
from scenarios.lab.trial import reseeded
from scenarios.run import run
from scenarios.run_folder import JOURNAL, MANIFEST, versions, write_json, written_whole
from scenarios.sizing_laws import answer
from scenarios.sizing_row import Row, row_of
from scenarios.spec import NO_CITY, Scenario, UnitGroup
from scenarios.spec_problems import ProblemMatter, Problems
from scenarios.spread import Spread
from twin.domain.quantities import to_s
from twin.errors import CityError, GridtwinError, JournalError, ScenarioError
from twin.journal.journal import Memory
from twin.metrics.performance import Figures

Tick = Callable[[object], None]
TABLE, ANSWER = "sizing.parquet", "sizing.json"
TOGETHER = 5
"""Runs that one process makes on end: tours are worked out once for them."""
ONE_A_GRID = "one worker a grid: more grids, more people"
FIXED = "{n} workers whatever the grids: larger or smaller territories, shared by those that look after them"


@dataclass(frozen=True, slots=True)
class Sizing:
    """What is asked.

    Parameters
    ----------
    numbers : of grids.
    seeds : of the runs, the same for each number.
    overlay : the overlay that is laid anew.
    n_workers : how many look after its grids, in turn; None for one a grid.
    lasts : factor on how long problems last until they end by themselves.
    """

    numbers: tuple[int, ...]
    seeds: tuple[int, ...]
    overlay: str = "base"
    n_workers: int | None = None
    lasts: float = 1.0


@dataclass(frozen=True, slots=True)
class _Task:
    """Some runs of a scenario whose city has its grids already; they share its tours."""

    scenario: Scenario
    n_grids: int
    seeds: tuple[int, ...]
    overlay: str


def size_grids(
    scenario: Scenario, asked: Sizing, *, out: Path, n_processes: int | None = None, progress: Tick = lambda _: None
) -> Figures:
    """Answer how many grids, into a folder.

    Parameters
    ----------
    n_processes : of the machine; by default one a core. Without effect on what comes out.

    Returns
    -------
    What `sizing.json` holds.

    Raises
    ------
    GridtwinError : the question cannot be asked of this scenario or city; `key` names what to change.
    """
    _require_sensible(asked)
    city = _city(scenario, asked)
    group = _patrols(scenario, asked)
    if (out / JOURNAL).exists():
        raise JournalError("is a run folder: give another --out", file=out)
    with written_whole(out) as stage, TemporaryDirectory(prefix="gridtwin-sizing-") as folder:
        tasks, layouts = [], []
        for n_grids in asked.numbers:
            progress(f"laying {n_grids} grids")
            laid, told = _laid(city, n_grids, overlay=asked.overlay)
            place = Path(folder) / str(n_grids)
            save_city(laid, place)
            layouts.append({"n_grids": n_grids, "city_checksum": laid.checksum, **told})
            prepared = _prepared(scenario, asked, group=group, city=place)
            together = [asked.seeds[first : first + TOGETHER] for first in range(0, len(asked.seeds), TOGETHER)]
            tasks += [_Task(prepared, n_grids, seeds, asked.overlay) for seeds in together]
        rows = _run_all(tasks, n_processes=n_processes, progress=progress)
        cells = laid.layers.cells
        assert cells is not None
        told = {
            "question": ONE_A_GRID if asked.n_workers is None else FIXED.format(n=asked.n_workers),
            "scenario": scenario.name,
            "assumptions": list(scenario.assumptions),
            "overlay": asked.overlay,
            "lasting_s": to_s(scenario.lasting),
            "lasts_factor": asked.lasts,
            "seeds": list(asked.seeds),
            "first_digest": rows[0]["digest"],
            "layouts": layouts,
            **answer(rows, area_m2=float(ground_m2(cells).sum())),
        }
        pq.write_table(pa.Table.from_pylist(rows), stage / TABLE, compression="zstd")
        write_json(stage / ANSWER, told)
        source = {"kind": "sizing", "scenario": scenario.model_dump(mode="json", by_alias=True, exclude_none=True)}
        write_json(stage / MANIFEST, {"schema": 1, **source, "city": city.checksum, "versions": versions()})
    return told


# ---------------------------------------------------------------------------------------------- what is asked


def _require_sensible(asked: Sizing) -> None:
    if not asked.numbers or min(asked.numbers) < 1 or len(set(asked.numbers)) != len(asked.numbers):
        raise GridtwinError("takes different numbers of grids, 1 or more each: 50,100,200", key="grids")
    if not asked.seeds:
        raise GridtwinError("takes one run at least", key="runs")
    if not 0 < asked.lasts <= 100:
        raise GridtwinError("takes a factor above 0, at most 100", key="lasts")
    if asked.n_workers is not None and asked.n_workers < max(asked.numbers):
        raise GridtwinError(
            f"{asked.n_workers} workers leave some of {max(asked.numbers)} grids without any: a worker looks after one "
            "grid, so ask for fewer grids or more workers",
            key="workers",
        )


def _patrols(scenario: Scenario, asked: Sizing) -> tuple[int, ...]:
    """Places of the groups of units that patrol the overlay."""
    groups = () if scenario.units == "history" else scenario.units
    found = tuple(
        place for place, group in enumerate(groups) if group.beat == asked.overlay and group.patrol is not None
    )
    if not found:
        raise ScenarioError(
            f"no units patrol the overlay {asked.overlay!r}: a group needs `beat: {asked.overlay}` and `patrol`",
            key="units",
        )
    if asked.n_workers is not None and len(found) > 1:
        raise ScenarioError(
            f"{len(found)} groups patrol the overlay {asked.overlay!r}: a fixed number of workers needs a single one",
            key="units",
        )
    return found


def _city(scenario: Scenario, asked: Sizing) -> City:
    if scenario.city == NO_CITY or scenario.travel == "none":
        raise ScenarioError("a scenario without a city has no grids", key="city")
    city = city_called(scenario.city)
    known = [overlay.name for overlay in city.layers.overlays]
    if asked.overlay not in known:
        has = f"it has {', '.join(known)}" if known else "it has none: make one with `gridtwin city grid`"
        raise CityError(f"the city has no overlay {asked.overlay!r}: {has}", key="overlay")
    cells = city.layers.cells
    assert cells is not None
    if max(asked.numbers) > cells.n:
        raise CityError(
            f"{max(asked.numbers):,} grids cannot be made of {cells.n:,} cells: ask for fewer grids or smaller cells",
            key="grids",
        )
    return city


def _laid(city: City, n_grids: int, *, overlay: str) -> tuple[City, Figures]:
    """The city with so many grids, within its areas where they are as many as those."""
    keeps = 1 < len(city.areas) <= n_grids
    laid, report = lay_grids(city, GridOrder(overlay=overlay, n_grids=n_grids, areas=OWN if keeps else None))
    found = report.quality
    assert found is not None
    return laid, {
        "within_areas": keeps,
        "mean_street_m": found.mean_load,
        "max_over_mean": found.max_over_mean,
        "n_connected": found.n_connected,
        "compactness": found.compactness,
    }


def _prepared(scenario: Scenario, asked: Sizing, *, group: Sequence[int], city: Path) -> Scenario:
    """The scenario in a city with new grids, with as many workers as are asked for."""
    assert scenario.units != "history"
    units: list[UnitGroup] = list(scenario.units)
    for place in group:
        units[place] = units[place].model_copy(update={"count": asked.n_workers})
    problems = tuple(_lasting(source, asked.lasts) for source in scenario.problems)
    return scenario.model_copy(update={"city": str(city), "units": tuple(units), "problems": problems})


def _lasting(source: Problems, factor: float) -> Problems:
    """Problems that last `factor` times as long until they end by themselves."""
    if factor == 1:
        return source
    matters: dict[str, ProblemMatter] = {
        name: matter if matter.lasts is None else matter.model_copy(update={"lasts": _times(matter.lasts, factor)})
        for name, matter in source.matters.items()
    }
    return source.model_copy(update={"matters": matters})


def _times(spread: Spread, factor: float) -> Spread:
    given = {name: getattr(spread, name) for name in ("mean", "median", "scale")}
    longer: dict[str, object] = {name: value * factor for name, value in given.items() if value is not None}
    if spread.values is not None:
        longer["values"] = tuple(value * factor for value in spread.values)
    return spread.model_copy(update=longer)


# ---------------------------------------------------------------------------------------------- running


def _run_all(tasks: Sequence[_Task], *, n_processes: int | None, progress: Tick) -> list[Row]:
    """A row a run, in the order of the tasks."""
    found: dict[int, list[Row]] = {}
    n_runs, n_done = sum(len(task.seeds) for task in tasks), 0
    with Workers(n_processes) as workers, closing(workers.results(_run_each, tasks)) as coming:
        for done in coming:
            found[done.place] = required(done)
            n_done += len(found[done.place])
            progress(f"{n_done} of {n_runs} runs")
    return [row for place in range(len(tasks)) for row in found[place]]


def _run_each(task: _Task) -> list[Row]:
    built = build(task.scenario, seed=task.seeds[0])
    rows: list[Row] = []
    for seed in task.seeds:
        here, store = reseeded(built, seed), Memory()
        done = run(here, store=store)
        row = row_of(here, store.facts, until=done.until, overlay=task.overlay)
        rows.append({"n_grids": task.n_grids, "seed": seed, **row, "digest": done.digest})
    return rows

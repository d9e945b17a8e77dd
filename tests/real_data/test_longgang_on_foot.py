"""A day of grid workers on the real streets of Longgang and of Guanggu."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from city_data.build import build_city
from city_data.city import City
from city_data.folder import save_city
from city_data.lay_grids import GridOrder, GridReport, lay_grids
from city_data.loads import Balance
from scenarios.record import run_scenario
from scenarios.verify import verify_run
from twin.domain.mode import WALK_BIT
from twin.roads.beats import streets_of_grids
from twin.roads.open_streets import open_streets

SCENARIOS = Path(__file__).parent / "scenarios"
LONGGANG, GUANGGU = "shenzhen_longgang/map.osm.gz", "wuhan_guanggu/road_net_lanes.geojson"


@pytest.fixture(scope="module")
def longgang(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return build_city(shared_data / LONGGANG, tmp_path_factory.mktemp("longgang") / "city", on_foot=True)


@pytest.fixture(scope="module")
def guanggu(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return build_city(shared_data / GUANGGU, tmp_path_factory.mktemp("guanggu") / "city", on_foot=True)


def grids_without_walkers(city: City) -> int:
    assert city.layers.cells is not None
    beats = streets_of_grids(city.layers.cells, city.layers.overlays[0], city.roads)
    streets = open_streets(city.roads, WALK_BIT)
    return sum(not streets.usable(beat).size for beat in beats)


def on_foot(city: City, *, n_grids: int) -> tuple[City, GridReport]:
    return lay_grids(city, GridOrder(n_grids=n_grids, balance=Balance.WALKED_LENGTH))


def test_balanced_by_what_is_walked_no_grid_is_a_motorway(longgang: City) -> None:
    by_length, _ = lay_grids(longgang, GridOrder(n_grids=40))
    by_walking, report = on_foot(longgang, n_grids=40)
    assert (grids_without_walkers(by_length), grids_without_walkers(by_walking)) == (1, 0)
    assert report.quality is not None
    once = longgang.roads.twin > np.arange(longgang.roads.n_edges)
    walked = once & (longgang.roads.modes & WALK_BIT > 0)
    assert report.quality.mean_load * 40 == pytest.approx(longgang.roads.length_mm[walked].sum() / 1e3, rel=1e-3)


@pytest.mark.parametrize(
    ("place", "n_grids", "n_arose", "n_cases"), [("longgang", 40, 161, 79), ("guanggu", 12, 50, 31)]
)
def test_a_day_on_foot_can_be_run_and_run_again(
    place: str, n_grids: int, n_arose: int, n_cases: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    save_city(on_foot(request.getfixturevalue(place), n_grids=n_grids)[0], tmp_path / place)
    for name in ("longgang.yaml", "guanggu.yaml"):
        shutil.copy(SCENARIOS / name, tmp_path)
    run = run_scenario(str(tmp_path / f"{place}.yaml"), out=tmp_path / "run")
    assert run.kpi["problems"]["n_arose"] == n_arose  # type: ignore[index]
    assert run.kpi["totals"]["n_cases"] == n_cases  # type: ignore[index]
    assert run.kpi["patrol"]["all"]["patrol_share"] > 0.9  # type: ignore[index]
    verify_run(tmp_path / "run")

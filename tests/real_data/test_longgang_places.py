"""Made-up cases on real streets of Shenzhen, written as offices write them: the streets tell their coordinates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from city_data.build import build_city
from city_data.city import City
from city_data.feeds.mapping import FeedMapping
from city_data.feeds.quality import check_feed
from city_data.feeds.shifted import Degrees, wgs84_to_bd09, wgs84_to_gcj02
from twin.roads.nearest import NearestEdge

SYSTEMS: dict[str, Callable[[float, float], Degrees]] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "gcj02": wgs84_to_gcj02,
    "bd09": wgs84_to_bd09,
}
MAPPING = FeedMapping.model_validate(
    {
        "name": "longgang",
        "id": {"case": "案件编号"},
        "stamps": {"zone": "Asia/Shanghai", "columns": {"reported": "上报时间"}},
        "place": {"lon": "经度", "lat": "纬度"},
        "unit": {"default_skill": "grid_worker"},
    }
)


@pytest.fixture(scope="module")
def longgang(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return build_city(shared_data / "shenzhen_longgang" / "map.osm.gz", tmp_path_factory.mktemp("longgang") / "city")


def write_cases(path: Path, city: City, system: str) -> None:
    """2,000 cases some 8 m from a street, in GB18030, below a title."""
    luck = np.random.default_rng(2026)
    edges = luck.choice(city.roads.n_edges, 2_000, p=city.roads.length_mm / city.roads.length_mm.sum())
    lon, lat = city.roads.lonlat_of(edges, luck.integers(0, city.roads.length_mm[edges]))
    places = zip(lon + luck.normal(0, 8e-5, 2_000), lat + luck.normal(0, 8e-5, 2_000), strict=True)
    rows = [
        f"龙岗{number},2026年3月2日 {number % 24}时05分,{x:.6f},{y:.6f}\n"
        for number, (x, y) in enumerate(SYSTEMS[system](*place) for place in places)
    ]
    path.write_text(f"网格案件明细,,,\n案件编号,上报时间,经度,纬度\n{''.join(rows)}", encoding="gb18030")


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_streets_tell_the_coordinate_system(system: str, longgang: City, tmp_path: Path) -> None:
    write_cases(tmp_path / "cases.csv", longgang, system)
    report = check_feed(tmp_path / "cases.csv", MAPPING, bounds=longgang.bounds, streets=NearestEdge(longgang.roads))
    assert (report.n_used, report.layout.as_dict()["encoding"], report.layout.as_dict()["header_row"]) == (
        2_000,
        "gb18030",
        2,
    )
    assert report.street_fit is not None
    assert report.street_fit.best == system
    assert (report.street_fit.warning is None) == (system == "wgs84")
    medians = {fit.assumption: fit.median_m or np.inf for fit in report.street_fit.fits}
    assert medians.pop(system) < 10 < min(medians.values())

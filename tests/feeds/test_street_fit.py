"""The distance to the streets tells which coordinate system a feed is in, and warns when the mapping says another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer
from typer.testing import CliRunner

from city_data.built_in import built_in_city
from city_data.feeds.mapping_parts import Place
from city_data.feeds.places import to_wgs84
from city_data.feeds.quality import check_feed
from city_data.feeds.report import FeedReport
from city_data.feeds.shifted import Degrees, wgs84_to_bd09, wgs84_to_gcj02
from city_data.feeds.street_fit import EXCHANGED, MOST_POINTS, StreetFit, ThinnedPlaces, fit_to_streets
from city_data.folder import save_city
from scenarios.cli import app
from tests.feeds.samples import mapping, record, written
from twin.errors import FeedError
from twin.roads.nearest import NearestEdge

CITY = built_in_city()
STREETS = NearestEdge(CITY.roads)
SYSTEMS: dict[str, Callable[[float, float], Degrees]] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "gcj02": wgs84_to_gcj02,
    "bd09": wgs84_to_bd09,
    EXCHANGED: lambda lon, lat: (lat, lon),
}


def along_the_streets(n_places: int = 400) -> list[Degrees]:
    """True places some 10 m from a street."""
    luck = np.random.default_rng(7)
    lon, lat = CITY.roads.node_lon, CITY.roads.node_lat
    edges = luck.integers(0, CITY.roads.n_edges, n_places)
    share = luck.random(n_places)
    tail, head = CITY.roads.tail[edges], CITY.roads.head[edges]
    east = lon[tail] + share * (lon[head] - lon[tail]) + luck.normal(0, 1e-4, n_places)
    north = lat[tail] + share * (lat[head] - lat[tail]) + luck.normal(0, 1e-4, n_places)
    return [(float(x), float(y)) for x, y in zip(east, north, strict=True)]


def fitted(places: list[Degrees], crs: str = "wgs84") -> StreetFit:
    thinned = ThinnedPlaces()
    for place in places:
        thinned.add(place)
    return fit_to_streets(thinned, Place(lon="x", lat="y", crs=crs), STREETS)


def checked(folder: Path, places: list[Degrees], **place: str) -> FeedReport:
    records = [record(call=str(number), lon=lon, lat=lat) for number, (lon, lat) in enumerate(places)]
    told = mapping(place={"lon": "lon", "lat": "lat", **place})
    return check_feed(written(folder, records), told, bounds=CITY.bounds, streets=STREETS)


@pytest.mark.parametrize(("written_in", "told"), [*product(("wgs84", "gcj02", "bd09"), repeat=2), (EXCHANGED, "wgs84")])
def test_the_system_that_fits_is_named(written_in: str, told: str) -> None:
    fit = fitted([SYSTEMS[written_in](*place) for place in along_the_streets()], told)
    assert fit.best == written_in
    assert (fit.warning is None) == (written_in == told)


def test_the_warning_says_what_to_write_and_how_far_off_it_is(tmp_path: Path) -> None:
    report = checked(tmp_path, [wgs84_to_gcj02(*place) for place in along_the_streets()])
    text = report.to_text()
    assert "Streets: GCJ-02 fits:" in text
    assert "WARNING: as WGS 84 (or CGCS2000), which the mapping says, places lie" in text
    assert "write `crs: gcj02` under `place`" in text
    assert report.street_fit is not None
    medians = {fit.assumption: fit.median_m for fit in report.street_fit.fits}
    assert medians["gcj02"] is not None
    assert medians["wgs84"] is not None
    assert medians["gcj02"] < 10 < medians["wgs84"]


def test_a_right_mapping_is_not_warned(tmp_path: Path) -> None:
    report = checked(tmp_path, [wgs84_to_bd09(*place) for place in along_the_streets()], crs="BD-09")
    assert "Streets: BD-09 fits:" in report.to_text()
    assert "WARNING" not in report.to_text()
    assert report.n_off_map_rows is not None
    assert report.n_off_map_rows < 20


def test_exchanged_columns_are_named_though_no_row_can_be_used(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"not one row can be used.*exchange the two numbers under `place`"):
        checked(tmp_path, [(lat, lon) for lon, lat in along_the_streets()])


def test_a_projected_system_is_tried_too() -> None:
    project = Transformer.from_crs("EPSG:4326", "EPSG:4526", always_xy=True)
    places = [project.transform(*place) for place in along_the_streets()]
    fit = fitted(places, "EPSG:4526")
    assert (fit.best, fit.assumed, fit.warning) == ("EPSG:4526", "EPSG:4526", None)
    exchanged = fitted([(y, x) for x, y in places], "EPSG:4526")
    assert exchanged.best == EXCHANGED


def test_few_places_cannot_tell() -> None:
    fit = fitted(along_the_streets(20))
    assert (fit.best, fit.warning) == (None, None)
    assert fit.verdict.startswith("too few places to tell: 20 near a street")


def test_places_of_another_city_cannot_tell() -> None:
    fit = fitted([(lon + 1, lat) for lon, lat in along_the_streets()])
    assert (fit.best, fit.n_points) == (None, 0)


def test_places_anywhere_fit_nothing() -> None:
    luck = np.random.default_rng(1)
    west, south, east, north = CITY.bounds
    lon, lat = luck.uniform(west, east, 60), luck.uniform(south, north, 60)
    fit = fitted([(float(x), float(y)) for x, y in zip(lon, lat, strict=True)])
    assert (fit.best, fit.warning) == (None, None)


def test_a_long_feed_is_thinned_evenly() -> None:
    places = ThinnedPlaces()
    for number in range(100_000):
        if places.next_is_wanted():
            places.add((float(number), 0.0))
    kept = np.array([x for x, _ in places])
    assert MOST_POINTS / 2 < len(kept) <= 2 * MOST_POINTS
    assert np.histogram(kept, 10, (0, 100_000))[0].min() > len(kept) / 12


def test_feed_check_prints_the_test_with_a_city(tmp_path: Path) -> None:
    save_city(CITY, tmp_path / "city")
    records = [record(call=str(n), lon=lon, lat=lat) for n, (lon, lat) in enumerate(along_the_streets(100))]
    (tmp_path / "mapping.yaml").write_text(
        "name: sample\nid: { case: call }\nstamps: { zone: Asia/Shanghai, columns: { reported: received } }\n"
        "place: { lon: lon, lat: lat, crs: gcj02 }\nunit: { default_skill: grid_worker }\n",
        encoding="utf-8",
    )
    command = ["feed", "check", str(written(tmp_path, records)), "--mapping", str(tmp_path / "mapping.yaml")]
    said = CliRunner().invoke(app, [*command, "--city", str(tmp_path / "city")]).stdout
    assert "Streets: WGS 84 (or CGCS2000) fits" in said
    assert "WARNING: as GCJ-02, which the mapping says" in said


def test_every_system_has_a_way_to_wgs84() -> None:
    assert to_wgs84("wgs84") is None
    assert to_wgs84("cgcs2000") is None
    for crs in ("gcj02", "bd09", "EPSG:4526"):
        assert to_wgs84(crs) is not None

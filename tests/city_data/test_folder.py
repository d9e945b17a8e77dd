"""A city folder holds the same city for everyone, or is refused with advice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from city_data.build import build_city
from city_data.built_in import built_in_city
from city_data.check import check_city
from city_data.city import make_city
from city_data.folder import load_city, save_city
from tests.bad_input.roads import SQUARE_OSM
from twin.errors import CityError

STATIONS = "name,lat,lon\n北站,23.0011,113.006\n远站,23.9,113.9\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "old_town.osm"
    path.write_text(SQUARE_OSM, encoding="utf-8")
    return path


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_what_is_built_is_what_is_loaded(source: Path, tmp_path: Path) -> None:
    table = tmp_path / "stations.csv"
    table.write_text(STATIONS, encoding="utf-8")
    steps: list[str] = []
    built = build_city(source, tmp_path / "city", stations=table, progress=steps.append)
    loaded = load_city(tmp_path / "city")
    assert loaded.name == "old town"
    assert loaded.checksum == built.checksum
    assert loaded.stations == built.stations
    assert [station.on_map for station in loaded.stations] == [True, False]
    assert loaded.areas == ("all",)
    assert not loaded.edge_area.any()
    assert loaded.origin == built.origin
    assert len(steps) >= 4


def test_building_twice_gives_the_same_bytes_and_no_path_of_the_machine(source: Path, tmp_path: Path) -> None:
    build_city(source, tmp_path / "one")
    build_city(source, tmp_path / "one")
    build_city(source, tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert all(str(tmp_path).encode() not in content for content in files_of(tmp_path / "one").values())


def test_a_city_is_not_written_over_other_things(source: Path, tmp_path: Path) -> None:
    with pytest.raises(CityError, match="holds other things"):
        build_city(source, tmp_path)
    with pytest.raises(CityError, match="a file, not a folder"):
        build_city(source, source)


def spoil_json(folder: Path) -> None:
    (folder / "city.json").write_text("{", encoding="utf-8")


def rename(folder: Path) -> None:
    about = folder / "city.json"
    about.write_text(about.read_text(encoding="utf-8").replace("old town", "new town"), encoding="utf-8")


def overwrite(folder: Path) -> None:
    content = bytearray((folder / "roads.npz").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 200] = b"\xff" * 200
    (folder / "roads.npz").write_bytes(content)


def move_a_station(folder: Path) -> None:
    (folder / "stations.csv").write_text(
        "name,lon,lat,edge,offset_mm,distance_m,on_map\na,113,23,999,0,0.0,true\n", encoding="utf-8"
    )


DAMAGE: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: (folder / "city.json").unlink(), "not a city folder"),
    (lambda folder: (folder / "roads.npz").unlink(), "road file is missing"),
    (lambda folder: (folder / "areas.npy").unlink(), "missing"),
    (lambda folder: (folder / "areas.npy").write_bytes(b"x"), "damaged"),
    (lambda folder: (folder / "stations.csv").unlink(), "stations are missing"),
    (spoil_json, "damaged"),
    (rename, "changed after it was built"),
    (overwrite, "damaged"),
    (move_a_station, "edge 999 does not exist"),
]


@pytest.mark.parametrize(("damage", "says"), DAMAGE)
def test_a_damaged_folder_is_refused_and_says_to_build_again(
    source: Path, tmp_path: Path, damage: Callable[[Path], object], says: str
) -> None:
    folder = tmp_path / "city"
    build_city(source, folder)
    damage(folder)
    with pytest.raises(CityError, match=says) as refusal:
        load_city(folder)
    assert "build the city again" in str(refusal.value)


def test_the_roads_of_another_city_are_noticed(source: Path, tmp_path: Path) -> None:
    build_city(source, tmp_path / "city")
    save_city(built_in_city(), tmp_path / "other")
    (tmp_path / "city" / "roads.npz").write_bytes((tmp_path / "other" / "roads.npz").read_bytes())
    with pytest.raises(CityError, match="not the roads"):
        load_city(tmp_path / "city")


def test_a_folder_that_does_not_exist_is_not_a_city(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="not a city folder"):
        load_city(tmp_path / "nowhere")


def test_the_check_counts_and_warns(source: Path, tmp_path: Path) -> None:
    build_city(source, tmp_path / "city")
    check = check_city(tmp_path / "city")
    assert (check.n_nodes, check.n_edges) == (2, 6)
    assert check.street_km == pytest.approx(sum(check.class_km.values()))
    assert check.one_way_share == 0
    assert check.mode_km == pytest.approx(dict.fromkeys(("car", "e_bike", "walk"), check.street_km) | {"foot_only": 0})
    assert any("no station" in warning for warning in check.warnings)
    assert set(check.as_dict()) >= {"name", "checksum", "facts", "warnings"}


def test_an_area_with_no_street_is_refused() -> None:
    city = built_in_city()
    with pytest.raises(CityError, match=r"empty area.*no street"):
        make_city(
            city.name,
            city.roads,
            bounds=city.bounds,
            origin=city.origin,
            areas=("full area", "empty area"),
            edge_area=np.zeros(city.roads.n_edges, np.int32),
        )

"""Overlays lie side by side on the same cells, and travel in the city folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_data.built_in import built_in_city
from city_data.cell_index import CellIndex
from city_data.check import check_city
from city_data.city import City, with_layers
from city_data.city_layers import NO_LAYERS, CityLayers
from city_data.folder import load_city, save_city
from city_data.lay_grids import GridOrder, lay_grids
from city_data.overlays import OFF_GRID, grids_at, shared_ground_m2, shared_street_m
from twin.domain.grid import Grid, Overlay, shared
from twin.errors import CityError


@pytest.fixture(scope="module")
def bare() -> City:
    return with_layers(built_in_city(), NO_LAYERS)


@pytest.fixture(scope="module")
def city(bare: City) -> City:
    laid, _ = lay_grids(bare, GridOrder(n_grids=40, areas="own"))
    return lay_grids(laid, GridOrder(overlay="sanitation", n_grids=12))[0]


def overlay(name: str, of_cell: list[int]) -> Overlay:
    grids = tuple(Grid(f"{name}-{number}", str(number)) for number in range(max(of_cell) + 1))
    return Overlay(name, "", grids, np.array(of_cell, np.int32))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.floats(0, 1e6)), min_size=1, max_size=30))
def test_what_two_overlays_share_adds_up_to_each_of_them(cells: list[tuple[int, int, float]]) -> None:
    amounts = [amount for _, _, amount in cells]
    first, second = overlay("a", [a for a, _, _ in cells]), overlay("b", [b for _, b, _ in cells])
    found = shared(first, second, amounts=amounts)
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == sorted({(a, b) for a, b, _ in cells})
    assert np.bincount(found.first, found.amount, len(first.grids)) == pytest.approx(first.sums(amounts))
    assert np.bincount(found.second, found.amount, len(second.grids)) == pytest.approx(second.sums(amounts))
    assert ((found.share_of_first >= 0) & (found.share_of_first <= 1 + 1e-9)).all()


def test_a_point_resolves_to_one_grid_in_each_overlay(city: City) -> None:
    cells = city.layers.cells
    assert cells is not None
    edges = np.arange(50)
    lon, lat = city.roads.lonlat_of(edges, city.roads.length_mm[edges] // 2)
    found = grids_at(
        CellIndex(cells, city.roads), city.layers.overlays, lon=np.append(lon, 0.0), lat=np.append(lat, 0.0)
    )
    assert found.shape == (51, 2)
    assert (found[:-1] >= 0).all()
    assert found[-1].tolist() == [OFF_GRID, OFF_GRID]
    assert found[:-1].max(axis=0).tolist() <= [len(overlay.grids) - 1 for overlay in city.layers.overlays]


def test_two_overlays_share_streets_and_ground_many_to_many(city: City) -> None:
    cells, (base, sanitation) = city.layers.cells, city.layers.overlays
    assert cells is not None
    by_street, by_ground = shared_street_m(cells, base, sanitation), shared_ground_m2(cells, base, sanitation)
    assert by_street.amount.sum() == pytest.approx(cells.street_mm.sum() / 1000)
    assert by_ground.amount.sum() == pytest.approx(len(np.unique(cells.square, axis=0)) * 100**2)
    assert len(by_street.amount) > len(base.grids)
    assert np.bincount(by_street.second).min() > 1


def test_a_city_with_overlays_comes_back_from_its_folder_as_it_was(city: City, tmp_path: Path) -> None:
    save_city(city, tmp_path / "one")
    save_city(city, tmp_path / "two")
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in sorted(tmp_path.iterdir())]
    assert files[0] == files[1]
    loaded = load_city(tmp_path / "one")
    assert loaded.checksum == city.checksum
    assert loaded.layers.checksum() == city.layers.checksum()
    assert [one.grids for one in loaded.layers.overlays] == [one.grids for one in city.layers.overlays]
    check = check_city(tmp_path / "one")
    assert check.overlays == {"base": 40, "sanitation": 12}
    assert any("codes of the unit cells were made up" in warning for warning in check.warnings)


def test_a_folder_without_layers_is_written_and_read_as_before(bare: City, tmp_path: Path) -> None:
    save_city(bare, tmp_path / "city")
    assert b"layers" not in (tmp_path / "city" / "city.json").read_bytes()
    assert load_city(tmp_path / "city").layers.is_empty


def test_layers_that_are_gone_leave_no_file_behind(city: City, bare: City, tmp_path: Path) -> None:
    save_city(city, tmp_path / "city")
    save_city(bare, tmp_path / "city")
    assert not (tmp_path / "city" / "overlays.npz").exists()
    assert load_city(tmp_path / "city").checksum == bare.checksum


@pytest.mark.parametrize("name", ["cells.npz", "overlays.npz"])
def test_a_damaged_or_missing_layer_is_refused_by_name(city: City, tmp_path: Path, name: str) -> None:
    save_city(city, tmp_path / "city")
    path = tmp_path / "city" / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CityError, match=rf"{name}.*damaged"):
        load_city(tmp_path / "city")
    path.unlink()
    with pytest.raises(CityError, match=rf"{name}.*missing"):
        load_city(tmp_path / "city")


def test_an_edited_layer_is_noticed(city: City, tmp_path: Path) -> None:
    save_city(city, tmp_path / "city")
    turned = replace(city.layers.overlays[0], of_cell=np.roll(city.layers.overlays[0].of_cell, 1))
    save_city(with_layers(city, replace(city.layers, overlays=(turned,))), tmp_path / "other")
    (tmp_path / "city" / "overlays.npz").write_bytes((tmp_path / "other" / "overlays.npz").read_bytes())
    with pytest.raises(CityError, match="changed after it was built"):
        load_city(tmp_path / "city")


def test_the_checksum_covers_every_layer(city: City, bare: City) -> None:
    base = city.layers.overlays[0]
    renamed = replace(base, grids=(Grid("base-x", "x"), *base.grids[1:]))
    sums = {
        city.checksum,
        with_layers(city, replace(city.layers, overlays=())).checksum,
        with_layers(city, replace(city.layers, overlays=(renamed,))).checksum,
        bare.checksum,
    }
    assert len(sums) == 4
    assert with_layers(city, CityLayers()).checksum == bare.checksum


def test_overlays_that_are_no_partition_are_refused(city: City) -> None:
    base = city.layers.overlays[0]
    wrong = [
        ((base, base), "same name"),
        ((base, replace(base, name="other")), "same reference"),
        ((replace(base, of_cell=base.of_cell[1:]),), "grid for every cell"),
        ((replace(base, of_cell=base.of_cell + 1),), "grid that does not exist"),
        ((replace(base, of_cell=np.zeros_like(base.of_cell)),), "has no cell"),
    ]
    for overlays, says in wrong:
        with pytest.raises(CityError, match=says):
            with_layers(city, replace(city.layers, overlays=overlays))
    with pytest.raises(CityError, match="no cells"):
        with_layers(city, CityLayers(overlays=(base,)))

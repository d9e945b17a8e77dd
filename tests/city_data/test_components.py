"""An asset table becomes columns with ids in the standards' form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from city_data.built_in import built_in_city
from city_data.components import read_components
from city_data.folder import load_city, save_city
from city_data.furnish import put_components
from city_data.lay_grids import GridOrder, lay_grids
from twin.domain.facility import ComponentStatus

TABLE = """标识码,名称,主管部门,状态,经度,纬度
44010601001000001,污水井盖,水务局,完好,113.391,23.119
44010601018000001,路灯,,破损,113.392,23.119
44010601001000002,污水井盖,水务局,,113.393,23.118
"""


def written(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "assets.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_asset_table_is_read_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    found = read_components(written(tmp_path, TABLE, encoding=encoding))
    assert found.n == 3
    assert not found.ids_assumed
    assert found.ids.tolist() == [b"44010601001000001", b"44010601018000001", b"44010601001000002"]
    assert [found.kinds[kind] for kind in found.kind] == ["01001", "01018", "01001"]
    assert [found.names[name] for name in found.name] == ["污水井盖", "路灯", "污水井盖"]
    assert [found.departments[number] for number in found.department] == ["水务局", "", "水务局"]
    assert found.status.tolist() == [ComponentStatus.SOUND, ComponentStatus.DAMAGED, ComponentStatus.SOUND]


def test_ids_are_made_up_from_the_class_and_said_to_be(tmp_path: Path) -> None:
    found = read_components(written(tmp_path, "kind,lon,lat\n0118,113.391,23.119\n0118,113.392,23.119\n"))
    assert found.ids_assumed
    assert found.ids.tolist() == [b"9900010118000001", b"9900010118000002"]


def test_parquet_holds_the_same_table(tmp_path: Path) -> None:
    path = tmp_path / "assets.parquet"
    pq.write_table(pa.table({"id": ["4401060118000001"], "lon": [113.391], "lat": [23.119]}), path)
    found = read_components(path)
    assert (found.ids[0], found.kinds, found.lon[0]) == (b"4401060118000001", ("0118",), 113.391)


def test_components_travel_in_the_city_folder_and_know_their_cells(tmp_path: Path) -> None:
    city, _ = lay_grids(built_in_city(), GridOrder(n_grids=10))
    city, report = put_components(city, written(tmp_path, TABLE))
    assert report["by status"] == {"sound": 2, "damaged": 1}
    assert report["in no cell"] == 0
    save_city(city, tmp_path / "city")
    loaded = load_city(tmp_path / "city").layers.components
    assert loaded is not None
    assert city.layers.components is not None
    assert loaded.names == city.layers.components.names
    for name in ("ids", "kind", "name", "department", "status", "lon", "lat"):
        assert np.array_equal(getattr(loaded, name), getattr(city.layers.components, name))

"""Whatever a road file holds, it is read or it is refused by name: nothing else can happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city_data.roads import read_roads
from tests.bad_input.roads import ROAD_FIXTURES, SQUARE_OSM
from tests.bad_input.table import BadInput
from twin.errors import CityError


@pytest.mark.parametrize("bad", ROAD_FIXTURES, ids=lambda bad: bad.name)
def test_a_bad_road_file_is_refused_with_its_name_and_the_place(bad: BadInput, tmp_path: Path) -> None:
    path = bad.make(tmp_path)
    with pytest.raises(CityError) as refusal:
        read_roads(path)
    message = str(refusal.value)
    assert path.name in message
    assert "\n" not in message
    for fragment in bad.says:
        assert fragment in message


@settings(max_examples=120)
@given(cut=st.integers(0, len(SQUARE_OSM)), put=st.binary(max_size=12), drop=st.integers(0, 12))
def test_a_map_with_a_few_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, put: bytes, drop: int
) -> None:
    good = SQUARE_OSM.encode()
    path = tmp_path_factory.mktemp("fuzz") / "map.osm"
    path.write_bytes(good[:cut] + put + good[cut + drop :])
    try:
        said = f"map.osm has {read_roads(path).network.n_edges} edges"
    except CityError as refusal:
        said = str(refusal)
    assert "map.osm" in said


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_noise_is_refused(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    path = tmp_path_factory.mktemp("noise") / "noise.bin"
    path.write_bytes(noise)
    with pytest.raises(CityError, match=r"noise\.bin"):
        read_roads(path)

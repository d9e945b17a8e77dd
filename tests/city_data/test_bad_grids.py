"""Whatever a file for grids, facilities or components holds, it is read or it is refused by name and place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city_data.built_in import built_in_city
from city_data.city import City
from city_data.codes import read_communities
from city_data.components import read_components
from city_data.facilities import read_facilities
from city_data.lay_grids import GridOrder, lay_grids
from city_data.loads import Balance
from tests.bad_input.grids import (
    ASSETS,
    CASE_FIXTURES,
    COMMUNITY_FIXTURES,
    COMPONENT_FIXTURES,
    FACILITY_FIXTURES,
)
from tests.bad_input.table import BadInput
from twin.errors import CityError


@pytest.fixture(scope="module")
def city() -> City:
    return built_in_city()


def assert_refused(bad: BadInput, path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(CityError) as refusal:
        read(path)
    message = str(refusal.value)
    assert "\n" not in message
    for fragment in (path.name, *bad.says):
        assert fragment in message


@pytest.mark.parametrize("bad", COMPONENT_FIXTURES, ids=lambda bad: bad.name)
def test_a_bad_asset_table_is_refused_with_the_place(bad: BadInput, tmp_path: Path) -> None:
    assert_refused(bad, bad.make(tmp_path), read_components)


@pytest.mark.parametrize("bad", FACILITY_FIXTURES, ids=lambda bad: bad.name)
def test_a_bad_facility_file_is_refused_with_the_place(bad: BadInput, city: City, tmp_path: Path) -> None:
    assert_refused(bad, bad.make(tmp_path), lambda path: read_facilities(path, city.roads))


@pytest.mark.parametrize("bad", CASE_FIXTURES, ids=lambda bad: bad.name)
def test_a_bad_table_of_cases_is_refused_with_the_place(bad: BadInput, city: City, tmp_path: Path) -> None:
    def lay(path: Path) -> object:
        return lay_grids(city, GridOrder(n_grids=5, balance=Balance.CASES, table=path))

    assert_refused(bad, bad.make(tmp_path), lay)


@pytest.mark.parametrize("bad", COMMUNITY_FIXTURES, ids=lambda bad: bad.name)
def test_a_bad_table_of_communities_is_refused_with_the_place(bad: BadInput, tmp_path: Path) -> None:
    assert_refused(bad, bad.make(tmp_path), read_communities)


@settings(max_examples=80)
@given(cut=st.integers(0, len(ASSETS)), put=st.binary(max_size=8), drop=st.integers(0, 8))
def test_an_asset_table_with_a_few_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, put: bytes, drop: int
) -> None:
    good = ASSETS.encode()
    path = tmp_path_factory.mktemp("fuzz") / "assets.csv"
    path.write_bytes(good[:cut] + put + good[cut + drop :])
    try:
        said = f"assets.csv has {read_components(path).n} components"
    except CityError as refusal:
        said = str(refusal)
    assert "assets.csv" in said

"""YAML says what it looks like it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from city_data.feeds.mapping import load_mapping, shipped_mappings
from city_data.yaml_file import KeyPath, load_yaml, read_yaml
from twin.errors import ScenarioError


def loaded(folder: Path, text: str) -> dict[str, object]:
    path = folder / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return load_yaml(path)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("no", "no"),
        ("on", "on"),
        ("20:30", "20:30"),
        ("2018-01-13", "2018-01-13"),
        ("010", "010"),
        ("1e-3", 0.001),
        ("-2", -2),
        ("2.50", 2.5),
        ("true", True),
        ("~", None),
        ("", None),
        ('"2"', "2"),
        ("路口", "路口"),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(text: str, wanted: object, tmp_path: Path) -> None:
    assert loaded(tmp_path, f"key: {text}\n") == {"key": wanted}


def test_keys_are_text(tmp_path: Path) -> None:
    assert loaded(tmp_path, "3: 1\nno: 2\n") == {"3": 1, "no": 2}


def test_every_key_and_item_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a:\n  b:\n    - 1\n    - c: 2\n", encoding="utf-8")
    document = read_yaml(path)
    keys: list[KeyPath] = [("a",), ("a", "b", 0), ("a", "b", 1, "c"), ("a", "b", "missing")]
    assert [document.place_of(key) for key in keys] == [(path, 1), (path, 3), (path, 4), (path, 2)]


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(ScenarioError, match=r"file\.yaml, line 2: is not UTF-8 text"):
        load_yaml(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.yaml: cannot be read"):
        load_yaml(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("name", shipped_mappings())
def test_every_mapping_that_is_shipped_loads_under_its_own_name(name: str) -> None:
    assert load_mapping(name).name == name

"""The rules of the house that import-linter cannot say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.source_rules import (
    GLOBAL_CHANCE,
    WALL_CLOCKS,
    Complaint,
    forbidden_names,
    imported_modules,
    iterated_sets,
)

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("twin", "agents", "scenarios", "city_data")
ENGINE = ("twin", "agents")
MOST_LINES = 350
VAGUE = frozenset({"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"})
KEYED_CHANCE = ("numpy.random.Philox", "numpy.random.Generator", "numpy.random.SeedSequence")
SECRET_CHANCE = {"twin/clock/streams.py": KEYED_CHANCE, "twin/console/seats.py": ("secrets",)}
"""Where chance is made: what happens in the twin, and tokens that nobody can guess."""


def modules(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def listed(path: Path, complaints: list[Complaint]) -> list[str]:
    return [f"{name(path)}:{complaint.line}: {complaint.reason}" for complaint in complaints]


def test_every_package_of_the_house_has_modules() -> None:
    assert all(modules(package) for package in PACKAGES)


def test_no_module_is_named_after_nothing() -> None:
    vague = [name(path) for path in modules(*PACKAGES) if VAGUE & frozenset(re.split(r"[/_.]", name(path)))]
    assert vague == []


def test_no_file_is_too_long_to_hold_one_idea() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PACKAGES)}
    assert {path: n_lines for path, n_lines in lengths.items() if n_lines > MOST_LINES} == {}


def test_the_order_of_a_set_is_never_seen() -> None:
    found = []
    for path in modules("twin", "agents", "scenarios"):
        found += listed(path, iterated_sets(path.read_text(encoding="utf-8")))
    assert found == []


def test_the_engine_never_looks_at_the_wall_clock() -> None:
    found = []
    for path in modules(*ENGINE):
        if name(path) != "twin/clock/pace.py":
            found += listed(path, forbidden_names(path.read_text(encoding="utf-8"), WALL_CLOCKS))
    assert found == []


def test_chance_comes_from_the_keyed_streams_only() -> None:
    found = []
    for path in modules(*ENGINE, "scenarios"):
        allowed = SECRET_CHANCE.get(name(path), ())
        found += listed(path, forbidden_names(path.read_text(encoding="utf-8"), GLOBAL_CHANCE, allowed=allowed))
    assert found == []


def test_only_the_city_imports_the_mesa_model() -> None:
    found = []
    for path in modules(*PACKAGES):
        if name(path) != "agents/city.py":
            found += listed(path, forbidden_names(path.read_text(encoding="utf-8"), ("mesa.Model", "mesa.model")))
    assert found == []


def test_nothing_imports_the_composition_roots() -> None:
    found = []
    for path in modules(*PACKAGES):
        if not name(path).startswith("scenarios/cli"):
            imported = imported_modules(path.read_text(encoding="utf-8"))
            found += [
                f"{name(path)}: {module}"
                for module in imported
                if module.startswith("scenarios.cli") or module.partition(".")[0] == "app"
            ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "for x in {1, 2}: pass",
        "for x in set(y): pass",
        "[x for x in {y for y in z}]",
        "list(set(y))",
        "x = set(y)\nfor z in x: pass",
        "def f(x: frozenset[int]) -> None:\n    for y in x: pass",
        "[*{1, 2}]",
        "','.join(set(y))",
        "for x in set(y) - set(z): pass",
        "sum(x for x in {0.1, 0.2})",
        "{x: 1 for x in set(y)}",
    ],
)
def test_the_set_rule_sees_an_iterated_set(source: str) -> None:
    assert len(iterated_sets(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "for x in sorted(set(y)): pass",
        "for x in sorted({y for y in set(z)}): pass",
        "any(x > 1 for x in {1, 2})",
        "x = set(y)\nx = sorted(x)\nfor z in x: pass",
        "1 in {1, 2}",
        "for x in [1, 2]: pass",
        "x = a - b\nfor y in x: pass",
    ],
)
def test_the_set_rule_lets_order_blind_uses_pass(source: str) -> None:
    assert iterated_sets(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as dt\ndt.datetime.now()",
        "import time\ntime.time()",
        "from time import monotonic",
    ],
)
def test_the_clock_rule_sees_through_import_names(source: str) -> None:
    assert len(forbidden_names(source, WALL_CLOCKS)) == 1


@pytest.mark.parametrize(
    "source",
    ["import numpy as np\nnp.random.default_rng()", "from numpy.random import Generator", "import random"],
)
def test_the_chance_rule_sees_through_import_names(source: str) -> None:
    assert forbidden_names(source, GLOBAL_CHANCE) != []


def test_the_chance_rule_allows_the_keyed_generators() -> None:
    source = "import numpy as np\nnp.random.Generator(np.random.Philox(key=1))"
    assert forbidden_names(source, GLOBAL_CHANCE, allowed=KEYED_CHANCE) == []

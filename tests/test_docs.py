"""What the documentation shows works: scenarios can be put together, mappings read, commands and options exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml

from city_data.built_in import built_in_city
from city_data.feeds.mapping import load_mapping
from city_data.folder import save_city
from scenarios.build import build
from scenarios.cli import app
from scenarios.lab.design import load_experiment
from scenarios.load import load_scenario
from tests.histories import full, told

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """Code blocks of a language: where each stands, and its text."""
    for page in PAGES:
        for number, block in enumerate(re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)):
            yield f"{page.name} {number}", block


def commands() -> Iterator[tuple[str, list[str]]]:
    """Command lines that are shown, in words without comments."""
    for language in ("sh", ""):
        for place, block in blocks(language):
            for line in block.replace("\\\n", " ").splitlines():
                if line.startswith("gridtwin ") and "…" not in line:
                    yield place, shlex.split(line, comments=True)[1:]


YAML = [(place, text) for place, text in blocks("yaml") if isinstance(yaml.safe_load(text), dict)]
EXPERIMENTS = [block for block in YAML if "replications" in yaml.safe_load(block[1])]
SCENARIOS = [
    block
    for block in YAML
    if "stamps" not in yaml.safe_load(block[1]) and "name" in yaml.safe_load(block[1]) and block not in EXPERIMENTS
]
MAPPINGS = [block for block in YAML if {"stamps", "place", "unit"} <= set(yaml.safe_load(block[1]))]


@pytest.mark.parametrize(("place", "text"), SCENARIOS, ids=[place for place, _ in SCENARIOS])
def test_a_scenario_in_the_documentation_can_be_put_together(place: str, text: str, tmp_path: Path) -> None:
    told(tmp_path, [full("a", "U", begin=36 * 60)])
    if "city: sf" in text:
        save_city(built_in_city(), tmp_path / "sf")
        said = yaml.safe_load(text)["history"]
        text = text.replace(said["file"], "history.csv").replace(said["mapping"], "made_up.yaml")
        text = text.replace(str(said["from"]), "2026-03-02").replace(str(said["to"]), "2026-03-03")
    (tmp_path / "scenario.yaml").write_text(text, "utf-8")
    scenario = load_scenario(tmp_path / "scenario.yaml")
    assert build(scenario).setting.units


@pytest.mark.parametrize(("place", "text"), EXPERIMENTS, ids=[place for place, _ in EXPERIMENTS])
def test_an_experiment_in_the_documentation_can_be_planned(place: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "experiment.yaml").write_text(text, "utf-8")
    assert len(load_experiment(tmp_path / "experiment.yaml").alternatives) > 1


@pytest.mark.parametrize(("place", "text"), MAPPINGS, ids=[place for place, _ in MAPPINGS])
def test_a_mapping_in_the_documentation_can_be_read(place: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(text, "utf-8")
    assert load_mapping(tmp_path / "mapping.yaml").columns


@pytest.mark.parametrize(
    ("place", "words"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_command_in_the_documentation_exists_with_its_options(place: str, words: list[str]) -> None:
    command = typer.main.get_command(app)
    while subcommands := getattr(command, "commands", None):
        command = subcommands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known | {"--help"}


def test_every_page_that_is_linked_is_there() -> None:
    missing = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []

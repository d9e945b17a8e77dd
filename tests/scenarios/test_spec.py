"""What a scenario may say: defaults, distributions by name, spans in words, and the same thing said twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scenarios.build import build, spec_hash
from scenarios.catalogued import with_catalogues
from scenarios.load import library, load_scenario
from scenarios.spec import Scenario, UnitInject
from scenarios.spread import Spread
from twin.domain.quantities import DAY, MINUTE

THEORY = Path(__file__).resolve().parents[1] / "theory" / "scenarios"
FILES = [*library().values(), *sorted(THEORY.glob("*.yaml"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_manifest_keeps_is_the_same_scenario(file: Path) -> None:
    scenario = load_scenario(file)
    kept = Scenario.model_validate(scenario.model_dump(mode="json", by_alias=True, exclude_none=True))
    assert kept == scenario
    assert spec_hash(with_catalogues(kept), []) == spec_hash(with_catalogues(scenario), [])


def test_matters_of_a_catalogue_have_english_names_which_are_no_part_of_what_is_asked() -> None:
    scenario = with_catalogues(load_scenario("chebei_street"))
    matters = {name: matter for source in scenario.problems for name, matter in source.matters.items()}
    assert matters["主干道暴露垃圾"].english == "exposed garbage on a main road"
    plain = tuple(
        source.model_copy(
            update={"matters": {name: it.model_copy(update={"english": None}) for name, it in source.matters.items()}}
        )
        for source in scenario.problems
    )
    assert spec_hash(scenario.model_copy(update={"problems": plain}), []) == spec_hash(scenario, [])


def test_a_name_is_all_that_is_needed() -> None:
    scenario = Scenario(name="x")
    assert (scenario.seed, scenario.lasting, scenario.city, scenario.units) == (1, DAY, "built-in", ())
    assert (scenario.policy.use, scenario.zone, scenario.waiting_room) == ("nearest", "Asia/Shanghai", "unlimited")


@pytest.mark.parametrize(
    ("said", "mean_s"),
    [
        (90, 90),
        ("1h30m", 5_400),
        ({"dist": "deterministic", "mean": "90s"}, 90),
        ({"dist": "exponential", "mean": "2m"}, 120),
        ({"dist": "lognormal", "mean": 60, "cv": 0.5}, 60),
        ({"dist": "lognormal", "median": 60, "sigma": 0.5}, 60 * 1.1331484530668263),
        ({"dist": "gamma", "mean": 60, "cv": 0.5}, 60),
        ({"dist": "gamma", "shape": 2, "scale": 30}, 60),
        ({"dist": "weibull", "mean": 60, "cv": 0.5}, 60),
        ({"dist": "weibull", "shape": 1, "scale": 60}, 60),
        ({"dist": "empirical", "values": [30, 90, "1m"]}, 60),
    ],
)
def test_a_distribution_has_the_mean_it_was_given(said: object, mean_s: float) -> None:
    assert Spread.model_validate(said).distribution().mean_s == pytest.approx(mean_s, rel=1e-6)


@pytest.mark.parametrize(
    "said",
    [
        {"dist": "exponential"},
        {"dist": "exponential", "mean": 1, "cv": 1},
        {"dist": "lognormal", "mean": 60, "sigma": 1},
        {"dist": "gamma", "shape": 2},
        {"dist": "empirical", "mean": 2},
        {"dist": "empirical", "values": []},
        {"dist": "pareto", "mean": 2},
        {"dist": "exponential", "mean": 0},
        {"dist": "exponential", "mean": float("inf")},
        {"dist": "lognormal", "mean": 60, "cv": float("nan")},
        -5,
        "soon",
        True,
        None,
    ],
)
def test_a_distribution_that_is_not_one_is_refused(said: object) -> None:
    with pytest.raises(ValidationError):
        Spread.model_validate(said)


def test_a_unit_may_be_withdrawn_where_there_is_no_travel() -> None:
    scenario = Scenario.model_validate(
        {
            "name": "x",
            "travel": "none",
            "units": [{"name": "Desk", "kind": "desk"}],
            "injects": [{"at": "5m", "withdraw": "Desk", "lasting": "10m"}],
        }
    )
    assert scenario.injects == (UnitInject(at="5m", withdraw="Desk", lasting="10m"),)  # type: ignore[arg-type]
    (fact,) = build(scenario).inputs
    assert fact.at == 5 * MINUTE


def test_where_files_lie_and_the_seed_are_no_part_of_the_question() -> None:
    def asked(**said: object) -> str:
        history = {"file": said.pop("file", "a.csv"), "mapping": said.pop("mapping", "datasf_fire")}
        return spec_hash(Scenario.model_validate({"name": "x", "history": history, **said}), [])

    assert asked() == asked(file="b.csv") == asked(mapping="mine.yaml") == asked(seed=9) == asked(city="elsewhere")
    assert asked() != asked(name="y")


@given(st.integers(0, 10**6), st.sampled_from(["s", "m", "h"]))
def test_a_span_is_what_its_words_say(number: int, unit: str) -> None:
    seconds = number * {"s": 1, "m": 60, "h": 3_600}[unit]
    if 0 < seconds < 3 * 10**9:
        assert Scenario(name="x", lasting=f"{number}{unit}").lasting == seconds * 10**6  # type: ignore[arg-type]

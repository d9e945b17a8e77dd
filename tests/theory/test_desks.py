"""A hotline waits as Erlang says, two desks in a row as Jackson says; a wrong engine does not."""

from __future__ import annotations

import pytest

from scenarios.spec import Scenario
from tests.theory.closed_forms import wait_mmc, waits_at_most
from tests.theory.desk_checks import CHECKS, DeskCheck, at_desks
from twin.domain.quantities import HOUR

QUICK = {check.scenario: check for check in CHECKS if check.quick_runs}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some checks are part of `make theory` only."""
    if "check" in metafunc.fixturenames:
        precise = bool(metafunc.config.getoption("--precise"))
        checks = [check for check in CHECKS if check.n_runs(precise=precise)]
        metafunc.parametrize("check", checks, ids=lambda check: check.scenario)


def test_waits_at_desks_are_those_of_theory(check: DeskCheck, precise: bool) -> None:
    for found in at_desks(check, n_runs=check.n_runs(precise=precise)):
        assert found.n_impossible == 0
        assert found.disagreeing == []
        assert found.steadied.precision <= check.precision[precise], found.steadied


def test_published_values_are_met() -> None:
    assert wait_mmc(3, 1.5) == pytest.approx(0.157895, abs=1e-6)
    assert wait_mmc(5, 4.0) == pytest.approx(0.554113, abs=1e-6)
    assert wait_mmc(10, 9.0) == pytest.approx(0.668732, abs=1e-6)
    assert waits_at_most(143, 125.7, 15.0, service_s=360.0) == pytest.approx(0.9579, abs=5e-5)


def with_one_seat_less(scenario: Scenario) -> Scenario:
    """Somebody has not come to work."""
    centre = scenario.centre
    assert centre is not None
    desks = {
        name: desk.model_copy(update={"seats": {"always": desk.seats["always"] - 1}})
        for name, desk in centre.desks.items()
    }
    return _shorter(scenario.model_copy(update={"centre": centre.model_copy(update={"desks": desks})}))


def _shorter(scenario: Scenario) -> Scenario:
    """A wrong engine shows soon."""
    return scenario.model_copy(update={"lasting": 3 * HOUR})


@pytest.mark.parametrize("name", ["erlang_c", "two_desks"])
def test_a_seat_that_is_not_staffed_is_noticed_at_every_desk(name: str) -> None:
    for found in at_desks(QUICK[name], n_runs=1, changed=with_one_seat_less):
        assert not found.counted.agrees
        assert found.n_impossible > 0


def slower(scenario: Scenario) -> Scenario:
    """Everybody takes a third longer to listen."""
    centre = scenario.centre
    assert centre is not None
    channels = {}
    for channel, rule in centre.channels.items():
        assert rule.lasting is not None
        assert rule.lasting.mean is not None
        longer = rule.lasting.model_copy(update={"mean": 4 / 3 * rule.lasting.mean})
        channels[channel] = rule.model_copy(update={"lasting": longer})
    return _shorter(scenario.model_copy(update={"centre": centre.model_copy(update={"channels": channels})}))


def test_longer_calls_are_noticed() -> None:
    (found,) = at_desks(QUICK["erlang_c"], n_runs=1, changed=slower)
    assert not found.counted.agrees
    assert not found.service.agrees

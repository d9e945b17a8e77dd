"""Which checks a test runs: those its module names, as long or as short as `--precise` says."""

from __future__ import annotations

import pytest

from tests.theory.checks import CHECKS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a `check` each check that its module is `ABOUT` and that belongs to this mode."""
    about = getattr(metafunc.module, "ABOUT", None)
    if about is not None and "check" in metafunc.fixturenames:
        precise = metafunc.config.getoption("--precise")
        named = [check for check in CHECKS if check.scenario.startswith(about)]
        chosen = [check for check in named if check.n_runs(precise=precise)]
        metafunc.parametrize("check", chosen, ids=[check.scenario for check in chosen])

"""Settings that all tests share: how exact the theory is checked, how hypothesis draws, and which worker runs what.

Hypothesis draws the same examples on every machine, so that a red test is red for everybody; hunt for new ones with
`pytest --hypothesis-profile explore`.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, max_examples=1_000, print_blob=True)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--precise",
        action="store_true",
        default=False,
        help="check the engine against theory to within 1 %% of the exact value instead of 5 %% (minutes, not seconds)",
    )


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps the tests of a module in one worker: they share what is dear to make.

    The checks against theory share nothing, and each is long.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::")[0]
        return nodeid if module.startswith("tests/theory/") else module


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling | None:
    """Which worker runs what, where `--dist loadscope` asks for it."""
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def precise(request: pytest.FixtureRequest) -> bool:
    """Whether theory is checked to within 1 % (`make theory`) instead of 5 % (`make test`)."""
    return bool(request.config.getoption("--precise"))

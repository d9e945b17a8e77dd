"""Settings that all tests share: how exactly the theory is checked, and how hypothesis draws.

Hypothesis draws the same examples on every machine, so that a red test is red for everybody; hunt for new ones with
`pytest --hypothesis-profile explore`.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

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


@pytest.fixture(scope="session")
def precise(request: pytest.FixtureRequest) -> bool:
    """Whether theory is checked to within 1 % (`make theory`) instead of 5 % (`make test`)."""
    return bool(request.config.getoption("--precise"))

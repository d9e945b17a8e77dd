"""The formulas a staffing answer is given by: published numbers, and the identities that hold between them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory import closed_forms as oracle
from twin.metrics import queueing
from twin.metrics.queueing import ENDLESS, delay, delay_of_class, fewest, halfin_whitt, servers_needed

PUBLISHED = 5e-6


@pytest.mark.parametrize(("c", "a", "lost"), [(10, 8.0, 0.121661), (5, 3.0, 0.110054), (3, 1.5, 0.134328)])
def test_erlang_b_gives_the_tabulated_loss(c: int, a: float, lost: float) -> None:
    assert queueing.erlang_b(c, a) == pytest.approx(lost, rel=PUBLISHED)


@pytest.mark.parametrize(
    ("c", "a", "wait"), [(3, 1.5, 0.157895), (5, 4.0, 0.554113), (10, 9.0, 0.668732), (20, 18.0, 0.275385)]
)
def test_erlang_c_gives_the_tabulated_waits(c: int, a: float, wait: float) -> None:
    assert delay(c, a, service_s=1.0).wait_s == pytest.approx(wait, rel=PUBLISHED)


def test_a_city_desk_with_126_erlangs_needs_143_agents() -> None:
    assert servers_needed(125.7, share=0.95, within_s=15, service_s=360) == 143
    assert 1 - delay(143, 125.7, service_s=360).beyond(15) == pytest.approx(0.9579, abs=5e-5)


def test_the_square_root_law_is_within_one_agent_of_erlang() -> None:
    for a in (5.0, 20.0, 125.7, 900.0):
        exact = servers_needed(a, share=0.95, within_s=15, service_s=360)
        assert abs(servers_needed(a, share=0.95, within_s=15, service_s=360, law=halfin_whitt) - exact) <= 1


def test_the_square_root_law_is_erlang_in_the_limit() -> None:
    a = 10_000.0
    c = round(a + 1.5 * a**0.5)
    assert halfin_whitt(c, a) == pytest.approx(queueing.erlang_c(c, a), rel=0.02)


def test_one_server_with_classes_is_cobhams() -> None:
    waits = [delay_of_class(1, (0.2, 0.3, 0.3), rank, service_s=1.0).wait_s for rank in range(3)]
    assert waits == pytest.approx(oracle.cobham((0.2, 0.3, 0.3), means=(1, 1, 1), cvs=(1, 1, 1)), rel=1e-12)


def test_classes_share_the_wait_of_a_common_line() -> None:
    loads = (0.7, 1.1, 1.4)
    waits = [delay_of_class(4, loads, rank, service_s=1.0).wait_s for rank in range(3)]
    assert np.dot(loads, waits) == pytest.approx(sum(loads) * delay(4, sum(loads), service_s=1.0).wait_s, rel=1e-12)
    assert waits == sorted(waits)


def test_urgent_classes_wait_a_while_where_the_others_wait_for_ever() -> None:
    assert delay_of_class(2, (0.5, 3.0), 0, service_s=1.0).wait_s < 1
    assert delay_of_class(2, (0.5, 3.0), 1, service_s=1.0) is ENDLESS
    assert delay(2, 2.0, service_s=1.0) is ENDLESS


def test_the_fewest_that_are_enough_are_found_or_there_are_none() -> None:
    assert fewest(lambda c: c >= 37) == 37
    assert fewest(lambda c: True) == 1
    assert fewest(lambda c: False, at_most=1000) is None

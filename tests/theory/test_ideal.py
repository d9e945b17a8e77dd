"""The queues that steady the estimates are those that are solved exactly."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory.closed_forms import cobham, wait_mg1
from tests.theory.ideal import expected_beyond, expected_work_left, nobody_waits, poisson, up_to_each, work_left
from tests.theory.running import Cases

FOUR = Cases(
    reported_s=np.array([1.0, 2.0, 4.0, 9.0]),
    wait_s=np.zeros(4),
    service_s=np.array([3.0, 2.0, 0.5, 1.0]),
    unit=np.zeros(4, np.int64),
    area=np.array(["", "", "", ""]),
    matter=np.array(["first", "second", "first", "second"]),
    is_lost=np.zeros(4, np.bool_),
)


def test_work_is_left_as_by_hand() -> None:
    assert work_left(FOUR, matters=("first", "second")).tolist() == [0.0, 2.0, 2.0, 0.0]
    assert work_left(FOUR, matters=("first",)).tolist() == [0.0, 2.0, 0.0, 0.0]


def test_with_a_unit_to_spare_everybody_stays_as_long_as_their_work_takes() -> None:
    present = nobody_waits(FOUR)
    assert present.average(np.array([0.0, 2.0, 4.0, 10.0])).tolist() == pytest.approx([0.5, 2.0, 1.5 / 6])


def test_expectations_are_those_of_the_closed_forms() -> None:
    assert expected_work_left(0.5, (1.0, 2.0, 6.0)) == pytest.approx(wait_mg1(0.5, mean=1, cv=1))
    (first, alone), (both, rate) = up_to_each({"first": 0.2, "second": 0.3})
    assert (first, alone, both, rate) == (("first",), 0.2, ("first", "second"), 0.5)
    waits = cobham((0.2, 0.3), means=(1, 1), cvs=(1, 1))
    assert 0.2 * waits[0] + 0.3 * waits[1] == pytest.approx(0.5 * expected_work_left(rate, (1.0, 2.0, 6.0)))


def test_beyond_the_units_is_what_a_poisson_number_exceeds_them_by() -> None:
    told = sum(poisson(1.5, n) * (n - 3) for n in range(4, 40))
    assert expected_beyond(1.5, 3) == pytest.approx(told)

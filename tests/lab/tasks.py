"""What the tests give to processes to do."""

from __future__ import annotations

import os
from pathlib import Path

from twin.errors import ScenarioError


def halved(number: int) -> int:
    """Half of an even number; odd ones are bad input, 0 a bug, and 13 kills the process."""
    if number == 13:
        os._exit(1)
    if number == 0:
        raise ZeroDivisionError("0 of all numbers")
    if number % 2:
        raise ScenarioError("is odd", key=str(number))
    return number // 2


def dies_once(marker: Path) -> str:
    """Kill the process the first time, as something from outside would."""
    if not marker.exists():
        marker.touch()
        os._exit(1)
    return "done"

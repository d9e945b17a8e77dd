"""From the runs of a grid sizing to an answer: means with intervals, paired differences, and two laws beside them.

Rows flow in, one a number of grids and seed; plain figures and sentences flow out. All intervals are Student's t at
`LEVEL` over seeds; two numbers of grids are compared seed by seed, for both met the same problems.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from scipy.special import stdtrit

from scenarios.sizing_row import Row
from twin.metrics.performance import Figures, rounded

LEVEL = 0.95
NOT_FIGURES = ("n_grids", "seed", "digest")
MANHATTAN = 0.626657
"""c of the square-root law for the nearest of units spread by chance, on a fine grid of streets: √(2π)/4."""


def estimate(values: Sequence[float | None]) -> Figures:
    """Mean of the values there are, with its interval; None where too few.

    >>> estimate([1.0, 2.0, 3.0, None])
    {'mean': 2.0, 'low': -0.484138, 'high': 4.484138, 'n': 3}
    """
    known = np.array([value for value in values if value is not None], np.float64)
    mean = float(known.mean()) if known.size else math.nan
    half = math.nan
    if known.size > 1:
        half = float(stdtrit(known.size - 1, (1 + LEVEL) / 2) * known.std(ddof=1) / math.sqrt(known.size))
    return {"mean": rounded(mean), "low": rounded(mean - half), "high": rounded(mean + half), "n": known.size}


def answer(rows: Sequence[Row], *, area_m2: float) -> Figures:
    """Everything that is told of a sizing.

    Parameters
    ----------
    rows : sorted by number of grids, then seed; the same seeds for each number.
    area_m2 : ground of the city's cells.
    """
    by_number = _by_number(rows)
    names = [name for name in rows[0] if name not in NOT_FIGURES]
    numbers = list(by_number)
    table = [{"n_grids": n, **{name: estimate(_column(by_number[n], name)) for name in names}} for n in numbers]
    differences = [
        {
            "from": before,
            "to": after,
            **{name: estimate(_paired(by_number[before], by_number[after], _less(name))) for name in names},
        }
        for before, after in pairwise(numbers)
    ]
    distance = square_root_law(rows, area_m2=area_m2)
    patrol = patrol_law(rows)
    return {
        "level": LEVEL,
        "table": table,
        "differences": differences,
        "square_root_law": distance,
        "patrol_law": patrol,
        "sentences": [*_about_distance(distance), *_about_laps(patrol), *_about_finds(patrol)],
    }


def square_root_law(rows: Sequence[Row], *, area_m2: float) -> Figures:
    """Mean way to a case no patrol had found, held against c √(A / free workers).

    `c` is fitted to all numbers (least squares); `law_m` is what the first number and the law give for the others, and
    `beyond_law_m` how much more was simulated, seed by seed.
    """
    by_number = _by_number(rows)
    numbers = list(by_number)
    x = {n: math.sqrt(area_m2 / free) if (free := _mean(by_number[n], "n_free")) else math.nan for n in numbers}
    way = {n: _mean(by_number[n], "travel_told_mean_m") for n in numbers}
    known = [n for n in numbers if way[n] is not None and not math.isnan(x[n])]
    square = sum(x[n] ** 2 for n in known)
    c = sum(x[n] * (way[n] or 0.0) for n in known) / square if square else math.nan
    told = []
    for n in numbers:
        first, ratio = way[numbers[0]], x[n] / x[numbers[0]]
        told.append(
            {
                "n_grids": n,
                "n_free": rounded(_mean(by_number[n], "n_free") or math.nan),
                "simulated_m": estimate(_column(by_number[n], "travel_told_mean_m")),
                "fitted_m": rounded(c * x[n]),
                "law_m": None if first is None else rounded(first * ratio),
                "beyond_law_m": estimate(
                    _paired(by_number[numbers[0]], by_number[n], _beyond("travel_told_mean_m", ratio))
                ),
            }
        )
    return {"c": rounded(c), "c_of_theory": MANHATTAN, "area_m2": rounded(area_m2), "numbers": told}


def patrol_law(rows: Sequence[Row]) -> list[Figures]:
    """Laps held against one over the number of grids, finds held against the law of the tour (`sizing_watch`)."""
    by_number = _by_number(rows)
    numbers = list(by_number)
    first = _mean(by_number[numbers[0]], "lap_m")
    return [
        {
            "n_grids": n,
            "lap_m": rounded(_mean(own, "lap_m") or math.nan),
            "lap_law_m": None if first is None else rounded(first * numbers[0] / n),
            "half_lap_s": estimate(_column(own, "half_lap_s")),
            "wait_s": estimate(_column(own, "wait_on_duty_s")),
            "wait_law_s": rounded(_mean(own, "wait_on_duty_law_s") or math.nan),
            "wait_beyond_law_s": estimate(_within(own, "wait_on_duty_s", "wait_on_duty_law_s")),
            "found_share": estimate(_column(own, "found_on_duty_share")),
            "found_law_share": rounded(_mean(own, "found_on_duty_law") or math.nan),
            "found_beyond_law": estimate(_within(own, "found_on_duty_share", "found_on_duty_law")),
        }
        for n, own in by_number.items()
    ]


# ---------------------------------------------------------------------------------------------- sentences


def _about_distance(law: Figures) -> list[str]:
    told = law["numbers"]
    assert isinstance(told, list)
    compared = [row for row in told[1:] if row["law_m"] is not None and row["beyond_law_m"]["low"] is not None]
    if not compared:
        return ["Square-root law: nothing to compare; it takes two numbers of grids, two seeds, and cases told of."]
    off = [
        f"at {row['n_grids']} grids the way is {row['simulated_m']['mean']:.0f} m and the law gives "
        f"{row['law_m']:.0f} m ({_percent(row['simulated_m']['mean'] / row['law_m'] - 1)})"
        for row in compared
        if _is_apart(row["beyond_law_m"])
    ]
    held = [str(row["n_grids"]) for row in compared if not _is_apart(row["beyond_law_m"])]
    return [_verdict(f"Square-root law, from the way at {told[0]['n_grids']} grids", off, held)]


def _about_laps(law: Sequence[Figures]) -> list[str]:
    last = law[-1]
    lap, expected = last["lap_m"], last["lap_law_m"]
    if len(law) < 2 or not isinstance(lap, float) or not isinstance(expected, float):
        return []
    told = f"gives {expected:.0f} m at {last['n_grids']} grids; they are {lap:.0f} m ({_percent(lap / expected - 1)})"
    return [f"Laps, one over the number of grids from {law[0]['n_grids']} on: {told}."]


def _about_finds(law: Sequence[Figures]) -> list[str]:
    return [
        _compared(
            law,
            "Law of the tour, share of problems found by those on duty",
            names=("found_share", "found_law_share", "found_beyond_law"),
            told=lambda mean, expected: f"{mean:.1%} where the law gives {expected:.1%}",
        ),
        _compared(
            law,
            "Law of the tour, mean wait of those found",
            names=("wait_s", "wait_law_s", "wait_beyond_law_s"),
            told=lambda mean, expected: f"{mean / 60:.1f} min where the law gives {expected / 60:.1f} min",
        ),
    ]


def _compared(
    law: Sequence[Figures], title: str, *, names: tuple[str, str, str], told: Callable[[float, float], str]
) -> str:
    """One sentence on how a simulated figure goes with its law at each number of grids."""
    off, held = [], []
    for row in law:
        mean, expected, beyond = row[names[0]], row[names[1]], row[names[2]]
        assert isinstance(mean, dict)
        assert isinstance(beyond, dict)
        if beyond["low"] is None or not isinstance(expected, float):
            continue
        if _is_apart(beyond):
            off.append(f"at {row['n_grids']} grids {told(mean['mean'], expected)}")
        else:
            held.append(str(row["n_grids"]))
    if not off and not held:
        return f"{title}: nothing to compare."
    return _verdict(title, off, held)


def _verdict(title: str, off: Sequence[str], held: Sequence[str]) -> str:
    agrees = f"agrees within the {LEVEL:.0%} intervals at {', '.join(held)} grids" if held else ""
    disagrees = f"disagrees {'; '.join(off)}" if off else ""
    return f"{title}: {'; '.join(part for part in (agrees, disagrees) if part)}."


def _is_apart(beyond: object) -> bool:
    """Whether an interval of a difference leaves zero out."""
    assert isinstance(beyond, dict)
    return bool(beyond["low"] > 0 or beyond["high"] < 0)


def _percent(share: float) -> str:
    return f"{share:+.1%}"


# ---------------------------------------------------------------------------------------------- columns of rows


def _by_number(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(int(row["n_grids"] or 0), []).append(row)
    return found


def _column(rows: Sequence[Row], name: str) -> list[float | None]:
    return [float(value) if isinstance(value := row[name], int | float) else None for row in rows]


def _mean(rows: Sequence[Row], name: str) -> float | None:
    known = [value for value in _column(rows, name) if value is not None]
    return sum(known) / len(known) if known else None


def _within(rows: Sequence[Row], name: str, law: str) -> list[float | None]:
    """Simulated less expected, run by run."""
    pairs = zip(_column(rows, name), _column(rows, law), strict=True)
    return [None if value is None or expected is None else value - expected for value, expected in pairs]


def _paired(
    before: Sequence[Row], after: Sequence[Row], compare: Callable[[Row, Row], float | None]
) -> list[float | None]:
    return [compare(one, other) for one, other in zip(before, after, strict=True)]


def _less(name: str) -> Callable[[Row, Row], float | None]:
    return _beyond(name, 1.0)


def _beyond(name: str, ratio: float) -> Callable[[Row, Row], float | None]:
    """How much more a run has than `ratio` times what its counterpart has."""

    def compare(before: Row, after: Row) -> float | None:
        one, other = _column((before, after), name)
        return None if one is None or other is None else other - ratio * one

    return compare

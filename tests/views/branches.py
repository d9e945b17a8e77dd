"""What-ifs made by hand: pairs of lines that differ by what a test wants."""

from __future__ import annotations

from twin.domain.branching import Branching
from twin.domain.commands import ChangePolicy
from twin.domain.quantities import HOUR
from twin.metrics.branch_line import FIGURES, Line
from twin.metrics.branch_pairs import Compared, Pair, compare_pairs
from twin.views.branch import BranchShown, Stage


def line(luck: int, *, p90_s: float = 0.0, n_new: int = 0) -> Line:
    """A line whose every figure depends on its luck a little."""
    figures = dict.fromkeys(FIGURES, float(luck % 3))
    figures |= {"response_s_p90": 600.0 + 10 * luck + p90_s, "late_share": 0.2, "n_new": 20.0 + luck + n_new}
    return Line(figures, tuple((luck + step, step, 2) for step in range(5)), 20, 0)


def compared(p90_s: float, *, n: int = 12, spread_s: float = 2.0, n_new: int = 0) -> Compared:
    """Futures in which the P90 differs by so much, give or take."""
    around = [spread_s * (luck % 5 - 2) for luck in range(1, n + 1)]
    return compare_pairs(
        [
            Pair(luck, line(luck), line(luck, p90_s=p90_s + more_s, n_new=n_new + (luck % 2 if n_new else 0)))
            for luck, more_s in enumerate(around, 1)
        ]
    )


def shown(found: Compared | None) -> BranchShown:
    """A what-if of another policy over two hours."""
    asked = Branching((ChangePolicy("nearest"),), n=12)
    stage = Stage.PREPARING if found is None else Stage.DONE
    return BranchShown(asked, "local", HOUR, 3 * HOUR, "own_grid_first", stage, 12 * (found is not None), found)

"""How often something was reported on each street, for its length: what patrol policies go by.

In: a view. Out: reports and metres of the streets that some patrol walks, and the orders for a week. Who was caught at
what on streets that nobody walks is unknown, and more is found where one looks more often (see `docs/policies.md`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from twin.domain.orders import FocusOn, Reason
from twin.world.view import View


def beats_of(view: View) -> dict[int, tuple[int, ...]]:
    """The streets of each unit that patrols, both in order of their numbers."""
    streets = {seen.unit: view.streets_of(seen.unit) for seen in view.units() if seen.patrols}
    return {unit: own for unit, own in streets.items() if own}


def above_average(view: View, streets: Iterable[int], counts: Mapping[int, int]) -> tuple[int, ...]:
    """Streets with more reports a metre than all of these together; none where nothing was reported."""
    here = [(street, counts.get(street, 0), view.length_mm(street)) for street in streets]
    n_all, all_mm = sum(n for _, n, _ in here), sum(length_mm for _, _, length_mm in here)
    return tuple(street for street, n, length_mm in here if n * all_mm > n_all * length_mm)


def most_told_of(view: View, streets: Iterable[int], counts: Mapping[int, int]) -> tuple[int, ...]:
    """Streets on which anything was reported, most reports a metre first; ties by number."""
    told = [(counts[street] / view.length_mm(street), street) for street in streets if counts.get(street)]
    return tuple(street for _, street in sorted(told, key=lambda pair: (-pair[0], pair[1])))


def focus(unit: int, streets: Iterable[int], *, factor: int, rule: str) -> FocusOn:
    """The order for a unit; without streets it goes everywhere alike."""
    chosen = tuple(sorted(streets))
    return FocusOn(unit, chosen, factor if chosen else 1, Reason(rule))

"""The numbers that a scenario assumes and nobody has measured for this question, and what it would be with others.

A scenario as a tree flows in; out flow its assumptions, each with the range it can be multiplied over, and the tree
with one of them multiplied. Nothing is checked here: a tree that comes out is read like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy

from city_data.yaml_file import KeyPath
from scenarios.load import Tree
from scenarios.spread import Spread
from twin.metrics.break_even import GRID, Assumed

TIMES, SHAPE = ("mean", "median", "scale"), ("cv", "sigma")
"""What makes a distribution longer, and what makes it wider."""
COMMONEST = "on_scene_of"
Paths = Iterator[KeyPath]


def assumptions_of(tree: Tree, *, commonest: str | None) -> list[Assumed]:
    """The numeric assumptions of a scenario: those that it makes.

    Parameters
    ----------
    commonest : the matter that most cases are about, which is looked at by itself.
    """
    found = []
    for name, (paths_of, ceiling) in _KINDS.items():
        of = (commonest or "") if name == COMMONEST else ""
        explicit = _explicit(tree, of)
        values = [value for path in paths_of(explicit, of) if (value := _at(explicit, path)) > 0]
        if not values:
            continue
        high = min(GRID[-1], ceiling / max(values))
        low = max(GRID[0], _FLOORS.get(name, 0.0) / min(values))
        if low < 1 <= high:
            found.append(Assumed(name, of, _now(name, explicit, of), low, high))
    return found


def multiplied(tree: Tree, assumed: Assumed, factor: float) -> Tree:
    """A scenario with one of its assumptions multiplied; as it is, where it does not make it."""
    changed = _explicit(tree, assumed.of)
    paths_of, _ = _KINDS[assumed.name]
    for path in paths_of(changed, assumed.of):
        holder = _node(changed, path[:-1])
        assert isinstance(holder, dict | list)
        holder[path[-1]] = _at(changed, path) * factor  # type: ignore[index, call-overload, unused-ignore]
    return changed


def _explicit(tree: Tree, matter: str) -> Tree:
    """The same scenario, with speeds and a matter's times on the scene written out where they go by a general entry."""
    told = deepcopy(tree)
    if isinstance(travel := told.get("travel"), dict):
        travel.setdefault("speed", {}).setdefault("*", 1.0)
    on_scene = told.get("on_scene")
    if (
        matter and isinstance(on_scene, dict) and matter not in on_scene
    ):  # its own entry comes before those of kinds of unit
        general = {name: spread for name, spread in on_scene.items() if name.partition("/")[0] == "*"}
        for name, spread in general.items():
            on_scene.setdefault(matter + name[1:], deepcopy(spread))
    return told


def _now(name: str, tree: Tree, of: str) -> float | None:
    """The value of an assumption, where it is one number."""
    paths_of, _ = _KINDS[name]
    if name == "demand":
        return sum(_at(tree, path) for path in paths_of(tree, of))
    if name in ("attends", "told_share"):
        values = {_at(tree, path) for path in paths_of(tree, of)}
    elif name in ("speed", "noise"):
        return None
    else:
        spreads = dict.fromkeys(path[:-2] if isinstance(path[-1], int) else path[:-1] for path in paths_of(tree, of))
        values = {Spread.model_validate(_node(tree, path)).distribution().mean_s for path in spreads}
    return values.pop() if len(values) == 1 else None


# ------------------------------------------------------------------------------------------------- where numbers stand


def _demand(tree: Tree, _: str) -> Paths:
    for root in (("demand",), ("problems",), ("centre", "contacts")):
        yield from ((*root, place, "per_day") for place, _ in _items(tree, root))


def _on_scene(tree: Tree, _: str) -> Paths:
    yield from _spans(tree, ("on_scene",))


def _on_scene_of(tree: Tree, matter: str) -> Paths:
    for name in _keys(tree, ("on_scene",)):
        if matter and str(name).partition("/")[0] == matter:
            yield from _spans(tree, ("on_scene", name))


def _speed(tree: Tree, _: str) -> Paths:
    travel = ("travel",)
    yield from ((*travel, "speed", name) for name in _keys(tree, (*travel, "speed")))
    for place, _band in _items(tree, (*travel, "bands")):
        yield from (
            (*travel, "bands", place, "speed", name) for name in _keys(tree, (*travel, "bands", place, "speed"))
        )
    yield from ((*travel, mode, "mps") for mode in ("walk", "e_bike") if _node(tree, (*travel, mode, "mps")))


def _noise(tree: Tree, _: str) -> Paths:
    yield from (("travel", "noise", key) for key in SHAPE if _node(tree, ("travel", "noise", key)))


def _desks(tree: Tree, _: str) -> Paths:
    for part in ("steps", "authorities", "channels", "departments"):
        yield from _spans(tree, ("centre", part))


def _attends(tree: Tree, _: str) -> Paths:
    for place, group in _items(tree, ("units",)):
        if isinstance(group, Mapping) and group.get("roster") is not None and "attends" in group:
            yield "units", place, "attends"
    yield from (("staffing", "attends", name) for name in _keys(tree, ("staffing", "attends")))


def _spells(tree: Tree, _: str) -> Paths:
    for kind in _keys(tree, ("spells",)):
        yield from _spans(tree, ("spells", kind, "lasting"))


def _told(tree: Tree, what: str) -> Iterator[KeyPath]:
    """Where it is said how citizens tell of problems."""
    for place, _source in _items(tree, ("problems",)):
        for part in ("matters", "kinds"):
            for matter in _keys(tree, ("problems", place, part)):
                path = ("problems", place, part, matter, "told", what)
                if _node(tree, path) is not None:
                    yield path


def _told_share(tree: Tree, _: str) -> Paths:
    yield from _told(tree, "share")


def _told_after(tree: Tree, _: str) -> Paths:
    for path in _told(tree, "after"):
        yield from _spans(tree, path)


def _below(*root: str) -> Callable[[Tree, str], Paths]:
    return lambda tree, _: _spans(tree, root)


_ANY = 1e12
_KINDS: dict[str, tuple[Callable[[Tree, str], Paths], float]] = {
    "demand": (_demand, 10_000_000),
    "on_scene": (_on_scene, _ANY),
    COMMONEST: (_on_scene_of, _ANY),
    "speed": (_speed, 10.0),
    "noise": (_noise, 4.0),
    "intake": (_below("intake"), _ANY),
    "processing": (_below("processing"), _ANY),
    "turnout": (_below("turnout"), _ANY),
    "desks": (_desks, _ANY),
    "attends": (_attends, 1.0),
    "spells": (_spells, _ANY),
    "told_share": (_told_share, 1.0),
    "told_after": (_told_after, _ANY),
}
"""By kind: where its numbers stand in a scenario, and the highest that they may come to."""
_FLOORS = {"noise": 0.02}
"""The lowest that they may come to, where that is not 0."""


def _spans(tree: Tree, at: KeyPath) -> Paths:
    """Where the numbers stand that make every distribution beneath a key longer."""
    node = _node(tree, at)
    if isinstance(node, Mapping) and "dist" in node:
        yield from ((*at, key) for key in TIMES if node.get(key))
        values = node.get("values")
        yield from ((*at, "values", place) for place in range(len(values) if isinstance(values, list) else 0))
    elif isinstance(node, Mapping):
        for key in node:
            yield from _spans(tree, (*at, key))


def _node(tree: object, at: KeyPath) -> object:
    """What stands at a path; None where there is nothing."""
    for key in at:
        if isinstance(tree, Mapping):
            tree = tree.get(key)
        elif isinstance(tree, list) and isinstance(key, int):
            tree = tree[key]
        else:
            return None
    return tree


def _at(tree: Tree, at: KeyPath) -> float:
    value = _node(tree, at)
    assert isinstance(value, int | float)
    return float(value)


def _keys(tree: Tree, at: KeyPath) -> list[str]:
    node = _node(tree, at)
    return list(node) if isinstance(node, Mapping) else []


def _items(tree: Tree, at: KeyPath) -> list[tuple[int, object]]:
    node = _node(tree, at)
    return list(enumerate(node)) if isinstance(node, list) else []

"""The frame of the invented town: main roads about half a kilometre apart, the river between two of them, its bridges.

In: a size. Out: main roads as streets with junctions, and the big blocks between them. Main roads run straight on the
plan, lesser ones jog a little; the town's outline is rounded and ragged. The map is bent afterwards (`bend`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from city_data.made.names import street_name
from city_data.made.sizes import MadeSize
from city_data.street_plan import Block, Fabric, Point, Street, chance, road

_COLUMN_CLASS: Final = ("tertiary", "primary", "secondary", "tertiary", "trunk", "tertiary", "secondary", "tertiary")
_ROW_CLASS: Final = ("tertiary", "primary", "tertiary", "secondary", "tertiary", "primary", "secondary", "trunk")
"""By number, counted from the river and from the middle, again and again."""
_COLUMN_NAMES: Final = {0: "车陂涌东路", 1: "车陂路", 2: "东圃大马路", 3: "天府路", -1: "车陂涌西路", -2: "棠下涌西路"}
_ROW_NAMES: Final = {-2: "临江大道", -1: "黄埔大道", 0: "大岗路", 1: "中山大道", 2: "涌北路", 3: "广园东路"}
_WIDTH_M: Final = (455.0, 545.0)
_JOG_M = 44.0
_SMOOTH: Final = frozenset({"trunk", "primary"})
EMBANKMENT_M = 16.0
"""From the bank road to the promenade along the water."""
SHORE_M = 8.0
"""From the promenade to the water."""


@dataclass(frozen=True, slots=True)
class Line:
    """A main road from end to end of the town: its number, where it runs (metres), name and OSM class."""

    number: int
    at_m: float
    name: str
    highway: str


@dataclass(frozen=True, slots=True, eq=False)
class BigBlock:
    """A block of the frame, by the numbers of the lines west and south of it."""

    column: int
    row: int
    block: Block


@dataclass(slots=True, eq=False)
class Frame:
    """Main roads and big blocks.

    Parameters
    ----------
    columns, rows : lines from west to east, from south to north; `columns[n_west]` is the west bank.
    stretches : the main roads, each a street from one main junction to the next.
    bridges, footbridges : over the river, from bank road to bank road.
    blocks : row by row.
    """

    size: MadeSize
    columns: tuple[Line, ...]
    rows: tuple[Line, ...]
    stretches: dict[tuple[str, int, int], Street] = field(default_factory=dict)
    bridges: dict[int, Street] = field(default_factory=dict)
    footbridges: dict[int, Street] = field(default_factory=dict)
    blocks: list[BigBlock] = field(default_factory=list)

    @property
    def banks(self) -> tuple[int, int]:
        """Columns of the two bank roads."""
        return self.size.n_west, self.size.n_west + 1

    def corner(self, column: int, row: int) -> Point:
        """The main junction of two lines; lesser roads jog, the river banks do not."""
        across, along = self.columns[column], self.rows[row]
        east, north = across.at_m, along.at_m
        if across.highway not in _SMOOTH and column not in self.banks:
            east += _JOG_M * (chance("jog east", across.number, along.number) - 0.5)
        if along.highway not in _SMOOTH:
            # Both ends of a bridge jog together, so that it runs straight.
            beside = max(across.number, 0) if column in self.banks else across.number
            north += _JOG_M * (chance("jog north", beside, along.number) - 0.5)
        return round(east, 3), round(north, 3)


def make_frame(size: MadeSize) -> Frame:
    """The frame of a size."""
    frame = Frame(size, _columns(size), _rows(size))
    built = [
        (column, row)
        for row in range(len(frame.rows) - 1)
        for column in range(len(frame.columns) - 1)
        if column != frame.banks[0] and _is_built(frame, column, row)
    ]
    for column, row in built:
        frame.blocks.append(BigBlock(column, row, _block(frame, column, row)))
    for row, line in enumerate(frame.rows):
        if {("row", frame.banks[0] - 1, row), ("row", frame.banks[1], row)} <= frame.stretches.keys():
            _span(frame, row, line)
    return frame


def _columns(size: MadeSize) -> tuple[Line, ...]:
    west, east = [-size.river_m / 2], [size.river_m / 2]
    for number in range(size.n_west):
        west.append(west[-1] - _width("column", -number - 2))
    for number in range(size.n_east):
        east.append(east[-1] + _width("column", number + 1))
    places = [(-1 - index, at) for index, at in enumerate(west)][::-1] + list(enumerate(east))
    return tuple(
        Line(number, at, _line_name(_COLUMN_NAMES, "column", number, highway), highway)
        for number, at in places
        for highway in [_COLUMN_CLASS[(number if number >= 0 else -1 - number) % len(_COLUMN_CLASS)]]
    )


def _rows(size: MadeSize) -> tuple[Line, ...]:
    south, north = [0.0], [0.0]
    for number in range(size.n_south):
        south.append(south[-1] - _width("row", -number - 1))
    for number in range(size.n_north):
        north.append(north[-1] + _width("row", number + 1))
    places = [(-index, at) for index, at in enumerate(south)][:0:-1] + list(enumerate(north))
    return tuple(
        Line(number, at - 240.0, _line_name(_ROW_NAMES, "row", number, highway), highway)
        for number, at in places
        for highway in [_ROW_CLASS[number % len(_ROW_CLASS)]]
    )


def _width(*key: object) -> float:
    low, high = _WIDTH_M
    return low + (high - low) * chance("width", *key)


def _line_name(known: dict[int, str], axis: str, number: int, highway: str) -> str:
    # Main roads take every fifth word, columns and rows different ones, so that neighbours do not sound alike.
    step = 2 * (2 * abs(number) + (number < 0)) + (axis == "row")
    return known.get(number) or street_name(45 + 5 * step, highway)


def _is_built(frame: Frame, column: int, row: int) -> bool:
    """Whether the town reaches over this block: a rounded square with a ragged edge."""
    size = frame.size
    n_columns, n_rows = len(frame.columns) - 2, len(frame.rows) - 1
    place = column if column < frame.banks[0] else column - 1
    east, north = 2 * (place + 0.5) / n_columns - 1, 2 * (row + 0.5) / n_rows - 1
    number = (frame.columns[column].number, frame.rows[row].number)
    ragged = (chance("edge", *number) - 0.5) * 2.4 / max(n_columns, n_rows)
    coarse = (chance("bay", number[0] // 3, number[1] // 3) - 0.5) * 3.0 / max(n_columns, n_rows, 12)
    is_bank = column in (size.n_west - 1, size.n_west + 1)
    return is_bank or east**4 + north**4 + 0.35 * east**2 * north**2 < 1.12 + 2 * (ragged + coarse)


def _block(frame: Frame, column: int, row: int) -> Block:
    corners = (
        frame.corner(column, row),
        frame.corner(column + 1, row),
        frame.corner(column + 1, row + 1),
        frame.corner(column, row + 1),
    )
    sides = (
        _stretch(frame, "row", column, row),
        _stretch(frame, "column", column + 1, row),
        _stretch(frame, "row", column, row + 1),
        _stretch(frame, "column", column, row),
    )
    return Block(corners, sides, f"{frame.columns[column].number},{frame.rows[row].number}:")


def _stretch(frame: Frame, axis: str, column: int, row: int) -> Street:
    """The stretch of a main road east (of a row) or north (of a column) of a main junction."""
    key = axis, column, row
    if key not in frame.stretches:
        line = frame.rows[row] if axis == "row" else frame.columns[column]
        goal = frame.corner(column + 1, row) if axis == "row" else frame.corner(column, row + 1)
        frame.stretches[key] = road(line.name, line.highway, start=frame.corner(column, row), end=goal)
    return frame.stretches[key]


def _span(frame: Frame, row: int, line: Line) -> None:
    """A bridge where a large road meets the river, a footbridge at every other small one."""
    west, east = (frame.corner(column, row) for column in frame.banks)
    if line.highway in _SMOOTH:
        name = f"{line.name.removesuffix('大道')}大桥"
        frame.bridges[row] = road(name, line.highway, start=west, end=east, fabric=Fabric.BRIDGE)
    elif line.number % 4 == 0:
        name = f"{line.name.removesuffix('路')}步行桥"
        frame.footbridges[row] = road(name, "path", start=west, end=east, fabric=Fabric.BRIDGE)


def river_rows(frame: Frame) -> Iterator[int]:
    """Rows of big blocks with streets on either bank."""
    for row in range(len(frame.rows) - 1):
        if any(("column", bank, row) in frame.stretches for bank in frame.banks):
            yield row

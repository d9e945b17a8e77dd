"""City components (manhole covers, lamps, bins …) from an asset table of any length.

In: CSV or Parquet with a place, and an id or a class for each row, under English or Chinese column names. Out:
`Components` in columns. Ids have the 16 or 17 digits of the standards; where a table has none they are made up from the
class and said to be. A row that cannot be used is an error that names its line: an asset table is somebody's inventory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from city_data.codes import MADE_UP_COUNTY, component_id
from city_data.point_table import LAT, LON, PointTable, read_point_table
from twin.domain.facility import Components, ComponentStatus
from twin.errors import CityError

ID_KEYS = ("id", "component_id", "code", "标识码", "部件标识码", "部件编码", "部件代码")
KIND_KEYS = ("kind", "class", "class_code", "小类代码", "类别代码", "部件小类")
NAMES = ("name", "名称", "部件名称")
DEPARTMENT_KEYS = ("department", "owner", "主管部门", "主管部门名称", "权属单位")
STATUS_KEYS = ("status", "state", "状态", "部件状态")
STATUSES: Final = {
    **{status.name.lower(): status for status in ComponentStatus},
    "": ComponentStatus.SOUND,
    "完好": ComponentStatus.SOUND,
    "破损": ComponentStatus.DAMAGED,
    "丢失": ComponentStatus.LOST,
    "废弃": ComponentStatus.ABANDONED,
    "移除": ComponentStatus.REMOVED,
}
_ID, _KIND = "^([0-9]{16}|[0-9]{17})$", "^[0-9]{4,5}$"


def read_components(path: Path) -> Components:
    """Components of an asset table, in the order of the file.

    Raises
    ------
    CityError : no such table; an id, class, status or place that cannot be; an id used twice. Names the line.
    """
    rows = read_point_table(path)
    lon, lat = rows.places()
    for column, values in ((LON, lon), (LAT, lat)):
        if np.isnan(values).any():
            row = int(np.flatnonzero(np.isnan(values))[0])
            raise rows.refusal("a component needs a longitude and a latitude", row=row, key=rows.need(column))
    id_column, kind_column = rows.find(ID_KEYS), rows.find(KIND_KEYS)
    if id_column is not None:
        ids = rows.texts(id_column)
        _require(rows, ids, _ID, id_column, "a component id has 16 or 17 digits")
        of_kind = pc.utf8_slice_codeunits(ids, 6, -6)
    elif kind_column is not None:
        of_kind = rows.texts(kind_column)
        _require(rows, of_kind, _KIND, kind_column, "a class code has 4 or 5 digits")
        ids = pa.array(_made_up_ids(of_kind.to_pylist()))
    else:
        rows.need((*ID_KEYS, *KIND_KEYS))
        raise AssertionError("need() has refused this table")
    _require_unique(rows, ids, id_column or kind_column or "")
    kinds, kind = _coded(of_kind)
    names, name = _coded(_optional(rows, NAMES))
    departments, department = _coded(_optional(rows, DEPARTMENT_KEYS))
    return Components(
        ids=np.asarray(pc.cast(ids, pa.binary()).to_numpy(zero_copy_only=False), dtype="S17"),
        ids_assumed=id_column is None,
        kinds=kinds,
        kind=kind,
        names=names,
        name=name,
        departments=departments,
        department=department,
        status=_statuses(rows),
        lon=lon,
        lat=lat,
    )


def _require(rows: PointTable, texts: Any, pattern: str, column: str, rule: str) -> None:
    bad = pc.index(pc.match_substring_regex(texts, pattern), False).as_py()
    if bad >= 0:
        raise rows.refusal(f"{rule}, not {texts[bad].as_py()[:40]!r}", row=bad, key=column)


def _require_unique(rows: PointTable, ids: Any, column: str) -> None:
    if pc.count_distinct(ids).as_py() == len(ids):
        return
    met: set[str] = set()
    for row, text in enumerate(ids.to_pylist()):
        if text in met:
            raise rows.refusal(f"the id {text} stands there a second time", row=row, key=column)
        met.add(text)


def _made_up_ids(kinds: list[str]) -> list[str]:
    n_of_kind: dict[str, int] = {}
    ids = []
    for kind in kinds:
        n_of_kind[kind] = n_of_kind.get(kind, 0) + 1
        if n_of_kind[kind] > 999_999:
            raise CityError("ids number at most 999,999 components of a class", key=kind)
        ids.append(component_id(MADE_UP_COUNTY, kind, number=n_of_kind[kind]))
    return ids


def _optional(rows: PointTable, names: tuple[str, ...]) -> Any:
    column = rows.find(names)
    return pa.array([""] * rows.n_rows) if column is None else rows.texts(column)


def _coded(texts: Any) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The different texts in order, and for each row which it is."""
    coded = pc.dictionary_encode(texts)
    words = coded.dictionary.to_pylist()
    order = sorted(range(len(words)), key=words.__getitem__)
    number = np.empty(len(words), np.int32)
    number[order] = np.arange(len(words), dtype=np.int32)
    return tuple(words[index] for index in order), number[coded.indices.to_numpy()]


def _statuses(rows: PointTable) -> NDArray[np.uint8]:
    column = rows.find(STATUS_KEYS)
    words, of_row = _coded(pc.utf8_lower(_optional(rows, STATUS_KEYS)))
    for index, word in enumerate(words):
        if word not in STATUSES:
            known = ", ".join(key for key in STATUSES if key)
            row = int(np.flatnonzero(of_row == index)[0])
            raise rows.refusal(f"{word[:40]!r} is no status; there is {known}", row=row, key=column or "status")
    return np.array([STATUSES[word] for word in words], np.uint8)[of_row]

"""Reads catalogues of matters: those of three standards that are shipped, and a city's own from CSV or .xlsx.

In: tables under Chinese or English heads. Out: `CatalogueRow`s, a `Catalogue`, and every row that cannot be used with
its line and column. A class name that a standard has under another number is refused: that list is in another edition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from city_data.catalogue_cells import CellReader, RowError, standard_named
from city_data.feeds.small_table import Heads, read_small_table
from city_data.sources import CATALOGUE_LICENCE, Provenance, provenance_of_file
from twin.domain.catalogue import (
    CJ_T_214,
    GB_T_30428,
    GB_T_47678,
    CaseKind,
    Catalogue,
    CatalogueRow,
    MatterKey,
    catalogue_of,
)
from twin.errors import CityError

SHIPPED: Final = Path(__file__).parent / "catalogues"
AI_CAMERAS: Final = "AI cameras"
"""What cameras are sold to recognise: names in use, under codes of our own."""
FILES: Final[Mapping[str, str]] = MappingProxyType(
    {
        CJ_T_214: "cjt_214.csv",
        GB_T_30428: "gbt_30428_2_2013.csv",
        GB_T_47678: "gbt_47678_5_2026.csv",
        AI_CAMERAS: "ai_cameras.csv",
    }
)
CONCORDANCE: Final = "concordance.csv"

HEADS: Final[Heads] = MappingProxyType(
    {
        "standard": ("standard", "标准", "标准号", "所属标准"),
        "kind": ("kind", "case kind", "类型", "案件类型", "问题类型", "部件或事件"),
        "code": ("code", "代码", "编码", "事件代码", "部件代码", "事项代码", "小类代码"),
        "class_code": ("class_code", "class code", "大类代码", "大类编码"),
        "class_zh": ("class_zh", "class", "大类", "大类名称"),
        "class_en": ("class_en", "大类英文名称"),
        "name_zh": ("name_zh", "name", "名称", "小类", "小类名称", "事件名称", "部件名称", "事项名称"),
        "name_en": ("name_en", "英文名称", "小类英文名称"),
        "limit": ("limit", "时限", "处置时限", "办理时限", "处理时限"),
        "limit_source": ("limit_source", "时限依据", "时限来源"),
        "department": ("department", "部门", "责任部门", "主管部门", "责任单位", "处置部门"),
        "skill": ("skill", "技能", "处置力量"),
        "on_the_spot_share": ("on_the_spot_share", "自行处置率", "现场处置率", "自行处置比例"),
        "matters_list": ("list", "matters_list", "清单", "所属清单"),
        "assumed": ("assumed", "假定", "是否假定"),
        "source": ("source", "来源", "依据", "数据来源"),
    }
)
"""What a column may be called."""

ClassCodes = Mapping[tuple[str, CaseKind, str], str]
"""Code of a class by standard, kind and Chinese name."""


@dataclass(frozen=True, slots=True)
class CheckedList:
    """A list of matters as a file has it: the rows that can be used, and an error for each that cannot.

    `columns` that were read: what the file calls each of `HEADS`; others were passed over.
    """

    columns: Mapping[str, str]
    rows: tuple[CatalogueRow, ...]
    errors: tuple[CityError, ...]


@lru_cache(1)
def shipped_catalogue() -> Catalogue:
    """The matters of the standards, as far as they are known, and which of them are the same."""
    rows = [row for name in FILES.values() for row in _all_or_none(_checked(SHIPPED / name, {}))]
    return catalogue_of(rows, read_concordance(SHIPPED / CONCORDANCE, standards=tuple(FILES)))


def shipped_provenance() -> tuple[Provenance, ...]:
    """Where the shipped catalogues come from, file by file."""
    return tuple(
        provenance_of_file(SHIPPED / name, format_name="matter catalogue", licence=CATALOGUE_LICENCE)
        for name in (*FILES.values(), CONCORDANCE)
    )


def check_catalogue(path: Path, *, standard: str | None = None, kind: CaseKind | None = None) -> CheckedList:
    """A city's own list of matters, with everything that is wrong with it.

    Parameters
    ----------
    standard, kind : of rows that do not say theirs.

    Raises
    ------
    FeedError : the file is no such table at all.
    """
    rows = shipped_catalogue().rows
    known = {(row.key.standard, row.key.kind, row.class_zh): row.class_code for row in rows}
    return _checked(path, known, standard=standard, kind=kind)


def read_rows(path: Path, *, standard: str | None = None, kind: CaseKind | None = None) -> tuple[CatalogueRow, ...]:
    """A city's own rows alone.

    Raises
    ------
    FeedError : the file is no such table at all.
    CityError : the first row that cannot be used, and how many more there are.
    """
    return tuple(_all_or_none(check_catalogue(path, standard=standard, kind=kind)))


def read_catalogue(path: Path, *, standard: str | None = None, kind: CaseKind | None = None) -> Catalogue:
    """The shipped catalogue with a city's own rows, which replace those of the same key.

    Raises
    ------
    FeedError : the file is no such table at all.
    CityError : the first row that cannot be used, and how many more there are.
    """
    return shipped_catalogue().with_rows(read_rows(path, standard=standard, kind=kind))


def read_concordance(path: Path, *, standards: Sequence[str]) -> tuple[tuple[MatterKey, ...], ...]:
    """Groups of keys that mean the same: a row a matter, a column a standard.

    Raises
    ------
    FeedError : no such table.
    CityError : a kind or code that cannot be.
    """
    heads = {"kind": HEADS["kind"], **{standard: (standard,) for standard in standards}}
    table = read_small_table(path, heads, needed=tuple(heads))
    groups = []
    for row in table.rows:
        cells = CellReader(table, row)
        kind = cells.kind(None)
        groups.append(tuple(MatterKey(one, kind, cells.code(one, column=one)) for one in standards if row.values[one]))
    return tuple(groups)


def _checked(
    path: Path, known: ClassCodes, *, standard: str | None = None, kind: CaseKind | None = None
) -> CheckedList:
    needed = ["code", "name_zh", *["standard"] * (standard is None), *["kind"] * (kind is None)]
    table = read_small_table(path, HEADS, needed=needed)
    rows: dict[MatterKey, CatalogueRow] = {}
    errors = [CityError(bad.reason, file=path, line=bad.line, key=bad.column) for bad in table.rejected]
    first_at: dict[MatterKey, int] = {}
    own_standard = None if standard is None else standard_named(standard)
    for told in table.rows:
        cells = CellReader(table, told)
        try:
            row = _row(cells, own_standard, kind, known=known)
            if row.key in rows:
                raise cells.flaw("code", f"{row.key} stands there twice, first on line {first_at[row.key]}")
        except RowError as error:
            errors.append(error)
        else:
            rows[row.key], first_at[row.key] = row, told.line
    if not rows and not errors:
        errors.append(CityError("the list has no row", file=path, line=table.header_line))
    return CheckedList(table.columns, tuple(rows.values()), tuple(sorted(errors, key=lambda error: error.line or 0)))


def _row(cells: CellReader, standard: str | None, kind: CaseKind | None, *, known: ClassCodes) -> CatalogueRow:
    named, of_kind = cells.standard(standard), cells.kind(kind)
    key = MatterKey(named, of_kind, cells.code(named))
    class_code, class_zh = cells.class_code(key), cells.text("class_zh")
    meant = known.get((key.standard, key.kind, class_zh), class_code)
    if meant != class_code:
        raise cells.flaw(
            "class_zh",
            f"{class_zh} is class {meant} in {key.standard}, not {class_code}: is this list in another standard?",
        )
    limit = cells.limit()
    return CatalogueRow(
        key,
        class_code,
        class_zh,
        cells.text("class_en"),
        cells.name_zh(),
        cells.text("name_en"),
        limit=limit,
        limit_source=("" if limit is None else cells.text("limit_source") or cells.file_name),
        department=cells.text("department") or None,
        skill=cells.text("skill") or None,
        on_the_spot_share=cells.share("on_the_spot_share"),
        matters_list=cells.text("matters_list"),
        assumed=cells.flag("assumed"),
        source=cells.text("source") or cells.file_name,
    )


def _all_or_none(checked: CheckedList) -> tuple[CatalogueRow, ...]:
    if checked.errors:
        first, n_more = checked.errors[0], len(checked.errors) - 1
        more = f" (and {n_more:,} more {'row' if n_more == 1 else 'rows'})" if n_more else ""
        raise CityError(first.message + more, file=first.file, line=first.line, key=first.key)
    return checked.rows

"""What a cell of a list of matters says: a standard, a kind, a code, a limit, a share; each flaw with line and column.

In: a row of a small table. Out: values of the domain. Words may be Chinese or English, digits also of full width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from city_data.feeds.plain import plain
from city_data.feeds.small_table import SmallTable, TableRow
from city_data.limit_text import parse_limit
from twin.domain.catalogue import (
    CJ_T_214,
    COMPONENT,
    DIGITS,
    EVENT,
    GB_T_30428,
    GB_T_47678,
    CaseKind,
    MatterKey,
    MatterLimit,
)
from twin.errors import CityError

MOST_SIGNS = 200
"""A name or remark of more is a mistake of columns."""
_STANDARDS: Final = {"cjt214": CJ_T_214, "gbt30428": GB_T_30428, "gbt47678": GB_T_47678}
"""Standards by how their names begin, without spaces and strokes: people leave out the part, the year, or both."""
_KINDS: Final = {
    **dict.fromkeys(("event", "matter", "事件", "事项"), EVENT),
    **dict.fromkeys(("component", "部件"), COMPONENT),
}
_FLAGS: Final = {
    **dict.fromkeys(("yes", "true", "1", "是"), True),
    **dict.fromkeys(("", "no", "false", "0", "否"), False),
}
_OWN_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
_OWN_STANDARD: Final = re.compile(r"[^:]{1,40}")


class RowError(CityError):
    """A row of a list that cannot be used."""


def standard_named(text: str) -> str:
    """The standard that is meant; a name that is none of the known ones is a city's own.

    >>> standard_named("CJ/T214-2007"), standard_named("gbt30428"), standard_named(" 车陂 ")
    ('CJ/T 214', 'GB/T 30428.2-2013', '车陂')
    """
    said = plain(text)
    letters = re.sub(r"[^0-9a-z]", "", said.casefold())
    return next((name for start, name in _STANDARDS.items() if letters.startswith(start)), said)


def parse_key(text: str) -> MatterKey:
    """A key as it is written: `CJ/T 214:event:0501`.

    Raises
    ------
    CityError : it is none.

    >>> str(parse_key("cjt214:事件:0501"))
    'CJ/T 214:event:0501'
    """
    parts = plain(text).split(":")
    kind = _KINDS.get(parts[1].strip().casefold()) if len(parts) == 3 else None
    if kind is None or not parts[0].strip():
        raise CityError("a key is a standard, a kind and a code: CJ/T 214:event:0501", key=text)
    standard, code = standard_named(parts[0]), parts[2].strip()
    if wrong := _wrong_code(standard, code):
        raise CityError(wrong, key=text)
    return MatterKey(standard, kind, code)


@dataclass(frozen=True, slots=True)
class CellReader:
    """The cells of one row."""

    table: SmallTable
    row: TableRow

    @property
    def file_name(self) -> str:
        """Name of the file, without its folder."""
        return self.table.file.name

    def flaw(self, column: str, message: str) -> RowError:
        """An error about a cell, which names its column as the file does."""
        called = self.table.columns.get(column, column)
        return RowError(message, file=self.table.file, line=self.row.line, key=called)

    def text(self, column: str) -> str:
        """A cell as it is, "" where the table has no such column."""
        text = self.row.values.get(column, "")
        if len(text) > MOST_SIGNS:
            raise self.flaw(column, f"has {len(text):,} signs; {MOST_SIGNS} are allowed")
        return text

    def name_zh(self) -> str:
        """The name, which is needed."""
        if not (name := self.text("name_zh")):
            raise self.flaw("name_zh", "a matter needs a name")
        return name

    def standard(self, otherwise: str | None) -> str:
        """The standard of the row."""
        text = self.text("standard")
        if not text and otherwise is not None:
            return otherwise
        if not _OWN_STANDARD.fullmatch(plain(text)):
            raise self.flaw("standard", f"{text[:40]!r} is not the name of a standard")
        return standard_named(text)

    def kind(self, otherwise: CaseKind | None) -> CaseKind:
        """Event or component."""
        text = self.text("kind")
        kind = otherwise if not text else _KINDS.get(plain(text).casefold())
        if kind is None:
            raise self.flaw("kind", f"{text[:40]!r} is neither event (事件, 事项) nor component (部件)")
        return kind

    def code(self, standard: str, *, column: str = "code") -> str:
        """The code under a standard; of class and sub-class, also where these stand in two columns."""
        code, of_class = plain(self.text(column)), plain(self.text("class_code"))
        n_digits = DIGITS.get(standard, 0)
        if n_digits and len(code) == n_digits - 2 and re.fullmatch("[0-9]{2}", of_class):
            code = of_class + code
        if wrong := _wrong_code(standard, code):
            raise self.flaw(column, wrong)
        return code

    def class_code(self, key: MatterKey) -> str:
        """The class's code: the first two digits of the code, which a column of its own must not contradict."""
        code, told = key.code[:2], plain(self.text("class_code"))
        if not told:
            return code
        if key.standard in DIGITS and told.zfill(2) != code:
            raise self.flaw("class_code", f"the code {key.code} is of class {code}, not {told[:20]!r}")
        return code if key.standard in DIGITS else told

    def limit(self) -> MatterLimit | None:
        """The limit, where there is one."""
        text = self.text("limit")
        if not text:
            return None
        try:
            return parse_limit(text)
        except ValueError as error:
            raise self.flaw("limit", str(error)) from error

    def share(self, column: str) -> float | None:
        """A share of 0 to 1, also written in per cent."""
        text = plain(self.text(column))
        if not text:
            return None
        if not re.fullmatch(r"\d{1,3}(\.\d+)?\s*%?", text):
            raise self.flaw(column, f"{text[:40]!r} is not a share: write 0.6 or 60%")
        share = float(text.rstrip("% ")) / (100 if text.endswith("%") else 1)
        if share > 1:
            raise self.flaw(column, f"{text[:40]!r} is more than the whole: write 0.6 or 60%")
        return share

    def flag(self, column: str) -> bool:
        """Yes or no; empty is no."""
        text = self.text(column)
        if (flag := _FLAGS.get(plain(text).casefold())) is None:
            raise self.flaw(column, f"{text[:40]!r} is neither yes (是) nor no (否)")
        return flag


def _wrong_code(standard: str, code: str) -> str | None:
    """What is wrong with a code, or None."""
    n_digits = DIGITS.get(standard)
    if n_digits is None:
        return None if _OWN_CODE.fullmatch(code) else f"{code[:40]!r} is not a code of letters and digits"
    if re.fullmatch(rf"[0-9]{{{n_digits}}}", code):
        return None
    wrong = f"a code of {standard} has {n_digits} digits, not {code[:40]!r}"
    if re.fullmatch(rf"[0-9]{{{n_digits - 1}}}", code):
        wrong += "; spreadsheets drop the leading zero of a number: store codes as text"
    return wrong

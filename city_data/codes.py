"""Codes of unit cells and components in the forms of the standards.

A unit cell's code is that of its community with a number: 14 digits (county 6, street 3, community 3, number 2) in the
older form, 15 (a 12-digit community code, number 3) in the newer. A component's id is county 6, large class 2,
sub-class 2 or 3, number 6: 16 or 17 digits. Codes of communities are given, or made up under a county there is not.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from city_data.unpack import unpacked
from twin.errors import CityError

MADE_UP_COUNTY = "990001"
"""No county has a code above 82; whoever sees this one knows that it was made up."""
_COMMUNITY = re.compile(r"[0-9]{12}")


class CodeForm(IntEnum):
    """Digits of a unit cell's code."""

    OLD = 14
    NEW = 15

    @property
    def most(self) -> int:
        """How many cells of one community can be numbered."""
        return 99 if self is CodeForm.OLD else 999


def cell_codes(
    area: NDArray[np.int32], *, areas: Sequence[str], form: CodeForm, communities: Mapping[str, str]
) -> tuple[tuple[str, ...], bool]:
    """A code for each cell, and whether any community in them was made up.

    Parameters
    ----------
    area : int32 (n_cells,), index into `areas`; cells are numbered in their order.
    communities : 12-digit code by area name; areas without one get codes that are made up, several where one community
        cannot number them all.

    Raises
    ------
    CityError : an area has more cells than its given community can number.
    """
    codes = [""] * len(area)
    width, n_made_up = form - 12, 0
    for number, name in enumerate(areas):
        members = np.flatnonzero(area == number).tolist()
        given = communities.get(name)
        if given is not None and len(members) > form.most:
            raise CityError(
                f"this community has {len(members):,} cells, and codes of {form} digits number {form.most} at most: "
                "take larger cells, smaller communities, or the longer form",
                key=name,
            )
        for begin in range(0, len(members), form.most):
            community = given
            if community is None:
                community, n_made_up = _made_up(n_made_up), n_made_up + 1
            for place, cell in enumerate(members[begin : begin + form.most], start=1):
                codes[cell] = f"{community}{place:0{width}d}"
    return tuple(codes), n_made_up > 0


def component_id(county: str, kind: str, *, number: int) -> str:
    """Id of the `number`-th component of a kind (class and sub-class: 4 digits, or 5 in the newer form).

    >>> component_id("440106", "0118", number=7), component_id("440106", "01018", number=7)
    ('4401060118000007', '44010601018000007')
    """
    return f"{county}{kind}{number:06d}"


def read_communities(path: Path) -> dict[str, str]:
    """12-digit community codes by area name, from a UTF-8 table with the columns `name` and `code`.

    Raises
    ------
    CityError : no such table, a code that is not 12 digits, a name or code used twice.
    """
    try:
        rows = csv.DictReader(io.StringIO(unpacked(path).decode("utf-8-sig"), newline=""))
        columns = rows.fieldnames or ()
    except UnicodeDecodeError as error:
        raise CityError("this is not a UTF-8 table", file=path) from error
    for column in ("name", "code"):
        if column not in columns:
            raise CityError(f"the table has no column called {column}", file=path, line=1, key=column)
    found: dict[str, str] = {}
    for row in rows:
        name, code, line = (row["name"] or "").strip(), (row["code"] or "").strip(), rows.line_num
        if not _COMMUNITY.fullmatch(code):
            raise CityError(f"a community code has 12 digits, not {code[:40]!r}", file=path, line=line, key="code")
        if name in found or code in found.values():
            raise CityError("this name or code stands there twice", file=path, line=line, key=name or code)
        found[name] = code
    return found


def _made_up(number: int) -> str:
    street, community = divmod(number, 999)
    return f"{MADE_UP_COUNTY}{street + 1:03d}{community + 1:03d}"

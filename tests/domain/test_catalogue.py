"""A catalogue finds matters by their whole key, and never guesses what a code is under another standard."""

from __future__ import annotations

import pytest

from twin.domain.catalogue import (
    CJ_T_214,
    COMPONENT,
    EVENT,
    GB_T_30428,
    GB_T_47678,
    CaseKind,
    Catalogue,
    CatalogueRow,
    LimitCalendar,
    MatterKey,
    catalogue_of,
    working_days,
)
from twin.domain.quantities import HOUR
from twin.errors import CityError


def row(code: str, name: str, *, kind: CaseKind = EVENT, standard: str = CJ_T_214) -> CatalogueRow:
    return CatalogueRow(MatterKey(standard, kind, code), code[:2], "", "", name, f"{name} in English")


VENDOR_OLD, VENDOR_NEW = MatterKey(CJ_T_214, EVENT, "0501"), MatterKey(GB_T_30428, EVENT, "0401")


def small() -> Catalogue:
    rows = [
        row("0501", "无照经营游商"),
        row("0401", "路面塌陷"),
        row("0401", "古树名木", kind=COMPONENT),
        row("0401", "无照经营游商", standard=GB_T_30428),
    ]
    return catalogue_of(rows, [(VENDOR_OLD, VENDOR_NEW)])


def test_one_code_is_another_matter_for_another_kind_or_standard() -> None:
    found = [
        small().row(MatterKey(*key))
        for key in ((CJ_T_214, EVENT, "0401"), (CJ_T_214, COMPONENT, "0401"), (GB_T_30428, EVENT, "0401"))
    ]
    assert [one.name_zh for one in found if one] == ["路面塌陷", "古树名木", "无照经营游商"]
    assert small().row(MatterKey(GB_T_47678, EVENT, "0401")) is None


def test_names_are_found_in_both_languages_and_narrowed_by_standard_and_kind() -> None:
    assert [str(one.key) for one in small().named("无照经营游商")] == [str(VENDOR_OLD), str(VENDOR_NEW)]
    assert [one.key for one in small().named("无照经营游商 IN english", standard=GB_T_30428)] == [VENDOR_NEW]
    assert small().named("无照经营游商", kind=COMPONENT) == ()
    assert small().named(" ") == ()


def test_translation_goes_both_ways() -> None:
    assert small().translate(VENDOR_OLD, to=GB_T_30428) == VENDOR_NEW
    assert small().translate(VENDOR_NEW, to=CJ_T_214) == VENDOR_OLD
    assert small().translate(VENDOR_OLD, to=CJ_T_214) == VENDOR_OLD


def test_what_nobody_has_said_is_not_known() -> None:
    collapse = MatterKey(CJ_T_214, EVENT, "0401")
    assert small().translate(collapse, to=GB_T_30428) is None
    assert small().translate(VENDOR_OLD, to=GB_T_47678) is None
    assert small().translate(VENDOR_OLD._replace(kind=COMPONENT), to=GB_T_30428) is None


def test_a_city_s_own_row_replaces_the_shipped_one_where_it_stands() -> None:
    own = row("0401", "路面塌陷（本市）"), row("0599", "本市事项")
    rows = small().with_rows(own).rows
    assert [one.name_zh for one in rows] == ["无照经营游商", "路面塌陷（本市）", "古树名木", "无照经营游商", "本市事项"]
    assert small().with_rows(own).translate(VENDOR_OLD, to=GB_T_30428) == VENDOR_NEW


def test_a_key_twice_is_an_error() -> None:
    with pytest.raises(CityError, match="'CJ/T 214:event:0501': this matter stands there twice"):
        catalogue_of([row("0501", "a"), row("0501", "b")])
    with pytest.raises(CityError, match="twice"):
        small().with_rows([row("0502", "a"), row("0502", "b")])
    with pytest.raises(CityError, match="translated twice"):
        catalogue_of([], [(VENDOR_OLD, VENDOR_NEW), (VENDOR_OLD,)])
    with pytest.raises(CityError, match="two codes of one standard"):
        catalogue_of([], [(VENDOR_OLD, VENDOR_OLD._replace(code="0502"))])


def test_working_days_are_spans_of_working_time() -> None:
    limit = working_days(2, day_us=10 * HOUR)
    assert (limit.span_us, limit.calendar) == (20 * HOUR, LimitCalendar.WORKING)

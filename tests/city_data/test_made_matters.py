"""Chebei's lists have their published counts; what is made up for that says so, and is the same every time."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from city_data.catalogue import shipped_catalogue
from city_data.made.matters import CHEBEI, Rule, chebei_catalogue, made_catalogue, read_rule
from twin.domain.catalogue import CJ_T_214, EVENT, GB_T_30428, MatterKey
from twin.errors import CityError


def changed(**changes: Any) -> Rule:
    return read_rule(CHEBEI).model_copy(update=changes)


def resized(name: str, n: int) -> Rule:
    lists = read_rule(CHEBEI).lists
    return changed(lists=tuple(one.model_copy(update={"n": n}) if one.name == name else one for one in lists))


def test_the_lists_come_to_176_and_99() -> None:
    rows = chebei_catalogue().rows
    assert Counter(row.matters_list for row in rows) == {"city": 176, "street": 99}
    assert len({row.name_zh for row in rows}) == len({row.name_en for row in rows}) == len(rows) == 275


def test_known_matters_keep_their_keys_and_made_up_ones_say_that_they_are() -> None:
    for row in chebei_catalogue().rows:
        assert row.assumed == (row.key.standard == "Chebei")
        assert row.source.startswith("made up to reach the published count" if row.assumed else "seen second-hand")
    assert Counter(row.assumed for row in chebei_catalogue().rows) == {True: 221, False: 54}


def test_every_row_says_who_sees_to_it_by_when_and_how_much_on_the_spot() -> None:
    departments = read_rule(CHEBEI).departments
    rows = chebei_catalogue().rows
    for row in rows:
        assert row.department is not None
        assert row.skill == departments[row.department]
        assert row.on_the_spot_share is not None
        assert row.limit is not None
        assert row.limit_source
        assert row.name_zh
        assert row.name_en.isascii()
    assert {row.department for row in rows} == set(departments)


def test_a_made_up_matter_is_a_matter_at_a_kind_of_place() -> None:
    (row,) = chebei_catalogue().named("主干道暴露垃圾")
    assert row.name_en == "exposed garbage on a main road"
    (garbage,) = shipped_catalogue().named("暴露垃圾", standard=GB_T_30428)
    assert (row.limit, row.limit_source) == (garbage.limit, garbage.limit_source)


def test_known_matters_are_translated_in_the_lists_too() -> None:
    vendor = MatterKey(GB_T_30428, EVENT, "0401")
    assert chebei_catalogue().row(vendor) is not None
    assert chebei_catalogue().translate(vendor, to=CJ_T_214) == MatterKey(CJ_T_214, EVENT, "0501")


def test_the_lists_are_the_same_every_time() -> None:
    assert chebei_catalogue().rows == chebei_catalogue().rows


def test_a_longer_list_keeps_what_the_shorter_one_had() -> None:
    shorter, longer = ({row.name_zh for row in made(resized("street", n))} for n in (80, 99))
    assert shorter < longer


def made(rule: Rule) -> tuple[Any, ...]:
    return made_catalogue(rule, shipped_catalogue()).rows


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (resized("city", 3), "key 'city': the list begins with 54 known matters, more than its 3"),
        (resized("street", 1_000), "key 'street': there are 143 pairs of matter and place, and 1000 are needed"),
        (changed(departments_by_matter={"police": ("天外来客",)}), "key '天外来客': no list has this matter"),
        (changed(departments={}), "there is no such department"),
        (changed(places={}), "key 'outdoors': there is no such group of places"),
        (changed(classes=()), "there is no such class"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(rule: Rule, message: str) -> None:
    with pytest.raises(CityError, match=message):
        made_catalogue(rule, shipped_catalogue())

"""Invented names: streets, communities, villages, parks and schools, each from a number.

In: how many have been named before. Out: a Chinese name. Words are common parts of place names, put together anew.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from city_data.street_plan import chance

_OWN: Final = (
    *("永泰", "沙美", "龙舟", "荔枝", "涌尾", "仁厚", "祠堂", "榕树", "东岸", "西华", "隆兴", "宁安", "石塘", "旧圩"),
    *("莲塘", "晴波", "和睦", "德星", "三多", "广氮", "新涌", "江边", "米市", "竹园", "长堤", "清溪", "美好", "丰乐"),
    *("文昌", "聚贤", "双桥", "塘口", "南溪", "北帝", "麦园", "梅林", "福寿", "朝阳", "五福", "兰亭"),
)
_FIRST: Final = "云金石梅松柏凤鹤青白锦瑞安永兴泰和德明康"
_SECOND: Final = "岗塘坪洲沙埔岭湾泉田园林溪井台桥浦滘源里"
_MORE: Final = sorted(("".join(pair) for pair in product(_FIRST, _SECOND)), key=lambda pair: chance("word", pair))
WORDS: Final = (*_OWN, *(pair for pair in _MORE if pair not in _OWN))
_SIDES: Final = ("", "东", "西", "南", "北", "中", "新", "上", "下")
_SUFFIX: Final = {
    "trunk": "大道",
    "primary": "大道",
    "secondary": "路",
    "tertiary": "路",
    "residential": "街",
    "living_street": "巷",
    "service": "内街",
    "path": "巷",
    "steps": "级",
}
_FIGURES: Final = "〇一二三四五六七八九"


def word(number: int) -> str:
    """The `number`-th word; from the first again, with a side of the compass, when they run out.

    >>> word(0), word(439)
    ('永泰', '沙美东')
    """
    again, at = divmod(number, len(WORDS))
    return WORDS[at] + _SIDES[again % len(_SIDES)]


def street_name(number: int, highway: str) -> str:
    """Name of the `number`-th street of its class."""
    return word(number) + _SUFFIX[highway]


def ordinal(number: int) -> str:
    """A number from 1 to 99 in figures of the trade; larger ones in digits.

    >>> ordinal(3), ordinal(10), ordinal(24), ordinal(120)
    ('三', '十', '二十四', '120')
    """
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _FIGURES[tens] + "十"
    return head + (_FIGURES[ones] if ones else "")

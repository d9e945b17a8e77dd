"""Time stamps as Chinese offices write them, year first, turned into ISO text.

In: text in plain signs (`plain.plain`). Out: `2026-03-02 08:05:00` and what stands after it, or None. Understood:
`2026年3月2日 8时05分`, `2026/3/2 8:05`, `2026.03.02 上午8:05`, `20260302080500`, `202603020805`. A date without a time
of day says no instant and is left alone; so is an hour that two readers would read differently (`晚上12点`).
"""

from __future__ import annotations

import re

_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?)?(?:\s+|T|(?<=日)|(?=[上下中早晚凌]))\s*"
    r"(?P<part>上午|下午|中午|早上|早晨|晚上|凌晨|AM|PM)?\s*"
    r"(?P<hour>\d{1,2})\s*(?::|时|点)\s*(?:(?P<whole>整)|(?P<minute>\d{1,2})\s*(?::\s*|分\s*|(?=[^\d:分])|$)"
    r"(?:(?P<second>\d{1,2})(?P<fraction>[.,]\d{1,9})?\s*秒?)?)\s*(?P<mark>Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")

_ADDED_HOURS: dict[str, dict[int, int]] = {
    "上午": {12: -12} | dict.fromkeys(range(12), 0),
    "下午": {12: 0} | dict.fromkeys(range(1, 12), 12) | dict.fromkeys(range(13, 24), 0),
    "凌晨": {12: -12} | dict.fromkeys(range(7), 0),
    "早上": dict.fromkeys(range(4, 12), 0),
    "中午": dict.fromkeys(range(10, 15), 0) | {1: 12, 2: 12},
    "晚上": dict.fromkeys(range(5, 12), 12) | dict.fromkeys(range(17, 24), 0),
}
"""Hours to add to the hour written after each part of the day; hours that are not listed contradict it."""
_SAME = {"AM": "上午", "PM": "下午", "早晨": "早上"}


def as_iso(text: str) -> str | None:
    """ISO text of a written stamp; None where it is none of these forms.

    >>> as_iso("2026年3月2日 下午3时05分"), as_iso("20260302080500"), as_iso("2026年3月2日")
    ('2026-03-02 15:05:00', '2026-03-02 08:05:00', None)
    """
    if (digits := _DIGITS.fullmatch(text)) is not None:
        year, month, day, hour, minute, second = digits.groups("00")
        return f"{year}-{month}-{day} {hour}:{minute}:{second}"
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    said = match.groupdict(default="")
    clock_hour = _hour(int(said["hour"]), said["part"].upper())
    if clock_hour is None:
        return None
    date = f"{said['year']}-{int(said['month']):02}-{int(said['day']):02}"
    time = f"{clock_hour:02}:{int(said['minute'] or 0):02}:{int(said['second'] or 0):02}{said['fraction']}"
    return f"{date} {time}{said['mark'].upper()}"


def _hour(hour: int, part: str) -> int | None:
    """Hour of the day, 0 to 24 or beyond where nonsense was written; None where hour and part contradict each other."""
    if not part:
        return hour
    added = _ADDED_HOURS[_SAME.get(part, part)].get(hour)
    return None if added is None else hour + added

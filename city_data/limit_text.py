"""Time limits as people write them in code tables: `2h`, `4wh`, `20wd`, 2小时, 4个工作时, 20个工作日, 2个紧急工作时.

In: a cell of a table. Out: a `MatterLimit`, on the clock or in working time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from city_data.feeds.plain import plain
from twin.domain.catalogue import LimitCalendar, MatterLimit, working_days
from twin.domain.quantities import DAY, HOUR, MINUTE

_WRITTEN: Final = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)\s*个?\s*([^\d\s][^\d]*)")


def _span(unit_us: int, calendar: LimitCalendar) -> Callable[[float], MatterLimit]:
    return lambda number: MatterLimit(round(number * unit_us), calendar)


_CLOCK, _WORKING = LimitCalendar
_UNITS: Final[Mapping[str, Callable[[float], MatterLimit]]] = {
    **dict.fromkeys(("m", "min", "minutes", "分", "分钟"), _span(MINUTE, _CLOCK)),
    **dict.fromkeys(("h", "hour", "hours", "小时", "紧急工作时"), _span(HOUR, _CLOCK)),
    **dict.fromkeys(("d", "day", "days", "天", "日", "自然日"), _span(DAY, _CLOCK)),
    **dict.fromkeys(("wh", "working hour", "working hours", "工作时", "工作小时"), _span(HOUR, _WORKING)),
    **dict.fromkeys(("wd", "working day", "working days", "工作日"), working_days),
}


def parse_limit(text: str) -> MatterLimit:
    """The limit that a text states.

    Raises
    ------
    ValueError : it is none, or none longer than zero.

    >>> print(parse_limit("4 wh"), parse_limit("２个紧急工作时"), parse_limit("1个工作日"), sep=", ")
    4 working hours, 2 hours, 8 working hours
    """
    if written := _WRITTEN.fullmatch(plain(text)):
        number, unit = float(written[1]), _UNITS.get(written[2].strip().casefold())
        if unit is not None and number > 0:
            return unit(number)
    raise ValueError(f"{text[:40]!r} is not a limit: write 30min, 2h, 4wh (working hours), 20wd, 2小时 or 4个工作时")

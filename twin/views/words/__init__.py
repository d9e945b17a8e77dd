"""What the page says, in English and Chinese, both languages side by side, so that none can be missing.

In: a language. Out: `Words`, which looks a phrase up by key, fills in its fields, and writes numbers, spans and
instants the way that language does. Names and texts from data pass through unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from twin.domain.mode import E_BIKE, Mode
from twin.views.words import acting, areas, branch, cards, heads, loop, maps, results, room, start, trade


class Language(StrEnum):
    """Languages of the page."""

    ENGLISH = "en"
    CHINESE = "zh"


PHRASES: dict[str, tuple[str, str]] = {
    key: phrase
    for catalogue in (heads, maps, results, room, loop, cards, acting, branch, areas, start, trade)
    for key, phrase in catalogue.PHRASES.items()
}
"""Key → (English, Chinese). Text in braces is filled in."""


@dataclass(frozen=True, slots=True)
class Words:
    """Phrases and figures in one language; `english`: what names of a scenario's own are called in it.

    >>> Words(Language.ENGLISH).span(402.4), Words(Language.CHINESE).span(402.4)
    ('6 min 42 s', '6分42秒')
    """

    language: Language
    english: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __call__(self, key: str, **fields: object) -> str:
        """The phrase called `key`, with its fields filled in."""
        return PHRASES[key][self.language is Language.CHINESE].format(**fields)

    def named(self, family: str, name: str) -> str:
        """What one of a family of names is called, such as "overlay" and "base"; names of the user's own as they are.

        >>> Words(Language.CHINESE).named("overlay", "base"), Words(Language.CHINESE).named("overlay", "east")
        ('基础网格', 'east')
        >>> Words(Language.ENGLISH, {"暴露垃圾": "Exposed rubbish"}).named("matter", "暴露垃圾")
        'Exposed rubbish'
        """
        if f"{family}.{name}" in PHRASES:
            return self(f"{family}.{name}")
        return self.english.get(name, name) if self.language is Language.ENGLISH else name

    def calling(self, english: Mapping[str, str]) -> Words:
        """The same words, with what a scenario's own names are called in English."""
        return replace(self, english=english)

    def kind(self, kind: str, mode: Mode) -> str:
        """What a kind of unit is called; that it goes by e-bike is said as well.

        >>> Words(Language.CHINESE).kind("grid_worker", E_BIKE)
        '网格员·电动车'
        """
        called = self.named("kind", kind)
        return self("kind.on_e_bike", kind=called) if mode is E_BIKE else called

    @property
    def never_reached(self) -> str:
        """Said of a case that no unit came to."""
        return self("band.never")

    def span(self, seconds: float | None) -> str:
        """A span of time, to the second; a dash where there is none."""
        if seconds is None:
            return self("none")
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        chinese = self.language is Language.CHINESE
        if hours:
            return f"{hours}小时{minutes:02}分" if chinese else f"{hours} h {minutes:02} min"
        if minutes:
            return f"{minutes}分{rest:02}秒" if chinese else f"{minutes} min {rest:02} s"
        return f"{rest}秒" if chinese else f"{rest} s"

    def limit(self, seconds: float) -> str:
        """A limit in whole minutes where it is one, else as a span."""
        minutes, rest = divmod(seconds, 60)
        if rest:
            return self.span(seconds)
        return f"{minutes:.0f} 分钟" if self.language is Language.CHINESE else f"{minutes:.0f} min"

    def share(self, value: float | None) -> str:
        """A share from 0 to 1 in per cent, one decimal; a dash where there is none."""
        return self("none") if value is None else f"{value:.1%}"

    def count(self, value: int) -> str:
        """A whole number with separators of thousands."""
        return f"{value:,}"

    def listed(self, names: Iterable[str]) -> str:
        """Names one after the other."""
        return ("、" if self.language is Language.CHINESE else ", ").join(names)

    def day(self, moment: datetime) -> str:
        """Civil date with the weekday."""
        return self.instant(moment)[: -len(" HH:MM")]

    def instant(self, moment: datetime) -> str:
        """Civil date and time to the minute, with the weekday."""
        if self.language is Language.CHINESE:
            weekday = "一二三四五六日"[moment.weekday()]
            return f"{moment:%Y-%m-%d} 周{weekday} {moment:%H:%M}"
        weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
        return f"{weekday} {moment:%Y-%m-%d %H:%M}"

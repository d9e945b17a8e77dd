"""A visit: whose seat a visitor has, and in which language and colours the page speaks to them."""

from __future__ import annotations

from dataclasses import dataclass

from twin.domain.seat import Seat
from twin.views.palette import Palette, Theme, palette
from twin.views.words import Words


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor's page."""

    seat: Seat
    words: Words
    theme: Theme

    @property
    def colours(self) -> Palette:
        """The colours of the theme."""
        return palette(self.theme)

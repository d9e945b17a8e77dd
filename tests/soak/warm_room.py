"""What a process that rooms are forked from has in memory already: everything but the rooms."""

from __future__ import annotations

from city_data.built_in import built_in_city
from tests.soak.room_under_commands import main

__all__ = ["main"]

built_in_city()

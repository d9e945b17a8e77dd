"""What the page says: the running room: clock, tiles, cases, cards. Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {}

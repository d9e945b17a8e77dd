"""What the page says: the search around a place, and finding one. Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {}

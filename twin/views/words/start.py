"""What the page says: the start page, and what is shown while it opens. Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {}

"""What the page says: what one can do, and why it was refused. Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {}

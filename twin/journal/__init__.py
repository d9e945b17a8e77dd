"""The append-only log of facts, its columnar file, and its digest."""

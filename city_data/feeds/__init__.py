"""One envelope for every source of facts, and one file per format that fills it."""

"""Time and chance: the agenda of alarms, the clock that rings them, and keyed randomness."""

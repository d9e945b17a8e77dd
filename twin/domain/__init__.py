"""Ground floor: the words of the trade as data. Imports nothing but the standard library, numpy and msgspec."""

"""gridtwin: the world of a grid command centre, and the instruments one reads it with."""

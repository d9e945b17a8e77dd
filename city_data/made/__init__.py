"""The parts that the built-in city is made of, each a plain function of its size."""

"""The policy lab: what is tried, run many times over on common random numbers, and what that shows."""

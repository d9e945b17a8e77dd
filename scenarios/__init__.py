"""The questions one asks: scenario files, the only wiring, runs, replays and the command line."""

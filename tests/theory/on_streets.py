"""Print what the checks on street grids find as a Markdown table: `python -m tests.theory.on_streets [--precise]`.

The same comparisons that the tests make; `docs/validation.md` holds the output of a run.
"""

from __future__ import annotations

import argparse
import sys

from tests.theory.street_checks import N_COMPARISONS, STREET_CHECKS, street_outcome


def main() -> None:
    """Run the checks that are asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.theory.on_streets", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="only these")
    parser.add_argument("--precise", action="store_true", help="to within 1 %% instead of 5 %%")
    asked = parser.parse_args()
    _say(f"{N_COMPARISONS} comparisons share 99 %.\n")
    _say("| scenario | measure | exact | simulated | half-width | as counted |\n|---|---|---|---|---|---|")
    for check in STREET_CHECKS:
        n_runs = check.n_runs(precise=asked.precise)
        if not n_runs or (asked.scenario and check.scenario not in asked.scenario):
            continue
        found = street_outcome(check, n_runs=n_runs)
        for place, counted in enumerate(found.counted):
            best = found.steadied[place] if found.steadied else counted
            verdict = "" if best.agrees and counted.agrees else " **disagrees**"
            _say(
                f"| `{check.scenario}` | {best.name} | {best.exact:.5g} | {best.estimate:.5g}{verdict} "
                f"| {best.precision:.2%} | {counted.estimate:.5g} ± {counted.half_width:.2g} |"
            )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

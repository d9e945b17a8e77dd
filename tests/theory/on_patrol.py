"""Print what the checks of patrols find as a Markdown table: `python -m tests.theory.on_patrol [--precise]`.

The same comparisons that the tests make; `docs/validation.md` holds the output of a run.
"""

from __future__ import annotations

import argparse
import sys

from tests.theory.patrol_checks import N_COMPARISONS, PATROL_CHECKS, patrol_findings


def main() -> None:
    """Run the checks that are asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.theory.on_patrol", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="only these")
    parser.add_argument("--precise", action="store_true", help="to within 1 %% instead of 5 %%")
    asked = parser.parse_args()
    _say(f"{N_COMPARISONS} comparisons share 99 %.\n")
    _say("| scenario | result | exact | simulated | half-width |\n|---|---|---|---|---|")
    for check in PATROL_CHECKS:
        if not asked.scenario or check.scenario in asked.scenario:
            for found in patrol_findings(check, n_runs=check.n_runs(precise=asked.precise)):
                verdict = "" if found.agrees else " **disagrees**"
                numbers = f"{found.exact:.5g} | {found.estimate:.5g}{verdict} | {found.precision:.2%}"
                _say(f"| `{check.scenario}` | {found.name} | {numbers} |")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

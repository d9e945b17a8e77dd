"""Print what the checks find as a Markdown table: `python -m tests.theory [--precise] [SCENARIO …]`.

The same comparisons that the tests make; `docs/validation.md` holds the output of a run.
"""

from __future__ import annotations

import argparse
import sys

from tests.theory import arrivals
from tests.theory.checks import CHECKS, N_COMPARISONS
from tests.theory.comparison import Finding
from tests.theory.outcomes import outcome


def main() -> None:
    """Run the checks that are asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.theory", description=__doc__)
    parser.add_argument("scenario", nargs="*", help="only these")
    parser.add_argument("--precise", action="store_true", help="to within 1 %% instead of 5 %%")
    asked = parser.parse_args()
    _say(f"{N_COMPARISONS} comparisons share 99 %.\n")
    _say("| scenario | measure | exact | simulated | half-width | as counted |\n|---|---|---|---|---|---|")
    for check in CHECKS:
        n_runs = check.n_runs(precise=asked.precise)
        if n_runs and (not asked.scenario or check.scenario in asked.scenario):
            found = outcome(check, n_runs=n_runs)
            for steadied, counted in zip(found.steadied, found.counted, strict=True):
                _row(check.scenario, steadied, as_counted=f"{counted.estimate:.5g} ± {counted.half_width:.2g}")
            for condition in found.conditions:
                _row(check.scenario, condition)
            for violation in found.violations:
                _say(f"\n{check.scenario}: {violation}")
    if not asked.scenario or "arrivals" in asked.scenario:
        for condition in arrivals.findings(n_runs=arrivals.PRECISE_RUNS if asked.precise else arrivals.QUICK_RUNS):
            _row("arrivals", condition)


def _row(scenario: str, found: Finding, *, as_counted: str = "") -> None:
    verdict = "" if found.agrees else " **disagrees**"
    numbers = f"{found.exact:.5g} | {found.estimate:.5g}{verdict} | {found.precision:.2%}"
    _say(f"| `{scenario}` | {found.name} | {numbers} | {as_counted} |")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""NREL HIVE's side of T3: run one of HIVE's scenarios under HIVE's own interpreter and tell what it cost, as JSON.

`python hive_peer.py SCENARIO.yaml RESULT.json`, by the interpreter of an environment with `nrel.hive` in it; nothing of
gridtwin is imported. Timed is the simulation with the writing of its results, not the reading of its inputs. HIVE is
spared its minute-by-minute log of all vehicles and stations: it writes what becomes of requests, and its summary.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path
from statistics import mean

import numpy as np
from nrel.hive.initialization.load import load_config, load_simulation  # type: ignore[import-not-found]
from nrel.hive.reporting.report_type import ReportType  # type: ignore[import-not-found]
from nrel.hive.runner.local_simulation_runner import LocalSimulationRunner  # type: ignore[import-not-found]

WRITTEN = {ReportType.ADD_REQUEST_EVENT, ReportType.CANCEL_REQUEST_EVENT, ReportType.PICKUP_REQUEST_EVENT}
SPARED = (
    "log_states",
    "log_instructions",
    "log_station_capacities",
    "log_time_step_stats",
    "log_fleet_time_step_stats",
)


def measure(scenario: Path, out: Path) -> dict[str, float]:
    """CPU seconds of the run; requests it was given and picked up; seconds these waited on average."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - HIVE draws from these
    config = load_config(scenario)
    logs = config.global_config._replace(log_sim_config=WRITTEN, **dict.fromkeys(SPARED, False))
    payload = load_simulation(config._replace(global_config=logs, scenario_output_directory=out))
    began = time.process_time()
    result = LocalSimulationRunner.run(payload)
    result.e.reporter.close(result)
    cpu_s = time.process_time() - began
    events = [json.loads(line) for line in (out / "event.log").read_text(encoding="utf-8").splitlines()]
    kinds = [event["report_type"] for event in events]
    waits = [_seconds(event["wait_time_seconds"]) for event in events if event["report_type"] == "pickup_request_event"]
    return {
        "cpu_s": cpu_s,
        "n_asked": kinds.count("add_request_event"),
        "n_served": len(waits),
        "wait_s": mean(waits) if waits else 0.0,
    }


def _seconds(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3_600 + int(minutes) * 60 + int(seconds)


def main() -> None:
    """Run on one core, and write what was measured."""
    scenario, result = Path(sys.argv[1]), Path(sys.argv[2])
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    measured = measure(scenario, result.parent / "hive")
    result.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main()

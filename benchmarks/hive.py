"""T3: NREL HIVE beside gridtwin: a day of Manhattan's taxis, 200 vehicles, 19,979 requests, 4,197 junctions.

The scenario is one that HIVE brings along (`manhattan`), as it stands. HIVE needs older packages than gridtwin and runs
in an environment of its own, made here with `venv` and `pip`; gridtwin runs the same streets, vehicles and requests.
CPU seconds of one core each; what the two do not do alike is printed with the result.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import taxis
from benchmarks.pinned import pinned

NEEDED = ("nrel.hive==1.3.1", "networkx==3.3", "setuptools<81")
"""With a newer networkx HIVE cannot read its own road network; with a newer setuptools it cannot be imported."""
PEER = Path(__file__).with_name("hive_peer.py")
WHERE = "import nrel.hive.resources.scenarios.manhattan as scenario; print(*scenario.__path__)"
NOT_ALIKE = (
    "HIVE moves in steps of 60 s, each matching all waiting requests with all idle vehicles by straight distance;",
    "  gridtwin acts at the instant: the vehicle that is soonest there by road, the request that has waited longest",
    "HIVE's vehicle carries its passenger and is free at the goal; gridtwin's carries nobody: it is busy as long as",
    "  that trip lasts, is free where it picked up, and drives towards where it began the day until it is sent again",
    "HIVE models batteries, charging and prices; gridtwin does not. HIVE's vehicles go to a base after half an hour",
    f"HIVE drops a request after ten minutes; gridtwin turns one away when {taxis.ROOM} are waiting",
    "HIVE writes the events of requests as JSON lines; gridtwin writes every fact to Parquet, with a digest",
)


@dataclass(frozen=True, slots=True)
class Peer:
    """HIVE's run: CPU seconds; requests it was given and picked up; seconds these waited on average."""

    cpu_s: float
    n_asked: int
    n_served: int
    wait_s: float


@contextmanager
def environment(folder: Path | None) -> Iterator[Path]:
    """The interpreter of an environment with HIVE in it: kept in `folder`, or thrown away where that is None."""
    if folder is None:
        with tempfile.TemporaryDirectory() as name, environment(Path(name) / "hive") as python:
            yield python
        return
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = folder / ".hive-installed"
    if not ready.exists():
        print(f"installing {', '.join(NEEDED)}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        _told([python, "-m", "pip", "install", *NEEDED])
        ready.touch()
    yield python


def run_hive(python: Path, scenario: Path) -> Peer:
    """Run HIVE once; it pins itself to one core."""
    with tempfile.TemporaryDirectory() as name:
        result = Path(name) / "result.json"
        _told([python, PEER, scenario / "manhattan.yaml", result], folder=Path(name))
        return Peer(**json.loads(result.read_text(encoding="utf-8")))


def _told(command: Sequence[str | Path], *, folder: Path | None = None) -> str:
    """What a command printed; the end of its complaints where it failed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[-2_000:]}")
    return done.stdout


def report(folder: Path | None, *, n_runs: int) -> None:
    """Run HIVE once, gridtwin a few times before and after it, and print both.

    `folder` keeps HIVE's environment for the next time.
    """
    with environment(folder) as python:
        scenario = Path(_told([python, "-c", WHERE]).strip())
        runs = [pinned(taxis.measure, scenario) for _ in range(n_runs // 2)]
        peer = run_hive(python, scenario)
        runs += [pinned(taxis.measure, scenario) for _ in range(n_runs - n_runs // 2)]
    middle = sorted(runs, key=lambda one: one.cpu_s)[len(runs) // 2]
    print(f"{middle.n_nodes:,} junctions, {middle.n_units} vehicles, {middle.n_asked:,} requests, 24 h", end="")
    print(f"; median of {n_runs}")
    _print_sides(peer, middle)
    print("not alike:")
    for line in NOT_ALIKE:
        print(f"  {line}")


def _print_sides(peer: Peer, ours: taxis.Taxis) -> None:
    whole_s = ours.cpu_s + ours.routing_s
    print(f"  HIVE      {peer.cpu_s:8.1f} s CPU  {_served(peer.n_served, peer.n_asked, peer.wait_s)}")
    print(f"  gridtwin  {ours.cpu_s:8.1f} s CPU  {_served(ours.n_served, ours.n_asked, ours.wait_s)}", end="")
    print(f"; {ours.n_facts:,} facts")
    print(f"            {ours.routing_s:8.1f} s CPU more to route {ours.n_asked:,} trips, which HIVE does in its run")
    print(
        f"  HIVE / gridtwin: {peer.cpu_s / whole_s:.0f} with the trips' routes, {peer.cpu_s / ours.cpu_s:.0f} without"
    )


def _served(n_served: int, n_asked: int, wait_s: float) -> str:
    return f"{n_served / max(1, n_asked):.1%} picked up, after {wait_s:.0f} s on average"


def report_village() -> None:
    """Run gridtwin's side alone, on a village, in this process."""
    with tempfile.TemporaryDirectory() as name:
        write_village(Path(name))
        ours = taxis.measure(Path(name))
    print(f"{ours.n_nodes:,} junctions, {ours.n_units} vehicles, {ours.n_asked:,} requests; HIVE itself was not run")
    print(f"  gridtwin  {ours.cpu_s:8.1f} s CPU  {_served(ours.n_served, ours.n_asked, ours.wait_s)}")
    print(f"            {ours.routing_s:8.1f} s CPU to route the trips")


def write_village(folder: Path, *, side: int = 6, n_vehicles: int = 3, n_requests: int = 40) -> None:
    """Write a scenario as HIVE's are, on `side` × `side` junctions."""
    nodes = [{"id": n, "x": -73.98 + n % side * 1e-3, "y": 40.75 + n // side * 1e-3} for n in range(side * side)]
    ends = [(n, n + 1) for n in range(side * side - 1) if (n + 1) % side]
    ends += [(n, n + side) for n in range(side * (side - 1))]
    links = [
        {"source": tail, "target": head, "length": 100.0, "speed_kmph": 40.0}
        for pair in ends
        for tail, head in (pair, pair[::-1])
    ]
    places = [f"{node['y']:.4f},{node['x']:.4f}" for node in nodes]
    asked = [
        f"{n},{places[n % 36]},{places[n * 7 % 36]},2014-12-21 {n // 4:02}:{n % 4 * 15:02}:00,1"
        for n in range(n_requests)
    ]
    files = {
        f"road_network/{taxis.STREETS}": json.dumps({"nodes": nodes, "links": links}),
        f"requests/{taxis.REQUESTS}": "\n".join(
            ["request_id,o_lat,o_lon,d_lat,d_lon,departure_time,passengers", *asked]
        ),
        f"vehicles/{taxis.VEHICLES}": "\n".join(
            ["vehicle_id,lat,lon", *(f"v{n},{places[n]}" for n in range(n_vehicles))]
        ),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")

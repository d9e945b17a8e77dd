"""The command line: nouns in the singular, `--json` where a program would read it, one sentence when input is bad.

A composition root: it joins everything, and holds no rule of the trade itself.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli_appraise import appraise
from scenarios.cli_bound import bound
from scenarios.cli_bundle import bundle
from scenarios.cli_catalogue import catalogue
from scenarios.cli_city import city_app, feed_app
from scenarios.cli_lab import experiment
from scenarios.cli_memo import memo
from scenarios.cli_output import any_text_can_be_printed, emit, problem, table, ticking
from scenarios.cli_policy import policy_app, scenario_app
from scenarios.cli_seat import seat_app
from scenarios.cli_size import size
from scenarios.cli_staff import staff
from twin.errors import GridtwinError

app = typer.Typer(
    name="gridtwin",
    help="A digital twin of a city's grid command centre: run it, replay it, ask it what if.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(city_app, name="city")
app.add_typer(feed_app, name="feed")
app.add_typer(scenario_app, name="scenario")
app.add_typer(policy_app, name="policy")
app.add_typer(seat_app, name="seat")
app.command()(size)
app.command()(staff)
app.command()(experiment)
app.command()(catalogue)
app.command()(appraise)
app.command()(bundle)
app.command()(memo)
app.command()(bound)

MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO)
"""Troubles of the machine, not of the program: one sentence, no traceback."""

Out = Annotated[Path, typer.Option("--out", help="Folder for the run.")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Overrides the scenario's seed.")]
PolicyName = Annotated[str | None, typer.Option("--policy", help="Short name or module:Class.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
From = Annotated[str | None, typer.Option("--from", help="First moment, local time: 2018-01-13.")]
To = Annotated[str | None, typer.Option("--to", help="End, exclusive.")]
Mapping = Annotated[str, typer.Option("--mapping", help="Name of a shipped mapping, or a YAML file.")]


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="A scenario file or a shipped name.")],
    out: Out,
    policy: PolicyName = None,
    seed: Seed = None,
    until: Annotated[str | None, typer.Option("--until", help="How long: 7d, 12h.")] = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a scenario into a run folder."""
    from scenarios.record import run_scenario

    with ticking("simulating") as tick:
        result = run_scenario(scenario, out=out, policy=policy, seed=seed, until=until, progress=tick)
    emit(result.manifest, result.kpi, out=out, as_json=as_json, warnings=result.warnings)


@app.command()
def replay(
    city: Annotated[Path, typer.Option("--city", help="A city folder.")],
    history: Annotated[Path, typer.Option("--history", help="The recorded history.")],
    mapping: Mapping,
    out: Out,
    recorded: Annotated[bool, typer.Option("--recorded", help="As it happened.")] = False,
    policy: PolicyName = None,
    calibration: Annotated[Path | None, typer.Option("--calibration", help="What `calibrate` wrote.")] = None,
    start: From = None,
    end: To = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Replay a history: as it happened (--recorded), or as our agents would have done it (--policy)."""
    from scenarios.record import replay_history
    from scenarios.replay import Source

    if recorded and policy is not None:
        raise typer.BadParameter("--recorded takes no --policy: it is what happened")
    with ticking("replaying") as tick:
        result = replay_history(
            Source(city, history, mapping, start, end),
            out=out,
            policy=None if recorded else policy or "nearest",
            calibration=calibration,
            seed=1 if seed is None else seed,
            progress=tick,
        )
    emit(result.manifest, result.kpi, out=out, as_json=as_json, warnings=result.warnings)


@app.command()
def calibrate(
    city: Annotated[Path, typer.Option("--city", help="A city folder.")],
    history: Annotated[Path, typer.Option("--history", help="The recorded history.")],
    mapping: Mapping,
    out: Annotated[Path, typer.Option("--out", help="The calibration file to write (YAML).")],
    start: From = None,
    end: To = None,
    as_json: AsJson = False,
) -> None:
    """Fit turnout, speeds and on-scene times to a history; `replay --calibration` and `extends:` read the result."""
    from scenarios.calibrate import calibrate_history
    from scenarios.replay import Source

    with ticking("calibrating") as tick:
        report = calibrate_history(Source(city, history, mapping, start, end), out=out, say=tick)
    table(report, title=f"Calibration written to {out}", as_json=as_json)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A run folder: what happened, or the policy to compare with.")],
    second: Annotated[Path, typer.Argument(help="Another run folder.")],
    headline: Annotated[
        list[str] | None, typer.Option("--headline", help="Kinds of unit reported first; repeat for more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set two runs side by side: P50, P90 and KS distance of travel and response, with intervals."""
    from scenarios.compare import compare_folders, in_words

    with ticking("comparing") as tick:
        found = compare_folders(first, second, headline=tuple(headline or ()), say=tick)
    report: dict[str, object] = {"comparisons": found} if as_json else {"seconds": in_words(found)}
    table(report, title=f"{second} against {first}, with 95 % bootstrap intervals", as_json=as_json)


@app.command()
def verify(
    run: Annotated[Path, typer.Argument(help="A run folder, or a bundle.")],
    city: Annotated[Path | None, typer.Option("--city", help="The city folder, if it has moved.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Where data lies that is not in the bundle.")] = None,
    rows: Annotated[int | None, typer.Option("--rows", min=1, help="So many runs of a bundle; default all.")] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="For a bundle; default one a core.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay a run's inputs, compute everything again, and compare every fact and figure; of a bundle, run by run."""
    from scenarios.lab.unbundle import verify_bundle
    from scenarios.verify import verify_run

    with ticking("verifying") as tick:
        if run.is_file():
            report = verify_bundle(run, data=data, n_rows=rows, n_processes=processes, progress=tick)
        else:
            report = verify_run(run, city=city, progress=tick)
    table(report, title=f"{run} is what it says", as_json=as_json)


@app.command()
def serve(
    what: Annotated[
        str, typer.Argument(help="A scenario, a run folder, a city folder, or the folder of a stopped twin.")
    ] = "",
    beside: Annotated[Path | None, typer.Option("--beside", help="A second run folder, set beside the first.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where a new twin keeps its journal.")] = None,
    begin: Annotated[str, typer.Option("--begin", help="Time of day a new twin is to have got to: 08:00.")] = "",
    speed: Annotated[float, typer.Option("--speed", min=0, max=3600, help="0: as fast as it goes.")] = 30.0,
    hold: Annotated[bool, typer.Option("--hold", help="Do not set the clock going.")] = False,
    seats: Annotated[Path | None, typer.Option("--seats", help="Who may come in: see `gridtwin seat`.")] = None,
    address: Annotated[
        str, typer.Option("--address", help="Where to listen; others than this machine need --seats.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8501,
) -> None:
    """Open the command room in the browser: a running twin, a finished run, a city, or the start page."""
    from scenarios.house import require_something
    from scenarios.seats import read_seats
    from scenarios.serve import serve_here
    from twin.console.desk import Wish
    from twin.console.launch import Served

    if what:
        require_something(what)
    if seats is not None:
        read_seats(seats)
    wish = Wish(
        _named(what),
        beside="" if beside is None else str(beside.resolve()),
        begin=begin,
        speed=speed or None,
        plays=not hold,
        folder="" if out is None else str(out.resolve()),
    )
    served = Served(wish, "" if seats is None else str(seats.resolve()))
    serve_here(served, port=port, address=address)


@app.command()
def finish(
    room: Annotated[Path, typer.Argument(help="The folder of a stopped twin.")],
    out: Out,
    as_json: AsJson = False,
) -> None:
    """Make a run folder of what a running twin has come to, commands and all: to be verified, compared, looked at."""
    from scenarios.record import record_room

    with ticking("recording") as tick:
        result = record_room(room, out=out, progress=tick)
    emit(result.manifest, result.kpi, out=out, as_json=as_json, warnings=result.warnings)


@app.command()
def demo(
    no_app: Annotated[bool, typer.Option("--no-app", help="Stop after the table.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Keep the run here.")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8501,
) -> None:
    """A day in the built-in street: the command room at work, and a table of the whole day's results."""
    import tempfile
    from contextlib import nullcontext

    from scenarios.record import run_scenario
    from scenarios.serve import page, until_open, wait_for
    from twin.console.desk import Wish
    from twin.console.launch import Served, free_port

    folder = out or Path(tempfile.mkdtemp(prefix="gridtwin-demo-")) / "run"
    room = Served(Wish("demo", begin="08:30", speed=10.0, plays=True))
    port = port or free_port()
    with nullcontext() if no_app else page(room, port=port) as process:
        if process is not None:
            until_open(process, port)
        with ticking("simulating a day") as tick:
            result = run_scenario("demo", out=folder, progress=tick)
        emit(result.manifest, result.kpi, out=folder, as_json=False, warnings=result.warnings)
        if process is not None:
            wait_for(process)


def _named(what: str) -> str:
    """A shipped name as it is, a path made absolute."""
    return str(Path(what).resolve()) if what and Path(what).exists() else what


@app.command()
def warm() -> None:
    """Compile the search kernels, so that the first run is as fast as the second."""
    from twin.roads.search import warm as compile_kernels

    compile_kernels()


@lru_cache(1)
def _command() -> Callable[[], object]:
    """All commands, put together once."""
    return typer.main.get_command(app)


def main() -> None:
    """Run the command line; bad input ends with one sentence and exit status 2."""
    any_text_can_be_printed()
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)  # so that a policy may lie where the command is given
    try:
        _command()()
    except GridtwinError as error:
        problem(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno not in MACHINE:
            raise
        problem(GridtwinError(error.strerror or str(error), file=error.filename))
        sys.exit(2)


if __name__ == "__main__":
    main()

"""`gridtwin experiment`: which alternative is better, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scenarios.cli_output import print_json, table, ticking
from twin.metrics.answer import PANEL, Answer, Compared, MeasureTold, Verdict
from twin.metrics.measure import Measure, Met
from twin.metrics.paired import Difference, Interval, Level

MOST_REPLICATIONS = 10_000
TOGETHER = 5
"""Measures of the panel that always stand side by side."""


def experiment(
    file: Annotated[Path, typer.Argument(help="An experiment file (YAML) or a shipped name.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results; the same one goes on where it stopped.")],
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Of this machine; by default one a core.")
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option("--replications", min=2, max=MOST_REPLICATIONS, help="Exactly so many, whatever the file says."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Try alternatives on the same days, over and over, until the difference between them is known."""
    from scenarios.lab.design import load_experiment
    from scenarios.lab.experiment import run_experiment
    from scenarios.lab.results import FAILURES
    from scenarios.run_folder import read_manifest

    plan = load_experiment(file, n_replications=replications)
    with ticking("experimenting") as tick:
        found = run_experiment(plan, out=out, n_processes=processes, progress=tick)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    title, *others = sentences(found)
    report: dict[str, object] = {"question": found.question} if found.question else {}
    report["also"] = others
    report |= dict(_tables(found))
    report["how sure"] = list(_how_sure(found, failures=out / FAILURES))
    report["assumed, not measured"] = list(plan.alternatives[0].scenario.assumptions)
    report["warnings"] = list(_warnings(read_manifest(out)))
    table({name: entry for name, entry in report.items() if entry}, title=title, as_json=False)


def sentences(found: Answer) -> list[str]:
    """The answer, most important first."""
    told = {each.measure: each for each in found.measures}
    told_all = [_sentence(verdict, told[verdict.measure]) for verdict in found.verdicts]
    if found.targets:
        told_all += [_on_targets(found, verdict) for verdict in found.verdicts]
    return told_all or ["Nothing happened that could be compared."]


def _sentence(verdict: Verdict, told: MeasureTold) -> str:
    where = f"At {verdict.point}: " if verdict.point else ""
    name, best = verdict.measure, _alone(verdict.best, verdict)
    high = _level(name, told.levels[verdict.best])
    gap, other = verdict.gap, verdict.runner_up
    if gap is None or other is None or gap.t is None or gap.mean is None:
        return f"{where}{best}: {name} is {high}."
    other = _alone(other, verdict)
    pairs = f"95 % interval {_range(name, gap.t)}, {gap.n} pairs"
    if verdict.is_decided:
        more = "more" if gap.mean > 0 else "less"
        by = _number(name, gap.mean, sign="+").lstrip("+-")
        return f"{where}{best} is best by {name}: {high}, {by} {more} than {other} ({pairs})."
    by = _number(name, gap.mean, sign="+")
    return f"{where}{best} and {other} cannot be told apart by {name}: the difference is {by} ({pairs})."


def _alone(name: str, verdict: Verdict) -> str:
    """The name of an alternative without that of its point."""
    return name.removesuffix(f", {verdict.point}") if verdict.point else name


def _on_targets(found: Answer, verdict: Verdict) -> str:
    where = f"At {verdict.point}: " if verdict.point else ""
    if verdict.meeting:
        return f"{where}all targets are met by {', '.join(_alone(name, verdict) for name in verdict.meeting)}."
    here = [each for each in found.alternatives if each.point == verdict.point]
    unsure = [_alone(each.name, verdict) for each in here if Met.MISSED not in each.targets.values()]
    if unsure:
        return f"{where}none surely meets all targets; {', '.join(unsure)} may: more replications would tell."
    return f"{where}none meets all targets."


def _tables(found: Answer) -> Iterator[tuple[str, object]]:
    names = [each.measure for each in found.measures]
    own = [name for name in names if name not in PANEL]
    panel = [*own, *(name for name in PANEL if name in names)]
    told = {each.measure: each for each in found.measures}
    first = len(own) + TOGETHER
    for title, columns in (("levels, ± half the 95 % interval", panel[:first]), ("besides", panel[first:])):
        yield (
            title,
            [
                {"": each.name, **{name: _level(name, told[name].levels[each.name]) for name in columns}}
                for each in found.alternatives
            ]
            if columns
            else [],
        )
    if found.targets:
        yield (
            "targets",
            [
                {"": each.name, **{target: met.value for target, met in each.targets.items()}}
                for each in found.alternatives
            ],
        )
    rows = [
        _difference(name, each, compared) for name in panel[:first] for each, compared in told[name].differences.items()
    ]
    yield "differences, replication by replication", rows


def _difference(measure: str, name: str, compared: Compared) -> dict[str, object]:
    gap = compared.difference
    return {
        "": measure,
        "of": f"{name} − {compared.against}",
        "difference": _mean(measure, gap),
        "95 % by t": _interval(measure, gap.t),
        "95 % by BCa": _interval(measure, gap.bca),
        "p (Holm)": "–" if gap.p_holm is None else f"{gap.p_holm:.3g}",
        "worth": "–" if gap.variance_factor is None else f"× {gap.variance_factor:.1f}",
        "more needed": "–" if compared.n_more is None else f"about {compared.n_more:,}",
    }


def _how_sure(found: Answer, *, failures: Path) -> Iterator[str]:
    yield (
        f"{found.n} replications of each alternative on common random numbers; 'worth' is how many times as many "
        "independent ones would have taken."
    )
    n = sum(len(each.differences) for each in found.measures)
    if n:
        yield f"p is adjusted by Holm for {n} comparisons; 'more needed' is for the sign, or the half-width asked for."
    if not found.is_exact:
        yield "The half-width asked for was not reached: raise replications.at_most."
    if found.warm_up_s:
        yield f"The first {found.warm_up_s / 3600:,.1f} h of every run were left out as warm-up."
    yield f"Late: the first unit came more than {found.late_after_s / 60:g} min after the report, or never."
    if found.n_failed:
        yield f"{found.n_failed} runs failed; {failures} says which, and why."


def _warnings(manifest: Mapping[str, object]) -> Iterator[str]:
    """What a person should read of the alternatives; what holds for all of them is said once."""
    told = manifest["alternatives"]
    assert isinstance(told, list)
    by_text: dict[str, list[str]] = {}
    for each in told:
        for text in each["warnings"]:
            by_text.setdefault(text, []).append(each["name"])
    for text, names in by_text.items():
        yield text if len(names) == len(told) else f"{', '.join(names)}: {text}"


# ------------------------------------------------------------------------------------------------------- numbers


def _level(measure: str, found: Level) -> str:
    if found.mean is None:
        return "–"
    text = _number(measure, found.mean)
    return text if found.t is None else f"{text} ± {_number(measure, found.t.half_width)}"


def _mean(measure: str, gap: Difference) -> str:
    return "–" if gap.mean is None else _number(measure, gap.mean, sign="+")


def _interval(measure: str, found: Interval | None) -> str:
    return "–" if found is None else _range(measure, found)


def _range(measure: str, found: Interval) -> str:
    return f"{_number(measure, found.low, sign='+')} to {_number(measure, found.high, sign='+')}"


def _number(measure: str, value: float, *, sign: str = "") -> str:
    """A number in the unit of its measure: seconds, per cent (points, where it is a difference), or plain."""
    name = Measure.parse(measure).name
    if name.endswith("_s"):
        return f"{value:{sign},.0f} s" if abs(value) >= 100 else f"{value:{sign},.1f} s"
    if name.endswith("_share"):
        return f"{value * 100:{sign},.1f} {'points' if sign else '%'}"
    return f"{value:{sign},.3g}" if abs(value) < 1_000 else f"{value:{sign},.0f}"

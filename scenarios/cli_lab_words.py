"""What `gridtwin experiment` prints besides its sentences: tables, how sure they are, and what a person should read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from scenarios.cli_numbers import ends, level, number
from twin.metrics.answer import PANEL, Answer, Compared
from twin.metrics.paired import Difference, Interval
from twin.views.experiment import TOGETHER


def tables(found: Answer) -> Iterator[tuple[str, object]]:
    """Levels, targets and differences, as rows."""
    names = [each.measure for each in found.measures]
    own = [name for name in names if name not in PANEL]
    panel = [*own, *(name for name in PANEL if name in names)]
    told = {each.measure: each for each in found.measures}
    first = len(own) + len(TOGETHER)
    for title, columns in (("levels, ± half the 95 % interval", panel[:first]), ("besides", panel[first:])):
        yield (
            title,
            [
                {"": each.name, **{name: level(name, told[name].levels[each.name]) for name in columns}}
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


def how_sure(found: Answer, *, failures: Path) -> Iterator[str]:
    """What the figures rest on."""
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


def warnings(manifest: Mapping[str, object]) -> Iterator[str]:
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


def _mean(measure: str, gap: Difference) -> str:
    return "–" if gap.mean is None else number(measure, gap.mean, sign="+")


def _interval(measure: str, found: Interval | None) -> str:
    return "–" if found is None else ends(measure, found)

"""Charts of an experiment: differences of all measures together, how long people wait, hours, and groups of cases.

In: what is shown of an experiment, words and colours. Out: Altair charts; None where there is nothing to draw. Names of
alternatives and groups are data values, never markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import altair as alt

from twin.metrics.paired import Level
from twin.views.experiment import Bins, ExperimentShown, told_first
from twin.views.measuring import amount, change, measure_name
from twin.views.palette import Colour, Palette, Theme, css
from twin.views.words import Words

BETTER, WORSE, OPEN = "better", "worse", "open"
_ROW_PX, _AXIS_PX, _MOST_PX = 26, 100, 750
_SHOWN_SHARE = 0.985
"""Waits longer than those of so many responses are left out of the chart."""
_BIN_S = 30
"""Width of the bins of responses, seconds."""
_CURVE_PX, _TEXT_PX = 330, 90
"""Height of curves, and room for what is written beside an interval."""
Row = dict[str, object]


def judged(low: float, high: float, *, more_is_better: bool) -> str:
    """Whether a difference is better, worse, or cannot be told from none."""
    if low <= 0 <= high:
        return OPEN
    return BETTER if (low > 0) == more_is_better else WORSE


def judged_colour(verdict: str, colours: Palette) -> Colour:
    """Blue for better, vermilion for worse, grey for what cannot be told."""
    return {BETTER: colours.bands[0].colour, WORSE: colours.bands[3].colour, OPEN: colours.roads[0]}[verdict]


def difference_chart(shown: ExperimentShown, words: Words, colours: Palette) -> alt.LayerChart | None:
    """Paired differences of the measures that belong together, in per cent, so that less is better everywhere."""
    rows = list(_differences(shown, words))
    if not rows:
        return None
    n_rows = len({(row["measure"], row["name"]) for row in rows})
    title = words("lab.chart.percent")
    return _with_intervals(rows, words, colours, title=title, height=min(_MOST_PX, _AXIS_PX + _ROW_PX * n_rows))


def group_chart(shown: ExperimentShown, by: str, column: str, words: Words, colours: Palette) -> alt.LayerChart | None:
    """Differences by group of cases, in the unit of the figure."""
    measure = measure_of(column)
    scale = 100.0 if column == "late_share" else 1 / 60
    rows: list[Row] = []
    for group in shown.groups[by, column]:
        for name, found in group.differences.items():
            if found.mean is None or found.t is None:
                continue
            rows.append(
                {
                    "measure": group.group,
                    "name": name,
                    "mean": found.mean * scale,
                    "low": found.t.low * scale,
                    "high": found.t.high * scale,
                    "verdict": judged(found.t.low, found.t.high, more_is_better=False),
                    "told": change(measure, found.mean, words),
                }
            )
    if not rows:
        return None
    unit = words("lab.chart.points" if column == "late_share" else "lab.chart.minutes")
    height = min(_MOST_PX, _AXIS_PX + _ROW_PX * len(rows))
    return _with_intervals(rows, words, colours, title=f"{measure_name(measure, words)}, {unit}", height=height)


def spread_chart(shown: ExperimentShown, words: Words, colours: Palette) -> alt.Chart | None:
    """Share of responses within so many minutes, one line an alternative."""
    rows = [row for name, bins in shown.spread.items() for row in _cumulated(name, bins)]
    if not rows:
        return None
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(interpolate="linear", strokeWidth=2)
        .encode(
            x=alt.X("minutes:Q", title=words("lab.chart.minutes")),
            y=alt.Y("share:Q", title=words("lab.chart.within"), scale=alt.Scale(domain=[0, 100])),
            color=_of_alternatives(shown, colours),
            tooltip=_tooltip(
                ("name", "N", words("lab.column.name")),
                ("minutes", "Q", words("lab.chart.minutes")),
                ("share", "Q", words("lab.chart.within")),
            ),
        )
        .properties(height=_CURVE_PX)
    )


def hour_chart(shown: ExperimentShown, column: str, words: Words, colours: Palette) -> alt.LayerChart | None:
    """A figure by hour of the day, one line an alternative, with its interval."""
    scale, unit = (100.0, "%") if column == "late_share" else (1 / 60, words("lab.chart.minutes"))
    rows: list[Row] = []
    for group in shown.groups["hour", column]:
        for name, found in group.levels.items():
            if found.mean is not None:
                rows.append({"hour": int(group.group), "name": name, **_edges(found, scale)})
    if not rows:
        return None
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("hour:Q", title=words("lab.chart.of_day"), scale=alt.Scale(nice=False), axis=alt.Axis(tickMinStep=1)),
        color=_of_alternatives(shown, colours),
    )
    title = f"{measure_name(measure_of(column), words)}, {unit}"
    band = base.mark_area(opacity=0.13).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=22)).encode(
        y=alt.Y("mean:Q", title=title),
        tooltip=_tooltip(
            ("name", "N", words("lab.column.name")), ("hour", "Q", words("lab.chart.of_day")), ("mean", "Q", title)
        ),
    )
    return alt.layer(band, line).properties(height=_CURVE_PX)


def measure_of(column: str) -> str:
    """The measure that a figure of groups is: "response_s_mean" is "mean response_s"."""
    name, _, figure = column.rpartition("_s_")
    return f"{figure} {name}_s" if name else column


def alternative_colours(colours: Palette) -> list[str]:
    """Colours of alternatives, told apart without colour vision: Okabe and Ito's."""
    if colours.theme is Theme.DARK:
        return ["#b0b6bc", "#56b4e9", "#e69f00", "#2fc48d", "#f0e442", "#d98cc0"]
    return ["#5b6168", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00"]


# ---------------------------------------------------------------------------------------------------- rows


def _differences(shown: ExperimentShown, words: Words) -> Iterator[Row]:
    for told in told_first(shown.answer):
        sign = -1.0 if told.more_is_better else 1.0
        for name, compared in told.differences.items():
            gap, base = compared.difference, told.levels[compared.against].mean
            if gap.mean is None or gap.t is None or not base:
                continue
            edges = sorted(sign * edge / abs(base) * 100 for edge in (gap.t.low, gap.t.high))
            yield {
                "measure": measure_name(told.measure, words),
                "name": name,
                "mean": sign * gap.mean / abs(base) * 100,
                "low": edges[0],
                "high": edges[1],
                "verdict": judged(gap.t.low, gap.t.high, more_is_better=told.more_is_better),
                "told": f"{change(told.measure, gap.mean, words)} ({amount(told.measure, base, words)})",
            }


def _cumulated(name: str, bins: Bins) -> Iterator[Row]:
    total, so_far = sum(n for _, n in bins), 0
    yield {"name": name, "minutes": 0.0, "share": 0.0}
    for low_s, n in bins:
        so_far += n
        if so_far > total * _SHOWN_SHARE:
            return
        yield {"name": name, "minutes": (low_s + _BIN_S) / 60, "share": so_far / total * 100}


def _edges(found: Level, scale: float) -> Row:
    assert found.mean is not None
    low, high = (found.mean, found.mean) if found.t is None else (found.t.low, found.t.high)
    return {"mean": found.mean * scale, "low": max(0.0, low) * scale, "high": high * scale}


# ---------------------------------------------------------------------------------------------------- marks


def _with_intervals(rows: Sequence[Row], words: Words, colours: Palette, *, title: str, height: int) -> alt.LayerChart:
    """A point and its interval in each row, coloured by verdict, with the figure written beside it."""
    several = len({row["name"] for row in rows}) > 1
    called = {verdict: words(f"lab.verdict.{verdict}") for verdict in (BETTER, WORSE, OPEN)}
    told = [
        row
        | {
            "label": f"{row['measure']} · {row['name']}" if several else row["measure"],
            "verdict": called[str(row["verdict"])],
        }
        for row in rows
    ]
    colour = alt.Color(
        "verdict:N",
        title=None,
        scale=alt.Scale(
            domain=list(called.values()), range=[css(judged_colour(verdict, colours)) for verdict in called]
        ),
        legend=alt.Legend(orient="top"),
    )
    base = alt.Chart(alt.Data(values=told)).encode(
        y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=330, labelOverlap=False)), color=colour
    )
    along = alt.X("low:Q", title=title, scale=alt.Scale(padding=_TEXT_PX, nice=False))
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=css(colours.text), opacity=0.6)
    rule = base.mark_rule(strokeWidth=2.5).encode(x=along, x2="high:Q")
    point = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("mean:Q", title=title),
        tooltip=_tooltip(
            ("measure", "N", words("lab.column.measure")),
            ("name", "N", words("lab.column.name")),
            ("told", "N", words("lab.column.gap")),
        ),
    )
    text = base.mark_text(align="left", dx=8, fontSize=11).encode(
        x=alt.X("high:Q", title=title), text="told:N", color=alt.value(css(colours.text))
    )
    return alt.layer(zero.encode(x="zero:Q"), rule, point, text).properties(height=height)


def _of_alternatives(shown: ExperimentShown, colours: Palette) -> alt.Color:
    names = [each.name for each in shown.answer.alternatives]
    return alt.Color(
        "name:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=names, range=alternative_colours(colours)),
        legend=alt.Legend(orient="top", labelLimit=420, columns=2, symbolStrokeWidth=3, symbolOpacity=1),
    )


def _tooltip(*columns: tuple[str, str, str]) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(f"{name}:{kind}", title=title, format=".1f" if kind == "Q" and name != "hour" else "")
        for name, kind, title in columns
    ]

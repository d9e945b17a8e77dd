"""The cost–service curve: a measure over cost or people, with intervals, the knee, and what theory expects.

In: a `ServiceCurve`, a measure, words and colours. Out: an Altair chart.
"""

from __future__ import annotations

import altair as alt

from twin.domain.quantities import times
from twin.metrics.measure import Measure, Target
from twin.metrics.service_curve import COST, LevelTold, ServiceCurve
from twin.views.measuring import level_told, measure_name
from twin.views.palette import Palette, css
from twin.views.staff_verdict import theory_told
from twin.views.words import Words

_HEIGHT_PX = 330
Row = dict[str, object]


def curve_chart(found: ServiceCurve, measure: str, words: Words, colours: Palette) -> alt.LayerChart:
    """Levels as points on a line, left the fewest people."""
    scale, unit = _unit(measure, words)
    rows = [
        _row(found, each, measure, scale, words) for each in found.levels if each.measures[measure].mean is not None
    ]
    title = measure_name(measure, words) + (f", {unit}" if unit else "")
    over = words("staff.axis.cost", currency=found.currency) if found.over == COST else words("staff.axis.people")
    ink, theory = css(colours.bands[0].colour), css(colours.bands[2].colour)
    base = alt.Chart(alt.Data(values=rows)).encode(x=alt.X("x:Q", title=over, scale=alt.Scale(zero=False, padding=24)))
    y = alt.Y("mean:Q", title=title, scale=alt.Scale(zero=True))
    layers = [
        base.mark_area(opacity=0.16, color=ink).encode(y=alt.Y("low:Q", title=title), y2="high:Q"),
        base.mark_rule(color=ink, strokeWidth=2).encode(y="low:Q", y2="high:Q"),
        base.mark_line(color=ink, strokeWidth=2.5, point=alt.OverlayMarkDef(size=55, color=ink)).encode(
            y=y,
            tooltip=[
                alt.Tooltip("level:N", title=words("staff.column.level")),
                alt.Tooltip("people:Q", title=words("staff.people")),
                alt.Tooltip("told:N", title=measure_name(measure, words)),
                alt.Tooltip("theory_told:N", title=words("staff.table.theory")),
            ],
        ),
        base.mark_text(dy=-12, align="left", dx=4, fontSize=11, color=css(colours.text)).encode(y=y, text="level:N"),
    ]
    if any(row["theory"] is not None for row in rows):
        layers.append(
            base.mark_line(color=theory, strokeDash=[6, 4], strokeWidth=2)
            .encode(y="theory:Q")
            .transform_filter("isValid(datum.theory)")
        )
    layers += _marked(base, y, found, colours)
    layers += [
        alt.Chart(alt.Data(values=[{"limit": target.limit * scale}]))
        .mark_rule(color=css(colours.closed), strokeDash=[2, 3])
        .encode(y="limit:Q")
        for target in map(Target.parse, found.targets)
        if str(target.measure) == measure
    ]
    return alt.layer(*layers).properties(height=_HEIGHT_PX)


def measures_in(found: ServiceCurve) -> list[str]:
    """What can be drawn: what some level tells of, what targets are about first."""
    return [
        name for name in found.levels[0].measures if any(each.measures[name].mean is not None for each in found.levels)
    ]


def _marked(base: alt.Chart, y: alt.Y, found: ServiceCurve, colours: Palette) -> list[alt.Chart]:
    """A diamond around the knee, and a ring around the cheapest level that is enough."""
    marks = []
    knee = None if found.knee is None else found.knee.times
    for level, shape, size in ((knee, "diamond", 330), (found.cheapest, "circle", 520)):
        if level is not None:
            marks.append(
                base.mark_point(shape=shape, size=size, strokeWidth=2, color=css(colours.text))
                .encode(y=y)
                .transform_filter(f"datum.level === '{times(level)}'")
            )
    return marks


def _row(found: ServiceCurve, each: LevelTold, measure: str, scale: float, words: Words) -> Row:
    level = each.measures[measure]
    assert level.mean is not None
    cost = each.cost_per_day
    low, high = (level.mean, level.mean) if level.t is None else (level.t.low, level.t.high)
    is_told = each.theory is not None and measure in each.theory.values
    value = each.theory.values[measure] if each.theory is not None and is_told else None
    return {
        "x": cost.mean if found.over == COST and cost is not None else each.n_people,
        "level": times(each.times),
        "people": each.n_people,
        "mean": level.mean * scale,
        "low": max(0.0, low) * scale,
        "high": high * scale,
        "theory": None if value is None else value * scale,
        "told": level_told(measure, level, words),
        "theory_told": theory_told(each, measure, words) if is_told else words("none"),
    }


def _unit(measure: str, words: Words) -> tuple[float, str]:
    name = Measure.parse(measure).name
    if name.endswith("_s"):
        return 1 / 60, words("lab.chart.minutes")
    return (100.0, "%") if name.endswith("_share") else (1.0, "")

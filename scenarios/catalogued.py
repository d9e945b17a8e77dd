"""Matters by catalogue: a source of problems may take them from a list of hundreds of rows instead of naming each.

In: a scenario whose `problems` name a catalogue and say, by skill, class or matter, how such problems live. Out: the
same scenario with every matter written out: what it needs, its limit, and its department at the centre.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from city_data.catalogue import read_rows
from city_data.made.matters import chebei_catalogue
from scenarios.spec import Scenario
from scenarios.spec_centre import MatterLoop
from scenarios.spec_limits import Limited, LimitSpec
from scenarios.spec_problems import CatalogueSpec, MatterKind, ProblemMatter, Problems
from twin.domain.catalogue import CatalogueRow, LimitCalendar
from twin.domain.light import AROUND_THE_CLOCK
from twin.errors import ScenarioError

ANY = "*"
FINDER = "grid_worker"
"""The kind of unit that a row's share settled on the spot is about."""
WORKING = "working"
"""The calendar of a scenario on which rows with working hours are counted."""


def with_catalogues(scenario: Scenario) -> Scenario:
    """A scenario with the matters of its catalogues written out.

    Raises
    ------
    ScenarioError, CityError : a catalogue that cannot be read, a kind no row is of, a row no kind fits, or working
        hours without a calendar for them.
    """
    if not any(source.catalogue is not None for source in scenario.problems):
        return scenario
    problems: list[Problems] = []
    limits: dict[str, Limited] = {}
    departments: dict[str, MatterLoop] = {}
    for place, source in enumerate(scenario.problems):
        if source.catalogue is None:
            problems.append(source)
            continue
        key = f"problems.{place}"
        rows = _rows(source.catalogue)
        matters = _matters(source, rows, key=key)
        problems.append(source.model_copy(update={"matters": {**matters, **source.matters}, "catalogue": None}))
        for row in rows:
            if row.limit is not None:
                limits[row.name_zh] = _limit(row, has_calendar=WORKING in scenario.calendars, key=key)
            if row.department is not None:
                departments[row.name_zh] = MatterLoop(department=row.department)
    centre = scenario.centre
    if centre is not None:
        known = {name: rule for name, rule in departments.items() if rule.department in centre.departments}
        said = centre.matters
        both = {name: _joined(rule, said[name]) if name in said else rule for name, rule in known.items()}
        centre = centre.model_copy(update={"matters": {**said, **both}})
    update = {"problems": tuple(problems), "limits": {**limits, **scenario.limits}, "centre": centre}
    return scenario.model_copy(update=update)


def _rows(spec: CatalogueSpec) -> tuple[CatalogueRow, ...]:
    rows = chebei_catalogue().of() if spec.file is None else read_rows(spec.file, standard=spec.standard)
    twice = {name for name, n in Counter(row.name_zh for row in rows).items() if n > 1}
    if twice:
        raise ScenarioError(f"two rows are called {sorted(twice)[0]!r}: a scenario tells matters apart by name")
    return rows


def _matters(source: Problems, rows: Iterable[CatalogueRow], *, key: str) -> dict[str, ProblemMatter]:
    """Each row as a matter; a kind's share is split evenly among its rows."""
    kind_of = {row.name_zh: _kind(source, row, key=key) for row in rows}
    n_of = Counter(kind_of.values())
    for name in source.kinds:
        if name not in n_of:
            raise ScenarioError(f"no row of the catalogue is of the kind {name!r}", key=f"{key}.kinds")
    return {row.name_zh: _matter(source.kinds[kind_of[row.name_zh]], row, n_of[kind_of[row.name_zh]]) for row in rows}


def _kind(source: Problems, row: CatalogueRow, *, key: str) -> str:
    """Which of `kinds` a row is of, the most particular first."""
    for name in (row.name_zh, row.class_zh, row.skill, ANY):
        if name in source.kinds:
            return str(name)
    raise ScenarioError(f"no kind fits {row.name_zh!r} ({row.class_zh}, {row.skill})", key=f"{key}.kinds")


def _matter(kind: MatterKind, row: CatalogueRow, n: int) -> ProblemMatter:
    needs = kind.needs or ((row.skill,) if row.skill is not None else ())
    settles = dict(kind.settles)
    if row.on_the_spot_share is not None and FINDER not in settles:
        settles[FINDER] = row.on_the_spot_share
    said = {name: getattr(kind, name) for name in type(kind).model_fields}
    own = {"needs": needs, "share": kind.share / n, "settles": settles, "english": row.name_en or None}
    return ProblemMatter(**(said | own))


def _limit(row: CatalogueRow, *, has_calendar: bool, key: str) -> Limited:
    assert row.limit is not None
    is_working = row.limit.calendar is LimitCalendar.WORKING
    if is_working and not has_calendar:
        raise ScenarioError(f"{row.name_zh!r} counts working hours: name a calendar {WORKING!r}", key=key)
    return LimitSpec.model_construct(within=row.limit.span_us, on=WORKING if is_working else AROUND_THE_CLOCK)


def _joined(usual: MatterLoop, said: MatterLoop) -> MatterLoop:
    """What a scenario says of a matter, and the department of its row where it does not name one."""
    return said if said.department is not None else said.model_copy(update={"department": usual.department})

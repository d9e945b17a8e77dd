"""Limits as a scenario writes them: on calendars, in working hours and days, and what is refused by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scenarios.build import build_limits, spec_hash
from scenarios.load import load_scenario
from scenarios.spec import Scenario
from twin.domain.calendar import Calendar
from twin.domain.light import Limit
from twin.domain.quantities import DAY, HOUR
from twin.errors import ScenarioError

OFFICE = """calendars:
  office:
    from: "08:30"
    to: "18:00"
    break: { at: "12:00", lasting: 2h }
    holidays: [2026-05-01]
    workdays: { 2026-05-09: 4 }
"""


def scenario(tmp_path: Path, text: str) -> Scenario:
    file = tmp_path / "s.yaml"
    file.write_text(f"name: x\n{text}", "utf-8")
    return load_scenario(file)


def test_a_calendar_has_hours_a_break_holidays_and_days_that_make_up(tmp_path: Path) -> None:
    limits = build_limits(scenario(tmp_path, OFFICE))
    day = (510, 720), (840, 1080)
    week = (day,) * 5 + ((),) * 2
    assert limits.calendars == {
        "office": Calendar(week, frozenset({date(2026, 5, 1)}), ((date(2026, 5, 9), 4),)),
    }


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("4h", 4 * HOUR),
        ("5d", 5 * DAY),
        ("{ within: 5d }", Limit(5 * DAY)),
        ("{ within: 1d12h, on: clock }", Limit(36 * HOUR)),
        ("{ within: 4h, on: office }", Limit(4 * HOUR, "office")),
        ("{ within: 4wh, on: office }", Limit(4 * HOUR, "office")),
        ("{ within: 3600, on: office }", Limit(HOUR, "office")),
        ("{ within: 2wd, on: office }", Limit(15 * HOUR, "office")),
        ("{ within: 0.5 d, on: office }", Limit(int(3.75 * HOUR), "office")),
        ("{ within: 4h, yellow_below: 1h, share: 0.5 }", Limit(4 * HOUR, yellow_us=HOUR, yellow_share=0.5)),
    ],
)
def test_a_limit_counts_the_time_of_its_calendar(said: str, limit: int | Limit, tmp_path: Path) -> None:
    assert build_limits(scenario(tmp_path, f"{OFFICE}limits: {{ leak: {said} }}")).by_matter == {"leak": limit}


def test_those_who_pass_cases_down_have_limits_by_channel(tmp_path: Path) -> None:
    limits = build_limits(scenario(tmp_path, f"{OFFICE}upstream: {{ city: {{ within: 5wd, on: office }}, 12345: 2d }}"))
    assert limits.upstream == {"city": Limit(int(37.5 * HOUR), "office"), "12345": 2 * DAY}


def test_what_a_manifest_keeps_of_them_says_the_same(tmp_path: Path) -> None:
    text = (
        f"{OFFICE}limits: {{ a: {{ within: 2wd, on: office }}, b: {{ within: 4h }}, c: 1h }}\nupstream: {{ city: 5d }}"
    )
    asked = scenario(tmp_path, text)
    kept = Scenario.model_validate(asked.model_dump(mode="json", by_alias=True, exclude_none=True))
    assert kept == asked
    assert build_limits(kept) == build_limits(asked)


def test_they_are_no_part_of_the_checksum(tmp_path: Path) -> None:
    text = f"{OFFICE}limits: {{ a: {{ within: 2wd, on: office }} }}\nupstream: {{ city: 5d }}"
    assert spec_hash(scenario(tmp_path, text), []) == spec_hash(Scenario(name="x"), [])


HOURS = 'from: "08:30", to: "18:00"'


@pytest.mark.parametrize(
    ("text", "line", "key", "why"),
    [
        ("limits: { a: { within: 4h, on: night } }", 2, "limits.a.on", "no calendar 'night': known are clock"),
        ("upstream:\n  city: { within: 4h, on: night }", 3, "upstream.city.on", "no calendar 'night'"),
        ("limits: { a: { within: 4wh } }", 2, "limits.a.within", "need a calendar"),
        ("limits: { a: { within: 0wd } }", 2, "limits.a.within", "greater than 0"),
        ("limits: { a: { within: [1] } }", 2, "limits.a.within", "write a span"),
        ("limits: { a: { within: 300000d } }", 2, "limits.a.within", "longer than 100 years"),
        ("limits: { a: { within: 4h, until: 5h } }", 2, "limits.a.until", "unknown key"),
        ("limits: { a: { on: clock } }", 2, "limits.a.within", "missing"),
        ("limits: { a: [4h] }", 2, "limits.a", "span of time"),
        ("limits: { a: { within: 4h, share: 2 } }", 2, "limits.a.share", "less than"),
        ("upstream: { city: { within: 4h, share: 1 } }", 2, "upstream.city.share", "unknown key"),
        (f"{OFFICE}limits: {{ a: {{ within: 1d4h, on: office }} }}", 9, "limits.a.within", "days alone"),
        (f"{OFFICE}limits: {{ a: {{ within: 30000d, on: office }} }}", 9, "limits.a.within", "longer than 100 years"),
        (f"calendars: {{ clock: {{ {HOURS} }} }}", 2, "calendars.clock", "another name"),
        ('calendars: { w: { from: "18:00", to: "08:30" } }', 2, "calendars.w.to", "24:00"),
        ('calendars: { w: { from: "8:30", to: "18:00" } }', 2, "calendars.w.from", "time of day"),
        (f"calendars: {{ w: {{ {HOURS}, weekdays: [] }} }}", 2, "calendars.w.weekdays", "at least 1"),
        (f"calendars: {{ w: {{ {HOURS}, weekdays: [7] }} }}", 2, "calendars.w.weekdays.0", "less than"),
        (f"calendars: {{ w: {{ {HOURS}, holidays: [2026-02-30] }} }}", 2, "calendars.w.holidays.0", "day"),
        (f"calendars: {{ w: {{ {HOURS}, holidays: [20260501] }} }}", 2, "calendars.w.holidays.0", "not a date"),
        (f"calendars: {{ w: {{ {HOURS}, workdays: {{ May: 1 }} }} }}", 2, "calendars.w.workdays.May", "not a date"),
        (
            f"calendars: {{ w: {{ {HOURS}, workdays: {{ 2026-05-09: 6 }} }} }}",
            2,
            "calendars.w.workdays.2026-05-09",
            "nobody works on weekday 6",
        ),
        (
            f"calendars: {{ w: {{ {HOURS}, workdays: {{ 2026-05-09: 4 }}, holidays: [2026-05-09] }} }}",
            2,
            "calendars.w.workdays.2026-05-09",
            "holiday",
        ),
        (f'calendars: {{ w: {{ {HOURS}, break: {{ at: "17:00", lasting: 1h }} }} }}', 2, "calendars.w.break", "within"),
        (f'calendars: {{ w: {{ {HOURS}, break: {{ at: "12:00", lasting: 5s }} }} }}', 2, "calendars.w.break", "minute"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line_and_key(
    text: str, line: int, key: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError) as told:
        scenario(tmp_path, text)
    assert (told.value.line, told.value.key) == (line, key)
    assert why in told.value.message

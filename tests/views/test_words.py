"""Both languages say everything, with the same fields, and the pages ask for nothing else."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from string import Formatter

import pytest

from twin.domain.mode import CAR, E_BIKE, WALK
from twin.domain.unit import UnitStatus
from twin.views.words import PHRASES, Language, Words

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "twin" / "views" / "words"
SOURCES = [*(ROOT / "twin" / "views").glob("*.py"), *(ROOT / "twin" / "console").rglob("*.py")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"none", "tip.facility", "tip.unit", "room.units.figure", "card.order"}
english, chinese = Words(Language.ENGLISH), Words(Language.CHINESE)


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize("key", PHRASES)
def test_a_phrase_has_both_languages_and_the_same_fields_in_both(key: str) -> None:
    first, second = PHRASES[key]
    assert first
    assert not CHINESE.search(first)
    assert key in SAME_IN_BOTH or CHINESE.search(second)
    assert fields(first) == fields(second)


def test_no_phrase_stands_in_two_catalogues() -> None:
    keys = [
        key
        for page in CATALOGUES.glob("*.py")
        for key in re.findall(r'^    "([a-z0-9_.]+)":', page.read_text("utf-8"), re.M)
    ]
    assert len(keys) == len(set(keys)) > 400


def test_every_phrase_is_used_and_every_phrase_used_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    own = (CATALOGUES / "__init__.py").read_text(encoding="utf-8")
    asked = set(re.findall(r'(?:words|Words\(\w+\)|self|t\.words)\(\s*["\']([a-z0-9_.]+)["\']', code + own))
    named = set(re.findall(r'"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"', code)) & set(PHRASES)
    begun = {key.partition("{")[0] for key in re.findall(r'f["\']([a-z_.]+\.\{)', code)}
    begun |= {f"{family}." for family in re.findall(r'(?:words|self)\.named\(\s*"([a-z]+)"', code + own)}
    more = re.findall(r'f"\{key\}(\.[a-z_]+)"', code)
    used = asked | named
    used |= {key for key in PHRASES for end in more if key.endswith(end) and key.removesuffix(end) in used}
    assert used <= set(PHRASES)
    assert {key for key in PHRASES if key not in used and not key.startswith(tuple(begun))} == set()


def test_pages_hold_no_chinese_of_their_own() -> None:
    strays = [path.name for path in SOURCES if CHINESE.search(path.read_text("utf-8"))]
    assert strays == ["page.py"]  # the name of the language itself, on the switch


@pytest.mark.parametrize(
    ("seconds", "in_english", "in_chinese"),
    [
        (None, "–", "–"),
        (0.0, "0 s", "0秒"),
        (59.6, "1 min 00 s", "1分00秒"),
        (379.2, "6 min 19 s", "6分19秒"),
        (3_725.0, "1 h 02 min", "1小时02分"),
    ],
)
def test_spans_are_written_out(seconds: float | None, in_english: str, in_chinese: str) -> None:
    assert english.span(seconds) == in_english
    assert chinese.span(seconds) == in_chinese


def test_limits_shares_and_counts_are_written_out() -> None:
    assert english.limit(480) == "8 min"
    assert english.limit(90) == "1 min 30 s"
    assert chinese.limit(480) == "8 分钟"
    assert english.share(0.756) == "75.6%"
    assert english.share(None) == "–"
    assert english.count(1_257) == "1,257"


def test_kinds_of_units_that_are_known_have_names_and_others_keep_theirs() -> None:
    assert english.kind("sanitation_worker", WALK) == "Sanitation worker"
    assert chinese.kind("sanitation_worker", WALK) == "环卫工"
    assert chinese.kind("grid_worker", E_BIKE) == "网格员·电动车"
    assert chinese.kind("HazMat", CAR) == "HazMat"


@pytest.mark.parametrize("status", UnitStatus)
def test_every_status_has_a_name_in_both_languages(status: UnitStatus) -> None:
    key = f"status.{status.name.lower()}"
    assert english(key) != chinese(key)


def test_instants_name_the_weekday() -> None:
    moment = datetime.fromisoformat("2018-01-13T07:05:00-08:00")
    assert english.instant(moment) == "Sat 2018-01-13 07:05"
    assert chinese.instant(moment) == "2018-01-13 周六 07:05"

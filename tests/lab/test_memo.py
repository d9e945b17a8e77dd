"""The memo: one page with the answer, who gains, what would flip it; safe with any text, and in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scenarios.lab.design import load_experiment
from scenarios.lab.experiment import run_experiment
from scenarios.lab.flip import FLIP
from scenarios.lab.memo import Wanted, gather_memo, read_matches
from scenarios.lab.results import GROUPS
from scenarios.record import run_scenario
from tests.lab.small_experiment import CLERKS, DESK, written
from tests.scenarios.commands import gridtwin
from twin.errors import JournalError
from twin.metrics.break_even import Assumed, BreakEven, Flip, Flips, Gap
from twin.views.memo import Memo, lines_of
from twin.views.memo_page import memo_page
from twin.views.words import Language, Words

NO_FLIP = Wanted(n_seeds=None)
EVIL = "<script>alert('x')</script>"
COSTS = 'costs: { per_hour: { clerk: 50 } }\nassumptions: ["<img src=x onerror=y>"]\n'
SECTIONS = ("panel", "gains", "flip", "cost", "history", "assumptions", "sure")


@pytest.fixture(scope="module")
def clerks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An experiment whose every text is hostile."""
    folder = tmp_path_factory.mktemp("memo")
    text = CLERKS.replace("name: Clerks", f'name: "{EVIL}"').replace("How many clerks?", f'"<b>{EVIL} & more?"')
    text = text.replace("name: four", f'name: "{EVIL}4"')
    scenario = DESK.replace("name: a desk", f'name: "{EVIL}"').replace("rare:", '"<i>rare":') + COSTS
    run_experiment(load_experiment(written(folder, text, scenario=scenario)), out=folder / "out", n_processes=1)
    return folder / "out"


@pytest.fixture(scope="module")
def memo(clerks: Path) -> Memo:
    return gather_memo(clerks, NO_FLIP)


class Tags(HTMLParser):
    """Tags of a page that are opened and not closed, and all that are met."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: set[str] = set()
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.add(tag)
        self.outside += [f"{name}={value}" for name, value in attrs if name in ("src", "href", "srcset", "data")]
        if tag not in ("meta", "br", "rect", "line", "circle", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "line", "circle", "path"):
            assert self.open.pop() == tag


BETTER = Gap(-100.0, -150.0, -50.0)


def flips(*found: Flip, now: Gap = BETTER, n_seeds: int = 10) -> Flips:
    return Flips("p90 response_s", "four", "three", n_seeds, now, found)


@pytest.mark.parametrize("language", list(Language))
def test_the_page_is_whole_needs_nothing_else_and_takes_no_text_for_markup(memo: Memo, language: Language) -> None:
    evil = flips(Flip(Assumed("on_scene_of", EVIL, 600.0), BreakEven(0.25, 4.0, 2.0)))
    page = memo_page(replace(memo, flips=evil), language)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert not {"script", "img", "i", "link", "iframe"} & tags.met
    assert tags.outside == []
    assert "url(" not in page
    assert "&lt;script&gt;" in page
    assert f'lang="{"zh-CN" if language is Language.CHINESE else "en"}"' in page
    words = Words(language)
    for section in SECTIONS:
        assert f"<h2>{words(f'memo.{section}')}</h2>" in page


def test_the_chinese_page_says_in_chinese_whatever_is_not_a_name(memo: Memo) -> None:
    found = flips(
        Flip(Assumed("demand", now=360.0), BreakEven(0.25, 4.0, 1.8, sure_until=1.5, sure_from=2.2)),
        Flip(Assumed("attends", now=0.9, high=1.0), BreakEven(0.25, 1.0, 0.5)),
        Flip(Assumed("speed"), BreakEven(0.25, 4.0)),
    )
    page = memo_page(replace(memo, flips=found, assumptions=()), Language.CHINESE)
    body = re.sub(r"<style>.*</style>|<svg.*?</svg>|<[^>]+>|&lt;.*?&gt;|alert\(&#x27;x&#x27;\)", "", page, flags=re.S)
    body = body.partition("重复 6 次 ·")[0]
    assert set(re.findall(r"[A-Za-z]{2,}", body)) <= {"Holm", "CNY", "amp", "more", "three", "four"}
    assert "每日 360 件 → 每日 648 件" in page
    assert "×1.50 至 ×2.20 之间无法判定" in page


def test_of_what_flips_it_the_three_nearest_are_shown_and_the_rest_is_told(memo: Memo) -> None:
    names = ("demand", "speed", "noise", "intake")
    found = [Flip(Assumed(name), BreakEven(0.25, 4.0, 1.5 + place / 2)) for place, name in enumerate(names)]
    found.append(Flip(Assumed("turnout"), BreakEven(0.25, 2.0), message="no such street"))
    page = memo_page(replace(memo, flips=flips(*found)), Language.ENGLISH)
    assert page.count('class="factor"') == 3
    assert "It would flip also with: time to take a report down ×3.00." in page
    assert "Not flipped, from ×0.25 to ×4 or as said, by: turnout times (×0.25 to ×2.00)." in page
    assert "turnout times could not be tried everywhere: no such street" in page


def test_an_answer_that_its_own_seeds_do_not_bear_out_is_not_flipped(memo: Memo) -> None:
    page = memo_page(replace(memo, flips=flips(now=Gap(3.0, -5.0, 11.0), n_seeds=2)), Language.ENGLISH)
    assert "On 2 seeds three is no worse than four as things are (+3.0 s)" in page


def test_who_gains_is_what_pandas_says_of_the_groups(clerks: Path, memo: Memo) -> None:
    table = pd.read_parquet(clerks / GROUPS).query("by == 'priority' and group == '2'")
    wide = table.pivot(index="replication", columns="alternative", values="response_s_mean")
    gap = (wide[memo.verdict.best] - wide[memo.against]).dropna().to_numpy()
    line = next(each for each in lines_of(memo, "priority").lines if each.group == "2")
    half = stats.t.ppf(0.975, len(gap) - 1) * gap.std(ddof=1) / np.sqrt(len(gap))
    assert line.mean == pytest.approx(gap.mean())
    assert (line.interval.low, line.interval.high) == pytest.approx((gap.mean() - half, gap.mean() + half))
    assert line.n == pytest.approx(table["n"].sum() / 12)


def test_costs_are_told_with_their_difference_or_that_there_are_none(memo: Memo) -> None:
    page = memo_page(memo, Language.ENGLISH)
    assert "three: 300 CNY a run of 2 h 00 min" in page
    assert "costs +100 CNY against three" in page
    assert "The scenario gives no costs" in memo_page(replace(memo, currency=None), Language.ENGLISH)


def test_many_assumptions_and_alternatives_still_make_one_page(memo: Memo) -> None:
    page = memo_page(replace(memo, assumptions=("It is assumed that all is well. " * 5,) * 40), Language.ENGLISH)
    assert page.count("all is well") < 30
    assert re.search(r"and 3\d more, in the scenario", page)
    many = replace(memo.answer, alternatives=memo.answer.alternatives * 4)
    assert "3 more alternatives stand in answer.json" in memo_page(replace(memo, answer=many), Language.ENGLISH)


def test_how_the_model_matches_history_is_one_line(memo: Memo, tmp_path: Path) -> None:
    figure = {"a": 400.0, "b": 430.0, "difference": 30.0, "low": -5.0, "high": 60.0}
    group = {"n_a": 900, "n_b": 880, "p50": figure, "p90": figure, "ks": {"distance": 0.08, "low": 0.05, "high": 0.11}}
    file = tmp_path / "compared.json"
    file.write_text(json.dumps({"comparisons": [{"interval": "response_s", "groups": {"all": group}}]}))
    page = memo_page(replace(memo, matches=read_matches(file)), Language.ENGLISH)
    assert "Response, record → model: P50 6 min 40 s → 7 min 10 s (−5.0 s to +1 min 00 s)" in page
    assert "KS distance 0.080 (0.050 to 0.110); 900 and 880 values." in page
    assert "Nobody has held this scenario against a record" in memo_page(memo, Language.ENGLISH)
    assert "built on a record (r.csv), but" in memo_page(replace(memo, record="r.csv"), Language.ENGLISH)


def test_a_memo_is_written_by_one_command_and_the_other_language_makes_no_run_again(
    clerks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("scenarios.lab.flip.assumptions_of", lambda *_, **__: [Assumed("demand", low=0.5, high=2.0)])
    words = ("memo", clerks, "--seeds", 2, "--processes", 1, "--json")
    first = gridtwin(*words, "--out", tmp_path / "en.html", monkeypatch=monkeypatch, capsys=capsys)
    assert first.status == 0
    assert json.loads(first.out)["held against"] == "three"
    found = (clerks / FLIP).read_bytes()
    monkeypatch.setattr("scenarios.lab.flip.searched", lambda *_, **__: pytest.fail("runs were made again"))
    other = gridtwin(*words, "--lang", "zh", monkeypatch=monkeypatch, capsys=capsys)
    assert other.status == 0
    assert (clerks / FLIP).read_bytes() == found
    assert "什么会推翻结论" in (clerks / "memo.zh.html").read_text("utf-8")


def broken(folder: Path) -> Iterator[tuple[Path, Wanted, str]]:
    """Folders that no memo can be written of, and what is said."""
    (folder / "desk.yaml").write_text(DESK, "utf-8")
    run_scenario(str(folder / "desk.yaml"), out=folder / "run")
    yield folder / "run", NO_FLIP, "is not the folder of a finished experiment"
    yield folder / "nothing", NO_FLIP, "is not the folder of a finished experiment"
    one = CLERKS.replace("  - { name: four, set: { units.0.count: 4 } }\n", "").replace("at_least: 6", "at_least: 2")
    run_experiment(load_experiment(written(folder / "one", one)), out=folder / "1", n_processes=1)
    yield folder / "1", NO_FLIP, r"has one alternative only \(three\)"
    lost = CLERKS.replace("units.0.count: 4", "policy: tests.lab.fragile:Fragile").replace("at_least: 6", "at_least: 2")
    run_experiment(load_experiment(written(folder / "lost", lost)), out=folder / "2", n_processes=1)
    yield folder / "2", NO_FLIP, r"nothing to compare three with: all runs of four failed \(failures.json says why\)"


def test_what_no_memo_can_be_written_of_is_one_clear_error(tmp_path: Path, clerks: Path) -> None:
    for folder, wanted, message in broken(tmp_path):
        with pytest.raises(JournalError, match=message):
            gather_memo(folder, wanted)
    with pytest.raises(JournalError, match="has no point 'surge=x2': it has no factors"):
        gather_memo(clerks, replace(NO_FLIP, point="surge=x2"))
    (tmp_path / "c.json").write_text('{"comparisons": 3}')
    with pytest.raises(JournalError, match="is not what `gridtwin compare --json` prints"):
        gather_memo(clerks, replace(NO_FLIP, history=tmp_path / "c.json"))
    (tmp_path / "c.json").write_text('{"comparisons": []}')
    with pytest.raises(JournalError, match="compares no interval"):
        gather_memo(clerks, replace(NO_FLIP, history=tmp_path / "c.json"))

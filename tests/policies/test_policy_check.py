"""The policy contract: kept by every policy that is shipped, and broken in the right line by each that breaks it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.policy_check import DeskKind, PolicyReport, check_policy
from scenarios.policy_watch import Rule, contents
from twin.errors import PolicyError
from twin.policies.loading import BUILT_IN, OF_PATROL, OF_POSTING

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _with_my_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


QUICKLY: dict[str, dict[str, object]] = {"rollout": {"k": 2, "n": 1, "horizon_s": 600}}
"""Parameters with which a slow policy takes less long."""


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_built_in_policy_keeps_the_contract(name: str) -> None:
    report = check_policy(name, QUICKLY.get(name))
    assert report.faults == {}
    assert report.n_decisions >= 60


@pytest.mark.parametrize("name", sorted(OF_PATROL))
def test_every_built_in_policy_of_patrol_keeps_it_at_its_own_desk(name: str) -> None:
    report = check_policy(name)
    assert report.faults == {}
    assert report.n_decisions >= 3


@pytest.mark.parametrize("name", sorted(OF_POSTING))
def test_every_built_in_policy_of_repositioning_does(name: str) -> None:
    report = check_policy(name)
    assert report.faults == {}
    assert report.n_decisions >= 60


def test_a_policy_of_patrol_of_ones_own_is_held_to_the_contract_too() -> None:
    assert check_policy("my_lab.patrol:Daily", desk=DeskKind.PATROL).ok


@pytest.mark.parametrize(
    ("name", "word"), [("Nobody", "no such unit on patrol"), ("Sending", "the patrol desk sends nobody")]
)
def test_orders_that_a_patrol_desk_cannot_carry_out_are_told(name: str, word: str) -> None:
    assert word in check_policy(f"my_lab.patrol:{name}", desk=DeskKind.PATROL).faults[Rule.ORDERS]


def test_at_the_dispatch_desk_nobody_plans_patrols() -> None:
    fault = check_policy("my_lab.patrol:Hourly", desk=DeskKind.DISPATCH).faults[Rule.ORDERS]
    assert "dispatch does not plan patrols" in fault


@pytest.mark.parametrize("name", ["my_lab.fair:FairShare", "diverting:Diverting"])
def test_a_policy_of_ones_own_keeps_the_contract_too(name: str) -> None:
    report = check_policy(name)
    assert report.ok, report.as_dict()


def test_parameters_reach_the_policy() -> None:
    assert check_policy("my_lab.fair:FairShare", {"slack_s": 5}).ok
    with pytest.raises(PolicyError, match="slack_h"):
        check_policy("my_lab.fair:FairShare", {"slack_h": 5})


@pytest.mark.parametrize(
    ("name", "rule", "word"),
    [
        ("ByChance", Rule.DETERMINISTIC, "then"),
        ("ByGlobalCounter", Rule.DETERMINISTIC, "then"),
        ("Counting", Rule.PURE, "its attributes"),
        ("OnItsClass", Rule.PURE, "its class"),
        ("Peeking", Rule.NO_FUTURE, "another future"),
        ("PeekingAtArrivals", Rule.NO_FUTURE, "another future"),
        ("SendingTheBusy", Rule.ORDERS, "refused in all"),
        ("Meddling", Rule.PURE, "the world"),
        ("NeedingUnits", Rule.NO_UNITS, "IndexError"),
        ("NeedingCases", Rule.NO_DEMAND, "nobody waits"),
        ("LooseMemory", Rule.DECLARED, "not frozen"),
        ("Unannounced", Rule.MEMORY, "declares nothing"),
        ("Nothing", Rule.DECLARED, "nothing"),
    ],
)
def test_a_bad_policy_fails_in_the_right_line(name: str, rule: Rule, word: str) -> None:
    report = check_policy(f"my_lab.bad:{name}")
    assert not report.ok
    assert rule in report.faults, report.as_dict()
    assert word in report.faults[rule]


def test_the_report_has_one_line_a_rule() -> None:
    report = PolicyReport("mine", {Rule.MEMORY: "asked after 5 s, it forgot"}, 12)
    lines = report.as_dict()
    assert list(lines) == [*(rule.value for rule in Rule), "decisions watched"]
    assert lines[Rule.MEMORY.value] == "no: asked after 5 s, it forgot"
    assert lines[Rule.PURE.value] == "yes"
    assert not report.ok


def test_a_policy_nobody_knows_is_told_by_name() -> None:
    with pytest.raises(PolicyError, match="farthest"):
        check_policy("farthest")


def test_contents_see_a_change_however_deep() -> None:
    class Box:
        def __init__(self) -> None:
            self.inner = {"a": [1, {2, 3}]}

    box = Box()
    before = contents(box)
    assert contents(box) == before
    box.inner["a"].append(4)
    assert contents(box) != before


def test_the_command_finds_a_policy_where_it_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry != str(HERE)])
    monkeypatch.setattr(sys, "argv", ["gridtwin", "policy", "check", "my_lab.bad:Nothing", "--json"])
    monkeypatch.chdir(HERE)
    for name in [name for name in sys.modules if name.partition(".")[0] == "my_lab"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)[Rule.DECLARED.value].startswith("no: it wants to be asked about nothing")

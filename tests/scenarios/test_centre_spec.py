"""What a scenario may say about a centre: slips are named by key, outcomes are no keys, catalogues are written out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scenarios.build import build
from scenarios.catalogued import with_catalogues
from scenarios.load import load_scenario
from scenarios.spec import Scenario
from twin.errors import GridtwinError

OUTCOMES = ("completion", "on_time", "resolution", "satisfaction", "discovery", "disposal", "response_rate")
PLAIN = """
name: small
travel: none
city: none
units: [{name: a, kind: crew, skills: [clean]}]
demand: [{name: all, per_day: 10, matters: {rubbish: {needs: [clean]}, vendor: {needs: [clean]}}}]
rosters: {day: {from: "08:00", to: "18:00"}}
"""


def refused(tmp_path: Path, centre: object, **more: object) -> GridtwinError:
    """What is said of a scenario with such a centre."""
    file = tmp_path / "scenario.yaml"
    tree = yaml.safe_load(PLAIN) | {"centre": centre} | more
    file.write_text(yaml.safe_dump(tree, allow_unicode=True), "utf-8")
    with pytest.raises(GridtwinError) as raised:
        build(load_scenario(file))
    return raised.value


@pytest.mark.parametrize(
    ("centre", "key", "says"),
    [
        (
            {"desks": {"a": {"seats": {"always": 1}}}, "steps": {"accept": {"desk": "b", "lasting": 1}}},
            "steps",
            "no desk",
        ),
        ({"desks": {"a": {"seats": {"dawn": 1}}}}, "desks.a.seats", "no roster 'dawn'"),
        ({"channels": {"hotline": {"desk": "a"}}}, "channels.hotline", "go together"),
        ({"channels": {"telepathy": {}}}, "channels.telepathy", "hotline"),
        ({"matters": {"rubish": {}}}, "matters.rubish", "no matter 'rubish'"),
        ({"matters": {"rubbish": {"department": "moon"}}}, "matters.rubbish.department", "no department 'moon'"),
        ({"matters": {"rubbish": {"authority": "moon"}}}, "matters.rubbish.authority", "no authority 'moon'"),
        ({"layers": ["soil"]}, "centre.layers", "no layer 'soil'"),
        (
            {"departments": {"d": {}}, "routes": [{"matters": ["rubbish"], "grounds": ["mars"], "department": "d"}]},
            "routes.0.grounds",
            "no layer of `layers` has a ground 'mars'",
        ),
        ({"judgement": {"by_hand_right": 0.5}}, "returns", "how long a wrong department takes"),
        ({"judgement": {"by_hand_right": 1.5}}, "judgement.by_hand_right", "less than or equal to 1"),
        ({"modes": {"storm": {"rosters": ["dawn"]}}}, "modes.storm.rosters", "no roster 'dawn'"),
        ({"modes": {"storm": {"priorities": {"hail": 1}}}}, "modes.storm.priorities", "no matter 'hail'"),
        ({"modes": {"storm": {"patrol_policy": "magic"}}}, "modes.storm.patrol_policy", "magic"),
        (
            {"contacts": [{"name": "x", "channel": "app", "what": "report", "per_day": 1}]},
            "contacts.0",
            "name the matters",
        ),
        (
            {"contacts": [{"name": "x", "channel": "app", "what": "report", "per_day": 1, "matters": {"hail": 1}}]},
            "contacts.0.matters",
            "no matter 'hail'",
        ),
        (
            {"authorities": {"street": {"desk": "a", "lasting": 1}}, "desks": {"a": {"seats": {"always": 1}}}},
            "authorities",
            "belong",
        ),
        ({"departments": {"d": {"lasting": 60}}}, "departments.d", "go together"),
        ({"satisfaction": 0.98}, "satisfaction", ""),
    ],
)
def test_a_slip_is_named_by_its_key(tmp_path: Path, centre: object, key: str, says: str) -> None:
    error = refused(tmp_path, centre)
    assert key in str(error)
    assert says in str(error)


def test_a_mode_that_the_centre_does_not_have_cannot_be_injected(tmp_path: Path) -> None:
    error = refused(tmp_path, {"modes": {"event": {}}}, injects=[{"at": "1h", "mode": "storm"}])
    assert "no mode 'storm'" in str(error)
    assert "injects.0" in str(error)


def keys_of(model: object) -> set[str]:
    """All keys that a scenario may have, at any depth."""
    found: set[str] = set()
    if isinstance(model, dict):
        found |= set(model.get("properties", {}))
        for value in model.values():
            found |= keys_of(value)
    elif isinstance(model, list):
        for value in model:
            found |= keys_of(value)
    return found


def test_what_comes_out_of_a_run_is_no_key_of_a_scenario() -> None:
    keys = keys_of(Scenario.model_json_schema())
    assert "botched" in keys
    assert [key for key in keys if any(outcome in key for outcome in OUTCOMES)] == []


def test_a_catalogue_is_written_out_with_needs_limits_and_departments() -> None:
    scenario = with_catalogues(load_scenario("chebei_street"))
    assert scenario.centre is not None
    (source,) = scenario.problems
    assert len(source.matters) == 275
    assert source.matters["暴露垃圾"].needs == ("sanitation",)
    assert source.matters["暴露垃圾"].settles == {"grid_worker": 0.4}
    assert scenario.centre.matters["暴露垃圾"].department == "sanitation"
    assert "暴露垃圾" in scenario.limits
    assert sum(matter.share for matter in source.matters.values()) == pytest.approx(
        sum(kind.share for kind in source.kinds.values())
    )
    assert with_catalogues(scenario) is scenario


def test_a_list_of_ones_own_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "kind,code,class,name,english name,limit,department,skill\nevent,0101,01,乱扔,littering,4wh,cleaning,clean\n",
        "utf-8",
    )
    tree = yaml.safe_load(PLAIN)
    del tree["demand"]
    tree["problems"] = [
        {
            "name": "own",
            "per_day": 5,
            "catalogue": {"file": "own.csv", "standard": "Own"},
            "kinds": {"clean": {"told": {"after": 60}}},
        }
    ]
    tree["calendars"] = {"working": {"from": "08:00", "to": "18:00"}}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), "utf-8")
    built = build(load_scenario(tmp_path / "own.yaml"))
    assert [matter.name for matter in built.setting.sources[0].matters] == ["乱扔"]
    limit = built.limits.of("乱扔")
    assert limit is not None
    assert limit.on == "working"

"""From what a page asks to something that can be run, and the folder its answer is kept in.

Bad input is one sentence that names the field. The same question, of the same scenario and by the same versions, has
the same folder: asked again, it goes on where it stopped, or its answer is there already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from scenarios.lab.design import Plan, planned
from scenarios.lab.results import key_of
from scenarios.lab.staff import Question, levels_of
from scenarios.lab.trial import as_task
from scenarios.load import Tree, check, library, load_scenario, made_up, overlaid, read_scenario
from scenarios.run_folder import versions
from twin.console.lab import LEAST_TRIES, MOST_TRIES, PolicyQuestion, StaffingQuestion, Try
from twin.domain.seat import EXPERIMENT, OPEN, Seat
from twin.errors import GridtwinError
from twin.policies.loading import BUILT_IN

Asked = PolicyQuestion | StaffingQuestion


def may_ask(seat: Seat, question: Asked) -> bool:
    """Whether a seat may ask this: files, code and settings of one's own are for those who may open anything."""
    if not seat.may(EXPERIMENT):
        return False
    tries = question.tries if isinstance(question, PolicyQuestion) else ()
    is_shipped = question.scenario in library() and all(
        not each.settings.strip() and each.policy in ("", *BUILT_IN) for each in tries
    )
    return is_shipped or seat.may(OPEN)


def plan_of(question: PolicyQuestion) -> Plan:
    """The experiment that answers which is better.

    Raises
    ------
    GridtwinError : it cannot be asked; `key` names what to change.
    """
    if not LEAST_TRIES <= len(question.tries) <= MOST_TRIES:
        raise GridtwinError(f"compare {LEAST_TRIES} to {MOST_TRIES} alternatives, not {len(question.tries)}")
    told = load_scenario(question.scenario)
    names = [_name(each, str(told.policy.use)) for each in question.tries]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise GridtwinError(f"two alternatives are the same: {name}", key="alternatives")
    said: Tree = {
        "name": told.name,
        "scenario": _path(question.scenario),
        "alternatives": [
            {"name": name, "set": _settings(each)} for name, each in zip(names, question.tries, strict=True)
        ],
        "replications": {"at_least": question.n_replications},
        "targets": list(question.targets),
    }
    if question.lasting:
        said["lasting"] = question.lasting
    try:
        return planned(made_up(said))
    except GridtwinError as error:
        raise as_typed(error) from error


def staffing_of(question: StaffingQuestion) -> Question:
    """The question of `gridtwin staff` that answers how many.

    Raises
    ------
    GridtwinError : the levels are none.
    """
    levels = levels_of(question.levels.replace(" ", ""))
    n, lasting = question.n_replications, question.lasting or None
    return Question(levels, question.targets, question.only, n_runs=n, until=lasting)


def folder_of(question: Asked, plan: Plan | None, *, within: Path) -> Path:
    """Where the answer to a question is kept."""
    if plan is not None:
        asked: list[object] = [as_task(each.scenario) for each in plan.alternatives]
        asked += [plan.experiment.replications.model_dump(mode="json"), list(plan.experiment.targets)]
        return within / f"lab-{_slug(plan.experiment.name)}-{key_of(*asked, versions())[:10]}"
    assert isinstance(question, StaffingQuestion)
    document = read_scenario(question.scenario)
    if question.lasting:
        document = overlaid(document, [made_up({"lasting": question.lasting})])
    scenario = check(document)
    levels = levels_of(question.levels.replace(" ", ""))
    asked = [as_task(scenario), levels, question.targets, question.only, question.n_replications]
    return within / f"staffing-{_slug(scenario.name)}-{key_of(*asked, versions())[:10]}"


def _name(each: Try, own_policy: str) -> str:
    """What an alternative is called: what is different about it."""
    settings = ", ".join(f"{key}={value}" for key, value in _pairs(each.settings))
    return " · ".join(part for part in (each.policy or own_policy, each.staffing.strip(), settings) if part)


def _settings(each: Try) -> Mapping[str, object]:
    found: dict[str, object] = {}
    if each.policy:
        found["policy"] = each.policy
    if each.staffing.strip():
        found["staffing"] = each.staffing.strip()
    for key, text in _pairs(each.settings):
        try:
            found[key] = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise GridtwinError(f"{text!r} is not a value as scenarios write them", key=key) from error
    return found


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = []
    for line in filter(None, map(str.strip, re.split(r"[\n;]", text))):
        key, sign, value = line.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise GridtwinError(f"{line!r} sets nothing: write key = value, such as units.3.count = 4")
        pairs.append((key.strip(), value.strip()))
    return pairs


def _path(source: str) -> str:
    path = Path(source)
    return str(path.resolve()) if source not in library() and path.exists() else source


def as_typed(error: GridtwinError) -> GridtwinError:
    """An error without the file and line of a document that stands in no file."""
    if error.file != str(made_up({}).path):
        return error
    return GridtwinError(error.message, key=error.key)


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")[:40] or "question"

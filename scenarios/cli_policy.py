"""`gridtwin scenario …` and `gridtwin policy …`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from scenarios.cli_output import table, ticking

scenario_app = typer.Typer(help="Check scenario files.", no_args_is_help=True)
policy_app = typer.Typer(help="Know and check policies.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@scenario_app.command("check")
def check(
    scenario: Annotated[str, typer.Argument(help="A scenario file or a shipped name.")], as_json: AsJson = False
) -> None:
    """Read a scenario, put it together, and say what it comes to; nothing is run."""
    from scenarios.build import build
    from scenarios.load import check, read_scenario, telling_where

    with ticking("building") as tick:
        document = read_scenario(scenario)
        spec = check(document)
        with telling_where(document):
            built = build(spec, progress=tick)
    report: dict[str, object] = {
        "name": spec.name,
        "spec_hash": built.setting.spec,
        "policy": spec.policy.use,
        "units": len(built.setting.units),
        "inputs": len(built.inputs),
        "cases a day, modelled": sum(demand.per_day for demand in spec.demand),
        "warnings": list(built.warnings),
    }
    table(report, title=scenario, as_json=as_json)


@scenario_app.command("list")
def shipped(as_json: AsJson = False) -> None:
    """The scenarios that are shipped."""
    from scenarios.load import library, load_scenario

    table({name: load_scenario(path).name for name, path in library().items()}, title="Scenarios", as_json=as_json)


@scenario_app.command("schema")
def schema() -> None:
    """The JSON Schema of scenario files, for editors."""
    from scenarios.load import schema as json_schema

    print(json_schema())


@policy_app.command("list")
def known(as_json: AsJson = False) -> None:
    """The policies there are."""
    from twin.policies.loading import known_policies

    table(dict(known_policies()), title="Policies", as_json=as_json)


@policy_app.command("check")
def check_policy(
    policy: Annotated[str, typer.Argument(help="Short name or module:Class.")],
    parameters: Annotated[str, typer.Option("--parameters", help="Its parameters, as JSON.")] = "{}",
    patrol: Annotated[bool, typer.Option("--patrol", help="It is a patrol policy of your own.")] = False,
    reposition: Annotated[bool, typer.Option("--reposition", help="It is one of yours of where units wait.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hold a policy to the contract: deterministic, pure, sends only who can go, and sees no future."""
    from scenarios.policy_check import DeskKind
    from scenarios.policy_check import check_policy as hold
    from twin.errors import PolicyError

    try:
        given = json.loads(parameters)
    except ValueError as error:
        raise PolicyError(f"not JSON: {error}", key="--parameters") from error
    if patrol and reposition:
        raise PolicyError("a policy sits at one desk: --patrol or --reposition", key="--reposition")
    desk = DeskKind.PATROL if patrol else DeskKind.REPOSITION if reposition else None
    report = hold(policy, given, desk=desk)
    table(report.as_dict(), title=policy, as_json=as_json)
    if not report.ok:
        raise typer.Exit(1)

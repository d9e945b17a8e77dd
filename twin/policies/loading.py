"""From what a scenario says (`nearest`, `my_lab.fair:FairShare`) and its parameters to a policy."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast, get_type_hints

import msgspec

from twin.errors import PolicyError
from twin.policies.batch_assignment import BatchAssignment
from twin.policies.compliance_table import ComplianceTable
from twin.policies.cutoff import Cutoff
from twin.policies.dmexclp import Dmexclp
from twin.policies.dmexclp_reposition import DmexclpReposition
from twin.policies.focus_list import FocusList
from twin.policies.nearest import Nearest
from twin.policies.own_grid_first import OwnGridFirst
from twin.policies.preempt import Preempt
from twin.policies.preference_list import PreferenceList
from twin.policies.preparedness import Preparedness
from twin.policies.protocol import Policy
from twin.policies.random import Random
from twin.policies.remote_first import RemoteFirst
from twin.policies.risk_weighted import RiskWeighted
from twin.policies.rollout import Rollout
from twin.policies.strict_grid import StrictGrid
from twin.policies.workload_balanced import WorkloadBalanced

BUILT_IN: dict[str, type[Policy]] = {
    "batch_assignment": BatchAssignment,
    "cutoff": Cutoff,
    "dmexclp": Dmexclp,
    "nearest": Nearest,
    "own_grid_first": OwnGridFirst,
    "preempt": Preempt,
    "preference_list": PreferenceList,
    "preparedness": Preparedness,
    "random": Random,
    "remote_first": RemoteFirst,
    "rollout": Rollout,
    "strict_grid": StrictGrid,
    "workload_balanced": WorkloadBalanced,
}
"""Policies of dispatch."""

OF_PATROL: dict[str, type[Policy]] = {"focus_list": FocusList, "risk_weighted": RiskWeighted}
"""Policies of patrol."""

OF_POSTING: dict[str, type[Policy]] = {"compliance_table": ComplianceTable, "dmexclp_reposition": DmexclpReposition}
"""Policies of repositioning: where free units wait."""

KNOWN: dict[str, type[Policy]] = BUILT_IN | OF_PATROL | OF_POSTING
"""All that are shipped."""

GROUP = "gridtwin.policies"


def known_policies() -> dict[str, str]:
    """Short name → what it prefers, for those built in and those other packages bring (entry points)."""
    known = {name: _first_line(kind) for name, kind in KNOWN.items()}
    for point in sorted(entry_points(group=GROUP)):
        known.setdefault(point.name, f"from {point.value}")
    return known


def load_policy(name: str, parameters: Mapping[str, object] | None = None) -> Policy:
    """A policy by short name, entry point or `module:Class`.

    Raises
    ------
    PolicyError : unknown, cannot be imported, or the parameters do not fit.
    """
    kind = _find(name)
    if not callable(getattr(kind, "decide", None)):  # asked before it is built: building some classes does harm
        raise PolicyError("a policy needs 'decide', and this has none", key=name)
    given = dict(parameters or {})
    try:
        inspect.signature(kind).bind(**given)
    except (TypeError, ValueError) as error:
        raise PolicyError(f"{error}; it takes {_parameters(kind)}", key=name) from error
    fitting = _fitting(kind, given, name=name)
    try:
        policy = kind(**fitting)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise PolicyError(f"cannot be built with these parameters: {error}", key=name) from error
    for needed in ("name", "triggers", "period_s", "memory_type", "decide"):
        if not hasattr(policy, needed):
            raise PolicyError(f"a policy needs {needed!r}, and this has none", key=name)
    return policy


def _fitting(kind: type[Policy], given: Mapping[str, object], *, name: str) -> dict[str, object]:
    """The parameters as the types its constructor asks for; a type that msgspec does not know is left alone."""
    try:
        wanted = get_type_hints(kind.__init__, include_extras=True)
    except (NameError, TypeError):
        wanted = {}
    fitting = {}
    for parameter, value in given.items():
        try:
            fitting[parameter] = msgspec.convert(value, wanted.get(parameter, object), str_keys=True)
        except msgspec.ValidationError as error:
            reason = str(error).replace(" - at `$", f" - at `{parameter}")
            raise PolicyError(f"{parameter}: {reason}", key=name) from error
        except TypeError:
            fitting[parameter] = value
    return fitting


def _find(name: str) -> type[Policy]:
    known = KNOWN.get(name)
    if known is not None:
        return known
    for point in entry_points(group=GROUP):
        if point.name == name:
            return _class_at(point.value)
    if ":" in name:
        return _class_at(name)
    raise PolicyError(f"no such policy: known are {', '.join(known_policies())}, or write module:Class", key=name)


def _class_at(path: str) -> type[Policy]:
    module, _, attribute = path.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (Exception, SystemExit) as error:  # whatever a module does when it is run is what the error is about
        raise PolicyError(f"cannot be imported: {error}", key=path) from error
    if not inspect.isclass(found):
        raise PolicyError("is not a class", key=path)
    return cast(type[Policy], found)


def _parameters(kind: type[Policy]) -> str:
    names = [str(parameter) for parameter in inspect.signature(kind).parameters.values()]
    return ", ".join(names) or "no parameters"


def _first_line(kind: type[Policy]) -> str:
    module = inspect.getdoc(inspect.getmodule(kind)) or ""
    return module.partition("\n")[0].rstrip(".")

"""What the shape of the source itself must obey, as functions from parsed source to complaints.

In: one module's text. Out: lines with the reason. `test_architecture.py` runs them over the packages; import-linter
holds the arrows between the packages.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

SET_TYPES = frozenset({"set", "frozenset", "AbstractSet", "MutableSet"})
ORDER_BLIND = frozenset({"sorted", "set", "frozenset", "any", "all", "len"})
ORDER_SEEING = frozenset({"list", "tuple", "iter", "enumerate", "zip", "map", "filter", "sum", "dict"})
WALL_CLOCKS = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
)
GLOBAL_CHANCE = ("random", "numpy.random", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line of source that breaks a rule."""

    line: int
    reason: str


def iterated_sets(source: str) -> list[Complaint]:
    """Find places where the order of a set is seen: it changes with `PYTHONHASHSEED`.

    A set is a display, a set comprehension, a `set(...)` or `frozenset(...)` call, a union or difference of those, or
    a name that only ever holds one inside its function. Wrapping in `sorted(...)` makes it legal.
    """
    tree = ast.parse(source)
    complaints = []
    for scope, nodes in _scopes(tree):
        names = _names_of_sets(scope, nodes)
        forgiven = _order_blind_comprehensions(nodes)
        for node in nodes:
            for iterated in _iterated(node, forgiven):
                if _is_set(iterated, names):
                    complaints.append(Complaint(iterated.lineno, "iterates a set: wrap it in sorted(...)"))
    return sorted(complaints, key=lambda complaint: complaint.line)


def forbidden_names(source: str, forbidden: tuple[str, ...], *, allowed: tuple[str, ...] = ()) -> list[Complaint]:
    """Find uses of dotted names, or of anything below them, whatever they were imported as."""
    tree = ast.parse(source)
    known_as = dict(_imports(tree))
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    complaints = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            used = [dotted for _, dotted in _imported(node)]
        elif isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner:
            used = [_dotted(node, known_as)]
        else:
            continue
        for dotted in used:
            if _is_below(dotted, forbidden) and not _is_below(dotted, allowed):
                complaints.append(Complaint(node.lineno, f"uses {dotted}"))
    return complaints


def imported_modules(source: str) -> list[str]:
    """Name everything a module imports, dotted, inside functions too."""
    return [dotted for _, dotted in _imports(ast.parse(source))]


def _is_below(dotted: str, roots: tuple[str, ...]) -> bool:
    return any(dotted == root or dotted.startswith(f"{root}.") for root in roots)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Pairs of (name in this module, dotted name it stands for)."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            top = alias.name.partition(".")[0]
            yield top, top
            if alias.name != top:
                yield alias.name, alias.name


def _dotted(node: ast.expr, known_as: dict[str, str]) -> str:
    """Full dotted name of `a.b.c`, or an empty text when it does not start at an import."""
    if isinstance(node, ast.Name):
        return known_as.get(node.id, "")
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value, known_as)
        return f"{head}.{node.attr}" if head else ""
    return ""


def _scopes(tree: ast.Module) -> Iterator[tuple[ast.AST, list[ast.AST]]]:
    """Yield the module and every function with the nodes that are its own, nested functions excluded."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    todo: list[ast.AST] = [tree]
    while todo:
        scope = todo.pop()
        own: list[ast.AST] = []
        inside = list(ast.iter_child_nodes(scope))
        while inside:
            node = inside.pop()
            own.append(node)
            if isinstance(node, functions):
                todo.append(node)
            else:
                inside.extend(ast.iter_child_nodes(node))
        yield scope, own


def _names_of_sets(scope: ast.AST, nodes: list[ast.AST]) -> frozenset[str]:
    """Names that hold nothing but sets in this scope: annotated so, or assigned only sets."""
    annotated: list[str] = []
    assigned: list[str] = []
    otherwise: list[str] = []
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = scope.args.posonlyargs + scope.args.args + scope.args.kwonlyargs
        annotated += [argument.arg for argument in arguments if _is_set_type(argument.annotation)]
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _is_set_type(node.annotation):
            annotated.append(node.target.id)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    (assigned if _is_set(node.value, frozenset()) else otherwise).append(target.id)
    return frozenset(annotated) | (frozenset(assigned) - frozenset(otherwise))


def _is_set_type(annotation: ast.expr | None) -> bool:
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    return isinstance(annotation, ast.Name) and annotation.id in SET_TYPES


def _is_set(node: ast.expr, names: frozenset[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
        return _is_set(node.left, names) or _is_set(node.right, names)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"set", "frozenset"}


def _order_blind_comprehensions(nodes: list[ast.AST]) -> frozenset[int]:
    """Identities of comprehensions whose order nobody sees: `{f(x) for x in s}`, `any(f(x) for x in s)`."""
    blind = {id(node) for node in nodes if isinstance(node, ast.SetComp)}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ORDER_BLIND:
            blind.update(id(argument) for argument in node.args)
    return frozenset(blind)


def _iterated(node: ast.AST, forgiven: frozenset[int]) -> list[ast.expr]:
    """Return the expressions whose order this node sees."""
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter]
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp):
        return [] if id(node) in forgiven else [generator.iter for generator in node.generators]
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.Call):
        is_join = isinstance(node.func, ast.Attribute) and node.func.attr == "join"
        if is_join or (isinstance(node.func, ast.Name) and node.func.id in ORDER_SEEING):
            return list(node.args)
    return []

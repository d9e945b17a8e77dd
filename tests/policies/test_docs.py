"""The page on policies shows the code that is tested, word for word, and names what there is."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from twin.policies.loading import KNOWN

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "policies.md").read_text("utf-8")


def body_of_decide(source: str) -> list[str]:
    """The statements of `decide`, without its docstring."""
    found = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.name == "decide"
    ]
    statements = [ast.unparse(statement) for statement in found[0].body]
    return [statement for statement in statements if not statement.startswith(("'", '"'))]


def test_the_example_on_the_page_is_the_one_that_is_tested() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    tested = (Path(__file__).parent / "my_lab" / "fair.py").read_text("utf-8")
    assert body_of_decide(example) == body_of_decide(tested)


def test_the_page_tells_of_every_policy_that_is_shipped() -> None:
    assert [name for name in KNOWN if f"### `{name}`" not in PAGE] == []


def test_the_page_tells_of_every_parameter_there_is() -> None:
    sections = {text.partition("`")[0]: text for text in PAGE.split("### `")[1:]}
    for name, kind in KNOWN.items():
        for parameter in inspect.signature(kind).parameters:
            assert f"`{parameter}" in sections[name] or parameter == "runners_up", (name, parameter)

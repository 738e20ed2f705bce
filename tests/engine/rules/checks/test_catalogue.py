"""The rules by their ids: those that the code names, those that the catalogue has, those that people can read of."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import lattice_console
from lattice_console.engine.rules.checks.catalogue import RULES

PACKAGE = Path(lattice_console.__file__).parent
PAGE = PACKAGE.parent / "docs" / "checks.md"
MAKERS = {"broken", "Defect", "Finding"}


@cache
def trees() -> Mapping[Path, ast.Module]:
    """The engine's modules, read."""
    return {path: ast.parse(path.read_text()) for path in (PACKAGE / "engine").rglob("*.py")}


def named() -> Iterator[str]:
    """The rules of findings and defects, where a call names them."""
    for path, tree in trees().items():
        if path.name in ("conflicts.py", "detecting.py", "dependencies.py"):
            continue  # Their findings are conflicts.
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                rule = next((one.value for one in node.keywords if one.arg == "rule"), *node.args[:1])
                if isinstance(rule, ast.Constant) and isinstance(rule.value, str):
                    yield rule.value


def test_every_rule_that_is_named_is_in_the_catalogue() -> None:
    found = set(named())
    assert found <= RULES.keys()
    assert len(found) > len(RULES) / 2


def test_every_rule_of_the_catalogue_is_one_of_the_code() -> None:
    texts = {
        node.value
        for path, tree in trees().items()
        if path.name != "catalogue.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert RULES.keys() <= texts


def test_the_page_about_checks_lists_every_rule_as_it_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == [(name, rule.about, rule.severity, rule.asks) for name, rule in RULES.items()]

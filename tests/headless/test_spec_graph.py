"""spec graph: trees in both directions, circles, and what is missing."""

import json

import pytest

from tests.headless.driver import Lattice

DEPENDS = {"api": ["auth", "users"], "auth": ["users"], "users": [], "billing": ["gone"]}


def spec(name: str, needs: list[str]) -> str:
    return json.dumps({"name": name, "version": "1.0.0", "type": "requirements", "depends_on": needs})


@pytest.fixture
def specs(lattice: Lattice) -> Lattice:
    for name, needs in DEPENDS.items():
        lattice.write(f".lattice/specs/{name}.json", spec(name, needs))
    lattice.ok("track", ".lattice/specs")
    return lattice


def tree(text: str) -> list[str]:
    """The names with the signs before them, without types."""
    return [line.partition("  requirements")[0].partition("  generic")[0] for line in text.splitlines()]


def test_everything_hangs_below_what_depends_on_it(specs: Lattice) -> None:
    assert tree(specs.ok("spec", "graph").text) == [
        "api",
        "├─ auth",
        "│  └─ users",
        "└─ users",
        "billing",
        "└─ gone  (missing)",
    ]


def test_the_other_way_it_is_what_depends_on_one(specs: Lattice) -> None:
    assert tree(specs.ok("spec", "graph", "users", "--dependents").text) == ["users", "├─ api", "└─ auth", "   └─ api"]
    assert specs.ok("spec", "graph", "auth", "--output", "json").json["edges"] == [
        {"source": "auth", "target": "users"}
    ]


def test_circles_are_marked_and_end(lattice: Lattice) -> None:
    for name, needs in {**DEPENDS, "users": ["api"]}.items():
        lattice.write(f".lattice/specs/{name}.json", spec(name, needs))
    lattice.ok("track", ".lattice/specs")
    shown = lattice.ok("spec", "graph", "users").text
    assert "(circle)" in shown
    assert "circle: " in shown
    assert lattice.ok("spec", "graph").text.count("(circle)") >= 1


def test_what_is_no_spec_and_what_has_none(specs: Lattice, lattice: Lattice) -> None:
    result = specs("spec", "graph", "nothing")
    assert (result.code, "There is no spec nothing" in result.err) == (1, True)


def test_a_project_without_specs_says_how_to_begin(lattice: Lattice) -> None:
    assert "There are no specs yet. Next: lattice spec create" in lattice.ok("spec", "graph").err

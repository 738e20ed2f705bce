"""spec graph: trees in both directions, circles, and what is missing."""

import json

import pytest

from tests.headless.driver import Lattice
from tests.support.underneath import underneath

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
        {"source": "auth", "target": "users", "kind": "depends_on"}
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


@pytest.fixture
def split(lattice: Lattice) -> Lattice:
    """An API whose description is split over files."""
    lattice.write(
        "api/openapi.yaml", "openapi: 3.1.0\ninfo: {title: Shop}\nx: {$ref: user.yaml}\ny: {$ref: gone.yaml}\n"
    )
    lattice.write("api/user.yaml", "properties: {default: {$ref: 'common.json#/Name'}}\n")
    lattice.write("api/common.json", "{}")
    lattice.ok("track", "api")
    return lattice


def test_files_stand_in_the_tree_by_their_paths(split: Lattice) -> None:
    assert split.ok("spec", "graph").text.splitlines() == [
        "shop  api",
        "├─ api/gone.yaml  (missing)",
        "└─ api/user.yaml  file",
        "   └─ api/common.json  file",
    ]
    assert split.ok("spec", "graph", "api/common.json", "--dependents").text.splitlines()[-1] == "   └─ shop  api"
    assert split.ok("spec", "graph", "api/openapi.yaml").text.startswith("shop  api\n├─ api/gone.yaml")
    assert "1 spec and 1 file depend on api/common.json" in split.ok("spec", "impact", "api/common.json").text


def test_the_graph_of_files_is_checked_exported_and_made_anew(split: Lattice) -> None:
    assert split.ok("graph", "check").text.startswith("ok: 1 spec and 2 files, 3 dependencies")
    assert [(one["name"], one["type"]) for one in split.ok("graph", "export").json["nodes"]] == [
        ("api/common.json", "file"),
        ("api/gone.yaml", None),
        ("api/user.yaml", "file"),
        ("shop", "api"),
    ]
    with underneath(split.root / ".lattice/state/lattice.db") as database:
        database.execute("DELETE FROM refs")
    assert "the database has shop -> api/user.yaml, as no document says" in split("graph", "check").text
    assert split.ok("graph", "rebuild").text.startswith("ok: 1 spec and 2 files, 3 dependencies")


@pytest.fixture
def governing(lattice: Lattice) -> Lattice:
    """A spec that governs two files, one of which refers to another that refers back."""
    lattice.write(".lattice/specs/shop.json", '{"name": "shop", "version": "1.0.0", "allowed_files": ["api/*.yaml"]}')
    lattice.write("api/a.yaml", "x: {$ref: b.yaml}\n")
    lattice.write("api/b.yaml", "y: {$ref: a.yaml}\n")
    lattice.ok("track", ".lattice/specs", "api")
    return lattice


def test_governed_files_are_marked_as_such_both_ways(governing: Lattice) -> None:
    assert governing.ok("spec", "graph", "shop").text.splitlines() == [
        "shop  generic 1.0.0",
        "├─ api/a.yaml  file  governed",
        "└─ api/b.yaml  file  governed",
    ]
    shown = governing.ok("spec", "graph", "api/a.yaml", "--dependents").text
    assert "shop  generic 1.0.0  governs it" in shown
    assert "refer to each other: api/a.yaml -> api/b.yaml -> api/a.yaml" in shown
    assert "circle:" not in shown
    assert governing.ok("spec", "impact", "api/b.yaml").text.splitlines() == [
        "1 spec and 1 file depend on api/b.yaml",
        "  api/a.yaml  file  directly",
        "  shop  generic 1.0.0  directly",
    ]


def test_the_graph_is_drawn_by_other_programs(specs: Lattice) -> None:
    assert specs.ok("spec", "graph", "billing", "--output", "dot").text.splitlines() == [
        "digraph specs {",
        "  rankdir=LR;",
        "  node [shape=box];",
        '  n0 [label="billing\\nrequirements 1.0.0"];',
        '  n1 [label="gone\\nmissing", style=dashed];',
        "  n0 -> n1;",
        "}",
    ]
    assert specs.ok("spec", "graph", "billing", "--output", "mermaid").text.splitlines() == [
        "flowchart LR",
        '  n0["billing<br/>requirements 1.0.0"]',
        '  n1["gone<br/>missing"]',
        "  n0 --> n1",
        "  classDef missing stroke-dasharray: 4",
        "  class n1 missing",
    ]


def test_no_name_breaks_out_of_a_diagram(lattice: Lattice) -> None:
    name = 'a"]; n9 -> n9; <b>\\'
    lattice.write(".lattice/specs/a.json", spec(name, ["`x`#quot;"]))
    lattice.ok("track", ".lattice/specs")
    dot = lattice.ok("spec", "graph", "--output", "dot").text
    assert '[label="a\\"]; n9 -> n9; <b>\\\\\\nrequirements 1.0.0"];' in dot
    mermaid = lattice.ok("spec", "graph", "--output", "mermaid").text
    assert 'n0["a#34;#93;#59; n9 -#62; n9#59; #60;b#62;#92;<br/>' in mermaid
    assert 'n1["#96;x#96;#35;quot#59;<br/>missing"]' in mermaid

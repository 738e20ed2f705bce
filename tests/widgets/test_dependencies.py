"""Dependencies as trees."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.spec import SpecEdge, SpecGraph, SpecNode
from lattice_console.widgets.dependencies import dependencies

NAMES = "abcdef"


def graph(edges: set[tuple[str, str]]) -> SpecGraph:
    return SpecGraph(
        nodes=tuple(SpecNode(name=name, type="api", version=None, path=None) for name in NAMES),
        edges=tuple(SpecEdge(source=source, target=target) for source, target in sorted(edges)),
        cycles=(),
    )


def reached(edges: set[tuple[str, str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        one = waiting.pop()
        for source, target in edges:
            if source == one and target not in found:
                found.add(target)
                waiting.append(target)
    return found


@given(st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda edge: edge[0] != edge[1])))
def test_all_that_can_be_reached_is_shown_and_each_is_followed_once(edges: set[tuple[str, str]]) -> None:
    for reverse in (False, True):
        ways = {(target, source) for source, target in edges} if reverse else edges
        rows = dependencies(graph(edges), "a", reverse=reverse)
        assert {row.node.name for row in rows} == reached(ways, "a")
        followed = [row.node.name for row in rows if not row.repeated and any(way[0] == row.node.name for way in ways)]
        assert len(followed) == len(set(followed))
        # Each row stands under one that it belongs to, and only the last under one is marked so.
        above = ["a"]
        for row in rows:
            del above[row.level :]
            assert (above[-1], row.node.name) in ways
            assert len(row.last) == row.level
            above.append(row.node.name)


def test_what_leads_back_is_a_circle_and_what_stood_above_is_not_followed_again() -> None:
    rows = dependencies(graph({("a", "b"), ("b", "a"), ("a", "c"), ("c", "d"), ("b", "c")}), "a")
    assert [(row.level, row.node.name, row.repeated) for row in rows] == [
        (1, "b", ""),
        (2, "a", "circle"),
        (2, "c", ""),
        (3, "d", ""),
        (1, "c", "above"),
    ]
    assert rows[0].last == (False,)
    assert rows[-1].last == (True,)


def test_a_chain_longer_than_the_stack_is_deep_is_walked_as_far_as_anybody_reads() -> None:
    many = [f"spec-{number}" for number in range(5000)]
    chain = SpecGraph(
        nodes=tuple(SpecNode(name=name, type="api", version=None, path=None) for name in many),
        edges=tuple(SpecEdge(source=one, target=other) for one, other in pairwise(many)),
        cycles=(),
    )
    assert [row.node.name for row in dependencies(chain, "spec-0")] == many[1:2001]

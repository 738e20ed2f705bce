"""Walks on graphs, against walks by brute force."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.rules.graph import Edge, distances, shortest

NAMES = "abcdefgh"
edges = st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20)
names = st.sampled_from(NAMES)


def steps(graph: set[Edge], roots: set[str]) -> dict[str, int]:
    """How far everything is, found by trying all edges again and again."""
    found = dict.fromkeys(roots, 0)
    for _ in NAMES:
        for one, other in graph:
            if one in found and found[one] + 1 < found.get(other, len(NAMES) + 1):
                found[other] = found[one] + 1
    return found


def known(graph: set[Edge]) -> Callable[[Sequence[str], bool], list[Edge]]:
    """A look at a graph whose edges are all there."""
    return lambda names, reverse: [edge for edge in graph if edge[reverse] in names]


def turned(graph: set[Edge], reverse: bool) -> set[Edge]:
    return {(other, one) for one, other in graph} if reverse else graph


@given(edges, st.sets(names, min_size=1, max_size=3), st.booleans())
def test_what_is_reached_is_told_nearest_first_with_how_far_it_is(
    graph: set[Edge], roots: set[str], reverse: bool
) -> None:
    found = distances(graph, roots, reverse=reverse)
    assert found == steps(turned(graph, reverse), roots)
    assert list(found.values()) == sorted(found.values())


@given(edges, names, names)
def test_the_shortest_way_is_one_and_none_is_shorter(graph: set[Edge], source: str, target: str) -> None:
    way = shortest(source, target, known(graph))
    far = steps(graph, {source}).get(target)
    assert len(way) == (0 if far is None else far + 1)
    if way:
        assert (way[0], way[-1]) == (source, target)
        assert set(pairwise(way)) <= graph


def test_a_way_is_found_without_walking_all_the_graph() -> None:
    wide = {("a", "b"), ("b", "z"), *(("a", f"leaf-{at}") for at in range(1000)), *((f"l{at}", "x") for at in range(9))}
    asked: list[str] = []

    def look(names: Sequence[str], reverse: bool) -> list[Edge]:
        asked.extend(names)
        return known(wide)(names, reverse)

    assert shortest("a", "z", look) == ("a", "b", "z")
    assert len(asked) < 10

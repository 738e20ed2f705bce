"""Circles of dependencies, against what can be reached from where."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.rules.circles import cycles

NAMES = "abcdefg"
graphs = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from([*NAMES, "missing"]), max_size=3), max_size=len(NAMES)
)


def reached(graph: dict[str, list[str]], start: str) -> set[str]:
    """What a name depends on, directly or through others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in graph.get(waiting.pop(), []):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


@given(graphs)
def test_a_circle_is_what_can_be_reached_from_one_another(graph: dict[str, list[str]]) -> None:
    everywhere = {name: reached(graph, name) for name in graph}
    in_circles = {name for name, found in everywhere.items() if name in found}
    expected = {
        tuple(sorted(other for other in in_circles if other in everywhere[name] and name in everywhere[other]))
        for name in in_circles
    }
    assert cycles(graph) == tuple(sorted(expected))


def test_what_depends_on_itself_is_a_circle_of_one() -> None:
    assert cycles({"a": ["a"], "b": ["a"]}) == (("a",),)


def test_a_long_way_round_exhausts_nothing() -> None:
    size = 5000
    ring = {f"{number:05}": [f"{(number + 1) % size:05}"] for number in range(size)}
    assert cycles(ring) == (tuple(sorted(ring)),)
    assert cycles({**ring, f"{size - 1:05}": []}) == ()

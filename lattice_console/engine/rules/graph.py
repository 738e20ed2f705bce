"""Questions about a graph whose edges are known: what is reached and how far it is, and the shortest way."""

from collections.abc import Callable, Iterable, Sequence

Edge = tuple[str, str]
"""The first depends on the second."""


def distances(edges: Iterable[Edge], roots: Iterable[str], *, reverse: bool = False) -> dict[str, int]:
    """How many steps it takes at least from one of the roots to each name that is reached; the roots are 0 away.

    In the order of their distance. A step leads from an edge's source to its target, in `reverse` the other way.
    """
    following: dict[str, list[str]] = {}
    for source, target in edges:
        one, other = (target, source) if reverse else (source, target)
        following.setdefault(one, []).append(other)
    found = dict.fromkeys(roots, 0)
    layer = list(found)
    step = 0
    while layer:
        step += 1
        fresh = {name: step for one in layer for name in following.get(one, ()) if name not in found}
        found.update(fresh)
        layer = list(fresh)
    return found


def shortest(source: str, target: str, look: Callable[[Sequence[str], bool], Iterable[Edge]]) -> tuple[str, ...]:
    """A shortest way from one name to another, both included; empty where there is none.

    `look` gives the edges that leave the names, or those that lead to them where its second argument is true. Both
    ends are walked from, the one with fewer names to go on from first, else in turn, until they meet: I. Pohl,
    Bi-directional search (1971).
    """
    if source == target:
        return (source,)
    came: dict[str, str | None] = {source: None}
    goes: dict[str, str | None] = {target: None}
    ahead, behind = [source], [target]
    backwards = False
    while ahead and behind:
        backwards = len(behind) < len(ahead) or (len(behind) == len(ahead) and not backwards)
        here, known, other = (behind, goes, came) if backwards else (ahead, came, goes)
        fresh: dict[str, str] = {}
        for one, two in sorted(look(here, backwards)):
            near, far = (two, one) if backwards else (one, two)
            if far not in known:
                fresh.setdefault(far, near)
        known.update(fresh)
        met = min((name for name in fresh if name in other), default=None)
        if met is not None:
            return (*reversed(_trail(met, came)), *_trail(met, goes)[1:])
        if backwards:
            behind = list(fresh)
        else:
            ahead = list(fresh)
    return ()


def _trail(name: str, before: dict[str, str | None]) -> list[str]:
    trail = [name]
    while (one := before[trail[-1]]) is not None:
        trail.append(one)
    return trail

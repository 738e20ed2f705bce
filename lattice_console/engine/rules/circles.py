"""Dependencies that lead back to where they began."""

from collections.abc import Mapping, Sequence


def cycles(depends_on: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Every group of names that depend on one another, each sorted, by their first names.

    The strongly connected components of more than one name, and names that depend on themselves: R. Tarjan,
    Depth-first search and linear graph algorithms (1972), without its recursion.
    """
    found: list[tuple[str, ...]] = []
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}
    for start in depends_on:
        path = [(start, iter(depends_on[start]))] if start not in order else []
        while path:
            name, targets = path[-1]
            if name not in order:
                order[name] = low[name] = len(order)
                open_[name] = None
            following = next((target for target in targets if target in depends_on), None)
            if following is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[name])
                if low[name] == order[name]:
                    group: list[str] = []
                    while not group or group[-1] != name:
                        group.append(open_.popitem()[0])
                    if len(group) > 1 or name in depends_on[name]:
                        found.append(tuple(sorted(group)))
            elif following not in order:
                path.append((following, iter(depends_on[following])))
            elif following in open_:
                low[name] = min(low[name], order[following])
    return tuple(sorted(found))

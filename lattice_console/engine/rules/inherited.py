"""Which of the errors in a document its base had already: a change is held against those alone that it adds."""

from collections.abc import Callable, Hashable, Sequence

from lattice_console.contract.models.spec import Finding

__all__ = ["marked"]

_ALIKE: Sequence[Callable[[Finding], Hashable]] = (
    lambda one: (one.rule, one.pointer, one.message),
    lambda one: (one.rule, one.message),
    lambda one: (one.rule, one.pointer),
)
"""What two errors have in common that are the same one before and after a change; what says most comes first."""


def marked(found: Sequence[Finding], before: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings, those `inherited` that stand for one of `before`; each of those stands for one only."""
    rest, known = list(before), set[int]()
    for alike in _ALIKE:
        waiting: dict[Hashable, list[Finding]] = {}
        for one in rest:
            waiting.setdefault(alike(one), []).append(one)
        for at, one in enumerate(found):
            if at not in known and waiting.get(alike(one)):
                known.add(at)
                rest.remove(waiting[alike(one)].pop())
    return tuple(one.model_copy(update={"inherited": True}) if at in known else one for at, one in enumerate(found))

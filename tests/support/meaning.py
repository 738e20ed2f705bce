"""What a filter means, said in Python over plain facts; and filters to draw."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from lattice_console.contract.filters import VALUES
from lattice_console.contract.models.query import Condition, Having, MutationFilter

UNDER_WAY = frozenset(
    {"draft", "pending", "approved", "needs_manual_resolution", "in_progress", "failed", "rollback_failed"}
)
CAN_CHANGE = frozenset({"draft", "pending", "approved", "needs_manual_resolution", "failed"})


@dataclass(frozen=True, slots=True)
class Facts:
    """A mutation as somebody sees it: `authors` are the names that its author has for them, `age` is in seconds.

    `votes` are those that count, `awaits` whether it waits for them, `seen` their newest reviewed patchset. `stack` has
    the numbers of all that are in its stack, itself among them.
    """

    number: int
    title: str
    status: str
    authors: Collection[str]
    spec: str | None
    type: str
    labels: Collection[str]
    paths: Collection[str]
    votes: Collection[str]
    objections: int
    comments: int
    threads: int
    conflicts: int
    stack: Collection[int]
    level: int
    patchset: int
    age: float
    awaits: bool
    seen: int | None


def means(narrowed: MutationFilter, facts: Facts) -> bool:
    """Whether the filter lets the mutation pass."""
    return (
        (not narrowed.number or facts.number in narrowed.number)
        and (not narrowed.status or facts.status in narrowed.status)
        and (not narrowed.author or any(name in facts.authors for name in narrowed.author))
        and (not narrowed.spec or facts.spec in narrowed.spec)
        and (not narrowed.type or facts.type in narrowed.type)
        and (not narrowed.label or any(label in facts.labels for label in narrowed.label))
        and (not narrowed.path or any(_holds(path, part) for part in narrowed.path for path in facts.paths))
        and all(_says(facts, word) for word in narrowed.text)
        and (not narrowed.vote or any(vote in (facts.votes or ["none"]) for vote in narrowed.vote))
        and (not narrowed.having or any(_HAS[one](facts) for one in narrowed.having))
        and (not narrowed.condition or any(_IS[one](facts) for one in narrowed.condition))
        and (narrowed.min_age is None or facts.age >= narrowed.min_age)
        and (narrowed.max_age is None or facts.age <= narrowed.max_age)
        and (narrowed.stack is None or narrowed.stack in facts.stack)
        and all(means(one, facts) for one in narrowed.all)
        and (not narrowed.either or any(means(one, facts) for one in narrowed.either))
        and not any(means(one, facts) for one in narrowed.without)
    )


def _holds(text: str, part: str) -> bool:
    return part.casefold() in text.casefold()


def _says(facts: Facts, word: str) -> bool:
    return _holds(facts.title, word) or word.upper().removeprefix("M-") == str(facts.number)


_HAS: Mapping[Having, Callable[[Facts], bool]] = {
    "comments": lambda facts: facts.comments > 0,
    "threads": lambda facts: facts.threads > 0,
    "votes": lambda facts: bool(facts.votes),
    "objections": lambda facts: facts.objections > 0,
    "parents": lambda facts: facts.level > 0,
    "files": lambda facts: bool(facts.paths),
    "labels": lambda facts: bool(facts.labels),
    "conflict": lambda facts: facts.conflicts > 0,
}
_IS: Mapping[Condition, Callable[[Facts], bool]] = {
    "open": lambda facts: facts.status in UNDER_WAY,
    "ended": lambda facts: facts.status not in UNDER_WAY,
    "mine": lambda facts: "me" in facts.authors,
    "awaiting": lambda facts: facts.awaits,
    "changed": lambda facts: facts.status in CAN_CHANGE and facts.seen is not None and facts.seen < facts.patchset,
    "reviewed": lambda facts: facts.seen is not None,
    "ready": lambda facts: facts.status == "approved" and facts.level == 0,
    "stacked": lambda facts: facts.level > 0,
    "conflicted": lambda facts: facts.conflicts > 0,
}


_SEVERAL = ("number", "status", "author", "spec", "type", "label", "path", "text")


def filters(vocabulary: Mapping[str, Collection[Any]]) -> st.SearchStrategy[MutationFilter]:
    """Filters by every field, within one another; fields without values of their own take those of the vocabulary."""

    def several(values: Collection[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.lists(st.sampled_from(list(values)), min_size=1, max_size=2, unique=True).map(tuple)

    fields: dict[str, st.SearchStrategy[Any]] = {
        **{name: several(vocabulary[name]) for name in _SEVERAL},
        "vote": several(VALUES["vote"]),
        "having": several(VALUES["has"]),
        "condition": several(VALUES["is"]),
        "min_age": st.sampled_from(list(vocabulary["age"])),
        "max_age": st.sampled_from(list(vocabulary["age"])),
        "stack": st.sampled_from(list(vocabulary["stack"])),
    }
    narrow = st.lists(st.sampled_from(sorted(fields)), max_size=2, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: fields[name] for name in names})
    )

    def within(inner: st.SearchStrategy[MutationFilter]) -> st.SearchStrategy[MutationFilter]:
        group = st.lists(inner, max_size=2).map(tuple)
        return st.builds(
            lambda fields, all, either, without: MutationFilter(all=all, either=either, without=without, **fields),
            narrow,
            group,
            group,
            group,
        )

    simple = narrow.map(lambda fields: MutationFilter(**fields))
    return simple | within(simple) | within(simple | within(simple))

"""The order and the reasons of an act on several mutations."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.mutation import Mutation, Parent, Status
from lattice_console.contract.models.requirement import Action, Requirement
from lattice_console.screens.bulk_run import plan
from lattice_console.screens.verbs import VERBS


def mutation(number: int, parents: Sequence[int] = (), *, status: Status = "approved", refused: str = "") -> Mutation:
    """One that stands on others by number; none of them is executed yet."""
    waits = Requirement(name="parents_executed", kind="execution", state="unsatisfied", reason="its parents wait")
    allowed = {name: not (refused or (parents and name == "execute")) for name in VERBS}
    # Only what a plan looks at.
    said: dict[str, Any] = {
        "id": f"id-{number}",
        "number": number,
        "status": status,
        "patchset": 1,
        "stack": min([number, *parents]),
        "level": 1 if parents else 0,
        "parents": [
            Parent(id=f"id-{one}", number=one, title="", status="approved", patchset_hash="0" * 64, current=True)
            for one in parents
        ],
        "requirements": [waits] if parents else [],
        "actions": [Action(name=name, allowed=allowed[name], reason=refused or "Held back.") for name in VERBS],
    }
    return Mutation.model_construct(**said)


@st.composite
def graphs(draw: st.DrawFn) -> list[Mutation]:
    """Mutations in any order, each on any of those with lower numbers."""
    size = draw(st.integers(1, 12))
    made = [
        mutation(number, sorted(draw(st.sets(st.integers(1, number - 1), max_size=3)) if number > 1 else ()))
        for number in range(1, size + 1)
    ]
    return draw(st.permutations(made))


@given(graphs())
def test_parents_are_executed_before_their_children_in_any_graph(mutations: list[Mutation]) -> None:
    items = plan(VERBS["execute"], mutations, {})
    assert [item.state for item in items] == ["planned"] * len(mutations)
    places = {item.mutation.id: place for place, item in enumerate(items)}
    for item in items:
        assert all(places[parent.id] < places[item.mutation.id] for parent in item.mutation.parents)


@given(graphs())
def test_a_rollback_goes_the_other_way_round(mutations: list[Mutation]) -> None:
    places = {item.mutation.id: place for place, item in enumerate(plan(VERBS["rollback"], mutations, {}))}
    for one in mutations:
        assert all(places[parent.id] > places[one.id] for parent in one.parents)


def test_stacks_stay_together() -> None:
    items = plan(VERBS["execute"], [mutation(4, [2]), mutation(3), mutation(1), mutation(2), mutation(5, [1])], {})
    assert [item.mutation.number for item in items] == [1, 5, 2, 4, 3]


def test_a_child_is_left_out_where_its_parent_is() -> None:
    items = plan(VERBS["execute"], [mutation(1, refused="It is a draft."), mutation(2, [1]), mutation(3, [2])], {})
    assert [(item.state, item.why) for item in items] == [
        ("left out", "It is a draft."),
        ("left out", "Held back."),
        ("left out", "Held back."),
    ]


def test_a_child_that_is_not_approved_is_left_out_for_what_it_lacks() -> None:
    items = plan(VERBS["execute"], [mutation(1), mutation(2, [1], status="pending")], {})
    assert [item.state for item in items] == ["planned", "left out"]


def test_what_has_drafts_is_left_to_a_decision_of_its_own() -> None:
    one, other = mutation(1), mutation(2)
    assert [(item.mutation.number, item.state) for item in plan(VERBS["approve"], [one, other], {one.id: 2})] == [
        (2, "planned"),
        (1, "left out"),
    ]
    assert all(item.state == "planned" for item in plan(VERBS["execute"], [one, other], {one.id: 2}))

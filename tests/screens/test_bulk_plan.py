"""The order and the reasons of an act on several mutations."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.mutation import Mutation, Parent, Status
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.requirement import Action, Requirement
from lattice_console.contract.models.review import Review
from lattice_console.screens.bulk_run import Item, plan
from lattice_console.screens.foreseeing import APPROVING
from lattice_console.screens.verbs import VERBS
from tests.screens.project import NOON


def planned(action: str, mutations: Sequence[Mutation], drafted: Mapping[str, int] | None = None) -> list[Item]:
    """What would happen to each, on nothing else."""
    return plan(VERBS[action], mutations, drafted or {}, user_id="me", upon={}, held={})


def mutation(
    number: int,
    parents: Sequence[int] = (),
    *,
    status: Status = "approved",
    refused: str = "",
    votes: Sequence[tuple[str, Vote]] = (),
    reviewers: int = 1,
    further: Sequence[Requirement] = (),
) -> Mutation:
    """One that stands on others by number; none of them is executed yet. People have cast `votes`, by their ids."""
    lacks = Requirement(name="approvals", kind="review", state="unsatisfied", reason="It takes more.")
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
        "requirements": [
            *([] if status == "approved" else [lacks]),
            *further,
            *([waits] if parents else ()),
        ],
        "reviews": [
            Review.model_validate(
                {"author": {"id": who, "handle": who, "name": who}, "vote": vote, "id": who, "patchset": 1}
                | {"comment": "", "policy_version": "0" * 64, "created_at": NOON, "current": True, "withdrawn": False}
            )
            for who, vote in votes
        ],
        "approvals": sum(vote in APPROVING for _, vote in votes),
        "approvals_required": reviewers,
        "objections": sum(vote not in APPROVING for _, vote in votes),
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
    items = planned("execute", mutations)
    assert [item.state for item in items] == ["planned"] * len(mutations)
    places = {item.mutation.id: place for place, item in enumerate(items)}
    for item in items:
        assert all(places[parent.id] < places[item.mutation.id] for parent in item.mutation.parents)


@given(graphs())
def test_a_rollback_goes_the_other_way_round(mutations: list[Mutation]) -> None:
    places = {item.mutation.id: place for place, item in enumerate(planned("rollback", mutations))}
    for one in mutations:
        assert all(places[parent.id] > places[one.id] for parent in one.parents)


def test_stacks_stay_together() -> None:
    items = planned("execute", [mutation(4, [2]), mutation(3), mutation(1), mutation(2), mutation(5, [1])])
    assert [item.mutation.number for item in items] == [1, 5, 2, 4, 3]


def test_a_child_is_left_out_where_its_parent_is() -> None:
    items = planned("execute", [mutation(1, refused="It is a draft."), mutation(2, [1]), mutation(3, [2])])
    assert [(item.state, item.why) for item in items] == [
        ("left out", "It is a draft."),
        ("left out", "Held back."),
        ("left out", "Held back."),
    ]


def test_a_child_that_is_not_approved_is_left_out_for_what_it_lacks() -> None:
    items = planned("execute", [mutation(1), mutation(2, [1], status="pending")])
    assert [item.state for item in items] == ["planned", "left out"]


def test_what_has_drafts_is_left_to_a_decision_of_its_own() -> None:
    one, other = mutation(1, status="pending"), mutation(2, status="pending")
    assert [(item.mutation.number, item.state) for item in planned("approve", [one, other], {one.id: 2})] == [
        (2, "planned"),
        (1, "left out"),
    ]
    assert all(item.state == "planned" for item in planned("execute", [one, other], {one.id: 2}))


# -- what is left to do afterwards


def ahead(action: str, *mutations: Mutation) -> list[str]:
    return [item.ahead for item in planned(action, mutations)]


def test_what_stays_pending_after_my_approval_says_what_it_takes() -> None:
    assert ahead("approve", mutation(1, status="pending", reviewers=1)) == [""]
    assert ahead("approve", mutation(1, status="pending", reviewers=2)) == [
        "It stays pending: it takes 1 more approval."
    ]
    twice = mutation(1, status="pending", reviewers=4, votes=[("ann", "approve")])
    assert ahead("approve", twice) == ["It stays pending: it takes 2 more approvals."]


def test_my_approval_takes_the_place_of_what_i_said_before() -> None:
    objection = Requirement(name="no_objections", kind="review", state="unsatisfied", reason="I object: mend it.")
    mine = mutation(1, status="pending", votes=[("me", "request_changes")], further=[objection])
    assert ahead("approve", mine) == [""]
    both = mutation(2, status="pending", votes=[("me", "reject"), ("ann", "reject")], further=[objection])
    assert ahead("approve", both) == ["It stays pending: I object: mend it."]
    again = mutation(3, status="pending", reviewers=2, votes=[("me", "approve_with_suggestions")])
    assert ahead("approve", again) == ["It stays pending: it takes 1 more approval."]


def test_a_comment_that_the_policy_asks_for_is_missing_from_a_plain_approval_alone() -> None:
    comments = Requirement(name="comments", kind="review", state="unsatisfied", reason="There is none yet.")
    one = mutation(1, status="pending", further=[comments])
    assert ahead("approve", one) == ["It stays pending: an approval needs a comment, as one with suggestions has."]
    assert ahead("approve_with_suggestions", one) == [""]


def test_what_bars_the_execution_of_an_approved_one_is_told_before_the_approval() -> None:
    stale = Requirement(name="base_current", kind="execution", state="unsatisfied", reason="M-1: has a newer patchset.")
    assert ahead("approve", mutation(2, status="pending", further=[stale])) == [
        "Before it can be executed: M-1: has a newer patchset."
    ]


def test_what_is_approved_is_not_approved_once_more() -> None:
    others = mutation(1, status="approved", votes=[("ann", "approve"), ("raj", "approve")], reviewers=2)
    mine = mutation(2, status="pending", votes=[("me", "approve")], reviewers=2)
    items = planned("approve", [others, mine])
    assert [(item.state, item.why) for item in items] == [
        ("left out", "It is approved already, 2 of 2 approvals; approve it by itself to add yours."),
        ("left out", "You approved it already."),
    ]
    assert planned("approve_with_suggestions", [mine])[0].state == "planned"


def test_what_stands_on_a_rejected_one_is_named() -> None:
    one, two = mutation(1), mutation(2)
    items = plan(VERBS["reject"], [one, two], {}, user_id="me", upon={one.id: [3], two.id: [4, 5]}, held={})
    assert [item.ahead for item in items] == [
        "M-3 stands on it, and cannot be executed while it is rejected.",
        "M-4, M-5 stand on it, and cannot be executed while it is rejected.",
    ]

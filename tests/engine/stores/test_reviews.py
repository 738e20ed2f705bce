from typing import Any

from lattice_console.engine.ports import Tables
from tests.engine.stores.samples import ALEX, KIM, PROJECT, comment, later, mutation, review


def test_votes_are_listed_by_mutation_newest_first(tables: Tables) -> None:
    for number in (1, 2):
        tables.mutations.create(PROJECT, mutation(number))
    second = review("a", "m1", vote="reject", comment="No: it breaks login", created_at=later(2))
    first = review("b", "m1", author_id=KIM, created_at=later(1))
    other = review("c", "m2")
    for record in (second, first, other):
        tables.reviews.add(record)
    assert tables.reviews.of(["m1", "m2", "m3"]) == {"m1": [second, first], "m2": [other], "m3": []}


def test_settling_sets_the_state_of_the_named_votes_only(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    for name in ("a", "b", "c"):
        tables.reviews.add(review(name, "m1"))
    tables.reviews.settle(["a", "c"], "outdated")
    tables.reviews.settle([], "withdrawn")
    assert [(vote.id, vote.state) for vote in tables.reviews.of(["m1"])["m1"]] == [
        ("c", "outdated"),
        ("b", "counts"),
        ("a", "outdated"),
    ]


def test_comments_are_listed_oldest_first_and_commenters_named_once(tables: Tables) -> None:
    for number in (1, 2):
        tables.mutations.create(PROJECT, mutation(number))
    late = comment("a", created_at=later(2), text="two\nlines")
    early = comment("b", created_at=later(1))
    reply = comment("c", created_at=later(3), author_id=ALEX)
    for record in (late, early, reply):
        tables.reviews.add_comment("m1", record)
    assert tables.reviews.comments("m1") == [early, late, reply]
    assert tables.reviews.comments("m2") == []
    assert tables.reviews.commenters(["m1", "m2"]) == {"m1": {KIM, ALEX}, "m2": set()}


def test_a_comment_keeps_its_thread_anchor_and_suggestion_and_can_be_settled(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    anchor = {"file_path": "a.md", "side": "new", "line": 2, "end_line": None, "pointer": None}
    first = comment("a", anchor=anchor, suggestion="two\n", open=True)
    reply = comment("b", thread="a", author_id=ALEX, created_at=later(1))
    for record in (first, reply):
        tables.reviews.add_comment("m1", record)
    assert tables.reviews.comments("m1") == [first, reply]
    settled: dict[str, Any] = {"open": False, "resolved_by": ALEX, "resolved_at": later(2), "applied": 3}
    tables.reviews.update_comment("a", **settled)
    assert tables.reviews.comments("m1") == [first._replace(**settled), reply]


def test_the_newest_patchset_that_somebody_has_seen_only_grows(tables: Tables) -> None:
    for number in (1, 2):
        tables.mutations.create(PROJECT, mutation(number))
    assert tables.reviews.seen(KIM, "m1") is None
    for noted in (2, 1):
        tables.reviews.note_seen(KIM, "m1", noted)
    tables.reviews.note_seen(ALEX, "m1", 3)
    assert [tables.reviews.seen(*asked) for asked in ((KIM, "m1"), (ALEX, "m1"), (KIM, "m2"))] == [2, 3, None]


def test_what_somebody_has_seen_is_forgotten_for_them_alone(tables: Tables) -> None:
    tables.mutations.create(PROJECT, mutation(1))
    for user in (KIM, ALEX):
        tables.reviews.note_seen(user, "m1", 2)
    tables.reviews.forget_seen(KIM, "m1")
    assert [tables.reviews.seen(user, "m1") for user in (KIM, ALEX)] == [None, 2]
    tables.reviews.note_seen(KIM, "m1", 1)
    assert tables.reviews.seen(KIM, "m1") == 1


def test_votes_that_count_are_found_by_who_cast_them(tables: Tables) -> None:
    for number in (1, 2, 3):
        tables.mutations.create(PROJECT, mutation(number))
    for record in (
        review("a", "m1", state="current"),
        review("b", "m2", state="outdated"),
        review("c", "m3", state="current", author_id=KIM),
    ):
        tables.reviews.add(record)
    assert tables.reviews.cast_by(ALEX, ["m1", "m2", "m3"]) == {"m1"}
    assert tables.reviews.cast_by(ALEX, []) == set()

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

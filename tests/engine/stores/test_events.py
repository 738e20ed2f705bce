from lattice_console.engine.ports import Tables
from tests.engine.stores.samples import ALEX, OTHER, PROJECT, announce, event, later


def test_events_are_numbered_without_gaps_in_each_project(tables: Tables) -> None:
    assert tables.events.last(PROJECT) == 0
    announce(tables, PROJECT, [event("a"), event("b")])
    announce(tables, OTHER, [event("c")])
    announce(tables, PROJECT, [])
    announce(tables, PROJECT, [event("d", seq=99)])
    assert [(found.seq, found.name) for found in tables.events.since(PROJECT, 0, 10)] == [(1, "a"), (2, "b"), (3, "d")]
    assert [(found.seq, found.name) for found in tables.events.since(OTHER, 0, 10)] == [(1, "c")]
    assert (tables.events.last(PROJECT), tables.events.last(OTHER), tables.events.last("nowhere")) == (3, 1, 0)


def test_events_are_read_from_a_number_on_and_by_subject(tables: Tables) -> None:
    sent = [
        event("a", subject="m1", data={"reason": "ü", "n": 1}),
        event("b", subject="m2", at=later(1), actor_id=ALEX, version=7),
        event("c", subject="m1"),
    ]
    announce(tables, PROJECT, sent)
    stored = [record._replace(seq=seq) for seq, record in enumerate(sent, 1)]
    assert tables.events.since(PROJECT, 1, 1) == [stored[1]]
    assert tables.events.since(PROJECT, 3, 10) == []
    assert tables.events.of_subject(PROJECT, "m1") == [stored[0], stored[2]]
    assert tables.events.of_subject(OTHER, "m1") == []


def test_a_page_of_events_is_narrowed_by_name_actor_and_subject_newest_first(tables: Tables) -> None:
    names = ["mutation.created", "mutation.commented", "team.changed", "mutation.created"]
    announce(tables, PROJECT, [event(name, subject=f"m{index % 2}") for index, name in enumerate(names)])
    announce(tables, PROJECT, [event("mutation.created", actor_id=ALEX)])
    announce(tables, OTHER, [event("mutation.created")])

    def page(*names: str, actor: str | None = None, subject: str | None = None, before: int | None = None) -> list[int]:
        found, total = tables.events.page(PROJECT, names, actor, subject, before, 10)
        assert total == len(found) or before is not None
        return [one.seq for one in found]

    assert page() == [5, 4, 3, 2, 1]
    assert page("mutation.created") == [5, 4, 1]
    assert page("mutation.*") == [5, 4, 2, 1]
    assert page("mutation.commented", "team.*") == [3, 2]
    assert page("mutation.c%") == page("mutation_*") == []
    assert page(actor=ALEX) == [5]
    assert page("mutation.*", subject="m0", before=4) == [1]
    found, total = tables.events.page(PROJECT, [], None, None, None, 2)
    assert ([one.seq for one in found], total) == ([5, 4], 5)

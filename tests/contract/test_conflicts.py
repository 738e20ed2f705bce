"""What is in conflict is known as soon as it is, and forgotten as soon as it is not."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.conflict import Conflict, ConflictFilter, ConflictReport
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.query import MutationFilter
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, hashed, head_of, propose, track
from tests.support.refusals import refusal

BASE = b"".join(b"%d\n" % number for number in range(1, 21))
JSON_WITH_N_AT_THE_END = b'{\n"a": 1,\n"b": 2,\n"c": 3,\n"n": 2\n}\n'


def edited(*lines: int, text: bytes = b"ours\n", base: bytes = BASE) -> bytes:
    """The lines of the base, with another text in those places."""
    return b"".join(text if at in lines else line for at, line in enumerate(base.splitlines(keepends=True), 1))


async def of(backend: Backend, mutation: Mutation) -> ConflictReport:
    return await backend.conflicts.of(mutation.id)


async def only(backend: Backend, mutation: Mutation) -> Conflict:
    [conflict] = (await of(backend, mutation)).conflicts
    return conflict


# --- With the head


async def test_lines_that_both_changed_are_for_a_person(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", edited(3, 4, 15)))
    await ann.reviews.vote(mine.id, vote="approve")
    other = await carry_out(ann, modify("a.txt", edited(4, 15, text=b"theirs\n")))
    report = await of(ann, mine)
    assert (report.mutation_id, report.number, report.has_conflicts) == (mine.id, 1, True)
    assert (report.conflict_count, report.errors) == (1, 1)
    [found] = report.conflicts
    assert (found.type, found.severity, found.path, found.mutation) == ("concurrent_modification", "error", "a.txt", 1)
    assert found.description == "a.txt: both change it at lines 3-4, 15 (against revision 2 by M-2)."
    assert (found.affected_files, found.conflicting_mutations) == (("a.txt",), ())
    assert (found.revision, found.revision_mutation) == (2, other.number)
    sides = (hashed(BASE), hashed(edited(3, 4, 15)), hashed(edited(4, 15, text=b"theirs\n")))
    assert (found.base, found.ours, found.theirs) == sides
    assert [(place.ours.first, place.ours.lines, place.base.lines) for place in found.places] == [(3, 2, 2), (15, 1, 1)]
    assert [one.action for one in found.resolution_suggestions] == ["merge_by_hand", "drop_the_change"]
    seen = await ann.mutations.get(mine.id)
    assert (seen.status, seen.conflicts, seen.turn, seen.approvals) == ("needs_manual_resolution", 1, "author", 1)
    assert {one.name for one in seen.blockers} == {"base_current", "no_open_conflict"}
    assert found.description in next(one.reason for one in seen.blockers if one.name == "no_open_conflict")
    assert not seen.action("execute").allowed
    kept = {"id", "type", "severity", "path", "pointer", "description", "affected_files", "conflicting_mutations"}
    told = found.model_dump(mode="json", include=kept | {"resolution_suggestions"})
    assert seen.metadata == {"conflicts": [told]}


async def test_what_merges_by_itself_is_a_warning_and_leaves_the_status(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", edited(3)))
    await carry_out(ann, modify("a.txt", edited(15, text=b"theirs\n")))
    found = await only(ann, mine)
    assert (found.severity, found.places) == ("warning", ())
    assert found.description == "a.txt: merged (against revision 2 by M-2)."
    assert [one.action for one in found.resolution_suggestions] == ["rebase"]
    seen = await ann.mutations.get(mine.id)
    assert (seen.status, seen.conflicts) == ("pending", 0)
    assert [one.state for one in seen.requirements if one.name == "no_open_conflict"] == ["satisfied"]
    await ann.mutations.rebase(mine.id)
    assert not (await of(ann, mine)).has_conflicts


@pytest.mark.parametrize(
    ("mine", "theirs", "type", "severity", "told"),
    [
        (modify("a.txt", edited(3)), delete("a.txt"), "concurrent_modification", "error", "it was deleted"),
        (delete("a.txt"), modify("a.txt", edited(3)), "concurrent_modification", "error", "this one deletes it"),
        (delete("a.txt"), rename("a.txt", "b.txt"), "concurrent_modification", "error", "renamed to b.txt"),
        (delete("a.txt"), delete("a.txt"), "concurrent_modification", "warning", "deleted already"),
        (modify("a.txt", edited(3)), rename("a.txt", "b.txt"), "concurrent_modification", "warning", "name b.txt"),
        (rename("a.txt", "b.txt"), modify("a.txt", edited(3)), "concurrent_modification", "warning", "merged"),
        (rename("a.txt", "b.txt"), rename("a.txt", "c.txt"), "concurrent_modification", "error", "both rename it"),
        (rename("a.txt", "b.txt"), rename("a.txt", "b.txt"), "concurrent_modification", "warning", "already"),
        (rename("a.txt", "b.txt"), create("b.txt"), "file_collision", "error", "it exists already"),
        (create("b.txt", b"1\n"), create("b.txt", b"2\n"), "file_collision", "error", "both create it"),
        (create("b.txt", b"1\n"), create("b.txt", b"1\n"), "file_collision", "warning", "the same content"),
        (create("b.txt"), create("B.txt"), "file_collision", "error", "differs from B.txt only in case"),
        (create("b.txt"), create("b.txt/inside"), "file_collision", "error", "it is a folder"),
        (create("b/inside.txt"), create("b"), "file_collision", "error", "b is a document, not a folder"),
    ],
    ids=lambda value: (
        f"{value.operation_type} {value.new_path or value.file_path}" if isinstance(value, ChangeInput) else str(value)
    ),
)
async def test_whatever_the_head_did_is_either_for_a_person_or_merges(
    ann: Backend, mine: ChangeInput, theirs: ChangeInput, type: str, severity: str, told: str
) -> None:
    await track(ann, {"a.txt": BASE})
    proposed = await propose(ann, mine)
    await carry_out(ann, theirs)
    found = await only(ann, proposed)
    assert (found.type, found.severity, found.revision_mutation) == (type, severity, 2)
    assert told in found.description
    status = "needs_manual_resolution" if severity == "error" else "pending"
    assert (await ann.mutations.get(proposed.id)).status == status


async def test_what_is_far_from_it_is_no_conflict(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE, "b.txt": BASE})
    mine = await propose(ann, modify("a.txt", edited(3)), create("c/d.txt"))
    await carry_out(ann, modify("b.txt", edited(3)), create("c/e.txt"))
    report = await of(ann, mine)
    assert (report.has_conflicts, report.conflict_count, report.conflicts) == (False, 0, ())


async def test_a_rollback_ends_the_conflict_and_the_votes_count_again(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", edited(3)))
    await ann.reviews.vote(mine.id, vote="approve")
    done = await carry_out(ann, modify("a.txt", edited(3, text=b"theirs\n")))
    assert (await ann.mutations.get(mine.id)).status == "needs_manual_resolution"
    await ann.executions.rollback(done.mutation_id, reason="not yet")
    seen = await ann.mutations.get(mine.id)
    assert (seen.status, seen.conflicts, seen.blockers, seen.metadata) == ("approved", 0, (), {})
    await ann.executions.execute(mine.id)
    assert await head_of(ann) == {"a.txt": edited(3)}


async def test_a_new_patchset_settles_it(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", edited(3)))
    await carry_out(ann, modify("a.txt", edited(3, text=b"theirs\n")))
    settled = await ann.mutations.update(mine.id, changes=[modify("a.txt", edited(3, text=b"both\n"))])
    assert (settled.status, settled.conflicts) == ("pending", 0)
    assert not (await of(ann, mine)).has_conflicts


async def test_what_is_in_conflict_can_be_rejected_and_cancelled_and_not_approved(ann: Backend, rob: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine, other = [await propose(ann, modify("a.txt", edited(3))) for _ in range(2)]
    await carry_out(ann, modify("a.txt", edited(3, text=b"theirs\n")), approver=rob)
    with refusal("BR_VOTE") as refused:
        await rob.reviews.vote(mine.id, vote="approve")
    assert "this one needs manual resolution" in refused.value.message
    rejected = await rob.reviews.vote(mine.id, vote="reject", comment="no")
    assert (rejected.status, rejected.conflicts) == ("rejected", 0)
    assert not (await of(ann, mine)).has_conflicts
    assert (await rob.reviews.withdraw(mine.id)).status == "needs_manual_resolution"
    assert (await of(ann, mine)).errors == 1
    assert (await ann.mutations.cancel(other.id)).conflicts == 0
    assert (await ann.mutations.reopen(other.id)).status == "needs_manual_resolution"


async def test_a_draft_stays_a_draft_and_is_in_conflict_once_it_is_submitted(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await ann.mutations.create(title="a draft", changes=[modify("a.txt", edited(3))], draft=True)
    await carry_out(ann, modify("a.txt", edited(3, text=b"theirs\n")))
    seen = await ann.mutations.get(mine.id)
    assert (seen.status, seen.conflicts) == ("draft", 1)
    assert (await ann.mutations.submit(mine.id)).status == "needs_manual_resolution"


async def test_it_is_announced_and_recorded_when_it_arises_and_when_it_ends(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", edited(3)))
    before = await ann.events.last()
    done = await carry_out(ann, modify("a.txt", edited(3, text=b"theirs\n")))
    pair, told = [one for one in await ann.events.since(before) if one.name == "mutation.conflicted"]
    assert (pair.subject, pair.data["status"]) == (told.subject, "pending") == (mine.id, "pending")
    assert told.version == (await ann.mutations.get(mine.id)).version
    assert (told.data["number"], told.data["status"], told.data["conflicts"]) == (1, "needs_manual_resolution", 1)
    assert "both change it at line 3" in str(told.data["text"])
    assert any('"mutation.conflicted"' in row.text for row in (await ann.audit.log()).items)
    # Of the one that is executed nobody waits for it.
    executed = [one for one in await ann.events.since(before) if one.subject == done.mutation_id]
    assert not any(one.data.get("fields") == ["conflicts"] for one in executed)
    await ann.executions.rollback(done.mutation_id, reason="not yet")
    ended = [one for one in await ann.events.since(told.seq) if one.subject == mine.id]
    assert [(one.name, one.data["status"]) for one in ended] == [("mutation.updated", "pending")]


# --- Stacks


async def test_a_parents_new_patchset_conflicts_with_what_stands_on_it_and_so_does_its_end(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    below = await propose(ann, modify("a.txt", edited(3)))
    above = await propose(ann, modify("a.txt", edited(3, 4)), parents=[below.id])
    top = await propose(ann, create("b.txt"), parents=[above.id])
    await ann.mutations.update(below.id, changes=[modify("a.txt", edited(4, text=b"other\n"))])
    found = await only(ann, above)
    assert found.description.endswith("(against what it is stacked on).")
    assert (await ann.mutations.get(above.id)).status == "needs_manual_resolution"
    assert not (await of(ann, top)).has_conflicts
    await ann.mutations.update(below.id, changes=[modify("a.txt", edited(3))])
    assert not (await of(ann, above)).has_conflicts
    await ann.mutations.cancel(below.id)
    assert (await of(ann, above)).errors == 1
    assert (await ann.mutations.reopen(below.id)).conflicts == 0
    assert not (await of(ann, above)).has_conflicts


# --- Lists


async def two_in_conflict(ann: Backend) -> None:
    await track(ann, {"docs/a.txt": BASE, "b.txt": BASE})
    await propose(ann, modify("docs/a.txt", edited(3)), modify("b.txt", edited(3)))
    await propose(ann, modify("b.txt", edited(15)))
    theirs = edited(3, text=b"theirs\n")
    await carry_out(ann, modify("docs/a.txt", theirs), modify("b.txt", theirs))


async def test_all_conflicts_of_the_project_are_listed_by_document(ann: Backend) -> None:
    await two_in_conflict(ann)
    page = await ann.conflicts.list()
    assert [(one.path, one.mutation, one.severity) for one in page.items] == [
        ("b.txt", 1, "error"),
        ("b.txt", 2, "warning"),
        ("docs/a.txt", 1, "error"),
    ]
    assert (page.total, page.has_more, page.next_cursor) == (3, False, None)
    first = await ann.conflicts.list(limit=2)
    assert (first.items, first.has_more, first.total) == (page.items[:2], True, 3)
    assert (await ann.conflicts.list(cursor=first.next_cursor, limit=2)).items == page.items[2:]
    with refusal("VAL_CURSOR"):
        await ann.conflicts.list(cursor="x")


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (ConflictFilter(path="DOCS"), [("docs/a.txt", 1)]),
        (ConflictFilter(severity="warning"), [("b.txt", 2)]),
        (ConflictFilter(mutation="M-1"), [("b.txt", 1), ("docs/a.txt", 1)]),
        (ConflictFilter(mutation="1", path="b."), [("b.txt", 1)]),
        (ConflictFilter(type="file_collision"), []),
        (ConflictFilter(type="concurrent_modification", severity="error", path="b.txt"), [("b.txt", 1)]),
    ],
)
async def test_the_list_can_be_narrowed(ann: Backend, filter: ConflictFilter, found: list[tuple[str, int]]) -> None:
    await two_in_conflict(ann)
    page = await ann.conflicts.list(filter=filter)
    assert ([(one.path, one.mutation) for one in page.items], page.total) == (found, len(found))


async def test_mutations_in_conflict_can_be_filtered(ann: Backend) -> None:
    await two_in_conflict(ann)
    for narrowed in (MutationFilter(having=("conflict",)), MutationFilter(condition=("conflicted",))):
        listed = await ann.mutations.list(filter=narrowed)
        assert [(row.number, row.conflicts) for row in listed.items] == [(1, 2)]


async def test_conflicts_of_what_is_not_there_are_not_found(ann: Backend) -> None:
    with refusal("NF_MUTATION"):
        await ann.conflicts.of("M-9")
    with refusal("NF_MUTATION"):
        await ann.conflicts.list(filter=ConflictFilter(mutation="M-9"))


# --- What an earlier program has written


async def test_what_an_earlier_program_left_is_looked_through_as_soon_as_it_is_looked_at(
    house: House, ann: Backend
) -> None:
    await two_in_conflict(ann)
    before = (await ann.conflicts.list()).items
    for statement in (
        "DELETE FROM conflicts",
        "DELETE FROM writes",
        "UPDATE mutations SET conflicts = 0",
        "UPDATE mutations SET status = 'pending', turn = 'reviewers' WHERE status = 'needs_manual_resolution'",
        "UPDATE projects SET indexed = false",
    ):
        house.sql(statement)
    assert (await ann.conflicts.list()).items == before
    assert (await ann.mutations.get("M-1")).status == "needs_manual_resolution"
    await carry_out(ann, modify("docs/a.txt", edited(3, text=b"anew\n")))
    assert (await ann.conflicts.list(filter=ConflictFilter(path="docs"))).items[0].revision == 3


# --- With another mutation


async def test_two_that_change_the_same_lines_are_in_conflict_with_each_other_and_stay_as_they_are(
    ann: Backend,
) -> None:
    await track(ann, {"a.txt": BASE})
    one = await propose(ann, modify("a.txt", edited(3)))
    before = await ann.events.last()
    other = await propose(ann, modify("a.txt", edited(3, text=b"theirs\n")))
    assert (other.status, other.conflicts) == ("pending", 1)
    first, second = await only(ann, one), await only(ann, other)
    assert first.id == second.id
    assert (first.mutation, first.conflicting_mutations) == (1, (2,))
    assert (second.mutation, second.conflicting_mutations) == (2, (1,))
    assert second.description == "a.txt: both change it at line 3 (against M-1)."
    assert (second.base, second.ours, second.theirs) == (
        hashed(BASE),
        hashed(edited(3, text=b"theirs\n")),
        hashed(edited(3)),
    )
    actions = [one.action for one in second.resolution_suggestions]
    assert actions == ["merge_by_hand", "wait_for_the_other", "drop_the_change"]
    told = [event for event in await ann.events.since(before) if event.name == "mutation.conflicted"]
    assert [(event.subject, event.data["conflicts"]) for event in told] == [(one.id, 1)]
    seen = await ann.mutations.get(one.id)
    assert (seen.status, seen.version, seen.conflicts) == ("pending", one.version, 1)
    listed = await ann.conflicts.list()
    assert [(found.mutation, found.conflicting_mutations) for found in listed.items] == [(2, (1,))]


async def test_the_one_that_is_executed_second_is_then_in_conflict_with_the_head_alone(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    one = await propose(ann, modify("a.txt", edited(3)))
    other = await propose(ann, modify("a.txt", edited(3, text=b"theirs\n")))
    await ann.reviews.vote(one.id, vote="approve")
    await ann.executions.execute(one.id)
    found = await only(ann, other)
    assert (found.conflicting_mutations, found.revision_mutation) == ((), 1)
    assert (await ann.mutations.get(one.id)).conflicts == 0
    assert not (await of(ann, one)).has_conflicts


@pytest.mark.parametrize(
    ("mine", "theirs", "severity"),
    [
        (modify("a.txt", edited(3)), modify("a.txt", edited(15)), None),
        (modify("a.txt", edited(3)), modify("a.txt", edited(5)), "warning"),
        (modify("a.txt", edited(3)), modify("a.txt", edited(4)), "error"),
        (modify("a.txt", edited(3)), modify("a.txt", edited(3)), "warning"),
        (modify("a.txt", edited(3)), delete("a.txt"), "error"),
        (delete("a.txt"), delete("a.txt"), "warning"),
        (rename("a.txt", "b.txt"), modify("a.txt", edited(3)), "warning"),
        (rename("a.txt", "b.txt"), rename("a.txt", "c.txt"), "error"),
        (rename("a.txt", "n.txt"), create("n.txt"), "error"),
        (create("n.txt", b"1\n"), create("n.txt", b"2\n"), "error"),
        (create("n.txt", b"1\n"), create("n.txt", b"1\n"), "warning"),
        (create("n.txt"), create("N.txt"), "error"),
        (create("n"), create("n/a.txt"), "error"),
        (create("n/b.txt"), create("n/a.txt"), None),
        (
            modify("j.json", b'{\n"n": 1,\n"a": 1,\n"b": 2,\n"c": 3\n}\n'),
            modify("j.json", JSON_WITH_N_AT_THE_END),
            "error",
        ),
        (
            modify("j.json", b'{\n"m": 1,\n"a": 1,\n"b": 2,\n"c": 3\n}\n'),
            modify("j.json", JSON_WITH_N_AT_THE_END),
            None,
        ),
    ],
)
async def test_what_two_would_make_merges_or_is_for_a_person(
    ann: Backend, mine: ChangeInput, theirs: ChangeInput, severity: str | None
) -> None:
    await track(ann, {"a.txt": BASE, "j.json": b'{\n"a": 1,\n"b": 2,\n"c": 3\n}\n'})
    for changes in ((mine, theirs), (theirs, mine)):
        one, other = [await propose(ann, change) for change in changes]
        for side in (one, other):
            assert [found.severity for found in (await of(ann, side)).conflicts] == ([severity] if severity else [])
            assert (await ann.mutations.get(side.id)).conflicts == (severity == "error")
        await ann.mutations.cancel(one.id)
        assert not (await of(ann, other)).has_conflicts
        await ann.mutations.cancel(other.id)


async def test_a_conflict_between_two_ends_with_either_and_comes_back_with_it(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    one = await propose(ann, modify("a.txt", edited(3)))
    other = await propose(ann, modify("a.txt", edited(3, text=b"theirs\n")))
    await ann.mutations.cancel(one.id)
    assert (await ann.mutations.get(other.id)).conflicts == 0
    await ann.mutations.reopen(one.id)
    assert (await ann.mutations.get(other.id)).conflicts == 1
    await ann.mutations.update(other.id, changes=[modify("a.txt", edited(15))])
    assert [(await ann.mutations.get(side.id)).conflicts for side in (one, other)] == [0, 0]


async def test_what_is_stacked_on_one_is_no_rival_of_it_and_its_rivals_are_told_of_the_lowest(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    below = await propose(ann, modify("a.txt", edited(3)))
    above = await propose(ann, modify("a.txt", edited(3, 10)), parents=[below.id])
    beside = await propose(ann, modify("a.txt", edited(3, 11)), parents=[below.id])
    assert [(await ann.mutations.get(one.id)).conflicts for one in (below, above)] == [0, 1]
    rival = await propose(ann, modify("a.txt", edited(3, text=b"theirs\n")))
    assert (await only(ann, rival)).conflicting_mutations == (below.number,)
    assert (await only(ann, beside)).conflicting_mutations == (above.number,)


async def test_after_the_head_has_moved_elsewhere_in_the_document_two_are_in_conflict_as_before(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    one = await propose(ann, modify("a.txt", edited(10)))
    other = await propose(ann, modify("a.txt", edited(10, text=b"theirs\n")))
    await carry_out(ann, modify("a.txt", b"new\n" * 7 + BASE))
    severities = [found.severity for found in (await of(ann, one)).conflicts]
    assert severities == ["error", "warning"]
    assert [(await ann.mutations.get(side.id)).conflicts for side in (one, other)] == [1, 1]
    late = await propose(ann, modify("a.txt", b"new\n" * 7 + edited(10, text=b"late\n")))
    assert {found.conflicting_mutations for found in (await of(ann, late)).conflicts} == {(1,), (2,)}

"""What changes do to what depends on what, with what stands there and two of them together."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.resolution import ResolvedFile
from tests.support.changes import create, delete, modify, rename
from tests.support.depending import at, declare, of, spec, told
from tests.support.house import carry_out, open_house, propose, track
from tests.support.refusals import refusal


@pytest.fixture
async def ann(tmp_path: Path) -> AsyncIterator[Backend]:
    """A project as its owner has it."""
    async with open_house("local", tmp_path) as house:
        yield house.backend()


# --- With what stands there


@pytest.mark.parametrize(
    ("change", "does", "actions"),
    [
        (
            delete(at("a")),
            "deletes the spec a",
            ["remove_the_dependency", "update_the_dependents", "modify_instead", "drop_the_change"],
        ),
        (
            modify(at("a"), spec("x")),
            "renames the spec a to x",
            ["remove_the_dependency", "update_the_dependents", "drop_the_change"],
        ),
        (
            modify(at("a"), b"{}\n"),
            "makes it no longer the spec a",
            ["remove_the_dependency", "update_the_dependents", "drop_the_change"],
        ),
    ],
    ids=["delete", "rename", "empty"],
)
async def test_what_others_need_cannot_be_taken_away(
    ann: Backend, change: ChangeInput, does: str, actions: list[str]
) -> None:
    await declare(ann, a="", b="a", c="a", d="b")
    mine = await propose(ann, change)
    assert (mine.status, mine.conflicts, mine.turn) == ("needs_manual_resolution", 1, "author")
    [found] = await of(ann, mine)
    assert (found.type, found.severity, found.path) == ("dependency_violation", "error", at("a"))
    assert found.description == (
        f"specs/a.json: this one {does}, and b (specs/b.json) and c (specs/c.json) still depend on a."
    )
    assert (found.affected_files, found.conflicting_mutations) == ((at("a"), at("b"), at("c")), ())
    assert [one.action for one in found.resolution_suggestions] == actions
    assert [one.name for one in mine.blockers if found.description in one.reason] == ["no_open_conflict"]


async def test_what_is_moved_or_no_longer_needed_is_no_matter(ann: Backend) -> None:
    await declare(ann, a="", b="a", c="")
    for changes in (
        [rename(at("a"), "elsewhere/a.json")],
        [delete(at("a")), modify(at("b"), spec("b"))],
        [delete(at("a")), delete(at("b"))],
        [delete(at("a")), create("again.json", spec("a", version=2))],
        [delete(at("b")), delete(at("c"))],
        [modify(at("a"), spec("a", version=2))],
    ):
        mine = await propose(ann, *changes)
        assert (mine.status, await told(ann, mine)) == ("pending", [])
        await ann.mutations.cancel(mine.id)


async def test_a_dependency_on_no_spec_is_a_warning_until_there_is_one(ann: Backend) -> None:
    await declare(ann, a="x", b="")
    mine = await propose(ann, modify(at("b"), spec("b", "y", "a")), modify(at("a"), spec("a", "x", version=2)))
    says = "specs/b.json: this one makes it depend on y, which is no spec here yet."
    assert await told(ann, mine) == [("warning", says)]
    assert (mine.status, mine.conflicts) == ("pending", 0)
    other = await carry_out(ann, create(at("y"), spec("y")))
    assert await told(ann, mine) == []
    await ann.executions.rollback(other.mutation_id, reason="not yet")
    assert await told(ann, mine) == [("warning", says)]


async def test_a_stack_is_seen_as_a_whole(ann: Backend) -> None:
    await declare(ann, a="", b="a")
    below = await propose(ann, modify(at("b"), spec("b")))
    above = await propose(ann, delete(at("a")), parents=[below.id])
    assert await told(ann, above) == []
    await ann.mutations.update(below.id, changes=[modify(at("b"), spec("b", "a", version=2))])
    assert [severity for severity, _ in await told(ann, above)] == ["error"]
    assert await told(ann, below) == []


# --- With another mutation


async def test_two_close_a_circle_together_that_neither_closes_alone(ann: Backend) -> None:
    await declare(ann, a="", b="c", c="", d="")
    one = await propose(ann, modify(at("a"), spec("a", "b")))
    other = await propose(ann, modify(at("c"), spec("c", "a")))
    [first], [second] = await of(ann, one), await of(ann, other)
    assert first.id == second.id
    assert first.description == (
        "specs/a.json: this one and M-2 together close a circle of dependencies: a -> b -> c -> a."
    )
    assert second.description == (
        "specs/c.json: this one and M-1 together close a circle of dependencies: c -> a -> b -> c."
    )
    await carry_out(ann, modify(at("b"), spec("b")))
    assert [await told(ann, mine) for mine in (one, other)] == [[], []]
    await carry_out(ann, modify(at("b"), spec("b", "d")), modify(at("d"), spec("d", "c")))
    assert [len(await told(ann, mine)) for mine in (one, other)] == [1, 1]
    await ann.reviews.vote(one.id, vote="approve")
    await ann.executions.execute(one.id)
    assert (await ann.mutations.get(other.id)).status == "needs_manual_resolution"


async def test_what_stands_on_the_other_is_no_rival_of_it(ann: Backend) -> None:
    await declare(ann, a="", b="")
    below = await propose(ann, modify(at("a"), spec("a", "b")))
    above = await propose(ann, modify(at("b"), spec("b", "a")), parents=[below.id])
    assert await told(ann, below) == []
    [(severity, says)] = await told(ann, above)
    assert (severity, says) == ("error", "specs/b.json: this one closes a circle of dependencies: b -> a -> b.")


# --- By reference

COMMON = b"Address:\n  type: object\nName:\n  type: string\n"
USER = b"allOf:\n  - $ref: ../common.yaml#/Address\n"


async def refer(backend: Backend) -> None:
    """Track a file that is referred to by a file, and that one by a spec."""
    await track(
        backend,
        {
            "common.yaml": COMMON,
            "schemas/user.yaml": USER,
            at("api"): b'{"name": "api", "version": "1.0.0", "type": "api", "x": {"$ref": "../schemas/user.yaml"}}',
        },
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (delete("common.yaml"), "this one deletes it, and schemas/user.yaml still refers to common.yaml."),
        (
            rename("common.yaml", "shared.yaml"),
            "this one moves it to shared.yaml, and schemas/user.yaml still refers to common.yaml.",
        ),
        (
            modify("common.yaml", COMMON.replace(b"Address", b"Place")),
            "this one takes something out of it, and schemas/user.yaml still refers to #/Address.",
        ),
        (
            delete("schemas/user.yaml"),
            "this one deletes it, and api (specs/api.json) still refers to schemas/user.yaml.",
        ),
    ],
    ids=["delete", "move", "pointer", "of a spec"],
)
async def test_what_others_refer_to_cannot_be_taken_away(ann: Backend, change: ChangeInput, says: str) -> None:
    await refer(ann)
    mine = await propose(ann, change)
    assert await told(ann, mine) == [("error", f"{change.file_path}: {says}")]
    assert mine.status == "needs_manual_resolution"


async def test_what_nobody_refers_to_or_is_brought_along_is_no_matter(ann: Backend) -> None:
    await refer(ann)
    for changes in (
        [modify("common.yaml", COMMON.replace(b"Name", b"Names"))],
        [rename("common.yaml", "schemas/common.yaml"), modify("schemas/user.yaml", USER.replace(b"../", b""))],
        [rename("schemas/user.yaml", "a/user.yaml"), delete(at("api"))],
        [modify(at("api"), b'{"name": "other", "version": "1.0.0", "type": "api"}')],
        [delete(at("api"))],
    ):
        mine = await propose(ann, *changes)
        assert await told(ann, mine) == []
        await ann.mutations.cancel(mine.id)


async def test_a_new_reference_must_lead_somewhere_and_an_old_one_need_not(ann: Backend) -> None:
    await track(ann, {"a.yaml": b"x: {$ref: gone.yaml}\n", "common.yaml": COMMON, "notes.txt": b"notes\n"})
    mine = await propose(
        ann, modify("a.yaml", b"x: {$ref: gone.yaml}\ny: {$ref: 'common.yaml#/Names'}\nz: {$ref: 'notes.txt#/a'}\n")
    )
    assert await told(ann, mine) == [
        ("error", "a.yaml: this one makes it refer to common.yaml#/Names, which is not there.")
    ]
    await carry_out(ann, modify("common.yaml", COMMON + b"Names: {}\n"))
    assert await told(ann, mine) == []
    await ann.mutations.cancel(mine.id)
    moved = await propose(ann, rename("a.yaml", "deeper/a.yaml"))
    assert await told(ann, moved) == [
        ("error", "a.yaml: this one makes it refer to deeper/gone.yaml, which is not there.")
    ]


async def test_references_all_around_are_a_warning_unless_something_is_declared_on_the_way(ann: Backend) -> None:
    await track(ann, {"a.yaml": b"x: {$ref: b.yaml}\n", "b.yaml": b"y: 1\n", at("s"): spec("s")})
    mine = await propose(ann, modify("b.yaml", b"y: {$ref: a.yaml}\n"))
    says = "b.yaml: this one closes a circle of references: b.yaml -> a.yaml -> b.yaml."
    assert (await told(ann, mine), mine.status) == ([("warning", says)], "pending")
    await carry_out(ann, modify("a.yaml", b"x: {$ref: b.yaml}\nz: {$ref: specs/s.json}\n"))
    assert await told(ann, mine) == [("warning", says)]
    other = await propose(ann, modify("b.yaml", b"name: b\nversion: 1.0.0\ntype: api\ndepends_on: [s]\n"))
    closing = await propose(
        ann, modify(at("s"), b'{"name": "s", "version": "1.0.0", "type": "api", "a": {"$ref": "../a.yaml"}}')
    )
    circle = "specs/s.json: this one closes a circle of references: s -> a.yaml -> s."
    assert ("warning", circle) in await told(ann, closing)
    [found] = [one for one in await of(ann, closing) if one.conflicting_mutations == (other.number,)]
    assert (found.severity, found.description) == (
        "error",
        "specs/s.json: this one and M-3 together close a circle of dependencies: s -> a.yaml -> b -> s.",
    )


async def test_one_takes_away_what_another_newly_refers_to(ann: Backend) -> None:
    await track(ann, {"common.yaml": COMMON, "a.yaml": b"x: 1\n"})
    one = await propose(ann, modify("common.yaml", b"Name: {}\n"))
    other = await propose(ann, modify("a.yaml", b"x: {$ref: 'common.yaml#/Address'}\n"))
    assert await told(ann, one) == [
        (
            "error",
            "common.yaml: this one takes something out of it, and M-2 makes a.yaml refer to common.yaml#/Address.",
        )
    ]
    assert await told(ann, other) == [
        ("error", "a.yaml: this one makes it refer to common.yaml#/Address, which M-1 takes away.")
    ]
    await ann.mutations.cancel(one.id)
    again = await propose(ann, delete("common.yaml"))
    assert [one.conflicting_mutations for one in await of(ann, other)] == [(again.number,)]


# --- Settling it


async def test_a_change_that_breaks_something_gives_way_or_stays_open(ann: Backend) -> None:
    await declare(ann, a="", b="a", c="")
    mine = await propose(ann, delete(at("a")), modify(at("c"), spec("c", version=2)))
    why = "this one deletes the spec a, and b (specs/b.json) still depends on a"
    for strategy in ("auto_merge", "rebase", "accept_ours"):
        done = await ann.conflicts.resolve(mine.id, strategy=strategy)
        assert (done.resolved, done.patchset) == (False, 1)
        assert [(one.path, one.why) for one in done.left] == [(at("a"), why)]
    done = await ann.conflicts.resolve(mine.id, strategy="accept_theirs", path=at("a"))
    assert (done.resolved, done.status, [one.path for one in done.settled]) == (True, "pending", [at("a")])
    assert [change.file_path for change in (await ann.mutations.get(mine.id)).changes] == [at("c")]
    await ann.conflicts.undo(mine.id)
    assert (await ann.mutations.get(mine.id)).status == "needs_manual_resolution"


async def test_what_somebody_makes_of_it_is_settled_once_it_breaks_nothing(ann: Backend) -> None:
    await declare(ann, a="b", b="", c="")
    mine = await propose(ann, modify(at("b"), spec("b", "a")))
    for content, left in ((spec("b", "a", version=2), [at("b")]), (spec("b", "c"), [])):
        files = [ResolvedFile(path=at("b"), content=content)]
        done = await ann.conflicts.resolve(mine.id, strategy="manual", files=files)
        assert (done.resolved, [one.path for one in done.left]) == (not left, left)
    assert await told(ann, mine) == []


async def test_a_rebase_does_not_pass_over_what_is_broken(ann: Backend) -> None:
    await declare(ann, a="", b="a", c="")
    mine = await propose(ann, delete(at("a")), modify(at("c"), spec("c", version=2)))
    await rebase_is_refused(ann, mine)
    await carry_out(ann, modify(at("c"), spec("c") + b"\n"))
    await rebase_is_refused(ann, mine)
    done = await ann.conflicts.resolve(mine.id, strategy="auto_merge")
    assert ([one.path for one in done.settled], [one.path for one in done.left]) == ([at("c")], [at("a")])


async def rebase_is_refused(backend: Backend, mutation: Mutation) -> None:
    with refusal("CF_MERGE") as refused:
        await backend.mutations.rebase(mutation.id)
    assert "still depends on a" in refused.value.message


async def test_a_merge_train_stops_before_what_would_break_what_passed(ann: Backend) -> None:
    await declare(ann, a="", b="", c="")
    for changes in ([delete(at("a"))], [modify(at("b"), spec("b", "a"))], [modify(at("c"), spec("c", version=2))]):
        await ann.reviews.vote((await propose(ann, *changes)).id, vote="approve")
    cars = await ann.conflicts.train()
    assert [(car.passage, car.conflicts_with) for car in cars] == [("passes", ()), ("conflicts", (1,)), ("passes", ())]
    assert [one.why for one in cars[1].left] == ["this one makes it depend on a, which M-1 deletes"]

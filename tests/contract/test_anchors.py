"""What comments are about: refused by name where it is not there, carried to other patchsets, gone where it is gone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.review import Anchor, Comment
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, propose, track
from tests.support.refusals import refusal

JSON = b'{\n  "name": "billing",\n  "fees": {\n    "late": 3,\n    "early": [1, 2]\n  },\n  "end": 0\n}\n'
YAML = b"name: billing\nfees:\n  late: 3\n  early:\n    - 1\n    - 2\nend: 0\n"
LINES = b"".join(b"line %d\n" % number for number in range(1, 11))


@pytest.fixture
async def proposed(ann: Backend) -> Mutation:
    """Something of every kind of change."""
    await track(ann, {"old.txt": LINES, "gone.txt": b"gone\n", "move.txt": b"moved\n", "same.txt": b"same\n"})
    return await propose(
        ann,
        create("new.json", JSON),
        create("new.yaml", YAML),
        create("picture.png", b"\x89PNG\x00\n"),
        create("empty.txt", b""),
        create("broken.json", b'{"a": '),
        modify("old.txt", LINES.replace(b"line 5", b"LINE 5") + b"line 11"),
        delete("gone.txt"),
        rename("move.txt", "moved.txt"),
    )


async def said_on(backend: Backend, mutation: Mutation, anchor: Anchor, patchset: int | None = None) -> Comment:
    return await backend.reviews.comment(mutation.id, text="why?", anchor=anchor, patchset=patchset)


async def placed(backend: Backend, mutation: Mutation, patchset: int | None = None) -> list[Anchor | None]:
    return [one.place for one in await backend.reviews.comments(mutation.id, patchset=patchset)]


@pytest.mark.parametrize(
    ("anchor", "problem"),
    [
        (Anchor(file_path="same.txt"), "patchset 1 of M-1 does not touch same.txt"),
        (Anchor(file_path="nowhere.txt", line=1), "does not touch nowhere.txt"),
        (Anchor(file_path="old.txt", line=12), "old.txt has 11 lines, no 12"),
        (Anchor(file_path="old.txt", line=11, end_line=12), "old.txt has 11 lines, no 12"),
        (Anchor(file_path="old.txt", side="old", line=11), "old.txt has 10 lines, no 11"),
        (Anchor(file_path="empty.txt", line=1), "empty.txt has 0 lines, no 1"),
        (Anchor(file_path="new.json", side="old", line=1), "new.json has no old side"),
        (Anchor(file_path="gone.txt", line=1), "gone.txt has no new side"),
        (Anchor(file_path="picture.png", line=1), "picture.png has no lines: it is binary"),
        (Anchor(file_path="new.json", pointer="/fees/never"), "new.json has nothing at /fees/never"),
        (Anchor(file_path="new.json", pointer="fees"), "new.json has nothing at fees"),
        (Anchor(file_path="new.json", pointer="/fees/early/2"), "has nothing at /fees/early/2"),
        (Anchor(file_path="new.json", side="old", pointer="/name"), "new.json has no old side"),
        (Anchor(file_path="old.txt", pointer="/name"), "old.txt has nothing at /name"),
        (Anchor(file_path="picture.png", pointer="/name"), "picture.png has nothing at /name"),
    ],
    ids=str,
)
async def test_what_is_not_there_is_refused_by_name(
    ann: Backend, proposed: Mutation, anchor: Anchor, problem: str
) -> None:
    with refusal("VAL_ANCHOR") as refused:
        await said_on(ann, proposed, anchor)
    assert problem in refused.value.message
    assert refused.value.details["field"] == "anchor"
    assert await ann.reviews.comments(proposed.id) == ()


@pytest.mark.parametrize(
    "anchor",
    [
        Anchor(file_path="old.txt", line=11),
        Anchor(file_path="old.txt", line=1, end_line=11),
        Anchor(file_path="old.txt", side="old", line=5),
        Anchor(file_path="gone.txt", side="old", line=1),
        Anchor(file_path="gone.txt"),
        Anchor(file_path="picture.png"),
        Anchor(file_path="empty.txt"),
        Anchor(file_path="moved.txt", line=1),
        Anchor(file_path="move.txt", side="old", line=1),
    ],
    ids=str,
)
async def test_what_is_there_is_kept_as_it_was_named(ann: Backend, proposed: Mutation, anchor: Anchor) -> None:
    said = await said_on(ann, proposed, anchor)
    assert said.anchor == said.place == anchor
    assert await ann.reviews.comments(proposed.id) == (said,)


@pytest.mark.parametrize(("side", "path"), [("old", "move.txt"), ("new", "moved.txt")])
async def test_a_renamed_file_answers_to_both_names_and_stands_at_its_sides_own(
    ann: Backend, proposed: Mutation, side: str, path: str
) -> None:
    for named in ("move.txt", "moved.txt"):
        anchor = Anchor.model_validate({"file_path": named, "side": side, "line": 1})
        said = await said_on(ann, proposed, anchor)
        assert said.place == anchor.model_copy(update={"file_path": path})


async def test_of_files_that_swap_their_paths_the_one_at_the_path_on_that_side_is_meant(ann: Backend) -> None:
    await track(ann, {"a.txt": b"a\n", "b.txt": b"b\nb\n", "c.txt": b"c\nc\nc\n"})
    swapped = await propose(ann, rename("a.txt", "b.txt"), rename("b.txt", "a.txt"), delete("c.txt"))
    for path, side, lines in (("a.txt", "old", 1), ("a.txt", "new", 2), ("b.txt", "old", 2), ("b.txt", "new", 1)):
        anchor = Anchor.model_validate({"file_path": path, "side": side, "line": lines})
        assert (await said_on(ann, swapped, anchor)).place == anchor
        with refusal("VAL_ANCHOR"):
            await said_on(ann, swapped, anchor.model_copy(update={"line": lines + 1}))
    replaced = await propose(ann, delete("a.txt"), rename("c.txt", "a.txt"))
    assert (await said_on(ann, replaced, Anchor(file_path="a.txt", line=3))).place == Anchor(file_path="a.txt", line=3)


@pytest.mark.parametrize(
    ("path", "pointer", "line", "end_line"),
    [
        ("new.json", "", 1, 8),
        ("new.json", "/name", 2, None),
        ("new.json", "/fees", 3, 6),
        ("new.json", "/fees/late", 4, None),
        ("new.json", "/fees/early/1", 5, None),
        ("new.yaml", "/fees", 2, 6),
        ("new.yaml", "/fees/early/0", 5, None),
        ("new.yaml", "/end", 7, None),
    ],
)
async def test_a_pointer_gets_the_lines_at_which_its_value_stands(
    ann: Backend, proposed: Mutation, path: str, pointer: str, line: int, end_line: int | None
) -> None:
    said = await said_on(ann, proposed, Anchor(file_path=path, pointer=pointer))
    assert said.place == Anchor(file_path=path, line=line, end_line=end_line, pointer=pointer)


async def test_a_comment_goes_with_its_lines_and_is_gone_with_them(ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt", LINES))
    for line, last in ((1, None), (5, None), (4, 6), (9, 10)):
        await said_on(ann, proposed, Anchor(file_path="a.txt", line=line, end_line=last))
    await ann.mutations.update(
        proposed.id, changes=[create("a.txt", b"new\n" + LINES.replace(b"line 5\n", b"other\nother\n"))]
    )
    found = await ann.reviews.comments(proposed.id)
    assert [one.place for one in found] == [
        Anchor(file_path="a.txt", line=2),
        None,
        Anchor(file_path="a.txt", line=5, end_line=8),
        Anchor(file_path="a.txt", line=11, end_line=12),
    ]
    assert [one.gone for one in found] == [False, True, False, False]
    assert {one.patchset for one in found} == {1}
    assert await placed(ann, proposed, 1) == [one.anchor for one in found]


async def test_a_comment_on_an_older_patchset_stands_there_and_where_it_has_come_to(ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt", LINES))
    await ann.mutations.update(proposed.id, changes=[create("a.txt", b"new\n" + LINES)])
    said = await said_on(ann, proposed, Anchor(file_path="a.txt", line=3), patchset=1)
    assert (said.patchset, said.place) == (1, Anchor(file_path="a.txt", line=3))
    assert await placed(ann, proposed) == [Anchor(file_path="a.txt", line=4)]
    late = await said_on(ann, proposed, Anchor(file_path="a.txt", line=1))
    assert (late.patchset, late.place) == (2, Anchor(file_path="a.txt", line=1))
    assert await placed(ann, proposed, 1) == [Anchor(file_path="a.txt", line=3), None]


async def test_a_comment_goes_with_a_file_that_is_renamed_and_is_gone_where_it_is_not_touched(ann: Backend) -> None:
    await track(ann, {"a.txt": LINES, "b.txt": LINES})
    changed = LINES.replace(b"line 1\n", b"LINE 1\n")
    proposed = await propose(ann, modify("a.txt", changed), modify("b.txt", changed))
    anchors = [Anchor(file_path="a.txt", line=2), Anchor(file_path="b.txt", line=2), Anchor(file_path="b.txt")]
    for anchor in [*anchors, Anchor(file_path="a.txt", side="old", line=2)]:
        await said_on(ann, proposed, anchor)
    await ann.mutations.update(proposed.id, changes=[rename("a.txt", "c.txt", b"first\n" + changed)])
    assert await placed(ann, proposed) == [
        Anchor(file_path="c.txt", line=3),
        None,
        None,
        Anchor(file_path="a.txt", side="old", line=2),
    ]
    await ann.mutations.update(proposed.id, changes=[delete("a.txt"), modify("b.txt", b"first\n" + LINES)])
    assert await placed(ann, proposed) == [
        None,
        Anchor(file_path="b.txt", line=3),
        Anchor(file_path="b.txt"),
        Anchor(file_path="a.txt", side="old", line=2),
    ]


async def test_a_pointer_leads_to_its_value_wherever_that_has_gone(ann: Backend) -> None:
    proposed = await propose(ann, create("a.json", JSON))
    for pointer in ("/fees", "/fees/late"):
        await said_on(ann, proposed, Anchor(file_path="a.json", pointer=pointer))
    await ann.mutations.update(proposed.id, changes=[create("a.json", b'{\n  "fees": {\n    "late": 4\n  }\n}\n')])
    assert await placed(ann, proposed) == [
        Anchor(file_path="a.json", line=2, end_line=4, pointer="/fees"),
        Anchor(file_path="a.json", line=3, pointer="/fees/late"),
    ]
    await ann.mutations.update(proposed.id, changes=[create("a.json", b'{"fees": {}}\n')])
    assert await placed(ann, proposed) == [Anchor(file_path="a.json", line=1, pointer="/fees"), None]
    await ann.mutations.update(proposed.id, changes=[create("a.json", b"{broken")])
    assert await placed(ann, proposed) == [None, None]


async def test_a_comment_on_the_base_goes_with_a_base_that_moved(ann: Backend, rob: Backend) -> None:
    await track(ann, {"a.txt": LINES})
    moving, proposed = (
        await propose(ann, modify("a.txt", b"first\n" + LINES)),
        await propose(ann, modify("a.txt", LINES.replace(b"line 9", b"LINE 9"))),
    )
    await said_on(rob, proposed, Anchor(file_path="a.txt", side="old", line=9))
    await rob.reviews.vote(moving.id, vote="approve")
    await ann.executions.execute(moving.id)
    await ann.mutations.update(
        proposed.id, changes=[modify("a.txt", (b"first\n" + LINES).replace(b"line 9", b"LINE 9"))]
    )
    assert await placed(ann, proposed) == [Anchor(file_path="a.txt", side="old", line=10)]


async def test_comments_on_a_patchset_that_is_not_there_are_refused(ann: Backend, proposed: Mutation) -> None:
    for patchset in (0, 2, -1):
        with refusal("NF_PATCHSET"):
            await ann.reviews.comments(proposed.id, patchset=patchset)
        with refusal("NF_PATCHSET"):
            await said_on(ann, proposed, Anchor(file_path="old.txt", line=1), patchset=patchset)


# Lines that no other line equals: each patchset leaves some, in their order, and brings others.
Patchsets = list[list[int]]
contents = st.lists(
    st.lists(st.integers(0, 30), min_size=1, max_size=10, unique=True).map(sorted), min_size=2, max_size=3
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents, st.data())
async def test_every_comment_stands_where_its_lines_stand_in_every_patchset(
    house: House, contents: Patchsets, data: st.DataObject
) -> None:
    def change(lines: list[int]) -> ChangeInput:
        return create("a.txt", b"".join(b"line %d\n" % line for line in lines))

    ann = house.backend()
    contents = [one for place, one in enumerate(contents) if place == 0 or one != contents[place - 1]]
    proposed = await propose(ann, change(contents[0]))
    for lines in contents[1:]:
        await ann.mutations.update(proposed.id, changes=[change(lines)])
    made = data.draw(st.integers(1, len(contents)), "made on")
    lines = contents[made - 1]
    first = data.draw(st.integers(1, len(lines)), "first")
    last = data.draw(st.integers(first, len(lines)), "last")
    end_line = last if last > first else None
    path = proposed.changes[0].file_path
    await said_on(ann, proposed, Anchor(file_path=path, line=first, end_line=end_line), patchset=made)
    for number, there in enumerate(contents, 1):
        left = [there.index(line) + 1 for line in lines[first - 1 : last] if line in there]
        expected = None
        if left:
            expected = Anchor(file_path=path, line=left[0], end_line=left[-1] if len(left) > 1 else None)
        assert await placed(ann, proposed, number) == [expected]
    await ann.mutations.cancel(proposed.id)

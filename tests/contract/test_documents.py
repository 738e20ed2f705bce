"""Documents: their ids, revisions, the head and what moved in it."""

from lattice_console.contract.backend import Backend
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, hashed, head_of, track
from tests.support.refusals import refusal


async def test_tracking_makes_a_first_revision_without_review(ann: Backend) -> None:
    await track(ann, {"b.txt": b"bee\n", "a.txt": b"ay\n"})
    document = await ann.documents.get("a.txt")
    assert (document.path, document.revision, document.hash, document.size) == ("a.txt", 1, hashed(b"ay\n"), 3)
    [revision] = (await ann.documents.history("a.txt")).items
    assert (revision.operation, revision.mutation, revision.actor.handle) == ("baseline", None, "ann")
    tracked = [row.action for row in (await ann.audit.log()).items]
    assert tracked.count("document.tracked") == 2


async def test_a_rename_keeps_the_document_a_delete_ends_it_and_a_later_one_is_new(ann: Backend) -> None:
    await track(ann, {"a.txt": b"one\n"})
    first = (await ann.documents.get("a.txt")).id
    await carry_out(ann, rename("a.txt", "b.txt", b"two\n"))
    assert (await ann.documents.get("b.txt")).id == first == (await ann.documents.get(first)).id
    with refusal("NF_DOCUMENT"):
        await ann.documents.get("a.txt")
    await carry_out(ann, delete("b.txt"))
    with refusal("NF_DOCUMENT"):
        await ann.documents.get(first)
    await carry_out(ann, create("b.txt", b"two\n"))
    assert (await ann.documents.get("b.txt")).id != first
    history = (await ann.documents.history(first)).items
    assert [(one.number, one.operation, one.path, one.hash) for one in history] == [
        (3, "delete", None, None),
        (2, "rename", "b.txt", hashed(b"two\n")),
        (1, "baseline", "a.txt", hashed(b"one\n")),
    ]
    assert [one.mutation for one in history] == [2, 1, None]


async def test_the_history_is_paged_newest_first(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n"})
    for number in range(1, 6):
        await carry_out(ann, modify("a.txt", b"%d\n" % number))
    first = await ann.documents.history("a.txt", limit=4)
    assert ([one.number for one in first.items], first.has_more, first.total) == ([6, 5, 4, 3], True, 6)
    last = await ann.documents.history("a.txt", limit=4, cursor=first.next_cursor)
    assert ([one.number for one in last.items], last.has_more, last.next_cursor) == ([2, 1], False, None)


async def test_the_head_counts_its_steps_and_tells_what_moved_since_any(ann: Backend) -> None:
    await track(ann, {"a.txt": b"a\n", "b.txt": b"b\n", "c.txt": b"c\n"})
    start = await ann.documents.head()
    assert {entry.path: entry.hash for entry in start.entries} == {
        f"{name}.txt": hashed(f"{name}\n".encode()) for name in "abc"
    }
    await carry_out(ann, modify("a.txt", b"A\n"), rename("b.txt", "d.txt"))
    await carry_out(ann, delete("c.txt"), create("b.txt", b"new\n"))
    moved = await ann.documents.head(after=start.sequence)
    assert moved.sequence == start.sequence + 2 == (await ann.projects.get()).sequence
    assert {entry.path: entry.hash for entry in moved.entries} == {
        "a.txt": hashed(b"A\n"),
        "b.txt": hashed(b"new\n"),
        "c.txt": None,
        "d.txt": hashed(b"b\n"),
    }
    assert {entry.path for entry in (await ann.documents.head(after=start.sequence + 1)).entries} == {"b.txt", "c.txt"}
    assert (await ann.documents.head(after=moved.sequence)).entries == ()


async def test_applying_what_moved_to_any_earlier_head_gives_the_head(ann: Backend) -> None:
    await track(ann, {"a.txt": b"a\n", "b.txt": b"b\n"})
    heads = {0: dict[str, bytes]()}
    steps = [
        (modify("a.txt", b"A\n"),),
        (rename("a.txt", "b.txt"), rename("b.txt", "a.txt")),
        (delete("a.txt"),),
        (create("a.txt", b"again\n"), rename("b.txt", "dir/b.txt")),
    ]
    for step in steps:
        heads[(await ann.projects.get()).sequence] = await head_of(ann)
        await carry_out(ann, *step)
    for sequence, head in heads.items():
        delta = await ann.documents.head(after=sequence)
        for entry in delta.entries:
            head.pop(entry.path, None)
            if entry.hash:
                head[entry.path] = await ann.documents.content(entry.hash)
        assert head == await head_of(ann)


async def test_documents_are_listed_by_path_in_windows_both_ways(ann: Backend) -> None:
    paths = sorted(f"src/{name}.txt" for name in "abcdefg")
    await track(ann, {**dict.fromkeys(paths, b"x\n"), "srcs.txt": b"y\n", "README.md": b"z\n"})
    first = await ann.documents.list(prefix="src/", limit=3)
    assert ([one.path for one in first.items], first.total, first.has_more) == (paths[:3], 7, True)
    second = await ann.documents.list(prefix="src/", limit=3, cursor=first.next_cursor)
    assert [one.path for one in second.items] == paths[3:6]
    back = await ann.documents.list(prefix="src/", limit=3, cursor=second.prev_cursor, direction="prev")
    assert ([one.path for one in back.items], back.has_more) == (paths[:3], False)
    assert [one.path for one in (await ann.documents.list(prefix="src/", limit=3, direction="prev")).items] == paths[4:]
    assert (await ann.documents.list(prefix="%")).total == 0


async def test_a_project_starts_with_its_baseline_and_its_own_documents(house: House) -> None:
    from lattice_console.contract.models.document import TrackedFile

    project = await house.without_project("zoe").projects.create(
        name="another", type="library", files=[TrackedFile(path="a.txt", content=b"one\n")]
    )
    zoe = house.with_project(project.id, "zoe")
    assert await zoe.projects.get() == project
    assert (project.name, project.type, project.sequence) == ("another", "library", 1)
    assert await head_of(zoe) == {"a.txt": b"one\n"}
    assert await head_of(house.backend()) == {}
    with refusal("NF_DOCUMENT"):
        await house.backend().documents.get((await zoe.documents.get("a.txt")).id)

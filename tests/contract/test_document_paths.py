"""Paths through the contract: what is refused wherever a path is sent, twins, and files where folders stand."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, head_of, propose, track
from tests.support.refusals import refusal

ILLEGAL = [
    "/etc/passwd",
    "../outside.txt",
    "a/../../outside.txt",
    "a/./b.txt",
    "a//b.txt",
    "a/",
    "",
    ".",
    "..",
    ".git/config",
    "vendor/.GIT/hooks/post-checkout",
    ".lattice/state/lattice.db",
    ".lattice/local.json",
    ".LATTICE/config.json",
    "a\x00b.txt",
    "a\nb.txt",
    "a\x9bb.txt",
    "x" * 256,
]

COMPOSED = "caf\u00e9.txt"
DECOMPOSED = "cafe\u0301.txt"
TWINS = [
    ("Readme.md", "README.md"),
    (COMPOSED, DECOMPOSED),
    ("stra\u00dfe.txt", "STRASSE.txt"),
    ("k.txt", "\u212a.txt"),
]
"""By case, by normal form, by full case folding, by a compatibility character that folds."""


@pytest.mark.parametrize("path", ILLEGAL, ids=ascii)
async def test_an_illegal_path_is_refused_wherever_it_is_sent(house: House, ann: Backend, path: str) -> None:
    await track(ann, {"a.txt": b"one\n"})
    for change in (create(path), modify(path, b"two\n"), delete(path), rename(path, "b.txt"), rename("a.txt", path)):
        with refusal("VAL_PATH") as refused:
            await propose(ann, change)
        assert refused.value.details["field"] in ("file_path", "new_path")
    with refusal("VAL_PATH"):
        await ann.documents.track([TrackedFile(path=path, content=b"")])
    with refusal("VAL_PATH"):
        await house.without_project().projects.create(name="another", files=[TrackedFile(path=path, content=b"")])
    assert await head_of(ann) == {"a.txt": b"one\n"}
    assert (await ann.mutations.list()).total == 0


@pytest.mark.parametrize(
    "path",
    [
        "-rf",
        "a b.txt",
        "a\\b.txt",
        "con",
        "%2e%2e/a",
        "a?b#c&d=e.txt",
        "\u202etxt.exe",
        "\U0001f600/\u6f22.md",
        "~/x",
        "$HOME",
    ],
    ids=ascii,
)
async def test_an_odd_but_legal_path_is_kept_exactly(ann: Backend, path: str) -> None:
    await carry_out(ann, create(path, b"odd\n"))
    assert await head_of(ann) == {path: b"odd\n"}
    document = await ann.documents.get(path)
    assert document.path == path
    assert [entry.path for entry in (await ann.documents.history(path)).items] == [path]
    assert (await ann.documents.list(prefix=path)).total == 1


@pytest.mark.parametrize(("here", "twin"), TWINS, ids=ascii)
async def test_a_twin_of_a_document_is_refused_and_named(ann: Backend, here: str, twin: str) -> None:
    await track(ann, {here: b"one\n", "other.txt": b"other\n"})
    for change in (create(twin), rename("other.txt", twin)):
        with refusal("BR_PATH_TAKEN") as refused:
            await propose(ann, change)
        assert here in refused.value.message
        assert refused.value.details["path"] == twin
    with refusal("BR_PATH_TAKEN"):
        await track(ann, {twin: b"two\n"})


@pytest.mark.parametrize(("here", "twin"), TWINS, ids=ascii)
async def test_two_twins_in_one_proposal_are_refused(ann: Backend, here: str, twin: str) -> None:
    with refusal("BR_PATH_TAKEN"):
        await propose(ann, create(here), create(twin))
    with refusal("BR_PATH_TAKEN"):
        await track(ann, {here: b"one\n", twin: b"two\n"})
    assert await head_of(ann) == {}


@pytest.mark.parametrize(("here", "twin"), TWINS, ids=ascii)
async def test_a_rename_onto_its_own_twin_is_legal_and_keeps_the_document(ann: Backend, here: str, twin: str) -> None:
    await track(ann, {here: b"one\n"})
    before = await ann.documents.get(here)
    done = await carry_out(ann, rename(here, twin))
    assert await head_of(ann) == {twin: b"one\n"}
    assert (await ann.documents.get(twin)).id == before.id
    await ann.executions.rollback(done.mutation_id, reason="as it was")
    assert await head_of(ann) == {here: b"one\n"}


@pytest.mark.parametrize(
    "changes",
    [
        (create("guide/intro.md"),),
        (rename("other.txt", "guide/intro.md"),),
        (create("api"),),
        (rename("other.txt", "api"),),
        (create("new"), create("new/inside.md")),
        (create("new/inside.md"), create("new")),
        (create("GUIDE/intro.md"),),
        (create("Api"),),
    ],
    ids=lambda changes: "+".join(change.new_path or change.file_path for change in changes),
)
async def test_a_file_and_a_folder_cannot_share_a_place(ann: Backend, changes: tuple[ChangeInput, ...]) -> None:
    await track(ann, {"guide": b"a file\n", "api/v1.json": b"{}\n", "other.txt": b"other\n"})
    with refusal("BR_PATH_TAKEN"):
        await propose(ann, *changes)
    targets = [change.new_path or change.file_path for change in changes]
    with refusal("BR_PATH_TAKEN"):
        await track(ann, {target: b"new\n" for target in targets})


async def test_a_place_that_the_same_proposal_leaves_is_free(ann: Backend) -> None:
    await track(ann, {"a": b"a\n", "b": b"b\n", "dir/c": b"c\n", "d": b"d\n"})
    await carry_out(ann, rename("a", "b"), rename("b", "a"))
    assert await head_of(ann) == {"a": b"b\n", "b": b"a\n", "dir/c": b"c\n", "d": b"d\n"}
    await carry_out(ann, delete("d"), create("d/inside"), rename("dir/c", "dir"))
    assert await head_of(ann) == {"a": b"b\n", "b": b"a\n", "d/inside": b"one\n", "dir": b"c\n"}


async def test_one_file_is_changed_once_in_a_proposal(ann: Backend) -> None:
    await track(ann, {"a.txt": b"one\n"})
    for pair in ((modify("a.txt", b"two\n"), delete("a.txt")), (create("b.txt"), create("b.txt"))):
        with refusal("VAL_CHANGES") as refused:
            await propose(ann, *pair)
        assert pair[0].file_path in refused.value.message


@pytest.mark.parametrize(
    "change",
    [
        ChangeInput(operation_type="create", file_path="new.txt"),
        ChangeInput(operation_type="modify", file_path="a.txt"),
        ChangeInput(operation_type="modify", file_path="a.txt", content=b"x", diff=b"y"),
        ChangeInput(operation_type="modify", file_path="a.txt", content=b"x", new_path="b.txt"),
        ChangeInput(operation_type="modify", file_path="a.txt", content=b"one\n"),
        ChangeInput(operation_type="delete", file_path="a.txt", content=b"x"),
        ChangeInput(operation_type="rename", file_path="a.txt"),
        ChangeInput(operation_type="rename", file_path="a.txt", new_path="a.txt"),
    ],
    ids=str,
)
async def test_a_change_that_does_not_make_sense_is_refused(ann: Backend, change: ChangeInput) -> None:
    await track(ann, {"a.txt": b"one\n"})
    with refusal("VAL_CHANGES") as refused:
        await propose(ann, change)
    assert change.file_path in refused.value.message


async def test_what_is_not_there_cannot_be_changed(ann: Backend) -> None:
    for change in (modify("a.txt", b"two\n"), delete("a.txt"), rename("a.txt", "b.txt")):
        with refusal("NF_DOCUMENT"):
            await propose(ann, change)


async def test_what_is_there_cannot_be_created(ann: Backend) -> None:
    await track(ann, {"a.txt": b"one\n"})
    with refusal("BR_PATH_TAKEN"):
        await propose(ann, create("a.txt", b"two\n"))
    with refusal("BR_PATH_TAKEN"):
        await track(ann, {"new.txt": b"new\n", "a.txt": b"two\n"})
    assert await head_of(ann) == {"a.txt": b"one\n"}

"""Files below a folder: never through a symlink, never over what came in between."""

import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from lattice_console.contract.errors import SystemFailure
from lattice_console.workspace import Checkout
from lattice_console.workspace.files import Folder, Trusted
from lattice_console.workspace.states import ABSENT, Held, InTheWay, Obstacle, Stamp
from tests.workspace.memory import MemorySource, put, tree

LIMIT = 1000


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "folder").mkdir()
    return Folder(tmp_path / "folder")


def stamp(folder: Folder, path: str) -> Stamp:
    found = folder.stamp(path)
    assert found is not None
    return found


def test_every_kind_of_thing_is_told_apart(folder: Folder) -> None:
    put(folder.root, "file", b"bytes")
    put(folder.root, "large", b"x" * (LIMIT + 1))
    put(folder.root, "full", b"x" * LIMIT)
    (folder.root / "directory").mkdir()
    (folder.root / "link").symlink_to("file")
    (folder.root / "broken").symlink_to("nowhere")
    (folder.root / "linked").symlink_to("directory")
    os.mkfifo(folder.root / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder.root / "socket"))
    names = [
        "file",
        "large",
        "full",
        "directory",
        "link",
        "broken",
        "linked/x",
        "fifo",
        "socket",
        "none",
        "no/ne",
        "file/x",
    ]
    found = folder.look(names, LIMIT, {})
    kinds = {path: state.kind if isinstance(state, Obstacle) else type(state).__name__ for path, state in found.items()}
    assert kinds == {
        "file": "Held",
        "large": "size",
        "full": "Held",
        "directory": "directory",
        "link": "symlink",
        "broken": "symlink",
        "linked/x": "symlink",
        "fifo": "special",
        "socket": "special",
        "none": "Absent",
        "no/ne": "Absent",
        "file/x": "inside_file",
    }
    for name in names:
        state = folder.read(name, LIMIT)
        assert isinstance(state, bytes) == isinstance(found[name], Held), name


def test_the_folder_itself_may_be_reached_through_a_symlink(tmp_path: Path, folder: Folder) -> None:
    put(folder.root, "a/b", b"bytes")
    (tmp_path / "link").symlink_to(folder.root)
    assert Folder(tmp_path / "link").read("a/b", LIMIT) == b"bytes"


@pytest.mark.parametrize("path", ["../x/y", "a/../../x/y", "./x/y", "a//y", "/x", "a/..", "a/"])
def test_a_path_that_climbs_is_a_mistake_of_ours(folder: Folder, path: str) -> None:
    with pytest.raises(ValueError, match="is no path below a folder"):
        folder.read(path, LIMIT)


def test_a_directory_swapped_for_a_symlink_leads_nowhere(folder: Folder, tmp_path: Path) -> None:
    put(tmp_path, "outside/file", b"theirs")
    put(folder.root, "docs/file", b"ours")
    before = stamp(folder, "docs/file")
    os.rename(folder.root / "docs", folder.root / "moved")
    (folder.root / "docs").symlink_to(tmp_path / "outside")
    for attempt in (
        lambda: folder.stage("docs/file", b"new", None),
        lambda: folder.stage("docs/deep/er/file", b"new", None),
        lambda: folder.place("docs/file", before),
        lambda: folder.remove("docs/file", before),
        lambda: folder.move("docs/file", folder, "elsewhere"),
        lambda: folder.move("moved/file", folder, "docs/file"),
    ):
        with pytest.raises(InTheWay, match="passes through the symlink docs"):
            attempt()
    folder.discard("docs/file")
    folder.prune("docs/file")
    assert tree(tmp_path / "outside") == {"file": b"theirs"}


def test_what_came_in_between_is_not_replaced(folder: Folder) -> None:
    put(folder.root, "edited", b"1")
    seen = stamp(folder, "edited")
    put(folder.root, "edited", b"mine")
    folder.stage("edited", b"2", None)
    with pytest.raises(InTheWay, match="changed while"):
        folder.place("edited", seen)
    folder.stage("created", b"2", None)
    put(folder.root, "created", b"mine")
    with pytest.raises(InTheWay, match="changed while"):
        folder.place("created", None)
    with pytest.raises(InTheWay, match="changed while"):
        folder.remove("edited", seen)
    folder.discard("edited")
    folder.discard("created")
    assert tree(folder.root) == {"edited": b"mine", "created": b"mine"}


def test_removing_what_is_gone_is_done_already(folder: Folder) -> None:
    put(folder.root, "file", b"1")
    seen = stamp(folder, "file")
    (folder.root / "file").unlink()
    folder.remove("file", seen)


def test_writing_into_a_directory_that_is_gone_is_refused(folder: Folder) -> None:
    put(folder.root, "docs/file", b"1")
    seen = stamp(folder, "docs/file")
    (folder.root / "docs/file").unlink()
    (folder.root / "docs").rmdir()
    with pytest.raises(InTheWay, match="lies in a directory that is gone"):
        folder.remove("docs/file", seen)


def test_a_staged_file_survives_a_left_over_of_its_name(folder: Folder) -> None:
    folder.stage("file", b"left over by a process that ended", None)
    folder.stage("file", b"new", 0o640)
    folder.place("file", None)
    assert tree(folder.root) == {"file": b"new"}
    assert stat.S_IMODE((folder.root / "file").stat().st_mode) == 0o640


def test_a_reader_never_sees_half_a_file(folder: Folder) -> None:
    contents = [bytes([number]) * 200_000 for number in range(2)]
    folder.stage("file", contents[0], None)
    folder.place("file", None)
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add((folder.root / "file").read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(50):
            folder.stage("file", contents[number % 2], None)
            folder.place("file", stamp(folder, "file"))
    finally:
        done.set()
        reader.join()
    assert seen <= set(contents)


def test_only_empty_directories_are_pruned(folder: Folder) -> None:
    put(folder.root, "a/b/c/file", b"1")
    put(folder.root, "a/kept", b"1")
    folder.prune("a/b/c/file")
    assert (folder.root / "a/b/c").is_dir()
    (folder.root / "a/b/c/file").unlink()
    folder.prune("a/b/c/file")
    assert tree(folder.root) == {"a/kept": b"1"}
    assert os.listdir(folder.root / "a") == ["kept"]


def test_a_trusted_stamp_spares_the_reading_and_any_other_does_not(folder: Folder) -> None:
    put(folder.root, "file", b"1")
    (state,) = folder.look(["file"], LIMIT, {}).values()
    assert isinstance(state, Held)
    told = Trusted("f" * 64, state.stamp)
    assert folder.look(["file", "none"], LIMIT, {"file": told, "none": told}) == {
        "file": Held(told.hash, state.mode, state.stamp),
        "none": ABSENT,
    }
    other = Trusted("f" * 64, state.stamp._replace(changed=0))
    assert folder.look(["file"], LIMIT, {"file": other}) == {"file": state}


@pytest.mark.parametrize("refused", ["open", "mkdir", "rename", "unlink"])
async def test_what_the_system_does_not_allow_is_left_and_named(
    checkout: Checkout, root: Path, refused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By hand, since a superuser's tests are never refused anything.
    source = MemorySource({"fine": b"1", "locked/file": b"1", "other": b"1"})
    await checkout.sync(source)
    if refused != "unlink":
        (root / "locked/file").unlink()
    if refused == "mkdir":
        (root / "locked").rmdir()
    real = getattr(os, refused)

    def lies_in_it(directory: object) -> bool:
        if not isinstance(directory, int) or not (root / "locked").exists():
            return False
        return os.path.samestat(os.fstat(directory), (root / "locked").stat())

    def guarded(path: bytes, *args: object, **named: object) -> object:
        if (refused == "mkdir" and path == b"locked") or lies_in_it(named.get("dir_fd", named.get("dst_dir_fd"))):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *args, **named)

    source.documents.change({"fine": b"2", "locked/file": None if refused == "unlink" else b"2"})
    with monkeypatch.context() as patched:
        patched.setattr(os, refused, guarded)
        report = await checkout.sync(source)
    assert report.drifted == ("locked/file",)
    assert (root / "fine").read_bytes() == b"2"
    await checkout.sync(source)
    assert tree(root) == source.documents.files


async def test_a_full_disk_ends_a_sync_with_a_clear_error(
    checkout: Checkout, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = MemorySource({"file": b"1"})

    def full(file: int, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(SystemFailure, match="cannot be worked on: No space left on device"):
            await checkout.sync(source)
    await checkout.sync(source)
    assert tree(root) == {"file": b"1"}

"""One JSON file: whole at any moment, changed by several at once, and never silently lost."""

import fcntl
import json
import os
import random
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import LatticeError, SystemFailure, ValidationFailed
from lattice_console.json_file import Content
from lattice_console.profile import store
from lattice_console.profile.store import JsonFile
from tests.fault import forks
from tests.profile.support import FORKS, Listener

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def put(file: JsonFile, name: str, value: Any) -> None:
    def change(content: Content) -> None:
        content.setdefault("items", {})[name] = value

    file.update(change)


def a_file(folder: Path, told: Listener, *, hand_written: bool = False) -> JsonFile:
    return JsonFile(folder / "kept" / "items.json", ("items",), told, hand_written=hand_written)


def settle(file: JsonFile) -> None:
    """Let the file look as if it had been left alone for a while."""
    long_ago = time.time_ns() - 10_000_000_000
    os.utime(file.path, ns=(long_ago, long_ago))


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_file_that_is_not_there_is_empty_and_looking_makes_none(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)
    assert file.load() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_change_that_changes_nothing_writes_nothing(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)
    file.update(lambda content: content.pop("items", None))
    assert files(tmp_path) == {"kept/.lock"}
    put(file, "a", 1)
    before = file.path.stat().st_ino
    put(file, "a", 1)
    assert file.path.stat().st_ino == before


@given(st.dictionaries(st.text(), JSON, max_size=5), st.booleans())
def test_what_is_kept_comes_back(
    tmp_path_factory: pytest.TempPathFactory, items: dict[str, Any], hand_written: bool
) -> None:
    folder, told = tmp_path_factory.mktemp("round"), Listener()
    for name, value in items.items():
        put(a_file(folder, told, hand_written=hand_written), name, value)
    assert a_file(folder, told, hand_written=hand_written).section("items") == items
    assert told == []


def test_lone_surrogates_come_back_and_the_file_is_utf_8(tmp_path: Path, told: Listener) -> None:
    put(a_file(tmp_path, told), "\ud800", "\udc80é")
    file = a_file(tmp_path, told)
    assert file.section("items") == {"\ud800": "\udc80é"}
    assert "é" in file.path.read_text(encoding="utf-8")


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path, told: Listener) -> None:
    before = os.umask(0)
    try:
        put(a_file(tmp_path / "new" / "folders", told), "a", 1)
    finally:
        os.umask(before)
    modes = {str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {
        "new": 0o700,
        "new/folders": 0o700,
        "new/folders/kept": 0o700,
        "new/folders/kept/.lock": 0o600,
        "new/folders/kept/items.json": 0o600,
    }


def test_a_change_of_somebody_else_is_seen_at_once(tmp_path: Path, told: Listener) -> None:
    one, other = a_file(tmp_path, told), a_file(tmp_path, told)
    for number in range(50):
        put(one, "a", number)
        assert other.section("items") == {"a": number}


def test_a_settled_file_is_read_once_until_it_changes(
    tmp_path: Path, told: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = a_file(tmp_path, told)
    put(file, "a", 1)
    settle(file)
    first = file.load()
    assert file.load() is first
    put(a_file(tmp_path, told), "a", 2)
    assert file.section("items") == {"a": 2}
    assert first["items"] == {"a": 1}


def test_a_change_is_seen_though_the_file_system_tells_no_difference(
    tmp_path: Path, told: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_stamp", lambda _: (1, 1, 1, 1))
    file = a_file(tmp_path, told)
    for number in range(3):
        put(a_file(tmp_path, told), "a", number)
        assert file.section("items") == {"a": number}


def test_what_was_loaded_stays_as_it_was_when_a_change_fails(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)
    put(file, "a", 1)
    settle(file)

    def change(content: Content) -> None:
        content["items"].clear()
        raise LookupError

    with pytest.raises(LookupError):
        file.update(change)
    assert file.section("items") == {"a": 1}


BROKEN = {
    "cut short": (b'{"schema_version": 1, "items": {"a": ', "cannot be read as JSON"),
    "empty": (b"", "cannot be read as JSON"),
    "no UTF-8": (b'{"schema_version": 1, "items": {"\xff": 1}}', "cannot be read as JSON"),
    "a list": (b"[]", "holds no JSON object"),
    "nested too deeply": (b"[" * 100_000, "cannot be read as JSON"),
    "of another version": (b'{"schema_version": 7, "items": {}}', "was written by another version of Lattice"),
    "of no version": (b'{"items": {}}', "was written by another version of Lattice"),
    "of another shape": (b'{"schema_version": 1, "items": [1]}', "has items that are no JSON object"),
    "too large": (b" " * (store.LIMIT + 1), "is larger than 16,000,000 bytes"),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("writes", [False, True])
def test_a_file_that_cannot_be_used_is_set_aside_and_told_of(
    tmp_path: Path, told: Listener, case: str, writes: bool
) -> None:
    data, reason = BROKEN[case]
    file = a_file(tmp_path, told)
    file.path.parent.mkdir()
    file.path.write_bytes(data)
    if writes:
        put(file, "b", 2)
    assert file.section("items") == ({"b": 2} if writes else {})
    (aside,) = file.path.parent.glob("items.json.broken-*")
    assert aside.read_bytes() == data
    (message,) = told
    assert message.startswith(f"{file.path} {reason}")
    assert aside.name in message


def test_what_was_set_aside_is_never_overwritten(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)
    file.path.parent.mkdir()
    for number in range(5):
        file.path.write_text(f"broken {number}")
        assert file.load() == {}
    aside = {path.read_text() for path in file.path.parent.glob("items.json.broken-*")}
    assert aside == {f"broken {number}" for number in range(5)}


def test_a_folder_or_a_pipe_in_its_place_is_set_aside(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)
    file.path.mkdir(parents=True)
    assert file.load() == {}
    os.mkfifo(file.path)
    put(file, "a", 1)
    assert file.section("items") == {"a": 1}
    assert len(told) == 2
    assert "is no regular file" in told[0]


@pytest.mark.parametrize("data", [b'{"items": ', b"[]", b'{"items": []}'])
def test_a_hand_written_file_stays_where_it_is_and_is_told_of_once(tmp_path: Path, told: Listener, data: bytes) -> None:
    file = a_file(tmp_path, told, hand_written=True)
    file.path.parent.mkdir()
    file.path.write_bytes(data)
    assert file.load() == file.load() == {}
    assert len(told) == 1
    with pytest.raises(ValidationFailed, match="Nothing was changed; mend or remove it") as raised:
        put(file, "a", 1)
    assert raised.value.code == "VAL_SETTING"
    assert file.path.read_bytes() == data
    assert files(tmp_path) == {"kept/.lock", "kept/items.json"}


def test_a_hand_written_file_keeps_what_others_wrote_into_it(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told, hand_written=True)
    file.path.parent.mkdir()
    file.path.write_text('{"console": {"theme": "light"}, "items": {"ö": 1}, "later": [1, 2]}')
    put(file, "b", 2)
    text = file.path.read_text(encoding="utf-8")
    assert json.loads(text) == {"console": {"theme": "light"}, "items": {"ö": 1, "b": 2}, "later": [1, 2]}
    assert text.startswith('{\n  "console": {\n')
    assert '"ö"' in text


def test_a_link_stays_a_link(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told, hand_written=True)
    file.path.parent.mkdir()
    real = tmp_path / "dotfiles" / "profile.json"
    real.parent.mkdir()
    real.write_text("{}")
    file.path.symlink_to(real)
    put(file, "a", 1)
    assert file.path.is_symlink()
    assert json.loads(real.read_text()) == {"items": {"a": 1}}


def test_what_would_be_too_large_is_refused_whole(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)
    put(file, "a", 1)
    with pytest.raises(ValidationFailed, match="so nothing was changed") as raised:
        put(file, "b", "x" * store.LIMIT)
    assert raised.value.code == "VAL_PROFILE"
    assert file.section("items") == {"a": 1}


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path, told: Listener) -> None:
    (tmp_path / "kept").write_text("in the way")
    file = a_file(tmp_path, told)
    for attempt in (file.load, lambda: put(file, "a", 1)):
        with pytest.raises(SystemFailure) as raised:
            attempt()
        assert raised.value.code == "SYS_PROFILE"
        assert str(tmp_path / "kept") in raised.value.message


def test_a_full_disk_leaves_the_old_content_and_no_rest(
    tmp_path: Path, told: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = a_file(tmp_path, told)
    put(file, "a", 1)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SystemFailure, match="No space left on device"):
        put(file, "a", 2)
    assert file.section("items") == {"a": 1}
    assert files(tmp_path) == {"kept/.lock", "kept/items.json"}


def test_a_lock_that_nobody_lets_go_of_is_an_error(
    tmp_path: Path, told: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    file = a_file(tmp_path, told)
    put(file, "a", 1)
    with open(file.path.parent / ".lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(SystemFailure) as raised:
            put(file, "b", 2)
        assert raised.value.code == "SYS_PROFILE_BUSY"
        assert file.section("items") == {"a": 1}
    put(file, "b", 2)


@FORKS
def test_a_console_that_ends_between_writing_and_renaming_leaves_the_old_content(
    tmp_path: Path, told: Listener
) -> None:
    file = a_file(tmp_path, told)
    put(file, "a", "old")

    def work(marks: forks.Marks) -> None:
        def stop(*_: object) -> None:
            marks.leave("written")
            time.sleep(60)

        # In the child alone.
        setattr(os, "replace", stop)  # noqa: B010 - mypy knows what replace is
        put(file, "a", "new")

    assert forks.run(work, kill_after=0, kill_at="written").killed
    assert (tmp_path / "kept/.items.json.tmp").exists()
    assert file.section("items") == {"a": "old"}
    put(file, "b", 2)
    assert file.section("items") == {"a": "old", "b": 2}
    assert files(tmp_path) == {"kept/.lock", "kept/items.json"}
    assert told == []


@FORKS
def test_what_was_kept_before_a_console_was_killed_is_there(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)
    kept: set[str] = set()

    def work(marks: forks.Marks) -> None:
        for number in range(10_000):
            name = f"{os.getpid()}-{number}"
            put(file, name, "x" * 500)
            marks.leave(name)

    for _ in range(8):
        ending = forks.run(work, kill_after=random.uniform(0, 0.05))
        kept |= {name for name, _ in ending.marks if name != "start"}
        assert kept <= set(file.section("items"))
    assert kept
    assert told == []


@FORKS
def test_consoles_that_change_different_things_at_once_lose_none(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)

    def work(which: int) -> forks.Work:
        def keep(_: forks.Marks) -> None:
            for number in range(25):
                put(file, f"{which}-{number}", number)

        return keep

    forks.run_all([work(which) for which in range(4)])
    assert file.section("items") == {f"{which}-{number}": number for which in range(4) for number in range(25)}
    assert told == []


@FORKS
def test_a_broken_file_that_several_find_at_once_is_set_aside_once(tmp_path: Path, told: Listener) -> None:
    file = a_file(tmp_path, told)
    file.path.parent.mkdir()
    for number in range(10):
        file.path.write_text("broken")

        def work(which: int, number: int = number) -> forks.Work:
            return lambda _: put(a_file(tmp_path, told), f"{number}-{which}", 1)

        forks.run_all([work(which) for which in range(3)])
        assert len(list(file.path.parent.glob("items.json.broken-*"))) == number + 1
        assert set(file.section("items")) == {f"{number}-{which}" for which in range(3)}


def test_every_refusal_is_an_error_of_the_contract(tmp_path: Path, told: Listener) -> None:
    folder = tmp_path / "loop"
    folder.symlink_to(folder)
    with pytest.raises(LatticeError):
        a_file(folder, told).load()

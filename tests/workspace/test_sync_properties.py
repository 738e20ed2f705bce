"""Random heads, random hands in the folder, syncs cut off anywhere: what must hold always."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lattice_console.contract.errors import SystemFailure, ValidationFailed
from lattice_console.workspace import Checkout, SyncReport
from tests.workspace.memory import MemorySource, project, put, tree

PATHS = ("a", "a/b", "a/b/c", "a/d", "e/f", "g")
paths = st.sampled_from(PATHS)
contents = st.sampled_from([b"0", b"1", b"22"])
heads = st.dictionaries(paths, contents | st.none(), min_size=1)


def related(path: str, other: str) -> bool:
    """Whether one path would lie inside the other."""
    return path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/")


class Folder(RuleBasedStateMachine):
    """A folder, a head, and someone who edits; `touched` are the paths that they have had a hand in."""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.base = Path(tempfile.mkdtemp(prefix="lattice-test-"))
        self.root = project(self.base / "project")
        self.checkout = Checkout(self.root)
        self.source = MemorySource()
        self.touched: set[str] = set()
        self.moved: set[str] = set()
        self.brought: set[str] = set()
        self.mine = 0

    def teardown(self) -> None:
        if hasattr(self, "base"):
            self.runner.close()
            shutil.rmtree(self.base)

    @rule(changes=heads)
    def the_head_moves(self, changes: dict[str, bytes | None]) -> None:
        files = self.source.documents.files
        step: dict[str, bytes | None] = {}
        for path, content in changes.items():
            if content is not None:
                step |= {other: None for other in (*files, *step) if other != path and related(path, other)}
            step[path] = content
        step = {path: content for path, content in step.items() if content is not None or path in files}
        self.source.documents.change(step)
        self.moved |= step.keys()

    @rule(path=paths, content=contents | st.none())
    def someone_edits(self, path: str, content: bytes | None) -> None:
        if content is None:
            self.mine += 1
            content = f"mine {self.mine}".encode()
        with contextlib.suppress(FileExistsError, NotADirectoryError, IsADirectoryError):
            put(self.root, path, content)
        self.touch(path)

    @rule(path=paths)
    def someone_deletes(self, path: str) -> None:
        place = self.root / path
        if place.is_dir():
            shutil.rmtree(place)
        else:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                place.unlink()
        self.touch(path)

    @rule(path=paths)
    def someone_proposes(self, path: str) -> None:
        if (self.root / path).is_file():
            self.source.documents.put((self.root / path).read_bytes())

    @rule(path=paths)
    def someone_restores(self, path: str) -> None:
        if path not in self.source.documents.files:
            return
        before = self.precious() | self.saved()
        try:
            self.runner.run(self.checkout.restore(self.source, [path]))
        except ValidationFailed:
            # A file lies where the path needs a directory.
            return
        finally:
            # It finishes a sync that was cut off first.
            self.what_is_there_has_arrived()
        assert (self.root / path).read_bytes() == self.source.documents.files[path]
        assert set(before.values()) <= set((self.precious() | self.saved()).values())

    @rule(cut=st.integers(1, 15))
    def a_sync_is_cut_off(self, cut: int) -> None:
        before = self.precious()
        with cut_off_at(cut), contextlib.suppress(SystemFailure):
            self.runner.run(self.checkout.sync(self.source))
        assert before.items() <= tree(self.root).items()
        # The record may have been all but the last of it.
        self.what_is_there_has_arrived()

    @rule()
    def a_sync_runs(self) -> None:
        before = self.precious()
        report = self.runner.run(self.checkout.sync(self.source))
        after = tree(self.root)
        assert before.items() <= after.items(), "bytes that the store does not hold were lost"
        self.check_against_the_head(report, after, before.keys())
        again = self.runner.run(self.checkout.sync(self.source))
        assert again == SyncReport(report.sequence, (), (), report.drifted, report.missing)
        assert tree(self.root) == after
        odd = {path for path in PATHS if after.get(path) != self.source.documents.files.get(path)}
        self.touched = {path for path in self.touched if any(related(path, other) for other in odd)}
        self.moved &= set(report.drifted)
        self.brought = self.source.documents.files.keys() - odd

    @invariant()
    def nothing_lies_about(self) -> None:
        if hasattr(self, "root") and not (self.root / ".lattice/state/checkout.journal").exists():
            assert [left for left in tree(self.root) if ".lattice-tmp-" in left] == []

    def what_is_there_has_arrived(self) -> None:
        head, disk = self.source.documents.files, tree(self.root)
        self.moved = {path for path in self.moved if disk.get(path) != head.get(path)}

    def touch(self, path: str) -> None:
        self.touched |= {other for other in PATHS if related(path, other)}

    def precious(self) -> dict[str, bytes]:
        """The files whose bytes the store does not hold."""
        known = self.source.documents.known
        files = tree(self.root)
        held = self.runner.run(known([hashlib.sha256(content).hexdigest() for content in files.values()]))
        return {path: content for path, content in files.items() if hashlib.sha256(content).hexdigest() not in held}

    def saved(self) -> dict[str, bytes]:
        place = self.root / ".lattice/state/restored"
        return {str(file): file.read_bytes() for file in place.rglob("*") if file.is_file()}

    def check_against_the_head(self, report: SyncReport, disk: dict[str, bytes], precious: Collection[str]) -> None:
        head = self.source.documents.files
        for path in PATHS:
            if disk.get(path) == head.get(path):
                assert path not in report.missing
            elif path in self.touched and path not in head and (path in precious or path not in self.brought):
                continue  # Untracked, or deleted in the head and edited here; either way it is theirs.
            elif path in self.moved or path not in self.touched:
                assert path in report.drifted, f"{path} is neither the head's nor drifted"
            elif path in head and path not in disk:
                assert path in {*report.missing, *report.drifted}
        for path in report.drifted:
            assert path in self.touched, f"{path} drifts though nobody touched it"
        assert disk.keys() <= set(PATHS)


@contextlib.contextmanager
def cut_off_at(number: int) -> Iterator[None]:
    """Let the file system refuse everything from the `number`th change on: what is cut off stays as it is."""
    done = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def refuse(*args: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done >= number:
                raise InterruptedError("cut off")
            return real(*args, **named)

        return refuse

    with contextlib.ExitStack() as stack:
        for name in ("rename", "unlink", "rmdir", "mkdir", "fsync"):
            stack.enter_context(patch.object(os, name, counted(getattr(os, name))))
        yield


TestFolder = Folder.TestCase
TestFolder.settings = settings(max_examples=40, stateful_step_count=20)

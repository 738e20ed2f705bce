"""What differs on disk from the head, as changes to propose; and files to bring in as a baseline."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.contract.paths import check_path, twin_key
from lattice_console.workspace.files import Folder
from lattice_console.workspace.lock import hop
from lattice_console.workspace.scan import Untrackable, scan
from lattice_console.workspace.select import Selection, select
from lattice_console.workspace.source import Source
from lattice_console.workspace.states import ABSENT, Held, Obstacle
from lattice_console.workspace.survey import Survey, read_heading, survey


@dataclass(frozen=True, slots=True)
class Baseline:
    """Files to track, with what a directory or a glob also holds that cannot be tracked."""

    files: tuple[TrackedFile, ...]
    passed_over: tuple[Untrackable, ...]


async def baseline(
    folder: Folder, state: Path, source: Source, patterns: Sequence[str], takes: Callable[[str], bool], limit: int
) -> Baseline:
    """Read the untracked files that are meant; see `Checkout.baseline`."""
    heading = await read_heading(state, source)
    selection = await hop(select, folder, patterns, heading.tracked, limit)
    meant = selection.named | set(filter(takes, selection.found))
    untracked = sorted(path for path in meant if heading.head(path) is None)
    contents = await hop(_read_all, folder, untracked, limit)
    files = tuple(TrackedFile(path=path, content=content) for path, content in contents.items())
    return Baseline(files, tuple(one for one in selection.passed_over if takes(one.path)))


async def proposal(
    folder: Folder,
    state: Path,
    source: Source,
    patterns: Sequence[str],
    renames: Mapping[str, str],
    bases: Mapping[str, str | None],
    limit: int,
) -> list[ChangeInput]:
    """The changes that make the head what the disk is; see `Checkout.proposal`."""
    heading = await read_heading(state, source)
    selection = await hop(select, folder, patterns, heading.tracked | bases.keys(), limit)
    _refuse_oversized(selection)
    paths = selection.paths | renames.keys() | set(renames.values())
    for path in renames.values():
        check_path(path, field="rename")
    seen = await survey(heading, folder, source, paths, limit)
    comparison = _Comparison(seen, bases)
    changes = [comparison.rename(old, new) for old, new in renames.items()]
    for path in sorted(paths - renames.keys() - set(renames.values())):
        change = comparison.change(path)
        if change is not None:
            changes.append(change)
    if not changes:
        named = ", ".join(pattern or "the folder" for pattern in patterns)
        raise ValidationFailed("VAL_FILES", f"Nothing differs from the head in {named}.", field="files")
    return await hop(_with_contents, folder, sorted(changes, key=lambda change: change.file_path), limit)


async def differences(
    folder: Folder,
    state: Path,
    source: Source,
    patterns: Sequence[str],
    also: Collection[str],
    takes: Callable[[str], bool],
    limit: int,
) -> dict[str, str | None]:
    """What a proposal would be about; see `Checkout.differences`."""
    heading = await read_heading(state, source)
    paths = await hop(_meant, folder, patterns, heading.tracked, takes, limit)
    seen = await survey(heading, folder, source, paths.union(also), limit)
    comparison = _Comparison(seen, {})
    found: dict[str, str | None] = {}
    for path, lies in sorted(seen.states.items()):
        if isinstance(lies, Obstacle) and not lies.is_absence:
            continue
        if comparison.change(path) is not None:
            found[path] = lies.hash if isinstance(lies, Held) else None
    return found


def _meant(
    folder: Folder, patterns: Sequence[str], tracked: Collection[str], takes: Callable[[str], bool], limit: int
) -> set[str]:
    if patterns:
        selection = select(folder, patterns, tracked, limit)
        named, found = selection.named, selection.found
    else:
        named, found = set(tracked), scan(folder, limit, ".lattice").files
    return named | {path for path in found if path in tracked or takes(path)}


class _Comparison:
    """The disk beside what changes are made against: the given bases, else what the folder was brought to."""

    def __init__(self, seen: Survey, bases: Mapping[str, str | None]) -> None:
        self._seen = seen
        self._bases = bases

    def base(self, path: str) -> str | None:
        """The hash that a change at the path is made against.

        Not the head's where that has moved on: the bytes on disk were not made against it, and to say so would undo
        what moved it.
        """
        heading = self._seen.heading
        if path in self._bases:
            return self._bases[path]
        if heading.record.sequence < 0 or heading.head(path) is None:
            return heading.head(path)
        return heading.record.files.get(path)

    def change(self, path: str) -> ChangeInput | None:
        """What happened to the file at the path, still without content; None where nothing did."""
        state, base = self._seen.states[path], self.base(path)
        if isinstance(state, Obstacle) and not state.is_absence:
            raise state.refusal(path)
        if not isinstance(state, Held):
            # What was never brought to the folder is not missing from it.
            was = base if path in self._bases else base and self._seen.heading.record.files.get(path)
            return ChangeInput(operation_type="delete", file_path=path, base_hash=was) if was else None
        if state.hash == base or (path not in self._bases and state.hash == self._seen.heading.head(path)):
            return None
        if self._is_left_behind(path, state):
            return None
        return ChangeInput(operation_type="modify" if base else "create", file_path=path, content=b"", base_hash=base)

    def rename(self, old: str, new: str) -> ChangeInput:
        """A rename, with the place for content where that changed as well."""
        base = self.base(old)
        if base is None:
            raise NotFound("NF_PATH", f"{old} cannot be renamed: it is not tracked.", path=old)
        same_file = twin_key(old) == twin_key(new)
        if isinstance(self._seen.states[old], Held) and not same_file:
            raise ValidationFailed("VAL_RENAME", f"{old} is still on disk: move it to {new} first.", field="rename")
        if self.base(new) is not None:
            raise ValidationFailed("VAL_RENAME", f"{old} cannot become {new}: that is tracked already.", field="rename")
        state = self._seen.states[new]
        if isinstance(state, Obstacle):
            raise state.refusal(new)
        if state == ABSENT or not isinstance(state, Held):
            raise ValidationFailed("VAL_RENAME", f"{new} is not on disk: move {old} there first.", field="rename")
        content = None if state.hash == base else b""
        return ChangeInput(operation_type="rename", file_path=old, new_path=new, content=content, base_hash=base)

    def _is_left_behind(self, path: str, state: Held) -> bool:
        """Whether the disk has what the record says of a path that the head has deleted: a sync removes it."""
        return path not in self._bases and state.hash == self._seen.heading.record.files.get(path)


def _refuse_oversized(selection: Selection) -> None:
    for one in selection.passed_over:
        if one.oversized:
            raise ValidationFailed("VAL_SIZE", f"{one.path} {one.reason}.", field="files", path=one.path)


def _with_contents(folder: Folder, changes: Sequence[ChangeInput], limit: int) -> list[ChangeInput]:
    wanted = [change.new_path or change.file_path for change in changes if change.content is not None]
    contents = _read_all(folder, wanted, limit)
    return [
        change
        if change.content is None
        else change.model_copy(update={"content": contents[change.new_path or change.file_path]})
        for change in changes
    ]


def _read_all(folder: Folder, paths: Sequence[str], limit: int) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for path in paths:
        content = folder.read(path, limit)
        if isinstance(content, Obstacle):
            raise content.refusal(path)
        if not isinstance(content, bytes):
            raise NotFound("NF_PATH", f"{path} is not on disk.", path=path)
        contents[path] = content
    return contents

"""Which paths someone means: names, directories and globs, as typed."""

import os
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path

from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.contract.paths import check_path
from lattice_console.workspace.files import Folder
from lattice_console.workspace.scan import Untrackable, scan
from lattice_console.workspace.states import Absent, Obstacle

_GLOB = re.compile(r"[*?[]")


@dataclass(slots=True)
class Selection:
    """The paths that are meant: `named` one by one, `found` by a directory or glob; `passed_over` are untrackable."""

    named: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    passed_over: list[Untrackable] = field(default_factory=list)

    @property
    def paths(self) -> set[str]:
        """All of them."""
        return self.named | self.found


def relative(root: Path, typed: str, cwd: Path) -> str:
    """The path below `root` of what someone in the folder `cwd` typed; "" for `root` itself, globs untouched.

    Only text is compared: a symlink that is named stays the symlink. Raises ValidationFailed (`VAL_PATH`) outside.
    """
    absolute = os.path.normpath(os.path.join(os.path.realpath(cwd), typed))
    for base in (os.path.realpath(root), os.path.abspath(root)):
        if absolute == base:
            return ""
        if absolute.startswith(f"{base.rstrip('/')}/"):
            return absolute[len(base.rstrip("/")) + 1 :]
    shown = typed.encode(errors="backslashreplace").decode()
    raise ValidationFailed("VAL_PATH", f"{shown} lies outside the project's folder {root}.", field="path", path=shown)


def select(folder: Folder, patterns: Iterable[str], tracked: Collection[str], limit: int) -> Selection:
    """What the patterns mean among the `tracked` paths and the files of the folder, which may be at most `limit` bytes.

    A pattern is a path as `relative` gives it, and means: the file, tracked or on disk, of that very name; else
    everything below the directory of that name; else what it matches as a glob (`*` and `?` within a component, `**`
    any number of components, `[…]`). Raises NotFound (`NF_PATH`) for one that means nothing.
    """
    selection = Selection()
    for pattern in patterns:
        if pattern and {"", ".", ".."} & set(pattern.split("/")):
            check_path(pattern)
        if not _select_one(folder, pattern, tracked, limit, selection):
            shown = pattern.encode(errors="backslashreplace").decode() or "the folder"
            raise NotFound("NF_PATH", f"Nothing on disk and nothing tracked matches {shown}.", path=shown)
    return selection


def _select_one(folder: Folder, pattern: str, tracked: Collection[str], limit: int, selection: Selection) -> bool:
    if pattern in tracked:
        selection.named.add(pattern)
        return True
    if pattern and not isinstance(lies := _lies(folder, pattern), Absent):
        if not (isinstance(lies, Obstacle) and lies.kind == "directory"):
            selection.named.add(check_path(pattern))
            return True
        return _below(folder, pattern, _begins_with(f"{pattern}/"), tracked, limit, selection)
    if not pattern or any(path.startswith(f"{pattern}/") for path in tracked):
        prefix = f"{pattern}/" if pattern else ""
        return _below(folder, pattern, _begins_with(prefix), tracked, limit, selection)
    if _GLOB.search(pattern):
        start = _GLOB.split(pattern, maxsplit=1)[0].rpartition("/")[0]
        return _below(folder, start, glob(pattern).match, tracked, limit, selection)
    return False


def _lies(folder: Folder, path: str) -> object:
    """What lies at a path, without reading it; a name that no file can have is absent."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return Absent()
    if "\0" in path:
        return Absent()
    return folder.look([path], -1, {})[path]


def _below(
    folder: Folder,
    start: str,
    wanted: Callable[[str], bool],
    tracked: Collection[str],
    limit: int,
    selection: Selection,
) -> bool:
    """Select what lies below `start` and is wanted; whether there is anything."""
    found = scan(folder, limit, start)
    paths = {path for path in (*tracked, *found.files) if wanted(path)}
    passed_over = [one for one in found.untrackable if wanted(one.path)]
    selection.found |= paths
    selection.passed_over += passed_over
    return bool(paths or passed_over)


def _begins_with(prefix: str) -> Callable[[str], bool]:
    return lambda path: path.startswith(prefix)


@dataclass(frozen=True, slots=True)
class Glob:
    """A glob, component by component; None stands for any number of them."""

    components: tuple[re.Pattern[str] | None, ...]

    def match(self, path: str) -> bool:
        """Whether it matches the whole path, in time that grows with both lengths at most."""
        reached = self._passed({0})
        for name in path.split("/"):
            reached = self._passed(
                {
                    at if component is None else at + 1
                    for at in reached
                    if at < len(self.components)
                    and ((component := self.components[at]) is None or component.match(name))
                }
            )
        return len(self.components) in reached

    def _passed(self, reached: set[int]) -> set[int]:
        """Those, and what follows where any number of components may be none."""
        passed = set(reached)
        for at in range(min(reached, default=0), len(self.components)):
            if at in passed and self.components[at] is None:
                passed.add(at + 1)
        return passed


def glob(pattern: str) -> Glob:
    """Read a glob: `*` and `?` within a component, `**` any number of components, `[…]` and `[!…]`."""
    names = pattern.split("/")
    if names[-1] == "**":
        # Whatever lies below a folder is not the folder.
        names.append("*")
    runs = [name for at, name in enumerate(names) if name != "**" or names[at - 1 : at] != ["**"]]
    return Glob(tuple(None if name == "**" else re.compile(translate(name)) for name in runs))

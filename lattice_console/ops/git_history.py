"""Reading a git history along first parents: which documents each commit changes, as the project would hold them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import pygit2
from pygit2.enums import DiffFind, FileMode

from lattice_console.contract.errors import LatticeError, NotFound
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput, ImportedCommit
from lattice_console.contract.paths import check_path, twin_key
from lattice_console.ops import git_commits, git_trees
from lattice_console.ops.git_signature import Signature, provenance

_CONFIGURATION = ".lattice/config.json"
_REGULAR = (FileMode.BLOB, FileMode.BLOB_EXECUTABLE)

Tree = dict[str, pygit2.Oid]
"""The documents of a commit: blob ids by path."""


@dataclass(slots=True)
class Selection:
    """What of a history is wanted: globs (none: all), those that are not, and how many bytes a document may have."""

    globs: Sequence[str] = ()
    excluded: Sequence[str] = ()
    limit: int = 10_000_000

    def takes(self, path: str) -> bool:
        """Whether a path is wanted; a glob without a slash is held against the name, as git does."""
        return (not self.globs or _matches(path, self.globs)) and not _matches(path, self.excluded)


def _matches(path: str, globs: Sequence[str]) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatchcase(path if "/" in glob else name, glob) for glob in globs)


@dataclass(slots=True)
class History:
    """A git history, oldest commit first. `refused` collects what cannot be a document, by path, with why."""

    repository: pygit2.Repository
    commits: list[pygit2.Commit]
    start: pygit2.Commit | None
    selection: Selection
    refused: dict[str, str] = field(default_factory=dict)
    _trees: dict[pygit2.Oid, Tree] = field(default_factory=dict)

    @staticmethod
    def open(place: Path, range: str | None, selection: Selection) -> "History":
        """The history of a repository up to HEAD, or of `A..B`; raises NotFound or ValidationFailed."""
        try:
            repository = pygit2.Repository(str(place))
        except pygit2.GitError as error:
            raise NotFound("NF_REPOSITORY", f"{place} is no git repository that can be read: {error}.") from None
        if range:
            start, commits = git_commits.in_range(repository, range)
            return History(repository, commits, start, selection)
        return History(repository, git_commits.up_to(git_commits.find(repository, "HEAD")), None, selection)

    def baseline(self) -> list[TrackedFile]:
        """The documents at the start of the range; none where the history is taken from its root."""
        tree = self._documents(self.start) if self.start else {}
        return [TrackedFile(path=path, content=self._bytes(oid)) for path, oid in tree.items()]

    def steps(self) -> Iterator[tuple[pygit2.Commit, "Step"]]:
        """Every commit with what it changes among the wanted documents, which may be nothing."""
        before: pygit2.Commit | None = self.start
        for commit in self.commits:
            yield commit, self._step(before, commit)
            before = commit

    def _step(self, before: pygit2.Commit | None, commit: pygit2.Commit) -> "Step":
        old = self._documents(before) if before else {}
        new = self._documents(commit)
        step = Step(
            created=sorted(new.keys() - old.keys()),
            deleted=sorted(old.keys() - new.keys()),
            modified=sorted(path for path in old.keys() & new.keys() if old[path] != new[path]),
        )
        if before is not None and step.created and step.deleted:
            step.pair_renames(_renames(before, commit))
        return step

    def imported(self, commit: pygit2.Commit, step: "Step") -> ImportedCommit:
        """The commit as it is sent, with the bytes of every change."""
        new = self._documents(commit)
        changes = [
            *(
                ChangeInput(operation_type="create", file_path=path, content=self._bytes(new[path]))
                for path in step.created
            ),
            *(
                ChangeInput(operation_type="modify", file_path=path, content=self._bytes(new[path]))
                for path in step.modified
            ),
            *(ChangeInput(operation_type="delete", file_path=path) for path in step.deleted),
            *(
                ChangeInput(operation_type="rename", file_path=old, new_path=path, content=self._bytes(new[path]))
                for old, path in step.renamed.items()
            ),
        ]
        author = Signature.of(commit.author)
        title, description = git_commits.texts(commit)
        return ImportedCommit(
            commit=str(commit.id),
            title=title,
            description=description,
            author_name=author.name,
            author_email=author.email,
            authored_at=author.at,
            changes=tuple(changes),
            metadata=provenance(commit),
        )

    def _bytes(self, oid: pygit2.Oid) -> bytes:
        blob = self.repository[oid]
        if not isinstance(blob, pygit2.Blob):
            raise NotFound("NF_BYTES", f"The repository has no file {oid}.")
        return blob.data

    def _documents(self, commit: pygit2.Commit) -> Tree:
        found = self._trees.get(commit.tree_id)
        if found is None:
            if len(self._trees) > 2:
                self._trees.clear()
            found = self._trees[commit.tree_id] = self._read(commit.tree)
        return found

    def _read(self, tree: pygit2.Tree) -> Tree:
        """The documents below a tree. Of twins the first by name is taken: a project cannot hold both."""
        documents: Tree = {}
        twins: dict[str, str] = {}
        for raw, entry in git_trees.files(tree):
            path = self._acceptable(raw, entry)
            if path is None:
                continue
            twin = twins.setdefault(twin_key(path), path)
            if twin != path:
                self.refused[path] = f"it differs from {twin} only in case or accents"
                continue
            documents[path] = entry.id
        return documents

    def _acceptable(self, raw: bytes, entry: pygit2.Object) -> str | None:
        """The path of an entry that can be a document here and is wanted; else None, and why is noted."""
        try:
            path = raw.decode()
        except UnicodeDecodeError:
            self.refused[repr(raw)[2:-1]] = "its name is no UTF-8"
            return None
        if not self.selection.takes(path):
            return None
        why = ""
        if path == _CONFIGURATION:
            why = "it says which project that was; this one has its own"
        elif entry.filemode not in _REGULAR:
            why = "it is a symbolic link" if entry.filemode == FileMode.LINK else "it is no file"
        elif isinstance(entry, pygit2.Blob) and entry.size > self.selection.limit:
            why = f"it has {entry.size:,} bytes; the limit is {self.selection.limit:,}"
        else:
            try:
                check_path(path)
            except LatticeError as error:
                why = error.message
        if why:
            self.refused[path] = why
        return None if why else path


@dataclass(slots=True)
class Step:
    """The paths that a commit creates, modifies and deletes; `renamed` leads from old to new."""

    created: list[str]
    deleted: list[str]
    modified: list[str]
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of what is wanted changed."""
        return not (self.created or self.deleted or self.modified or self.renamed)

    def pair_renames(self, candidates: dict[str, str]) -> None:
        """Let pairs of a deleted and a created path be renames."""
        for old, new in candidates.items():
            if old in self.deleted and new in self.created:
                self.deleted.remove(old)
                self.created.remove(new)
                self.renamed[old] = new


def _renames(before: pygit2.Commit, commit: pygit2.Commit) -> dict[str, str]:
    difference = before.tree.diff_to_tree(commit.tree)
    difference.find_similar(flags=DiffFind.FIND_RENAMES)
    return {
        delta.old_file.raw_path.decode("utf-8", "replace"): delta.new_file.raw_path.decode("utf-8", "replace")
        for delta in difference.deltas
        if delta.status_char() == "R"
    }

"""A branch of a git repository, which grows commit by commit and is never rewritten."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pygit2
from pygit2.enums import CheckoutStrategy, FileMode, ObjectType, RepositoryInitFlag

from lattice_console.contract.errors import Conflict, NotFound, SystemFailure, ValidationFailed
from lattice_console.contract.models.document import HeadEntry
from lattice_console.ops.git_around import unreadable
from lattice_console.ops.git_signature import Signature

_EMPTY_TREE = pygit2.Oid(hex="4b825dc642cb6eb9a060e54bf8d69288fbee4904")


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Raise SystemFailure (`SYS_GIT`) where what is written to the repository there cannot be."""
    try:
        yield
    except (pygit2.GitError, pygit2.AlreadyExistsError, OSError) as error:
        raise SystemFailure(
            "SYS_GIT", f"The git repository {place} cannot be written: {error}. Its branches are as they were."
        ) from error


class Branch:
    """Commits that are to be what a branch holds; it moves once, in `finish`. `refused` are paths that git cannot hold.

    They are made anew from the first one on. As git names a commit by what it holds, those that are on the branch
    already are found again, and nothing of how far it came needs to be kept.
    """

    def __init__(self, repository: pygit2.Repository, name: str) -> None:
        self._repository = repository
        self._name = name
        self._index = pygit2.Index()
        self._tree = _EMPTY_TREE
        self._blobs: dict[str, pygit2.Oid] = {}
        self._commits: list[pygit2.Oid] = []
        self.refused: dict[str, str] = {}

    @classmethod
    def open(cls, place: Path, name: str) -> "Branch":
        """A branch, there or not, of a repository; one is begun where `place` is missing or empty.

        Raises ValidationFailed for a name that no branch can have, NotFound (`NF_REPOSITORY`) for any other folder.
        """
        if not pygit2.reference_is_valid_name(f"refs/heads/{name}"):
            raise ValidationFailed("VAL_BRANCH", f"No branch of git can be called {name}.", field="branch")
        try:
            return cls(pygit2.Repository(str(place)), name)
        except pygit2.GitError as error:
            if (place / ".git").exists():
                raise NotFound("NF_REPOSITORY", unreadable(place, error)) from None
            if place.exists() and not (place.is_dir() and not any(place.iterdir())):
                raise NotFound(
                    "NF_REPOSITORY", f"{place} is neither a git repository nor an empty folder. Name a new one."
                ) from None
        flags = RepositoryInitFlag.MKPATH | RepositoryInitFlag.NO_REINIT
        with writing(place):
            return cls(pygit2.init_repository(str(place), flags=flags, initial_head=name), name)

    def lacks(self, hash: str) -> bool:
        """Whether the bytes with that SHA-256 are yet to be handed in."""
        return hash not in self._blobs

    def put(self, hash: str, content: bytes) -> None:
        """Hand in the bytes with that SHA-256."""
        self._blobs[hash] = self._repository.create_blob(content)

    def commit(self, entries: Sequence[HeadEntry], message: str, author: Signature, committer: Signature) -> bool:
        """Add a commit in which those paths are as the entries say, and all others as before.

        Returns whether there is one: what changes nothing that git holds is none.
        """
        for entry in entries:
            if entry.path in self._index:
                self._index.remove(entry.path)
        for entry in entries:
            if entry.hash is not None:
                self._add(entry.path, self._blobs[entry.hash])
        tree = self._index.write_tree(self._repository)
        if tree == self._tree:
            return False
        self._tree = tree
        lines = [
            f"tree {tree}",
            *(f"parent {parent}" for parent in self._commits[-1:]),
            f"author {author.header}",
            f"committer {committer.header}",
        ]
        # Written as it is: libgit2 makes no commit of somebody who has no name, which git itself reads well.
        raw = "\n".join([*lines, "", message]).encode()
        self._commits.append(self._repository.odb.write(ObjectType.COMMIT, raw))
        return True

    def _add(self, path: str, blob: pygit2.Oid) -> None:
        try:
            self._index.add(pygit2.IndexEntry(path, blob, FileMode.BLOB))
        except pygit2.GitError:
            # As git itself, which wants no name that is `.git` on some file system.
            self.refused[path] = "git takes no file of that name"

    def finish(self) -> int:
        """Bring the branch to the last commit, and with it the folder where it is checked out there.

        Returns how many commits were not on it before. Raises Conflict where it holds others (`CF_BRANCH`), or files of
        the folder stand in the way (`CF_FOLDER`); then it stays as it is.
        """
        reference = self._repository.references.get(f"refs/heads/{self._name}")
        old = reference.peel(pygit2.Commit).id if reference is not None else None
        if old is not None and old not in self._commits:
            raise Conflict(
                "CF_BRANCH",
                f"The branch {self._name} of {self._place} holds commits that are not of this export, so it was left "
                "as it is. Export to another one: --branch NAME",
            )
        new = len(self._commits) if old is None else len(self._commits) - 1 - self._commits.index(old)
        if new:
            self._check_out()
            self._repository.references.create(f"refs/heads/{self._name}", self._commits[-1], force=True)
        return new

    def _check_out(self) -> None:
        """Bring the folder's files along, where they are those of this branch."""
        if self._repository.is_bare or self._repository.lookup_reference("HEAD").target != f"refs/heads/{self._name}":
            return
        newest = self._repository[self._commits[-1]]
        try:
            self._repository.checkout_tree(newest, strategy=CheckoutStrategy.SAFE)  # type: ignore[no-untyped-call]  # pygit2 has no types for it
        except pygit2.GitError as error:
            raise Conflict(
                "CF_FOLDER",
                f"The branch {self._name} is checked out in {self._place}, and files there stand in the way ({error}). "
                "Commit or remove them, or export to another branch: --branch NAME",
            ) from None

    @property
    def _place(self) -> str:
        return self._repository.workdir or self._repository.path

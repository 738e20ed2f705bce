"""A git repository that a test writes, and projects that histories come into and go out of."""

import io
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pygit2
from pygit2.enums import FileMode

from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.backend import Backend
from lattice_console.ops.init import init
from lattice_console.workspace.checkout import Checkout


class Repository:
    """A git repository, there or made, that a test writes commit by commit."""

    def __init__(self, place: Path, source: Path | None = None) -> None:
        self.place = place
        self.commits = 0
        if (place / ".git").exists():
            return
        how = ["clone", "-q", "-b", "main", str(source)] if source else ["init", "-q", "-b", "main"]
        subprocess.run(["git", *how, str(place)], check=True)

    def git(self, *arguments: str) -> str:
        who = {"GIT_AUTHOR_NAME": "Ana Lima", "GIT_AUTHOR_EMAIL": "ana@example.com"}
        when = f"{1_700_000_000 + self.commits * 3600} +0200"
        environ = {**os.environ, **who, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        environ |= {"GIT_COMMITTER_NAME": "Bot", "GIT_COMMITTER_EMAIL": "bot@example.com"}
        return subprocess.run(
            ["git", "-C", str(self.place), *arguments], env=environ, check=True, capture_output=True, text=True
        ).stdout

    def commit(self, message: str, files: dict[str, bytes | None]) -> str:
        """Write (None: delete) the files, commit them; returns the commit's id."""
        for name, content in files.items():
            file = self.place / name
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        self.git("add", "-A")
        self.commits += 1
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def commit_nested(self, message: str, *, levels: int, wide: int) -> None:
        """Commit folders in folders, so many in each, the innermost ones with a file: few objects, many paths."""
        repository = pygit2.Repository(str(self.place))
        builder = repository.TreeBuilder()
        builder.insert("file", repository.create_blob(b"x"), FileMode.BLOB)
        tree = builder.write()
        for _ in range(levels):
            builder = repository.TreeBuilder()
            for number in range(wide):
                builder.insert(f"d{number}", tree, FileMode.TREE)
            tree = builder.write()
        made = self.git("commit-tree", "-p", "HEAD", "-m", message, str(tree)).strip()
        self.git("update-ref", "HEAD", made)

    def told(self, revision: str = "HEAD") -> list[str]:
        """Tree, author, committer, times with offsets and message of every commit up to that one, oldest first."""
        what = "--format=%T%n%an <%ae> %ad%n%cn <%ce> %cd%n%B"
        commits = self.git("log", "-z", "--reverse", "--date=raw", what, revision).split("\0")[:-1]
        return [commit.strip() for commit in commits]

    def tree(self, revision: str = "HEAD") -> dict[str, bytes]:
        """Every file of a commit, with its bytes."""
        entries = [line.split("\t") for line in self.git("ls-tree", "-r", "-z", revision).split("\0")[:-1]]
        names = {path: facts.split()[2] for facts, path in entries}
        asked = "".join(f"{name}\n" for name in names.values()).encode()
        batch = ["git", "-C", str(self.place), "cat-file", "--batch"]
        told = io.BytesIO(subprocess.run(batch, input=asked, check=True, capture_output=True).stdout)
        return {path: _blob(told) for path in names}


def _blob(told: io.BytesIO) -> bytes:
    """The next content that `git cat-file --batch` has told: a line that ends with its size, it, and a newline."""
    size = int(told.readline().split()[2])
    return told.read(size + 1)[:-1]


@asynccontextmanager
async def opened(root: Path) -> AsyncIterator[tuple[Backend, Checkout]]:
    """The project at `root`, set up where it is not yet."""
    if config.find_root(root) is None:
        await init(root, name="imported", actor="kim")
    backend = await connect(config.load(root, actor="kim"))
    try:
        yield backend, Checkout(root)
    finally:
        await backend.close()


async def in_head(backend: Backend) -> dict[str, bytes]:
    """Every document of the head, without what is Lattice's own."""
    delta = await backend.documents.head()
    return {
        entry.path: await backend.documents.content(entry.hash)
        for entry in delta.entries
        if entry.hash and not entry.path.startswith(config.FOLDER)
    }

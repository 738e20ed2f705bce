"""The git repository that a folder lies in."""

from pathlib import Path

import pygit2

from lattice_console.contract.errors import NotFound

_OWNED_BY_ANOTHER = "not owned by current user"


def around(folder: Path) -> tuple[pygit2.Repository, str] | None:
    """The repository, and the folder's path in it ("" for its top); None where it lies in none, or in a bare one.

    Raises NotFound (`NF_REPOSITORY`) for one that cannot be read.
    """
    try:
        found = pygit2.discover_repository(str(folder))
        repository = pygit2.Repository(found) if found else None
    except pygit2.GitError as error:
        raise NotFound("NF_REPOSITORY", unreadable(folder, error)) from None
    if repository is None or repository.workdir is None:
        return None
    below = folder.resolve().relative_to(Path(repository.workdir).resolve()).as_posix()
    return repository, "" if below == "." else below


def unreadable(folder: Path, error: pygit2.GitError) -> str:
    """That the repository of a folder cannot be read, why, and what to do where git would refuse it as well."""
    said = f"The git repository of {folder} cannot be read: {error}."
    if _OWNED_BY_ANOTHER not in str(error):
        return said
    return f"{said} If you trust whoever owns it: git config --global --add safe.directory {folder}"

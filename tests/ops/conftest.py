"""A git repository with all that a history does to documents."""

from pathlib import Path

import pytest

from tests.support.repository import Repository

ODD = "odd names/täb \"quoted\" 'single' $HOME;.json"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Six commits with all that a history does to documents."""
    repository = Repository(tmp_path / "repository")
    long = b"".join(b"line %d\n" % number for number in range(60))
    repository.commit("Start", {"a.json": b'{"a": 1}\n', "docs/long.md": long, "image.png": b"\x89PNG\x00\xff" * 9})
    repository.commit("Change and add\n\nWith a body.\n", {"a.json": b'{"a": 2}\n', ODD: b"\xef\xbb\xbf{}\r\n"})
    repository.git("mv", "docs/long.md", "docs/longer.md")
    repository.commit("Rename with an edit", {"docs/longer.md": long.replace(b"line 7\n", b"line seven\n")})
    repository.commit("Delete", {"image.png": None})
    repository.commit("Nothing at all", {})
    repository.commit("A file becomes a folder", {"a.json": None, "a.json/part.yaml": b"x: 1"})
    return repository

"""Histories that git's own commands would not write: what can be a document comes in, the rest is named."""

from collections.abc import Mapping
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import ObjectType

from lattice_console.contract.errors import LatticeError
from lattice_console.ops.import_git import import_git
from tests.support.repository import in_head, opened

Files = Mapping[bytes, bytes]


class Forge:
    """A repository written object by object, past every check."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.repository = pygit2.init_repository(str(place), initial_head="main")
        self.files: dict[bytes, tuple[bytes, bytes]] = {}
        self.last: pygit2.Oid | None = None

    def commit(
        self,
        files: Files,
        *,
        mode: bytes = b"100644",
        message: bytes = b"Change\n",
        author: bytes = b"Ana <ana@example.com>",
        when: bytes = b"1700000000 +0000",
    ) -> None:
        self.files |= {name: (mode, content) for name, content in files.items()}
        entries = b"".join(
            kind + b" " + name + b"\0" + self._write(ObjectType.BLOB, content).raw
            for name, (kind, content) in sorted(self.files.items())
        )
        lines = [b"tree " + str(self._write(ObjectType.TREE, entries)).encode()]
        lines += [b"parent " + str(self.last).encode()] if self.last else []
        lines += [b"author " + author + b" " + when, b"committer " + author + b" " + when, b"", message]
        self.last = self._write(ObjectType.COMMIT, b"\n".join(lines))
        reference = Path(self.repository.path) / "refs/heads/main"
        reference.write_text(f"{self.last}\n")

    def _write(self, kind: ObjectType, data: bytes) -> pygit2.Oid:
        return self.repository.odb.write(kind, data)


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    made = Forge(tmp_path / "repository")
    made.commit({b"a.json": b"{}"})
    return made


async def test_names_that_can_be_no_documents_are_left_out_and_named(tmp_path: Path, forge: Forge) -> None:
    for name in (b"bad\xff.json", b"esc\x1b[31m.json", b"line\n.json", b"..", b".git", b"A.json", b"\xef\xbb\xbf"):
        forge.commit({name: b"{}"})
    forge.commit({b"link.json": b"/etc/passwd"}, mode=b"120000")
    forge.commit({b"b.json": b"[]"})
    async with opened(tmp_path / "project") as (backend, _):
        report = await import_git(backend, forge.place)
        assert set(await in_head(backend)) == {"A.json", "b.json", "\ufeff"}
        assert len(report.refused) == 7
        assert (await backend.audit.verify()).ok


@pytest.mark.parametrize(
    "what",
    [
        {"author": b"\x1b]0;title\x07 <e\x07@x>"},
        {"author": b" <>"},
        {"author": b"X" * 100_000 + b" <a@example.com>"},
        {"author": "\u202eevil [@click=app.quit] <b@example.com>".encode()},
        {"message": b""},
        {"message": b"\xff\xfe \x1b[31m \x00 " + b"x" * 3_000_000},
        {"when": b"99999999999999 +0000"},
        {"when": b"0 -9999"},
        {"when": b"-5 +0000"},
    ],
    ids=lambda what: ", ".join(f"{key} {value[:12]!r}" for key, value in what.items()),
)
async def test_whatever_a_commit_says_of_itself_it_comes_in_as_harmless_text(
    tmp_path: Path, forge: Forge, what: dict[str, bytes]
) -> None:
    forge.commit({b"a.json": b"[]"}, **what)
    async with opened(tmp_path / "project") as (backend, _):
        report = await import_git(backend, forge.place)
        assert report.executed == 2
        assert await in_head(backend) == {"a.json": b"[]"}
        made = await backend.mutations.get("M-2")
        told = made.title + made.description + made.author.name + made.author.handle
        assert not any(sign in told for sign in "\x00\x07\x1b")
        assert (await backend.audit.verify()).ok


@pytest.mark.parametrize("at_head", [True, False])
async def test_a_commit_that_cannot_be_read_is_named_and_nothing_is_half_done(
    tmp_path: Path, forge: Forge, at_head: bool
) -> None:
    forge.commit({b"b.json": b"[]"}, when=b"never +0000")
    broken = str(forge.last)
    if not at_head:
        forge.commit({b"c.json": b"[]"})
    async with opened(tmp_path / "project") as (backend, _):
        with pytest.raises(LatticeError, match=r"cannot be read: .* fsck") as refused:
            await import_git(backend, forge.place)
        assert at_head or broken in refused.value.message
        assert (await backend.mutations.list()).items == ()


async def test_a_file_whose_bytes_are_gone_is_named(tmp_path: Path, forge: Forge) -> None:
    forge.commit({b"b.json": b"[1]"})
    gone = str(forge.repository.odb.write(ObjectType.BLOB, b"[1]"))
    (Path(forge.repository.path) / "objects" / gone[:2] / gone[2:]).unlink()
    async with opened(tmp_path / "project") as (backend, _):
        with pytest.raises(LatticeError, match=r"cannot be read: .* fsck"):
            await import_git(backend, forge.place)
        assert (await backend.audit.verify()).ok

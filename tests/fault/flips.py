"""A project whose database file gets single bytes wrong, and what `lattice` then says of it."""

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.review import NewComment
from lattice_console.engine.stores import seals
from tests.fault.project import OWNER, START, Project
from tests.headless.driver import Lattice, Result
from tests.support.changes import create, modify, rename

WHY = "Why this is so takes more than a word. " * 5
"""What stands in tables and in no index."""

_SPEC = b'{"name": "top", "type": "generic", "depends_on": ["billing"], "requirements": ["It adds up."]}'
_WORDS = re.compile(r"\w+|[^\w\s\"]")

Content = dict[str, list[str]]
"""By table: its rows, in some order; and of the schema its words."""


@dataclass
class Tally:
    """What came of many flips."""

    verdicts: Counter[str] = field(default_factory=Counter)

    def table(self) -> str:
        """The figures, for people."""
        return "\n".join(["", *(f"{count:>6}  {what}" for what, count in sorted(self.verdicts.items()))])


class Specimen:
    """A small project with some of everything, to be damaged again and again."""

    def __init__(self, folder: Path) -> None:
        self.project = Project.make(folder / "project", START)
        self.project.run(_story)
        self.file = self.project.root / ".lattice/state/lattice.db"
        assert [path.name for path in self.file.parent.glob("lattice.db*")] == ["lattice.db"]
        self.whole = self.file.read_bytes()
        self._content = content(self.file)
        self._log = _log(self.file)
        self._lattice = Lattice(self.project.root)

    def judge(self, position: int, wrong: int, tally: Tally) -> None:
        """Change the byte there by XOR with `wrong`: what is found is found, and what is not has changed nothing."""
        where = f"byte {position} of {len(self.whole)} by {wrong:#04x}"
        self._damage(position, wrong)
        doctor = self._run("doctor")
        self._damage(position, wrong)
        verify = self._run("audit", "verify")
        self._damage(position, wrong)
        same, same_log = content(self.file) == self._content, _log(self.file) == self._log
        assert doctor.code != 0 or same, f"doctor found nothing, but {where} changed what is stored"
        assert verify.code != 0 or same_log, f"audit verify found nothing, but {where} changed the log"
        seen = f"doctor {'found it' if doctor.code else 'found nothing'}"
        log = {0: "holds", 10: "does not hold"}.get(verify.code, "cannot be read")
        tally.verdicts[f"{'harmless' if same else 'harmful '}  {seen}, the log {log}"] += 1

    def _damage(self, position: int, wrong: int) -> None:
        for name in self.file.parent.glob("lattice.db*"):
            name.unlink()
        damaged = bytearray(self.whole)
        damaged[position] ^= wrong
        self.file.write_bytes(damaged)

    def _run(self, *command: str) -> Result:
        result = self._lattice(*command, "--as", OWNER)
        assert result.code in (0, 1, 10), (result.code, result.err)
        assert "Traceback" not in result.err
        assert "should not have" not in result.err, result.err
        return result


def content(file: Path) -> Content | None:
    """All that is stored, read row by row past every index; None where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            seals.register(connection)
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'"
            ).fetchall()
            found = {
                name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}" NOT INDEXED'))) for (name,) in tables
            }
            schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
            return {**found, "": [repr((*row[:3], sorted(_WORDS.findall(row[3] or "")))) for row in schema]}
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def _log(file: Path) -> Sequence[object] | None:
    """Both chains of the audit log as they are read in their order, and how far they should come."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            return [
                connection.execute("SELECT * FROM audit ORDER BY scope, sequence").fetchall(),
                connection.execute("SELECT id, audit_sequence, audit_head FROM projects").fetchall(),
                connection.execute("SELECT audit_sequence, audit_head FROM installation").fetchall(),
            ]
    except (sqlite3.Error, UnicodeDecodeError):
        return None


async def _story(backend: Backend) -> None:
    """Mutations in many states, with votes, threads, a stack, conflicts, an execution and a rollback."""
    await backend.documents.track([TrackedFile(path=".lattice/specs/top.json", content=_SPEC)])
    for number in range(12):
        edit = modify("docs/part1.yaml", f"part: 1\nby: {number}\n".encode() * 20)
        mutation = await backend.mutations.create(
            title=f"Change {number}",
            description=WHY,
            changes=[edit, create(f"new/{number}.md", f"# New {number}\n".encode())],
            labels=["budget"],
            metadata={"ticket_id": f"T-{number}"},
        )
        await backend.reviews.comment(mutation.id, text="A remark that people have read.")
        if number < 8:
            remark = NewComment(text=f"It is number {number}.")
            await backend.reviews.vote(mutation.id, vote="approve", comments=[remark], idempotency_key=f"vote {number}")
        if number == 0:
            await backend.executions.execute(mutation.id)
            await backend.executions.rollback(mutation.id, reason="It was too early.")
    child = await backend.mutations.create(
        title="On top", changes=[rename("new/9.md", "new/nine.md")], parents=["M-10"]
    )
    await backend.mutations.cancel(child.id, reason="It is not needed.")
    await backend.team.add(user="rob", role="reviewer")

"""Answers of writes, kept by their idempotency keys."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select

from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import answers

_FIND = Prepared(
    select(answers.c.fingerprint, answers.c.answer).where(
        answers.c.scope == bindparam("scope"), answers.c.actor == bindparam("actor"), answers.c.key == bindparam("key")
    )
)
_KEEP = Prepared(insert(answers))


class Answers:
    """`ports.Answers` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, scope: str, actor: str, key: str) -> tuple[str, bytes] | None:
        """The fingerprint of what was asked under that key, and its answer."""
        row = self._database.row(_FIND, scope=scope, actor=actor, key=key)
        return (row[0], row[1]) if row else None

    def keep(self, scope: str, actor: str, key: str, fingerprint: str, answer: bytes, at: datetime) -> None:
        self._database.run(_KEEP, scope=scope, actor=actor, key=key, fingerprint=fingerprint, answer=answer, at=at)

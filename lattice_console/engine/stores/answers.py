"""Answers of writes, kept by their idempotency keys."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from lattice_console.engine.stores.tables import answers

_FIND = select(answers.c.fingerprint, answers.c.answer).where(
    answers.c.scope == bindparam("scope"), answers.c.actor == bindparam("actor"), answers.c.key == bindparam("key")
)


class Answers:
    """`ports.Answers` over SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, scope: str, actor: str, key: str) -> tuple[str, bytes] | None:
        """The fingerprint of what was asked under that key, and its answer."""
        row = self._connection.execute(_FIND, {"scope": scope, "actor": actor, "key": key}).first()
        return (row.fingerprint, row.answer) if row else None

    def keep(self, scope: str, actor: str, key: str, fingerprint: str, answer: bytes, at: datetime) -> None:
        row = {"scope": scope, "actor": actor, "key": key, "fingerprint": fingerprint, "answer": answer, "at": at}
        self._connection.execute(insert(answers), row)

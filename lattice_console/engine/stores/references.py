"""What documents refer to in other files."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, insert, select

from lattice_console.engine.records import ReferenceRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import chunks, columns, several, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import refs

_OF_PROJECT = refs.c.project_id == bindparam("project")
_OF_DOCUMENTS = refs.c.document_id.in_(several("documents"))
_REFERENCE = select(*columns(refs, ReferenceRecord)).where(_OF_PROJECT).order_by(refs.c.document_id, refs.c.path)
_OF = Prepared(_REFERENCE.where(_OF_DOCUMENTS))
_TO = Prepared(_REFERENCE.where(refs.c.path.in_(several("paths"))))
_FORGET = Prepared(delete(refs).where(_OF_PROJECT, _OF_DOCUMENTS).returning(refs.c.document_id))
_WRITE = Prepared(insert(refs))


class References:
    """`ports.References` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, project_id: str, document_ids: Iterable[str]) -> list[ReferenceRecord]:
        """What those documents refer to."""
        portions = chunks(document_ids)
        found = (self._database.rows(_OF, project=project_id, documents=portion) for portion in portions)
        return [ReferenceRecord(*row) for rows in found for row in rows]

    def to(self, project_id: str, paths: Iterable[str]) -> list[ReferenceRecord]:
        """What refers to those paths."""
        found = (self._database.rows(_TO, project=project_id, paths=portion) for portion in chunks(paths))
        return [ReferenceRecord(*row) for rows in found for row in rows]

    def replace(self, project_id: str, document_ids: Sequence[str], records: Sequence[ReferenceRecord]) -> set[str]:
        """Make the records all that those documents refer to; returns those that referred to something before."""
        before: set[str] = set()
        for portion in chunks(document_ids):
            before.update(self._database.column(_FORGET, project=project_id, documents=portion))
        self._database.run_each(_WRITE, [values(record, project_id=project_id) for record in records])
        return before

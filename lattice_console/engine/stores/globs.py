"""By which globs specs govern files."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, bindparam, delete, insert, select

from lattice_console.engine.records import GlobRecord, GovernorRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import chunks, several, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import globs, specs

_GOVERNOR = (
    select(specs.c.name, globs.c.glob, globs.c.folder)
    .distinct()
    .join(specs, and_(specs.c.project_id == globs.c.project_id, specs.c.document_id == globs.c.document_id))
    .where(globs.c.project_id == bindparam("project"))
    .order_by(specs.c.name, globs.c.glob)
)
_ALL = Prepared(_GOVERNOR)
_OF = Prepared(_GOVERNOR.where(specs.c.name.in_(several("names"))))
_OVER = Prepared(_GOVERNOR.where(globs.c.folder.in_(several("folders"))))
_FORGET = Prepared(
    delete(globs).where(globs.c.project_id == bindparam("project"), globs.c.document_id.in_(several("documents")))
)
_WRITE = Prepared(insert(globs))


class Globs:
    """`ports.Globs` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, project_id: str, document_ids: Sequence[str], records: Sequence[GlobRecord]) -> None:
        """Make the records all globs of those documents."""
        for portion in chunks(document_ids):
            self._database.run(_FORGET, project=project_id, documents=portion)
        self._database.run_each(_WRITE, [values(record, project_id=project_id) for record in records])

    def of(self, project_id: str, names: Iterable[str] | None = None) -> list[GovernorRecord]:
        """The globs of the specs of those names, or of all."""
        if names is None:
            return [GovernorRecord(*row) for row in self._database.rows(_ALL, project=project_id)]
        found = (self._database.rows(_OF, project=project_id, names=portion) for portion in chunks(names))
        return [GovernorRecord(*row) for rows in found for row in rows]

    def over(self, project_id: str, folders: Iterable[str]) -> list[GovernorRecord]:
        """The globs all of whose files lie in exactly one of those folders."""
        found = (self._database.rows(_OVER, project=project_id, folders=portion) for portion in chunks(folders))
        return [GovernorRecord(*row) for rows in found for row in rows]

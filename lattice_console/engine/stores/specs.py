"""What documents mean: the specs."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, insert, select

from lattice_console.engine.records import NamedRecord, SpecRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import chunks, columns, several, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import specs

_OF_PROJECT = select(*columns(specs, SpecRecord)).where(specs.c.project_id == bindparam("project"))
_ALL = Prepared(_OF_PROJECT.order_by(specs.c.name, specs.c.id))
_BY_NAME = Prepared(_OF_PROJECT.where(specs.c.name == bindparam("name")).order_by(specs.c.id).limit(1))
_NAMED = Prepared(_OF_PROJECT.where(specs.c.name.in_(several("names"))).order_by(specs.c.id.desc()))
_REPLACED = Prepared(delete(specs).where(specs.c.id == bindparam("replaced")))
_OF_DOCUMENTS = specs.c.document_id.in_(several("documents"))
_WRITE = Prepared(insert(specs))
_DROP = Prepared(
    delete(specs)
    .where(specs.c.project_id == bindparam("project"), _OF_DOCUMENTS)
    .returning(specs.c.document_id, specs.c.id, specs.c.name)
)


class Specs:
    """`ports.Specs` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, project_id: str) -> list[SpecRecord]:
        """The project's specs, by name."""
        return [SpecRecord(*row) for row in self._database.rows(_ALL, project=project_id)]

    def by_name(self, project_id: str, name: str) -> SpecRecord | None:
        """The spec of that name, the oldest where several documents claim it."""
        row = self._database.row(_BY_NAME, project=project_id, name=name)
        return SpecRecord(*row) if row else None

    def named(self, project_id: str, names: Iterable[str]) -> dict[str, SpecRecord]:
        """Those of the names that are specs, each with what `by_name` gives for it."""
        found: dict[str, SpecRecord] = {}
        for portion in chunks(names):
            records = (SpecRecord(*row) for row in self._database.rows(_NAMED, project=project_id, names=portion))
            found.update((record.name, record) for record in records)
        return found

    def put(self, project_id: str, records: Sequence[SpecRecord]) -> None:
        """Write the specs, in place of those with their ids."""
        self._database.run_each(_REPLACED, [{"replaced": record.id} for record in records])
        self._database.run_each(_WRITE, [values(record, project_id=project_id) for record in records])

    def drop(self, project_id: str, document_ids: Sequence[str]) -> dict[str, NamedRecord]:
        """Forget the specs of those documents; returns what they were by document id, for those that come back."""
        dropped: dict[str, NamedRecord] = {}
        for portion in chunks(document_ids):
            for document_id, id, name in self._database.rows(_DROP, project=project_id, documents=portion):
                dropped[document_id] = NamedRecord(id, name)
        return dropped

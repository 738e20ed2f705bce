"""What documents refer to in other files, and edges that a document says, which need be no spec."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from lattice_console.engine.stores.migrations.kinds import JSON, WORDS

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refs",
        sa.Column("document_id", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("pointers", JSON, nullable=False),
        _document("refs"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_refs_project_id"),
        sa.PrimaryKeyConstraint("document_id", "path", name="pk_refs"),
    )
    op.create_index("ix_refs_project_id_path", "refs", ["project_id", "path"])
    op.drop_table("edges")
    _write_edges("document_id", _document("edges"))
    # They are read from the documents when somebody looks at the project for the first time.
    op.execute("UPDATE projects SET indexed = false")


def downgrade() -> None:
    op.drop_table("refs")
    op.drop_table("edges")
    spec = sa.ForeignKeyConstraint(["spec_id"], ["specs.id"], name="fk_edges_spec_id", ondelete="CASCADE")
    _write_edges("spec_id", spec)


def _document(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["document_id"],
        ["documents.id"],
        name=f"fk_{table}_document_id",
        deferrable=True,
        initially="DEFERRED",
    )


def _write_edges(by: str, owner: sa.ForeignKeyConstraint) -> None:
    """Make the table anew, with what the specs say; `by` is the column of who says it."""
    edges = op.create_table(
        "edges",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("target", WORDS, nullable=False),
        sa.Column(by, WORDS, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_edges_project_id"),
        owner,
        sa.PrimaryKeyConstraint("project_id", "source", "target", by, name="pk_edges"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_edges_project_id_target_source", "edges", ["project_id", "target", "source"])
    op.create_index(f"ix_edges_{by}", "edges", [by])
    specs = sa.table("specs", *(sa.column(name) for name in ("id", "document_id", "project_id", "name", "depends_on")))
    who = specs.c.document_id if by == "document_id" else specs.c.id
    said = op.get_bind().execute(
        sa.select(who, specs.c.project_id, specs.c.name, specs.c.depends_on).where(specs.c.document_id.is_not(None))
    )
    op.bulk_insert(
        edges,
        [
            {"project_id": project_id, "source": name, "target": target, by: id}
            for id, project_id, name, stored in said
            for target in dict.fromkeys(_names(stored))
        ],
    )


def _names(stored: Any) -> list[str]:
    """The list in a column of JSON: a text as SQLite keeps it, or what the driver made of it."""
    names: list[str] = json.loads(stored) if isinstance(stored, str) else stored
    return names

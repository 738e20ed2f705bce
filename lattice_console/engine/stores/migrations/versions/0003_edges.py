"""Which spec depends on which, as rows."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from lattice_console.engine.stores.migrations.kinds import WORDS

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    edges = op.create_table(
        "edges",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("target", WORDS, nullable=False),
        sa.Column("spec_id", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_edges_project_id"),
        sa.ForeignKeyConstraint(["spec_id"], ["specs.id"], name="fk_edges_spec_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "source", "target", "spec_id", name="pk_edges"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_edges_project_id_target_source", "edges", ["project_id", "target", "source"])
    op.create_index("ix_edges_spec_id", "edges", ["spec_id"])
    specs = sa.table("specs", *(sa.column(name) for name in ("id", "project_id", "name", "depends_on")))
    declared = op.get_bind().execute(sa.select(specs.c.id, specs.c.project_id, specs.c.name, specs.c.depends_on))
    op.bulk_insert(
        edges,
        [
            {"project_id": project_id, "source": name, "target": target, "spec_id": id}
            for id, project_id, name, stored in declared
            for target in dict.fromkeys(_names(stored))
        ],
    )


def _names(stored: Any) -> list[str]:
    """The list in a column of JSON: a text as SQLite keeps it, or what the driver made of it."""
    names: list[str] = json.loads(stored) if isinstance(stored, str) else stored
    return names


def downgrade() -> None:
    op.drop_table("edges")

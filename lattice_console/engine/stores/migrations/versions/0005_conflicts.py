"""What mutations write, and the conflicts that come of it."""

import sqlalchemy as sa
from alembic import op

from lattice_console.engine.stores.migrations.kinds import JSON, NUMBER, WORDS, is_postgres

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

QUEUE = (
    "CREATE INDEX ix_mutations_queue ON mutations (project_id, stack DESC, level, number, status, turn, patchset, "
    "author_id, spec_name, type, title, labels, objections, comments, threads, conflicts, created_at, id)"
)
FORMER_QUEUE = (
    "CREATE INDEX ix_mutations_queue ON mutations (project_id, stack DESC, level, number, status, turn, patchset, "
    "author_id, spec_name, type, title, labels, objections, comments, threads, created_at, id)"
)
QUEUE_ON_POSTGRES = "CREATE INDEX ix_mutations_queue ON mutations (project_id, stack DESC, level, number)"


def upgrade() -> None:
    op.drop_index("ix_mutations_queue", "mutations")
    _add("projects", sa.Column("indexed", sa.Boolean(), nullable=False, server_default=sa.false()))
    _add("mutations", sa.Column("conflicts", NUMBER, nullable=False, server_default="0"))
    op.create_table(
        "writes",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("first", NUMBER, autoincrement=False, nullable=False),
        sa.Column("last", NUMBER, autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        _mutation("writes"),
        sa.PrimaryKeyConstraint("project_id", "key", "first", "last", "number", name="pk_writes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_writes_project_id_number", "writes", ["project_id", "number"])
    op.create_table(
        "conflicts",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("other", NUMBER, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("severity", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        _mutation("conflicts"),
        sa.PrimaryKeyConstraint("project_id", "number", "id", name="pk_conflicts"),
    )
    op.create_index(
        "ix_conflicts_project_id_path_number_other_type",
        "conflicts",
        ["project_id", "path", "number", "other", "type"],
    )
    op.create_index("ix_conflicts_project_id_other", "conflicts", ["project_id", "other"])
    # Last, since a table that is rebuilt loses the order of its indexes.
    op.execute(QUEUE_ON_POSTGRES if is_postgres(op.get_bind()) else QUEUE)


def _add(table: str, column: sa.Column[int] | sa.Column[bool]) -> None:
    """Add a column that the rows there need a value for, which those to come bring themselves."""
    with op.batch_alter_table(table) as altered:
        altered.add_column(column)
    with op.batch_alter_table(table) as altered:
        altered.alter_column(str(column.name), existing_type=column.type, existing_nullable=False, server_default=None)


def _mutation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id", "number"],
        ["mutations.project_id", "mutations.number"],
        name=f"fk_{table}_project_id_number",
    )


def downgrade() -> None:
    op.drop_table("conflicts")
    op.drop_table("writes")
    # Nothing would ever bring them out of it.
    op.execute(
        "UPDATE mutations SET status = 'pending', turn = CASE WHEN objections > 0 THEN 'author' ELSE 'reviewers' END "
        "WHERE status = 'needs_manual_resolution'"
    )
    op.drop_index("ix_mutations_queue", "mutations")
    with op.batch_alter_table("mutations") as mutations:
        mutations.drop_column("conflicts")
    with op.batch_alter_table("projects") as projects:
        projects.drop_column("indexed")
    op.execute(QUEUE_ON_POSTGRES if is_postgres(op.get_bind()) else FORMER_QUEUE)

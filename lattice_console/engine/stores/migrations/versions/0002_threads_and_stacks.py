"""Comments in threads, whose turn it is, and stacks in the order of the queue."""

import json

import sqlalchemy as sa
from alembic import op

from lattice_console.engine.stores.migrations.kinds import JSON, NUMBER, TIME, WORDS, is_postgres

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

QUEUE = (
    "CREATE INDEX ix_mutations_queue ON mutations (project_id, stack DESC, level, number, status, turn, patchset, "
    "author_id, spec_name, type, title, labels, objections, comments, threads, created_at, id)"
)
QUEUE_ON_POSTGRES = "CREATE INDEX ix_mutations_queue ON mutations (project_id, stack DESC, level, number)"
FORMER_QUEUE = (
    "CREATE INDEX ix_mutations_queue ON mutations "
    "(project_id, number, status, author_id, spec_name, type, title, labels)"
)
FORMER_QUEUE_ON_POSTGRES = "CREATE INDEX ix_mutations_queue ON mutations (project_id, number)"
EXECUTED = ("completed", "rolled_back", "rollback_failed")


def upgrade() -> None:
    op.drop_index("ix_mutations_queue", "mutations")
    with op.batch_alter_table("mutations") as mutations:
        mutations.add_column(sa.Column("threads", NUMBER, nullable=False, server_default="0"))
        mutations.add_column(sa.Column("unanswered", NUMBER, nullable=False, server_default="0"))
        mutations.add_column(sa.Column("turn", WORDS, nullable=False, server_default="nobody"))
        mutations.add_column(sa.Column("stack", NUMBER, nullable=False, server_default="0"))
        mutations.add_column(sa.Column("level", NUMBER, nullable=False, server_default="0"))
    _fill_mutations(op.get_bind())
    op.create_table(
        "seen",
        sa.Column("user_id", WORDS, sa.ForeignKey("users.id", name="fk_seen_user_id"), nullable=False),
        sa.Column("mutation_id", WORDS, sa.ForeignKey("mutations.id", name="fk_seen_mutation_id"), nullable=False),
        sa.Column("patchset", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "mutation_id", name="pk_seen"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO seen SELECT author_id, mutation_id, max(patchset) FROM "
        "(SELECT author_id, mutation_id, patchset FROM reviews "
        "UNION ALL SELECT author_id, mutation_id, patchset FROM comments) AS said GROUP BY author_id, mutation_id"
    )
    op.create_index("ix_patchsets_author_id_mutation_id_number", "patchsets", ["author_id", "mutation_id", "number"])
    op.create_index("ix_reviews_author_id_state_mutation_id", "reviews", ["author_id", "state", "mutation_id"])
    with op.batch_alter_table("comments") as comments:
        comments.add_column(sa.Column("thread", WORDS, nullable=False, server_default=""))
        comments.add_column(sa.Column("anchor", JSON))
        comments.add_column(sa.Column("suggestion", WORDS))
        comments.add_column(sa.Column("applied", NUMBER))
        comments.add_column(sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.false()))
        comments.add_column(sa.Column("resolved_by", WORDS))
        comments.add_column(sa.Column("resolved_at", TIME))
    op.execute("UPDATE comments SET thread = id")
    with op.batch_alter_table("comments") as comments:
        comments.create_foreign_key("fk_comments_thread", "comments", ["thread"], ["id"])
        comments.create_foreign_key("fk_comments_resolved_by", "users", ["resolved_by"], ["id"])
        for column, kind in (("thread", WORDS), ("open", sa.Boolean())):
            comments.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)
    with op.batch_alter_table("mutations") as mutations:
        for column in ("threads", "unanswered", "stack", "level"):
            mutations.alter_column(column, existing_type=NUMBER, existing_nullable=False, server_default=None)
        mutations.alter_column("turn", existing_type=WORDS, existing_nullable=False, server_default=None)
    # Last, since a table that is rebuilt loses the order of its indexes.
    op.execute(QUEUE_ON_POSTGRES if is_postgres(op.get_bind()) else QUEUE)


def _fill_mutations(connection: sa.Connection) -> None:
    """Whose turn it is, by status, objections and findings, and where each mutation stands in its stack."""
    connection.exec_driver_sql(
        "UPDATE mutations SET stack = number, turn = CASE "
        "WHEN status IN ('draft', 'needs_manual_resolution') OR status = 'pending' AND objections > 0 THEN 'author' "
        "WHEN status = 'pending' THEN 'reviewers' "
        "WHEN status IN ('approved', 'failed', 'rollback_failed') THEN 'executors' ELSE 'nobody' END"
    )
    invalid = [
        (mutation,)
        for mutation, findings in connection.exec_driver_sql(
            "SELECT m.id, s.findings FROM mutations m JOIN patchsets s ON s.mutation_id = m.id "
            "AND s.number = m.patchset WHERE m.status = 'pending' AND s.findings != '[]'"
        )
        if any(finding["severity"] == "error" for finding in json.loads(findings))
    ]
    if invalid:
        connection.exec_driver_sql("UPDATE mutations SET turn = 'author' WHERE id = ?", invalid)
    numbers: dict[str, int] = {
        id: number for id, number in connection.exec_driver_sql("SELECT id, number FROM mutations")
    }
    below: dict[str, list[str]] = {}
    for child, parent, status in connection.exec_driver_sql(
        "SELECT m.id, p.mutation_id, o.status FROM parents p JOIN patchsets s ON s.id = p.patchset_id "
        "JOIN mutations m ON m.id = s.mutation_id AND m.patchset = s.number JOIN mutations o ON o.id = p.mutation_id"
    ):
        if status not in EXECUTED:
            below.setdefault(child, []).append(parent)
    places: dict[str, tuple[int, int]] = {}
    # A graph without circles: in each round, those whose parents are settled.
    waiting = set(below)
    while waiting:
        settled = {child for child in waiting if not waiting.intersection(below[child])}
        for child in settled:
            parents = [places.get(parent, (numbers[parent], 0)) for parent in below[child]]
            places[child] = min(stack for stack, _ in parents), 1 + max(level for _, level in parents)
        waiting -= settled
    for mutation, (stack, level) in places.items():
        connection.exec_driver_sql("UPDATE mutations SET stack = ?, level = ? WHERE id = ?", (stack, level, mutation))


def downgrade() -> None:
    op.drop_table("seen")
    op.drop_index("ix_patchsets_author_id_mutation_id_number", "patchsets")
    op.drop_index("ix_reviews_author_id_state_mutation_id", "reviews")
    op.drop_index("ix_mutations_queue", "mutations")
    with op.batch_alter_table("comments") as comments:
        comments.drop_constraint("fk_comments_thread", type_="foreignkey")
        comments.drop_constraint("fk_comments_resolved_by", type_="foreignkey")
        for column in ("thread", "anchor", "suggestion", "applied", "open", "resolved_by", "resolved_at"):
            comments.drop_column(column)
    with op.batch_alter_table("mutations") as mutations:
        for column in ("threads", "unanswered", "turn", "stack", "level"):
            mutations.drop_column(column)
    op.execute(FORMER_QUEUE_ON_POSTGRES if is_postgres(op.get_bind()) else FORMER_QUEUE)

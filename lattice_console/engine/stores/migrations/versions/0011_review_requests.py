"""Whose review was asked for."""

import sqlalchemy as sa
from alembic import op

from lattice_console.engine.stores.migrations.kinds import WORDS

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_requests",
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("user_id", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_review_requests_mutation_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_review_requests_user_id"),
        sa.PrimaryKeyConstraint("mutation_id", "user_id", name="pk_review_requests"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("review_requests")

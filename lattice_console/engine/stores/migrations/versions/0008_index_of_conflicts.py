"""Conflicts without an index that nobody reads."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_conflicts_project_id_other", "conflicts")


def downgrade() -> None:
    op.create_index("ix_conflicts_project_id_other", "conflicts", ["project_id", "other"])

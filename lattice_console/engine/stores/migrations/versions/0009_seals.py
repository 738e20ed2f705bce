"""Seals on every table of a SQLite file.

They are not made here: they are taken off before all steps and put on after them (`migrations/env.py`). This revision
keeps a program that does not know them from a file that has them.
"""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing that alembic knows."""


def downgrade() -> None:
    """Nothing that alembic knows."""

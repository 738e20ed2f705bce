"""By which globs specs govern files."""

import sqlalchemy as sa
from alembic import op

from lattice_console.engine.stores.migrations.kinds import WORDS

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "globs",
        sa.Column("document_id", WORDS, nullable=False),
        sa.Column("glob", WORDS, nullable=False),
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("folder", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_globs_document_id",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_globs_project_id"),
        sa.PrimaryKeyConstraint("document_id", "glob", name="pk_globs"),
    )
    op.create_index("ix_globs_project_id_folder", "globs", ["project_id", "folder"])
    # They are read from the documents when somebody looks at the project for the first time.
    op.execute("UPDATE projects SET indexed = false")


def downgrade() -> None:
    op.drop_table("globs")

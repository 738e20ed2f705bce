"""How conflicts were settled, and what is remembered of it."""

import sqlalchemy as sa
from alembic import op

from lattice_console.engine.stores.migrations.kinds import JSON, NUMBER, TIME, WORDS

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resolutions",
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("patchset", NUMBER, autoincrement=False, nullable=False),
        sa.Column("replaced", NUMBER, nullable=False),
        sa.Column("strategy", WORDS, nullable=False),
        sa.Column("against", NUMBER, nullable=True),
        sa.Column("settled", JSON, nullable=False),
        sa.Column("actor_id", WORDS, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_resolutions_mutation_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_resolutions_actor_id"),
        sa.PrimaryKeyConstraint("mutation_id", "patchset", name="pk_resolutions"),
    )
    op.create_table(
        "remembered",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("patchset", NUMBER, autoincrement=False, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("pointer", WORDS, nullable=True),
        sa.Column("blob_hash", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_remembered_project_id"),
        sa.ForeignKeyConstraint(
            ["mutation_id", "patchset"],
            ["resolutions.mutation_id", "resolutions.patchset"],
            name="fk_remembered_mutation_id_patchset",
        ),
        sa.ForeignKeyConstraint(["blob_hash"], ["blobs.hash"], name="fk_remembered_blob_hash"),
        sa.PrimaryKeyConstraint("project_id", "key", "mutation_id", "patchset", name="pk_remembered"),
    )


def downgrade() -> None:
    op.drop_table("remembered")
    op.drop_table("resolutions")

"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

from lattice_console.engine.stores.migrations.kinds import JSON, NUMBER, TIME, WORDS, is_postgres

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "answers",
    "audit",
    "blobs",
    "installation",
    "projects",
    "users",
    "documents",
    "events",
    "memberships",
    "mutations",
    "comments",
    "executions",
    "imports",
    "overrides",
    "patchsets",
    "reviews",
    "revisions",
    "specs",
    "touched",
    "changes",
    "head",
    "parents",
    "snapshots",
)
"""In the order in which they can be made."""

APPEND_ONLY = """
CREATE TRIGGER audit_never_{event_name} BEFORE {event} ON audit {condition}
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END
"""
REWRITES = {
    "UPDATE": "",
    "DELETE": "",
    # What INSERT OR REPLACE takes away fires no trigger of its own.
    "INSERT": "WHEN EXISTS (SELECT 1 FROM audit WHERE scope = NEW.scope AND sequence = NEW.sequence)",
}

ON_POSTGRES = (
    "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER audit_never_rewritten BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    "CREATE TRIGGER audit_never_truncated BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    "CREATE UNIQUE INDEX uq_users_email_any_case ON users (lower(email))",
)


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("scope", WORDS, nullable=False),
        sa.Column("actor", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("scope", "actor", "key", name="pk_answers"),
    )
    op.create_table(
        "audit",
        sa.Column("scope", WORDS, nullable=False),
        sa.Column("sequence", NUMBER, autoincrement=False, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("previous", WORDS, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("scope", "sequence", name="pk_audit"),
    )
    op.create_table(
        "blobs",
        sa.Column("hash", WORDS, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_blobs"),
    )
    op.create_table(
        "installation",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("audit_sequence", NUMBER, nullable=False),
        sa.Column("audit_head", WORDS, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_installation_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    op.create_table(
        "projects",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("policy_version", WORDS, nullable=False),
        sa.Column("event_seq", NUMBER, nullable=False),
        sa.Column("mutation_seq", NUMBER, nullable=False),
        sa.Column("audit_sequence", NUMBER, nullable=False),
        sa.Column("audit_head", WORDS, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
    )
    op.create_table(
        "users",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("handle", WORDS, nullable=False),
        sa.Column("email", WORDS.with_variant(sa.Text(collation="NOCASE"), "sqlite"), nullable=True),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        sa.UniqueConstraint("handle", name="uq_users_handle"),
    )
    op.create_table(
        "documents",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("project_id", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_documents_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_table(
        "events",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_events_actor_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_events_project_id"),
        sa.PrimaryKeyConstraint("project_id", "seq", name="pk_events"),
    )
    op.create_index("ix_events_project_id_subject_seq", "events", ["project_id", "subject", "seq"])
    op.create_table(
        "memberships",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("user_id", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_memberships_project_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_memberships_user_id"),
        sa.PrimaryKeyConstraint("project_id", "user_id", name="pk_memberships"),
    )
    op.create_table(
        "mutations",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("author_id", WORDS, nullable=False),
        sa.Column("spec_name", WORDS, nullable=True),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("labels", JSON, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("patchset", NUMBER, nullable=False),
        sa.Column("approvals", NUMBER, nullable=False),
        sa.Column("objections", NUMBER, nullable=False),
        sa.Column("comments", NUMBER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("description", WORDS, nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_mutations_author_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_mutations_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mutations"),
        sa.UniqueConstraint("project_id", "number", name="uq_mutations_project_id_number"),
    )
    op.create_index("ix_mutations_project_id_author_id_number", "mutations", ["project_id", "author_id", "number"])
    op.create_index("ix_mutations_project_id_spec_name_number", "mutations", ["project_id", "spec_name", "number"])
    op.create_index("ix_mutations_project_id_status_number", "mutations", ["project_id", "status", "number"])
    # A row of an index has less room on Postgres than a title and labels may take.
    covered = [] if is_postgres(op.get_bind()) else ["status", "author_id", "spec_name", "type", "title", "labels"]
    op.create_index("ix_mutations_queue", "mutations", ["project_id", "number", *covered])
    op.create_table(
        "comments",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("author_id", WORDS, nullable=False),
        sa.Column("patchset", NUMBER, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_comments_author_id"),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_comments_mutation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
    )
    op.create_index("ix_comments_mutation_id_created_at", "comments", ["mutation_id", "created_at"])
    op.create_table(
        "executions",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("patchset", NUMBER, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("owner", WORDS, nullable=False),
        sa.Column("lease_until", TIME, nullable=False),
        sa.Column("actor_id", WORDS, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("sequence", NUMBER, nullable=True),
        sa.Column("errors", JSON, nullable=False),
        sa.Column("rolled_back_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_executions_actor_id"),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_executions_mutation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
    )
    op.create_index("ix_executions_mutation_id_started_at", "executions", ["mutation_id", "started_at"])
    op.create_index("ix_executions_status_lease_until", "executions", ["status", "lease_until"])
    op.create_table(
        "imports",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("commit", WORDS, nullable=False),
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_imports_mutation_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_imports_project_id"),
        sa.PrimaryKeyConstraint("project_id", "commit", name="pk_imports"),
        sa.UniqueConstraint("mutation_id", name="uq_imports_mutation_id"),
    )
    op.create_table(
        "overrides",
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("requirement", WORDS, nullable=False),
        sa.Column("policy", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_overrides_mutation_id"),
        sa.PrimaryKeyConstraint("mutation_id", "requirement", name="pk_overrides"),
    )
    op.create_table(
        "patchsets",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("hash", WORDS, nullable=False),
        sa.Column("diff_hash", WORDS, nullable=False),
        sa.Column("author_id", WORDS, nullable=False),
        sa.Column("message", WORDS, nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_patchsets_author_id"),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_patchsets_mutation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_patchsets"),
        sa.UniqueConstraint("mutation_id", "number", name="uq_patchsets_mutation_id_number"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("patchset", NUMBER, nullable=False),
        sa.Column("author_id", WORDS, nullable=False),
        sa.Column("vote", WORDS, nullable=False),
        sa.Column("comment", WORDS, nullable=False),
        sa.Column("policy_version", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_reviews_author_id"),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_reviews_mutation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_mutation_id_created_at", "reviews", ["mutation_id", "created_at"])
    op.create_table(
        "revisions",
        sa.Column("document_id", WORDS, nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("operation", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=True),
        sa.Column("blob_hash", WORDS, nullable=True),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("mutation_id", WORDS, nullable=True),
        sa.Column("actor_id", WORDS, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_revisions_actor_id"),
        sa.ForeignKeyConstraint(["blob_hash"], ["blobs.hash"], name="fk_revisions_blob_hash"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_revisions_document_id"),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_revisions_mutation_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_revisions_project_id"),
        sa.PrimaryKeyConstraint("document_id", "number", name="pk_revisions"),
    )
    op.create_index("ix_revisions_blob_hash_project_id", "revisions", ["blob_hash", "project_id"])
    op.create_index("ix_revisions_project_id_sequence", "revisions", ["project_id", "sequence"])
    op.create_table(
        "specs",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("document_id", WORDS, nullable=True),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("version", WORDS, nullable=True),
        sa.Column("description", WORDS, nullable=False),
        sa.Column("has_schema", sa.Boolean(), nullable=False),
        sa.Column("depends_on", JSON, nullable=False),
        sa.Column("requirements", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_specs_document_id", initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_specs_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_specs"),
        sa.UniqueConstraint("document_id", name="uq_specs_document_id"),
    )
    op.create_index("ix_specs_project_id_name", "specs", ["project_id", "name"])
    op.create_table(
        "touched",
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id", "number"], ["mutations.project_id", "mutations.number"], name="fk_touched_project_id_number"
        ),
        sa.PrimaryKeyConstraint("project_id", "number", "path", name="pk_touched"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_touched_project_id_path_number", "touched", ["project_id", "path", "number"])
    op.create_table(
        "changes",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("patchset_id", WORDS, nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("operation", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("new_path", WORDS, nullable=True),
        sa.Column("document_id", WORDS, nullable=True),
        sa.Column("base_hash", WORDS, nullable=True),
        sa.Column("result_hash", WORDS, nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_changes_document_id", initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["patchset_id"], ["patchsets.id"], name="fk_changes_patchset_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_changes_project_id"),
        sa.ForeignKeyConstraint(["result_hash"], ["blobs.hash"], name="fk_changes_result_hash"),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
    )
    op.create_index("ix_changes_patchset_id_position", "changes", ["patchset_id", "position"])
    op.create_index("ix_changes_result_hash_project_id", "changes", ["result_hash", "project_id"])
    op.create_table(
        "head",
        sa.Column("document_id", WORDS, nullable=False),
        sa.Column("project_id", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=False),
        sa.Column("twin_key", WORDS, nullable=False),
        sa.Column("blob_hash", WORDS, nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["blob_hash"], ["blobs.hash"], name="fk_head_blob_hash"),
        sa.ForeignKeyConstraint(
            ["document_id", "revision"],
            ["revisions.document_id", "revisions.number"],
            name="fk_head_document_id_revision",
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_head_project_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_head"),
        sa.UniqueConstraint("project_id", "path", name="uq_head_project_id_path"),
        sa.UniqueConstraint("project_id", "twin_key", name="uq_head_project_id_twin_key"),
    )
    op.create_table(
        "parents",
        sa.Column("patchset_id", WORDS, nullable=False),
        sa.Column("mutation_id", WORDS, nullable=False),
        sa.Column("patchset_hash", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["mutation_id"], ["mutations.id"], name="fk_parents_mutation_id"),
        sa.ForeignKeyConstraint(["patchset_id"], ["patchsets.id"], name="fk_parents_patchset_id"),
        sa.PrimaryKeyConstraint("patchset_id", "mutation_id", name="pk_parents"),
    )
    op.create_index("ix_parents_mutation_id", "parents", ["mutation_id"])
    op.create_table(
        "snapshots",
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("document_id", WORDS, nullable=False),
        sa.Column("path", WORDS, nullable=True),
        sa.Column("blob_hash", WORDS, nullable=True),
        sa.ForeignKeyConstraint(["blob_hash"], ["blobs.hash"], name="fk_snapshots_blob_hash"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_snapshots_document_id", initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["execution_id"], ["executions.id"], name="fk_snapshots_execution_id"),
        sa.PrimaryKeyConstraint("execution_id", "document_id", name="pk_snapshots"),
    )
    op.execute(f"INSERT INTO installation (id, audit_sequence, audit_head) VALUES (1, 0, '{'0' * 64}')")
    if is_postgres(op.get_bind()):
        for statement in ON_POSTGRES:
            op.execute(statement)
        return
    for event, condition in REWRITES.items():
        op.execute(APPEND_ONLY.format(event_name=event.lower(), event=event, condition=condition))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if is_postgres(op.get_bind()):
        op.execute("DROP FUNCTION audit_is_append_only")

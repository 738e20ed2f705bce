"""The tables, as the newest migration leaves them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from lattice_console.engine.stores.types import Json, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _document(name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    """A document's id; deferred, since what leads to a document is written before its first revision."""
    reference = ForeignKey("documents.id", deferrable=True, initially="DEFERRED")
    return Column(name, Text, reference, nullable=nullable, primary_key=primary_key)


installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("audit_sequence", Integer, nullable=False),
    Column("audit_head", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

projects = Table(
    "projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("event_seq", Integer, nullable=False),
    Column("mutation_seq", Integer, nullable=False),
    Column("audit_sequence", Integer, nullable=False),
    Column("audit_head", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("handle", Text, nullable=False, unique=True),
    # Nobody has two mailboxes whose names differ by case alone.
    Column("email", Text(collation="NOCASE"), unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("project_id", Text, ForeignKey("projects.id"), primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("role", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    # Last, so that a size is read without touching the bytes.
    Column("content", LargeBinary, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("document_id", Text, ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("operation", Text, nullable=False),
    Column("path", Text),
    Column("blob_hash", Text, ForeignKey("blobs.hash")),
    Column("sequence", Integer, nullable=False),
    Column("mutation_id", Text, ForeignKey("mutations.id")),
    Column("actor_id", Text, ForeignKey("users.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "project_id", "sequence"),
    Index(None, "blob_hash", "project_id"),
)

head = Table(
    "head",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("twin_key", Text, nullable=False),
    Column("blob_hash", Text, ForeignKey("blobs.hash"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("project_id", "path"),
    UniqueConstraint("project_id", "twin_key"),
    ForeignKeyConstraint(["document_id", "revision"], ["revisions.document_id", "revisions.number"]),
)

specs = Table(
    "specs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    _document("document_id", nullable=True),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("version", Text),
    Column("description", Text, nullable=False),
    Column("has_schema", Boolean, nullable=False),
    Column("depends_on", Json, nullable=False),
    Column("requirements", Integer, nullable=False),
    UniqueConstraint("document_id"),
    Index(None, "project_id", "name"),
)

# What the specs declare, by name: several specs may claim one name, and a target need not be there.
edges = Table(
    "edges",
    metadata,
    Column("project_id", Text, ForeignKey("projects.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("spec_id", Text, ForeignKey("specs.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "project_id", "target", "source"),
    Index(None, "spec_id"),
    sqlite_with_rowid=False,
)

mutations = Table(
    "mutations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("author_id", Text, ForeignKey("users.id"), nullable=False),
    Column("spec_name", Text),
    Column("type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("labels", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("patchset", Integer, nullable=False),
    Column("approvals", Integer, nullable=False),
    Column("objections", Integer, nullable=False),
    Column("comments", Integer, nullable=False),
    Column("threads", Integer, nullable=False),
    Column("unanswered", Integer, nullable=False),
    Column("turn", Text, nullable=False),
    Column("stack", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    # The long ones last, so that a filter reads past none of them.
    Column("description", Text, nullable=False),
    Column("metadata", Json, nullable=False),
    UniqueConstraint("project_id", "number"),
    Index(None, "project_id", "status", "number"),
    Index(None, "project_id", "author_id", "number"),
    Index(None, "project_id", "spec_name", "number"),
)

# In the order of the queue, with all that a filter asks, so that no filter reads the rows that it leaves out.
Index(
    "ix_mutations_queue",
    mutations.c.project_id,
    mutations.c.stack.desc(),
    mutations.c.level,
    mutations.c.number,
    mutations.c.status,
    mutations.c.turn,
    mutations.c.patchset,
    mutations.c.author_id,
    mutations.c.spec_name,
    mutations.c.type,
    mutations.c.title,
    mutations.c.labels,
    mutations.c.objections,
    mutations.c.comments,
    mutations.c.threads,
    mutations.c.created_at,
    mutations.c.id,
)

# The paths before and after of each mutation's newest patchset.
touched = Table(
    "touched",
    metadata,
    Column("project_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, primary_key=True),
    ForeignKeyConstraint(["project_id", "number"], ["mutations.project_id", "mutations.number"]),
    Index(None, "project_id", "path", "number"),
    sqlite_with_rowid=False,
)

patchsets = Table(
    "patchsets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mutation_id", Text, ForeignKey("mutations.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("diff_hash", Text, nullable=False),
    Column("author_id", Text, ForeignKey("users.id"), nullable=False),
    Column("message", Text, nullable=False),
    Column("findings", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("mutation_id", "number"),
    Index(None, "author_id", "mutation_id", "number"),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("patchset_id", Text, ForeignKey("patchsets.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("operation", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("new_path", Text),
    _document("document_id", nullable=True),
    # No reference: what a change was made against need not be bytes that we hold.
    Column("base_hash", Text),
    Column("result_hash", Text, ForeignKey("blobs.hash")),
    Index(None, "patchset_id", "position"),
    Index(None, "result_hash", "project_id"),
)

parents = Table(
    "parents",
    metadata,
    Column("patchset_id", Text, ForeignKey("patchsets.id"), primary_key=True),
    Column("mutation_id", Text, ForeignKey("mutations.id"), primary_key=True),
    Column("patchset_hash", Text, nullable=False),
    Index(None, "mutation_id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mutation_id", Text, ForeignKey("mutations.id"), nullable=False),
    Column("patchset", Integer, nullable=False),
    Column("author_id", Text, ForeignKey("users.id"), nullable=False),
    Column("vote", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "mutation_id", "created_at"),
    Index(None, "author_id", "state", "mutation_id"),
)

# The newest patchset of each mutation that each person voted or commented on.
seen = Table(
    "seen",
    metadata,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("mutation_id", Text, ForeignKey("mutations.id"), primary_key=True),
    Column("patchset", Integer, nullable=False),
    sqlite_with_rowid=False,
)

comments = Table(
    "comments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mutation_id", Text, ForeignKey("mutations.id"), nullable=False),
    Column("author_id", Text, ForeignKey("users.id"), nullable=False),
    Column("patchset", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # The first comment of its thread; its own id where it is that.
    Column("thread", Text, ForeignKey("comments.id"), nullable=False),
    Column("anchor", Json),
    Column("suggestion", Text),
    Column("applied", Integer),
    Column("open", Boolean, nullable=False),
    Column("resolved_by", Text, ForeignKey("users.id")),
    Column("resolved_at", UtcTime),
    Index(None, "mutation_id", "created_at"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("mutation_id", Text, ForeignKey("mutations.id"), primary_key=True),
    Column("requirement", Text, primary_key=True),
    Column("policy", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("project_id", Text, ForeignKey("projects.id"), primary_key=True),
    Column("commit", Text, primary_key=True),
    Column("mutation_id", Text, ForeignKey("mutations.id"), nullable=False, unique=True),
)

executions = Table(
    "executions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mutation_id", Text, ForeignKey("mutations.id"), nullable=False),
    Column("patchset", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("lease_until", UtcTime, nullable=False),
    Column("actor_id", Text, ForeignKey("users.id"), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("seconds", Float),
    Column("sequence", Integer),
    Column("errors", Json, nullable=False),
    Column("rolled_back_at", UtcTime),
    Index(None, "mutation_id", "started_at"),
    Index(None, "status", "lease_until"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("execution_id", Text, ForeignKey("executions.id"), primary_key=True),
    _document("document_id", primary_key=True),
    Column("path", Text),
    Column("blob_hash", Text, ForeignKey("blobs.hash")),
)

events = Table(
    "events",
    metadata,
    Column("project_id", Text, ForeignKey("projects.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", Text, ForeignKey("users.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("data", Json, nullable=False),
    Index(None, "project_id", "subject", "seq"),
)

# A chain each: `scope` is a project's id, or `installation`. Triggers refuse to change what is written.
audit = Table(
    "audit",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", UtcTime, nullable=False),
)

"""The tables, as the newest migration leaves them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from lattice_console.engine.stores.types import Json, Number, UtcTime, Words

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
    return Column(name, Words, reference, nullable=nullable, primary_key=primary_key)


installation = Table(
    "installation",
    metadata,
    Column("id", Number, primary_key=True),
    Column("audit_sequence", Number, nullable=False),
    Column("audit_head", Words, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

projects = Table(
    "projects",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("version", Number, nullable=False),
    Column("sequence", Number, nullable=False),
    Column("policy_version", Words, nullable=False),
    Column("event_seq", Number, nullable=False),
    Column("mutation_seq", Number, nullable=False),
    Column("audit_sequence", Number, nullable=False),
    Column("audit_head", Words, nullable=False),
    Column("indexed", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Words, primary_key=True),
    Column("handle", Words, nullable=False, unique=True),
    # Nobody has two mailboxes whose names differ by case alone.
    Column("email", Words.with_variant(Text(collation="NOCASE"), "sqlite"), unique=True),
    Column("name", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("project_id", Words, ForeignKey("projects.id"), primary_key=True),
    Column("user_id", Words, ForeignKey("users.id"), primary_key=True),
    Column("role", Words, nullable=False),
    Column("version", Number, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # Somebody's projects.
    Index("ix_memberships_user_id", "user_id"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("hash", Words, primary_key=True),
    Column("size", Number, nullable=False),
    # Last, so that a size is read without touching the bytes.
    Column("content", LargeBinary, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Words, primary_key=True),
    Column("project_id", Words, ForeignKey("projects.id"), nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("document_id", Words, ForeignKey("documents.id"), primary_key=True),
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("project_id", Words, ForeignKey("projects.id"), nullable=False),
    Column("operation", Words, nullable=False),
    Column("path", Words),
    Column("blob_hash", Words, ForeignKey("blobs.hash")),
    Column("sequence", Number, nullable=False),
    Column("mutation_id", Words, ForeignKey("mutations.id")),
    Column("actor_id", Words, ForeignKey("users.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "project_id", "sequence"),
    Index(None, "blob_hash", "project_id"),
)

head = Table(
    "head",
    metadata,
    Column("document_id", Words, primary_key=True),
    Column("project_id", Words, ForeignKey("projects.id"), nullable=False),
    Column("path", Words, nullable=False),
    Column("twin_key", Words, nullable=False),
    Column("blob_hash", Words, ForeignKey("blobs.hash"), nullable=False),
    Column("revision", Number, nullable=False),
    Column("sequence", Number, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("project_id", "path"),
    UniqueConstraint("project_id", "twin_key"),
    ForeignKeyConstraint(["document_id", "revision"], ["revisions.document_id", "revisions.number"]),
)

specs = Table(
    "specs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("project_id", Words, ForeignKey("projects.id"), nullable=False),
    _document("document_id", nullable=True),
    Column("name", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("version", Words),
    Column("description", Words, nullable=False),
    Column("has_schema", Boolean, nullable=False),
    Column("depends_on", Json, nullable=False),
    Column("requirements", Number, nullable=False),
    UniqueConstraint("document_id"),
    Index(None, "project_id", "name"),
)

# What documents of the head refer to by `$ref` in other files, that need not be there; pointers as a list.
refs = Table(
    "refs",
    metadata,
    _document("document_id", primary_key=True),
    Column("path", Words, primary_key=True),
    Column("project_id", Words, ForeignKey("projects.id"), nullable=False),
    Column("pointers", Json, nullable=False),
    Index(None, "project_id", "path"),
)

# The globs by which specs of the head govern files, each with the folder that all of those lie in.
globs = Table(
    "globs",
    metadata,
    _document("document_id", primary_key=True),
    Column("glob", Words, primary_key=True),
    Column("project_id", Words, ForeignKey("projects.id"), nullable=False),
    Column("folder", Words, nullable=False),
    Index(None, "project_id", "folder"),
)

# What a document says that it depends on: specs by name, other documents by path. Several specs may claim one name,
# and a target need not be there.
edges = Table(
    "edges",
    metadata,
    Column("project_id", Words, ForeignKey("projects.id"), primary_key=True),
    Column("source", Words, primary_key=True),
    Column("target", Words, primary_key=True),
    _document("document_id", primary_key=True),
    Index(None, "project_id", "target", "source"),
    Index(None, "document_id"),
    sqlite_with_rowid=False,
)

mutations = Table(
    "mutations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("project_id", Words, ForeignKey("projects.id"), nullable=False),
    Column("number", Number, nullable=False),
    Column("status", Words, nullable=False),
    Column("author_id", Words, ForeignKey("users.id"), nullable=False),
    Column("spec_name", Words),
    Column("type", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("labels", Json, nullable=False),
    Column("version", Number, nullable=False),
    Column("patchset", Number, nullable=False),
    Column("approvals", Number, nullable=False),
    Column("objections", Number, nullable=False),
    Column("comments", Number, nullable=False),
    Column("threads", Number, nullable=False),
    Column("unanswered", Number, nullable=False),
    Column("conflicts", Number, nullable=False),
    Column("turn", Words, nullable=False),
    Column("stack", Number, nullable=False),
    Column("level", Number, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    # The long ones last, so that a filter reads past none of them.
    Column("description", Words, nullable=False),
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
    mutations.c.conflicts,
    mutations.c.created_at,
    mutations.c.id,
)

# The paths before and after of each mutation's newest patchset.
touched = Table(
    "touched",
    metadata,
    Column("project_id", Words, primary_key=True),
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("path", Words, primary_key=True),
    ForeignKeyConstraint(["project_id", "number"], ["mutations.project_id", "mutations.number"]),
    Index(None, "project_id", "path", "number"),
    sqlite_with_rowid=False,
)

# What each mutation that is still to come writes, by keys that are equal where two can meet; lines are the head's.
writes = Table(
    "writes",
    metadata,
    Column("project_id", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("first", Number, primary_key=True, autoincrement=False),
    Column("last", Number, primary_key=True, autoincrement=False),
    Column("number", Number, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["project_id", "number"], ["mutations.project_id", "mutations.number"]),
    Index(None, "project_id", "number"),
    sqlite_with_rowid=False,
)

# Findings, one row for each side; `other` is 0 where a mutation conflicts with the head.
conflicts = Table(
    "conflicts",
    metadata,
    Column("project_id", Words, primary_key=True),
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("id", Words, primary_key=True),
    Column("other", Number, nullable=False),
    Column("type", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("facts", Json, nullable=False),
    ForeignKeyConstraint(["project_id", "number"], ["mutations.project_id", "mutations.number"]),
    Index(None, "project_id", "path", "number", "other", "type"),
)

patchsets = Table(
    "patchsets",
    metadata,
    Column("id", Words, primary_key=True),
    Column("mutation_id", Words, ForeignKey("mutations.id"), nullable=False),
    Column("number", Number, nullable=False),
    Column("hash", Words, nullable=False),
    Column("diff_hash", Words, nullable=False),
    Column("author_id", Words, ForeignKey("users.id"), nullable=False),
    Column("message", Words, nullable=False),
    Column("findings", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("mutation_id", "number"),
    Index(None, "author_id", "mutation_id", "number"),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Words, primary_key=True),
    Column("project_id", Words, ForeignKey("projects.id"), nullable=False),
    Column("patchset_id", Words, ForeignKey("patchsets.id"), nullable=False),
    Column("position", Number, nullable=False),
    Column("operation", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("new_path", Words),
    _document("document_id", nullable=True),
    # No reference: what a change was made against need not be bytes that we hold.
    Column("base_hash", Words),
    Column("result_hash", Words, ForeignKey("blobs.hash")),
    Index(None, "patchset_id", "position"),
    Index(None, "result_hash", "project_id"),
)

parents = Table(
    "parents",
    metadata,
    Column("patchset_id", Words, ForeignKey("patchsets.id"), primary_key=True),
    Column("mutation_id", Words, ForeignKey("mutations.id"), primary_key=True),
    Column("patchset_hash", Words, nullable=False),
    Index(None, "mutation_id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Words, primary_key=True),
    Column("mutation_id", Words, ForeignKey("mutations.id"), nullable=False),
    Column("patchset", Number, nullable=False),
    Column("author_id", Words, ForeignKey("users.id"), nullable=False),
    Column("vote", Words, nullable=False),
    Column("comment", Words, nullable=False),
    Column("policy_version", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "mutation_id", "created_at"),
    Index(None, "author_id", "state", "mutation_id"),
)

# Whose review of which mutation was asked for.
review_requests = Table(
    "review_requests",
    metadata,
    Column("mutation_id", Words, ForeignKey("mutations.id"), primary_key=True),
    Column("user_id", Words, ForeignKey("users.id"), primary_key=True),
    sqlite_with_rowid=False,
)

# The newest patchset of each mutation that each person voted or commented on; a vote withdrawn does not count.
seen = Table(
    "seen",
    metadata,
    Column("user_id", Words, ForeignKey("users.id"), primary_key=True),
    Column("mutation_id", Words, ForeignKey("mutations.id"), primary_key=True),
    Column("patchset", Number, nullable=False),
    sqlite_with_rowid=False,
)

comments = Table(
    "comments",
    metadata,
    Column("id", Words, primary_key=True),
    Column("mutation_id", Words, ForeignKey("mutations.id"), nullable=False),
    Column("author_id", Words, ForeignKey("users.id"), nullable=False),
    Column("patchset", Number, nullable=False),
    Column("text", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # The first comment of its thread; its own id where it is that.
    Column("thread", Words, ForeignKey("comments.id"), nullable=False),
    Column("anchor", Json),
    Column("suggestion", Words),
    Column("applied", Number),
    Column("open", Boolean, nullable=False),
    Column("resolved_by", Words, ForeignKey("users.id")),
    Column("resolved_at", UtcTime),
    Index(None, "mutation_id", "created_at"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("mutation_id", Words, ForeignKey("mutations.id"), primary_key=True),
    Column("requirement", Words, primary_key=True),
    Column("policy", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("project_id", Words, ForeignKey("projects.id"), primary_key=True),
    Column("commit", Words, primary_key=True),
    Column("mutation_id", Words, ForeignKey("mutations.id"), nullable=False, unique=True),
)

# How the conflicts of a mutation were settled, by the patchset that did it; `replaced` is the one before.
resolutions = Table(
    "resolutions",
    metadata,
    Column("mutation_id", Words, ForeignKey("mutations.id"), primary_key=True),
    Column("patchset", Number, primary_key=True, autoincrement=False),
    Column("replaced", Number, nullable=False),
    Column("strategy", Words, nullable=False),
    Column("against", Number),
    Column("settled", Json, nullable=False),
    Column("actor_id", Words, ForeignKey("users.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

# The texts that stand where sides met, by what met.
remembered = Table(
    "remembered",
    metadata,
    Column("project_id", Words, ForeignKey("projects.id"), primary_key=True),
    Column("key", Words, primary_key=True),
    Column("mutation_id", Words, primary_key=True),
    Column("patchset", Number, primary_key=True, autoincrement=False),
    Column("path", Words, nullable=False),
    Column("pointer", Words),
    Column("blob_hash", Words, ForeignKey("blobs.hash"), nullable=False),
    ForeignKeyConstraint(["mutation_id", "patchset"], ["resolutions.mutation_id", "resolutions.patchset"]),
)

executions = Table(
    "executions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("mutation_id", Words, ForeignKey("mutations.id"), nullable=False),
    Column("patchset", Number, nullable=False),
    Column("status", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("lease_until", UtcTime, nullable=False),
    Column("actor_id", Words, ForeignKey("users.id"), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("seconds", Float),
    Column("sequence", Number),
    Column("errors", Json, nullable=False),
    Column("rolled_back_at", UtcTime),
    Index(None, "mutation_id", "started_at"),
    Index(None, "status", "lease_until"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("execution_id", Words, ForeignKey("executions.id"), primary_key=True),
    _document("document_id", primary_key=True),
    Column("path", Words),
    Column("blob_hash", Words, ForeignKey("blobs.hash")),
)

events = Table(
    "events",
    metadata,
    Column("project_id", Words, ForeignKey("projects.id"), primary_key=True),
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("id", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", Words, ForeignKey("users.id"), nullable=False),
    Column("subject", Words, nullable=False),
    Column("version", Number, nullable=False),
    Column("data", Json, nullable=False),
    Index(None, "project_id", "subject", "seq"),
)

# A chain each: `scope` is a project's id, or `installation`. Triggers refuse to change what is written.
audit = Table(
    "audit",
    metadata,
    Column("scope", Words, primary_key=True),
    Column("sequence", Number, primary_key=True, autoincrement=False),
    Column("text", Words, nullable=False),
    Column("previous", Words, nullable=False),
    Column("hash", Words, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("scope", Words, primary_key=True),
    Column("actor", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("fingerprint", Words, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", UtcTime, nullable=False),
)

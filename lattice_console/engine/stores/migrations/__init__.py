"""Where alembic finds what it runs."""

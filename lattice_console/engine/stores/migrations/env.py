"""Run by alembic for each command: migrate the connection that was handed over, within its transaction.

No step minds the seals of a SQLite file: they are taken off before, and put on what the steps leave.
"""

from alembic import context

from lattice_console.engine.stores import seals

connection = context.config.attributes["connection"]
sqlite = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
context.configure(connection=connection)
with context.begin_transaction():
    if sqlite is not None:
        seals.take_off(sqlite)
    context.run_migrations()
    if sqlite is not None:
        seals.put_on(sqlite)

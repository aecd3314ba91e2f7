"""Alembic's entry: run the migrations on the connection that `storage.migrate` hands over."""

from alembic import context

from storage.tables import metadata

connection = context.config.attributes["connection"]
# SQLite cannot alter most of a table in place, so changes are made on a copy of it.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()

"""Run by alembic: it takes the connection that is open, and leaves the transaction to who opened it."""

from alembic import context

from offkey.watch.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

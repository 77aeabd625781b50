"""What a migration runs in: the connection and the transaction of whoever asked for it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()

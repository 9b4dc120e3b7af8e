"""How Alembic runs the steps: on the connection and inside the transaction that it is given."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table="register_schema"
)
with context.begin_transaction():
    context.run_migrations()

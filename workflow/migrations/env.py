"""Alembic's way in: it runs on the connection and in the transaction that `workflow.schema` has opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
)
context.run_migrations()

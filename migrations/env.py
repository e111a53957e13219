"""How migrations run: on the application's own engine, each in one transaction.

On SQLite a migration holds the write lock from its first statement (``BEGIN IMMEDIATE``), so that a
killed one leaves nothing half done; on PostgreSQL DDL is transactional anyway (fault 42).
"""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from backend import tables
from backend.kernel.db import UtcDateTime


def render_item(type_, obj, autogen_context):
    """Write our own column types as what they are in the database."""
    if type_ == "type" and isinstance(obj, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if type_ == "type" and isinstance(obj, sa.JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return (
            "sa.JSON(none_as_null=True)"
            ".with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')"
        )
    return False


def run_offline() -> None:
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=tables.metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(writes=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            transactional_ddl=True,
            transaction_per_migration=True,
            render_item=render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()

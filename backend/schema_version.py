"""Which migration the database stands at, and which one the code wants."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session


@cache
def wanted(migrations: Path) -> str:
    """The newest migration in the tree."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    head = ScriptDirectory.from_config(config).get_current_head()
    if head is None:
        raise LookupError(f"no migration in {migrations}")
    return head


def current(session: Session) -> str | None:
    """The migration the database stands at; nothing for an empty database."""
    return MigrationContext.configure(session.connection()).get_current_revision()

"""The migrations make exactly the schema the code knows (fault 42)."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlalchemy.orm import Session

from backend import tables
from backend.schema_version import current, wanted
from tests.builders.settings import ROOT


def test_the_migrated_schema_is_the_one_in_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": _is_comparable}
        )
        differences = compare_metadata(context, tables.metadata)
    assert differences == []


def _is_comparable(_thing: object, name: str | None, kind: str, *_reflected: object) -> bool:
    """No database tells in one way how an index is sorted; ``tests/store/submissions`` asks whether
    the queue's two are used.
    """
    return kind != "index" or name not in ("ix_submissions_queue", "ix_submissions_county_queue")


def test_every_table_of_every_room_is_registered(engine: Engine) -> None:
    rooms = {path.parent.name for path in (ROOT / "backend").glob("*/tables.py")}
    assert rooms <= set(tables.__all__)
    migrated = set(inspect(engine).get_table_names()) - {"alembic_version"}
    assert migrated == set(tables.metadata.tables)


@pytest.mark.postgresql_only(reason="SQLite numbers its changes itself")
def test_the_feed_has_its_sequence(engine: Engine) -> None:
    assert "changes_seq" in inspect(engine).get_sequence_names()


def test_the_newest_migration_is_where_the_template_stands(engine: Engine) -> None:
    with Session(engine) as session:
        assert current(session) == wanted(ROOT / "migrations")

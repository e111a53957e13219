"""Waiting for the feed on a PostgreSQL that other tests use too.

A change is told once every older transaction of the whole cluster is decided (docs/decisions/0003);
tests that run beside this one have transactions of their own.
"""

from __future__ import annotations

import time

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

_UNDECIDED = text(
    "SELECT coalesce(max(txid), 0) >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    " FROM changes"
)


def engine_of(session: Session) -> Engine:
    """The engine a session works on."""
    bound = session.get_bind()
    assert isinstance(bound, Engine)
    return bound


def feed_settled(engine: Engine) -> None:
    """Return when every change committed so far can be told.

    :raises AssertionError: somebody keeps a transaction open for longer than any test should
    """
    if engine.dialect.name == "sqlite":
        return
    for _ in range(2000):
        with engine.connect() as connection:
            if not connection.scalar(_UNDECIDED):
                return
        time.sleep(0.005)
    raise AssertionError("a transaction older than the newest change stays open")

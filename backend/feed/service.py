"""The change feed as other rooms use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from backend.feed import store
from backend.kernel.ids import new_id

Change = store.Change


def changed(session: Session, changes: Iterable[tuple[str, str, str]]) -> None:
    """Tell the phones of these areas that objects changed: (kind, object id, area code)."""
    store.record(session, changes)


def left(session: Session, changes: Iterable[tuple[str, str, str]]) -> None:
    """Tell the phones of these areas to forget objects: (kind, object id, area code)."""
    store.record(session, changes, op="remove")


def epoch(session: Session) -> str:
    """The life of this database. :raises LookupError: the database was never set up"""
    value = store.read_state(session, "epoch")
    if value is None:
        raise LookupError("no epoch: run 'flask db upgrade' and 'flask setup'")
    return value


def ensure_epoch(session: Session) -> str:
    """The epoch, made now if this database is new."""
    return store.read_state(session, "epoch") or renew_epoch(session)


def renew_epoch(session: Session) -> str:
    """Begin a new life: after a restore every phone starts over and re-sends what is missing."""
    value = new_id()
    store.write_state(session, "epoch", value)
    return value


def page(
    session: Session,
    ranges: Sequence[tuple[str, str]],
    after: tuple[int, int],
    limit: int,
    kinds: store.Kinds | None = None,
) -> list[Change]:
    """The next changes inside the code ranges, in the order of the feed.

    :param kinds: (kinds, True) for these alone, (kinds, False) for all others
    """
    return store.page(session, ranges, after, limit, kinds)


def remaining(
    session: Session,
    ranges: Sequence[tuple[str, str]],
    after: tuple[int, int],
    kinds: store.Kinds | None = None,
) -> int:
    """How many changes are still to come after a place."""
    return store.remaining(session, ranges, after, kinds)


def since(session: Session, after: tuple[int, int], limit: int) -> list[store.Change]:
    """The next changes everywhere, in the order of the feed."""
    return store.since(session, after, limit)


def last_place(session: Session) -> tuple[int, int]:
    """The newest place that is in sight."""
    return store.last_place(session)


def restored(session: Session) -> None:
    """After rows were put back: their transaction numbers are those of another server, and would
    keep them out of sight there until it had counted as far.
    """
    store.begin_transactions_anew(session)


def note(session: Session, key: str, value: str) -> None:
    """Write down a small fact about this database: when it was backed up, say."""
    store.write_state(session, key, value)


def noted(session: Session, key: str) -> str | None:
    """What was written down under a key."""
    return store.read_state(session, key)

"""The changes out, as nouns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

START = (0, 0)


@dataclass(frozen=True)
class Cursor:
    """A phone's place in the feed of one life of the database and one scope."""

    epoch: str
    scope_mark: str
    txid: int
    seq: int


@dataclass(frozen=True)
class Change:
    """One object to keep (``noun``) or to forget (``noun`` is nothing)."""

    kind: str
    id: str
    noun: Any


@dataclass(frozen=True)
class SyncPage:
    """One page of changes; ``reset`` means: what does not come again is no longer yours."""

    epoch: str
    cursor: str
    more: bool
    reset: bool
    remaining: int
    server_time: datetime
    changes: tuple[Change, ...]

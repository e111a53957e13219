"""The changes out, as nouns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

START = (0, 0)


Stage = Literal["homes", "rest"]

Place = tuple[int, int]
"""(txid, seq): a place in the feed."""


@dataclass(frozen=True)
class Walk:
    """How far a phone has come.

    :param stage: what of a download from the start is being walked through; nothing once it is
        complete and only changes are followed
    :param place: behind the last entry that was handed out, in this stage
    :param begun_at: the newest place when the download began: changes are followed from there
    """

    stage: Stage | None
    place: Place
    begun_at: Place


@dataclass(frozen=True)
class Cursor:
    """A phone's place in the feed of one life of the database and one scope."""

    epoch: str
    scope_mark: str
    walk: Walk


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

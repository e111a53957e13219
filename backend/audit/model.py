"""The audit's nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Actor:
    """Who did it.

    :param kind: worker, reviewer, supervisor, device, caregiver, system, anonymous
    :param id: account, device or family link; nothing for system and anonymous
    """

    kind: str
    id: str | None = None
    device_id: str | None = None


@dataclass(frozen=True)
class AuditEntry:
    """One thing that was done, or refused."""

    seq: int
    at: datetime
    actor: Actor
    action: str
    object_kind: str
    object_id: str | None
    area_code: str | None
    detail: Mapping[str, Any]
    request_id: str | None


@dataclass(frozen=True)
class Link:
    """A row's place in the chain: the hash before it, and its own."""

    seq: int
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class Broken:
    """Where the chain does not hold.

    :param seq: number of the row; nothing where rows are missing at the end
    :param how: ``changed``: the row is not what was signed; ``torn``: what stood before it is not
        there; ``cut_off``: rows that had been sealed are missing at the end
    """

    seq: int | None
    how: str


@dataclass(frozen=True)
class Checked:
    """What following the chain found.

    :param linked: rows in it
    :param unsealed: rows that the sealing job has not met yet
    :param head: its last hash: written down elsewhere, it shows later that nothing was cut off
    """

    linked: int
    unsealed: int
    head: str
    broken: tuple[Broken, ...]

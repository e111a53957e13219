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

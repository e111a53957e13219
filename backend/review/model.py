"""Review as nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class QualityFlag:
    """A reason to look closer; never an accusation.

    :param weight: what it adds to the priority of the review item
    :param evidence: figures the sentence ``flag.<kind>`` of schemas/i18n names
    """

    kind: str
    weight: int
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class ReviewDecision:
    """What a person (or, where the township allows it, a policy) decided."""

    id: str
    submission_id: str
    version_id: str
    verdict: str  # approved, returned, rejected, voided
    fields: tuple[str, ...]
    reason: str | None
    decided_by: str
    decided_at: datetime

"""What a comparison of two residents comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SAME = "same"
UNSURE = "unsure"
DIFFERENT = "different"


@dataclass(frozen=True)
class Verdict:
    """Whether two registrations are of one person, with the reason field by field.

    :param score: 0 (certainly different) to 1 (certainly the same)
    :param explanation: field -> ``equal``, ``differs``, ``missing``
    """

    verdict: str
    score: float
    explanation: Mapping[str, str]


@dataclass(frozen=True)
class DuplicateCandidate:
    """Two residents that may be one, ``resident_id`` < ``other_id``."""

    id: str
    resident_id: str
    other_id: str
    township_code: str
    verdict: Verdict
    state: str  # open, merged, kept_apart

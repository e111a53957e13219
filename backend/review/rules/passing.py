"""What passes by itself, and what may be taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.kernel.canonical import sha256_hex
from backend.review.model import ReviewPolicy

UNDO_WITHIN = timedelta(seconds=15)
"""Ten seconds on the screen, and five for a slow line."""


def is_drawn(policy: ReviewPolicy, submission_id: str) -> bool:
    """Whether chance leaves a submission to a person; the same answer each time it is asked."""
    dice = int(sha256_hex(f"{policy.id}|{submission_id}".encode())[:8], 16)
    return dice % 100 < policy.sample_percent


def may_undo(decided_at: datetime, now: datetime) -> bool:
    """Whether a decision on many may still be taken back."""
    return now - decided_at <= UNDO_WITHIN

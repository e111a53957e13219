"""Use cases of review. What other rooms ask stands here."""

from backend.review.service.deciding import (
    Verdict,
    decide,
    decisions_of,
    flags_of,
    open_returns,
)

__all__ = ["Verdict", "decide", "decisions_of", "flags_of", "open_returns"]

"""Pure decisions of review."""

from backend.review.rules.deciding import may_decide, state_after_version
from backend.review.rules.flags import Evidence, days_late, flags, priority

__all__ = ["Evidence", "days_late", "flags", "may_decide", "priority", "state_after_version"]

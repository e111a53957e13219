"""Which policy counts where, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from backend.geo.rules import covers, prefix
from backend.programmes.model import Policy


def parameters_on(policies: Iterable[Policy], area_code: str, day: date) -> dict[str, Any]:
    """What the area's policies say on a day, by parameter.

    The smaller area decides over the larger one, and of two policies of one area the later one.
    """
    standing = [
        policy
        for policy in policies
        if covers(policy.area_code, area_code)
        and policy.from_on <= day
        and (policy.to_on is None or day <= policy.to_on)
    ]
    standing.sort(key=lambda policy: (len(prefix(policy.area_code)), policy.from_on, policy.id))
    found: dict[str, Any] = {}
    for policy in standing:
        found |= policy.parameters
    return found

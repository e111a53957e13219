"""Which policy counts where and when, and what an enrolment form does to a membership."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from backend.geo.rules import covers, prefix
from backend.kernel.ids import derived_id
from backend.programmes.model import Enrolment, Policy

CONFIRM, REGRADE, LEAVE, LOST = "1", "2", "3", "4"  # code list enrolment_actions


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


def enrolment_after(
    known: Iterable[Enrolment],
    answers: Mapping[str, Any],
    *,
    resident_id: str,
    village_code: str,
    on: date,
    submission_id: str,
) -> Enrolment | None:
    """The enrolment that an ``enrolment`` form makes or changes; nothing when it changes none.

    Confirming somebody who is a member already changes the grade; grading, leaving and losing
    somebody who is no member changes nothing.
    """
    programme, action = answers.get("programme"), answers.get("action")
    mine = [e for e in known if e.programme == programme]
    current = next(
        (e for e in mine if e.source_submission_id == submission_id),
        next((e for e in mine if e.lasts_on(on)), None),
    )
    if action == CONFIRM and current is None and programme:
        current = Enrolment(
            id=derived_id(resident_id, "enrolment", submission_id),
            resident_id=resident_id,
            village_code=village_code,
            programme=programme,
            since=on,
            source_submission_id=submission_id,
        )
    if current is None:
        return None
    if action in (LEAVE, LOST):
        reason = "lost" if action == LOST else answers.get("leave_reason")
        return replace(current, until=on, left_reason=reason)
    return replace(current, grade=answers.get("grade") or current.grade)

"""How far a task has escalated, and how far it may be set aside. Source: followup-rules §0."""

from __future__ import annotations

from datetime import date, timedelta

from backend.followups.model import Task
from backend.followups.rules.comparing import state_on
from backend.kernel.errors import Refusal

PROMPT_KINDS = ("referral_check",)
PROMPT_SERVICES = (
    "postpartum", "postpartum_42d", "newborn", "newborn_full_month", "tuberculosis", "tb_screening",
)  # fmt: skip
PROMPT_DAYS = 7
LATE_DAYS = 30
"""Days overdue from which the township sees a task: two-week checks, postpartum and newborn visits
and tuberculosis sooner than what is owed each quarter or year."""

MOST_POSTPONEMENTS = 2
LONGEST_POSTPONEMENT = timedelta(days=30)
"""[engineering] Somebody is away for the harvest; who is away for longer has moved."""

REASONS = ("away", "in_hospital", "asked", "clinic_closed", "cannot_be_reached")


def level_on(task: Task, today: date) -> str:
    """E0 on the doctor's list, E1 red there, E2 on the township's list, E3 an emergency."""
    if state_on(task, today) not in ("upcoming", "due", "overdue"):
        return "E0"
    if task.escalation == "E3":
        return "E3"
    late = (today - task.closes).days
    prompt = task.kind in PROMPT_KINDS or task.service in PROMPT_SERVICES
    if late >= (PROMPT_DAYS if prompt else LATE_DAYS):
        return "E2"
    return "E1" if late >= 1 else "E0"


def check_postponement(task: Task, until: date, today: date) -> None:
    """Whether a task may be set aside until a day.

    :raises Refusal: ``task_not_open``; ``task_urgent``: emergencies, urgent referrals and their
        two-week checks wait for nobody; ``postponed_too_far`` with the last day that is possible;
        ``postponed_too_often``
    """
    if state_on(task, today) not in ("upcoming", "due", "overdue"):
        raise Refusal("task_not_open")
    if task.escalation == "E3" or task.referral == "urgent" or task.kind in PROMPT_KINDS:
        raise Refusal("task_urgent")
    if task.postponed_times >= MOST_POSTPONEMENTS:
        raise Refusal("postponed_too_often", times=MOST_POSTPONEMENTS)
    last = max(task.closes, today) + LONGEST_POSTPONEMENT
    last = last if task.expires is None else min(last, task.expires)
    if not today < until <= last:
        raise Refusal("postponed_too_far", last=last.isoformat())

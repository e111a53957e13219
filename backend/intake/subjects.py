"""What a form's expressions may read beside its fields (docs/decisions/0002)."""

from __future__ import annotations

from backend.followups.rules.subjects import programmes_of
from backend.forms.model import Context
from backend.intake.model import Facts
from backend.kernel.clock import local_date
from backend.submissions.model import Content


def context_of(content: Content, facts: Facts) -> Context:
    """The context of a submission: the day it was finalised, and the resident as registered."""
    today = local_date(content.finalised_at)
    resident = facts.resident
    if content.subject.kind != "resident" or resident is None:
        return Context(today)
    return Context(
        today,
        resident.birth_date,
        resident.sex,
        programmes_of(facts.enrolments, today),
    )

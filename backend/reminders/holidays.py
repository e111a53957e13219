"""What doctors and families are told of a holiday that comes (docs/decisions/0016)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from backend.clinic import service as clinic
from backend.followups import service as followups
from backend.kernel.holidays import Holiday, Holidays
from backend.reminders.model import Closing
from backend.reminders.rules import planning
from backend.residents.model import Resident


def before_holiday(
    session: Session, areas: Sequence[str], today: date, holidays: Holidays
) -> tuple[Holiday | None, int]:
    """The holiday of several days that comes, and how many tasks have their last day in it."""
    ahead = holidays.ahead(today)
    if ahead is None or not ahead.is_long or ahead.first <= today:
        return None, 0
    late = [
        followups.counts(session, areas, day)["overdue"] for day in (ahead.first, ahead.opens_on)
    ]
    return ahead, late[1] - late[0]


def closings_for(
    session: Session, children: Iterable[Resident], today: date, holidays: Holidays
) -> dict[str, Closing]:
    """Village -> what its families are told of the holiday that lasts or comes."""
    holiday = holidays.ahead(today)
    if holiday is None:
        return {}
    villages = {child.village_code for child in children}
    days = clinic.days_for(session, villages, max(today, holiday.first))
    told = {
        village: planning.closing(holiday, None if day is None else day.on)
        for village, day in days.items()
    }
    return {village: closing for village, closing in told.items() if closing is not None}

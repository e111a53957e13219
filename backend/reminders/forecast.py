"""Which doses are still to be given: the vaccine forecast as reminders need it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.immunization import service as immunization
from backend.immunization.model import DUE, OVERDUE, UPCOMING, ForecastDose
from backend.kernel.clock import local_date
from backend.reminders.model import DueDose
from backend.residents.model import Resident

_AHEAD = (DUE, OVERDUE, UPCOMING)


def doses_ahead(
    session: Session, children: Sequence[Resident], now: datetime
) -> dict[str, list[DueDose]]:
    """Child -> its doses that are still to be given, each with its due date."""
    plans = immunization.forecasts(session, children, local_date(now))
    return {
        child_id: [
            DueDose(dose.dose_id, dose.due, _label(dose), dose.vaccine)
            for dose in plan
            if dose.status in _AHEAD and dose.due is not None
        ]
        for child_id, plan in plans.items()
    }


def _label(dose: ForecastDose) -> dict[str, str]:
    return {
        "zh-CN": f"{dose.label['zh-CN']}第{dose.no}剂",
        "en": f"{dose.label['en']}, dose {dose.no}",
    }

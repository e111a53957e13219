"""Pure decisions about what residents ask: until when it is answered, what is kept all the same.

Sources, quoted from memory and not verified: 个人信息保护法 (PIPL) 14, 15, 31 (guardian under 14),
45-47, 49; GB/T 35273-2020 8.7 (thirty days); 疫苗管理法 45 (a dose: five years after the vaccine's
expiry); 医疗机构病历管理规定 29 (an outpatient record: fifteen years after the last visit).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from backend.kernel.dates import add_months, age_years
from backend.residents.model import Resident
from backend.rights.model import DELETION, DONE, Duty

ANSWER_DAYS = 30
CHILD_UNTIL = 14
CLOSED = "9"
NOBODY = "（已停用）"
"""What stands in place of a name that was taken out of use."""

_SHELF_LIFE_MONTHS = 36  # of any vaccine of the programme; expiry is not recorded [engineering]
_DOSE_MONTHS = _SHELF_LIFE_MONTHS + 5 * 12
_VISIT_MONTHS = 15 * 12


def due_on(received_on: date) -> date:
    """Last day for an answer."""
    return received_on + timedelta(days=ANSWER_DAYS)


def may_ask(asked_by: str, birth_date: date, status: str, today: date) -> bool:
    """Whether this person may ask about a resident.

    For a child under 14 the guardian does (PIPL 31); next of kin only for the dead (PIPL 49).
    """
    if asked_by == "self":
        return status != "4" and age_years(birth_date, today) >= CHILD_UNTIL
    return asked_by != "kin" or status == "4"


def duties(visits: Iterable[date], doses: Iterable[date], today: date) -> tuple[Duty, ...]:
    """What the law has us keep of these records; nothing of what is older."""
    found = []
    for what, days, months in (
        ("doses", sorted(doses), _DOSE_MONTHS),
        ("visits", sorted(visits), _VISIT_MONTHS),
    ):
        if days and (until := add_months(days[-1], months)) >= today:
            found.append(Duty(what, len(days), until))
    return tuple(found)


def kept_until(owed: Iterable[Duty]) -> date | None:
    """The last day of the longest duty; nothing when there is none."""
    return max((duty.until for duty in owed), default=None)


def sealed(resident: Resident, today: date) -> Resident:
    """The resident as the register shows them from now on: nobody in particular.

    Birth date, sex and village stay as long as the records do, for figures of past months.
    """
    return replace(
        resident,
        name=NOBODY,
        household_id=None,
        relation_to_head=None,
        id_type=None,
        id_no=None,
        phone=None,
        contact_name=None,
        contact_phone=None,
        mother_id=None,
        status=CLOSED if resident.status != "4" else resident.status,
        status_on=resident.status_on if resident.status == "4" else today,
        details={},
    )


def erased(resident: Resident) -> Resident:
    """A sealed resident once nothing need be kept: of the birth date only the year is left."""
    return replace(resident, birth_date=date(resident.birth_date.year, 1, 1))


def answered_by_sealing(kind: str, verdict: str) -> bool:
    """A deletion that is granted takes the resident out of use."""
    return kind == DELETION and verdict == DONE

"""What the year is made of: how large, who lives there, what reached whom, what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from backend.kernel.clock import SHANGHAI
from tests.builders.areas import OTHER_VILLAGE, SIBLING_VILLAGE, VILLAGE

FIRST = date(2026, 1, 5)
VILLAGES = (VILLAGE, SIBLING_VILLAGE, OTHER_VILLAGE)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Size:
    """How large the county is, and how bad its luck.

    :param kills: share of the rounds of a worker in which it is killed
    :param outages: days on which nobody works before noon
    :param born_before: days of age at which children come into the register
    """

    residents: int = 20_000
    patients: int = 900
    births: int = 300
    days: int = 365
    kills: float = 0.03
    outages: tuple[int, ...] = (40, 200)
    born_before: int = 0


OWED_ON = {-7: -27, -1: -21, 1: 1, 7: 7}
"""Step -> days from the last day of the county's visits on which a resident is told: their ideal
day lies 20 days before the last. Worked out by hand, not by the rule that is judged."""


@dataclass
class Told:
    """One message as it reached somebody."""

    at: datetime
    to: str
    message: str
    way: str


@dataclass
class Totals:
    """What came of the year."""

    kills: int = 0
    steps_due: int = 0
    steps_told: int = 0
    visits_due: int = 0
    visits_told: int = 0
    mornings: int = 0
    digests: int = 0
    again: int = 0
    pushes: int = 0
    sms: int = 0
    sms_owed: int = 0
    sms_failed: int = 0
    calls: int = 0
    slips: int = 0
    faults: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return "\n".join(f"{name:12} {value}" for name, value in vars(self).items())


@dataclass
class Family:
    """A child and how its people can be reached."""

    child: str
    browser: str | None
    number: str | None
    born: date
    agreed: date
    shows: bool
    delay: int


def instant(day: date, hour: int, minute: int) -> datetime:
    """That minute of the clocks in China."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)

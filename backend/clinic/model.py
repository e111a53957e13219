"""The vaccination clinic's nouns: its days, what is to be given, reactions told by families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

OPEN = "open"
ANSWERED = "answered"
"""States of a reaction report."""

DATES = "dates"
VACCINES = "vaccines"
"""What a calendar feed tells: days only, or the vaccines' names besides."""


@dataclass(frozen=True)
class ClinicDay:
    """A day on which children are vaccinated.

    :param area_code: whose children come: a village, or a township with all of its villages
    :param starts: ``08:30``, China's time, as are all of them
    """

    id: str
    area_code: str
    on: date
    starts: str
    ends: str
    place: str


@dataclass(frozen=True)
class WaitingDose:
    """A dose that is still to be given, as the forecast of one day has it.

    :param due: day on which it should be given
    :param late_after: from the day after on it is overdue
    :param is_next: the first open dose of its series: what the next visit is for; the ones behind
        it wait for it
    """

    dose_id: str
    series: str
    no: int
    vaccine: str
    due: date
    late_after: date
    complete_before: date | None
    note: str | None
    is_next: bool


@dataclass(frozen=True)
class ChildDoses:
    """A child with what it still waits for."""

    child_id: str
    village_code: str
    birth_date: date
    waiting: tuple[WaitingDose, ...]


@dataclass(frozen=True)
class Expected:
    """Doses of one vaccine that a village may need in a time.

    :param late: how many of the doses are overdue
    """

    village_code: str
    vaccine: str
    doses: int
    late: int


@dataclass(frozen=True)
class Reaction:
    """What a caregiver told of a child after a vaccination. No diagnosis: that is the doctor's.

    :param signs: keys of :data:`backend.clinic.rules.reactions.SIGNS`
    :param urgent: at least one of the signs must be seen at once
    :param answer: what the clinic answered, shown to the caregiver
    """

    id: str
    child_id: str
    link_id: str
    village_code: str
    reported_at: datetime
    onset_on: date
    vaccinated_on: date | None
    signs: tuple[str, ...]
    note: str | None
    phone: str | None
    urgent: bool
    state: str = OPEN
    answered_by: str | None = None
    answered_at: datetime | None = None
    answer: str | None = None
    action: str | None = None


@dataclass(frozen=True)
class CalendarEntry:
    """Something a family should come to, or be at home for.

    :param key: stays the same while it is the same thing, so that a calendar moves it
    :param starts: clock times in China; nothing for the whole day
    """

    key: str
    on: date
    title: str
    place: str = ""
    notes: str = ""
    starts: str | None = None
    ends: str | None = None


@dataclass(frozen=True)
class CampaignDay:
    """What the day reports of one day of a campaign add up to."""

    on: date
    vaccinated: int
    deferred: int
    contraindicated: int
    refused: int
    absent: int
    aefi: int


@dataclass(frozen=True)
class Campaign:
    """A campaign in an area.

    :param listed: children on the lists, without those who must not get it
    :param reported_target: the largest target that a village's day reports name, added up
    """

    name: str
    vaccine: str
    listed: int
    reported_target: int
    days: Sequence[CampaignDay]

    @property
    def target(self) -> int:
        """Children to be vaccinated: those listed, else what the day reports say."""
        return self.listed or self.reported_target

    @property
    def vaccinated(self) -> int:
        """All days together."""
        return sum(day.vaccinated for day in self.days)


@dataclass(frozen=True)
class TargetChild:
    """A child on a campaign's list, as the village wrote it down.

    :param residence: code list ``residence_type``
    :param not_reason: code list ``campaign_reasons``
    """

    village_code: str
    name: str | None
    sex: str | None
    birth_date: date | None
    residence: str | None
    phone: str | None
    doses_before: int | None
    contraindicated: bool
    vaccinated_on: date | None
    not_reason: str | None

    @property
    def is_left(self) -> bool:
        """Still to be vaccinated."""
        return self.vaccinated_on is None and not self.contraindicated


@dataclass(frozen=True)
class CoveragePart:
    """Children checked at one kind of place: how many, how many had it, how many disagree.

    :param disagree: parent and record say different things
    """

    checked: int
    covered: int
    disagree: int


@dataclass(frozen=True)
class RapidCoverage:
    """A rapid coverage check: 30 children at home in 3 villages, 30 in a school, 30 at a market.

    :param parts: ``households``, ``school``, ``market`` -> its children
    :param complete: every part has its 30
    :param percent: covered of checked, one decimal; nothing without children
    :param enough: every part that was checked reached the mark (95 %)
    :param catch_up: (village, vaccine) below the mark
    """

    campaign: str
    parts: Mapping[str, CoveragePart]
    villages: int
    complete: bool
    percent: float | None
    enough: bool
    catch_up: Sequence[str]

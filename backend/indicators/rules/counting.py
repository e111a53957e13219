"""Counting one subject: in which months of a year it stands in which denominator and numerator.

Nothing is remembered from one counting to the next: a correction, a rejection, a merge and a visit
that arrives three weeks late are the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias

from backend.indicators.model import (
    MONTHS,
    RESIDENT,
    TASK,
    Fact,
    Indicator,
    Record,
    Selection,
    Subject,
    Tally,
)
from backend.indicators.rules.clocks import clock_of
from backend.indicators.rules.windows import LIFE, month_ends, quarters_over, window_start
from backend.kernel.dates import age_years
from backend.kernel.expressions import Expression

Values: TypeAlias = dict[str, Any]
Hit: TypeAlias = tuple[date, bool, Any]
"""Day of a record, whether it is approved, and its value."""

_MOST_REMEMBERED = 50_000


class Judge:
    """An indicator with what its expressions gave for values they were given before.

    Of a county's people most have the same few numbers of visits.
    """

    def __init__(self, indicator: Indicator) -> None:
        self.indicator = indicator
        self.clock = clock_of(indicator)
        read = sorted(indicator.denominator.names | indicator.numerator.names)
        self.reads = frozenset(read)
        self._order = tuple(read)
        self._known: dict[tuple[Any, ...], tuple[bool, bool]] = {}

    def __call__(self, values: Values) -> tuple[bool, bool]:
        """Whether these values stand in the denominator, and in the numerator."""
        key = tuple(values.get(name) for name in self._order)
        found = self._known.get(key)
        if found is None:
            due = _holds(self.indicator.denominator, values)
            found = (due, due and _holds(self.indicator.numerator, values))
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = found
        return found


def _holds(expression: Expression, values: Values) -> bool:
    return expression.evaluate(values) is True


def judges(indicators: Iterable[Indicator]) -> tuple[Judge, ...]:
    """One judge an indicator, kept for the life of a process."""
    return tuple(Judge(indicator) for indicator in indicators)


def tallies(
    known: Sequence[Judge], subject: Subject, years: Sequence[int], today: date
) -> list[Tally]:
    """Where a subject, and each of its tasks, stands in every indicator that is about it.

    :param today: no month after it is counted, and the running one only up to it
    """
    found: list[Tally] = []
    for judge in known:
        about = judge.indicator.subject
        if about not in (subject.kind, TASK):
            continue
        for year in years:
            ends = month_ends(year, today)
            if about == TASK:
                found += _of_tasks(judge, subject, year, ends)
            elif _may_be_meant(judge.indicator, subject, ends):
                found += _of_subject(judge, subject, year, ends)
    return found


def _may_be_meant(indicator: Indicator, subject: Subject, ends: Sequence[date]) -> bool:
    among = indicator.among
    if not ends:
        return False
    if among.programme is not None and not any(
        programme == among.programme for programme, _, _ in subject.enrolled
    ):
        return False
    if subject.birth_date is None:
        return among.age_from is None and among.age_below is None
    if among.age_from is not None and age_years(subject.birth_date, ends[-1]) < among.age_from:
        return False
    return among.age_below is None or age_years(subject.birth_date, ends[0]) < among.age_below


def _of_subject(judge: Judge, subject: Subject, year: int, ends: Sequence[date]) -> list[Tally]:
    indicator = judge.indicator
    hits = [(fact, hits_of(fact, subject)) for fact in indicator.facts]
    masks = [0, 0, 0, 0]
    # With every record approved, the official answer is the same one.
    bases = (0,) if all(hit[1] for _, found in hits for hit in found) else (0, 1)
    for month, day in enumerate(ends):
        since = _since(indicator, subject, day)
        if _has_left(indicator, subject, day) or (indicator.among.programme and since is None):
            continue
        start = window_start(indicator.window, day)
        fixed = _fixed(judge, subject, day, start, since)
        for basis in bases:
            values = dict(fixed)
            for fact, found in hits:
                first = LIFE if fact.selection.within == "life" else start
                values[fact.id] = _value(fact, found, first, day, official=basis == 1)
            due, met = judge(values)
            masks[2 * basis] |= due << month
            masks[2 * basis + 1] |= met << month
    if len(bases) == 1:
        masks[2:] = masks[:2]
    if not (masks[0] or masks[2]):
        return []
    return [_tally(indicator, year, subject.id, subject, masks)]


def _of_tasks(judge: Judge, subject: Subject, year: int, ends: Sequence[date]) -> list[Tally]:
    found = []
    for task in subject.tasks:
        due = met = 0
        for month, day in enumerate(ends):
            start = window_start(judge.indicator.window, day)
            if not start <= task.closes <= day:
                continue
            is_due, is_met = judge(
                {
                    "day": day.isoformat(),
                    "from_day": start.isoformat(),
                    "closes": task.closes.isoformat(),
                    "done_on": None if task.done_on is None else task.done_on.isoformat(),
                }
            )
            due |= is_due << month
            met |= is_met << month
        if due:
            found.append(_tally(judge.indicator, year, task.id, subject, [due, met, due, met]))
    return found


def _tally(
    indicator: Indicator, year: int, unit_id: str, subject: Subject, masks: Sequence[int]
) -> Tally:
    return Tally(
        indicator=indicator.key,
        year=year,
        unit_id=unit_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        village_code=subject.village_code,
        worker_id=subject.worker_id,
        due=masks[0],
        met=masks[1],
        official_due=masks[2],
        official_met=masks[3],
    )


def _has_left(indicator: Indicator, subject: Subject, day: date) -> bool:
    return not indicator.keeps_ended and subject.ended_on is not None and subject.ended_on <= day


def _since(indicator: Indicator, subject: Subject, day: date) -> date | None:
    """Since when the subject has been in the programme, when it is in it on the day."""
    return min(
        (
            since
            for programme, since, until in subject.enrolled
            if programme == indicator.among.programme
            and since <= day
            and (until is None or until >= day)
        ),
        default=None,
    )


def _fixed(judge: Judge, subject: Subject, day: date, start: date, since: date | None) -> Values:
    """What is known without looking at records; only what the expressions read."""
    told: Values = {"status": subject.status, "sex": subject.sex}
    if subject.kind == RESIDENT:
        told["birth_rank"] = float(subject.birth_rank)
        told["quarters_over"] = float(quarters_over(since, day))
    days = {
        "day": day,
        "from_day": start,
        "known_on": subject.known_on,
        "birth_date": subject.birth_date,
        "since": since,
    }
    for name, value in days.items():
        if name in judge.reads and value is not None:
            told[name] = value.isoformat()
    return told


def hits_of(fact: Fact, subject: Subject) -> list[Hit]:
    """The records that a fact looks at, oldest first, whatever the window."""
    if fact.kind == "dose":
        given = subject.doses.get(fact.dose)
        return [] if given is None else [(given, True, None)]
    records = subject.mother_records if fact.selection.of == "mother" else subject.records
    found = [
        (one.on, one.approved, one.answers.get(fact.answer))
        for one in records
        if _selected(fact.selection, one)
    ]
    return [hit for hit in found if hit[2] is not None] if fact.kind == "latest" else found


def _selected(wanted: Selection, one: Record) -> bool:
    return (
        (not wanted.forms or one.form_key in wanted.forms)
        and (not wanted.modes or one.mode in wanted.modes)
        and (not wanted.outcomes or one.outcome in wanted.outcomes)
        and all(one.answers.get(answer) in codes for answer, codes in wanted.where.items())
        and (
            not wanted.answered
            or any(one.answers.get(answer) is not None for answer in wanted.answered)
        )
    )


def _value(fact: Fact, hits: Sequence[Hit], first: date, day: date, *, official: bool) -> Any:
    inside = [hit for hit in hits if hit[0] <= day and (hit[1] or not official)]
    if fact.kind == "dose":
        return inside[0][0].isoformat() if inside else None
    inside = [hit for hit in inside if hit[0] >= first]
    if fact.kind == "count":
        return float(len(inside))
    if not inside:
        return None
    if fact.kind == "first_on":
        return inside[0][0].isoformat()
    if fact.kind == "last_on":
        return inside[-1][0].isoformat()
    value = inside[-1][2]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def month_bit(month: int) -> int:
    """The bit of a month (1 to 12) in a standing's masks."""
    if not 1 <= month <= MONTHS:
        raise ValueError("a month is 1 to 12")
    return 1 << (month - 1)

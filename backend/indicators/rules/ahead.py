"""On which later day of this month a subject's tallies may change though nothing is recorded.

Told too early, it costs a counting in vain; told too late, a figure would be wrong: so in doubt it
is the next day. Nothing is foreseen beyond the month, since a new month is a new column of every
figure: on its first day everybody is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from backend.indicators.model import RESIDENT, TASK, Indicator, Subject
from backend.indicators.rules.clocks import Clock
from backend.indicators.rules.counting import Judge, hits_of
from backend.indicators.rules.windows import month_ends, window_start
from backend.kernel.dates import add_months, age_months, parse_day, period_end

_DAY = timedelta(days=1)
_YEAR = 12


def look_again(known: Sequence[Judge], subject: Subject, today: date) -> date | None:
    """The first day after today, within this month, on which the subject has to be counted anew;
    nothing when it stays as it is until somebody records something.
    """
    last = period_end(today, 1)
    return min((day for day in _days(known, subject, today) if today < day <= last), default=None)


def _days(known: Sequence[Judge], subject: Subject, today: date) -> Iterator[date]:
    """Every day on which something may change, in no order; past ones may be among them."""
    yield from _of_life(subject, today)
    for judge in known:
        indicator, clock = judge.indicator, judge.clock
        if indicator.subject == TASK:
            for task in subject.tasks:
                yield task.closes
                own = {"closes": task.closes, "done_on": task.done_on}
                yield from _of_clock(clock, [(n, d) for n, d in own.items() if d], today)
        elif indicator.subject == subject.kind and _may_come_to_be_meant(indicator, subject, today):
            if clock.rolling:
                yield from _fallen_out(judge, subject)
            told = [*_own(indicator, subject), *_told(judge, subject, today)]
            yield from _of_clock(clock, told, today)


def _of_life(subject: Subject, today: date) -> Iterator[date]:
    for one in (*subject.records, *subject.mother_records):
        if one.on > today:
            yield one.on
    yield from subject.doses.values()
    if subject.ended_on is not None:
        yield subject.ended_on
    for _programme, since, until in subject.enrolled:
        yield since
        if until is not None:
            yield until + _DAY
    if subject.kind == RESIDENT and subject.birth_date is not None:
        # Ages say who is meant at all; a vaccine plan may read a child's doses otherwise then.
        yield _next(subject.birth_date, 1 if subject.doses else _YEAR, today)


def _may_come_to_be_meant(indicator: Indicator, subject: Subject, today: date) -> bool:
    """Whether the indicator is about the subject on any day of this month."""
    among, born = indicator.among, subject.birth_date
    if among.programme is not None and all(p != among.programme for p, _, _ in subject.enrolled):
        return False
    if subject.ended_on is not None and subject.ended_on <= today and not indicator.keeps_ended:
        return False
    if born is None:
        return among.age_from is None and among.age_below is None
    if among.age_from is not None and age_months(born, today) < among.age_from * _YEAR:
        return False  # the birthday is looked at anyway
    first = month_ends(today.year, today)[0]
    return among.age_below is None or age_months(born, first) < among.age_below * _YEAR


def _own(indicator: Indicator, subject: Subject) -> Iterator[tuple[str, date]]:
    yield "known_on", subject.known_on
    if subject.birth_date is not None:
        yield "birth_date", subject.birth_date
    for programme, since, _until in subject.enrolled:
        if programme == indicator.among.programme:
            yield "since", since


def _told(judge: Judge, subject: Subject, today: date) -> Iterator[tuple[str, date]]:
    """Days that facts may tell: those of all records, as approved ones alone tell another."""
    for fact in judge.facts:
        if fact.type != "date":
            continue
        for on, _approved, value in hits_of(fact, subject):
            yield fact.id, on if fact.kind != "latest" else _answered(value, today)


def _answered(value: Any, today: date) -> date:
    """The day that an answer names; today, so in doubt, where it is kept and none."""
    try:
        return parse_day(value)
    except (TypeError, ValueError):
        return today


def _fallen_out(judge: Judge, subject: Subject) -> Iterator[date]:
    """On which day each record has left the window of twelve months."""
    window = judge.indicator.window
    for fact in judge.facts:
        if fact.selection.within == "window" and fact.kind != "dose":
            for on, _approved, _value in hits_of(fact, subject):
                out = add_months(on, _YEAR)
                yield out if window_start(window, out) > on else out + _DAY


def _of_clock(clock: Clock, told: Iterable[tuple[str, date]], today: date) -> Iterator[date]:
    if clock.daily:
        yield today + _DAY
    if clock.quarterly:
        yield period_end(today, 3)
    for name, day in told:
        if name in clock.compared:
            yield day
            yield day + _DAY
        for since, months in clock.anniversaries:
            if since == name:
                yield _next(day, months, today)


def _next(since: date, months: int, today: date) -> date:
    """The first day after today on which so many more months are completed."""
    return add_months(since, (age_months(since, today) // months + 1) * months)

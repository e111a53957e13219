"""Counting one subject: in which months of a year it stands in which denominator and numerator.

Nothing is remembered from one counting to the next: a correction, a rejection, a merge and a visit
that arrives three weeks late are the same code.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

from backend.indicators.model import (
    MONTHS,
    TASK,
    Fact,
    Indicator,
    Record,
    Selection,
    Subject,
    Tally,
)
from backend.indicators.rules.clocks import clock_of
from backend.indicators.rules.windows import month_ends, quarters_over, window_start
from backend.kernel.dates import age_years
from backend.kernel.expressions import Expression

Key: TypeAlias = tuple[Any, ...]
Hit: TypeAlias = tuple[date, bool, Any]
"""Day of a record, whether it is approved, and its value."""

_MOST_REMEMBERED = 50_000
_STILL = ("status", "sex", "birth_rank", "known_on", "birth_date", "closes", "done_on")
_MOVING = ("day", "from_day", "since", "quarters_over")


class Judge:
    """An indicator with what its expressions gave for values they were given before.

    Of a county's people most have the same few numbers of visits.

    :ivar still: names it reads whose values are the same in every month
    :ivar moving: those told by the month; beside them it reads the facts
    """

    def __init__(self, indicator: Indicator) -> None:
        self.indicator = indicator
        self.clock = clock_of(indicator)
        read = indicator.denominator.names | indicator.numerator.names
        self.still = tuple(name for name in _STILL if name in read)
        self.moving = tuple(name for name in _MOVING if name in read)
        self.facts = tuple(fact for fact in indicator.facts if fact.id in read)
        self._order = (*self.still, *self.moving, *(fact.id for fact in self.facts))
        self._known: dict[Key, tuple[bool, bool]] = {}

    def __call__(self, key: Key) -> tuple[bool, bool]:
        """Whether these values stand in the denominator, and in the numerator.

        :param key: the values of ``still``, ``moving`` and ``facts``, in this order
        """
        found = self._known.get(key)
        if found is None:
            values = dict(zip(self._order, key, strict=True))
            due = _holds(self.indicator.denominator, values)
            found = (due, due and _holds(self.indicator.numerator, values))
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = found
        return found


def _holds(expression: Expression, values: dict[str, Any]) -> bool:
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
    hits = [hits_of(fact, subject) for fact in judge.facts]
    # With every record approved, the official answer is the same one.
    bases = 1 if all(hit[1] for found in hits for hit in found) else 2
    series = [
        [
            _Series(fact, found, official=basis == 1)
            for fact, found in zip(judge.facts, hits, strict=True)
        ]
        for basis in range(bases)
    ]
    still = tuple([_still(subject, name) for name in judge.still])
    programme, leaves = indicator.among.programme, subject.ended_on is not None
    masks = [0, 0, 0, 0]
    for month, day in enumerate(ends):
        since = _since(indicator, subject, day) if programme else None
        if (leaves and _has_left(indicator, subject, day)) or (programme and since is None):
            continue
        start = window_start(indicator.window, day)
        fixed = still
        if judge.moving:
            fixed += tuple([_moving(name, day, start, since) for name in judge.moving])
        for basis in range(bases):
            due, met = judge(fixed + tuple([one.told(start, day) for one in series[basis]]))
            masks[2 * basis] |= due << month
            masks[2 * basis + 1] |= met << month
    if bases == 1:
        masks[2:] = masks[:2]
    if not (masks[0] or masks[2]):
        return []
    return [_tally(indicator, year, subject.id, subject, masks)]


def _of_tasks(judge: Judge, subject: Subject, year: int, ends: Sequence[date]) -> list[Tally]:
    found = []
    for task in subject.tasks:
        due = met = 0
        told = {"closes": task.closes.isoformat(), "done_on": task.done_on and iso(task.done_on)}
        still = tuple([told[name] for name in judge.still])
        for month, day in enumerate(ends):
            start = window_start(judge.indicator.window, day)
            if not start <= task.closes <= day:
                continue
            moving = tuple([_moving(name, day, start, None) for name in judge.moving])
            is_due, is_met = judge(still + moving)
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


def _still(subject: Subject, name: str) -> Any:
    """A value that is known without looking at records or months."""
    if name == "birth_rank":
        return float(subject.birth_rank)
    value = getattr(subject, name)
    return value.isoformat() if isinstance(value, date) else value


def _moving(name: str, day: date, start: date, since: date | None) -> Any:
    """A value that is another at the end of another month."""
    if name == "quarters_over":
        return float(quarters_over(since, day))
    told = day if name == "day" else start if name == "from_day" else since
    return None if told is None else iso(told)


iso = lru_cache(maxsize=4096)(date.isoformat)
"""Days are few, and each is told for thousands."""


def hits_of(fact: Fact, subject: Subject) -> list[Hit]:
    """The records that a fact looks at, oldest first, whatever the window."""
    if fact.kind == "dose":
        given = subject.doses.get(fact.dose)
        return [] if given is None else [(given, True, None)]
    wanted = fact.selection
    of_mother = wanted.of == "mother"
    forms = subject.mother_forms if of_mother else subject.forms
    if wanted.forms and forms.isdisjoint(wanted.forms):
        return []
    found = [
        (one.on, one.approved, one.answers.get(fact.answer))
        for one in (subject.mother_records if of_mother else subject.records)
        if _selected(wanted, one)
    ]
    if fact.kind == "latest":
        found = [hit for hit in found if hit[2] is not None]
    found.sort(key=_on)
    return found


_on = itemgetter(0)


def _selected(wanted: Selection, one: Record) -> bool:
    return (
        (not wanted.forms or one.form_key in wanted.forms)
        and (not wanted.modes or one.mode in wanted.modes)
        and (not wanted.outcomes or one.outcome in wanted.outcomes)
        and (
            not wanted.where
            or all(one.answers.get(answer) in codes for answer, codes in wanted.where.items())
        )
        and (
            not wanted.answered
            or any(one.answers.get(answer) is not None for answer in wanted.answered)
        )
    )


class _Series:
    """A fact's records in their order, asked for one window after the other."""

    __slots__ = ("_days", "_kind", "_life", "_values")

    def __init__(self, fact: Fact, hits: Sequence[Hit], *, official: bool) -> None:
        inside = [hit for hit in hits if hit[1]] if official else hits
        self._days = [hit[0] for hit in inside]
        self._values = [hit[2] for hit in inside]
        self._kind = fact.kind
        self._life = fact.selection.within == "life" or fact.kind == "dose"

    def told(self, first: date, day: date) -> Any:
        """The fact's value in the window that ends on ``day``."""
        days, kind = self._days, self._kind
        end = bisect_right(days, day) if days else 0
        start = 0 if self._life or not end else bisect_left(days, first, 0, end)
        if kind == "count":
            return float(end - start)
        if start == end:
            return None
        if kind == "latest":
            value = self._values[end - 1]
            is_whole = isinstance(value, int) and not isinstance(value, bool)
            return float(value) if is_whole else value
        return iso(days[end - 1] if kind == "last_on" else days[start])


def month_bit(month: int) -> int:
    """The bit of a month (1 to 12) in a standing's masks."""
    if not 1 <= month <= MONTHS:
        raise ValueError("a month is 1 to 12")
    return 1 << (month - 1)

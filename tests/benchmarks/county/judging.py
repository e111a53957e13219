"""What happened, held against what was promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from backend import tables
from backend.kernel.clock import local_date
from backend.reminders.model import FAMILY, RESIDENT
from backend.reminders.rules.planning import STEPS
from tests.benchmarks.county.model import DAY, FIRST, Family, Totals, instant
from tests.benchmarks.county.people import County, loud
from tests.fakes import county_worker


def judge(county: County) -> Totals:
    """Hold what happened against what was promised."""
    totals = county.totals
    _judge_hours(county)
    _judge_families(county)
    _judge_residents(county)
    _judge_digests(county)
    first: dict[str, datetime] = {}
    for one in county.told:
        if one.way == "push":
            totals.again += one.message in first
            first.setdefault(one.message, one.at)
    totals.pushes = len(first)
    totals.sms = sum(one.way == "sms" for one in county.told)
    totals.sms_failed = county.sms.refused
    if totals.again > totals.kills * county_worker.HANDS * 4:
        totals.faults.append(f"{totals.again} pushes went twice for {totals.kills} kills")
    return totals


def _judge_families(county: County) -> None:
    totals, say = county.totals, county.totals.faults.append
    numbers = {one.number: one for one in county.families.values() if one.number}
    _judge_days(county, numbers)
    told: dict[tuple[str, str, int], date] = {}
    per_dose: Counter[tuple[str, str]] = Counter()
    with county.house.read() as session:
        rows = session.execute(
            select(
                tables.reminders.ReminderRow.addressee_id,
                tables.reminders.ReminderRow.message,
                tables.reminders.ReminderRow.occurrence,
                tables.reminders.ReminderRow.state,
            ).where(tables.reminders.ReminderRow.addressee_kind == FAMILY)
        ).all()
    for child, message, occurrence, state in rows:
        totals.states[state] += 1
        for dose, step in message["steps"]:
            told.setdefault((child, dose, step), date.fromisoformat(occurrence))
            per_dose[(child, dose)] += 1
    totals.faults += [f"{n} messages for {key}" for key, n in per_dose.items() if n > len(STEPS)]
    last = FIRST + (county.lived - 1) * DAY
    for key, on in county.expected.items():
        totals.steps_due += 1
        if key in told and told[key] <= loud(on + DAY, county.house.holidays):
            totals.steps_told += 1
        elif on < last and county.given_on.get(key[:2]) != on:  # given that very morning
            say(f"never told: step {key[2]} of {key[1]} on {on}")


def _judge_residents(county: County) -> None:
    """Each visit that was not made was told of in time, at most four times; no SMS went twice, and
    none of a number's went on the day of another."""
    totals, say = county.totals, county.totals.faults.append
    texted = Counter(one.message for one in county.told if one.way == "sms")
    totals.faults += [f"SMS {one} went {times} times" for one, times in texted.items() if times > 1]
    days = Counter((one.to, one.at.date()) for one in county.told if one.way == "sms")
    totals.faults += [f"{n} SMS to one number on {on}" for (_, on), n in days.items() if n > 1]
    told: dict[tuple[str, str, int], date] = {}
    sent: set[tuple[str, str, int]] = set()
    messages: Counter[str] = Counter()
    row = tables.reminders.ReminderRow
    with county.house.read() as session:
        rows = session.execute(
            select(row.id, row.addressee_id, row.message, row.occurrence).where(
                row.addressee_kind == RESIDENT
            )
        ).all()
    for message_id, resident, message, occurrence in rows:
        totals.sms_owed += message_id in texted
        for task, step in message["steps"]:
            told.setdefault((resident, task, step), date.fromisoformat(occurrence))
            messages[task] += 1
            if message_id in texted:  # what is planned in a holiday may be done by its last day
                sent.add((resident, task, step))
    last = FIRST + (county.lived - 1) * DAY
    for key, on in county.owed.items():
        totals.visits_due += 1
        if key in told and told[key] <= loud(on + DAY, county.house.holidays):
            totals.visits_told += 1
        elif on < last:
            say(f"never told: step {key[2]} of a visit on {on}")
    totals.faults += [f"{n} messages for visit {task}" for task, n in messages.items() if n > 4]
    totals.faults += [f"told without a reason: {one}" for one in sent - set(county.owed)]


def _judge_hours(county: County) -> None:
    """Nobody at home hears of anything at night or on a holiday."""
    say = county.totals.faults.append
    for one in county.told:
        if one.to in county.doctors.values():
            continue
        if not 8 <= one.at.hour < 20:
            say(f"{one.way} at {one.at:%H:%M}")
        if county.house.holidays.is_quiet(one.at.date()):
            say(f"{one.way} on the holiday of {one.at.date()}")


def _judge_days(county: County, numbers: Mapping[str, Family]) -> None:
    """One message a family a day: a higher rung brings the same one again. What a mother is told of
    herself is counted by her number."""
    totals = county.totals
    days: dict[tuple[str, date], set[str]] = defaultdict(set)
    with county.house.read() as session:
        row = tables.reminders.ReminderRow
        own = set(session.scalars(select(row.id).where(row.addressee_kind == RESIDENT)))
    for one in county.told:
        family = county.families.get(one.to) or numbers.get(one.to)
        if family is None or one.message in own:
            continue
        days[(family.child, one.at.date())].add(one.message)
    totals.faults += [f"{len(m)} messages on {on}" for (_, on), m in days.items() if len(m) > 1]


def _judge_digests(county: County) -> None:
    totals = county.totals
    seen = {(one.to, local_date(one.at)): one.at for one in reversed(county.told)}
    outages = {FIRST + number * DAY for number in county.size.outages}
    for (doctor, today), _work in county.waiting.items():
        totals.mornings += 1
        at = seen.get((county.doctors[doctor], today))
        latest = instant(today, 20, 0) if today in outages else instant(today, 8, 30)
        if at is not None and at <= latest:
            totals.digests += 1
        else:
            totals.faults.append(f"no digest on {today}: {at}")
    per_day = Counter(
        (one.to, local_date(one.at), one.message)
        for one in county.told
        if one.to in county.doctors.values()
    )
    mornings = Counter((to, on) for to, on, _message in per_day)
    totals.faults += [f"{n} digests on {on}" for (_, on), n in mornings.items() if n > 1]

"""A county's year of reminders, with workers that are killed and a gateway that fails.

``python -m tests.benchmarks.county_year [sqlite|postgresql] [days]`` runs the whole: 20,000
residents, 900 with hypertension, 300 births, 3 worker processes, 365 days, and prints the totals. A
small share runs in ``make test``. Told to end (TERM), it ends its day and judges what there was.

The clock is an argument: each simulated day has some hours at which the workers do what huey would
have told them to. Push service and gateway are real servers on the loopback.
"""

from __future__ import annotations

import base64
import multiprocessing
import os
import random
import signal
import sys
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import create_engine, select

from backend import tables
from backend.followups import store as followups
from backend.house import House, build_house
from backend.kernel.clock import SHANGHAI, local_date
from backend.kernel.db import prepare_engine
from backend.kernel.ids import new_id
from backend.reminders import reaching, service
from backend.reminders.forecast import doses_ahead
from backend.reminders.model import CALL, FAMILY, SLIP
from backend.reminders.rules.planning import STEPS
from backend.residents import service as residents
from tests.benchmarks import report
from tests.benchmarks.server import fresh
from tests.builders.areas import OTHER_VILLAGE, SIBLING_VILLAGE, VILLAGE, make_county
from tests.builders.reminders import (
    make_child,
    make_doctor_at,
    make_dose,
    make_link,
    subscribe_family_at,
)
from tests.builders.residents import make_resident
from tests.builders.settings import SECRETS, make_settings
from tests.builders.tasks import make_task
from tests.fakes import county_worker
from tests.fakes.push_server import Post, PushServer, running_push_server
from tests.fakes.sms_server import TAKEN, SmsServer, running_sms_server

FIRST = date(2026, 1, 5)
VILLAGES = (VILLAGE, SIBLING_VILLAGE, OTHER_VILLAGE)
WORKERS = 3
EVERYWHERE = [("0" * 12, "9" * 12)]
DAY = timedelta(days=1)

HOURS: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (2, 10, ("sweep", "send")),
    (7, 30, ("sweep", "send")),
    (8, 5, ("families", "calls", "sweep", "send")),
    (8, 15, ("sweep", "send")),
    (10, 0, ("sweep", "send")),
    (12, 10, ("sweep", "send")),
    (13, 5, ("families", "sweep", "send")),
    (16, 10, ("sweep", "send")),
    (19, 50, ("sweep", "send")),
    (20, 30, ("sweep", "send")),
    (23, 0, ("sweep", "send")),
)
"""What is done when. Planning falls to one worker, as huey gives it to one; all of them send."""


SAID = ("reached", "reached", "no_answer", "wrong_number")


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
    mornings: int = 0
    digests: int = 0
    again: int = 0
    pushes: int = 0
    sms: int = 0
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


class County:
    """The county, its people and the world around it."""

    def __init__(
        self, house: House, url: str, size: Size, push: PushServer, sms: SmsServer, seed: int
    ) -> None:
        self.house, self.url, self.size, self.push, self.sms = house, url, size, push, sms
        self.chance = random.Random(seed)  # noqa: S311 - it must be repeatable
        self.now: datetime = _at(FIRST, 0, 0)
        house.clock = lambda: self.now
        self.totals = Totals()
        self.told_to_end = False
        self.lived = 0
        self.families: dict[str, Family] = {}
        self.doctors: dict[str, str] = {}
        self.told: list[Told] = []
        self.expected: dict[tuple[str, str, int], date] = {}
        self.given_on: dict[tuple[str, str], date] = {}
        self.waiting: dict[tuple[str, date], int] = {}
        self._given: set[tuple[str, str]] = set()
        self._receipts: list[str] = []
        self._reports: list[str] = []
        sms.answer = self._gateway
        sms.on_taken = self._texted
        push.on_post = self._pushed

    # ── the world outside ────────────────────────────────────────────────────────────────────────

    def _pushed(self, post: Post) -> None:
        message = str(uuid.UUID(bytes=base64.urlsafe_b64decode(post.headers["topic"] + "==")))
        self.told.append(Told(self.now, post.channel, message, "push"))
        family = self.families.get(post.channel)
        if family is not None and family.shows:
            self._receipts.append(message)

    def _gateway(self, _message: object) -> tuple[int, bytes] | None:
        luck = self.chance.random()
        if luck < 0.06:
            return 503, b"{}"
        if luck < 0.09:
            return 500, b"broken"
        return None if luck < 0.11 else TAKEN

    def _texted(self, message: dict[str, str]) -> None:
        self.told.append(Told(self.now, message["to"], message["id"], "sms"))
        if self.chance.random() < 0.8:
            self._reports.append(message["id"])

    def receipts_arrive(self) -> None:
        """Phones and gateway say what they showed and delivered."""
        shown, self._receipts = self._receipts, []
        delivered, self._reports = self._reports, []
        if not shown and not delivered:
            return
        with self.house.write() as session:
            for one in shown:
                reaching.shown(session, one, self.now)
            for one in delivered:
                reaching.delivered(session, one, self.now)

    # ── the people ───────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Everybody who lives here on the first day."""
        with self.house.write() as session:
            for number, village in enumerate(VILLAGES):
                browser = f"doctor-{number}"
                doctor = make_doctor_at(self.house, session, self.push.endpoint(browser), village)
                self.doctors[doctor] = browser
            for _ in range(self.size.residents - self.size.patients):
                make_resident(self.house, session, village_code=self.chance.choice(VILLAGES))
            for _ in range(self.size.patients):
                village = self.chance.choice(VILLAGES)
                who = make_resident(self.house, session, village_code=village)
                for quarter in range(max(1, self.size.days // 91)):
                    closes = FIRST + timedelta(days=91 * quarter + self.chance.randrange(10, 91))
                    one = make_task(closes, village, subject_id=who.id, anchor=f"q{quarter}")
                    followups.save(session, [one], self.now)

    def births(self, today: date) -> None:
        """About one a day; every mother has another telephone."""
        ahead = self.size.births * (1 + (today - FIRST).days) // self.size.days
        with self.house.write() as session:
            while len(self.families) < ahead:
                number = f"139{len(self.families):08d}"
                kind = self.chance.random()
                name = f"mother-{len(self.families)}"
                child = make_child(
                    self.house,
                    session,
                    birth_date=today - timedelta(days=self.size.born_before),
                    phone=number,
                    village_code=self.chance.choice(VILLAGES),
                )
                has_browser, has_sms = kind < 0.7, 0.4 < kind < 0.95
                if has_browser:
                    link = make_link(self.house, session, child, name)
                    subscribe_family_at(self.house, session, link, self.push.endpoint(name))
                if has_sms:
                    service.agree_to_sms(session, child, self.now)
                one = Family(
                    child, name if has_browser else None, number if has_sms else None, today,
                    today, self.chance.random() < 0.5, self.chance.choice((0, 2, 5, 12, 40)),
                )  # fmt: skip
                self.families[name] = one
                for vaccine in ("HepB", "BCG"):
                    make_dose(
                        session, child, vaccine, today - timedelta(days=self.size.born_before)
                    )

    def vaccinate(self, today: date) -> None:
        """Who is due comes, some at once and some weeks late; what the year expects is noted."""
        with self.house.write() as session:
            children = residents.by_ids(
                session, self.house.vault, [one.child for one in self.families.values()]
            )
            ahead = doses_ahead(session, list(children.values()), self.now)
            for one in self.families.values():
                for dose in ahead.get(one.child, ()):
                    for step in STEPS:
                        on = dose.due + timedelta(days=step)
                        if on == today and on > one.agreed and (one.browser or one.number):
                            self.expected[(one.child, dose.dose_id, step)] = today
                    mark = (one.child, dose.dose_id)
                    if today >= dose.due + timedelta(days=one.delay) and mark not in self._given:
                        make_dose(session, one.child, dose.vaccine, today)
                        self._given.add(mark)
                        self.given_on[mark] = today

    def visit(self, today: date) -> None:
        """Doctors see most of their patients in time, and telephone and bring slips."""
        with self.house.write() as session:
            for state in ("due", "overdue"):
                found = followups.listed(session, VILLAGES, state, today, limit=250)
                done = [t for t in found if self.chance.random() < 0.04]
                followups.save(
                    session, [replace(t, state="completed", state_on=today) for t in done], self.now
                )
        for rung in (CALL, SLIP):
            with self.house.write() as session:
                items, _ = reaching.waiting(
                    session, self.house.vault, EVERYWHERE, rung, doses_ahead, self.now, None, 250
                )
                for one in items:
                    if rung == SLIP:
                        if self.chance.random() < 0.2:
                            reaching.note_slip(
                                session, one.reminder, "handed_over", new_id(), self.now
                            )
                            self.totals.slips += 1
                    elif self.chance.random() < 0.6:
                        said = self.chance.choice(SAID)
                        reaching.note_call(session, one.reminder, said, new_id(), self.now)
                        self.totals.calls += 1

    def morning(self, today: date) -> None:
        """What each doctor should read at half past seven."""
        with self.house.read() as session:
            for number, (doctor, _browser) in enumerate(self.doctors.items()):
                found = followups.counts(session, [VILLAGES[number]], today)
                work = found["overdue"] + found["due"]
                if work:
                    self.waiting[(doctor, today)] = work


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


# ── the workers ──────────────────────────────────────────────────────────────────────────────────


class Workers:
    """Processes that are told what to do, and sometimes killed while they do it."""

    def __init__(self, county: County, var: Path) -> None:
        self._county, self._var = county, var
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([county_worker.__name__])
        self._all = [self._start() for _ in range(WORKERS)]

    def _start(self) -> tuple[ForkServerProcess, Connection]:
        mine, theirs = self._context.Pipe()
        county = self._county
        one = self._context.Process(
            target=county_worker.work,
            args=(theirs, county.url, str(self._var), county.push.origin, county.sms.url),
            daemon=True,
        )
        one.start()
        theirs.close()
        return one, mine

    def tell(self, names: tuple[str, ...]) -> None:
        """Everybody sends; one of them plans. Some are killed in the middle."""
        county = self._county
        planner = county.chance.randrange(WORKERS)
        busy = []
        for index, (process, pipe) in enumerate(self._all):
            mine = names if index == planner else tuple(n for n in names if n == "send")
            pipe.send((county.now, mine))
            busy.append((index, process, pipe))
        for index, process, pipe in busy:
            if county.chance.random() < county.size.kills:
                time.sleep(county.chance.uniform(0, 0.03))
                if process.pid is not None:
                    os.kill(process.pid, signal.SIGKILL)
                process.join()
                pipe.close()
                self._all[index] = self._start()
                county.totals.kills += 1
                continue
            pipe.recv()

    def end(self) -> None:
        """Send everybody home."""
        for process, pipe in self._all:
            pipe.send(None)
            process.join()


def live(county: County, var: Path) -> Totals:
    """Let the year pass. :returns: the totals, ``faults`` empty when every promise was kept"""
    county.settle()
    workers = Workers(county, var)
    try:
        for number in range(county.size.days):
            if county.told_to_end:
                break
            county.lived = number + 1
            today = FIRST + number * DAY
            county.now = _at(today, 0, 30)
            county.births(today)
            for hour, minute, names in HOURS:
                county.now = _at(today, hour, minute)
                if (hour, minute) == (7, 30):
                    county.morning(today)
                    county.vaccinate(today)
                if number in county.size.outages and hour < 13:
                    continue  # nobody works this morning
                workers.tell(names)
                county.receipts_arrive()
                if hour == 16:
                    county.visit(today)
    finally:
        workers.end()
    return judge(county)


# ── the judgement ────────────────────────────────────────────────────────────────────────────────


def judge(county: County) -> Totals:
    """Hold what happened against what was promised."""
    totals = county.totals
    _judge_families(county)
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
    texted = Counter(one.message for one in county.told if one.way == "sms")
    for message, times in texted.items():
        if times > 1:
            say(f"SMS {message} went {times} times")
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
        if key in told and told[key] <= on + DAY:
            totals.steps_told += 1
        elif on < last and county.given_on.get(key[:2]) != on:  # given that very morning
            say(f"never told: step {key[2]} of {key[1]} on {on}")


def _judge_days(county: County, numbers: Mapping[str, Family]) -> None:
    """Quiet hours, and one message a family a day: a higher rung brings the same one again."""
    totals, say = county.totals, county.totals.faults.append
    days: dict[tuple[str, date], set[str]] = defaultdict(set)
    for one in county.told:
        family = county.families.get(one.to) or numbers.get(one.to)
        if family is None:
            continue
        if not 8 <= one.at.hour < 20:
            say(f"{one.way} at {one.at:%H:%M}")
        days[(family.child, one.at.date())].add(one.message)
    totals.faults += [f"{len(m)} messages on {on}" for (_, on), m in days.items() if len(m) > 1]


def _judge_digests(county: County) -> None:
    totals = county.totals
    seen = {(one.to, local_date(one.at)): one.at for one in reversed(county.told)}
    outages = {FIRST + number * DAY for number in county.size.outages}
    for (doctor, today), _work in county.waiting.items():
        totals.mornings += 1
        at = seen.get((county.doctors[doctor], today))
        latest = _at(today, 20, 0) if today in outages else _at(today, 8, 30)
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


# ── run by hand ──────────────────────────────────────────────────────────────────────────────────


def main(kind: str, days: int) -> int:
    """The whole year; the totals are printed."""
    begun = time.monotonic()
    with (
        fresh(kind) as place,
        running_push_server() as push,
        running_sms_server(SECRETS.sms) as sms,
    ):
        place.flask("setup")
        settings = make_settings(place.var, place.url, sms_url=sms.url)
        house = build_house(settings, prepare_engine(create_engine(settings.database_url)), _never)
        with house.write() as session:
            make_county(session)
        url = settings.database_url
        county = County(house, url, Size(days=days, births=300 * days // 365), push, sms, seed=2026)
        signal.signal(signal.SIGTERM, lambda *_: setattr(county, "told_to_end", True))
        totals = live(county, place.var)
    print(report.machine())
    print(f"{kind}, {county.lived} days in {time.monotonic() - begun:.0f} s\n{totals}")
    return 1 if totals.faults else 0


def _never() -> datetime:
    raise AssertionError("the county has its own clock")


if __name__ == "__main__":
    sys.exit(main((sys.argv[1:2] or ["sqlite"])[0], int((sys.argv[2:3] or [365])[0])))

"""The county's people and the world around them: births, visits, phones, a gateway that fails."""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from backend.followups import store as followups
from backend.followups.model import Task
from backend.house import House
from backend.kernel.holidays import Holidays
from backend.kernel.ids import new_id
from backend.reminders import reaching, service
from backend.reminders.forecast import doses_ahead
from backend.reminders.model import CALL, SLIP, DueDose
from backend.reminders.rules.planning import STEPS, reached_step
from backend.residents import service as residents
from backend.residents.model import FOLLOWUP_SMS, SELF, ConsentTold
from tests.benchmarks.county.model import (
    DAY,
    FIRST,
    OWED_ON,
    VILLAGES,
    Family,
    Size,
    Told,
    Totals,
    instant,
)
from tests.builders.reminders import (
    make_child,
    make_doctor_at,
    make_dose,
    make_link,
    subscribe_family_at,
)
from tests.builders.residents import resident_row
from tests.builders.tasks import make_task
from tests.fakes.push_server import Post, PushServer
from tests.fakes.sms_server import TAKEN, SmsServer

EVERYWHERE = [("0" * 12, "9" * 12)]
SAID = ("reached", "reached", "no_answer", "wrong_number")
LINK_LASTS = timedelta(days=365)
"""As a doctor's phone makes it; whoever has it no more is called or gets a slip."""

LOOKED_AGAIN = timedelta(days=7)
"""For so long at most a child's plan is believed on whom nothing was to happen."""


class County:
    """The county, its people and the world around it."""

    def __init__(
        self, house: House, url: str, size: Size, push: PushServer, sms: SmsServer, seed: int
    ) -> None:
        self.house, self.url, self.size, self.push, self.sms = house, url, size, push, sms
        self.chance = random.Random(seed)  # noqa: S311 - it must be repeatable
        self.now: datetime = instant(FIRST, 0, 0)
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
        self.owed: dict[tuple[str, str, int], date] = {}
        self._owed_on: dict[date, dict[str, tuple[str, int]]] = {}
        self._given: set[tuple[str, str]] = set()
        self._look_on: dict[str, date] = {}
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
            others = self.size.residents - self.size.patients
            session.add_all(
                resident_row(self.house, self.chance.choice(VILLAGES)) for _ in range(others)
            )
            tasks = []
            for number in range(self.size.patients):
                village = self.chance.choice(VILLAGES)
                phone = self._telephone_of(number)
                who = resident_row(self.house, village, phone=phone)
                session.add(who)
                agreed = phone is not None and self.chance.random() < 0.7
                for quarter in range(max(1, self.size.days // 91)):
                    closes = FIRST + timedelta(days=91 * quarter + self.chance.randrange(10, 91))
                    task = make_task(closes, village, subject_id=who.id, anchor=f"q{quarter}")
                    tasks.append(task)
                    if agreed:
                        self._comes(task)
                if agreed:
                    session.flush()
                    told = ConsentTold(who.id, FOLLOWUP_SMS, True, SELF, self.now)
                    service.keep_consent(session, told, self.now)
            session.flush()
            followups.save(session, tasks, self.now)

    def _telephone_of(self, number: int) -> str | None:
        """Of a patient: some have none, and some are the mother of a child."""
        luck = self.chance.random()
        if luck < 0.3:
            return None
        return (
            f"139{number:08d}" if luck < 0.4 and number < self.size.births else f"138{number:08d}"
        )

    def _comes(self, task: Task) -> None:
        """Put down when a resident is to be told of a visit that is not made."""
        for step, days in OWED_ON.items():
            day = task.closes + timedelta(days=days)
            if day > FIRST:
                on = loud(day, self.house.holidays)
                self._owed_on.setdefault(on, {})[task.id] = (task.subject_id, step)

    def owe(self, today: date) -> None:
        """Whom the day's SMS should reach: the visits of the day that are still to be made."""
        coming = self._owed_on.get(today, {})
        with self.house.read() as session:
            tasks = followups.by_ids(session, coming)
        for task_id, (resident, step) in coming.items():
            if tasks[task_id].is_open:
                self.owed[(resident, task_id, step)] = today

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
                    link = make_link(
                        self.house, session, child, name, expires_on=today + LINK_LASTS
                    )
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
        look_on, everybody = self._look_on, self.families.values()
        asked = [one for one in everybody if look_on.get(one.child, today) <= today]
        with self.house.write() as session:
            children = residents.by_ids(session, self.house.vault, [one.child for one in asked])
            ahead = doses_ahead(session, list(children.values()), self.now)
            for one in asked:
                doses = ahead.get(one.child, ())
                look_on[one.child] = _next_event(one, doses, today, self.house.holidays)
                for dose in doses:
                    self._expect(one, dose, today)
                    mark = (one.child, dose.dose_id)
                    if today >= dose.due + timedelta(days=one.delay) and mark not in self._given:
                        make_dose(session, one.child, dose.vaccine, today)
                        self._given.add(mark)
                        self.given_on[mark] = today
                        look_on[one.child] = today + DAY

    def _expect(self, one: Family, dose: DueDose, today: date) -> None:
        holidays = self.house.holidays
        due = holidays.open_day(dose.due)
        step = reached_step(due, today)
        if step is None:
            return
        comes = due + timedelta(days=step)
        if loud(comes, holidays) == today and comes > one.agreed and (one.browser or one.number):
            self.expected[(one.child, dose.dose_id, step)] = today

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


def loud(day: date, holidays: Holidays) -> date:
    """The day itself, or the first after it on which families are told."""
    while holidays.is_quiet(day):
        day += DAY
    return day


def _next_event(one: Family, doses: Sequence[DueDose], today: date, holidays: Holidays) -> date:
    """The next day on which a step of this child comes, or it is brought."""
    days = [dose.due + timedelta(days=one.delay) for dose in doses]
    days += [
        loud(holidays.open_day(dose.due) + timedelta(days=n), holidays)
        for dose in doses
        for n in STEPS
    ]
    return min([day for day in days if day > today] + [today + LOOKED_AGAIN])

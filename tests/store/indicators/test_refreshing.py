"""Figures stay true: after every correction, rejection, merge and move, the sums that were kept by
adding equal those counted from nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend import jobs, tables
from backend.house import House
from backend.indicators import service, store
from backend.indicators.model import Sum
from backend.indicators.rules.adding import totals
from backend.indicators.rules.counting import tallies
from backend.indicators.service import refreshing
from backend.indicators.service.gathering import of_village, subjects
from backend.indicators.service.refreshing import Counting, recount
from backend.kernel.clock import local_date
from backend.kernel.ids import new_id
from backend.programmes import store as programmes
from backend.programmes.model import Enrolment, Policy
from backend.programmes.service import set_policy
from backend.residents.store import people
from backend.submissions.model import Submission
from backend.submissions.store import submissions
from tests.builders.areas import COUNTY, OTHER_VILLAGE, SIBLING_VILLAGE, VILLAGE, make_county
from tests.builders.feed import feed_settled
from tests.builders.figures import submission
from tests.builders.residents import make_household, make_resident
from tests.fakes.clock import FakeClock

VILLAGES = (VILLAGE, SIBLING_VILLAGE, OTHER_VILLAGE)


def refresh(house: House) -> int:
    feed_settled(house.engine)
    return jobs.refresh_figures(house, house.clock())


def from_nothing(house: House) -> dict[Any, Any]:
    today, judges = local_date(house.clock()), service.judges_of(house.settings.schemas)
    with house.read() as session:
        everybody = [
            one
            for village in VILLAGES
            for one in subjects(session, of_village(session, village), today)
        ]
    found = [one for who in everybody for one in tallies(judges, who, [today.year], today)]
    return totals(found)


def kept(house: House) -> dict[Any, Any]:
    with house.read() as session:
        return store.every_sum(session, local_date(house.clock()).year)


class Fate:
    """What happens to a small county, chosen by a seed."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.random = house, Random(seed)  # noqa: S311
        self.sent: list[Submission] = []
        with house.write() as session:
            make_county(session)
            self.homes = [
                make_household(house, session, village, responsible_worker_id=new_id()).id
                for village in VILLAGES
                for _ in range(2)
            ]
            self.people = [
                make_resident(
                    house,
                    session,
                    VILLAGES[n % 3],
                    household_id=self.homes[n % 3 * 2 + n % 2],
                    birth_date=self.random.choice(
                        [date(1950, 3, 4), date(1970, 3, 4), date(2023, 2, 1), date(2026, 5, 5)]
                    ),
                ).id
                for n in range(12)
            ]

    def turn(self) -> None:
        """One thing happens, in a transaction of its own."""
        with self.house.write() as session:
            self.random.choice(
                [self.visit, self.visit, self.visit, self.judge, self.correct, self.enrol,
                 self.move, self.merge, self.part, self.leave]
            )(session)  # fmt: skip

    def day(self) -> date:
        return date(2026, 11, 20) - timedelta(days=self.random.randrange(320))

    def visit(self, session: Session) -> None:
        form = self.random.choice(["htn_followup", "dm_followup", "elderly_check", "child_check"])
        who = self.random.choice(self.people)
        person = session.get(tables.residents.ResidentRow, who)
        assert person is not None
        one = submission(
            form, ("resident", who), self.day(), village=person.village_code,
            household_id=person.household_id, visit_mode=self.random.choice("123"),
            answers={"sbp": self.random.randrange(110, 170), "dbp": 80, "visit_outcome": "1",
                     "check_kind": "1", "fbg": 6.5},
        )  # fmt: skip
        submissions.add(session, [one])
        self.sent.append(one)

    def _change(self, session: Session, **values: Any) -> None:
        if self.sent:
            at = self.random.randrange(len(self.sent))
            self.sent[at] = replace(self.sent[at], **values)
            submissions.update_newest(session, self.sent[at])

    def judge(self, session: Session) -> None:
        self._change(session, state=self.random.choice(["approved", "rejected", "voided"]))

    def correct(self, session: Session) -> None:
        self._change(session, state="corrected", visit_date=self.day(), answers={"sbp": 128})

    def enrol(self, session: Session) -> None:
        who = session.get(tables.residents.ResidentRow, self.random.choice(self.people))
        assert who is not None
        programme = self.random.choice(["hypertension", "diabetes"])
        until = self.random.choice([None, None, self.day()])
        enrolment = Enrolment(
            new_id(), who.id, who.village_code, programme, self.day(), until=until
        )
        programmes.save(session, [enrolment], self.house.clock())

    def _person(self, session: Session, **values: Any) -> None:
        who = self.random.choice(self.people)
        known = people.residents(session, self.house.vault, [who])[who]
        changed = replace(known, **values)
        people.save_residents(session, self.house.vault, [changed], self.house.clock())

    def move(self, session: Session) -> None:
        n = self.random.randrange(3)
        self._person(session, village_code=VILLAGES[n], household_id=self.homes[2 * n])

    def merge(self, session: Session) -> None:
        survivor = self.random.choice(self.people)
        row = session.get(tables.residents.ResidentRow, survivor)
        assert row is not None
        if row.merged_into is None:
            loser = self.random.choice([one for one in self.people if one != survivor])
            known = people.residents(session, self.house.vault, [loser])[loser]
            merged_here = [
                one
                for one in self.people
                if (found := session.get(tables.residents.ResidentRow, one)) is not None
                and found.merged_into == loser
            ]
            if not merged_here:
                people.save_residents(
                    session,
                    self.house.vault,
                    [replace(known, merged_into=survivor)],
                    self.house.clock(),
                )

    def part(self, session: Session) -> None:
        """A merge is undone: the line writes both."""
        for who in self.people:
            known = people.residents(session, self.house.vault, [who])[who]
            if known.merged_into is not None:
                both = people.residents(session, self.house.vault, [known.merged_into])
                people.save_residents(
                    session,
                    self.house.vault,
                    [replace(known, merged_into=None), *both.values()],
                    self.house.clock(),
                )
                return

    def leave(self, session: Session) -> None:
        self._person(session, status=self.random.choice(["1", "2", "4"]), status_on=self.day())


@pytest.mark.parametrize("seed", [1, 2])
def test_adding_what_changed_equals_counting_from_nothing(
    house: House, clock: FakeClock, seed: int
) -> None:
    fate = Fate(house, seed)
    refresh(house)
    for step in range(60):
        fate.turn()
        if step % 3 == 0:
            refresh(house)
        if step == 30:
            clock.advance(days=9)  # into another month
        if step % 15 == 14:
            refresh(house)
            assert kept(house) == from_nothing(house)
    refresh(house)
    assert kept(house) == from_nothing(house) != {}


def test_a_refresh_follows_only_what_is_new(house: House) -> None:
    fate = Fate(house, 3)
    refresh(house)
    assert refresh(house) == 0
    with house.write() as session:
        fate.visit(session)
    assert refresh(house) == 1
    assert refresh(house) == 0


def test_counting_everybody_again_changes_nothing(house: House) -> None:
    fate = Fate(house, 4)
    for _ in range(20):
        fate.turn()
    refresh(house)
    before = kept(house)
    judges = service.judges_of(house.settings.schemas)
    counting = Counting(house.read, house.write, judges, "a digest")
    assert recount(counting, local_date(house.clock()), "a definition") == 0
    assert kept(house) == before


def test_day_after_day_those_are_counted_whom_the_day_changes(
    house: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(days=-20)  # 3 November: nobody but those foreseen until the first of December
    fate = Fate(house, 6)
    with house.write() as session:
        for n, (who, born) in enumerate(
            zip(fate.people, (date(1961, 11, 9), date(2026, 5, 8), date(2024, 11, 7)), strict=False)
        ):
            row = session.get(tables.residents.ResidentRow, who)
            assert row is not None
            row.birth_date = born
            last_year = submission("htn_followup", ("resident", who), date(2025, 11, 5 + n))
            submissions.add(session, [last_year])
    refresh(house)
    monkeypatch.setattr(refreshing, "recount", None)  # everybody: not on these days
    moved = 0
    before = kept(house)
    for _ in range(12):
        clock.advance(days=1)
        refresh(house)
        assert kept(house) == from_nothing(house)
        moved += kept(house) != before
        before = kept(house)
    assert moved >= 4


def test_everybody_is_counted_when_the_month_or_a_definition_is_another(
    house: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Fate(house, 7)
    refresh(house)
    everybody: list[date] = []

    def noted(here: Counting, today: date, definition: str) -> int:
        everybody.append(today)
        return recount(here, today, definition)

    monkeypatch.setattr(refreshing, "recount", noted)
    clock.advance(days=1)
    refresh(house)
    assert everybody == []
    with house.write() as session:
        county_wide = Policy(
            new_id(), "nip", COUNTY, date(2026, 11, 1), None, {"je_product": "inactivated"}
        )
        set_policy(session, county_wide)
    refresh(house)
    refresh(house)
    assert everybody == [date(2026, 11, 24)]
    clock.advance(days=8)
    refresh(house)
    clock.advance(days=-3)  # the clock was put back
    refresh(house)
    assert everybody[1:] == [date(2026, 12, 2), date(2026, 11, 29)]


def test_the_end_of_a_day_is_kept(house: House, clock: FakeClock) -> None:
    fate = Fate(house, 5)
    fate.people = fate.people[:1]
    with house.write() as session:
        row = session.get(tables.residents.ResidentRow, fate.people[0])
        assert row is not None
        row.birth_date = date(1950, 3, 4)
    refresh(house)
    with house.read() as session:
        assert service.before_today(session, [COUNTY], local_date(clock())).day is None
    clock.advance(days=1)
    with house.write() as session:
        one = submission(
            "elderly_check", ("resident", fate.people[0]), local_date(clock()),
            answers={"check_kind": "1"},
        )  # fmt: skip
        submissions.add(session, [one])
    refresh(house)
    with house.read() as session:
        since = service.before_today(session, [COUNTY], local_date(clock()))
        now = store.monthly(session, [COUNTY], 2026, official=False)
    assert since.day == date(2026, 11, 23)
    was = since.whole["elderly_rate"]
    assert now["elderly_rate", 11] == Sum(was.met + 1, was.due)

"""The sample county behind the journeys: who lives where, and who may come in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.model import Account
from backend.accounts.service import administration
from backend.geo import service as geo
from backend.geo.rules import township_of
from backend.kernel.clock import local_date
from backend.kernel.ids import new_id
from backend.programmes import store as programmes
from backend.residents import service as residents
from backend.residents.model import FamilyLink, Household, Resident
from backend.residents.store import family
from backend.sample.county import account_id
from backend.sample.load import load
from tests.browser.running import Running, running_suifang

SEED = 340828


@dataclass(frozen=True)
class Home:
    """A resident at home."""

    resident: Resident
    household: Household

    @property
    def place(self) -> tuple[float, float]:
        """(lng, lat) of the door."""
        assert self.household.place is not None
        return self.household.place


@dataclass(frozen=True)
class SampleCounty:
    """A running installation in which the sample county was loaded."""

    running: Running

    @property
    def origin(self) -> str:
        return self.running.origin

    @property
    def today(self) -> date:
        return local_date(self.running.house.clock())

    def on_screen(self, day: date) -> str:
        """A day as the phone writes it."""
        year = "" if day.year == self.today.year else f"{day.year}年"
        return f"{year}{day.month}月{day.day}日"

    def account(self, login: str) -> Account:
        """An account of the sample."""
        with self.running.house.read() as session:
            found = accounts.account(session, account_id(login))
        assert found is not None
        return found

    def one_time_password(self, login: str) -> str:
        """A fresh one-time password; whoever uses it comes in as for the first time."""
        house = self.running.house
        with house.write() as session:
            administration.reset_second_factor(session, account_id(login), house.clock())
            return administration.issue_one_time_password(
                session, account_id(login), random=secrets.token_bytes(16), now=house.clock()
            )

    def member(self, login: str, programme: str, number: int = 0) -> Home:
        """Somebody in a programme whom this doctor looks after; by number, others."""
        areas = self.account(login).areas
        with self.running.house.read() as session:
            enrolled = programmes.members(session, programme, areas, self.today)
        return self.home(sorted(one.resident_id for one in enrolled)[number])

    def new_family(self, login: str, head: str) -> Home:
        """A household that has moved in next to somebody and was never visited."""
        neighbour = self.member(login, "hypertension").household
        home = Household(
            id=new_id(),
            village_code=neighbour.village_code,
            no="9001",
            address="新迁入",
            head_name=head,
            place=neighbour.place,
        )
        return self._moved_in(head, "1", "02", home, timedelta(days=45 * 365))

    def new_child(self, login: str, name: str, age: timedelta) -> Home:
        """A child who has moved into a household, nothing known of what was before."""
        home = self.member(login, "hypertension").household
        return self._moved_in(name, "2", "40", home, age)

    def _moved_in(
        self, name: str, sex: str, relation: str, home: Household, age: timedelta
    ) -> Home:
        house = self.running.house
        person = Resident(
            id=new_id(),
            village_code=home.village_code,
            name=name,
            sex=sex,
            birth_date=self.today - age,
            household_id=home.id,
            relation_to_head=relation,
        )
        with house.write() as session:
            residents.save(session, house.vault, [home], [person], house.clock())
        return Home(person, home)

    def township_number(self, village_code: str) -> str:
        """Telephone of the township's clinic above a village."""
        township = township_of(village_code)
        with self.running.house.read() as session:
            number = geo.names(session, [township])[township].clinic_phone
        assert number
        return number

    def village_name(self, session: Session, code: str) -> str:
        """Name of a village."""
        return geo.names(session, [code])[code].name

    def family_link(self, child: Home) -> str:
        """The address of a link that a caregiver was given."""
        token, house = secrets.token_urlsafe(16), self.running.house
        link = FamilyLink(
            id=new_id(),
            child_id=child.resident.id,
            token_sha256=sha256(token.encode()).hexdigest(),
            made_by=self.account("doctor").id,
            expires_on=self.today + timedelta(days=300),
        )
        with house.write() as session:
            family.add_link(session, link, house.clock())
        return f"{self.origin}/family/#{token}"

    def rows(self, table: Any, **columns: Any) -> list[Any]:
        """Rows of the server's database with these values."""
        with self.running.house.read() as session:
            return list(session.scalars(select(table).filter_by(**columns)))

    def home(self, resident_id: str) -> Home:
        """A resident at home."""
        house = self.running.house
        with house.read() as session:
            resident = residents.by_ids(session, house.vault, [resident_id])[resident_id]
            household_id = resident.household_id or ""
            homes = residents.households_by_ids(session, house.vault, [household_id])
        return Home(resident, homes[household_id])


@contextmanager
def sample_county(
    var: Path, template: Path, size: int, *, push_test: str = "", worker: bool = False
) -> Iterator[SampleCounty]:
    """Suifang with a sample county of so many residents; it ends with the block."""
    with running_suifang(var, template, push_test=push_test, worker=worker) as running:
        load(running.house, size, SEED, lambda _: None)
        yield SampleCounty(running)

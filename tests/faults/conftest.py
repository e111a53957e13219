"""One small county behind the fault proxy; phones of its doctors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.browser.sample import SampleCounty, sample_county
from tests.faults.history import check_history
from tests.faults.phone import Line, NodePhone, bundled_phone
from tests.faults.proxy import FaultProxy, fault_proxy
from tests.faults.server import AILING, IMPATIENT, Township, sqlite_copy, township

RESIDENTS = 60


@pytest.fixture(scope="session")
def phone_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phone's own code, for Node."""
    return bundled_phone(tmp_path_factory.mktemp("phone"))


@pytest.fixture(scope="session")
def strained(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Township]:
    """A server with little patience, and its phones, for all tests that start none of their own."""
    folder = tmp_path_factory.mktemp("strained")
    url = sqlite_copy(sqlite_template, folder / "data")
    with township(url, folder / "var", options=IMPATIENT + AILING) as made:
        yield made


@pytest.fixture(scope="session")
def small(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[SampleCounty]:
    """An installation with a sample county, for all tests with phones in Node."""
    with sample_county(tmp_path_factory.mktemp("small"), sqlite_template, RESIDENTS) as county:
        yield county


@pytest.fixture(scope="session")
def network(small: SampleCounty) -> Iterator[FaultProxy]:
    """The network between the phones and the county."""
    with fault_proxy(int(small.origin.rpartition(":")[2])) as proxy:
        yield proxy


@dataclass
class Field:
    """A doctor in the field with a phone that was set up: ``phone``, and what it ever saved."""

    county: SampleCounty
    network: FaultProxy
    phone: NodePhone
    login: str
    made: list[str] = field(default_factory=list)

    @property
    def device_id(self) -> str:
        return str(self.phone.state()["device_id"])

    def line(self, saved: str) -> Line:
        """What the phone knows of one record."""
        (found,) = (line for line in self.phone.lines() if line.id == saved)
        return found

    def visit(self, number: int = 0) -> str:
        """A visit, saved on the phone."""
        made = self.phone.visit(number)
        if made != "killed":
            self.made.append(made)
        return made

    def round(self) -> bool:
        """One whole round with the server; whether it came to its end."""
        return self.phone.do("round") is True

    def settle(self) -> None:
        """Fine weather at last: everything must arrive, and the history must hold."""
        self.network.clear()
        for _ in range(5):
            self.round()
            if not self.phone.waiting():
                break
        assert self.phone.waiting() == []
        self.check()

    def settle_sending(self) -> None:
        """As ``settle``, for a phone that is locked or empty: it only sends."""
        self.network.clear()
        self.phone.do("send")
        assert self.phone.waiting() == []
        self.check()

    def check(self) -> None:
        """What the phone says, against what the server has."""
        house = self.county.running.house
        check_history(house, self.device_id, self.phone.lines(), self.made)


@dataclass
class Camp:
    """Where doctors get their phones."""

    county: SampleCounty
    network: FaultProxy
    code: Path
    fields: list[Field] = field(default_factory=list)

    def doctor(self, login: str = "doctor") -> Field:
        """A doctor with a new phone, set up."""
        self.network.clear()
        phone = NodePhone(self.code, self.network.origin)
        self.fields.append(Field(self.county, self.network, phone, login))
        phone.set_up(login, self.county.one_time_password(login))
        return self.fields[-1]

    def end(self) -> None:
        """End the processes of all phones."""
        for one in self.fields:
            one.phone.end()
        self.fields.clear()


@pytest.fixture
def in_the_field(
    small: SampleCounty, network: FaultProxy, phone_code: Path
) -> Iterator[Callable[..., Field]]:
    """``in_the_field()``: a doctor with a new phone."""
    camp = Camp(small, network, phone_code)
    yield camp.doctor
    network.clear()
    camp.end()


@pytest.fixture(scope="module")
def one_phone(small: SampleCounty, network: FaultProxy, phone_code: Path) -> Iterator[Field]:
    camp = Camp(small, network, phone_code)
    yield camp.doctor()
    camp.end()


@pytest.fixture
def at(one_phone: Field) -> Iterator[Field]:
    """A doctor whose phone all tests of the module share, in fine weather before and after."""
    one_phone.network.clear()
    if one_phone.phone.waiting():
        one_phone.round()  # what a test that failed has left behind
    yield one_phone
    one_phone.network.clear()

"""One village with its doctor and the township's reviewer, for the stories of the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from backend.api.wire.submissions import SubmitResponse
from backend.api.wire.sync import SyncPage
from backend.house import House
from tests.builders.accounts import Page, make_account, make_phone
from tests.builders.areas import OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_county
from tests.builders.envelopes import Outbox
from tests.builders.feed import feed_settled
from tests.builders.residents import make_household, make_resident
from tests.fakes.clock import FakeClock


@dataclass
class Village:
    """Who is there.

    :param doctor: the page of the doctor's phone, signed in
    :param outbox: what that phone finalises
    :param desk: the reviewer's page
    :param patient: a woman of 68 with hypertension; ``home`` is her household
    :param mother: a young woman of the same household
    :param stranger: a resident of another township
    """

    app: APIFlask
    house: House
    clock: FakeClock
    doctor: Page
    outbox: Outbox
    desk: Page
    home: str
    patient: str
    mother: str
    stranger: str

    def another_doctor(self, *areas: str) -> tuple[Page, Outbox]:
        """A second doctor with a phone of their own."""
        with self.house.write() as session:
            account = make_account(self.house, session, "worker", areas or (VILLAGE,))
            phone = make_phone(self.house, session, account)
        page = Page(self.app, account, phone)
        return page, Outbox(phone, account.id, self.house.seal_key, self.clock())

    def send(self, *envelopes: Mapping[str, Any], by: Page | None = None) -> list[dict[str, Any]]:
        """Post envelopes; their receipts."""
        answer = (by or self.doctor).post("/submissions", {"envelopes": list(envelopes)})
        assert answer.status_code == 200, answer.json
        SubmitResponse().load(answer.json)  # written as it stands, in the shape it promises
        receipts: list[dict[str, Any]] = answer.json["receipts"]
        return receipts

    def visit(self, form: str, answers: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """Finalise a form about the patient and send it; its receipt."""
        envelope = self.outbox.finalise(form, ("resident", self.patient), answers, **changes)
        return self.send(envelope)[0]

    def rows(self, table: Any) -> list[Any]:
        """Every row of a table."""
        with Session(self.house.engine) as session:
            return list(session.query(table).all())

    def count(self, table: Any) -> int:
        return len(self.rows(table))

    def synced(
        self, kind: str, cursor: str | None = None, by: Page | None = None
    ) -> dict[str, Any]:
        """What the doctor's phone, or another's, has of a kind after following the feed, by id."""
        feed_settled(self.house.engine)
        kept: dict[str, Any] = {}
        while True:
            page = (by or self.doctor).get("/sync" + (f"?cursor={cursor}" if cursor else "")).json
            SyncPage().load(page)
            for change in page["changes"]:
                if change["kind"] == kind:
                    kept[change["id"]] = change["data"]
            cursor = page["cursor"]
            if not page["more"]:
                return kept


@pytest.fixture
def village(app: APIFlask, house: House, clock: FakeClock) -> Iterator[Village]:
    with house.write() as session:
        make_county(session)
        doctor = make_account(house, session, "worker", (VILLAGE,), name="王秀英")
        reviewer = make_account(house, session, "reviewer", (TOWNSHIP,), name="李审核")
        phone = make_phone(house, session, doctor)
        home = make_household(house, session).id
        patient = make_resident(house, session, household_id=home).id
        mother = make_resident(
            house, session, household_id=home, name="刘小芳", birth_date=date(1996, 8, 20)
        ).id
        stranger = make_resident(house, session, OTHER_VILLAGE, name="赵远").id
    yield Village(
        app=app,
        house=house,
        clock=clock,
        doctor=Page(app, doctor, phone),
        outbox=Outbox(phone, doctor.id, house.seal_key, clock()),
        desk=Page(app, reviewer),
        home=home,
        patient=patient,
        mother=mother,
        stranger=stranger,
    )

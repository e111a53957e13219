"""Fault 40: the server's clock jumps, and is put right again. Nobody is signed out by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from backend import tables
from tests.builders.accounts import PASSWORD, Page, browser, totp
from tests.builders.feed import feed_settled
from tests.builders.visits import pressure
from tests.fakes.clock import MORNING, FakeClock
from tests.journeys.conftest import Village

JUMPS = [
    pytest.param(timedelta(days=3650), id="ten years on"),
    pytest.param(timedelta(days=1), id="a day on"),
    pytest.param(timedelta(minutes=-20), id="twenty minutes back"),
    pytest.param(MORNING.replace(year=1970, month=1, day=2) - MORNING, id="to 1970"),
]


class SignedIn:
    """A page whose session lives in its cookie, as a browser keeps it."""

    def __init__(self, app: APIFlask, page: Page, clock: FakeClock) -> None:
        self.client: FlaskClient = browser(app)
        self.phone, self.clock = page.phone, clock
        self.entry = "desk" if page.phone is None else "capture"
        code = f',"code":"{totp(clock())}"' if page.phone is None else ""
        login = f'"login":"{page.account.login}","password":"{PASSWORD}"'
        assert self._post("login", f'{{{login},"entry":"{self.entry}"{code}}}') == 200

    def refresh(self) -> int:
        """A new access token for the cookie; the status."""
        return self._post("refresh", f'{{"entry":"{self.entry}"}}')

    def _post(self, what: str, body: str) -> int:
        path, data = f"/api/v1/auth/{what}", body.encode()
        signed = self.phone.headers("POST", path, data, self.clock()) if self.phone else {}
        answer = self.client.post(path, data=data, content_type="application/json", headers=signed)
        return answer.status_code


@pytest.mark.parametrize("jump", JUMPS)
def test_fault_40_when_it_is_right_again_everybody_is_still_signed_in(
    jump: timedelta, village: Village
) -> None:
    """Some came while it was wrong and some did not."""
    came, stayed_away, staff = (
        SignedIn(village.app, page, village.clock)
        for page in (village.doctor, village.doctor, village.desk)
    )
    right = village.clock()
    village.clock.set(right + jump)
    seen = {came.refresh(), came.refresh(), staff.refresh()}
    assert seen <= {200, 401}
    village.clock.set(right + timedelta(minutes=5))
    assert [one.refresh() for one in (came, stayed_away, staff)] == [200, 200, 200]


@pytest.mark.parametrize("jump", [JUMPS[0], JUMPS[-1]])
def test_fault_40_what_is_sent_meanwhile_is_taken_and_keeps_its_place(
    jump: timedelta, village: Village
) -> None:
    """The feed is ordered by transactions and versions by the server's numbers, by no clock."""
    right = village.clock()
    sent: list[tuple[str, str]] = []
    for at in (right, right + jump, right + timedelta(minutes=5)):
        village.clock.set(at)
        envelope = village.outbox.finalise(
            "htn_followup", ("resident", village.patient), pressure(132 + len(sent), 84)
        )
        body = {"envelopes": [envelope, envelope]}
        answer = village.doctor.post("/submissions", body)
        assert answer.json is not None
        assert [one["status"] for one in answer.json["receipts"]] == ["stored", "replayed"]
        feed_settled(village.house.engine)
        page: Any = village.doctor.get("/sync" + (f"?cursor={sent[-1][1]}" if sent else "")).json
        fresh = [one["id"] for one in page["changes"] if one["kind"] == "submission"]
        assert envelope["id"] in fresh, "a phone that follows would never see it"
        sent.append((envelope["id"], page["cursor"]))
    stored = [row.id for row in village.rows(tables.submissions.SubmissionRow)]
    assert sorted(stored) == sorted(one for one, _ in sent)

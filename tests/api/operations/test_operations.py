"""An installation in operation: its figures, its alarms, its doctor. S36: nothing for strangers."""

from __future__ import annotations

from dataclasses import replace

from apiflask import APIFlask
from flask.testing import FlaskClient

from backend import jobs, tables
from backend.house import House
from tests.builders.accounts import Page
from tests.builders.county import County
from tests.builders.envelopes import Outbox
from tests.builders.residents import make_household, make_resident
from tests.builders.visits import pressure
from tests.fakes.clock import FakeClock

TOKEN = "a token of the monitoring"


def metrics(client: FlaskClient, token: str | None) -> tuple[int, str]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = client.get("/api/v1/metrics", headers=headers)
    return answer.status_code, answer.text


def with_token(house: House) -> None:
    house.settings = replace(house.settings, metrics_token=TOKEN)


def test_sec_s36_there_are_no_metrics_for_strangers(
    client: FlaskClient, house: House, county: County
) -> None:
    assert metrics(client, TOKEN)[0] == 404
    assert metrics(client, None)[0] == 404
    with_token(house)
    for wrong in (None, "", TOKEN[:-1], county.supervisor.token):
        assert metrics(client, wrong)[0] == 401
    assert metrics(client, TOKEN)[0] == 200


def test_numbers_that_never_arrived_and_a_silent_worker_are_seen(
    client: FlaskClient, house: House, county: County, clock: FakeClock
) -> None:
    with_token(house)
    with house.write() as session:
        home = make_household(house, session).id
        patient = make_resident(house, session, household_id=home, name="金丝雀").id
    send(county.doctor, house, patient)
    status, text = metrics(client, TOKEN)
    assert status == 200
    assert "suifang_phones_with_gaps 1\n" in text
    assert "suifang_numbers_missing 2\n" in text
    assert "suifang_worker_age_seconds" not in text, "it never worked"
    assert "金丝雀" not in text
    jobs.show_life(house, clock())
    clock.advance(minutes=7)
    assert "suifang_worker_age_seconds 420\n" in metrics(client, TOKEN)[1]
    alarms = {one.code for one in jobs.alarms(house)}
    assert alarms >= {"worker_silent", "backup_never"}
    assert "numbers_missing" not in alarms, "a doubt wakes nobody"


def send(page: Page, house: House, patient: str) -> None:
    """The third and the fourth of a phone; the first two never come."""
    assert page.phone is not None
    outbox = Outbox(page.phone, page.account.id, house.seal_key, house.clock(), seq=2)
    envelopes = [
        outbox.finalise("htn_followup", ("resident", patient), pressure(130, 80)) for _ in range(2)
    ]
    answer = page.post("/submissions", {"envelopes": envelopes})
    assert [one["status"] for one in answer.json["receipts"]] == ["stored", "stored"]


def test_the_doctor_says_what_is_wrong_and_ends_with_it(app: APIFlask, house: House) -> None:
    told = app.test_cli_runner().invoke(args=["doctor"])
    assert told.exit_code == 1
    assert "从没备份过" in told.output
    assert "The worker has never run" in told.output
    with house.write() as session:
        session.query(tables.feed.ServerStateRow).delete()
    assert "was never set up" in app.test_cli_runner().invoke(args=["doctor"]).output

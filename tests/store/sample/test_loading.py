"""The sample in a real database: all of it or nothing, and doors that open."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from backend.accounts import service as accounts
from backend.feed import store as feed_store
from backend.geo.rules import bounds
from backend.house import House
from backend.kernel.canonical import sha256_hex
from backend.kernel.db import Base
from backend.programmes import store as programme_store
from backend.residents import service as residents
from backend.residents.store import family as family_store
from backend.sample.county import account_id
from backend.sample.doors import doors
from backend.sample.load import CannotLoad, Loaded, load
from backend.submissions.store import pages
from tests.fakes.clock import FakeClock

RESIDENTS = 100
AREAS = 1 + 24 + 188
COUNTY = "340828000000"


@pytest.fixture
def loaded(house: House) -> Loaded:
    return load(house, RESIDENTS, 7, lambda _: None)


def row_counts(house: House) -> dict[str, int]:
    with house.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_a_county_is_loaded_once_and_phones_can_download_all_of_it(
    house: House, loaded: Loaded
) -> None:
    counts = row_counts(house)
    assert counts["residents"] == loaded.counts["residents"] == RESIDENTS
    assert counts["households"] == loaded.counts["households"] == RESIDENTS * 3 // 10
    assert counts["submissions"] == counts["submission_versions"] == loaded.counts["submissions"]
    assert counts["doses"] == loaded.counts["doses"] > 100
    assert counts["tasks"] == loaded.counts["tasks"] > 48
    assert counts["areas"] == AREAS

    # The feed is how phones learn of anything: an object that is not in it does not exist.
    with house.read() as session:
        changes = feed_store.page(session, [bounds(COUNTY)], (0, 0), 100_000)
        states = pages.counts(session, pages.Filter(areas=[COUNTY]))
    assert Counter(change.kind for change in changes) == {
        "area": AREAS,
        "household": counts["households"],
        "resident": RESIDENTS,
        "submission": counts["submissions"],
        "task": counts["tasks"],
    }
    # What the township has not seen yet waits for it.
    assert set(states) == {"received", "approved"}
    assert 0 < states["received"] < states["approved"]

    with pytest.raises(CannotLoad, match="not empty"):
        load(house, RESIDENTS, 8, lambda _: None)
    assert row_counts(house) == counts


def test_an_interrupted_load_leaves_an_empty_database(house: House) -> None:
    before = row_counts(house)

    def unplug(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(house, RESIDENTS, 7, unplug)
    assert row_counts(house) == before


def test_without_published_rules_it_says_what_to_do(house: House) -> None:
    with house.write() as session:
        session.execute(text("DELETE FROM rule_versions"))
    with pytest.raises(CannotLoad, match="flask setup"):
        load(house, RESIDENTS, 7, lambda _: None)


def test_printed_passwords_open_the_door_and_the_link_leads_to_a_baby(
    house: House, loaded: Loaded, client: FlaskClient, clock: FakeClock
) -> None:
    first = {person.login: person for person in doors(house, everybody=False).people}
    assert list(first) == ["doctor", "reviewer", "supervisor"]
    assert first["doctor"].name == "王秀英"

    clock.advance(days=1)
    again = {person.login: person for person in doors(house, everybody=False).people}
    assert again == first, "a later run prints the same passwords"

    answer = client.post(
        "/api/v1/auth/login",
        json={"login": "doctor", "password": first["doctor"].password, "entry": "capture"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json["needs"] == ["new_password", "device"]

    found = doors(house, everybody=True)
    last = {person.login: person for person in found.people}
    assert last["doctor"].password is None
    assert last["reviewer"].password == first["reviewer"].password
    assert len({person.password for person in found.people}) == len(found.people) >= 8

    with house.read() as session:
        doctor = accounts.account(session, account_id("doctor"))
        assert doctor is not None
        newborns = programme_store.members(session, "newborn", doctor.areas, clock().date())
        links = family_store.links_of(session, [newborn.resident_id for newborn in newborns])
        children = residents.by_ids(session, house.vault, [links[0].child_id])
    assert found.family_token is not None
    assert {link.token_sha256 for link in links} == {sha256_hex(found.family_token.encode())}
    assert {link.made_by for link in links} == {doctor.id}
    assert children[links[0].child_id].name == found.child


def test_nothing_is_printed_where_no_sample_was_loaded(house: House) -> None:
    found = doors(house, everybody=True)
    assert (found.people, found.child, found.family_token, found.born) == ((), None, None, None)


def test_the_commands(app: APIFlask) -> None:
    run = app.test_cli_runner().invoke
    done = run(args=["sample", "load", "--residents", "60", "--seed", "3"])
    assert done.exit_code == 0, done.output
    assert "60 residents" in done.output
    refused = run(args=["sample", "load"])
    assert refused.exit_code == 1
    assert "not empty" in refused.output
    # What `make run` calls: nothing is loaded twice, and only the doors go to standard output.
    told = run(args=["sample", "open", "--port", "8123"])
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("村医手机")
    assert "http://localhost:8123/capture/" in told.output
    assert "/family/#" in told.output
    everybody = json.loads(run(args=["sample", "doors", "--json"]).output)
    assert {person["role"] for person in everybody["people"]} == {
        "worker",
        "reviewer",
        "supervisor",
    }

"""Push addresses: one browser may serve several owners, and an owner may have several browsers."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.house import House
from backend.kernel.ids import new_id
from backend.reminders.model import FAMILY_LINK, Subscription
from backend.reminders.store import addresses
from tests.builders.reminders import AUTH, P256DH, push_address


def keep(house: House, session: Session, owner: str, browser: str, **changes: str) -> None:
    values = {"p256dh": P256DH, "auth": AUTH, "language": "zh-CN"} | changes
    new = Subscription("", FAMILY_LINK, owner, push_address(browser), **values)
    addresses.save(session, house.vault, new, house.clock())


def live(house: House, session: Session, *owners: str) -> list[tuple[str, str]]:
    found = addresses.live(session, house.vault, FAMILY_LINK, owners)
    return sorted((one.owner_id, one.endpoint.rpartition("/")[2]) for one in found)


def test_subscribing_again_renews(house: House, write_session: Session) -> None:
    one = new_id()
    keep(house, write_session, one, "a")
    keep(house, write_session, one, "a", language="en")
    (kept,) = addresses.live(write_session, house.vault, FAMILY_LINK, [one])
    assert (kept.endpoint, kept.auth, kept.language) == (push_address("a"), AUTH, "en")


def test_the_children_of_one_mother_share_her_browser(house: House, write_session: Session) -> None:
    one, two = sorted((new_id(), new_id()))
    keep(house, write_session, one, "a")
    keep(house, write_session, two, "a")
    assert live(house, write_session, one, two) == [(one, "a"), (two, "a")]
    now = house.clock()
    addresses.end(
        write_session, "unsubscribed", now, owner=(FAMILY_LINK, one), endpoint=push_address("a")
    )
    assert live(house, write_session, one, two) == [(two, "a")]
    assert addresses.owners(write_session, FAMILY_LINK) == {two}


def test_an_address_that_is_gone_is_gone_for_everybody(
    house: House, write_session: Session
) -> None:
    one, two = new_id(), new_id()
    keep(house, write_session, one, "a")
    keep(house, write_session, two, "a")
    keep(house, write_session, two, "b")
    assert addresses.end(write_session, "gone", house.clock(), endpoint=push_address("a"))
    assert not addresses.end(write_session, "gone", house.clock(), endpoint=push_address("a"))
    assert live(house, write_session, one, two) == [(two, "b")]
    assert addresses.count_live(write_session, FAMILY_LINK, [one, two]) == 1


def test_who_comes_back_is_told_again(house: House, write_session: Session) -> None:
    one = new_id()
    keep(house, write_session, one, "a")
    addresses.end(write_session, "unsubscribed", house.clock(), owner=(FAMILY_LINK, one))
    assert live(house, write_session, one) == []
    keep(house, write_session, one, "a")
    assert live(house, write_session, one) == [(one, "a")]


def test_ending_everything_by_mistake_is_impossible(house: House, write_session: Session) -> None:
    with pytest.raises(ValueError, match="every address"):
        addresses.end(write_session, "gone", house.clock())


def test_an_address_cannot_be_read_from_the_database(house: House, write_session: Session) -> None:
    keep(house, write_session, new_id(), "secret-part")
    row = write_session.execute(text("SELECT * FROM push_subscriptions")).one()
    stored = b" ".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
    assert b"secret-part" not in stored
    assert AUTH.encode() not in stored.split(b" ")

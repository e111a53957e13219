"""Use cases of webhooks: follow the feed, send what is due, begin and end.

Nothing of this runs while an envelope is taken: what happened is read from the change feed, as the
figures do it, and a stopped worker only makes the news late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import orjson
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.kernel.clock import Clock, iso
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.kernel.vault import Vault
from backend.reminders.model import Outcome
from backend.reminders.rules.endpoints import LONGEST_ENDPOINT, read_https
from backend.submissions.store import submissions
from backend.webhooks import store
from backend.webhooks.model import PLANNED, TEST, Delivery, Webhook
from backend.webhooks.rules.signing import headers
from backend.webhooks.rules.telling import KEPT, event_of, mark_of, payload_of
from backend.webhooks.rules.trying import Settlement, settle

CHANGES_AT_ONCE = 500
SENDS_AT_ONCE = 16
LEASE = timedelta(minutes=10)
LIFETIME = timedelta(days=3)
"""A receiver that was silent for so long asks for the records themselves [engineering]."""

MOST_OF_AN_AREA = 10

by_id = store.by_id
inside = store.inside
latest = store.latest
delivery = store.delivery
standing = store.standing

Post = Callable[[str, bytes, dict[str, str]], Outcome]
"""Address, body and headers in; raises for nothing it meets."""

T = TypeVar("T")


class Doors(Protocol):
    """The part of the house that is needed here."""

    @property
    def vault(self) -> Vault: ...

    @property
    def clock(self) -> Clock: ...

    def read(self) -> AbstractContextManager[Session]: ...

    def write(self) -> AbstractContextManager[Session]: ...

    def transact(self, work: Callable[[Session], T]) -> T: ...


def begin(session: Session, vault: Vault, webhook: Webhook, secret: bytes) -> None:
    """Tell a webhook from now on.

    :raises Refusal: ``webhook_address_refused``, ``too_many_webhooks``
    """
    if len(webhook.url) > LONGEST_ENDPOINT or read_https(webhook.url) is None:
        raise Refusal("webhook_address_refused")
    mine = [one for one in store.inside(session, [webhook.area_code]) if one.ended_at is None]
    if len(mine) >= MOST_OF_AN_AREA:
        raise Refusal("too_many_webhooks", most=MOST_OF_AN_AREA)
    if not store.live(session):
        store.begin(session, *feed.last_place(session))
    store.add(session, vault, webhook, secret)


def end(session: Session, webhook_id: str, now: datetime) -> None:
    """Tell a webhook nothing any more."""
    store.end(session, webhook_id, "by_staff", now)


def try_out(session: Session, webhook: Webhook, now: datetime) -> None:
    """Plan a delivery that means nothing, so that both sides see whether it arrives."""
    payload: dict[str, object] = {"type": TEST, "timestamp": iso(now), "data": {}}
    store.plan(session, [_planned(webhook, TEST, None, "", payload, now)])


def send_again(session: Session, delivery_id: str, now: datetime) -> None:
    """Make a delivery once more: the same id, by which the receiver knows it."""
    store.again(session, delivery_id, now)


def _planned(
    to: Webhook,
    event: str,
    submission_id: str | None,
    mark: str,
    payload: dict[str, object],
    now: datetime,
) -> Delivery:
    return Delivery(
        new_id(), to.id, event, submission_id, mark, payload, planned_at=now, due_at=now
    )


def follow(house: Doors, now: datetime) -> int:
    """Plan what is to be told of the changes since the last time; how many deliveries."""
    planned = 0
    while True:
        with house.read() as session:
            seen, listening = store.place(session), store.live(session)
            if seen is None or not listening:
                return planned
            page = feed.since(session, (seen.txid, seen.seq), CHANGES_AT_ONCE)
            if not page:
                return planned
            ids = [c.object_id for c in page if c.kind == "submission" and c.op == "put"]
            found = _news(session, listening, ids, now)
        with house.write() as session:
            if not store.move(session, seen, page[-1].txid, page[-1].seq):
                return planned  # another worker follows
            store.plan(session, found)
        planned += len(found)


def _news(
    session: Session, listening: Sequence[Webhook], ids: Sequence[str], now: datetime
) -> list[Delivery]:
    told = store.told(session, ids)
    news = []
    for one in submissions.by_ids(session, ids).values():
        for to in listening:
            event = event_of(to, one, told.get((to.id, one.id)), now)
            if event is not None:
                payload = payload_of(event, one, now)
                news.append(_planned(to, event, one.id, mark_of(one), payload, now))
    return news


def send(house: Doors, post: Post, now: datetime) -> int:
    """Send what is due; how many were tried. No transaction is open while a message travels."""
    tried = 0
    while True:
        due = house.transact(lambda session: store.claim(session, now, LEASE, SENDS_AT_ONCE))
        if not due:
            return tried
        with house.read() as session:
            known = store.with_secrets(session, house.vault, {one.webhook_id for one in due})
        mine: dict[str, list[Delivery]] = defaultdict(list)
        for one in due:
            mine[one.webhook_id].append(one)
        for key, waiting in mine.items():
            tried += _send_some(house, post, waiting, known[key], now)


def _send_some(
    house: Doors, post: Post, waiting: Sequence[Delivery], to: Webhook, now: datetime
) -> int:
    """Send one after the other until one is not taken: the rest would not be either."""
    for number, one in enumerate(waiting, start=1):
        body = orjson.dumps(dict(one.payload))
        # Signed with the clock of this moment: receivers refuse what is minutes old.
        outcome = post(to.url, body, headers(to.secret or b"", one.id, body, house.clock()))
        came = settle(one.attempts, outcome, now)
        untried = [each.id for each in waiting[number:]]
        _write_down(house, one, outcome, came, untried, now)
        if came.due_at is not None or came.ends:
            return number
    return len(waiting)


def _write_down(
    house: Doors,
    one: Delivery,
    outcome: Outcome,
    came: Settlement,
    untried: Sequence[str],
    now: datetime,
) -> None:
    def write(session: Session) -> None:
        store.change(
            session,
            one.id,
            one.attempts,
            state=came.state,
            due_at=came.due_at,
            status=outcome.http_status,
            detail=outcome.detail,
            settled_at=None if came.state == PLANNED else now,
        )
        if came.due_at is not None:
            store.put_off(session, one.webhook_id, untried, came.due_at)
        if came.ends:
            store.end(session, one.webhook_id, "gone", now)

    house.transact(write)


def forget(house: Doors, now: datetime) -> None:
    """Give up what is too old, remove what was settled a month ago."""

    def write(session: Session) -> None:
        store.expire(session, now - LIFETIME, now)
        store.forget(session, now - KEPT)

    house.transact(write)

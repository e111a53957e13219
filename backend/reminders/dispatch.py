"""Sending what is due: claim, send, write down, settle (docs/decisions/0006-reminders.md).

Runs in the worker process only. Each step is a transaction of its own, and none is open while a
message travels: killed at any point, the row still says what is true, and whoever comes next goes
on after the lease.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.kernel.clock import Clock, local_date
from backend.kernel.errors import frames_of
from backend.kernel.ids import new_id
from backend.kernel.sealing import b64
from backend.kernel.sentences import Sentences
from backend.kernel.vault import Vault
from backend.reminders.model import (
    ACCEPTED,
    ACCOUNT,
    FAMILY,
    FAMILY_LINK,
    MERGED,
    NOT_DELIVERED,
    WEB_PUSH,
    Attempt,
    Handling,
    Outcome,
    PushMessage,
    Reminder,
    Subscription,
)
from backend.reminders.rules.hours import start_of_day
from backend.reminders.rules.outcomes import ends_address, handling, settle
from backend.reminders.rules.planning import still_wanted
from backend.reminders.rules.texts import push_message
from backend.reminders.service import CONSENT, Forecast
from backend.reminders.store import addresses, attempts, reminders
from backend.residents import service as residents
from backend.residents.store import family

log = logging.getLogger("suifang.reminders")

LEASE = timedelta(minutes=10)
BATCH = 5
MOST_ADDRESSES = 5
_FINAL = {ACCEPTED, MERGED, "gone", "refused"}

T = TypeVar("T")


class Doors(Protocol):
    """The part of the house that is needed here."""

    @property
    def vault(self) -> Vault: ...

    @property
    def clock(self) -> Clock: ...

    def read(self) -> AbstractContextManager[Session]: ...

    def transact(self, work: Callable[[Session], T]) -> T: ...


class Send(Protocol):
    """A rung of the ladder: hands one message to one address, and raises for nothing it meets."""

    def __call__(self, to: Subscription, message: PushMessage, handling: Handling) -> Outcome: ...


@dataclass(frozen=True)
class Dispatcher:
    """Everything that sending needs.

    :param sentences: the ``reminder`` section of ``schemas/i18n``
    """

    doors: Doors
    send: Send
    sentences: Sentences
    forecast: Forecast

    def run(self, most_batches: int = 60) -> int:
        """Send what is due, batch by batch; how many reminders were taken up.

        Several may run at once, in threads, processes or on machines.
        """
        holder = new_id()
        taken = 0
        for _ in range(most_batches):
            batch = self._claim(holder)
            for reminder in batch:
                self._deliver(reminder, holder)
            taken += len(batch)
            if len(batch) < BATCH:
                break
        return taken

    def _claim(self, holder: str) -> list[Reminder]:
        now = self.doors.clock()
        return self.doors.transact(
            lambda session: reminders.claim(session, holder, now, LEASE, BATCH)
        )

    def _deliver(self, reminder: Reminder, holder: str) -> None:
        now = self.doors.clock()
        with self.doors.read() as session:
            wanted = self._still_wanted(session, reminder, now)
            listed = self._addresses(session, reminder, now)[:MOST_ADDRESSES] if wanted else []
            tried = attempts.of(session, [reminder.id]).get(reminder.id, [])
        if not wanted:
            self.doors.transact(lambda session: reminders.cancel(session, now, id=reminder.id))
            return
        last = {one.address_id: one.outcome for one in tried}
        for address in listed:
            if address.id not in last or last[address.id].kind not in _FINAL:
                outcome = self._try(reminder, holder, address)
                if outcome is None:
                    break
                last[address.id] = outcome
        self._settle(reminder, holder, listed, last)

    def _try(self, reminder: Reminder, holder: str, address: Subscription) -> Outcome | None:
        """One try; nothing when it was cancelled, unsubscribed or taken over this moment."""
        now = self.doors.clock()
        with self.doors.read() as session:
            if not reminders.is_held(session, reminder.id, holder, now):
                return None
            if not addresses.is_live(session, address.id):
                return Outcome("gone", detail="unsubscribed")
            told = reminder.addressee_kind == FAMILY and attempts.family_told_since(
                session, address.endpoint, reminder.id, start_of_day(now)
            )
        outcome = Outcome(MERGED) if told else self._send(reminder, address, now)
        self.doors.transact(lambda session: self._note(session, reminder, address, outcome))
        return outcome

    def _send(self, reminder: Reminder, address: Subscription, now: datetime) -> Outcome:
        message = push_message(reminder, address.language, self.sentences)
        topic = b64(uuid.UUID(reminder.id).bytes)
        try:
            return self.send(address, message, handling(reminder, topic, now))
        except Exception as error:  # one broken address must not stop the others
            log.error(  # not its text, which might name the address
                "reminder %s: %s at %s", reminder.id, type(error).__name__, frames_of(error)
            )
            return Outcome(NOT_DELIVERED, detail=type(error).__name__)

    def _note(
        self, session: Session, reminder: Reminder, address: Subscription, outcome: Outcome
    ) -> None:
        now = self.doors.clock()
        attempts.record(session, Attempt(reminder.id, WEB_PUSH, address.id, now, outcome))
        why = ends_address(outcome, address.failures)
        if why is not None:
            addresses.end(session, why, now, endpoint=address.endpoint)
        elif outcome.kind == ACCEPTED and address.failures:
            addresses.count_failures(session, address.id, 0)
        elif outcome.kind == "refused":
            addresses.count_failures(session, address.id, address.failures + 1)

    def _settle(
        self,
        reminder: Reminder,
        holder: str,
        listed: Sequence[Subscription],
        last: Mapping[str | None, Outcome],
    ) -> None:
        now = self.doors.clock()
        here = {address.id for address in listed}
        counted = [
            outcome
            for address_id, outcome in last.items()
            if address_id in here or outcome.kind in (ACCEPTED, MERGED)
        ]
        settlement = settle(reminder, counted, now)
        self.doors.transact(
            lambda session: reminders.settle(session, reminder.id, holder, settlement, now)
        )
        if settlement.state != "sent":
            log.info(
                "reminder %s (%s): %s after %d attempts",
                reminder.id, reminder.kind, settlement.state, reminder.attempts,
            )  # fmt: skip

    def _still_wanted(self, session: Session, reminder: Reminder, now: datetime) -> bool:
        """A family's message: consent stands, and one of its doses is still to be given."""
        if reminder.addressee_kind != FAMILY:
            return True
        child_id = reminder.addressee_id
        if child_id not in family.standing_consents(session, [child_id], CONSENT):
            return False
        child = residents.by_ids(session, self.doors.vault, [child_id]).get(child_id)
        if child is None:
            return False
        ahead = self.forecast(session, [child], now).get(child_id, ())
        return still_wanted(reminder.message, ahead, local_date(now))

    def _addresses(self, session: Session, reminder: Reminder, now: datetime) -> list[Subscription]:
        vault = self.doors.vault
        if reminder.addressee_kind == FAMILY:
            links = family.links_of(session, [reminder.addressee_id])
            live = [link.id for link in links if link.is_live(local_date(now))]
            return _one_a_browser(addresses.live(session, vault, FAMILY_LINK, live))
        account = accounts.account(session, reminder.addressee_id)
        if account is None or account.disabled_at is not None:
            return []
        found = addresses.live(session, vault, ACCOUNT, [account.id])
        return [one for one in found if not _is_revoked(session, one.device_id)]


def _is_revoked(session: Session, device_id: str | None) -> bool:
    if device_id is None:
        return False
    device = accounts.device(session, device_id)
    return device is None or device.revoked_at is not None


def _one_a_browser(found: Sequence[Subscription]) -> list[Subscription]:
    """A mother who opened two links of one child in one browser is told once."""
    return list({one.endpoint: one for one in reversed(found)}.values())[::-1]

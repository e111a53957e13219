"""Sending what is due: claim, look, send, write down (docs/decisions/0006-reminders.md).

Runs in the worker process only. Each step is a transaction of its own, and none is open while a
message travels: killed at any point, the rows still say what is true, and whoever comes next goes
on after the lease.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy.orm import Session

from backend.kernel.errors import frames_of
from backend.kernel.ids import new_id
from backend.kernel.sealing import b64
from backend.kernel.sentences import Sentences
from backend.reminders.chatting import Chatting, SendChat
from backend.reminders.doors import Doors
from backend.reminders.looking import Known, look
from backend.reminders.model import (
    ACCEPTED,
    CHAT,
    FAMILY,
    GONE,
    MERGED,
    NOT_DELIVERED,
    REFUSED,
    SENT,
    SMS,
    WEB_PUSH,
    Attempt,
    Handling,
    Outcome,
    PushMessage,
    Reminder,
    Subscription,
)
from backend.reminders.rules import ladder
from backend.reminders.rules.outcomes import Settlement, ends_address, handling, settle
from backend.reminders.rules.receipts import receipt
from backend.reminders.rules.texts import push_message
from backend.reminders.service import Forecast
from backend.reminders.store import addresses, attempts, reminders
from backend.reminders.texting import SendSms, Texting

log = logging.getLogger("suifang.reminders")

LEASE = timedelta(minutes=10)
AT_ONCE = 5
"""How many are taken up at once where one hand sends them: all are done within the lease, even if
every push service lets us wait to the end."""

AT_ONCE_WITH_HANDS = 128
LINGER_S = 0.05
"""How long results are gathered before they are written: a commit waits for the disk, and takes as
long for twenty as for one. It is also what a killed worker may send again."""

FRESH = timedelta(seconds=1)
"""For so long after looking, several hands do not ask again whether a row is still held."""

_FINAL = {ACCEPTED, MERGED, GONE, REFUSED}


class Send(Protocol):
    """The first rung: hands one message to one browser, and raises for nothing it meets.

    Called from several threads where there are several hands.
    """

    def __call__(self, to: Subscription, message: PushMessage, handling: Handling) -> Outcome: ...


@dataclass(frozen=True)
class Tried:
    """What came of a reminder's round: a try for each browser that had not had it."""

    known: Known
    tries: tuple[tuple[Subscription, Outcome], ...] = ()
    lost: bool = False


@dataclass(frozen=True)
class Dispatcher:
    """Everything that sending needs.

    :param sentences: the ``reminder`` section of ``schemas/i18n``
    :param receipt_key: what the phones' receipts are made with
    :param sms: the gateway of the second rung; nothing where there is none
    :param chat: the robots of the townships' chats; nothing where there are none
    :param hands: threads that send at the same time; none: one after the other
    """

    doors: Doors
    send: Send
    sentences: Sentences
    forecast: Forecast
    receipt_key: bytes
    sms: SendSms | None = None
    hands: Executor | None = None
    chat: SendChat | None = None
    _texting: Texting = field(init=False)
    _chatting: Chatting = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_texting", Texting(self.doors, self.sms))
        chatting = Chatting(self.doors, self.sentences, self.chat)
        object.__setattr__(self, "_chatting", chatting)

    def run(self, most_batches: int = 60) -> int:
        """Send what is due, batch by batch; how many reminders were taken up.

        Several may run at once, in threads, processes or on machines.
        """
        holder = new_id()
        size = AT_ONCE if self.hands is None else AT_ONCE_WITH_HANDS
        taken = 0
        for _ in range(most_batches):
            batch = self._claim(holder, size)
            self._deliver(batch, holder)
            taken += len(batch)
            if len(batch) < size:
                break
        return taken

    def _claim(self, holder: str, size: int) -> list[Reminder]:
        now = self.doors.clock()
        return self.doors.transact(
            lambda session: reminders.claim(session, holder, now, LEASE, size)
        )

    def _deliver(self, batch: Sequence[Reminder], holder: str) -> None:
        if not batch:
            return
        now = self.doors.clock()
        with self.doors.read() as session:
            known = look(session, self.doors.vault, batch, self.forecast, now)
        over = [one.reminder.id for one in known if not one.wanted]
        if over:
            self.doors.transact(lambda session: reminders.cancel_ids(session, over, now))
        wanted = [one for one in known if one.wanted]
        for done in self._rounds([one for one in wanted if one.reminder.rung == WEB_PUSH], holder):
            self.doors.transact(partial(self._write, done=done, holder=holder))
        for one in wanted:
            if one.reminder.rung == SMS:
                self._texting.deliver(one, holder)
            if one.reminder.rung == CHAT:
                self._chatting.deliver(one, holder)

    def _rounds(self, batch: Sequence[Known], holder: str) -> Iterator[list[Tried]]:
        """The rounds of a batch, as they end: whatever has ended together is written together."""
        batch = _once_a_browser(batch)
        if self.hands is None:
            for one in batch:
                yield [self._round(one, holder)]
            return
        going: set[Future[Tried]] = {self.hands.submit(self._round, one, holder) for one in batch}
        while going:
            ended, going = wait(going, return_when=FIRST_COMPLETED)
            more, going = wait(going, timeout=LINGER_S)
            yield [each.result() for each in ended | more]

    def _round(self, known: Known, holder: str) -> Tried:
        """Try every browser that has not had it, until it is cancelled or taken over."""
        tries: list[tuple[Subscription, Outcome]] = []
        for address in known.addresses:
            if address.id in known.last and known.last[address.id].kind in _FINAL:
                continue
            held, live = self._may_go(known, holder, address)
            if not held:
                return Tried(known, tuple(tries), lost=True)
            tries.append((address, self._try(known, address) if live else _UNSUBSCRIBED))
        return Tried(known, tuple(tries))

    def _may_go(self, known: Known, holder: str, address: Subscription) -> tuple[bool, bool]:
        now = self.doors.clock()
        if self.hands is not None and now - known.looked_at < FRESH:
            return True, True
        with self.doors.read() as session:
            return reminders.may_go(session, known.reminder.id, holder, now, address.id)

    def _try(self, known: Known, address: Subscription) -> Outcome:
        reminder = known.reminder
        if reminder.kind == FAMILY and addresses.fingerprint(address.endpoint) in known.told:
            return Outcome(MERGED)
        proof = receipt(self.receipt_key, reminder.id)
        message = push_message(reminder, address.language, self.sentences, proof)
        topic = b64(uuid.UUID(reminder.id).bytes)
        try:
            return self.send(address, message, handling(reminder, topic, self.doors.clock()))
        except Exception as error:  # one broken address must not stop the others
            log.error(  # not its text, which might name the address
                "reminder %s: %s at %s", reminder.id, type(error).__name__, frames_of(error)
            )
            return Outcome(NOT_DELIVERED, detail=type(error).__name__)

    def _write(self, session: Session, done: Sequence[Tried], holder: str) -> None:
        """A try a row, and one statement for all that became the same."""
        now = self.doors.clock()
        attempts.record_all(
            session,
            [
                Attempt(one.known.reminder.id, WEB_PUSH, address.id, now, outcome)
                for one in done
                for address, outcome in one.tries
                if outcome is not _UNSUBSCRIBED
            ],
        )
        became: dict[Settlement | ladder.Place, list[str]] = defaultdict(list)
        for one in done:
            for address, outcome in one.tries:
                _judge_address(session, address, outcome, now)
            if not one.lost:
                became[self._outcome(one, now)].append(one.known.reminder.id)
        for to, ids in became.items():
            if isinstance(to, Settlement):
                reminders.settle(session, ids, holder, to, now)
            else:
                reminders.place(session, ids, holder, to, now)

    def _outcome(self, one: Tried, now: datetime) -> Settlement | ladder.Place:
        """What a round made of a reminder; its place on the ladder where it goes on."""
        reminder, here = one.known.reminder, {address.id for address in one.known.addresses}
        last = dict(one.known.last) | {address.id: outcome for address, outcome in one.tries}
        counted = [
            outcome
            for address_id, outcome in last.items()
            if address_id in here or outcome.kind in (ACCEPTED, MERGED)
        ]
        settlement = settle(reminder, counted, now)
        if settlement.state != SENT:
            log.info(
                "reminder %s (%s): %s after %d attempts",
                reminder.id, reminder.kind, settlement.state, reminder.attempts,
            )  # fmt: skip
        return self._place(one.known, settlement, counted, now) or settlement

    def _place(
        self, known: Known, settlement: Settlement, counted: Sequence[Outcome], now: datetime
    ) -> ladder.Place | None:
        """Where a family's message goes on; nothing for whoever has one rung, or while it rests."""
        reminder = known.reminder
        if reminder.addressee_kind != FAMILY or settlement.rest_until is not None:
            return None
        can_sms = self.sms is not None and known.number is not None
        if settlement.state == SENT:
            if all(outcome.kind != ACCEPTED for outcome in counted):
                return None  # a sister's or brother's message carries it
            return ladder.after_sending(WEB_PUSH, reminder.message, can_sms, now)
        if ladder.next_rung(WEB_PUSH, reminder.message, can_sms) is None:
            return None
        return ladder.climb(WEB_PUSH, reminder.message, can_sms, now, self.doors.holidays)


_UNSUBSCRIBED = Outcome(GONE, detail="unsubscribed")


def _judge_address(
    session: Session, address: Subscription, outcome: Outcome, now: datetime
) -> None:
    """End an address that is gone, count its refusals in a row."""
    if outcome is _UNSUBSCRIBED:
        return
    why = ends_address(outcome, address.failures)
    if why is not None:
        addresses.end(session, why, now, endpoint=address.endpoint)
    elif outcome.kind == ACCEPTED and address.failures:
        addresses.count_failures(session, address.id, 0)
    elif outcome.kind == REFUSED:
        addresses.count_failures(session, address.id, address.failures + 1)


def _once_a_browser(batch: Sequence[Known]) -> list[Known]:
    """Brother and sister in one batch: the first takes the browser, for the others it is told."""
    taken: set[str] = set()
    found = []
    for one in batch:
        if one.reminder.kind != FAMILY:
            found.append(one)
            continue
        marks = {addresses.fingerprint(each.endpoint) for each in one.addresses}
        found.append(replace(one, told={*one.told, *(marks & taken)}))
        taken |= marks - set(one.told)
    return found

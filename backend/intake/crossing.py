"""Writing a group of drafts in one transaction, and deciding again what changed meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from backend.intake.apply import apply
from backend.intake.decide import decide
from backend.intake.drafting import Draft, Means, draft
from backend.intake.gather import Sources, gather
from backend.intake.model import (
    IntakeDecision,
    Opened,
    Receipt,
    Sender,
    Sent,
    Settled,
    Unusable,
)
from backend.intake.opening import open_envelope
from backend.kernel.db_errors import is_away
from backend.kernel.errors import frames_of
from backend.submissions.model import Quarantined
from backend.submissions.store import quarantine, turns

_ROUNDS = 3  # a race is over after one more look; more would hide a mistake

log = logging.getLogger("suifang.intake")


class Crossing:
    """One group in one transaction."""

    def __init__(self, session: Session, means: Means, now: datetime) -> None:
        self._session = session
        self._means = means
        self._now = now

    def write(self, group: Sequence[Sent], drafted: Sequence[Draft]) -> list[Receipt]:
        """Write what still stands together, then the others one after the other."""
        counts = turns.take(self._session, {turn for one in drafted for turn in one.takes})
        written: set[str] = set()
        standing = []
        for index, one in enumerate(drafted):
            if written.isdisjoint(one.takes) and one.is_fresh(counts):
                standing.append(index)
            written |= one.takes
        settled = [Settled(drafted[index].decision, group[index].sender) for index in standing]
        taken = self._apply(settled)
        done = {
            index: drafted[index].decision.receipt
            for index, was_taken in zip(standing, taken, strict=True)
            if was_taken
        }
        return [
            done.get(index) or self._again(one, drafted[index].takes)
            for index, one in enumerate(group)
        ]

    def _again(self, one: Sent, held: set[str]) -> Receipt:
        """Decide once more, now that nobody else can change what it is about.

        :param held: turns that this transaction has
        """
        if isinstance(one.envelope, Opened):
            for _ in range(_ROUNDS):
                decision = self._decided(one.envelope, set(held))
                if self._apply([Settled(decision, one.sender)])[0]:
                    return decision.receipt
        raise RuntimeError("an envelope was taken and not taken")

    def _decided(self, opened: Opened, held: set[str]) -> IntakeDecision:
        found = draft(self._session, self._means, opened, self._now)
        while missing := found.takes - held:
            held |= turns.take(self._session, missing).keys()
            found = draft(self._session, self._means, opened, self._now)
        return found.decision

    def _apply(self, settled: Sequence[Settled]) -> list[bool]:
        taken = apply(self._session, self._means.vault, settled, self._now)
        for one in self._waiting(settled, taken):
            self._try_held(one, settled[0].sender)
        return taken

    def _waiting(self, settled: Sequence[Settled], taken: Sequence[bool]) -> list[Quarantined]:
        """What had been waiting for these (fault 28)."""
        came = [one.decision.unblocks for one, was in zip(settled, taken, strict=True) if was]
        return quarantine.waiting_for(
            self._session, self._means.vault, {key for keys in came for key in keys}
        )

    def _try_held(self, entry: Quarantined, sender: Sender) -> None:
        """Apply one that had been waiting. One that fails goes on waiting."""
        try:
            with self._session.begin_nested():
                self._apply_held(entry, sender)
        except Exception as error:
            if is_away(error):
                raise
            log_defect(error, sender)

    def _apply_held(self, entry: Quarantined, sender: Sender) -> None:
        waiting = open_envelope(orjson.loads(entry.envelope), self._means.seal_keys)
        if isinstance(waiting, Unusable):
            return
        turns.take(self._session, draft(self._session, self._means, waiting, self._now).takes)
        sources = Sources(self._session, self._means.vault, self._means.villages)
        facts = gather(sources, [waiting], self._now)[0]
        # It is remembered already, as held: that is no replay.
        decision = decide(waiting, replace(facts, same_id=None, same_seq_id=None), self._now)
        if decision.receipt.status == "held":
            return
        quarantine.settle(self._session, entry.id, "applied", self._now)
        self._apply([Settled(decision, sender, was_held=True)])


def log_defect(error: Exception, sender: Sender) -> None:
    """Say where an envelope could not be decided, without what stands in it."""
    log.error(
        "an envelope could not be decided: %s at %s",
        type(error).__name__,
        frames_of(error),
        extra={"request_id": sender.request_id},
    )

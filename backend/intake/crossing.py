"""Writing a group of drafts in one transaction, and deciding again what changed meanwhile."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from backend.intake.apply import apply
from backend.intake.decide import decide
from backend.intake.drafting import Draft, Means, drafts
from backend.intake.gather import Sources, gather
from backend.intake.model import (
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

_RACES = 2  # lost to somebody with the same envelope; more would hide a mistake

log = logging.getLogger("suifang.intake")


class Crossing:
    """One group in one transaction."""

    def __init__(self, session: Session, means: Means, now: datetime) -> None:
        self._session = session
        self._means = means
        self._now = now
        self._held: set[str] = set()  # turns that this transaction has
        self._awaited: set[str] = set()  # what envelopes are held for, of those
        self._tried: set[str] = set()  # held envelopes that were looked at again

    def write(self, group: Sequence[Sent], drafted: Sequence[Draft]) -> list[Receipt]:
        """Write in waves: first what still stands, then, decided again, what was overtaken by
        others or by the wave before.

        :param drafted: decisions made before the transaction
        """
        counts = self._take({turn for one in drafted for turn in one.takes})
        stale = {index for index, one in enumerate(drafted) if not one.is_fresh(counts)}
        left = dict(enumerate(drafted))
        wave = {index: left[index] for index in _standing(left, stale)}
        receipts: dict[int, Receipt] = {}
        for _ in range(len(group) + _RACES):
            done = self._write(group, wave)
            receipts |= done
            left = {index: one for index, one in left.items() if index not in done}
            if not left:
                return [receipts[index] for index in range(len(group))]
            next_ones = _worth_deciding(left)
            again = self._drafts([group[index] for index in next_ones])
            wave = dict(zip(next_ones, again, strict=True))
            left |= wave
            wave = {index: wave[index] for index in _standing(wave)}
        raise RuntimeError("an envelope was taken and not taken")

    def _write(self, group: Sequence[Sent], wave: Mapping[int, Draft]) -> dict[int, Receipt]:
        taken = self._apply(
            [Settled(one.decision, group[index].sender) for index, one in wave.items()]
        )
        lost = {id(one) for one, mine in zip(wave.values(), taken, strict=True) if not mine}
        if any(id(each) in lost for one in wave.values() for each in one.after):
            raise Overtaken
        return {
            index: one.decision.receipt
            for (index, one), was_taken in zip(wave.items(), taken, strict=True)
            if was_taken or isinstance(group[index].envelope, Unusable)
        }

    def _drafts(self, group: Sequence[Sent]) -> list[Draft]:
        """Decide here and now, when nobody else can change what these are about."""
        while True:
            found = drafts(self._session, self._means, group, self._now)
            missing = {turn for one in found for turn in one.takes} - self._held
            if not missing:
                return found
            self._take(missing)

    def _take(self, wanted: set[str]) -> dict[str, int]:
        self._held |= wanted
        taken = turns.take(self._session, wanted)
        self._awaited |= {key for key, turn in taken.items() if turn.is_awaited}
        return {key: turn.taken for key, turn in taken.items()}

    def _apply(self, settled: Sequence[Settled]) -> list[bool]:
        taken = apply(self._session, self._means.vault, settled, self._now)
        came = [one for one, was_taken in zip(settled, taken, strict=True) if was_taken]
        kept = [one.decision.quarantine for one in came]
        waiting = {one.waits_for for one in kept if one is not None and one.waits_for is not None}
        turns.await_(self._session, waiting)
        self._awaited |= waiting
        self._unblock(
            {key: one.sender for one in came for key in one.decision.unblocks & self._awaited}
        )
        return taken

    def _unblock(self, came: Mapping[str, Sender]) -> None:
        """Try what had been waiting for these (fault 28).

        :param came: id -> on whose behalf it came
        """
        for entry in quarantine.waiting_for(self._session, self._means.vault, came):
            # One that came before may have brought this one along.
            if entry.id not in self._tried and entry.waits_for is not None:
                self._tried.add(entry.id)
                self._try_held(entry, came[entry.waits_for])

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
        self._drafts([Sent(waiting, sender)])
        sources = Sources(self._session, self._means.vault, self._means.villages)
        facts = gather(sources, [waiting], self._now)[0]
        # It is remembered already, as held: that is no replay.
        decision = decide(waiting, replace(facts, same_id=None, same_seq_id=None), self._now)
        if decision.receipt.status == "held":
            return
        quarantine.settle(self._session, entry.id, "applied", self._now)
        self._apply([Settled(decision, sender, was_held=True)])


class Overtaken(Exception):
    """Somebody else took an envelope after which another of its group had been decided."""


def _standing(found: Mapping[int, Draft], stale: Container[int] = ()) -> list[int]:
    """Those that can be written as they were decided: they know of everybody before them with whom
    they have somebody in common, and those are written too.
    """
    return _going(found, lambda one, other: any(other is each for each in one.after), stale)


def _worth_deciding(found: Mapping[int, Draft]) -> list[int]:
    """Those that may stand once they are decided together: ordinary visits come along."""
    return _going(found, lambda one, other: one.is_ordinary and other.is_ordinary)


def _going(
    found: Mapping[int, Draft], follows: Callable[[Draft, Draft], bool], left: Container[int] = ()
) -> list[int]:
    """In order, those that go.

    :param follows: whether one goes along with another before it, with whom it has somebody in
        common
    """
    takers: dict[str, list[int]] = defaultdict(list)
    going: list[int] = []
    for index, one in sorted(found.items()):
        takes = one.takes
        before = {each for turn in takes for each in takers[turn]}
        if index not in left and all(e in going and follows(one, found[e]) for e in before):
            going.append(index)
        for turn in takes:
            takers[turn].append(index)
    return going


def log_defect(error: Exception, sender: Sender) -> None:
    """Say where an envelope could not be decided, without what stands in it."""
    log.error(
        "an envelope could not be decided: %s at %s",
        type(error).__name__,
        frames_of(error),
        extra={"request_id": sender.request_id},
    )

"""Deciding about envelopes in a session: gather, then decide. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.geo.service import VillageIndex
from backend.intake.decide import decide
from backend.intake.gather import Sources, gather
from backend.intake.history import after, is_ordinary, leaves_a_visit
from backend.intake.model import Facts, IntakeDecision, Opened, Sent, Unusable
from backend.intake.settling import unusable
from backend.kernel.sealing import SealKey
from backend.kernel.vault import Vault


@dataclass(frozen=True, repr=False)
class Means:
    """What deciding and writing need besides a session.

    :param villages: boundaries, held in memory
    """

    vault: Vault
    seal_keys: Mapping[str, SealKey]
    villages: VillageIndex


@dataclass(frozen=True, eq=False)
class Draft:
    """A decision; it stands while nobody else took these turns.

    :param turns: whom it concerns -> how often their turn had been taken
    :param is_ordinary: see :func:`backend.intake.history.is_ordinary`
    :param after: those before it in its group with whom it has somebody in common, and of whom it
        knows: it stands and falls with them
    :param is_settled: nobody but those before it in its group has somebody in common with it
    """

    turns: Mapping[str, int]
    decision: IntakeDecision
    is_ordinary: bool = False
    after: tuple[Draft, ...] = ()
    is_settled: bool = True

    @property
    def takes(self) -> set[str]:
        """Turns to take: also of what others may be held for, or are held for now, so that an
        envelope that waits and the one it waits for cannot pass each other unseen.
        """
        kept = self.decision.quarantine
        waits = {kept.waits_for} if kept is not None and kept.waits_for is not None else set()
        return self.turns.keys() | self.decision.unblocks | waits

    def is_fresh(self, counts: Mapping[str, int]) -> bool:
        """True when nobody else took one of its turns since the facts were read.

        :param counts: how often each has been taken, ours included
        """
        return all(counts[turn] == count + 1 for turn, count in self.turns.items())


def drafts(session: Session, means: Means, group: Sequence[Sent], now: datetime) -> list[Draft]:
    """Decide about each: an ordinary visit after those of the group that it has somebody in common
    with, where those are ordinary too; any other as if it were alone.
    """
    opened = [one.envelope for one in group if isinstance(one.envelope, Opened)]
    headers = [one.envelope.header for one in group if isinstance(one.envelope, Unusable)]
    devices = accounts.devices_by_ids(session, {h.device_id for h in headers if h is not None})
    facts = iter(gather(Sources(session, means.vault, means.villages), opened, now))
    found: list[Draft] = []
    takers: dict[str, list[int]] = defaultdict(list)
    for one in group:
        envelope = one.envelope
        if isinstance(envelope, Opened):
            mine = next(facts)
            before = sorted({place for turn in mine.turns for place in takers[turn]})
            draft = _draft(envelope, mine, tuple(found[place] for place in before), now)
        else:
            draft = Draft({}, unusable(envelope, devices.get(_device_id(envelope)), now))
        for turn in draft.takes:
            takers[turn].append(len(found))
        found.append(draft)
    return found


def _draft(opened: Opened, facts: Facts, before: tuple[Draft, ...], now: datetime) -> Draft:
    known = _knowing(opened, facts, before)
    return Draft(
        turns=facts.turns,
        decision=decide(opened, known or facts, now),
        is_ordinary=is_ordinary(opened, facts),
        after=before if known else (),
        is_settled=known is not None,
    )


def _knowing(opened: Opened, facts: Facts, before: Sequence[Draft]) -> Facts | None:
    """The facts once those before it are stored; nothing where only the database can tell."""
    if before and not is_ordinary(opened, facts):
        return None
    for one in before:
        stored = leaves_a_visit(one.decision) if one.is_settled else None
        if stored is None or stored.version.id == opened.header.id:
            return None
        facts = after(facts, stored)
    return facts


def _device_id(envelope: Unusable) -> str:
    return "" if envelope.header is None else envelope.header.device_id

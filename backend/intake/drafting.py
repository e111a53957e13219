"""Deciding about envelopes in a session: gather, then decide. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.geo.service import VillageIndex
from backend.intake.decide import decide
from backend.intake.gather import Sources, gather
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


@dataclass(frozen=True)
class Draft:
    """A decision; it stands while nobody else took these turns.

    :param turns: whom it concerns -> how often their turn had been taken
    """

    turns: Mapping[str, int]
    decision: IntakeDecision

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
    """Decide about each as if it were alone."""
    opened = [one.envelope for one in group if isinstance(one.envelope, Opened)]
    headers = [one.envelope.header for one in group if isinstance(one.envelope, Unusable)]
    devices = accounts.devices_by_ids(session, {h.device_id for h in headers if h is not None})
    facts = iter(gather(Sources(session, means.vault, means.villages), opened, now))
    return [
        _draft(one.envelope, next(facts), now)
        if isinstance(one.envelope, Opened)
        else Draft({}, unusable(one.envelope, devices.get(_device_id(one.envelope)), now))
        for one in group
    ]


def _draft(opened: Opened, facts: Facts, now: datetime) -> Draft:
    return Draft(facts.turns, decide(opened, facts, now))


def _device_id(envelope: Unusable) -> str:
    return "" if envelope.header is None else envelope.header.device_id

"""Use case: take a batch of envelopes. Owns the transactions.

Envelopes are tried in groups of at most 50 in one transaction; if anything raises, the group is
rolled back and done one envelope at a time, so that one bad envelope never costs another. Receipts
go out only after commit (docs/decisions/0001).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.audit.model import Actor
from backend.geo.service import VillageIndex
from backend.intake.apply import apply
from backend.intake.decide import decide
from backend.intake.gather import Sources, gather
from backend.intake.model import IntakeDecision, Opened, Receipt, Unusable, named
from backend.intake.opening import open_envelope
from backend.intake.settling import unusable
from backend.kernel.db_errors import meaning
from backend.kernel.errors import frames_of
from backend.kernel.sealing import SealKey
from backend.kernel.vault import Vault
from backend.submissions.model import Quarantined
from backend.submissions.store import quarantine, turns

GROUP = 50
_ROUNDS = 3  # a race is over after one more look; more would hide a mistake

log = logging.getLogger("suifang.intake")


@dataclass(frozen=True)
class Line:
    """What the line needs of the house.

    :param read: a session for reading
    :param transact: runs work in a write transaction, commits, and retries when two of them met
    """

    read: Callable[[], AbstractContextManager[Session]]
    transact: Callable[[Callable[[Session], Any]], Any]
    vault: Vault
    seal_keys: Mapping[str, SealKey]
    villages: Callable[[], VillageIndex]
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class Sender:
    """On whose behalf envelopes come in, for the audit."""

    actor: Actor
    request_id: str | None


@dataclass(frozen=True)
class _Draft:
    """A decision made before the transaction; it stands while nobody else took these turns."""

    turns: Mapping[str, int]
    decision: IntakeDecision


def receive(line: Line, raw: Sequence[Any], sender: Sender) -> list[Receipt]:
    """Take envelopes, in their order.

    :param raw: members of the request, parsed JSON of any shape
    :returns: one receipt an envelope, in the same order; everything told is on disk
    :raises sqlalchemy.exc.DBAPIError: the database is away or full; nothing is told then
    """
    opened = [open_envelope(one, line.seal_keys) for one in raw]
    receipts: list[Receipt] = []
    for start in range(0, len(opened), GROUP):
        receipts += _group(line, opened[start : start + GROUP], sender)
    return receipts


def _group(line: Line, group: Sequence[Opened | Unusable], sender: Sender) -> list[Receipt]:
    try:
        return _together(line, group, sender)
    except Exception as error:
        if _is_away(error):
            raise
        log.warning(
            "a group of %d was rolled back, now one by one: %s at %s",
            len(group),
            type(error).__name__,
            frames_of(error),
        )
    return [_alone(line, one, sender) for one in group]


def _alone(line: Line, one: Opened | Unusable, sender: Sender) -> Receipt:
    try:
        return _together(line, [one], sender)[0]
    except Exception as error:
        if _is_away(error):
            raise
        # The phone keeps it and tries again; staff see the request id in the log.
        _log_defect(error, sender)
        return Receipt(*named(one.header), "failed", "server_error", line.clock())


def _together(line: Line, group: Sequence[Opened | Unusable], sender: Sender) -> list[Receipt]:
    """One transaction. Reading and deciding come before it, so that it holds its locks for as long
    as writing takes; whatever changed meanwhile is decided again inside.
    """
    drafts = _drafts(line, group)
    wanted = {one for draft in drafts if draft is not None for one in draft.turns}

    def work(session: Session) -> list[Receipt]:
        counts = turns.take(session, wanted)
        written: set[str] = set()
        receipts = []
        for one, draft in zip(group, drafts, strict=True):
            mine = set() if draft is None else draft.turns.keys()
            stands = draft is not None and not written & mine and _is_fresh(draft, counts)
            receipts.append(_take(line, session, one, draft if stands else None, sender))
            written |= mine
        return receipts

    found: list[Receipt] = line.transact(work)
    return found


def _drafts(line: Line, group: Sequence[Opened | Unusable]) -> list[_Draft | None]:
    with line.read() as session:
        return [None if isinstance(one, Unusable) else _draft(line, session, one) for one in group]


def _draft(line: Line, session: Session, opened: Opened) -> _Draft:
    now = line.clock()
    facts = gather(_sources(line, session), opened, now)
    return _Draft(facts.turns, decide(opened, facts, now))


def _is_away(error: Exception) -> bool:
    """True when the database is the trouble and not the envelope."""
    return isinstance(error, DBAPIError) and meaning(error) != "defect"


def _log_defect(error: Exception, sender: Sender) -> None:
    log.error(
        "an envelope could not be decided: %s at %s",
        type(error).__name__,
        frames_of(error),
        extra={"request_id": sender.request_id},
    )


def _take(
    line: Line,
    session: Session,
    one: Opened | Unusable,
    draft: _Draft | None,
    sender: Sender,
) -> Receipt:
    now = line.clock()
    if isinstance(one, Unusable):
        header = one.header
        device = None if header is None else accounts.device(session, header.device_id)
        decision = unusable(one, device, now)
        _apply(line, session, decision, sender, now)
        return decision.receipt
    for _ in range(_ROUNDS):
        draft = draft or _decided_here(line, session, one)
        if draft is not None and _apply(line, session, draft.decision, sender, now):
            _unblock(line, session, draft.decision, sender, now)
            return draft.decision.receipt
        draft = None
    raise RuntimeError("an envelope was taken and not taken")


def _decided_here(line: Line, session: Session, one: Opened) -> _Draft | None:
    """Decide inside the transaction; nothing when somebody had a turn between reading and taking.
    From then on the turn is ours, and the next look is the last one.
    """
    draft = _draft(line, session, one)
    return draft if _is_fresh(draft, turns.take(session, draft.turns)) else None


def _is_fresh(draft: _Draft, counts: Mapping[str, int]) -> bool:
    """True when nobody else took one of its turns since the facts were read."""
    return all(counts[turn] == count + 1 for turn, count in draft.turns.items())


def _apply(
    line: Line,
    session: Session,
    decision: IntakeDecision,
    sender: Sender,
    now: datetime,
    *,
    was_held: bool = False,
) -> bool:
    return apply(
        session,
        line.vault,
        decision,
        sender.actor,
        now,
        sender.request_id,
        was_held=was_held,
    )


def _sources(line: Line, session: Session) -> Sources:
    return Sources(session, line.vault, line.villages())


def _unblock(
    line: Line, session: Session, decision: IntakeDecision, sender: Sender, now: datetime
) -> None:
    """Apply what had been waiting for this one (fault 28). One that fails goes on waiting."""
    for entry in quarantine.waiting_for(session, line.vault, decision.unblocks):
        try:
            with session.begin_nested():
                _apply_held(line, session, entry, sender, now)
        except Exception as error:
            if _is_away(error):
                raise
            _log_defect(error, sender)


def _apply_held(
    line: Line, session: Session, entry: Quarantined, sender: Sender, now: datetime
) -> None:
    waiting = open_envelope(orjson.loads(entry.envelope), line.seal_keys)
    if isinstance(waiting, Unusable):
        return
    facts = gather(_sources(line, session), waiting, now)
    turns.take(session, facts.turns)
    decision = decide(waiting, replace(facts, same_id=None, same_seq_id=None), now)
    if decision.receipt.status == "held":
        return
    quarantine.settle(session, entry.id, "applied", now)
    _apply(line, session, decision, sender, now, was_held=True)
    _unblock(line, session, decision, sender, now)

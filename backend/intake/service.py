"""Use case: take a batch of envelopes. Owns the transactions.

Envelopes are tried in groups of at most 50 in one transaction; if anything raises, the group is
rolled back and done one envelope at a time, so that one bad envelope never costs another. Receipts
go out only after commit (docs/decisions/0001).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

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
from backend.submissions.store import quarantine

GROUP = 50
_ROUNDS = 3  # a race is over after one more look; more would hide a mistake

T = TypeVar("T")
log = logging.getLogger("suifang.intake")


@dataclass(frozen=True)
class Line:
    """What the line needs of the house.

    :param transact: runs work in a write transaction, commits, and retries when two of them met
    """

    transact: Callable[[Callable[[Session], Any]], Any]
    vault: Vault
    seal_keys: Mapping[str, SealKey]
    villages: Callable[[], VillageIndex]
    clock: Callable[[], datetime]


def receive(line: Line, raw: Sequence[Any], actor: Actor, request_id: str | None) -> list[Receipt]:
    """Take envelopes, in their order.

    :param raw: members of the request, parsed JSON of any shape
    :returns: one receipt an envelope, in the same order; everything told is on disk
    :raises sqlalchemy.exc.DBAPIError: the database is away or full; nothing is told then
    """
    opened = [open_envelope(one, line.seal_keys) for one in raw]
    receipts: list[Receipt] = []
    for start in range(0, len(opened), GROUP):
        receipts += _group(line, opened[start : start + GROUP], actor, request_id)
    return receipts


def _group(
    line: Line, group: Sequence[Opened | Unusable], actor: Actor, request_id: str | None
) -> list[Receipt]:
    def together(session: Session) -> list[Receipt]:
        return [_take(line, session, one, actor, request_id) for one in group]

    try:
        found: list[Receipt] = line.transact(together)
        return found
    except Exception as error:
        if len(group) == 1 or _is_away(error):
            raise
        log.warning(
            "a group of %d was rolled back, now one by one: %s at %s",
            len(group),
            type(error).__name__,
            frames_of(error),
        )
    return [_alone(line, one, actor, request_id) for one in group]


def _alone(line: Line, one: Opened | Unusable, actor: Actor, request_id: str | None) -> Receipt:
    try:
        found: Receipt = line.transact(lambda s: _take(line, s, one, actor, request_id))
        return found
    except Exception as error:
        if _is_away(error):
            raise
        # The phone keeps it and tries again; staff see the request id in the log.
        _log_defect(error, request_id)
        return Receipt(*named(one.header), "failed", "server_error", line.clock())


def _is_away(error: Exception) -> bool:
    """True when the database is the trouble and not the envelope."""
    return isinstance(error, DBAPIError) and meaning(error) != "defect"


def _log_defect(error: Exception, request_id: str | None) -> None:
    log.error(
        "an envelope could not be decided: %s at %s",
        type(error).__name__,
        frames_of(error),
        extra={"request_id": request_id},
    )


def _take(
    line: Line, session: Session, one: Opened | Unusable, actor: Actor, request_id: str | None
) -> Receipt:
    now = line.clock()
    if isinstance(one, Unusable):
        header = one.header
        device = None if header is None else accounts.device(session, header.device_id)
        decision = unusable(one, device, now)
        apply(session, line.vault, decision, actor, now, request_id)
        return decision.receipt
    for _ in range(_ROUNDS):
        decision = decide(one, gather(_sources(line, session), one, now), now)
        if apply(session, line.vault, decision, actor, now, request_id):
            _unblock(line, session, decision, actor, now, request_id)
            return decision.receipt
    raise RuntimeError("an envelope was taken and not taken")


def _sources(line: Line, session: Session) -> Sources:
    return Sources(session, line.vault, line.villages())


def _unblock(
    line: Line,
    session: Session,
    decision: IntakeDecision,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> None:
    """Apply what had been waiting for this one (fault 28). One that fails goes on waiting."""
    for entry in quarantine.waiting_for(session, line.vault, decision.unblocks):
        try:
            with session.begin_nested():
                _apply_held(line, session, entry, actor, now, request_id)
        except Exception as error:
            if _is_away(error):
                raise
            _log_defect(error, request_id)


def _apply_held(
    line: Line,
    session: Session,
    entry: Quarantined,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> None:
    waiting = open_envelope(orjson.loads(entry.envelope), line.seal_keys)
    if isinstance(waiting, Unusable):
        return
    facts = replace(gather(_sources(line, session), waiting, now), same_id=None, same_seq_id=None)
    decision = decide(waiting, facts, now)
    if decision.receipt.status == "held":
        return
    quarantine.settle(session, entry.id, "applied", now)
    apply(session, line.vault, decision, actor, now, request_id, was_held=True)
    _unblock(line, session, decision, actor, now, request_id)

"""Writing a decision, in the order in which it was made. One transaction, owned by ``service``."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.attachments import service as attachments
from backend.audit import service as audit
from backend.audit.model import AuditEntry
from backend.dedup import service as dedup
from backend.followups import store as followups
from backend.immunization import store as immunization
from backend.intake.model import IntakeDecision, Settled, Stored
from backend.kernel.db import sent_together
from backend.kernel.vault import Vault
from backend.programmes import service as programmes
from backend.reminders import service as reminders
from backend.residents import service as residents
from backend.residents.store import family
from backend.review.service import same_visit
from backend.review.store import flags as review
from backend.sites import service as sites
from backend.submissions.store import quarantine, receipts, submissions


def apply(session: Session, vault: Vault, settled: Sequence[Settled], now: datetime) -> list[bool]:
    """Write what was decided about envelopes, in their order; those that have somebody in common
    were decided one after the other.

    :returns: for each: False when somebody else took the envelope since the facts were read;
        nothing of it was written then, and it has to be decided again
    """
    mine = receipts.take(
        session,
        [
            (one.decision.taken, one.decision.county_code)
            for one in settled
            if one.decision.taken is not None and not one.was_held
        ],
    )
    taken = [_is_taken(one, mine) for one in settled]
    ours = [one for one, was_taken in zip(settled, taken, strict=True) if was_taken]
    for one in ours:
        if one.was_held and one.decision.taken is not None:
            receipts.settle(session, one.decision.taken)
        if one.decision.quarantine is not None:
            quarantine.keep(session, vault, one.decision.quarantine)
    stored = [one.decision.stored for one in ours if one.decision.stored is not None]
    _know(session, vault, stored, now)
    with sent_together(session):
        _keep(session, vault, stored, now)
        audit.record_all(session, [_told(one, now) for one in ours if _is_news(one.decision)])
    _follow_up(session, stored, now)
    return taken


def _is_taken(one: Settled, mine: Container[str]) -> bool:
    return one.was_held or one.decision.taken is None or one.decision.taken.id in mine


def _is_news(decision: IntakeDecision) -> bool:
    return decision.taken is not None or decision.quarantine is not None


def _know(session: Session, vault: Vault, stored: Sequence[Stored], now: datetime) -> None:
    """Whom the envelopes are about, and what becomes of what was known before."""
    residents.save(
        session,
        vault,
        [home for one in stored for home in one.households],
        [person for one in stored for person in one.residents],
        now,
    )
    sites.save(session, vault, [site for one in stored for site in one.sites], now)
    dedup.index(session, vault, [person for one in stored for person in one.residents])
    dedup.save(session, [pair for one in stored for pair in one.pairs], now)
    for one in stored:
        if one.earlier is not None:
            submissions.update_newest(session, one.submission)
            reminders.cancel_returned(session, one.submission.id, now)
        for person in one.moved:
            followups.moved(session, person.id, person.village_code, now)


def _keep(session: Session, vault: Vault, stored: Sequence[Stored], now: datetime) -> None:
    """What every envelope brings. Nothing is read here, see :func:`sent_together`."""
    submissions.add(session, [one.submission for one in stored if one.earlier is None])
    submissions.add_versions(
        session, vault, [(one.version, one.submission.county_code) for one in stored]
    )
    attachments.name(session, [named for one in stored for named in one.attachments])
    followups.save(session, [task for one in stored for task in one.tasks], now)


def _follow_up(session: Session, stored: Sequence[Stored], now: datetime) -> None:
    """What some envelopes bring besides."""
    programmes.enrol(session, [each for one in stored for each in one.enrolments], now)
    for one in stored:
        _store_doses(session, one)
        _remind(session, one, now)
        for link in one.family_links:
            family.add_link(session, link, now)
        for consent in one.consents:
            reminders.keep_consent(session, consent, now)
    review.raise_flags(
        session,
        [(one.submission.id, one.version.id, flag) for one in stored for flag in one.flags],
        now,
    )
    same_visit.flag_partners(
        session,
        {
            one.submission.id: flag.evidence["submission_ids"]
            for one in stored
            for flag in one.flags
            if flag.kind == same_visit.KIND
        },
        now,
    )


def _store_doses(session: Session, one: Stored) -> None:
    if one.doses or one.earlier is not None:
        immunization.replace_for_submission(
            session, one.submission.id, one.submission.village_code, one.doses
        )


def _remind(session: Session, one: Stored, now: datetime) -> None:
    over = [t.id for t in one.tasks if t.escalation == "E3" and not t.is_open]
    reminders.cancel_for_tasks(session, over, now)
    for task in one.urgent:
        reminders.urgent(session, task.id, task.village_code, now)


def _told(one: Settled, now: datetime) -> AuditEntry:
    decision, receipt = one.decision, one.decision.receipt
    detail = {"envelope_id": receipt.id, "reason": receipt.reason}
    return AuditEntry(
        seq=0,
        at=now,
        actor=one.sender.actor,
        action=f"envelope_{receipt.status}",
        object_kind="submission" if decision.stored else "envelope",
        object_id=receipt.submission_id or receipt.id,
        area_code=receipt.village_code,
        detail=detail if decision.taken is None else {**detail, "seq": decision.taken.seq},
        request_id=one.sender.request_id,
    )

"""Writing a decision, in the order in which it was made. One transaction, owned by ``service``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.model import Actor
from backend.dedup import store as dedup
from backend.followups import store as followups
from backend.immunization import store as immunization
from backend.intake.model import IntakeDecision, Stored
from backend.kernel.vault import Vault
from backend.programmes import service as programmes
from backend.reminders import service as reminders
from backend.residents import service as residents
from backend.residents.store import family
from backend.review import store as review
from backend.submissions.model import Taken
from backend.submissions.store import quarantine, receipts, submissions


def apply(
    session: Session,
    vault: Vault,
    decision: IntakeDecision,
    actor: Actor,
    now: datetime,
    request_id: str | None,
    *,
    was_held: bool = False,
) -> bool:
    """Write what was decided.

    :param was_held: the envelope is remembered already, as held
    :returns: False when somebody else took the envelope since the facts were read; nothing was
        written then, and it has to be decided again
    """
    taken = decision.taken
    if taken is not None:
        if was_held:
            receipts.settle(session, taken)
        elif not receipts.take(session, taken, decision.county_code):
            return False
    if decision.quarantine is not None:
        quarantine.keep(session, vault, decision.quarantine)
    if decision.stored is not None:
        _store(session, vault, decision.stored, now)
    if taken is not None or decision.quarantine is not None:
        _audit(session, decision, taken, actor, now, request_id)
    return True


def _store(session: Session, vault: Vault, stored: Stored, now: datetime) -> None:
    submission, version = stored.submission, stored.version
    residents.save(session, vault, stored.households, stored.residents, now)
    dedup.save(session, stored.pairs, now)
    if stored.earlier is None:
        submissions.add(session, [submission])
    else:
        submissions.update_newest(session, submission)
        reminders.cancel_returned(session, submission.id, now)
    submissions.add_versions(session, vault, submission.county_code, [version])
    programmes.enrol(session, stored.enrolments, now)
    if stored.doses or stored.earlier is not None:
        immunization.replace_for_submission(
            session, submission.id, submission.village_code, stored.doses
        )
    for resident in stored.moved:
        followups.moved(session, resident.id, resident.village_code, now)
    followups.save(session, stored.tasks, now)
    for link in stored.family_links:
        family.add_link(session, link, now)
    over = [t.id for t in stored.tasks if t.escalation == "E3" and not t.is_open]
    reminders.cancel_for_tasks(session, over, now)
    for task in stored.urgent:
        reminders.urgent(session, task.id, task.village_code, now)
    review.raise_flags(session, submission.id, version.id, stored.flags, now)


def _audit(
    session: Session,
    decision: IntakeDecision,
    taken: Taken | None,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> None:
    receipt = decision.receipt
    audit.record(
        session,
        actor,
        f"envelope_{receipt.status}",
        "submission" if decision.stored else "envelope",
        receipt.submission_id or receipt.id,
        area_code=receipt.village_code,
        detail={"envelope_id": receipt.id, "reason": receipt.reason}
        | ({"seq": taken.seq} if taken is not None else {}),
        now=now,
        request_id=request_id,
    )

"""Use cases on sampling audits: draw, ask, count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.forms import service as forms
from backend.forms.model import Context
from backend.forms.rules import evaluate
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.kernel.vault import Vault
from backend.programmes import store as programmes
from backend.review.model import Audit, AuditItem
from backend.review.rules.sampling import Candidate, draw as drawn, risk
from backend.review.service.commenting import on_submission
from backend.review.store import audits as store, credibility
from backend.submissions.rules import part_private
from backend.submissions.store import submissions, visits

INTERVIEW = "callback_interview"

by_id = store.by_id
inside = store.inside
items = store.items


def draw(
    session: Session,
    area_code: str,
    programme: str,
    days: tuple[date, date],
    method: str,
    size: int,
    seed: int,
    drawn_by: str,
    now: datetime,
) -> Audit:
    """Draw residents of a programme who were visited for it in these days.

    :raises Refusal: ``nobody_to_draw`` when there is none
    """
    found = visits.newest_of_subjects(session, programme, [area_code], days)
    enrolled = programmes.members(session, programme, [area_code], local_date(now))
    scores = {
        one.worker_id: one.score
        for one in credibility.of_workers(session, {s.worker_id for s in found.values()}).values()
    }
    frame = [
        Candidate(
            one.resident_id,
            one.village_code,
            risk(scores.get(found[one.resident_id].worker_id, 0)) if method == "risk" else 1.0,
        )
        for one in enrolled
        if one.resident_id in found
    ]
    if not frame:
        raise Refusal("nobody_to_draw")
    audit = Audit(new_id(), area_code, programme, *days, method, seed, len(frame), drawn_by, now)
    store.add(
        session,
        audit,
        [
            AuditItem(
                id=new_id(),
                no=no,
                resident_id=one.resident_id,
                village_code=one.village_code,
                submission_id=found[one.resident_id].id,
                worker_id=found[one.resident_id].worker_id,
            )
            for no, one in enumerate(drawn(frame, size, seed), start=1)
        ],
    )
    return audit


def ask(
    session: Session,
    vault: Vault,
    item: AuditItem,
    version: int,
    answers: Mapping[str, Any],
    asked_by: str,
    now: datetime,
) -> None:
    """Keep what a resident said on the telephone. What differs from the record goes to the doctor
    as a question, not as a verdict.

    :raises Refusal: ``invalid_request`` naming what is missing or wrong in the form
    """
    form = forms.compiled(session, INTERVIEW, version)
    if form is None:
        raise Refusal("not_found")
    judged = evaluate(form, answers, Context(local_date(now)))
    soft = ("computed", "unconfirmed")
    wrong = {v.path: [v.code] for v in judged.violations if v.code not in soft}
    if wrong:
        raise Refusal("invalid_request", fields=wrong)
    open_answers, hidden = part_private(judged.values, form.private)
    store.answer(session, vault, item, open_answers, hidden, asked_by, now)
    about = submissions.by_ids(session, [item.submission_id]).get(item.submission_id)
    if open_answers.get("agrees") == "2" and about is not None:
        text = str(open_answers.get("difference", ""))
        on_submission(session, about, "callback", text, asked_by, now)

"""The line. Read this file first.

One envelope in, everything that follows from it out, as a pure function: recognise, validate,
match, geotag, record, schedule, plan reminders, flag. ``gather`` reads the facts it needs,
``apply`` writes what it decided, ``service`` owns the transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backend.forms.rules import evaluate
from backend.geo.rules import covers_any, geotag
from backend.intake.history import answers_before, same_visits
from backend.intake.model import Facts, IntakeDecision, Opened, Receipt, Stored
from backend.intake.people import matched, people
from backend.intake.recording import (
    family_links,
    fix_of,
    merged_answers,
    named_attachments,
    submission_of,
    version_of,
    visit_of,
)
from backend.intake.scheduling import plan
from backend.intake.settling import kept, recognised
from backend.intake.subjects import context_of
from backend.review.rules import Evidence, flags, priority
from backend.submissions.model import Taken


def decide(opened: Opened, facts: Facts, now: datetime) -> IntakeDecision:
    """Decide about one envelope.

    :param now: when the server received it
    :returns: a decision for every envelope whatsoever; nothing is refused by raising
    """
    # recognise
    known = recognised(opened, facts, now)
    if isinstance(known, IntakeDecision):
        return known
    form, device, content, base = known.form, known.device, opened.content, facts.base

    # validate
    evaluation = evaluate(form, content.answers, context_of(content, facts), content.confirmed)
    merged = merged_answers(base, evaluation.values)
    visit = visit_of(form.bundle.form, merged.answers, content)

    # match
    found = people(content, form, merged.answers, visit, facts)
    villages = {found.village_code, *(one.village_code for one in (facts.site,) if one)}
    if not all(covers_any(device.areas, code) for code in villages):
        return kept(opened.header, opened.travelled, device, "out_of_scope", now)
    survivor, pairs = matched(found, facts)
    found = found.merged_into(survivor)

    # geotag
    fix = content.fix or opened.late_fix
    tag = geotag(fix_of(fix), facts.village_found, found.village_code, found.home)

    # record
    version = version_of(content, form, evaluation, merged, fix, tag, base, now)
    submission = submission_of(content, form, visit, found, version, base, now)

    # schedule; reminders follow from its tasks
    planned = plan(submission, found, facts, now)
    version = replace(version, computed=planned.computed)

    # flag
    raised = flags(
        Evidence(
            geotag=tag,
            visit_mode=visit.mode,
            violations=version.violations,
            conflicts=version.conflicts,
            same_visit_ids=same_visits(content, form.bundle.form.service, visit.on, facts),
            skew_ms=content.clock["skew_ms"],
            next_visit_late_days=planned.next_visit_late_days,
            fix_state=version.fix_state,
            written=None if base else (content.started_at, content.finalised_at),
            visit_date=None if base else visit.on,
            answers=merged.answers,
            before=answers_before(content, visit.on, facts),
            escalation=planned.escalation,
        )
    )
    submission = replace(
        submission, flag_count=len(raised), priority=priority(raised, planned.escalation)
    )

    taken = Taken(
        id=content.id,
        device_id=content.device_id,
        seq=content.seq,
        sha256=opened.header.sha256,
        status="stored",
        reason=None,
        submission_id=submission.id,
        summary={"village_code": found.village_code, "violations": list(version.violations)},
        received_at=now,
    )
    return IntakeDecision(
        receipt=Receipt(
            id=content.id,
            sha256=taken.sha256,
            status="stored",
            reason=None,
            received_at=now,
            submission_id=submission.id,
            village_code=found.village_code,
            tasks=planned.tasks,
            violations=version.violations,
            names_pictures=bool(content.attachments),
        ),
        county_code=submission.county_code,
        taken=taken,
        stored=Stored(
            submission=submission,
            version=version,
            earlier=None if base is None else base.submission,
            attachments=named_attachments(content),
            households=found.households,
            residents=found.residents,
            sites=found.sites,
            pairs=pairs,
            enrolments=found.enrolments,
            doses=found.doses,
            moved=found.moved,
            tasks=planned.put,
            urgent=planned.urgent,
            family_links=family_links(content, found, now),
            consents=found.consents,
            flags=raised,
        ),
        unblocks=frozenset(
            {
                *([] if content.subject.kind == "area" else [content.subject.id]),
                content.id,
                *(r.id for r in found.residents),
            }
        ),
    )

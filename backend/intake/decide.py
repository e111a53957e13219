"""The line. Read this file first.

One envelope in, everything that follows from it out, as a pure function: recognise, validate,
match, geotag, record, schedule, plan reminders, flag. ``gather`` reads the facts it needs,
``apply`` writes what it decided, ``service`` owns the transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backend.dedup.rules import match
from backend.followups.model import Record
from backend.followups.rules.scheduling import Schedule, schedule
from backend.forms.rules import CompiledForm, evaluate
from backend.geo.model import Fix
from backend.geo.rules import county_of, covers_any, geotag, township_of
from backend.intake.model import Base, Facts, IntakeDecision, Opened, Receipt, Stored
from backend.intake.people import People, people
from backend.intake.recording import family_links, submission_of, version_of, visit_of
from backend.intake.settling import held, kept, settled
from backend.intake.subjects import context_of, programmes_of, subjects_of
from backend.review.rules import Evidence, days_late, flags, priority
from backend.submissions.model import Content, Taken
from backend.submissions.rules import merge


def decide(opened: Opened, facts: Facts, now: datetime) -> IntakeDecision:
    """Decide about one envelope.

    :param now: when the server received it
    :returns: a decision for every envelope whatsoever; nothing is refused by raising
    """
    # recognise
    before = settled(opened, facts, now)
    if before is not None:
        return before
    early = _too_early(opened, facts, now)
    if early is not None:
        return early
    form, device = facts.form, facts.device
    assert form is not None and device is not None
    content = opened.content

    # validate
    evaluation = evaluate(form, content.answers, context_of(content, facts), content.confirmed)
    merged = _merge(facts.base, evaluation.values)
    visit = visit_of(form.bundle.form, merged.answers, content)

    # match
    found = people(content, form, merged.answers, visit, facts)
    if not covers_any(device.areas, found.village_code):
        return kept(opened.header, opened.travelled, device, "out_of_scope", now)
    survivor, pairs = (None, ()) if found.newcomer is None else match(
        found.newcomer, facts.likely_same
    )
    found = found.merged_into(survivor)

    # geotag
    fix = content.fix or opened.late_fix
    tag = geotag(
        None if fix is None else _fix(fix), facts.village_found, found.village_code, found.home
    )

    # record
    version = version_of(content, form, evaluation, merged, fix, tag, facts.base, now)
    submission = submission_of(content, form, visit, found, version, facts.base, now)

    # schedule
    planned = _schedule(submission.id, found, form, version.answers, visit.on, content, facts, now)
    version = replace(version, computed=_computed(planned))
    urgent = tuple(t for t in planned.put if t.is_open and t.escalation == "E3")

    # flag
    raised = flags(
        Evidence(
            geotag=tag,
            visit_mode=visit.mode,
            violations=version.violations,
            conflicts=version.conflicts,
            same_visit_ids=facts.same_visit,
            skew_ms=content.clock.get("skew_ms"),
            next_visit_late_days=_late(planned, version.answers),
        )
    )
    submission = replace(
        submission,
        flag_count=len(raised),
        priority=priority(raised, version.computed["escalation"]),
    )

    return IntakeDecision(
        receipt=Receipt(
            id=content.id,
            sha256=opened.header.sha256,
            status="stored",
            reason=None,
            received_at=now,
            submission_id=submission.id,
            village_code=found.village_code,
            tasks=planned.tasks,
            violations=version.violations,
        ),
        county_code=submission.county_code,
        taken=Taken(
            id=content.id,
            device_id=content.device_id,
            seq=content.seq,
            sha256=opened.header.sha256,
            status="stored",
            reason=None,
            submission_id=submission.id,
            summary={
                "village_code": found.village_code,
                "violations": list(version.violations),
            },
            received_at=now,
        ),
        stored=Stored(
            submission=submission,
            version=version,
            earlier=facts.base.submission if facts.base else None,
            attachments=content.attachments,
            households=found.households,
            residents=found.residents,
            pairs=pairs,
            enrolments=found.enrolments,
            doses=found.doses,
            tasks=planned.put,
            urgent=urgent,
            family_links=family_links(content, form, found, now),
            flags=raised,
        ),
        unblocks=frozenset({content.subject.id, submission.id, *(r.id for r in found.residents)}),
    )

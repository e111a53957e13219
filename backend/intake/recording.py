"""Making the submission and its version out of an opened envelope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from backend.attachments.model import Attachment
from backend.forms.model import Evaluation, FormHead
from backend.forms.rules import CompiledForm
from backend.geo.model import Fix, Geotag
from backend.geo.rules import county_of, township_of
from backend.intake.model import Base, Visit
from backend.intake.people import People
from backend.kernel.clock import local_date
from backend.kernel.dates import add_months, parse_day
from backend.kernel.ids import derived_id
from backend.residents.model import FamilyLink
from backend.residents.rules import LINK_MONTHS
from backend.review.rules import state_after_version
from backend.submissions.model import Content, Subject, Submission, Version
from backend.submissions.rules import Merge, merge, part_private


def merged_answers(base: Base | None, answers: Mapping[str, Any]) -> Merge:
    """The answers after a correction met what had changed on the server meanwhile."""
    if base is None or base.corrected is None or base.corrected.id == base.newest.id:
        return Merge(answers, ())
    return merge(base.corrected.answers, base.newest.answers, answers)


def visit_of(head: FormHead, answers: Mapping[str, Any], content: Content) -> Visit:
    """When and how the visit was made; a form without a usable day counts on its last."""
    try:
        on = parse_day(answers[head.visit_date])
    except (KeyError, TypeError, ValueError):
        on = local_date(content.finalised_at)
    return Visit(on, answers.get(head.visit_mode or ""), answers.get(head.visit_outcome or ""))


def fix_of(fix: Mapping[str, Any] | None) -> Fix | None:
    """A GPS fix as a noun."""
    if fix is None:
        return None
    return Fix(float(fix["lng"]), float(fix["lat"]), float(fix["accuracy_m"]), fix["fixed_at"])


def version_of(
    content: Content,
    form: CompiledForm,
    evaluation: Evaluation,
    merged: Merge,
    fix: Mapping[str, Any] | None,
    tag: Geotag,
    base: Base | None,
    now: datetime,
) -> Version:
    """The version that this envelope brings."""
    return Version(
        id=content.id,
        submission_id=content.submission_id,
        no=1 if base is None else base.newest.no + 1,
        base_version_id=content.base_version_id,
        form_version=content.form_version,
        answers=merged.answers,
        private=form.private,
        computed={},
        violations=tuple(v.as_json() for v in evaluation.violations),
        confirmed=content.confirmed,
        conflicts=tuple(_without_private(c, form.private) for c in merged.conflicts),
        fix=fix,
        fix_state="fixed" if fix is not None else content.fix_state,
        geotag=asdict(tag) | {"doubt": list(tag.doubt)},
        device_id=content.device_id,
        worker_id=content.worker_id,
        finalised_at=content.finalised_at,
        received_at=now,
        content=content.raw,
        seconds=_seconds(content, base),
    )


def _seconds(content: Content, base: Base | None) -> float | None:
    """From opening the form to finishing it; a correction opens what was filled before."""
    if base is not None:
        return None
    return max(0.0, (content.finalised_at - content.started_at).total_seconds())


def _without_private(conflict: Mapping[str, Any], private: frozenset[str]) -> Mapping[str, Any]:
    """A conflict of private answers tells only where it is; the values stand in the versions."""
    if conflict["path"] not in private:
        return conflict
    return {"path": conflict["path"], "base": None, "theirs": None, "mine": None}


def submission_of(
    content: Content,
    form: CompiledForm,
    visit: Visit,
    found: People,
    version: Version,
    base: Base | None,
    now: datetime,
) -> Submission:
    """The submission at this version. Its county and first arrival never change."""
    before = None if base is None else base.submission
    open_answers, _ = part_private(version.answers, form.private)
    subject = content.subject
    survivor = {"resident": found.resident, "site": found.site}.get(subject.kind)
    if survivor is not None:
        subject = Subject(subject.kind, survivor.id)
    return Submission(
        id=content.submission_id,
        county_code=county_of(found.village_code) if before is None else before.county_code,
        township_code=township_of(found.village_code),
        village_code=found.village_code,
        form_key=content.form_key,
        form_version=content.form_version,
        service=form.bundle.form.service,
        subject=subject,
        household_id=None if found.household is None else found.household.id,
        worker_id=content.worker_id if before is None else before.worker_id,
        device_id=content.device_id,
        visit_date=visit.on,
        visit_mode=visit.mode,
        visit_outcome=visit.outcome,
        state=state_after_version(None if before is None else before.state),
        version_id=version.id,
        version_no=version.no,
        answers=open_answers,
        flag_count=0,
        priority=0,
        finalised_at=content.finalised_at if before is None else before.finalised_at,
        received_at=now if before is None else before.received_at,
    )


def named_attachments(content: Content) -> tuple[Attachment, ...]:
    """The photos and signatures that this version names; their bytes come by themselves."""
    return tuple(
        Attachment(
            version_id=content.id,
            submission_id=content.submission_id,
            device_id=content.device_id,
            field=told["field"],
            sha256=told["sha256"],
            size=int(told["size"]),
            media_type=told["media_type"],
        )
        for told in content.attachments
    )


def family_links(content: Content, found: People, now: datetime) -> tuple[FamilyLink, ...]:
    """The caregivers' links that the doctor showed; only for children of this very visit."""
    shown = {child.id for child in found.children}
    if found.resident is not None:
        shown.add(found.resident.id)
    last = add_months(local_date(now), LINK_MONTHS)
    return tuple(
        FamilyLink(
            id=derived_id("family", grant["token_sha256"]),
            child_id=grant["child_id"],
            token_sha256=grant["token_sha256"],
            made_by=content.worker_id,
            expires_on=min(date.fromisoformat(grant["expires_on"]), last),
            source_submission_id=content.submission_id,
        )
        for grant in content.grants
        if grant["child_id"] in shown
    )

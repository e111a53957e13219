"""Past visits as the server would have kept them: submission, version, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from backend.followups.model import Reading
from backend.forms.rules import CompiledForm
from backend.geo.model import Fix
from backend.geo.rules import county_of, geotag, township_of
from backend.kernel.canonical import canonical_bytes
from backend.kernel.clock import iso
from backend.residents.model import Household
from backend.sample.model import Visit
from backend.submissions.model import Subject, Submission, Version
from backend.submissions.rules import part_private

FORM_VERSION = 1


@dataclass(frozen=True)
class Kept:
    """A submission and its only version."""

    submission: Submission
    version: Version


def kept(
    visit: Visit,
    seq: int,
    device_id: str,
    household: Household,
    form: CompiledForm,
    reading: Reading | None,
    village_found: str | None,
) -> Kept:
    """What the server keeps of a past visit.

    :param seq: number that the sample's phone would have given
    :param reading: what the rules made of it
    :param village_found: village whose boundary holds the fix
    """
    open_answers, _ = part_private(visit.answers, form.private)
    fix = _fix(visit)
    head = form.bundle.form
    submission = Submission(
        id=visit.id,
        county_code=county_of(visit.village_code),
        township_code=township_of(visit.village_code),
        village_code=visit.village_code,
        form_key=visit.form_key,
        form_version=FORM_VERSION,
        service=head.service,
        subject=Subject(visit.subject_kind, visit.subject_id),
        household_id=visit.household_id,
        worker_id=visit.worker_id,
        device_id=device_id,
        visit_date=visit.visit_date,
        visit_mode=visit.answers.get(head.visit_mode or ""),
        visit_outcome=visit.answers.get(head.visit_outcome or ""),
        state="approved" if visit.reviewed else "received",
        version_id=visit.id,
        version_no=1,
        answers=open_answers,
        flag_count=0,
        priority=0,
        finalised_at=visit.finalised_at,
        received_at=visit.received_at,
    )
    tag = geotag(fix, village_found, visit.village_code, household.place)
    version = Version(
        id=visit.id,
        submission_id=visit.id,
        no=1,
        base_version_id=None,
        form_version=FORM_VERSION,
        answers=visit.answers,
        private=form.private,
        computed=_computed(reading),
        violations=(),
        conflicts=(),
        confirmed=(),
        fix=None if fix is None else {**asdict(fix), "coord_sys": "WGS-84"},
        fix_state="unavailable" if fix is None else "fixed",
        geotag={**asdict(tag), "doubt": list(tag.doubt)},
        device_id=device_id,
        worker_id=visit.worker_id,
        finalised_at=visit.finalised_at,
        received_at=visit.received_at,
        content=canonical_bytes(_content(visit, seq, device_id, fix)),
    )
    return Kept(submission, version)


def _computed(reading: Reading | None) -> Mapping[str, Any]:
    """What the rules made of the visit, in the shape of ``intake.scheduling``."""
    judged = reading if reading is not None and reading.class_code is not None else None
    return {
        "class": None if judged is None else judged.class_code,
        "class_label": None if judged is None else dict(judged.class_label or {}),
        "doctor_class": None if judged is None else judged.doctor_class,
        "rules": [] if reading is None else list(reading.rules),
        "reasons": [] if reading is None else [reason.as_json() for reason in reading.reasons],
        "advice": [] if reading is None else [dict(text) for text in reading.advice],
        "notes": [] if reading is None else list(reading.notes),
        "defects": [],
        "referral": "none" if reading is None else reading.referral,
        "escalation": "E0" if reading is None else reading.escalation,
    }


def _fix(visit: Visit) -> Fix | None:
    if visit.fix is None:
        return None
    lng, lat, accuracy = visit.fix
    return Fix(lng, lat, accuracy, iso(visit.finalised_at))


def _content(visit: Visit, seq: int, device_id: str, fix: Fix | None) -> Mapping[str, Any]:
    """The inside of the envelope (docs/decisions/0001). Nobody signed it; ``evidence`` says so."""
    return {
        "format": "suifang.content/1",
        "id": visit.id,
        "device_id": device_id,
        "seq": seq,
        "submission_id": visit.id,
        "base_version_id": None,
        "form": {"key": visit.form_key, "version": FORM_VERSION},
        "subject": {"kind": visit.subject_kind, "id": visit.subject_id},
        "worker_id": visit.worker_id,
        "started_at": iso(visit.started_at),
        "finalised_at": iso(visit.finalised_at),
        "clock": {"zone": "Asia/Shanghai", "skew_ms": 0, "last_contact_at": None},
        "fix": None if fix is None else {**asdict(fix), "coord_sys": "WGS-84"},
        "fix_state": "unavailable" if fix is None else "fixed",
        "answers": visit.answers,
        "confirmed": list(visit.confirmed),
        "attachments": [],
        "sitting_id": visit.sitting_id,
        "grants": [],
        "evidence": {"app": "sample"},
    }

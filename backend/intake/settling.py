"""Envelopes that do not become a submission: seen before, not understood, not theirs, too early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.accounts.model import DeviceFacts
from backend.forms.rules import CompiledForm
from backend.geo.rules import county_of, township_of
from backend.intake.model import Facts, IntakeDecision, Opened, Receipt, Unusable, named
from backend.kernel.canonical import sha256_hex
from backend.kernel.ids import derived_id
from backend.kernel.sealing import signature_holds
from backend.submissions.model import Content, Header, Quarantined, Taken
from backend.submissions.rules import CONFLICT, REPLAY, SEQ_REUSED, recognise

NOWHERE = "000000000000"
"""County of an envelope whose phone we do not know."""


def home_township(device: DeviceFacts | None) -> str | None:
    """Township whose staff look after what a phone sent in vain."""
    if device is None or not device.areas:
        return None
    return township_of(min(device.areas))


def unusable(found: Unusable, device: DeviceFacts | None, now: datetime) -> IntakeDecision:
    """Keep what cannot be read. Only what names itself credibly is remembered by its id."""
    header = found.header
    trusted = (
        header is not None
        and device is not None
        and signature_holds(device.public_key, header.signed(), header.signature)
    )
    if found.kind == "quarantined" and header is not None and trusted:
        return kept(header, found.travelled, device, found.reason, now)
    return IntakeDecision(
        receipt=Receipt(*named(header), found.kind, found.reason, now),
        county_code=_county(device),
        quarantine=_entry(found.travelled, header, device, (found.kind, found.reason), now, None),
    )


@dataclass(frozen=True)
class Recognised:
    """An envelope that goes on: whose it is, and the form it was filled with."""

    device: DeviceFacts
    form: CompiledForm


def recognised(opened: Opened, facts: Facts, now: datetime) -> Recognised | IntakeDecision:
    """Let an envelope go on, or decide that it goes no further.

    The signature is looked at first: nobody learns anything, and nothing is taken under a phone's
    number, without that phone's key.
    """
    header, device = opened.header, facts.device
    if device is None:
        return _untrusted(opened, device, "device_unknown", now)
    if not signature_holds(device.public_key, header.signed(), header.signature):
        return _untrusted(opened, device, "envelope_signature", now)
    seen = recognise(header.sha256, facts.same_id, facts.same_seq_id, header.id)
    if seen == REPLAY and facts.same_id is not None:
        return replayed(facts.same_id, _county(device))
    if seen == CONFLICT:
        return _conflict(opened, device, now)
    reason = _reason_to_keep(opened, facts, device, seen)
    if reason is not None or facts.form is None:
        return kept(header, opened.travelled, device, reason or "form_version_unknown", now)
    return _too_early(opened, facts, device, now) or Recognised(device, facts.form)


def _reason_to_keep(opened: Opened, facts: Facts, device: DeviceFacts, seen: str) -> str | None:
    form, base, content = facts.form, facts.base, opened.content
    subject_id = _subject_id(facts, content)
    reasons = {
        "seq_reused": seen == SEQ_REUSED,
        "device_revoked": device.revoked_at is not None,
        "account_disabled": device.account_disabled,
        "worker_mismatch": content.worker_id != device.account_id,
        "form_version_unknown": form is None,
        "subject_kind": form is not None and form.bundle.form.subject != content.subject.kind,
        "other_form": base is not None and base.submission.form_key != content.form_key,
        "other_subject": base is not None and base.submission.subject.id != subject_id,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _subject_id(facts: Facts, content: Content) -> str:
    """The subject's id, or that of the resident or site they were merged into."""
    survivor = {"resident": facts.resident, "site": facts.site}.get(content.subject.kind)
    return content.subject.id if survivor is None else survivor.id


def _too_early(
    opened: Opened, facts: Facts, device: DeviceFacts, now: datetime
) -> IntakeDecision | None:
    """Let an envelope wait for what it builds on, unless that was removed for good."""
    content, base = opened.content, facts.base
    if content.base_version_id is not None:
        if base is None:
            return _held(opened, device, "base_unknown", content.submission_id, now)
        if base.corrected is None:
            return _held(opened, device, "base_unknown", content.base_version_id, now)
        if base.submission.state == "voided":
            return _aside(
                opened.header, opened.travelled, device, ("deleted", "deleted"), now, None
            )
    registers = facts.form is not None and facts.form.bundle.form.registers is not None
    subject = {
        "resident": facts.resident,
        "household": facts.household,
        "site": facts.site,
    }
    if not registers and subject.get(content.subject.kind, content) is None:
        return _held(opened, device, "subject_unknown", content.subject.id, now)
    return None


def _conflict(opened: Opened, device: DeviceFacts, now: datetime) -> IntakeDecision:
    header = opened.header
    return IntakeDecision(
        receipt=Receipt(header.id, header.sha256, "conflict", "conflict", now),
        county_code=_county(device),
        quarantine=_entry(opened.travelled, header, device, ("conflict", "conflict"), now, None),
    )


def replayed(before: Taken, county_code: str) -> IntakeDecision:
    """Answer again what was answered before; a stored one is now ``replayed``."""
    return IntakeDecision(
        receipt=Receipt(
            id=before.id,
            sha256=before.sha256,
            status="replayed" if before.status == "stored" else before.status,
            reason=before.reason,
            received_at=before.received_at,
            submission_id=before.submission_id,
            village_code=before.summary.get("village_code"),
            violations=tuple(before.summary.get("violations", ())),
            names_pictures=before.status == "stored",
        ),
        county_code=county_code,
    )


def kept(
    header: Header, travelled: bytes, device: DeviceFacts | None, reason: str, now: datetime
) -> IntakeDecision:
    """Put an envelope into quarantine: sealed, remembered, for a person to look at."""
    return _aside(header, travelled, device, ("quarantined", reason), now, None)


def _held(
    opened: Opened, device: DeviceFacts | None, reason: str, waits_for: str, now: datetime
) -> IntakeDecision:
    return _aside(opened.header, opened.travelled, device, ("held", reason), now, waits_for)


def _aside(
    header: Header,
    travelled: bytes,
    device: DeviceFacts | None,
    why: tuple[str, str],
    now: datetime,
    waits_for: str | None,
) -> IntakeDecision:
    status, reason = why
    taken = Taken(
        id=header.id,
        device_id=header.device_id,
        seq=None if reason == "seq_reused" else header.seq,
        sha256=header.sha256,
        status=status,
        reason=reason,
        submission_id=None,
        summary={},
        received_at=now,
    )
    return IntakeDecision(
        receipt=Receipt(header.id, header.sha256, status, reason, now),
        county_code=_county(device),
        taken=taken,
        quarantine=_entry(travelled, header, device, why, now, waits_for),
    )


def _untrusted(
    opened: Opened, device: DeviceFacts | None, reason: str, now: datetime
) -> IntakeDecision:
    """Keep it without remembering its id: a stranger must not be able to occupy one."""
    header = opened.header
    return IntakeDecision(
        receipt=Receipt(header.id, header.sha256, "quarantined", reason, now),
        county_code=_county(device),
        quarantine=_entry(opened.travelled, header, device, ("quarantined", reason), now, None),
    )


def _entry(
    travelled: bytes,
    header: Header | None,
    device: DeviceFacts | None,
    why: tuple[str, str],
    now: datetime,
    waits_for: str | None,
) -> Quarantined:
    kind, reason = why
    sha256 = sha256_hex(travelled)
    return Quarantined(
        id=derived_id(kind, sha256),
        envelope_id=None if header is None else header.id,
        sha256=sha256,
        device_id=None if header is None else header.device_id,
        account_id=None if device is None else device.account_id,
        township_code=home_township(device),
        kind=kind,
        reason=reason,
        waits_for=waits_for,
        state="open",
        received_at=now,
        envelope=travelled,
    )


def _county(device: DeviceFacts | None) -> str:
    return county_of(min(device.areas)) if device is not None and device.areas else NOWHERE

"""Reading one envelope: shape, signature's subject, seal, hash, content. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from backend.intake.model import Opened, Unusable
from backend.kernel import strict_json
from backend.kernel.canonical import canonical_bytes, sha256_hex
from backend.kernel.clock import parse_instant
from backend.kernel.sealing import SealKey, Unreadable, unb64, unseal
from backend.submissions.model import Content, Header, Subject

MAX_CONTENT_BYTES = 256 * 1024
_META = Path(__file__).parents[2] / "schemas" / "meta"


def _validator(name: str) -> Any:
    schema = orjson.loads((_META / f"{name}.schema.json").read_bytes())
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions()
    )


_ENVELOPE = _validator("envelope")
_CONTENT = _validator("content")
_FIX = jsonschema_rs.Draft202012Validator(
    {
        "$ref": "#/$defs/fix",
        "$defs": orjson.loads((_META / "content.schema.json").read_bytes())["$defs"],
    },
    validate_formats=True,
    pattern_options=jsonschema_rs.RegexOptions(),
)


def open_envelope(raw: Any, seal_keys: Mapping[str, SealKey]) -> Opened | Unusable:
    """Open what a phone sent.

    The signature is not judged here: that needs the device's key, a fact from the database.

    :param raw: one member of the request's ``envelopes``, parsed JSON of any shape
    """
    travelled = canonical_bytes(raw)
    if not _ENVELOPE.is_valid(raw):
        return Unusable("invalid", "envelope_malformed", None, travelled)
    try:
        header = Header(
            raw["id"],
            raw["device_id"],
            int(raw["seq"]),
            raw["sha256"],
            raw["key_id"],
            unb64(raw["signature"]),
        )
        sealed = unb64(raw["sealed"])
        late = unb64(raw["late_fix"]) if "late_fix" in raw else None
    except ValueError:
        return Unusable("invalid", "envelope_malformed", None, travelled)
    aad = header.signed()
    try:
        plain = unseal(seal_keys, header.key_id, sealed, aad)
    except Unreadable:
        return Unusable("quarantined", "envelope_sealed", header, travelled)
    if len(plain) > MAX_CONTENT_BYTES:
        return Unusable("invalid", "envelope_limit", header, travelled)
    if sha256_hex(plain) != header.sha256:
        return Unusable("invalid", "envelope_hash", header, travelled)
    content = _read_content(plain, header)
    if content is None:
        return Unusable("invalid", "envelope_malformed", header, travelled)
    return Opened(header, content, _read_late_fix(late, header, seal_keys), travelled)


def _read_content(plain: bytes, header: Header) -> Content | None:
    try:
        told = strict_json.read(plain)
    except strict_json.BadJson:
        return None
    if not _CONTENT.is_valid(told):
        return None
    if (told["id"], told["device_id"], told["seq"]) != (header.id, header.device_id, header.seq):
        return None
    if (told["base_version_id"] is None) != (told["submission_id"] == told["id"]):
        return None
    try:
        started, finalised = parse_instant(told["started_at"]), parse_instant(told["finalised_at"])
    except ValueError:
        return None
    return Content(
        id=told["id"],
        submission_id=told["submission_id"],
        base_version_id=told["base_version_id"],
        device_id=told["device_id"],
        seq=int(told["seq"]),
        form_key=told["form"]["key"],
        form_version=int(told["form"]["version"]),
        subject=Subject(told["subject"]["kind"], told["subject"]["id"]),
        worker_id=told["worker_id"],
        started_at=started,
        finalised_at=finalised,
        clock=told["clock"],
        fix=told["fix"],
        fix_state=told["fix_state"],
        answers=told["answers"],
        confirmed=tuple(told["confirmed"]),
        attachments=tuple(told["attachments"]),
        sitting_id=told["sitting_id"],
        grants=tuple(told["grants"]),
        evidence=told["evidence"],
        raw=plain,
    )


def _read_late_fix(
    sealed: bytes | None, header: Header, seal_keys: Mapping[str, SealKey]
) -> Mapping[str, Any] | None:
    """A late fix is evidence on top: one that cannot be read never costs the visit itself."""
    if sealed is None:
        return None
    try:
        fix = orjson.loads(
            unseal(seal_keys, header.key_id, sealed, header.signed() + b"\nlate_fix")
        )
    except (Unreadable, orjson.JSONDecodeError):
        return None
    return fix if _FIX.is_valid(fix) else None

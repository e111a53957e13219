"""Envelopes as a real phone makes them: hashed, sealed, signed (docs/decisions/0001)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from backend.kernel.canonical import canonical_bytes, sha256_hex
from backend.kernel.clock import iso
from backend.kernel.ids import new_id
from backend.kernel.sealing import SealKey, b64, seal
from backend.submissions.model import Header
from tests.builders.accounts import Phone

FIX = {
    "lng": 104.05,
    "lat": 30.05,
    "accuracy_m": 12,
    "fixed_at": "2026-11-23T01:58:00.000Z",
    "coord_sys": "WGS-84",
}


@dataclass
class Outbox:
    """What the phone of a doctor finalises, numbered from 1.

    :param worker_id: the account the phone is enrolled for
    :param seal_key: the server's key that it seals to
    :param now: the phone's clock at the first finalising; each later one is a minute on
    """

    phone: Phone
    worker_id: str
    seal_key: SealKey
    now: datetime
    seq: int = 0
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def finalise(
        self,
        form: str,
        subject: tuple[str, str],
        answers: Mapping[str, Any],
        *,
        version: int = 1,
        corrects: tuple[str, str] | None = None,
        late_fix: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> dict[str, Any]:
        """An envelope of a filled form.

        :param subject: (kind, id)
        :param corrects: (submission id, version id) of what is corrected
        :param changes: members of the content that differ from an ordinary visit
        """
        self.seq += 1
        envelope_id = new_id()
        finalised = self.now + timedelta(minutes=self.seq)
        content = {
            "format": "suifang.content/1",
            "id": envelope_id,
            "device_id": self.phone.device_id,
            "seq": self.seq,
            "submission_id": corrects[0] if corrects else envelope_id,
            "base_version_id": corrects[1] if corrects else None,
            "form": {"key": form, "version": version},
            "subject": {"kind": subject[0], "id": subject[1]},
            "worker_id": self.worker_id,
            "started_at": iso(finalised - timedelta(minutes=6)),
            "finalised_at": iso(finalised),
            "clock": {"zone": "Asia/Shanghai", "skew_ms": 120, "last_contact_at": None},
            "fix": FIX,
            "fix_state": "fixed",
            "answers": dict(answers),
            "confirmed": [],
            "attachments": [],
            "sitting_id": None,
            "grants": [],
            "evidence": {"app": "0.1.0", "pages": {"visit": 20}},
        } | changes
        return self.wrap(content, late_fix)

    def wrap(
        self, content: dict[str, Any], late_fix: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Hash, sign and seal a content."""
        self.contents[content["id"]] = content
        plain = canonical_bytes(content)
        header = Header(
            content["id"],
            content["device_id"],
            content["seq"],
            sha256_hex(plain),
            self.seal_key.key_id,
            b"",
        )
        envelope = {
            "format": "suifang.envelope/1",
            "id": header.id,
            "device_id": header.device_id,
            "seq": header.seq,
            "sha256": header.sha256,
            "key_id": header.key_id,
            "sealed": b64(seal(self.seal_key.public, plain, header.signed())),
            "signature": b64(self.phone.sign(header.signed())),
        }
        if late_fix is not None:
            aad = header.signed() + b"\nlate_fix"
            envelope["late_fix"] = b64(seal(self.seal_key.public, orjson.dumps(late_fix), aad))
        return envelope

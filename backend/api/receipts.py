"""Receipts as they travel: what the server made of each envelope, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.api.house import house
from backend.api.policy import Caller
from backend.api.problems import sentence_of
from backend.api.wire.tasks import task
from backend.intake.model import Receipt
from backend.submissions.model import RECEIPT_CODES

DONE = ("stored", "replayed")


def receipts_told(
    receipts: Sequence[Receipt], missing: Mapping[str, Sequence[str]], caller: Caller
) -> list[dict[str, Any]]:
    """One receipt an envelope. A phone without a session learns nothing but what became of it.

    :param missing: envelope id -> its pictures that are not here yet
    """
    reads = caller.kind == "account"
    return [
        _told(index, receipt, missing.get(receipt.id or "", ()), reads=reads)
        for index, receipt in enumerate(receipts)
    ]


def _told(index: int, receipt: Receipt, missing: Sequence[str], *, reads: bool) -> dict[str, Any]:
    code = receipt.village_code
    return {
        "index": index,
        "id": receipt.id,
        "sha256": receipt.sha256,
        "status": receipt.status,
        "code": RECEIPT_CODES[receipt.status],
        "reason": receipt.reason,
        "message": None
        if receipt.status in DONE
        else sentence_of("receipt", receipt.reason or receipt.status),
        "submission_id": receipt.submission_id,
        "received_at": receipt.received_at,
        "village": {"code": code, "name": house().village_index().name(code) or code}
        if code and reads
        else None,
        "tasks": [task(one) for one in receipt.tasks] if reads else [],
        "violations": [dict(one) for one in receipt.violations] if reads else [],
        "missing_attachments": list(missing),
    }

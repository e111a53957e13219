"""Every kind of bad input has its own name in Chinese and English, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from backend import tables
from backend.kernel.canonical import canonical_bytes
from backend.kernel.ids import new_id
from backend.kernel.sealing import b64, seal, unb64
from backend.submissions.model import Header
from tests.builders.accounts import browser
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village


def ordinary(village: Village, **changes: Any) -> dict[str, Any]:
    return village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(132, 84), **changes
    )


def damaged(field: str) -> Callable[[Village], dict[str, Any]]:
    def make(village: Village) -> dict[str, Any]:
        envelope = ordinary(village)
        raw = bytearray(unb64(envelope[field]))
        raw[-1] ^= 1
        return envelope | {field: b64(bytes(raw))}

    return make


def rewrapped(village: Village, **changes: Any) -> dict[str, Any]:
    """An ordinary envelope whose content is another, all else right."""
    return village.outbox.wrap(village.outbox.contents[ordinary(village)["id"]] | changes)


def mismatched(village: Village) -> dict[str, Any]:
    """The header says one number, the content inside another."""
    envelope = ordinary(village)
    inside = village.outbox.contents[envelope["id"]] | {"seq": 77}
    told = village.outbox.wrap(inside) | {"seq": envelope["seq"]}
    header = Header(told["id"], told["device_id"], told["seq"], told["sha256"], told["key_id"], b"")
    plain = canonical_bytes(inside)
    return told | {
        "sealed": b64(seal(village.house.seal_key.public, plain, header.signed())),
        "signature": b64(village.outbox.phone.sign(header.signed())),
    }


def wrong_hash(village: Village) -> dict[str, Any]:
    """Signed and sealed all right, but the content is another than its hash says."""
    envelope = ordinary(village)
    content = village.outbox.contents[envelope["id"]]
    other = village.outbox.wrap(content | {"answers": {}})
    return _resealed(village, envelope, other)


def _resealed(village: Village, header: dict[str, Any], inside: dict[str, Any]) -> dict[str, Any]:
    named = Header(
        header["id"], header["device_id"], header["seq"], header["sha256"], header["key_id"], b""
    )
    plain = canonical_bytes(village.outbox.contents[inside["id"]])
    return header | {"sealed": b64(seal(village.house.seal_key.public, plain, named.signed()))}


CASES: dict[str, tuple[Callable[[Village], Any], str, str]] = {
    "no object": (lambda v: "x", "invalid", "envelope_malformed"),
    "missing members": (lambda v: {"id": new_id()}, "invalid", "envelope_malformed"),
    "unknown member": (lambda v: ordinary(v) | {"x": 1}, "invalid", "envelope_malformed"),
    "other format": (
        lambda v: ordinary(v) | {"format": "suifang.envelope/9"},
        "invalid",
        "envelope_malformed",
    ),
    "damaged seal": (damaged("sealed"), "quarantined", "envelope_sealed"),
    "damaged signature": (damaged("signature"), "quarantined", "envelope_signature"),
    "unknown key": (
        lambda v: ordinary(v) | {"key_id": "lost"},
        "quarantined",
        "envelope_sealed",
    ),
    "wrong hash": (wrong_hash, "invalid", "envelope_hash"),
    "content without answers": (
        lambda v: rewrapped(v, answers=None),
        "invalid",
        "envelope_malformed",
    ),
    "content of another number": (mismatched, "invalid", "envelope_malformed"),
    "unknown form version": (
        lambda v: ordinary(v, version=99),
        "quarantined",
        "form_version_unknown",
    ),
    "unknown form": (
        lambda v: v.outbox.finalise("no_such_form", ("resident", v.patient), {}),
        "quarantined",
        "form_version_unknown",
    ),
    "foreign resident": (
        lambda v: v.outbox.finalise("htn_followup", ("resident", v.stranger), pressure(132, 84)),
        "quarantined",
        "out_of_scope",
    ),
    "another doctor's name": (
        lambda v: ordinary(v, worker_id=new_id()),
        "quarantined",
        "worker_mismatch",
    ),
    "form for households": (
        lambda v: v.outbox.finalise(
            "household_visit", ("resident", v.patient), answers("household_visit")
        ),
        "quarantined",
        "subject_kind",
    ),
    "resident not here yet": (
        lambda v: v.outbox.finalise("htn_followup", ("resident", new_id()), pressure(132, 84)),
        "held",
        "subject_unknown",
    ),
    "base not here yet": (
        lambda v: ordinary(v, corrects=(new_id(), new_id())),
        "held",
        "base_unknown",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_named_told_and_kept(village: Village, case: str) -> None:
    make, status, reason = CASES[case]
    (receipt,) = village.send(make(village))

    assert (receipt["status"], receipt["reason"]) == (status, reason)
    assert receipt["message"]["zh-CN"]
    assert receipt["message"]["en"]
    (kept,) = village.rows(tables.submissions.QuarantineRow)
    assert (kept.kind, kept.reason, kept.state) == (status, reason, "open")
    assert village.count(tables.submissions.SubmissionRow) == 0


def test_what_was_kept_waits_at_the_desk(village: Village) -> None:
    village.send(ordinary(village, version=99))
    (line,) = village.desk.get("/quarantine").json["items"]
    assert (line["reason"], line["worker_name"]) == ("form_version_unknown", "王秀英")
    assert line["message"]["en"].startswith("The server does not have this version")

    dismissed = village.desk.post(f"/quarantine/{line['id']}/dismiss", {"reason": "试验数据"})
    assert dismissed.status_code == 204
    assert village.desk.get("/quarantine").json["items"] == []
    assert village.count(tables.submissions.QuarantineRow) == 1, "the envelope itself stays"


def test_answers_with_violations_are_stored_and_shown(village: Village) -> None:
    receipt = village.visit("htn_followup", answers("htn_followup", sbp=700, weight=None))

    assert receipt["status"] == "stored"
    told = {(v["path"], v["code"]) for v in receipt["violations"]}
    assert {("sbp", "maximum"), ("weight", "required")} <= told
    (line,) = village.desk.get("/submissions?flagged=true").json["items"]
    assert "violations" in [flag["kind"] for flag in line["flags"]]


@pytest.mark.parametrize(
    ("token", "code"), [(None, "sign_in_needed"), ("e30.e30.x", "sign_in_needed")]
)
def test_a_wrong_token_is_refused_and_nothing_is_read(
    village: Village, token: str | None, code: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = browser(village.app).post(
        "/api/v1/submissions", json={"envelopes": [ordinary(village)]}, headers=headers
    )
    assert (answer.status_code, answer.json["code"]) == (401, code)
    assert answer.json["title"]["zh-CN"]
    assert village.count(tables.submissions.ReceiptRow) == 0


def test_a_signed_out_phone_hands_in_its_queue_and_learns_only_what_became_of_it(
    village: Village,
) -> None:
    body = orjson.dumps({"envelopes": [ordinary(village)]})
    path = "/api/v1/submissions"
    headers = village.outbox.phone.headers("POST", path, body, village.clock())
    answer = browser(village.app).post(
        path, data=body, headers=headers, content_type="application/json"
    )
    (receipt,) = answer.json["receipts"]
    assert receipt["status"] == "stored"
    assert (receipt["village"], receipt["tasks"], receipt["violations"]) == (None, [], [])


def test_a_revoked_phones_queue_is_kept_for_the_township(village: Village) -> None:
    envelope = ordinary(village)
    another, _ = village.another_doctor()
    with village.house.write() as session:
        row = session.get(tables.accounts.DeviceRow, village.outbox.phone.device_id)
        assert row is not None
        row.revoked_at = village.clock()
    (receipt,) = village.send(envelope, by=another)
    assert (receipt["status"], receipt["reason"]) == ("quarantined", "device_revoked")

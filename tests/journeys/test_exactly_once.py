"""What was told to be saved is stored once, however often and however at once it is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from backend import tables
from tests.builders.accounts import browser
from tests.builders.visits import pressure
from tests.journeys.conftest import Village


def test_sent_again_it_is_replayed_with_the_same_answer(village: Village) -> None:
    envelope = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(150, 92)
    )
    first, again = village.send(envelope)[0], village.send(envelope)[0]

    assert (first["status"], again["status"]) == ("stored", "replayed")
    assert again["code"] == 200
    for told in ("id", "sha256", "submission_id", "village", "received_at"):
        assert again[told] == first[told]
    assert village.count(tables.submissions.SubmissionRow) == 1


def test_twice_in_one_batch_it_is_stored_once(village: Village) -> None:
    envelope = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(150, 92)
    )
    assert [r["status"] for r in village.send(envelope, envelope)] == ["stored", "replayed"]


def test_posted_20_times_at_once_it_is_stored_once(village: Village) -> None:
    """Fault 27: 20 posts at the same moment, 1 stored, 19 replayed, one audit row."""
    envelope = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(150, 92)
    )
    token = village.doctor.token
    clients = [browser(village.app) for _ in range(20)]

    def post(client: Any) -> dict[str, Any]:
        answer = client.post(
            "/api/v1/submissions",
            json={"envelopes": [envelope]},
            headers={"Authorization": f"Bearer {token}"},
        )
        receipt: dict[str, Any] = answer.json["receipts"][0]
        return receipt

    with ThreadPoolExecutor(20) as crowd:
        receipts = list(crowd.map(post, clients))

    assert sorted(r["status"] for r in receipts) == ["replayed"] * 19 + ["stored"]
    assert {r["id"] for r in receipts} == {envelope["id"]}
    assert village.count(tables.submissions.ReceiptRow) == 1
    assert village.count(tables.submissions.SubmissionRow) == 1
    assert village.count(tables.submissions.SubmissionVersionRow) == 1
    taken = [r for r in village.rows(tables.audit.AuditRow) if r.action == "envelope_stored"]
    assert len(taken) == 1


def test_the_same_id_with_other_content_is_a_conflict_and_both_are_kept(
    village: Village,
) -> None:
    first = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(150, 92)
    )
    content = village.outbox.contents[first["id"]]
    other = village.outbox.wrap(content | {"answers": pressure(130, 80)})
    receipts = village.send(first, other, other)

    assert [r["status"] for r in receipts] == ["stored", "conflict", "conflict"]
    assert receipts[1]["code"] == 409
    assert receipts[1]["message"]["zh-CN"].startswith("同一编号")
    assert village.count(tables.submissions.SubmissionRow) == 1
    (kept,) = village.rows(tables.submissions.QuarantineRow)
    assert (kept.kind, kept.envelope_id) == ("conflict", first["id"])


def test_a_number_used_twice_is_kept_for_a_person(village: Village) -> None:
    first = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(150, 92)
    )
    village.outbox.seq = 0  # the phone came back from an old backup
    second = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(140, 88)
    )
    receipts = village.send(first, second, second)

    assert [r["status"] for r in receipts] == ["stored", "quarantined", "quarantined"]
    assert receipts[1]["reason"] == "seq_reused"
    assert village.count(tables.submissions.QuarantineRow) == 1


def test_one_bad_record_costs_no_other(village: Village) -> None:
    """Fault 45: one invalid in a batch of 100, 99 stored."""
    envelopes: list[Any] = [
        village.outbox.finalise("bp_reading", ("resident", village.patient), {"sbp": 120})
        for _ in range(100)
    ]
    envelopes[50] = {"format": "something else"}
    receipts = village.send(*envelopes)

    assert [r["status"] for r in receipts].count("stored") == 99
    assert receipts[50]["status"] == "invalid"
    assert [r["index"] for r in receipts] == list(range(100))


def test_a_phone_asks_what_is_known_and_sends_the_rest(village: Village) -> None:
    first = village.visit("htn_followup", pressure(132, 84))
    lost = village.outbox.finalise("htn_followup", ("resident", village.patient), pressure(134, 84))
    answer = village.doctor.post("/submissions/known", {"ids": [first["id"], lost["id"]]})
    assert answer.json == {"known": [first["id"]], "missing_attachments": []}


def test_numbers_that_never_arrived_are_told(village: Village) -> None:
    sent = [
        village.outbox.finalise("htn_followup", ("resident", village.patient), pressure(132, 84))
        for _ in range(4)
    ]
    village.send(sent[0], sent[3])
    (phone,) = village.desk.get("/devices").json["items"]
    assert (phone["last_seq"], phone["missing_seqs"]) == (4, [2, 3])

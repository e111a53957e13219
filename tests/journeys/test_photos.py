"""A photo goes its own way: named by the visit, brought in parts, seen at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend import jobs, tables
from backend.attachments.rules import uploads
from backend.attachments.rules.uploads import MAX_PART, MAX_SEALED, MAX_UNFINISHED
from backend.audit import service as audit
from tests.builders.accounts import Page, make_account
from tests.builders.areas import OTHER_TOWNSHIP
from tests.builders.pictures import Sealed, jpeg, png
from tests.builders.visits import answers
from tests.journeys.conftest import Village


def photo(village: Village, seed: str = "a", **changes: Any) -> Sealed:
    sealed = Sealed(
        village.outbox.phone, village.house.seal_key, jpeg(seed=seed, scan_bytes=200_000)
    )
    for name, value in changes.items():
        setattr(sealed, name, value)
    return sealed


def visit(village: Village, *pictures: Sealed) -> dict[str, Any]:
    envelope = village.outbox.finalise(
        "household_visit",
        ("household", village.home),
        answers("household_visit"),
        attachments=[one.named for one in pictures],
    )
    return village.send(envelope)[0]


def files(village: Village, folder: str) -> list[str]:
    return [one.name for one in village.house.blobs.listed(folder)]


def test_a_visit_counts_at_once_and_its_photo_comes_later(village: Village) -> None:
    taken = photo(village)
    receipt = visit(village, taken)
    assert (receipt["status"], receipt["missing_attachments"]) == ("stored", [taken.told])

    seen = village.desk.get(f"/submissions/{receipt['id']}").json
    assert seen["missing_attachments"] == 1
    assert [one["here"] for one in seen["attachments"]] == [False]
    path = f"/submissions/{receipt['id']}/attachments/{taken.told}"
    assert village.desk.get(path).status_code == 404

    answers_ = [
        taken.put(village.doctor, village.clock, at, at + 65536).json
        for at in range(0, len(taken.data), 65536)
    ]
    assert [one["complete"] for one in answers_] == [False, False, False, True]
    assert answers_[0]["received"] == 65536

    (line,) = village.desk.get("/submissions").json["items"]
    assert line["missing_attachments"] == 0
    shown = village.desk.get(path)
    assert (shown.data, shown.content_type) == (taken.plain, "image/jpeg")
    assert shown.headers["Content-Disposition"].startswith("attachment;")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "no-store"
    with village.house.read() as session:
        assert [e.object_id for e in audit.of_action(session, "attachment_read")] == [receipt["id"]]
        assert len(audit.of_action(session, "attachment_received")) == 1


def test_on_the_servers_disk_lies_no_picture_that_could_be_looked_at(village: Village) -> None:
    taken = photo(village)
    taken.put(village.doctor, village.clock, 0, 100_000)
    taken.put(village.doctor, village.clock, 100_000)
    (name,) = files(village, "kept/")
    kept = village.house.blobs.get(name)
    assert b"JFIF" not in kept
    assert taken.plain[500:600] not in kept
    assert files(village, "incoming/") == []


def test_a_photo_may_come_before_its_visit(village: Village) -> None:
    taken = photo(village)
    assert taken.put(village.doctor, village.clock).json["complete"]
    assert visit(village, taken)["missing_attachments"] == []


def test_after_a_cut_the_phone_goes_on_where_the_server_is(village: Village) -> None:
    taken = photo(village)
    taken.put(village.doctor, village.clock, 0, 30_000)
    taken.put(village.doctor, village.clock, 30_000, 50_000)  # the answer got lost

    asked = taken.put(village.doctor, village.clock, 0, 0)
    assert asked.json == {"received": 50_000, "complete": False}
    again = taken.put(village.doctor, village.clock, 30_000, 50_000)
    assert again.json == {"received": 50_000, "complete": False}
    ahead = taken.put(village.doctor, village.clock, 90_000, 120_000)
    assert ahead.json == {"received": 50_000, "complete": False}
    assert taken.put(village.doctor, village.clock, 50_000).json["complete"]


def test_the_same_photo_again_changes_nothing(village: Village) -> None:
    taken = photo(village)
    first = taken.put(village.doctor, village.clock)
    assert taken.put(village.doctor, village.clock).json == first.json
    sealed_anew = photo(village)
    assert sealed_anew.data != taken.data
    assert sealed_anew.put(village.doctor, village.clock, 0, 0).json["complete"]
    assert village.count(tables.attachments.BlobRow) == 1
    assert len(files(village, "kept/")) == 1


def test_a_replayed_visit_says_again_what_is_missing(village: Village) -> None:
    taken, other = photo(village), photo(village, "b")
    envelope = village.outbox.finalise(
        "household_visit",
        ("household", village.home),
        answers("household_visit"),
        attachments=[taken.named, other.named, taken.named],
    )
    village.send(envelope)
    taken.put(village.doctor, village.clock)
    (receipt,) = village.send(envelope)
    assert (receipt["status"], receipt["missing_attachments"]) == ("replayed", [other.told])
    told = village.doctor.post("/submissions/known", {"ids": [envelope["id"]]}).json
    assert told == {"known": [envelope["id"]], "missing_attachments": [other.told]}


def test_a_correction_keeps_the_photos_of_the_first_version(village: Village) -> None:
    taken = photo(village)
    first = visit(village, taken)
    taken.put(village.doctor, village.clock)
    newer = village.outbox.finalise(
        "household_visit",
        ("household", village.home),
        answers("household_visit"),
        corrects=(first["id"], first["id"]),
    )
    assert village.send(newer)[0]["status"] == "stored"
    seen = village.desk.get(f"/submissions/{first['id']}").json
    assert [(one["sha256"], one["here"]) for one in seen["attachments"]] == [(taken.told, True)]


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("attachment_hash", {"told": "0" * 64}),
        ("attachment_not_picture", {"plain": b"<html>" + bytes(500)}),
        ("attachment_sealed", {"data": bytes(500)}),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused_and_leaves_nothing(
    village: Village, code: str, broken: dict[str, Any]
) -> None:
    plain = {"plain": jpeg(), **{k: v for k, v in broken.items() if k != "data"}}
    sealed = Sealed(village.outbox.phone, village.house.seal_key, **plain)
    sealed.data = broken.get("data", sealed.data)
    answer = sealed.put(village.doctor, village.clock)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert files(village, "") == []


def test_damage_on_the_way_is_no_refusal_the_phone_begins_again(village: Village) -> None:
    taken = photo(village)
    whole = taken.data
    taken.put(village.doctor, village.clock, 0, 100, sealed_sha256="c" * 64)
    damaged = taken.put(village.doctor, village.clock, 100, sealed_sha256="c" * 64)
    assert damaged.json == {"received": 0, "complete": False}
    assert files(village, "") == []
    taken.data = whole
    assert taken.put(village.doctor, village.clock).json["complete"]


def test_too_much_is_not_taken(village: Village) -> None:
    taken = photo(village)
    answer = taken.put(village.doctor, village.clock, size=MAX_SEALED + 1)
    assert (answer.status_code, answer.json["code"]) == (413, "attachment_too_large")
    taken.data = bytes(MAX_PART + 1)
    assert taken.put(village.doctor, village.clock).json["code"] == "too_large"
    taken.data = bytes(2000)
    assert taken.put(village.doctor, village.clock, size=1000).status_code == 413
    assert files(village, "") == []


def test_a_phone_may_not_fill_the_servers_disk(village: Village) -> None:
    begun = [photo(village, str(number)) for number in range(MAX_UNFINISHED)]
    for one in begun:
        one.put(village.doctor, village.clock, 0, 10)
    more = photo(village, "one more")
    answer = more.put(village.doctor, village.clock, 0, 10)
    assert (answer.status_code, answer.json["code"]) == (429, "attachment_quota")
    assert answer.headers["Retry-After"] == "3600"
    assert (
        begun[0].put(village.doctor, village.clock, 10).json["complete"]
    )  # what was begun can be finished
    assert more.put(village.doctor, village.clock).json["complete"]
    assert uploads.DAY_QUOTA > 500 * 300 * 1024  # six weeks offline with 500 photos (fault 16)


def test_pictures_that_nobody_names_go_after_90_days_and_named_ones_stay(village: Village) -> None:
    named, unnamed, begun = photo(village), photo(village, "b"), photo(village, "c")
    visit(village, named)
    for one in (named, unnamed):
        one.put(village.doctor, village.clock)
    begun.put(village.doctor, village.clock, 0, 10)
    village.house.blobs.put("kept/ff/left-by-a-crash", b"x")

    assert jobs.clear_attachments(village.house, village.clock()) == 0
    later = village.clock() + timedelta(days=91)
    assert jobs.clear_attachments(village.house, later) == 3
    (left,) = village.rows(tables.attachments.BlobRow)
    assert left.sha256 == named.told
    assert files(village, "") == [left.name]


def test_a_signature_is_a_picture_too(village: Village) -> None:
    signed = Sealed(village.outbox.phone, village.house.seal_key, png())
    receipt = visit(village, signed)
    signed.put(village.doctor, village.clock)
    shown = village.desk.get(f"/submissions/{receipt['id']}/attachments/{signed.told}")
    assert (shown.content_type, shown.data) == ("image/png", signed.plain)


def test_sec_s27_a_picture_is_seen_by_whoever_may_see_its_submission_alone(
    village: Village,
) -> None:
    taken = photo(village)
    receipt = visit(village, taken)
    taken.put(village.doctor, village.clock)
    path = f"/submissions/{receipt['id']}/attachments/{taken.told}"
    with village.house.write() as session:
        account = make_account(village.house, session, "reviewer", (OTHER_TOWNSHIP,))
    foreign = Page(village.app, account)

    def without_id(answer: Any) -> dict[str, Any]:
        return {key: value for key, value in answer.json.items() if key != "request_id"}

    missing = village.desk.get(f"/submissions/{receipt['id']}/attachments/{'0' * 64}")
    assert missing.status_code == 404
    for answer in (foreign.get(path), village.doctor.get(path)):
        assert (answer.status_code, without_id(answer)) == (404, without_id(missing))
    signed = village.outbox.phone.headers("GET", f"/api/v1{path}", b"", village.clock())
    assert village.doctor.client.get(f"/api/v1{path}", headers=signed).status_code == 401


def test_sec_s27_naming_another_phones_picture_shows_nothing_of_it(village: Village) -> None:
    """Who knows a hash does not see the picture, nor learns whether it is here."""
    taken = photo(village)
    taken.put(village.doctor, village.clock)
    page, outbox = village.another_doctor()
    envelope = outbox.finalise(
        "household_visit",
        ("household", village.home),
        answers("household_visit"),
        attachments=[taken.named],
    )
    (receipt,) = village.send(envelope, by=page)
    assert receipt["missing_attachments"] == [taken.told]
    path = f"/submissions/{receipt['id']}/attachments/{taken.told}"
    assert village.desk.get(path).status_code == 404
    theirs = Sealed(outbox.phone, village.house.seal_key, b"x", told=taken.told)
    assert theirs.put(page, village.clock, 0, 0).json == {"received": 0, "complete": False}


def test_sec_s27_a_part_is_signed_by_the_phone_that_brings_it(village: Village) -> None:
    taken = photo(village)
    path = f"/api/v1/attachments/{taken.told}"
    good = village.outbox.phone.headers("PUT", path, b"x", village.clock())
    query = {"sealed_sha256": "a" * 64, "key_id": "k", "size": 5, "offset": 0}
    for headers, body, kind in [
        ({}, b"x", "application/octet-stream"),
        (good, b"y", "application/octet-stream"),
    ]:
        answer = village.doctor.client.put(
            path, data=body, query_string=query, content_type=kind, headers=headers
        )
        assert answer.status_code == 401
    answer = village.doctor.client.put(
        path, data=b"x", query_string=query, content_type="text/plain", headers=good
    )
    assert (answer.status_code, answer.json["code"]) == (415, "not_octets")


@pytest.mark.parametrize(
    ("number", "told"), [(28, (507, "storage_full")), (5, (503, "storage_failing"))]
)
def test_fault_37_a_disk_that_is_full_or_fails_takes_nothing_and_says_so(
    village: Village, monkeypatch: pytest.MonkeyPatch, number: int, told: tuple[int, str]
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(number, "not written")

    taken = photo(village)
    receipt = visit(village, taken)
    with monkeypatch.context() as patched:
        patched.setattr("backend.attachments.blobs.os.fsync", full)
        answer = taken.put(village.doctor, village.clock)
    assert (answer.status_code, answer.json["code"]) == told
    assert files(village, "") == []
    assert village.desk.get(f"/submissions/{receipt['id']}").json["missing_attachments"] == 1
    assert taken.put(village.doctor, village.clock).json["complete"]

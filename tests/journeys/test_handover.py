"""A phone that cannot go online: its queue comes as a file, and counts once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backend import tables
from backend.api.wire.handovers import HandoverReceipts
from backend.attachments.rules.uploads import MAX_PART
from backend.audit import service as audit
from backend.kernel.sealing import unb64
from backend.submissions.tables import ReceiptRow
from tests.builders.accounts import Page, make_account
from tests.builders.areas import OTHER_TOWNSHIP
from tests.builders.pictures import Sealed, jpeg
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village

Blob = tables.attachments.BlobRow


def written(village: Village, folder: Path, envelopes: Sequence[Any], *pictures: Sealed) -> Path:
    """The file, as the phone writes it."""
    head = {"format": "suifang.handover/1", "device_id": village.outbox.phone.device_id}
    lines: list[dict[str, Any]] = [head, *({"envelope": one} for one in envelopes)]
    lines += [{"picture": one.carried} for one in pictures]
    file = folder / "queue.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def take(village: Village, file: Path) -> tuple[int, str]:
    done = village.app.test_cli_runner().invoke(args=["handover", "take", str(file)])
    return done.exit_code, done.output


def finalised(village: Village, *pictures: Sealed) -> dict[str, Any]:
    made: dict[str, Any] = village.outbox.finalise(
        "household_visit",
        ("household", village.home),
        answers("household_visit"),
        attachments=[one.named for one in pictures],
    )
    return made


def test_what_a_phone_hands_over_is_stored_with_its_photos(
    village: Village, tmp_path: Path
) -> None:
    photo = Sealed(village.outbox.phone, village.house.seal_key, jpeg(scan_bytes=600_000))
    envelope = finalised(village, photo)
    code, told = take(village, written(village, tmp_path, [envelope], photo))
    assert (code, told.split("\n")[:2]) == (0, ["picture: 1", "stored: 1"])
    (receipt,) = village.rows(ReceiptRow)
    assert (receipt.id, receipt.status) == (envelope["id"], "stored")
    assert [row.sha256 for row in village.rows(Blob)] == [photo.told]


def test_brought_twice_and_sent_after_all_it_is_there_once(
    village: Village, tmp_path: Path
) -> None:
    envelope = finalised(village)
    file = written(village, tmp_path, [envelope])
    assert "stored: 1" in take(village, file)[1]
    assert "replayed: 1" in take(village, file)[1]
    assert village.send(envelope)[0]["status"] == "replayed"
    assert village.count(ReceiptRow) == 1


def test_a_file_that_was_cut_off_gives_what_it_can_and_says_so(
    village: Village, tmp_path: Path
) -> None:
    envelopes = [finalised(village) for _ in range(51)]
    file = written(village, tmp_path, envelopes)
    text = file.read_text(encoding="utf-8")
    file.write_text(text[:-40], encoding="utf-8")
    code, told = take(village, file)
    assert code != 0
    assert "52" in told
    assert village.count(ReceiptRow) == 50


def at_the_desk(village: Village, *envelopes: Any, by: Page | None = None) -> Any:
    body = {"device_id": village.outbox.phone.device_id, "envelopes": list(envelopes)}
    answer = (by or village.desk).post("/handovers/records", body)
    if answer.status_code == 200:
        HandoverReceipts().load(answer.json)
    return answer


def test_the_township_takes_the_file_at_the_desk_and_reads_whose_visits_came(
    village: Village,
) -> None:
    at_home = finalised(village)
    visit = village.outbox.finalise(
        "htn_followup", ("resident", village.patient), pressure(150, 92)
    )
    told = at_the_desk(village, at_home, visit, {"nobody": "signed this"}).json
    assert told["worker_name"] == "王秀英"
    house, patient, stray = told["records"]
    assert (house["status"], house["seq"], house["subject"]["kind"]) == ("stored", 1, "household")
    assert (patient["subject"]["id"], patient["form"]["key"]) == (village.patient, "htn_followup")
    assert patient["subject"]["name"]
    assert (stray["status"], stray["subject"]) == ("invalid", None)
    assert stray["message"]["zh-CN"]

    again = at_the_desk(village, visit).json["records"]
    assert [one["status"] for one in again] == ["replayed"]
    assert village.send(visit)[0]["status"] == "replayed"
    assert village.count(ReceiptRow) >= 2
    with village.house.read() as session:
        taken = audit.of_action(session, "handover_taken")
    assert [entry.actor.kind for entry in taken] == ["reviewer", "reviewer"]
    assert taken[0].detail == {"stored": 2, "invalid": 1}


def test_a_photo_out_of_the_file_stands_beside_its_visit(village: Village) -> None:
    photo = Sealed(village.outbox.phone, village.house.seal_key, jpeg(scan_bytes=400_000))
    at_the_desk(village, finalised(village, photo))
    carried = photo.carried
    sealed = unb64(carried["sealed"])
    query = f"sealed_sha256={carried['sealed_sha256']}&key_id={carried['key_id']}"
    path = f"/handovers/{village.outbox.phone.device_id}/pictures/{carried['sha256']}"
    offset = 0
    while True:
        part = sealed[offset : offset + MAX_PART]
        at = f"{path}?{query}&size={len(sealed)}&offset={offset}"
        told = village.desk.put(at, data=part, content_type="application/octet-stream")
        assert told.status_code == 200, told.json
        offset = told.json["received"]
        if told.json["complete"]:
            break
    assert [row.sha256 for row in village.rows(Blob)] == [photo.told]


def test_a_phone_of_another_township_is_not_taken_in_here(village: Village) -> None:
    with village.house.write() as session:
        other = make_account(village.house, session, "reviewer", (OTHER_TOWNSHIP,))
    envelope = finalised(village)
    assert at_the_desk(village, envelope, by=Page(village.app, other)).status_code == 404
    assert at_the_desk(village, envelope, by=village.doctor).status_code == 404
    assert village.count(ReceiptRow) == 0


def test_another_file_is_no_hand_over(village: Village, tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text("[]\n", encoding="utf-8")
    assert take(village, file)[0] != 0
    file.write_text('{"format": "something"}\n', encoding="utf-8")
    assert take(village, file)[0] != 0
    file.write_text("", encoding="utf-8")
    assert take(village, file)[0] != 0
    assert village.count(ReceiptRow) == 0

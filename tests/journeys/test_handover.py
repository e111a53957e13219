"""A phone that cannot go online: its queue comes as a file, and counts once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backend import tables
from backend.submissions.tables import ReceiptRow
from tests.builders.pictures import Sealed, jpeg
from tests.builders.visits import answers
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


def test_another_file_is_no_hand_over(village: Village, tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text("[]\n", encoding="utf-8")
    assert take(village, file)[0] != 0
    file.write_text('{"format": "something"}\n', encoding="utf-8")
    assert take(village, file)[0] != 0
    file.write_text("", encoding="utf-8")
    assert take(village, file)[0] != 0
    assert village.count(ReceiptRow) == 0

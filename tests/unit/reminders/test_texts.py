"""What a lock screen shows (S50)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.kernel.sentences import LANGUAGES
from backend.reminders.model import Reminder
from backend.reminders.rules.texts import push_message
from tests.builders.reminders import SENTENCES

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
MESSAGES: list[dict[str, Any]] = [
    {"kind": "digest", "overdue": 3, "due": 5, "returned": 1},
    {"kind": "urgent"},
    {"kind": "returned"},
    {"kind": "family", "steps": [["DTaP-1", -1]]},
]


def reminder(message: dict[str, Any]) -> Reminder:
    return Reminder(
        id="0198c0de-0000-7000-8000-000000000001",
        addressee_kind="worker",
        addressee_id="0198c0de-0000-7000-8000-000000000002",
        reason="returned:0198c0de-0000-7000-8000-000000000003",
        occurrence="x",
        area_code="990123100201",
        due_at=NOW,
        expires_at=NOW,
        message=message,
        state="planned",
        attempts=1,
    )


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((3, 5, 1), "逾期 3 项，该做 5 项，被退回 1 份"),
        ((0, 5, 0), "该做 5 项"),
        ((2, 0, 1), "逾期 2 项，被退回 1 份"),
    ],
)
def test_a_digest_names_only_what_waits(counts: tuple[int, int, int], text: str) -> None:
    message = dict(zip(("overdue", "due", "returned"), counts, strict=True), kind="digest")
    assert push_message(reminder(message), "zh-CN", SENTENCES).body == text


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([["DTaP-1", -7], ["Polio-1", -1]], "孩子的接种时间快到了，打开查看"),
        ([["DTaP-1", -7], ["HepB-3", 7]], "孩子的接种时间到了，打开查看"),
        ([["MMR-1", 30]], "孩子的接种时间到了，打开查看"),
    ],
)
def test_a_family_reads_whether_it_is_coming_or_due(steps: list[Any], text: str) -> None:
    message = {"kind": "family", "steps": steps}
    assert push_message(reminder(message), "zh-CN", SENTENCES).body == text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: str(m["kind"]))
def test_sec_s50_no_vaccine_no_person_no_id_but_its_own(
    message: dict[str, Any], language: str
) -> None:
    shown = push_message(reminder(message), language, SENTENCES)
    assert shown.title and shown.body and shown.url.endswith("/")
    text = " ".join(str(value) for name, value in asdict(shown).items() if name != "id")
    for private in ("DTaP", "0198c0de", "9901231", "?", "#"):
        assert private not in text

"""The children of a campaign by name: who is left, and why. Today is Monday, 23 November 2026."""

from __future__ import annotations

from typing import Any

from backend.audit import service as audit
from backend.house import House
from backend.kernel.ids import new_id
from backend.submissions.model import Version
from backend.submissions.rules import part_private
from backend.submissions.store import submissions
from tests.builders.areas import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.builders.county import County
from tests.builders.submissions import keep, row_of

PRIVATE = frozenset({"child_name", "guardian_phone"})
PATH = "/clinic/campaigns/children?since=2026-11-01&name=查漏补种&vaccine=MMR"


def child(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "child_name": name, "child_sex": "1", "child_birth_date": "2024-05-01", "residence": "1",
        "guardian_phone": "13900000001", "contraindicated": "2",
    } | changes  # fmt: skip


def a_list(house: House, village: str, *rows: dict[str, Any], state: str = "received") -> None:
    answers = {"campaign_name": "查漏补种", "vaccine": "MMR", "children": list(rows)}
    now = house.clock()
    key = new_id()
    open_answers, _ = part_private(answers, PRIVATE)
    row = row_of(
        now, 0, id=key, version_id=key, village_code=village, form_key="campaign_list",
        service="campaign", answers=open_answers, state=state, visit_date=now.date(),
    )  # fmt: skip
    keep(house, [row])
    version = Version(
        id=key, submission_id=key, no=1, base_version_id=None, form_version=1, answers=answers,
        private=PRIVATE, computed={}, violations=(), conflicts=(), confirmed=(), fix=None,
        fix_state="off", geotag={}, device_id=row["device_id"], worker_id=row["worker_id"],
        finalised_at=now, received_at=now,
    )  # fmt: skip
    with house.write() as session:
        submissions.add_versions(session, house.vault, [(version, row["county_code"])])


def test_who_is_left_comes_first_and_the_look_is_written_down(house: House, county: County) -> None:
    a_list(
        house,
        VILLAGE,
        child("种了", vaccinated_on="2026-11-20"),
        child("外出娃", not_reason="1", residence="2"),
    )
    a_list(house, VILLAGE, child("作废"), state="voided")
    a_list(house, OTHER_VILLAGE, child("别镇"))
    answer = county.reviewer.get(f"{PATH}&area={TOWNSHIP}")
    assert answer.status_code == 200, answer.text
    found = answer.json
    assert found is not None
    assert [(one["name"], one["vaccinated_on"]) for one in found["items"]] == [
        ("外出娃", None),
        ("种了", "2026-11-20"),
    ]
    away = found["items"][0]
    assert (away["phone"], away["not_reason"], away["village_name"]) == (
        "13900000001", "1", "上河村",
    )  # fmt: skip
    assert found["left"] == 1
    with house.read() as session:
        (entry,) = audit.of_action(session, "campaign_children_read")
        assert entry.object_id == TOWNSHIP


def test_the_doctors_phone_and_the_next_township_have_no_such_list(county: County) -> None:
    assert county.doctor.get(f"{PATH}&area={VILLAGE}").status_code == 404
    assert county.other_reviewer.get(f"{PATH}&area={VILLAGE}").status_code == 404

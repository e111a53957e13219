"""A birth is told: a child is in the register, visits and vaccines are due, a link opens."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from backend import tables
from backend.kernel.ids import newborn_id
from tests.builders.accounts import browser
from tests.builders.visits import answers
from tests.journeys.conftest import Village

TOKEN = "mother-token-0123456789abcdefghijkl"


def notice(
    village: Village,
    token: str | None = None,
    weight: float = 3.2,
    hbsag: str = "1",
    **changes: Any,
) -> dict[str, Any]:
    filled = answers(
        "delivery_notice",
        delivery_date="2026-11-14",
        discharge_date="2026-11-18",
        mother_hbsag=hbsag,
        newborns=[
            {
                "sex": "2",
                "birth_weight": weight,
                "risks": ["0"],
                "hepb1": "1",
                "hepb1_date": "2026-11-14",
                "bcg": "2",
            }
        ],
    )
    envelope = village.outbox.finalise(
        "delivery_notice", ("resident", village.mother), filled, **changes
    )
    if token is not None:
        content = village.outbox.contents[envelope["id"]]
        grant = {
            "kind": "family",
            "child_id": newborn_id(envelope["id"], 0),
            "token_sha256": sha256(token.encode()).hexdigest(),
            "expires_on": "2027-11-23",
        }
        envelope = village.outbox.wrap(content | {"grants": [grant]})
    return envelope


def tasks(village: Village, subject: str) -> dict[tuple[str, str], Any]:
    return {
        (t.service, t.anchor if t.kind == "dose" else t.kind): t
        for t in village.rows(tables.followups.TaskRow)
        if t.subject_id == subject
    }


def test_a_delivery_notice_registers_the_child_and_opens_visits_and_doses(
    village: Village,
) -> None:
    envelope = notice(village)
    assert village.send(envelope)[0]["status"] == "stored"
    child_id = newborn_id(envelope["id"], 0)

    child = next(r for r in village.rows(tables.residents.ResidentRow) if r.id == child_id)
    assert (child.name, child.sex, child.birth_date) == ("刘小芳之女", "2", date(2026, 11, 14))
    assert (child.mother_id, child.household_id) == (village.mother, village.home)

    mother = tasks(village, village.mother)
    assert mother["postpartum", "visit"].closes == date(2026, 11, 25)  # discharge + 7 d
    assert mother["postpartum_42d", "check"].due == date(2026, 12, 26)
    due = tasks(village, child_id)
    assert due["newborn", "visit"].closes == date(2026, 11, 25)
    assert due["immunization", "BCG-1"].due == date(2026, 11, 14)
    assert due["immunization", "HepB-2"].due == date(2026, 12, 14)
    assert ("immunization", "HepB-1") not in due, "it was given: nobody is asked for it"
    assert village.synced("resident")[child_id]["name"] == "刘小芳之女"


def test_a_vaccination_closes_its_dose_and_opens_the_next(village: Village) -> None:
    envelope = notice(village)
    village.send(envelope)
    child_id = newborn_id(envelope["id"], 0)
    given = answers("vaccination", vaccine_code="BCG", vacc_date="2026-11-20", dose_no=1)
    village.send(village.outbox.finalise("vaccination", ("resident", child_id), given))

    due = tasks(village, child_id)
    assert due["immunization", "BCG-1"].state == "completed"
    doses = {(d.vaccine, d.given_on) for d in village.rows(tables.immunization.DoseRow)}
    assert doses == {("HepB", date(2026, 11, 14)), ("BCG", date(2026, 11, 20))}


def test_what_the_notice_says_of_mother_and_child_decides_which_table_holds(
    village: Village,
) -> None:
    """1,800 g and a mother with HBsAg: the dose at birth does not count (immunization.md §5.2)."""
    envelope = notice(village, TOKEN, weight=1.8, hbsag="2")
    village.send(envelope)
    child_id = newborn_id(envelope["id"], 0)

    assert tasks(village, child_id)["immunization", "HepB-1"].due == date(2026, 12, 14)
    headers = {"Authorization": f"Family {TOKEN}", "X-Birth-Date": "2026-11-14"}
    view = browser(village.app).get("/api/v1/family", headers=headers).json
    doses = {dose["dose_id"]: dose for dose in view["doses"]}
    assert doses["HepB-0"]["status"] == "done"
    assert doses["HepB-3"]["due"] == "2027-06-14"


def test_a_dose_put_off_is_due_on_the_day_that_was_named(village: Village) -> None:
    envelope = notice(village)
    village.send(envelope)
    child_id = newborn_id(envelope["id"], 0)
    put_off = answers(
        "vaccination",
        vaccine_code="BCG",
        vacc_date="2026-11-20",
        vacc_result="2",
        contraindication=["1"],
        defer_until="2026-12-01",
    )
    kept = {k: v for k, v in put_off.items() if k not in ("dose_no", "product_type", "aefi")}
    village.send(village.outbox.finalise("vaccination", ("resident", child_id), kept))

    bcg = tasks(village, child_id)["immunization", "BCG-1"]
    assert (bcg.state, bcg.due) == ("requested", date(2026, 12, 1))


def test_notice_and_first_dose_may_come_together_in_either_order(village: Village) -> None:
    """The child is nobody yet when the batch is read, and only the notice says who they are."""
    for turned in (False, True):
        birth = notice(village)
        child_id = newborn_id(birth["id"], 0)
        dose = village.outbox.finalise(
            "vaccination",
            ("resident", child_id),
            answers("vaccination", vaccine_code="BCG", vacc_date="2026-11-20", dose_no=1),
        )
        village.send(*((dose, birth) if turned else (birth, dose)))
        given = [d for d in village.rows(tables.immunization.DoseRow) if d.vaccine == "BCG"]
        assert child_id in {d.resident_id for d in given}
    assert {r.status for r in village.rows(tables.submissions.ReceiptRow)} == {"stored"}


def test_a_rejected_vaccination_is_no_dose_and_is_due_again(village: Village) -> None:
    envelope = notice(village)
    village.send(envelope)
    child_id = newborn_id(envelope["id"], 0)
    given = answers("vaccination", vaccine_code="BCG", vacc_date="2026-11-20", dose_no=1)
    (receipt,) = village.send(village.outbox.finalise("vaccination", ("resident", child_id), given))
    village.desk.post(
        f"/review/items/{receipt['id']}/decision",
        {
            "version_id": receipt["id"],
            "verdict": "rejected",
            "fields": [],
            "reason": "接种证上没有",
        },
    )
    assert tasks(village, child_id)["immunization", "BCG-1"].state == "requested"
    assert [d.vaccine for d in village.rows(tables.immunization.DoseRow)] == ["HepB"]


def test_the_link_that_the_doctor_showed_offline_opens_once_the_notice_is_here(
    village: Village,
) -> None:
    envelope = notice(village, TOKEN)
    mother = browser(village.app)
    headers = {"Authorization": f"Family {TOKEN}", "X-Birth-Date": "2026-11-14"}

    early = mother.get("/api/v1/family", headers=headers)
    assert (early.status_code, early.json["code"]) == (401, "link_not_known")

    village.send(envelope)
    view = mother.get("/api/v1/family", headers=headers).json
    doses = {dose["dose_id"]: dose for dose in view["doses"]}
    assert doses["HepB-1"]["status"] == "done"
    assert doses["HepB-2"]["due"] == "2026-12-14"
    assert view["child"]["birth_date"] == "2026-11-14"


def test_a_grant_for_somebody_elses_child_is_worth_nothing(village: Village) -> None:
    grant = {
        "kind": "family",
        "child_id": village.stranger,
        "token_sha256": sha256(TOKEN.encode()).hexdigest(),
        "expires_on": "2027-11-23",
    }
    village.visit("bp_reading", {"sbp": 120}, grants=[grant])
    assert village.count(tables.residents.FamilyLinkRow) == 0


def test_a_death_ends_what_was_due_and_a_correction_takes_it_back(village: Village) -> None:
    village.visit("htn_followup", answers("htn_followup", "2026-11-10"))
    died = answers(
        "htn_followup",
        visit_outcome="3",
        death_date="2026-11-20",
        death_cause="脑卒中",
    )
    only_death = {k: v for k, v in died.items() if k.startswith(("visit_", "death_"))}
    receipt = village.visit("htn_followup", only_death)
    row = village.rows(tables.residents.ResidentRow)
    assert {r.status for r in row if r.id == village.patient} == {"4"}
    (task,) = [t for t in village.rows(tables.followups.TaskRow) if t.service == "hypertension"]
    assert (task.state, task.state_reason) == ("cancelled", "ended")

    village.visit(
        "htn_followup",
        answers("htn_followup"),
        corrects=(receipt["id"], receipt["id"]),
    )
    row = village.rows(tables.residents.ResidentRow)
    assert {r.status for r in row if r.id == village.patient} == {"1"}
    open_tasks = [
        t
        for t in village.rows(tables.followups.TaskRow)
        if t.service == "hypertension" and t.state == "requested"
    ]
    assert len(open_tasks) == 1

"""A resident as a FHIR R4B Bundle, read by the FHIR models."""

from __future__ import annotations

from datetime import date
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from backend import tables
from backend.house import House
from backend.immunization import store as doses
from backend.immunization.model import Dose
from backend.kernel.ids import new_id
from backend.submissions.store import submissions
from tests.builders.county import County
from tests.builders.figures import submission
from tests.builders.residents import make_resident
from tests.builders.visits import pressure
from tests.journeys.conftest import Village, village

__all__ = ["village"]

ANSWERS = {
    "sbp": 152,
    "dbp": 91,
    "weight": 61.5,
    "fbg": 6.4,
    "symptoms": ["1", "3"],
    "medications": [{"drug_name": "氨氯地平", "dose_each": 5}],
}


def test_a_bundle_that_fhir_reads(house: House, county: County) -> None:
    with house.write() as session:
        who = make_resident(house, session, id_no="110105194912310021").id
        submissions.add(
            session,
            [submission("htn_followup", ("resident", who), date(2026, 5, 6), answers=ANSWERS)],
        )
        given = Dose(new_id(), who, "HepB", date(2026, 3, 1), submission_id=None)
        doses.add(session, [(county.doctor.account.areas[0], given)])
    asked = {"resident_id": who, "reason": "转诊到市医院"}
    answer = county.reviewer.post("/exports/fhir", asked)
    assert answer.status_code == 200, answer.json
    read = Bundle.model_validate_json(answer.data)
    found: dict[str, list[Any]] = {}
    for entry in read.entry:
        found.setdefault(entry.resource.get_resource_type(), []).append(entry.resource)
    (patient,) = found["Patient"]
    assert (patient.gender, patient.identifier[0].value) == ("female", "110105194912310021")
    by_code = {one.code.coding[0].code: one for one in found["Observation"]}
    parts = by_code["85354-9"].component
    assert [(p.code.coding[0].code, p.valueQuantity.value) for p in parts] == [
        ("8480-6", 152),
        ("8462-4", 91),
    ]
    assert float(by_code["29463-7"].valueQuantity.value) == 61.5
    assert float(by_code["14771-0"].valueQuantity.value) == 6.4
    (dose,) = found["Immunization"]
    assert (dose.vaccineCode.coding[0].code, str(dose.occurrenceDateTime)) == (
        "HepB",
        "2026-03-01",
    )
    (form,) = found["QuestionnaireResponse"]
    items = {item.linkId: item for item in form.item}
    assert [one.valueString for one in items["symptoms"].answer] == ["1", "3"]
    said = {one.linkId.rsplit(".", 1)[-1]: one.answer[0] for one in items["medications"].item}
    assert said["drug_name"].valueString == "氨氯地平"
    (encounter,) = found["Encounter"]
    assert encounter.class_fhir.code == "HH"
    with house.read() as session:
        (entry,) = session.query(tables.audit.AuditRow).filter_by(action="exported").all()
    assert entry.object_id == who


def test_tasks_of_a_real_visit_are_tasks_there(village: Village) -> None:

    village.visit("htn_followup", pressure(150, 92))
    asked = {"resident_id": village.patient, "reason": "转诊到市医院"}
    read = Bundle.model_validate_json(village.desk.post("/exports/fhir", asked).data)
    tasks = [e.resource for e in read.entry if e.resource.get_resource_type() == "Task"]
    assert {task.status for task in tasks} == {"requested"}
    assert "hypertension/follow_up" in {task.code.text for task in tasks}


def test_nobody_elses_resident(village: Village) -> None:
    asked = {"resident_id": village.stranger, "reason": "转诊到市医院"}
    assert village.desk.post("/exports/fhir", asked).status_code == 404
    assert village.doctor.post("/exports/fhir", asked).status_code == 404

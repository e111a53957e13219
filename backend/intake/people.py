"""What a submission means for the register: who is new, died, was born, was enrolled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backend.dedup.model import DuplicateCandidate
from backend.dedup.rules.matching import alike, match
from backend.forms.model import FormHead
from backend.forms.rules import CompiledForm
from backend.immunization.model import Dose
from backend.immunization.rules.recording import doses_told
from backend.intake.model import Facts, Visit
from backend.kernel.dates import parse_day
from backend.programmes.model import Enrolment
from backend.programmes.rules import enrolment_after
from backend.residents.model import ConsentTold, Household, Resident
from backend.residents.rules import (
    after_outcome,
    consent_told,
    newborns,
    register_household,
    register_resident,
)
from backend.sites.model import Site
from backend.sites.rules import register_site, same_site
from backend.submissions.model import Content


@dataclass(frozen=True)
class People:
    """The register after a submission.

    :param village_code: where the subject lives or lies; empty when the submission does not say
    :param home: (lng, lat) of the household's door, or of the site's
    :param resident: the subject, as the submission leaves them
    :param household: the subject, or the household of the resident
    :param site: the subject
    :param newcomer: a resident registered for the first time
    :param children: newborns of a delivery notice, known and new
    :param residents: those to be written
    :param moved: those among them who live in another village than before
    :param households: those to be written
    :param sites: those to be written
    """

    village_code: str
    home: tuple[float, float] | None
    resident: Resident | None = None
    household: Household | None = None
    site: Site | None = None
    newcomer: Resident | None = None
    children: tuple[Resident, ...] = ()
    residents: tuple[Resident, ...] = ()
    moved: tuple[Resident, ...] = ()
    households: tuple[Household, ...] = ()
    sites: tuple[Site, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    doses: tuple[Dose, ...] = ()
    consents: tuple[ConsentTold, ...] = ()

    def merged_into(self, survivor: str | None) -> People:
        """The register when the newcomer turned out to be known under another id."""
        if survivor is None or self.newcomer is None:
            return self
        merged = replace(self.newcomer, merged_into=survivor)
        return replace(self, newcomer=merged, resident=merged, residents=(merged,))


def people(
    content: Content,
    form: CompiledForm,
    answers: Mapping[str, Any],
    visit: Visit,
    facts: Facts,
) -> People:
    """Read from the answers what changes in the register."""
    head = form.bundle.form
    if content.subject.kind == "area":
        return People("" if facts.area is None else facts.area.code, None)
    if head.registers == "site":
        return _site_registered(content, form, answers, facts)
    if content.subject.kind == "site" and facts.site is not None:
        return People(facts.site.village_code, facts.site.place, site=facts.site)
    if head.registers == "household":
        return _household_registered(content, form, answers, facts)
    if head.registers == "resident":
        return _resident_registered(content, form, answers, facts)
    if content.subject.kind == "household" and facts.household is not None:
        return People(
            facts.household.village_code, facts.household.place, household=facts.household
        )
    if facts.resident is None:
        raise LookupError("an envelope without its subject is held, not decided")
    return _resident_served(content, head, answers, visit, facts.resident, facts)


def matched(found: People, facts: Facts) -> tuple[str | None, tuple[DuplicateCandidate, ...]]:
    """Who the registered resident is: the survivor when the machine is sure that a newcomer is
    known already, and the pairs that a person should look at. Somebody who is known and changed is
    never merged by the machine.
    """
    if found.newcomer is not None:
        return match(found.newcomer, facts.likely_same, facts.likely_homes)
    if found.resident is None or not facts.likely_same:
        return None, ()
    return None, alike(found.resident, facts.likely_same, facts.likely_homes)


def _household_registered(
    content: Content, form: CompiledForm, answers: Mapping[str, Any], facts: Facts
) -> People:
    mapping = form.bundle.form.registration_map
    household = register_household(
        content.subject.id, mapping, answers, form.private, facts.household, content.submission_id
    )
    if household.responsible_worker_id is None:
        household = replace(household, responsible_worker_id=content.worker_id)
    return People(
        household.village_code, household.place, household=household, households=(household,)
    )


def _site_registered(
    content: Content, form: CompiledForm, answers: Mapping[str, Any], facts: Facts
) -> People:
    """A site. One that is known in its village under another id is merged into that one."""
    known = facts.site
    site = register_site(
        content.subject.id if known is None else known.id,
        form.bundle.form.registration_map,
        answers,
        form.private,
        known,
        content.submission_id,
    )
    survivor = same_site(site, facts.neighbours) if known is None else None
    if survivor is None:
        return People(site.village_code, site.place, site=site, sites=(site,))
    merged = replace(site, merged_into=survivor.id)
    return People(survivor.village_code, survivor.place, site=survivor, sites=(merged,))


def _resident_registered(
    content: Content, form: CompiledForm, answers: Mapping[str, Any], facts: Facts
) -> People:
    known = facts.resident
    resident = register_resident(
        content.subject.id if known is None else known.id,
        form.bundle.form.registration_map,
        answers,
        form.private,
        known,
        content.submission_id,
    )
    return People(
        resident.village_code,
        facts.household.place if facts.household else None,
        resident=resident,
        household=facts.household,
        newcomer=resident if known is None else None,
        residents=(resident,),
        moved=(resident,) if known and known.village_code != resident.village_code else (),
    )


def _resident_served(
    content: Content,
    head: FormHead,
    answers: Mapping[str, Any],
    visit: Visit,
    before: Resident,
    facts: Facts,
) -> People:
    base = facts.base.submission if facts.base else None
    earlier = None if base is None else (base.visit_outcome, base.visit_date)
    resident = after_outcome(before, visit.outcome, visit.on, earlier)
    children = _children(content, head, answers, visit, resident, facts)
    known = {child.id for child in facts.children}
    changed = () if resident == before else (resident,)
    return People(
        village_code=resident.village_code,
        home=facts.household.place if facts.household else None,
        resident=resident,
        household=facts.household,
        children=children,
        residents=(*changed, *(child for child in children if child.id not in known)),
        enrolments=_enrolments(content, answers, visit, resident, facts),
        doses=doses_told(
            head.doses, answers, content.submission_id, resident.id, [c.id for c in children]
        ),
        consents=_consents(content, answers, resident, facts),
    )


def _children(
    content: Content,
    head: FormHead,
    answers: Mapping[str, Any],
    visit: Visit,
    mother: Resident,
    facts: Facts,
) -> tuple[Resident, ...]:
    """Newborns of the notice. One that is known stays as the register has it by now."""
    if head.for_each is None:
        return ()
    born_on = _day(answers.get("delivery_date")) or visit.on
    told = newborns(mother, content.submission_id, born_on, answers.get(head.for_each) or ())
    known = {child.id: child for child in facts.children}
    return tuple(known.get(child.id, child) for child in told)


def _enrolments(
    content: Content,
    answers: Mapping[str, Any],
    visit: Visit,
    resident: Resident,
    facts: Facts,
) -> tuple[Enrolment, ...]:
    if content.form_key != "enrolment":
        return ()
    after = enrolment_after(
        facts.enrolments,
        answers,
        resident_id=resident.id,
        village_code=resident.village_code,
        on=visit.on,
        submission_id=content.submission_id,
    )
    return () if after is None else (after,)


def _consents(
    content: Content, answers: Mapping[str, Any], resident: Resident, facts: Facts
) -> tuple[ConsentTold, ...]:
    """What was said about messages; a correction that says the same as before says nothing."""
    if content.form_key != "sms_consent":
        return ()
    before = {} if facts.base is None else facts.base.newest.answers
    told = consent_told(answers, resident.id, content.finalised_at)
    known = consent_told(before, resident.id, content.finalised_at)
    return () if told is None or told == known else (told,)


def _day(text: Any) -> date | None:
    try:
        return None if text is None else parse_day(text)
    except ValueError:
        return None

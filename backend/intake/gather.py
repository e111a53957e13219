"""Reading everything that deciding about one envelope may need. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.dedup import service as dedup
from backend.followups.service.situations import Concerned, situations_of
from backend.forms import service as forms
from backend.forms.model import Context
from backend.forms.rules import CompiledForm, evaluate
from backend.geo import service as geo
from backend.geo.service import VillageIndex
from backend.intake.model import Base, Facts, Opened
from backend.intake.recording import fix_of, visit_of
from backend.kernel.clock import local_date
from backend.kernel.ids import is_uuid
from backend.kernel.vault import Vault
from backend.programmes import service as programmes
from backend.residents import service as residents
from backend.residents.model import Household, Resident
from backend.residents.rules import register_resident
from backend.sites import service as sites
from backend.sites.model import Site
from backend.submissions.model import Content
from backend.submissions.store import receipts, submissions, turns


@dataclass(frozen=True)
class Sources:
    """Where facts are read from.

    :param villages: boundaries, held in memory
    """

    session: Session
    vault: Vault
    villages: VillageIndex


def gather(sources: Sources, group: Sequence[Opened], now: datetime) -> list[Facts]:
    """Read the facts of some envelopes, with as few queries as for one.

    The session must see one state of the database throughout, or hold the turns of everybody
    concerned: only then do the turns guard what was read beside them.
    """
    session = sources.session
    if not group:
        return []
    contents = [one.content for one in group]
    by_id, by_seq = receipts.seen(session, [one.header for one in group])
    devices = accounts.devices_by_ids(session, {one.header.device_id for one in group})
    forms_read = [forms.compiled(session, c.form_key, c.form_version) for c in contents]
    people = residents.survivors(session, sources.vault, _subject_ids(contents, "resident"))
    areas = geo.names(session, _subject_ids(contents, "area"))
    places = sites.survivors(session, sources.vault, _subject_ids(contents, "site"))
    found = [people.get(content.subject.id) for content in contents]
    wanted = [_household_id(*each) for each in zip(contents, found, forms_read, strict=True)]
    homes = residents.households_by_ids(session, sources.vault, {one for one in wanted if one})
    households = [homes.get(one or "") for one in wanted]
    enrolments = programmes.enrolments(session, {r.id for r in found if r is not None})
    today = local_date(now)
    concerned = [
        Concerned(
            resident=resident,
            children=_children(sources, content, form),
            household=household,
            area=areas.get(content.subject.id),
            site=places.get(content.subject.id),
            village_code=_village(content, form, resident, household, places),
            enrolments=() if resident is None else tuple(enrolments[resident.id]),
            form_key=content.form_key,
            visit=_visit_day(form, content, today),
        )
        for content, form, resident, household in zip(
            contents, forms_read, found, households, strict=True
        )
    ]
    situations = situations_of(session, concerned, today)
    guarded = [_turns(*each) for each in zip(contents, concerned, wanted, strict=True)]
    suspects = [
        _likely_same(sources, content, form, who.resident)
        for content, form, who in zip(contents, forms_read, concerned, strict=True)
    ]
    counts = turns.counts(session, {turn for mine in guarded for turn in mine})
    return [
        Facts(
            device=devices.get(one.header.device_id),
            situation=situation,
            same_id=by_id.get(one.header.id),
            same_seq_id=by_seq.get((one.header.device_id, one.header.seq)),
            form=form,
            base=_base(sources, one.content),
            resident=who.resident,
            household=who.household,
            area=who.area,
            site=who.site,
            neighbours=_neighbours(sources, form, who),
            children=tuple(who.children),
            likely_same=tuple(alike),
            likely_homes=homes_of_alike,
            enrolments=tuple(who.enrolments),
            asked=asked,
            history=history,
            village_found=_village_found(sources, one),
            turns={turn: counts[turn] for turn in mine},
        )
        for one, form, who, (situation, asked, history), mine, (alike, homes_of_alike) in zip(
            group, forms_read, concerned, situations, guarded, suspects, strict=True
        )
    ]


def _subject_ids(contents: Sequence[Content], kind: str) -> set[str]:
    return {one.subject.id for one in contents if one.subject.kind == kind}


def _turns(content: Content, who: Concerned, household_id: str | None) -> set[str]:
    """Whom the envelope concerns: its subject, or the survivor, the submission and the household,
    and, for somebody or a site that is not here yet, the village in which they might be registered
    twice at once.
    """
    known = who.resident or who.site
    found = {content.subject.id, content.submission_id, household_id}
    found.add(who.village_code if known is None else known.id)
    return {one for one in found if one}


def _household_id(
    content: Content, resident: Resident | None, form: CompiledForm | None
) -> str | None:
    """The subject, the resident's household, or the one a new resident is registered in."""
    if content.subject.kind == "household":
        return content.subject.id
    if resident is not None:
        return resident.household_id
    wanted = _registered("resident", form, content.answers, "household_id")
    return wanted if isinstance(wanted, str) and is_uuid(wanted) else None


def _children(sources: Sources, content: Content, form: CompiledForm | None) -> list[Resident]:
    """Newborns whom an earlier version of this notice has brought into the register."""
    if form is None or form.bundle.form.for_each is None or content.base_version_id is None:
        return []
    return residents.born_by(sources.session, sources.vault, content.submission_id)


def _village_found(sources: Sources, one: Opened) -> str | None:
    fix = fix_of(one.content.fix or one.late_fix)
    return None if fix is None else sources.villages.find(fix.lng, fix.lat)


def _registered(
    kind: str, form: CompiledForm | None, answers: Mapping[str, Any], attribute: str
) -> Any | None:
    if form is None or form.bundle.form.registers != kind:
        return None
    return answers.get(form.bundle.form.registration_map.get(attribute, ""))


def _village(
    content: Content,
    form: CompiledForm | None,
    resident: Resident | None,
    household: Household | None,
    places: Mapping[str, Site],
) -> str:
    known = resident or household or places.get(content.subject.id)
    if known is not None:
        return known.village_code
    if content.subject.kind == "area":
        return content.subject.id
    told = _registered("site", form, content.answers, "village_code")
    return told if isinstance(told, str) else ""


def _neighbours(sources: Sources, form: CompiledForm | None, who: Concerned) -> tuple[Site, ...]:
    """For a registration of a new site: those among which it may stand already."""
    if form is None or form.bundle.form.registers != "site" or who.site is not None:
        return ()
    found = sites.in_villages(sources.session, sources.vault, [who.village_code])
    return tuple(found.get(who.village_code, ()))


def _visit_day(form: CompiledForm | None, content: Content, today: date) -> date:
    return today if form is None else visit_of(form.bundle.form, content.answers, content).on


def _base(sources: Sources, content: Content) -> Base | None:
    if content.base_version_id is None:
        return None
    found = submissions.by_ids(sources.session, [content.submission_id])
    submission = found.get(content.submission_id)
    if submission is None:
        return None
    versions = submissions.newest_versions(
        sources.session, sources.vault, [content.base_version_id, submission.version_id]
    )
    corrected = versions.get(content.base_version_id)
    if corrected is not None and corrected.submission_id != submission.id:
        corrected = None
    return Base(submission, corrected, versions[submission.version_id])


def _likely_same(
    sources: Sources, content: Content, form: CompiledForm | None, known: Resident | None
) -> tuple[list[Resident], dict[str, Household]]:
    """For a registration: who else might be the same person, and the households of all."""
    if form is None or form.bundle.form.registers != "resident":
        return [], {}
    values = evaluate(form, content.answers, Context(local_date(content.finalised_at))).values
    registered = register_resident(
        content.subject.id if known is None else known.id,
        form.bundle.form.registration_map,
        values,
        form.private,
        known,
        content.submission_id,
    )
    return dedup.likely_same(sources.session, sources.vault, registered)

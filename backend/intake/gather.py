"""Reading everything that deciding about one envelope may need. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.followups.service.situations import Concerned, situation_of
from backend.forms import service as forms
from backend.forms.model import Context
from backend.forms.rules import CompiledForm, evaluate
from backend.geo.service import VillageIndex
from backend.intake.model import Base, Facts, Opened
from backend.intake.recording import fix_of, visit_of
from backend.kernel.clock import local_date
from backend.kernel.vault import Vault
from backend.programmes import service as programmes
from backend.residents import service as residents
from backend.residents.model import Household, Resident
from backend.residents.rules import register_resident
from backend.submissions.model import Content, Submission
from backend.submissions.store import receipts, submissions, turns


@dataclass(frozen=True)
class Sources:
    """Where facts are read from.

    :param villages: boundaries, held in memory
    """

    session: Session
    vault: Vault
    villages: VillageIndex


def gather(sources: Sources, opened: Opened, now: datetime) -> Facts:
    """Read the facts of one envelope."""
    session = sources.session
    header, content = opened.header, opened.content
    known_turns = turns.counts(session, [content.subject.id, content.submission_id])
    same_id, same_seq_id = receipts.seen(session, header.id, header.device_id, header.seq)
    form = forms.compiled(session, content.form_key, content.form_version)
    resident = _resident(sources, content)
    household = _household(sources, content, resident, form)
    village = _village(content, resident, household)
    found_turns = turns.counts(session, _turns(content, resident, household, village))
    children = _children(sources, content, form)
    enrolments = programmes.enrolments(session, [resident.id]) if resident is not None else {}
    mine = tuple(enrolments.get(resident.id, ())) if resident is not None else ()
    today = local_date(now)
    visit = _visit_day(form, content, today)
    situation, history = situation_of(
        session,
        Concerned(resident, children, household, village),
        mine,
        content.form_key,
        visit,
        today,
    )
    fix = fix_of(content.fix or opened.late_fix)
    return Facts(
        device=accounts.device(session, header.device_id),
        situation=situation,
        same_id=same_id,
        same_seq_id=same_seq_id,
        form=form,
        base=_base(sources, content),
        resident=resident,
        household=household,
        children=tuple(children),
        likely_same=_likely_same(sources, content, form, resident),
        enrolments=mine,
        same_visit=_same_visit(content, visit, history),
        village_found=None if fix is None else sources.villages.find(fix.lng, fix.lat),
        turns=found_turns | known_turns,
    )


def _turns(
    content: Content, resident: Resident | None, household: Household | None, village: str
) -> list[str]:
    """Whom else the envelope concerns: the survivor, the household, and, for somebody who is not
    here yet, the village in which they might be registered twice at once.
    """
    found = [resident.id if resident is not None else village]
    if household is not None:
        found.append(household.id)
    return [one for one in found if one and one != content.subject.id]


def _resident(sources: Sources, content: Content) -> Resident | None:
    if content.subject.kind != "resident":
        return None
    return residents.survivor(sources.session, sources.vault, content.subject.id)


def _household(
    sources: Sources, content: Content, resident: Resident | None, form: CompiledForm | None
) -> Household | None:
    """The subject, the resident's household, or the one a new resident is registered in."""
    wanted: Any
    if content.subject.kind == "household":
        wanted = content.subject.id
    elif resident is not None:
        wanted = resident.household_id
    else:
        wanted = _registered(form, content.answers, "household_id")
    if not isinstance(wanted, str):
        return None
    return residents.households_by_ids(sources.session, sources.vault, [wanted]).get(wanted)


def _children(sources: Sources, content: Content, form: CompiledForm | None) -> list[Resident]:
    """Newborns whom an earlier version of this notice has brought into the register."""
    if form is None or form.bundle.form.for_each is None:
        return []
    return residents.born_by(sources.session, sources.vault, content.submission_id)


def _registered(
    form: CompiledForm | None, answers: Mapping[str, Any], attribute: str
) -> Any | None:
    if form is None or form.bundle.form.registers != "resident":
        return None
    return answers.get(form.bundle.form.registration_map.get(attribute, ""))


def _village(content: Content, resident: Resident | None, household: Household | None) -> str:
    if resident is not None:
        return resident.village_code
    if household is not None:
        return household.village_code
    return content.subject.id if content.subject.kind == "area" else ""


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
) -> tuple[Resident, ...]:
    """For a registration of somebody new: who might be the same person."""
    if form is None or form.bundle.form.registers != "resident" or known is not None:
        return ()
    values = evaluate(form, content.answers, Context(local_date(content.finalised_at))).values
    newcomer = register_resident(
        content.subject.id,
        form.bundle.form.registration_map,
        values,
        form.private,
        None,
        content.submission_id,
    )
    return tuple(residents.likely_same(sources.session, sources.vault, newcomer))


def _same_visit(content: Content, visit: date, history: tuple[Submission, ...]) -> tuple[str, ...]:
    """The same subject, form and day from another phone or another doctor."""
    return tuple(
        one.id
        for one in history
        if one.subject.id == content.subject.id
        and one.form_key == content.form_key
        and one.visit_date == visit
        and one.id != content.submission_id
        and (one.device_id, one.worker_id) != (content.device_id, content.worker_id)
    )

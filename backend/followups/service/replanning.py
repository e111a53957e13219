"""Working out again what a submission makes due, after a person decided whether it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.followups import store
from backend.followups.rules.scheduling import schedule
from backend.followups.rules.subjects import record_of, resident_facts
from backend.followups.service.situations import Concerned, situation_of
from backend.forms import service as forms
from backend.geo import service as geo
from backend.geo.model import Area
from backend.immunization import store as immunization
from backend.immunization.model import Dose
from backend.immunization.rules.recording import doses_told
from backend.kernel.clock import local_date
from backend.kernel.vault import Vault
from backend.programmes import service as programmes
from backend.residents import service as residents
from backend.residents.model import Household, Resident
from backend.residents.rules import after_outcome
from backend.sites import service as sites
from backend.sites.model import Site
from backend.submissions.model import Submission


def replan(session: Session, vault: Vault, submission: Submission, now: datetime) -> None:
    """Write the tasks, doses and life status that follow from a submission's new standing.

    Rejected or voided, it leaves the history, and what it had said of a death or a move is taken
    back; approved again, it counts as before. Who was registered or enrolled by it stays so: that
    is the staff's to mend.
    """
    today = local_date(now)
    resident, children, household = _people(session, vault, submission)
    if resident is not None:
        resident = _status(session, vault, resident, submission, now)
    enrolments = programmes.enrolments(session, [] if resident is None else [resident.id])
    mine = [] if resident is None else enrolments[resident.id]
    situation = situation_of(
        session,
        Concerned(
            resident,
            children,
            household,
            submission.village_code,
            mine,
            submission.form_key,
            submission.visit_date,
            *_places(session, vault, submission),
        ),
        today,
    )
    doses = _doses(session, submission, [child.id for child in children])
    immunization.replace_for_submission(session, submission.id, submission.village_code, doses)
    record = record_of(submission)
    situation = (
        situation.after(record, doses) if submission.stands else situation.without(submission.id)
    )
    if resident is not None:
        situation = situation.knowing([resident_facts(resident, mine, today)])
    store.save(session, schedule(situation, record, now).put, now)


def replan_resident(
    session: Session, vault: Vault, resident: Resident, visits: Iterable[Submission], now: datetime
) -> None:
    """Work out anew what a resident's visits make due, when some came or went with another record
    of the same person.

    :param visits: of both records, wherever they belong by now; the newest of a form is enough
    """
    today = local_date(now)
    mine = programmes.enrolments(session, [resident.id])[resident.id]
    home_id = resident.household_id
    homes = residents.households_by_ids(session, vault, [home_id] if home_id else [])
    newest: dict[str, Submission] = {}
    for visit in sorted(visits, key=lambda one: (one.visit_date, one.id), reverse=True):
        newest.setdefault(visit.form_key, visit)
    for visit in newest.values():
        situation = situation_of(
            session,
            Concerned(
                resident, (), homes.get(home_id or ""), resident.village_code, mine,
                visit.form_key, visit.visit_date,
            ),
            today,
        )  # fmt: skip
        situation = situation.knowing([resident_facts(resident, mine, today)])
        record = replace(record_of(visit), subject_id=resident.id)
        store.save(session, schedule(situation, record, now).put, now)


def _people(
    session: Session, vault: Vault, submission: Submission
) -> tuple[Resident | None, list[Resident], Household | None]:
    who = [submission.subject.id] if submission.subject.kind == "resident" else []
    found = residents.by_ids(session, vault, who)
    home_id = submission.household_id
    homes = residents.households_by_ids(session, vault, [home_id] if home_id else [])
    children = residents.born_by(session, vault, submission.id)
    return found.get(submission.subject.id), children, homes.get(home_id or "")


def _places(
    session: Session, vault: Vault, submission: Submission
) -> tuple[Area | None, Site | None]:
    """The area or site that the submission is about."""
    kind, key = submission.subject.kind, submission.subject.id
    areas = geo.names(session, [key] if kind == "area" else [])
    found = sites.by_ids(session, vault, [key] if kind == "site" else [])
    return areas.get(key), found.get(key)


def _status(
    session: Session, vault: Vault, resident: Resident, submission: Submission, now: datetime
) -> Resident:
    said = (submission.visit_outcome, submission.visit_date)
    outcome = submission.visit_outcome if submission.stands else None
    changed = after_outcome(resident, outcome, submission.visit_date, said)
    if changed != resident:
        residents.save(session, vault, (), [changed], now)
    return changed


def _doses(session: Session, submission: Submission, children: Sequence[str]) -> tuple[Dose, ...]:
    bundle = forms.bundle(session, submission.form_key, submission.form_version)
    if bundle is None or not submission.stands:
        return ()
    return doses_told(
        bundle.form.doses, submission.answers, submission.id, submission.subject.id, children
    )

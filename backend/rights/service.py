"""Use cases of the township on what residents ask about their own data (PIPL 44-49)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.clinic import service as clinic
from backend.clinic.model import ChildDoses
from backend.dedup import service as dedup
from backend.feed import service as feed
from backend.followups import service as followups
from backend.followups.model import CANCELLED, ENDED
from backend.forms import service as forms
from backend.immunization import service as immunization
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.kernel.vault import Vault
from backend.programmes import service as programmes, store as enrolments
from backend.reminders import owing, service as reminders
from backend.residents import service as residents
from backend.residents.model import (
    FOLLOWUP_SMS,
    VACCINATION_REMINDER,
    VACCINATION_SMS,
    Consent,
    Resident,
)
from backend.residents.store import family
from backend.rights import store
from backend.rights.model import OPEN, Duty, RightsRequest, Sealing
from backend.rights.rules import (
    answered_by_sealing,
    due_on,
    duties,
    erased,
    kept_until,
    may_ask,
    sealed,
)
from backend.submissions.store import submissions, turns, withheld

ANSWERED_KEPT = timedelta(days=3 * 366)
"""How long an answered request is kept: as the audit is (PIPL 56)."""
AT_ONCE = 50
_VISITS_READ = 1000


@dataclass(frozen=True)
class Standing:
    """How it stands with a resident's data.

    :param links: family links that open the page
    :param duties: what would be kept if it were to be deleted
    """

    consents: Sequence[Consent]
    links: int
    requests: Sequence[RightsRequest]
    duties: Sequence[Duty]
    sealing: Sealing | None


def standing(session: Session, vault: Vault, resident_id: str, today: date) -> Standing:
    """Consents, requests, and what the law has us keep."""
    links = family.links_of(session, [resident_id])
    return Standing(
        consents=family.consents_of(session, resident_id),
        links=sum(link.is_live(today) for link in links),
        requests=store.of_resident(session, vault, resident_id),
        duties=_duties(session, resident_id, today),
        sealing=store.sealing(session, resident_id),
    )


def _duties(session: Session, resident_id: str, today: date) -> tuple[Duty, ...]:
    visits = submissions.newest_of(session, [resident_id], _VISITS_READ).get(resident_id, [])
    doses = immunization.doses_of(session, [resident_id])[resident_id]
    return duties((one.visit_date for one in visits), (one.given_on for one in doses), today)


def receive(
    session: Session,
    vault: Vault,
    resident: Resident,
    request_id: str,
    asked: Mapping[str, str | None],
    by: str,
    now: datetime,
) -> RightsRequest:
    """Take a request down. The same id again changes nothing.

    :param asked: ``kind``, ``asked_by``, ``note``
    :raises Refusal: ``asker_not_entitled``; ``not_found`` when the id is that of another's
    """
    known = store.by_id(session, vault, request_id)
    if known is not None:
        if known.resident_id != resident.id:
            raise Refusal("not_found")
        return known
    today, asked_by = local_date(now), asked["asked_by"] or ""
    if not may_ask(asked_by, resident.birth_date, resident.status, today):
        raise Refusal("asker_not_entitled")
    new = RightsRequest(
        id=request_id,
        resident_id=resident.id,
        village_code=resident.village_code,
        kind=asked["kind"] or "",
        asked_by=asked_by,
        note=asked["note"],
        received_at=now,
        due_on=due_on(today),
        taken_by=by,
    )
    store.add(session, vault, new)
    return new


def find(session: Session, vault: Vault, request_id: str) -> RightsRequest | None:
    """One request, held until this transaction ends."""
    return store.by_id(session, vault, request_id)


def waiting(
    session: Session, vault: Vault, areas: Sequence[str], limit: int
) -> list[RightsRequest]:
    """Open requests of these areas, the most pressing first."""
    return store.waiting(session, vault, areas, limit)


def late(session: Session, today: date) -> int:
    """How many requests wait whose day of answer is over."""
    return store.late(session, today)


def answer(
    session: Session,
    vault: Vault,
    asked: RightsRequest,
    verdict: str,
    outcome: str,
    by: str,
    now: datetime,
) -> RightsRequest:
    """Answer a request. A deletion that is granted is carried out with it.

    :param outcome: what was done, or why it was refused
    :raises Refusal: ``decided_meanwhile``
    """
    if asked.state != OPEN:
        raise Refusal("decided_meanwhile")
    if answered_by_sealing(asked.kind, verdict):
        seal(session, vault, asked.resident_id, by, now)
    done = replace(asked, state=verdict, outcome=outcome, closed_at=now, closed_by=by)
    store.close(session, vault, done)
    return done


def withdraw(session: Session, resident_id: str, purpose: str, now: datetime) -> bool:
    """End a consent at once, with what was planned on it; false when none stands."""
    if resident_id not in family.standing_consents(session, [resident_id], purpose):
        return False
    _ENDINGS[purpose](session, resident_id, now)
    return True


_ENDINGS: Mapping[str, Callable[[Session, str, datetime], None]] = {
    VACCINATION_REMINDER: reminders.stop_push,
    VACCINATION_SMS: reminders.stop_sms,
    FOLLOWUP_SMS: owing.stop,
}
PURPOSES = frozenset(_ENDINGS)
"""What somebody may withdraw a consent for."""


# ── out of use, and in again ─────────────────────────────────────────────────────────────────────


def is_sealed(session: Session, resident_id: str) -> bool:
    """True for a resident who was taken out of use."""
    return store.sealing(session, resident_id) is not None


def sealed_in(session: Session, area_code: str) -> set[str]:
    """Ids of the residents of an area who were taken out of use."""
    return store.sealed_in(session, [area_code])


def seal(session: Session, vault: Vault, resident_id: str, by: str, now: datetime) -> Sealing:
    """Take a resident out of use: what rests on consent ends, phones forget them, and nothing in
    the register names them. What the law has us keep is kept, without the name; the name beside it,
    locked, for as long. Where nothing is to be kept, nothing is.

    :raises Refusal: ``not_found``; ``decided_meanwhile`` when they are out of use, or merged
    """
    turns.take(session, [resident_id])
    resident = residents.by_ids(session, vault, [resident_id]).get(resident_id)
    if resident is None:
        raise Refusal("not_found")
    if store.sealing(session, resident_id) is not None or resident.merged_into is not None:
        raise Refusal("decided_meanwhile")
    today = local_date(now)
    until = kept_until(_duties(session, resident_id, today))
    _end_contact(session, resident, now)
    _end_care(session, resident, now)
    taken = withheld.withhold(session, vault, resident_id, _registering(session))
    box = {"resident": _boxed(resident), "records": taken}
    nameless = sealed(resident, today)
    residents.save(session, vault, (), [nameless if until else erased(nameless)], now)
    feed.left(session, [("resident", resident.id, resident.village_code)])
    done = Sealing(resident_id, resident.village_code, now, by, until, until is not None)
    store.seal(session, vault, done, box if until is not None else None)
    return done


def _end_contact(session: Session, resident: Resident, now: datetime) -> None:
    for end in _ENDINGS.values():
        end(session, resident.id, now)
    for link in family.links_of(session, [resident.id]):
        reminders.end_link(session, link, now)


def _end_care(session: Session, resident: Resident, now: datetime) -> None:
    today = local_date(now)
    enrolled = programmes.enrolments(session, [resident.id]).get(resident.id, [])
    lasting = [one for one in enrolled if one.lasts_on(today)]
    enrolments.save(session, [replace(one, until=today, left_reason=ENDED) for one in lasting], now)
    tasks = followups.of_subjects(session, [resident.id])[resident.id]
    ended = [
        replace(task, state=CANCELLED, state_reason=ENDED, state_on=today)
        for task in tasks
        if task.is_open
    ]
    followups.save(session, ended, now)
    reminders.cancel_for_tasks(session, [task.id for task in ended], now)
    feed.left(session, [("task", task.id, task.village_code) for task in tasks])
    clinic.keep_waiting(
        session, [ChildDoses(resident.id, resident.village_code, resident.birth_date, ())], now
    )
    dedup.forget(session, [resident.id])


def _registering(session: Session) -> set[str]:
    """Keys of the forms that register people: their open answers name somebody, too."""
    found = set()
    for key, version in forms.published(session).forms:
        bundle = forms.bundle(session, key, version)
        if bundle is not None and bundle.form.registers == "resident":
            found.add(key)
    return found


def _boxed(resident: Resident) -> dict[str, Any]:
    return asdict(replace(resident, details=dict(resident.details)))


def unseal(session: Session, vault: Vault, resident_id: str, now: datetime) -> Resident:
    """Put a resident back into use, as they were: the deletion was a mistake, or an authority asks.

    Consents, links and tasks that ended do not come back.

    :raises Refusal: ``not_found``; ``name_not_kept`` when there is nothing left to put back
    """
    turns.take(session, [resident_id])
    known = store.sealing(session, resident_id)
    if known is None:
        raise Refusal("not_found")
    if not known.is_kept:
        raise Refusal("name_not_kept")
    box = store.unseal(session, vault, resident_id)
    withheld.restore(session, vault, resident_id, box["records"])
    told = dict(box["resident"])
    for name in ("birth_date", "status_on"):
        told[name] = None if told[name] is None else date.fromisoformat(told[name])
    again = Resident(**told)
    residents.save(session, vault, (), [again], now)
    dedup.index(session, vault, [again])
    return again


# ── what need not be kept any longer ─────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Over:
    """What lies here beyond its time.

    :param sealings: residents out of use whose name goes for good
    :param requests: answered requests that go
    """

    sealings: Sequence[Sealing]
    requests: int


def over(session: Session, now: datetime) -> Over:
    """What the next run removes. Only reads."""
    return Over(
        store.over(session, local_date(now), AT_ONCE),
        store.closed_before(session, now - ANSWERED_KEPT),
    )


def remove_over(session: Session, vault: Vault, now: datetime) -> Over:
    """Destroy names whose time is over, with the signed records that hold them; forget requests
    answered long ago. Called again until it finds nothing.
    """
    found = over(session, now)
    turns.take(session, [one.resident_id for one in found.sealings])
    for one in found.sealings:
        withheld.erase(session, vault, one.resident_id)
        store.erase(session, one.resident_id)
    known = residents.by_ids(session, vault, [one.resident_id for one in found.sealings])
    residents.save(session, vault, (), map(erased, known.values()), now)
    feed.left(session, [("resident", one.id, one.village_code) for one in known.values()])
    store.forget_closed(session, now - ANSWERED_KEPT)
    return found

"""Use cases of the vaccination clinic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from backend.clinic import store
from backend.clinic.model import (
    ANSWERED,
    OPEN,
    Campaign,
    ChildDoses,
    ClinicDay,
    Expected,
    RapidCoverage,
    Reaction,
    TargetChild,
)
from backend.clinic.rules import coverage, days, reactions
from backend.clinic.rules.waiting import waiting_doses
from backend.geo.rules import township_of
from backend.immunization import service as immunization
from backend.immunization.model import NO_FACTS
from backend.immunization.rules import forecast
from backend.immunization.rules.reading import with_settings
from backend.kernel.clock import local_date
from backend.kernel.dates import add_months
from backend.kernel.errors import Refusal
from backend.kernel.vault import Vault
from backend.programmes import service as programmes
from backend.residents import service as residents
from backend.residents.model import RegisterLine, Resident
from backend.submissions.store import pages, submissions

UNTIL_YEARS = 18
AHEAD_DAYS = 120
"""How far ahead the clinic counts doses."""

_FORMS_AT_ONCE = 2_000


# ── who waits for what ───────────────────────────────────────────────────────────────────────────


def waiting_of(
    session: Session, children: Sequence[Resident | RegisterLine], today: date, until: date
) -> list[ChildDoses]:
    """What each child waits for until a day, by the forecast of today.

    :raises Refusal: ``not_ready`` before the first vaccine edition was published
    """
    edition = immunization.edition_on(session, today)
    if edition is None:
        raise Refusal("not_ready", missing=["immunization"])
    given = immunization.doses_of(session, [child.id for child in children])
    facts = immunization.facts_told(session, children, today)
    decided = programmes.policies_in(session, {child.village_code for child in children})
    found = []
    for child in children:
        settings = immunization.settings_in(decided[child.village_code], today)
        plan = forecast(
            edition,
            child.birth_date,
            child.sex,
            [(dose.vaccine, dose.given_on) for dose in given.get(child.id, ())],
            today,
            settings=settings,
            facts=facts.get(child.id, NO_FACTS),
        )
        timely = with_settings(edition, settings).settings.timely_months
        found.append(
            ChildDoses(
                child.id, child.village_code, child.birth_date, waiting_doses(plan, until, timely)
            )
        )
    return found


def born_after(today: date) -> date:
    """Whoever was born on that day or earlier is grown up: the programme ends at 18 years."""
    return add_months(today, -12 * UNTIL_YEARS)


def waiting_ahead(
    session: Session, children: Sequence[RegisterLine], now: datetime
) -> list[ChildDoses]:
    """What these children wait for as far ahead as the clinic counts."""
    today = local_date(now)
    return waiting_of(session, children, today, today + timedelta(days=AHEAD_DAYS))


def keep_waiting(session: Session, waiting: Sequence[ChildDoses], now: datetime) -> None:
    """Write down what these children wait for, in place of what was known of them."""
    store.replace_waiting(session, waiting, local_date(now))


def is_planned(session: Session, now: datetime) -> bool:
    """True when everybody was planned today."""
    return store.oldest_plan(session) == local_date(now)


def end_planning(session: Session, now: datetime) -> None:
    """After the last page: whoever was not among the children any more is forgotten."""
    store.forget_waiting(session, local_date(now))


def expected(
    session: Session, areas: Sequence[str], until: date, today: date
) -> tuple[list[Expected], dict[str, int], date | None]:
    """Doses by village and vaccine due until a day; children by village; when it was counted."""
    return store.expected(session, areas, until, today)


# ── clinic days ──────────────────────────────────────────────────────────────────────────────────


def days_for(
    session: Session, village_codes: Iterable[str], from_on: date
) -> dict[str, ClinicDay | None]:
    """Village -> where its children go next, on or after a day."""
    villages = set(village_codes)
    known = store.days(
        session, villages | set(map(township_of, villages)), from_on, from_on + days.FAR_AHEAD
    )
    return {village: days.day_for(known, village, from_on) for village in villages}


# ── reactions ────────────────────────────────────────────────────────────────────────────────────


def tell_reaction(session: Session, vault: Vault, told: Reaction) -> Reaction:
    """Keep what a caregiver told; told twice it is kept once.

    :raises Refusal: ``reaction_dates_wrong``, ``reports_too_many`` (the clinic should be called)
    """
    today = local_date(told.reported_at)
    vaccinated = told.vaccinated_on or told.onset_on
    if not vaccinated <= told.onset_on <= today:
        raise Refusal("reaction_dates_wrong")
    known = store.reaction(session, vault, told.id)
    if known is not None and known.link_id == told.link_id:
        return known
    since = told.reported_at - timedelta(days=1)
    if known is not None or store.count_since(session, told.link_id, since) >= reactions.A_DAY:
        raise Refusal("reports_too_many", limit=reactions.A_DAY)
    kept = replace(told, urgent=reactions.is_urgent(told.signs), state=OPEN)
    store.add_reaction(session, vault, kept)
    return kept


def answer_reaction(
    session: Session, vault: Vault, told: Reaction, by: str, text: str, action: str, now: datetime
) -> Reaction:
    """Answer a report; the caregiver reads the answer on the page.

    :raises Refusal: ``decided_meanwhile``: somebody else has answered
    """
    answered = replace(
        told, state=ANSWERED, answered_by=by, answered_at=now, answer=text, action=action
    )
    if not store.answer(session, vault, answered):
        raise Refusal("decided_meanwhile")
    return answered


def aefi_on(session: Session, areas: Sequence[str], told: Sequence[Reaction]) -> dict[str, date]:
    """Child -> day of the newest AEFI report form of a doctor, of those reactions were told of."""
    if not told:
        return {}
    wanted = pages.Filter(
        areas, form_key="aefi", subject_ids=sorted({one.child_id for one in told})
    )
    found = pages.page(session, wanted, None, _FORMS_AT_ONCE)
    return {
        one.subject.id: one.visit_date
        for one in sorted(found, key=lambda one: one.visit_date)
        if one.stands
    }


# ── campaigns ────────────────────────────────────────────────────────────────────────────────────


def campaigns(session: Session, areas: Sequence[str], since: date) -> list[Campaign]:
    """Campaigns of areas since a day, each with its target and its days."""
    lists = _answers(session, areas, "campaign_list", since)
    return coverage.campaigns(lists, _answers(session, areas, "day_report", since))


def campaign_children(
    session: Session, vault: Vault, areas: Sequence[str], since: date, name: str, vaccine: str
) -> list[TargetChild]:
    """The children on the lists of a campaign since a day, by name."""
    wanted = pages.Filter(areas, form_key="campaign_list", from_on=since)
    found = [one for one in pages.page(session, wanted, None, _FORMS_AT_ONCE) if one.stands]
    whole = submissions.newest_versions(session, vault, [one.version_id for one in found])
    lists = [(one.village_code, whole[one.version_id].answers) for one in found]
    return coverage.targets(lists, name, vaccine)


def rapid_coverage(session: Session, areas: Sequence[str], since: date) -> list[RapidCoverage]:
    """Rapid coverage checks of areas since a day."""
    return coverage.rapid_coverage(_answers(session, areas, "rapid_coverage", since))


def _answers(
    session: Session, areas: Sequence[str], form: str, since: date
) -> list[tuple[str, coverage.Answers]]:
    wanted = pages.Filter(areas, form_key=form, from_on=since)
    found = pages.page(session, wanted, None, _FORMS_AT_ONCE)
    return [(one.village_code, one.answers) for one in found if one.stands]


# ── children of an area ──────────────────────────────────────────────────────────────────────────


def children_born(
    session: Session, areas: Sequence[str], born_from: date, born_to: date, limit: int
) -> list[RegisterLine]:
    """Active children of areas born from one day to another, by village; ``limit`` at most."""
    return residents.born_between(session, areas, born_from, born_to, limit)

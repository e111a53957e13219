"""What sending has to know about the reminders it took up: one read for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.followups import service as followups
from backend.geo import service as geo
from backend.geo.rules import township_of
from backend.kernel.clock import local_date
from backend.kernel.vault import Vault
from backend.reminders import owing
from backend.reminders.model import (
    ACCOUNT,
    AT_HOME,
    FAMILY,
    FAMILY_LINK,
    RESIDENT,
    SMS,
    WEB_PUSH,
    Outcome,
    Reminder,
    Subscription,
)
from backend.reminders.numbers import digest_of, sms_number
from backend.reminders.rules.hours import start_of_day
from backend.reminders.rules.owed import still_owed
from backend.reminders.rules.planning import still_wanted
from backend.reminders.service import CONSENT, SMS_CONSENT, Forecast
from backend.reminders.store import addresses, attempts
from backend.residents import service as residents
from backend.residents.model import ACTIVE, Resident
from backend.residents.store import family

MOST_ADDRESSES = 5


@dataclass(frozen=True)
class Known:
    """A reminder and everything that decides how it goes out.

    :param wanted: it still has a reason, and those it is for still agree
    :param addresses: browsers to send to, the newest first
    :param last: push address -> outcome of its last try
    :param told: fingerprints of browsers, and digests of numbers, that took another message of a
        family today
    :param number: the mobile number an SMS may go to: there is one, and they agreed
    :param place: what the SMS names: a family's clinic, a resident's village
    :param looked_at: when all of this was true
    """

    reminder: Reminder
    looked_at: datetime
    wanted: bool = True
    addresses: tuple[Subscription, ...] = ()
    last: Mapping[str | None, Outcome] = field(default_factory=dict)
    told: Collection[str] = ()
    number: str | None = None
    place: str = ""


def look(
    session: Session,
    vault: Vault,
    batch: Sequence[Reminder],
    forecast: Forecast,
    now: datetime,
) -> list[Known]:
    """Look at a batch, in its order."""
    tried = attempts.of(session, [one.id for one in batch])
    of = {kind: [one for one in batch if one.addressee_kind == kind] for kind in AT_HOME}
    own = [one for one in batch if one.addressee_kind not in AT_HOME]
    known = (
        _workers(session, vault, own, now)
        | _families(session, vault, of[FAMILY], forecast, now)
        | _residents(session, vault, of[RESIDENT], now)
    )
    return [
        replace(
            known[one.id],
            last={each.address_id: each.outcome for each in tried.get(one.id, ())},
        )
        for one in batch
    ]


def _workers(
    session: Session, vault: Vault, batch: Sequence[Reminder], now: datetime
) -> dict[str, Known]:
    asked = accounts.accounts_by_ids(session, {one.addressee_id for one in batch})
    working = [each.id for each in asked.values() if each.disabled_at is None]
    found = addresses.live(session, vault, ACCOUNT, working)
    phones = accounts.devices_by_ids(session, {one.device_id for one in found if one.device_id})
    of: dict[str, list[Subscription]] = defaultdict(list)
    for one in found:
        phone = phones.get(one.device_id) if one.device_id else None
        if one.device_id is None or (phone is not None and phone.revoked_at is None):
            of[one.owner_id].append(one)
    return {
        one.id: Known(one, now, addresses=tuple(of[one.addressee_id][:MOST_ADDRESSES]))
        for one in batch
    }


def _families(
    session: Session, vault: Vault, batch: Sequence[Reminder], forecast: Forecast, now: datetime
) -> dict[str, Known]:
    ids = {one.addressee_id for one in batch}
    found = residents.by_ids(session, vault, ids)
    children = {
        key: child
        for key, child in found.items()
        if child.status == ACTIVE and child.merged_into is None
    }
    agreed = {
        SMS: family.standing_consents(session, children, SMS_CONSENT),
        WEB_PUSH: family.standing_consents(session, children, CONSENT),
    }
    ahead = forecast(session, list(children.values()), now)
    browsers = _browsers(session, vault, children, now)
    numbers = {
        key: number
        for key, child in children.items()
        if key in agreed[SMS] and (number := sms_number(child)) is not None
    }
    clinics = _clinics(session, children.values())
    today = local_date(now)
    told = _told(session, vault, browsers.values(), numbers.values(), now)
    known = {}
    for one in batch:
        key = one.addressee_id
        # Who stopped the pushes and kept the SMS has no browser: the message goes up a rung.
        consents = agreed[SMS] if one.rung == SMS else agreed[SMS] | agreed[WEB_PUSH]
        mine = browsers.get(key, ())[:MOST_ADDRESSES] if key in agreed[WEB_PUSH] else ()
        number = numbers.get(key)
        marks = {addresses.fingerprint(each.endpoint) for each in mine} | {
            digest_of(vault, number) if number else ""
        }
        known[one.id] = Known(
            reminder=one,
            looked_at=now,
            wanted=key in consents and still_wanted(one.message, ahead.get(key, ()), today),
            addresses=mine,
            told={mark for mark in marks if told.get(mark, set()) - {one.id}},
            number=number,
            place=clinics.get(key, ""),
        )
    return known


def _residents(
    session: Session, vault: Vault, batch: Sequence[Reminder], now: datetime
) -> dict[str, Known]:
    people = owing.reachable(session, vault, {one.addressee_id for one in batch})
    tasks = followups.open_of(session, people)
    villages = geo.names(session, {one.village_code for one, _, _ in people.values()})
    today = local_date(now)
    known = {}
    for one in batch:
        person, _consent, number = people.get(one.addressee_id, (None, None, None))
        village = villages.get(person.village_code) if person else None
        known[one.id] = Known(
            reminder=one,
            looked_at=now,
            wanted=still_owed(one.message, tasks.get(one.addressee_id, ()), today),
            number=number,
            place=village.name if village else "",
        )
    return known


def _browsers(
    session: Session, vault: Vault, child_ids: Iterable[str], now: datetime
) -> dict[str, tuple[Subscription, ...]]:
    """Child -> browsers behind its live links; one that has two links of a child counts once."""
    links = [one for one in family.links_of(session, child_ids) if one.is_live(local_date(now))]
    child_of = {link.id: link.child_id for link in links}
    found: dict[str, dict[str, Subscription]] = defaultdict(dict)
    for one in addresses.live(session, vault, FAMILY_LINK, child_of):
        found[child_of[one.owner_id]].setdefault(one.endpoint, one)
    return {key: tuple(each.values()) for key, each in found.items()}


def _told(
    session: Session,
    vault: Vault,
    browsers: Iterable[Sequence[Subscription]],
    numbers: Iterable[str],
    now: datetime,
) -> dict[str, set[str]]:
    since = start_of_day(now)
    marks = {addresses.fingerprint(one.endpoint) for several in browsers for one in several}
    digests = {digest_of(vault, number) for number in numbers}
    return attempts.browsers_told(session, marks, since) | attempts.numbers_told(
        session, digests, since
    )


def _clinics(session: Session, children: Iterable[Resident]) -> dict[str, str]:
    """Child -> the name of the clinic where it is vaccinated, else of its township."""
    children = list(children)
    codes = {code for c in children for code in (c.village_code, township_of(c.village_code))}
    areas = geo.names(session, codes)
    found = {}
    for child in children:
        both = [areas.get(township_of(child.village_code)), areas.get(child.village_code)]
        here = [area for area in both if area is not None]
        named = [area.clinic_name for area in here if area.clinic_name]
        found[child.id] = next(iter([*named, *(area.name for area in here)]), "")
    return found

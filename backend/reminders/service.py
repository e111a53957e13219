"""Reminders as other rooms use them: planning and cancelling inside their transactions.

Nothing here sends; :mod:`backend.reminders.dispatch` does, in the worker process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.followups import service as followups
from backend.geo.rules import county_of, township_of
from backend.kernel.clock import local_date
from backend.kernel.holidays import NO_HOLIDAYS, Holidays
from backend.kernel.vault import Vault
from backend.reminders.holidays import before_holiday
from backend.reminders.model import (
    ACCOUNT,
    DIGEST,
    FAMILY,
    FAMILY_LINK,
    REACTION,
    RESIDENT,
    RETURNED,
    URGENT,
    Attempt,
    DueDose,
    Reminder,
    ReminderPlan,
    Subscription,
    Workload,
)
from backend.reminders.rules import planning
from backend.reminders.rules.endpoints import allowed_endpoint, checked_keys
from backend.reminders.rules.hours import digest_window
from backend.reminders.store import addresses, attempts, reminders
from backend.residents.model import (
    VACCINATION_REMINDER,
    VACCINATION_SMS,
    ConsentTold,
    FamilyLink,
    Resident,
)
from backend.residents.store import family
from backend.submissions.model import Submission
from backend.submissions.store import submissions

CONSENT = VACCINATION_REMINDER
SMS_CONSENT = VACCINATION_SMS


class Forecast(Protocol):
    """Doses still to be given, by child."""

    def __call__(
        self, session: Session, children: Sequence[Resident], now: datetime
    ) -> Mapping[str, Sequence[DueDose]]: ...


# ── what other rooms tell us ─────────────────────────────────────────────────────────────────────


def plan(session: Session, plans: Iterable[ReminderPlan], now: datetime) -> int:
    """Make the reminders that do not exist yet; how many were made."""
    return reminders.plan(session, plans, now)


def township_staff(session: Session, village_code: str) -> list[str]:
    """Accounts of the reviewers who are told of an emergency in a village."""
    above = (village_code, township_of(village_code), county_of(village_code))
    return [
        account.id
        for account in accounts.accounts_in(session, [(code, code) for code in above])
        if account.role == "reviewer" and account.disabled_at is None
    ]


def urgent(session: Session, task_id: str, village_code: str, now: datetime) -> int:
    """Tell township staff at once that a task is an emergency (E3)."""
    staff = township_staff(session, village_code)
    return plan(session, [planning.urgent(one, task_id, village_code, now) for one in staff], now)


def reaction(session: Session, reaction_id: str, village_code: str, now: datetime) -> int:
    """Tell the village's doctors and township staff at once of a reaction that cannot wait."""
    near = [
        one.id
        for one in accounts.accounts_in(session, [(village_code, village_code)])
        if one.role == "worker" and one.disabled_at is None
    ]
    told = dict.fromkeys([*near, *township_staff(session, village_code)])
    plans = [planning.reaction(one, reaction_id, village_code, now) for one in told]
    return plan(session, plans, now)


def cancel_reaction(session: Session, reaction_id: str, now: datetime) -> int:
    """A reaction was answered: whoever was not told yet is not told any more."""
    return reminders.cancel_reasons(session, [f"{REACTION}:{reaction_id}"], now)


def returned(session: Session, submission: Submission, now: datetime) -> None:
    """Tell a doctor at once that this version came back."""
    plan(
        session,
        [
            planning.returned(
                submission.worker_id,
                submission.id,
                submission.version_id,
                submission.village_code,
                now,
            )
        ],
        now,
    )


def cancel_for_tasks(session: Session, task_ids: Iterable[str], now: datetime) -> int:
    """Tasks are done or cancelled: whoever was not told of them yet is not told any more."""
    return reminders.cancel_reasons(session, [f"{URGENT}:{one}" for one in task_ids], now)


def cancel_returned(session: Session, submission_id: str, now: datetime) -> int:
    """A returned submission was corrected: whoever was not told yet is not told any more."""
    return reminders.cancel(session, now, reason=f"{RETURNED}:{submission_id}")


# ── addresses ────────────────────────────────────────────────────────────────────────────────────


def subscribe(
    session: Session,
    vault: Vault,
    new: Subscription,
    now: datetime,
    *,
    hosts: Sequence[str],
    test_origin: str | None = None,
) -> None:
    """Keep a browser's push address.

    :raises Refusal: ``push_endpoint_refused`` (S29)
    """
    checked_keys(new.p256dh, new.auth)
    endpoint = allowed_endpoint(new.endpoint, hosts, test_origin)
    addresses.save(session, vault, replace(new, endpoint=endpoint), now)


def unsubscribe(session: Session, account_id: str, endpoint: str, now: datetime) -> bool:
    """Forget an address of an account."""
    return addresses.end(
        session, "unsubscribed", now, owner=(ACCOUNT, account_id), endpoint=endpoint
    )


def is_subscribed(session: Session, link: FamilyLink) -> bool:
    """True while a browser is reminded by way of this link."""
    return addresses.count_live(session, FAMILY_LINK, [link.id]) > 0


def consent_to_reminders(session: Session, link: FamilyLink, now: datetime) -> None:
    """A caregiver asked to be reminded (PIPL 14, 31: guardian under 14)."""
    family.give_consent(session, link.child_id, CONSENT, "guardian", now)


def unsubscribe_family(session: Session, link: FamilyLink, endpoint: str, now: datetime) -> bool:
    """Stop at once in this browser; with the last one the family's consent is withdrawn.

    :returns: whether anything changed
    """
    owner = (FAMILY_LINK, link.id)
    ended = addresses.end(session, "unsubscribed", now, owner=owner, endpoint=endpoint)
    _withdraw_if_nobody_is_left(session, link.child_id, now)
    return ended


def end_link(session: Session, link: FamilyLink, now: datetime) -> None:
    """Revoke a link and everything that hangs on it."""
    family.revoke_link(session, link.id, now)
    addresses.end(session, "link_revoked", now, owner=(FAMILY_LINK, link.id))
    _withdraw_if_nobody_is_left(session, link.child_id, now)


def _withdraw_if_nobody_is_left(session: Session, child_id: str, now: datetime) -> None:
    links = [link.id for link in family.links_of(session, [child_id])]
    if not addresses.count_live(session, FAMILY_LINK, links):
        family.withdraw_consent(session, child_id, CONSENT, now)
        _cancel_unless_agreed(session, child_id, now)


def agree_to_sms(session: Session, child_id: str, now: datetime) -> None:
    """A caregiver agreed to messages at the number in the register."""
    family.give_consent(session, child_id, SMS_CONSENT, "guardian", now)


def stop_sms(session: Session, child_id: str, now: datetime) -> None:
    """No SMS any more, at once."""
    family.withdraw_consent(session, child_id, SMS_CONSENT, now)
    _cancel_unless_agreed(session, child_id, now)


def keep_consent(session: Session, told: ConsentTold, now: datetime) -> None:
    """A doctor wrote down what a resident said about messages on the own follow-ups."""
    told = replace(told, at=min(told.at, now))  # a phone's clock may be ahead
    if family.keep_consent(session, told) and not told.given:
        reminders.cancel(session, now, addressee_kind=RESIDENT, addressee_id=told.resident_id)


def stop_push(session: Session, child_id: str, now: datetime) -> None:
    """No message by push any more, at once, in no browser."""
    family.withdraw_consent(session, child_id, CONSENT, now)
    for link in family.links_of(session, [child_id]):
        addresses.end(session, "stopped", now, owner=(FAMILY_LINK, link.id))
    _cancel_unless_agreed(session, child_id, now)


def stop_everything(session: Session, child_id: str, now: datetime) -> None:
    """The family wants no reminders of any kind: told a doctor on the telephone."""
    stop_sms(session, child_id, now)
    stop_push(session, child_id, now)


def _cancel_unless_agreed(session: Session, child_id: str, now: datetime) -> None:
    """What is planned goes when no consent is left; with one left, its rung decides at sending."""
    standing = [
        family.standing_consents(session, [child_id], one) for one in (CONSENT, SMS_CONSENT)
    ]
    if not any(standing):
        reminders.cancel(session, now, addressee_kind=FAMILY, addressee_id=child_id)


# ── what the periodic jobs ask for ───────────────────────────────────────────────────────────────


def without_digest(session: Session, now: datetime) -> set[str]:
    """Accounts with a live address that have no digest of this morning; nobody at other times."""
    window = digest_window(now)
    if window is None:
        return set()
    day = local_date(window[0]).isoformat()
    return addresses.owners(session, ACCOUNT) - reminders.have(session, DIGEST, day)


def plan_digests(session: Session, now: datetime, holidays: Holidays = NO_HOLIDAYS) -> int:
    """Plan this morning's digests of the doctors who can be reached; how many were made.

    The counts are those of the lists on the doctor's screen.
    """
    today = local_date(now)
    waiting = without_digest(session, now)
    back = submissions.count_returned(session, waiting)
    plans = []
    for account_id in sorted(waiting):
        account = accounts.account(session, account_id)
        if account is None or account.role != "worker" or account.disabled_at or not account.areas:
            continue
        found = followups.counts(session, account.areas, today)
        work = Workload(
            found["overdue"],
            found["due"],
            back.get(account_id, 0),
            *before_holiday(session, account.areas, today, holidays),
        )
        digest = planning.digest(account_id, min(account.areas), work, now)
        if digest is not None:
            plans.append(digest)
    return reminders.plan(session, plans, now)


def page(
    session: Session,
    ranges: Sequence[tuple[str, str]],
    state: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Reminder]:
    """Reminders inside the code ranges, newest first.

    :param after: due instant and id of the last one that was read
    """
    return reminders.page(session, ranges, state, after, limit)


def attempts_of(session: Session, reminder_ids: Iterable[str]) -> dict[str, list[Attempt]]:
    """Reminder -> its tries, oldest first."""
    return attempts.of(session, reminder_ids)


def expire(session: Session, now: datetime) -> int:
    """Fail what was not sent while it was worth it."""
    return reminders.expire(session, now)

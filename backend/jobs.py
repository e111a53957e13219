"""What happens by the clock: each job is a plain function of the house and the present instant.

The worker process calls them (:mod:`backend.worker`), tests call them without it. All of them may
be called twice, late, or by several workers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.attachments import service as attachments
from backend.audit import service as audit
from backend.clinic import service as clinic
from backend.dedup import service as dedup
from backend.followups import service as followups
from backend.followups.service import dose_turning, periods
from backend.house import House
from backend.indicators import service as indicators
from backend.indicators.service import refreshing
from backend.kernel.clock import local_date
from backend.kernel.sentences import load_sentences
from backend.operations import retention
from backend.operations.examining import Finding, of_measures
from backend.operations.measures import WORKER_SEEN, measure, note
from backend.reminders import chatting, families, owing, reaching, service as reminders
from backend.reminders.chatting import SendChat
from backend.reminders.dispatch import Dispatcher, Send
from backend.reminders.forecast import doses_ahead
from backend.reminders.model import Reminder
from backend.reminders.store import lists
from backend.reminders.texting import SendSms
from backend.residents import service as residents
from backend.residents.model import RegisterLine, Resident
from backend.review.service import credibility, passing
from backend.rights import service as rights
from backend.webhooks import service as webhooks

FAMILIES_AT_ONCE = 200
CHILDREN_AT_ONCE = 200
SUBJECTS_AT_ONCE = 200
EVERYWHERE = ("0" * 12, "9" * 12)

Pages: TypeAlias = Callable[[Session, str | None, int, datetime], list[periods.Turned]]
"""A page of subjects after an id."""


def sweep(house: House, now: datetime) -> int:
    """Each minute: fail what came too late, take up a rung what was not confirmed, plan the
    morning's digests; how many were made."""
    house.transact(lambda session: reminders.expire(session, now))
    has_gateway = house.settings.sms_url is not None
    while _climb(house, has_gateway, now) == FAMILIES_AT_ONCE:
        pass
    if house.settings.chats:
        house.transact(lambda session: chatting.plan(session, house.settings.chats, now))
    with house.read() as session:
        if not reminders.without_digest(session, now):
            return 0
    return house.transact(lambda session: reminders.plan_digests(session, now, house.holidays))


def _climb(house: House, has_gateway: bool, now: datetime) -> int:
    return house.transact(
        lambda session: reaching.climb(
            session, house.vault, has_gateway, now, FAMILIES_AT_ONCE, house.holidays
        )
    )


def plan_families(house: House, now: datetime) -> int:
    """Each hour: plan what families are told today; how many messages were made."""
    with house.read() as session:
        children = families.reachable_children(session, now)
    made = 0
    for start in range(0, len(children), FAMILIES_AT_ONCE):
        made += _plan_some(house, children[start : start + FAMILIES_AT_ONCE], now)
    return made


def _plan_some(house: House, children: list[str], now: datetime) -> int:
    return house.transact(
        lambda session: families.plan_families(
            session, house.vault, children, doses_ahead, now, house.holidays
        )
    )


def plan_owed(house: House, now: datetime) -> int:
    """Each hour: plan what residents are told of their own follow-ups; how many messages were made.

    Nothing where the gateway has no template for it.
    """
    if house.settings.sms_url is None or not owing.has_templates(house.settings.sms_templates):
        return 0
    with house.read() as session:
        agreed = owing.agreed(session)
    made = 0
    for start in range(0, len(agreed), FAMILIES_AT_ONCE):
        made += _plan_owed(house, agreed[start : start + FAMILIES_AT_ONCE], now)
    return made


def _plan_owed(house: House, resident_ids: list[str], now: datetime) -> int:
    return house.transact(
        lambda session: owing.plan(session, house.vault, resident_ids, now, house.holidays)
    )


def plan_calls(house: House, now: datetime) -> int:
    """Each hour: bring the call list up to date; how many children came onto it.

    On it come those with a late dose whom no message can reach; off it whoever was vaccinated.
    """
    after: str | None = None
    while True:
        with house.read() as session:
            found = lists.waiting_for_people(session, after, FAMILIES_AT_ONCE)
        if found:
            _take_off_list(house, found, now)
        if len(found) < FAMILIES_AT_ONCE:
            break
        after = found[-1].id
    made, child = 0, None
    while True:
        with house.read() as session:
            children = families.overdue_children(session, now, child, FAMILIES_AT_ONCE)
        if children:
            made += _put_on_list(house, children, now)
        if len(children) < FAMILIES_AT_ONCE:
            return made
        child = children[-1]


def _take_off_list(house: House, waiting: list[Reminder], now: datetime) -> None:
    house.transact(
        lambda session: reaching.settled_otherwise(session, house.vault, waiting, doses_ahead, now)
    )


def _put_on_list(house: House, child_ids: list[str], now: datetime) -> int:
    return house.transact(
        lambda session: families.plan_calls(session, house.vault, child_ids, doses_ahead, now)
    )


def dispatch(
    house: House,
    send: Send,
    sms: SendSms | None = None,
    hands: Executor | None = None,
    chat: SendChat | None = None,
) -> int:
    """Send what is due; how many reminders were taken up."""
    sentences = load_sentences(house.settings.schemas, "reminder")
    key = house.settings.secrets.refresh
    return Dispatcher(house, send, sentences, doses_ahead, key, sms, hands, chat).run()


def turn_calendar(house: House, now: datetime) -> int:
    """Each hour: make the tasks that the calendar has brought anybody; how many were written.

    Called before :func:`miss_expired`: what a plan tells next is found by the task before it.
    """
    return sum(_turn_for(house, pages, now) for pages in periods.PAGES)


def _turn_for(house: House, pages: Pages, now: datetime) -> int:
    made, after = 0, None
    while True:
        with house.read() as session:
            page = pages(session, after, SUBJECTS_AT_ONCE, now)
            waiting = periods.waiting(session, page, now) if page else []
        if waiting:
            made += _bring(house, waiting, now)
        if len(page) < SUBJECTS_AT_ONCE:
            return made
        after = page[-1].id


def _bring(house: House, waiting: list[periods.Turned], now: datetime) -> int:
    return house.transact(lambda session: periods.bring(session, waiting, now))


def turn_doses(house: House, now: datetime) -> int:
    """Each night: make the dose tasks of children about whom nothing came in; how many were
    written. A newborn stands in the doctor's list before anybody has been there.
    """
    born_after = clinic.born_after(local_date(now))
    made, after = 0, None
    while True:
        with house.read() as session:
            page = residents.active_residents(
                session, after, CHILDREN_AT_ONCE, born_after=born_after
            )
            waiting = dose_turning.waiting(session, page, now)
        if waiting:
            made += _bring_doses(house, waiting, now)
        if len(page) < CHILDREN_AT_ONCE:
            return made
        after = page[-1].id


def _bring_doses(house: House, waiting: list[RegisterLine], now: datetime) -> int:
    return house.transact(lambda session: dose_turning.bring(session, waiting, now))


def miss_expired(house: House, now: datetime) -> int:
    """Each hour: tasks that can no longer be done have failed; how many there were."""
    missed = 0
    while found := house.transact(lambda session: followups.miss_expired(session, now)):
        missed += found
    return missed


def match_people(house: House, now: datetime) -> int:
    """Each night: compare everybody of each township; how many pairs are the same or unsure.

    Whoever came in without being compared is found here, and is made findable. The comparing is
    done outside of the transactions, so that no phone waits for it.
    """
    with house.read() as session:
        townships = residents.townships(session)
    return sum(_match_township(house, code, now) for code in townships)


def _match_township(house: House, code: str, now: datetime) -> int:
    with house.read() as session:
        nameless = rights.sealed_in(session, code)
        everybody = residents.of_township(session, house.vault, code)
        people = [one for one in everybody if one.id not in nameless]
        pairs = dedup.pairs_among(session, house.vault, people)
        hidden = dedup.not_indexed(session, [one.id for one in people])
    unseen = [one for one in people if one.id in hidden]
    for start in range(0, len(unseen), SUBJECTS_AT_ONCE):
        _make_findable(house, unseen[start : start + SUBJECTS_AT_ONCE])
    house.transact(lambda session: dedup.save(session, pairs, now))
    return len(pairs)


def _make_findable(house: House, people: list[Resident]) -> None:
    house.transact(lambda session: dedup.index(session, house.vault, people))


def clear_attachments(house: House, now: datetime) -> int:
    """Each hour: remove pictures that nobody names and uploads that nobody finished; how many."""
    return attachments.clear(house.read, house.write, house.blobs, now)


def plan_clinics(house: House, now: datetime) -> int:
    """Once a day: write down what every child waits for, for the clinics; how many children.

    Asked each hour: a night on which the worker was down, or ended in the midst, is made up for.
    """
    born_after = clinic.born_after(local_date(now))
    planned, after = 0, None
    with house.read() as session:
        if clinic.is_planned(session, now):
            return 0
    while True:
        with house.read() as session:
            page = residents.active_residents(
                session, after, CHILDREN_AT_ONCE, born_after=born_after
            )
        if page:
            planned += _plan_children(house, page, now)
        if len(page) < CHILDREN_AT_ONCE:
            break
        after = page[-1].id
    house.transact(lambda session: clinic.end_planning(session, now))
    return planned


def _plan_children(house: House, page: list[RegisterLine], now: datetime) -> int:
    with house.read() as session:
        waiting = clinic.waiting_ahead(session, page, now)
    house.transact(lambda session: clinic.keep_waiting(session, waiting, now))
    return len(page)


def weigh_credibility(house: House, now: datetime) -> int:
    """Each hour: look at the visits of the workers who sent something, compare them within their
    townships; how many were looked at. Once a day everybody's, because the window moved.
    """
    with house.read() as session:
        everybody = accounts.accounts_in(session, [EVERYWHERE])
        workers = [one for one in everybody if one.role == "worker"]
        known = credibility.marks(session)
    looked_at, townships = 0, set()
    for worker in workers:
        with house.read() as session:
            looked = credibility.look(session, worker, known.get(worker.id), now)
        if looked is not None:
            _put(house, looked, now)
            looked_at += 1
            townships.add(looked.found.township_code)
    for code in sorted(townships):
        _compare(house, code, now)
    return looked_at


def _put(house: House, looked: credibility.Looked, now: datetime) -> None:
    house.transact(lambda session: credibility.put(session, looked, now))


def _compare(house: House, township_code: str, now: datetime) -> None:
    house.transact(lambda session: credibility.compare(session, township_code, now))


def pass_unflagged(house: House, now: datetime) -> int:
    """Each hour: approve what the townships let pass by themselves; how many."""
    passed = 0
    while found := house.transact(lambda session: passing.pass_some(session, house.vault, now)):
        passed += found
    return passed


def refresh_figures(house: House, now: datetime) -> int:
    """Each minute: count what has changed; how many changes there were."""
    schemas = house.settings.schemas
    judges, digest = indicators.judges_of(schemas), indicators.digest_of(schemas)
    return refreshing.refresh(refreshing.Counting(house.read, house.write, judges, digest), now)


def tell_webhooks(house: House, post: webhooks.Post, now: datetime) -> int:
    """Every few seconds: tell other systems what happened; how many events were tried."""
    webhooks.follow(house, now)
    return webhooks.send(house, post, now)


def clear_webhooks(house: House, now: datetime) -> None:
    """Each hour: give up what nobody took, forget what was settled a month ago."""
    webhooks.forget(house, now)


def remove_over(house: House, now: datetime) -> tuple[int, int]:
    """Each night: what lies here beyond its time is destroyed; how many names and requests."""
    return retention.remove_over(house, now)


def show_life(house: House, now: datetime) -> None:
    """Each minute: write down that the worker works."""
    house.transact(lambda session: note(session, WORKER_SEEN, now))


def alarms(house: House) -> list[Finding]:
    """Each ten minutes: what does not work, for the log that somebody watches."""
    return [one for one in of_measures(measure(house)) if one.weight == "trouble"]


def seal_audit(house: House, now: datetime) -> int:
    """Each five minutes: link what the audit has got since into its chain; how many rows.

    The end of the chain goes into the log: kept elsewhere, it shows later that nothing was cut off.
    """
    sealed = 0
    while found := house.transact(lambda session: audit.seal(session, house.audit_signature, now)):
        sealed += found
    return sealed

"""What happens by the clock: each job is a plain function of the house and the present instant.

The worker process calls them (:mod:`backend.worker`), tests call them without it. All of them may
be called twice, late, or by several workers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.attachments import service as attachments
from backend.followups import service as followups
from backend.followups.service import periods
from backend.house import House
from backend.kernel.sentences import load_sentences
from backend.reminders import service as reminders
from backend.reminders.dispatch import Dispatcher, Send
from backend.reminders.forecast import doses_ahead
from backend.review.service import credibility, passing

FAMILIES_AT_ONCE = 200
SUBJECTS_AT_ONCE = 200
EVERYWHERE = ("0" * 12, "9" * 12)

Pages: TypeAlias = Callable[[Session, str | None, int, datetime], list[periods.Turned]]
"""A page of subjects after an id."""


def sweep(house: House, now: datetime) -> int:
    """Each minute: fail what came too late, plan the morning's digests; how many were made."""
    house.transact(lambda session: reminders.expire(session, now))
    with house.read() as session:
        if not reminders.without_digest(session, now):
            return 0
    return house.transact(lambda session: reminders.plan_digests(session, now))


def plan_families(house: House, now: datetime) -> int:
    """Each hour: plan what families are told today; how many messages were made."""
    with house.read() as session:
        children = reminders.reachable_children(session, now)
    made = 0
    for start in range(0, len(children), FAMILIES_AT_ONCE):
        made += _plan_some(house, children[start : start + FAMILIES_AT_ONCE], now)
    return made


def _plan_some(house: House, children: list[str], now: datetime) -> int:
    return house.transact(
        lambda session: reminders.plan_families(session, house.vault, children, doses_ahead, now)
    )


def dispatch(house: House, send: Send) -> int:
    """Send what is due; how many reminders were taken up."""
    sentences = load_sentences(house.settings.schemas, "reminder")
    return Dispatcher(house, send, sentences, doses_ahead).run()


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


def miss_expired(house: House, now: datetime) -> int:
    """Each hour: tasks that can no longer be done have failed; how many there were."""
    missed = 0
    while found := house.transact(lambda session: followups.miss_expired(session, now)):
        missed += found
    return missed


def clear_attachments(house: House, now: datetime) -> int:
    """Each hour: remove pictures that nobody names and uploads that nobody finished; how many."""
    return attachments.clear(house.read, house.write, house.blobs, now)


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

"""What happens by the clock: each job is a plain function of the house and the present instant.

The worker process calls them (:mod:`backend.worker`), tests call them without it. All of them may
be called twice, late, or by several workers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from backend.attachments import service as attachments
from backend.followups import service as followups
from backend.followups.service import periods
from backend.house import House
from backend.indicators import service as indicators
from backend.indicators.service import refreshing
from backend.kernel.sentences import load_sentences
from backend.reminders import service as reminders
from backend.reminders.dispatch import Dispatcher, Send
from backend.reminders.forecast import doses_ahead

FAMILIES_AT_ONCE = 200
SUBJECTS_AT_ONCE = 200

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


def refresh_figures(house: House, now: datetime) -> int:
    """Each minute: count what has changed; how many changes there were."""
    judges = indicators.judges_of(house.settings.schemas)
    return refreshing.refresh(refreshing.Counting(house.read, house.write, judges), now)

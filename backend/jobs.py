"""What happens by the clock: each job is a plain function of the house and the present instant.

The worker process calls them (:mod:`backend.worker`), tests call them without it. All of them may
be called twice, late, or by several workers at once.
"""

from __future__ import annotations

from datetime import datetime

from backend.followups import service as followups
from backend.house import House
from backend.kernel.sentences import load_sentences
from backend.reminders import service as reminders
from backend.reminders.dispatch import Dispatcher, Send
from backend.reminders.forecast import doses_ahead

FAMILIES_AT_ONCE = 200


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


def miss_expired(house: House, now: datetime) -> int:
    """Each night: tasks that can no longer be done have failed; how many there were."""
    missed = 0
    while found := house.transact(lambda session: followups.miss_expired(session, now)):
        missed += found
    return missed

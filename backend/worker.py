"""The worker's door: ``huey_consumer backend.worker.huey``.

huey rings the bell, nothing more: what is to be done stands in our own tables, so that its queue
can be lost at any time, and several consumers may run. This is the only process that loads the
sender (S30).
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from backend import jobs
from backend.app import create_app
from backend.audit import service as audit
from backend.house import House
from backend.kernel.errors import frames_of
from backend.reminders.channels.group_chat import GroupChats
from backend.reminders.channels.sms_gateway import SmsGateway
from backend.reminders.channels.web_push import WebPushSender
from backend.reminders.model import Handling, Outcome, PushMessage, ShortMessage, Subscription
from backend.settings import Settings
from backend.webhooks.sender import WebhookSender

POLL_S = 5
"""How often the table is looked at: an emergency waits no longer than twice that."""


HANDS = 8
"""Threads that send at the same time: a push service answers in a tenth of a second, and waiting
costs nothing."""


def make_huey(settings: Settings) -> Huey:
    """The queue: a file in the var folder; PostgreSQL or Redis where several machines work."""
    if settings.queue_url is None:
        return SqliteHuey("suifang", filename=str(settings.var / "queue.sqlite3"), results=False)
    if settings.queue_url.startswith("redis"):
        return RedisHuey("suifang", url=settings.queue_url, results=False)
    return PostgresHuey("suifang", dsn=settings.queue_url, results=False)


log = logging.getLogger("suifang.worker")
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
logging.getLogger("huey").propagate = False  # the consumer gives it a handler of its own

settings = Settings.from_environment(os.environ, Path(__file__).parents[1])
house: House = create_app(settings).extensions["suifang"]
huey = make_huey(settings)
_own = threading.local()
_hands = ThreadPoolExecutor(HANDS, thread_name_prefix="send")


def push(to: Subscription, message: PushMessage, handling: Handling) -> Outcome:
    """Send by this thread's sender, with connections of its own."""
    if not hasattr(_own, "push"):
        _own.push = WebPushSender(
            settings.secrets.vapid,
            settings.contact,
            settings.push_hosts,
            house.clock,
            test_origin=settings.push_test,
        )
    found: WebPushSender = _own.push
    return found.send(to, message, handling)


def text(message: ShortMessage) -> Outcome:
    """Send by this thread's gateway."""
    if not hasattr(_own, "sms"):
        _own.sms = SmsGateway(
            settings.sms_url or "",
            settings.secrets.sms,
            settings.sms_templates,
            settings.sms_fen,
            house.clock,
        )
    found: SmsGateway = _own.sms
    return found.send(message)


def tell(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Post an event by this thread's sender."""
    if not hasattr(_own, "webhooks"):
        _own.webhooks = WebhookSender(house.clock)
    found: WebhookSender = _own.webhooks
    return found(url, body, headers)


def tell_chat(area_code: str, text: str) -> Outcome:
    """Post by this thread's robots."""
    if not hasattr(_own, "chats"):
        _own.chats = GroupChats(settings.chats, house.clock)
    found: GroupChats = _own.chats
    return found.send(area_code, text)


def alone(work: Callable[[], None]) -> Callable[[], None]:
    """Keep what goes wrong from huey's log: an error's text may hold personal data (S43).

    Nothing is retried here; the next time is soon enough, and the tables say what is left.
    """

    @wraps(work)
    def run() -> None:
        try:
            work()
        except Exception as error:
            log.error("%s: %s at %s", work.__name__, type(error).__name__, frames_of(error))

    return run


def every(minute: str, hour: str = "*") -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Have something done each minute, at one minute of the hour, or once a day (UTC)."""

    def decorator(work: Callable[[], None]) -> Callable[[], None]:
        huey.periodic_task(crontab(minute=minute, hour=hour))(alone(work))
        return work

    return decorator


@every("*")
def sweep() -> None:
    """Plan the morning's digests, fail what came too late."""
    jobs.sweep(house, house.clock())


def send() -> None:
    """Send what is due."""
    sms, chat = text if settings.sms_url else None, tell_chat if settings.chats else None
    jobs.dispatch(house, push, sms, _hands, chat)


send_soon = huey.task()(alone(send))


def tell_others() -> None:
    """Tell other systems what happened to submissions."""
    jobs.tell_webhooks(house, tell, house.clock())


tell_soon = huey.task()(alone(tell_others))


@every("*")
def keep_sending() -> None:
    """Look every few seconds of this minute for what has become due."""
    for delay in range(0, 60, POLL_S):
        send_soon.schedule(delay=delay)
        tell_soon.schedule(delay=delay)


@every("*")
def refresh_figures() -> None:
    """Count what has changed; on the first of each day everybody."""
    jobs.refresh_figures(house, house.clock())


@every("5")
def plan_families() -> None:
    """Plan what families and residents are told today, and whom a doctor must telephone."""
    jobs.plan_families(house, house.clock())
    jobs.plan_owed(house, house.clock())
    jobs.plan_calls(house, house.clock())


@every("20")
def turn_the_calendar() -> None:
    """What the calendar has brought opens, tasks that can no longer be done have failed."""
    jobs.turn_calendar(house, house.clock())
    jobs.miss_expired(house, house.clock())


@every("10")
def plan_clinics() -> None:
    """Soon after midnight, or when it was missed: what every child waits for, for the clinics."""
    jobs.plan_clinics(house, house.clock())


@every("25", hour="17")
def turn_doses() -> None:
    """At 01:25 in China: the doses of children about whom nothing came in."""
    jobs.turn_doses(house, house.clock())


@every("40", hour="18")
def remove_over() -> None:
    """At 02:40 in China: names that need not be kept any longer are destroyed."""
    jobs.remove_over(house, house.clock())


@every("35")
def clear_attachments() -> None:
    """Pictures that no submission ever named, uploads and events that were left, are removed."""
    jobs.clear_attachments(house, house.clock())
    jobs.clear_webhooks(house, house.clock())


@every("50", hour="18")
def match_people() -> None:
    """At ten to three in China: who was registered twice."""
    jobs.match_people(house, house.clock())


@every("50")
def weigh_credibility() -> None:
    """Flags that show only beside other visits, and how each doctor's visits stand."""
    jobs.weigh_credibility(house, house.clock())


@every("55")
def pass_unflagged() -> None:
    """What a township lets pass unflagged is approved, but for a drawn share."""
    jobs.pass_unflagged(house, house.clock())


@every("*/5")
def seal_the_audit() -> None:
    """What the audit has got since is linked into its chain."""
    sealed = jobs.seal_audit(house, house.clock())
    if sealed:
        with house.read() as session:
            log.info("audit sealed: %d rows, head %s", sealed, audit.head(session))


@every("*")
def show_life() -> None:
    """That somebody works here."""
    jobs.show_life(house, house.clock())


@every("*/10")
def raise_alarms() -> None:
    """What does not work, one line each: ``flask doctor`` says it in a sentence."""
    for one in jobs.alarms(house):
        log.error("alarm %s %s", one.code, dict(one.values))

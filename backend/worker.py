"""The worker's door: ``huey_consumer backend.worker.huey``.

huey rings the bell, nothing more: what is to be done stands in our own tables, so that its queue
can be lost at any time, and several consumers may run. This is the only process that loads the
sender (S30).
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab

from backend import jobs
from backend.app import create_app
from backend.house import House
from backend.kernel.errors import frames_of
from backend.reminders.channels.web_push import WebPushSender
from backend.settings import Settings

POLL_S = 5
"""How long an emergency may lie before it is sent."""

_MINUTE_S = 60


def make_huey(settings: Settings) -> Huey:
    """The queue: a file in the var folder, or Redis or PostgreSQL where several machines work."""
    url = settings.queue_url
    if url is None:
        return SqliteHuey("suifang", filename=str(settings.var / "queue.sqlite3"), results=False)
    if url.startswith("postgresql://"):
        return PostgresHuey("suifang", dsn=url, results=False)
    return RedisHuey("suifang", url=url, results=False)


log = logging.getLogger("suifang.worker")
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
logging.getLogger("huey").setLevel(logging.WARNING)

settings = Settings.from_environment(os.environ, Path(__file__).parents[1])
house: House = create_app(settings).extensions["suifang"]
huey = make_huey(settings)
_own = threading.local()


def sender() -> WebPushSender:
    """This thread's sender, with connections of its own."""
    if not hasattr(_own, "sender"):
        _own.sender = WebPushSender(
            settings.secrets.vapid,
            settings.contact,
            settings.push_hosts,
            house.clock,
            test_origin=settings.push_test,
        )
    found: WebPushSender = _own.sender
    return found


def job(minute: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Do something by the clock, each minute or at one minute of the hour.

    What goes wrong is told without the values that an error's text may hold (S43); the next time
    tries again.
    """

    def decorator(work: Callable[[], None]) -> Callable[[], None]:
        @wraps(work)
        def run() -> None:
            try:
                work()
            except Exception as error:
                log.error("%s: %s at %s", work.__name__, type(error).__name__, frames_of(error))

        huey.periodic_task(crontab(minute=minute))(run)
        return work

    return decorator


@job("*")
def sweep() -> None:
    """Plan the morning's digests, fail what came too late."""
    jobs.sweep(house, house.clock())


@job("*")
def dispatch() -> None:
    """Send what is due, looking again every few seconds until the next minute's run takes over."""
    end = time.monotonic() + _MINUTE_S - POLL_S
    while True:
        jobs.dispatch(house, sender().send)
        if time.monotonic() > end:
            return
        time.sleep(POLL_S)


@job("5")
def plan_families() -> None:
    """Plan what families are told today."""
    jobs.plan_families(house, house.clock())


@job("20")
def miss_expired() -> None:
    """Tasks that can no longer be done have failed."""
    jobs.miss_expired(house, house.clock())

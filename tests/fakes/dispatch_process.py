"""Worker processes that send what is due and can be killed. Run with ``python -m``.

Arguments: database URL, folder, origin of the push server. For each line on the standard input,
the minutes the clock is ahead, it forks a worker and writes its pid, and when it ended its status.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine

from backend.house import build_house
from backend.kernel.clock import system_clock
from backend.kernel.db import prepare_engine
from backend.reminders.channels.web_push import WebPushSender
from tests.builders.reminders import make_dispatcher
from tests.builders.settings import make_settings


def work(url: str, var: str, origin: str, ahead: timedelta) -> None:
    """Be a worker until nothing is due."""

    def clock() -> datetime:
        return system_clock() + ahead

    settings = make_settings(Path(var), url, push_test=origin)
    house = build_house(settings, prepare_engine(create_engine(url)), clock)
    vapid = settings.secrets.vapid
    sender = WebPushSender(vapid, settings.contact, (), clock, test_origin=origin)
    make_dispatcher(house, sender.send).run(most_batches=1000)


if __name__ == "__main__":
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(*sys.argv[1:4], timedelta(minutes=int(line)))
            os._exit(0)
        print(pid, flush=True)
        print(os.waitpid(pid, 0)[1], flush=True)

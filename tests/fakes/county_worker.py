"""A worker process of the simulated county: it does what it is told, at the hour it is told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import create_engine

from backend import jobs
from backend.house import build_house
from backend.kernel.db import prepare_engine
from backend.reminders.channels.sms_gateway import SmsGateway
from backend.reminders.channels.web_push import WebPushSender
from tests.builders.settings import make_settings

HANDS = 2


def work(orders: Connection, url: str, var: str, push: str, sms: str) -> None:
    """Answer each ``(now, jobs)`` with what was done, until told ``None``."""
    at: list[datetime] = []
    settings = make_settings(Path(var), url, push_test=push, sms_url=sms)
    house = build_house(settings, prepare_engine(create_engine(url)), lambda: at[-1])
    sender = WebPushSender(
        settings.secrets.vapid, settings.contact, (), house.clock, test_origin=push
    )
    gateway = SmsGateway(
        sms, settings.secrets.sms, settings.sms_templates, settings.sms_fen, house.clock
    )
    hands = ThreadPoolExecutor(HANDS)
    does: Mapping[str, object] = {
        "sweep": lambda: jobs.sweep(house, house.clock()),
        "families": lambda: jobs.plan_families(house, house.clock()),
        "owed": lambda: jobs.plan_owed(house, house.clock()),
        "calls": lambda: jobs.plan_calls(house, house.clock()),
        "send": lambda: jobs.dispatch(house, sender.send, gateway.send, hands),
    }
    while (order := orders.recv()) is not None:
        now, names = order
        at.append(now)
        orders.send([does[name]() for name in names])  # type: ignore[operator]
    os._exit(0)

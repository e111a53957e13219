"""``python -m tests.benchmarks.reminders``: plan and claim a million, and send as fast as it goes.

Pushes are encrypted and signed as in the field and posted to a sink on the loopback, a process of
its own that answers 201 and does nothing else; the machine's cores are shared with it. The floor of
sending is the same encryption and the same posts without any database.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psutil
from sqlalchemy import create_engine, update

from backend import tables
from backend.house import House, build_house
from backend.kernel.db import prepare_engine
from backend.kernel.ids import new_id
from backend.reminders.channels.web_push import WebPushSender
from backend.reminders.dispatch import AT_ONCE_WITH_HANDS, LEASE
from backend.reminders.model import ACCOUNT, Handling, PushMessage, ReminderPlan, Subscription
from backend.reminders.store import addresses, reminders
from tests.benchmarks import report
from tests.benchmarks.report import Figure
from tests.benchmarks.server import fresh
from tests.builders.accounts import make_account
from tests.builders.areas import VILLAGE, make_county
from tests.builders.reminders import AUTH, P256DH, make_dispatcher
from tests.builders.settings import make_settings

_Told = tuple[int, float, float]
"""Of a worker: pushes, megabytes grown, seconds of a core."""

MILLION = 1_000_000
AT_ONCE = 5_000
CLAIMED = 20_000
SENT = 4_000
HANDS = 8
NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def main(kinds: list[str], number: int) -> int:
    """Measure and print."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    figures: list[Figure] = []
    with _sink() as origin:
        figures.append(_floor(origin))
        for kind in kinds:
            figures += _measure(kind, origin, number)
    print(report.table(figures, report.machine()))
    return 0


def _house(url: str, var: Path, origin: str) -> House:
    settings = make_settings(var, url, push_test=origin)
    engine = prepare_engine(create_engine(url, pool_size=HANDS + 2))
    return build_house(settings, engine, lambda: NOW + timedelta(minutes=1))


def _measure(kind: str, origin: str, number: int) -> Iterator[Figure]:
    with fresh(kind) as place:
        place.flask("setup")
        url = make_settings(place.var, place.url).database_url
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        house = _house(url, place.var, origin)
        with house.write() as session:
            make_county(session)
            people = [make_account(house, session, "worker", (VILLAGE,)).id for _ in range(50)]
            for each in people:
                one = Subscription("", ACCOUNT, each, f"{origin}/push/{each}", P256DH, AUTH, "en")
                addresses.save(session, house.vault, one, NOW)
        memory = psutil.Process().memory_info().rss
        yield Figure(f"{kind}_plan_per_s", _plan(house, people, number), "reminders/s")
        yield Figure(f"{kind}_claim_per_s", _claim(house), "reminders/s")
        workers = 1 if kind == "sqlite" else 2
        rate, cpu_ms, grown = _send(url, place.var, origin, 1)
        yield Figure(f"{kind}_send_1_worker_per_s", rate, "pushes/s")
        yield Figure(f"{kind}_send_cpu", cpu_ms, "ms CPU a push")
        yield Figure(f"{kind}_send_memory_grown", grown, "MB")
        if workers > 1:
            rate, _cpu_ms, _grown = _send(url, place.var, origin, workers)
            yield Figure(f"{kind}_send_{workers}_workers_per_s", rate, "pushes/s")
        grown = (psutil.Process().memory_info().rss - memory) / 1e6
        yield Figure(f"{kind}_planner_memory_grown", grown, "MB")
        house.engine.dispose()


def _plan(house: House, people: list[str], number: int) -> float:
    begun = time.monotonic()
    for start in range(0, number, AT_ONCE):
        plans = [
            ReminderPlan(
                "worker", people[index % len(people)], f"urgent:{new_id()}", "E3", VILLAGE,
                NOW, NOW + timedelta(hours=12), {"kind": "urgent"},
            )
            for index in range(start, start + AT_ONCE)
        ]  # fmt: skip
        house.transact(lambda session, some=plans: reminders.plan(session, some, NOW))  # type: ignore[misc]
    return number / (time.monotonic() - begun)


def _claim(house: House) -> float:
    """Claims as the worker makes them, out of all that are due in the same instant."""
    begun, taken, at = time.monotonic(), 0, NOW + timedelta(minutes=1)
    while taken < CLAIMED:
        taken += len(
            house.transact(
                lambda session: reminders.claim(session, new_id(), at, LEASE, AT_ONCE_WITH_HANDS)
            )
        )
    rate = taken / (time.monotonic() - begun)
    with house.write() as session:  # given back: sending is not measured behind their leases
        row = tables.reminders.ReminderRow
        session.execute(update(row).values(lease_until=None, attempts=0))
    return rate


def _send(url: str, var: Path, origin: str, workers: int) -> tuple[float, float, float]:
    """Pushes a second of so many worker processes together; what one costs in milliseconds of a
    core, which a busy machine does not change so much; megabytes that a worker grew by.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ready, go = context.Barrier(workers + 1), context.Queue()
    processes = [
        context.Process(target=_work, args=(url, str(var), origin, ready, go))
        for _ in range(workers)
    ]
    for each in processes:
        each.start()
    ready.wait()
    begun = time.monotonic()
    told = [go.get() for _ in processes]
    took = time.monotonic() - begun
    sent = sum(one[0] for one in told)
    for each in processes:
        each.join()
    return sent / took, 1e3 * sum(one[2] for one in told) / sent, max(one[1] for one in told)


def _work(url: str, var: str, origin: str, ready: Barrier, told: Queue[_Told]) -> None:
    house = _house(url, Path(var), origin)
    hands = ThreadPoolExecutor(HANDS)
    dispatcher = make_dispatcher(house, _Senders(house, origin), hands=hands)
    dispatcher.run(most_batches=2)  # connections are made, statements compiled
    ready.wait()
    before, spent = psutil.Process().memory_info().rss, time.process_time()
    sent = dispatcher.run(most_batches=SENT // AT_ONCE_WITH_HANDS)
    spent = time.process_time() - spent
    grown = (psutil.Process().memory_info().rss - before) / 1e6
    told.put((sent, grown, spent))


class _Senders:
    """A sender a thread, as in the worker process."""

    def __init__(self, house: House, origin: str) -> None:

        self._house, self._origin, self._own = house, origin, threading.local()

    def __call__(self, to: Subscription, message: PushMessage, handling: Handling) -> object:
        if not hasattr(self._own, "sender"):
            settings = self._house.settings
            self._own.sender = WebPushSender(
                settings.secrets.vapid, settings.contact, (), self._house.clock,
                test_origin=self._origin,
            )  # fmt: skip
        return self._own.sender.send(to, message, handling)


def _floor(origin: str) -> Figure:
    """Encrypting and posting alone, by as many threads."""
    house_free = make_settings(Path("/nonexistent"), "sqlite://")
    to = Subscription("s", ACCOUNT, "a", f"{origin}/push/a", P256DH, AUTH, "en")
    message = PushMessage("m", "urgent", "title", "body", "/desk/", "r" * 59)

    def some(_hand: int) -> int:
        sender = WebPushSender(
            house_free.secrets.vapid, house_free.contact, (), lambda: NOW, test_origin=origin
        )
        for _ in range(SENT // HANDS):
            assert sender.send(to, message, Handling(60, "high", "topic")).kind == "accepted"
        return SENT // HANDS

    begun = time.monotonic()
    with ThreadPoolExecutor(HANDS) as hands:
        sent = sum(hands.map(some, range(HANDS)))
    return Figure("encrypt_and_post_per_s", sent / (time.monotonic() - begun), "pushes/s")


@contextmanager
def _sink() -> Iterator[str]:
    """A push service that takes everything at once."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_take, args=(listening,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        process.terminate()
        process.join()
        listening.close()


def _take(listening: socket.socket) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                )
                await reader.readexactly(length)
                writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, sock=listening)
        await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2] or ["sqlite", "postgresql"], int((sys.argv[2:3] or [MILLION])[0])))

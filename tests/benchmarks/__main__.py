"""``make bench``: submissions a second on SQLite and PostgreSQL, beside the machine's floors.

Everything runs on 127.0.0.1 and ends by itself within a few minutes. Server, database and load
share the machine's cores, as they do in a township's back room.
"""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import ceil
from random import Random

from tests.benchmarks import floors, report
from tests.benchmarks.load import Outcome
from tests.benchmarks.phones import Phone, enrol
from tests.benchmarks.report import Figure, percentile
from tests.benchmarks.server import ROOT, Place, cpu_seconds, fresh, rss_mb, serving

CLIENTS = (1, 4, 16)
BATCH = 50
RESIDENTS = 7500  # a doctor and a phone for each of 16 clients
SECONDS = 8.0
WARM_UP_SECONDS = 2.0
FLOOR_SECONDS = 2.0
READY_FOR = 2.5  # times as many envelopes are prepared as the last measurement took


def main() -> int:
    """Measure both databases and print what came out."""
    # A plain TERM would leave server and database running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    figures: list[Figure] = []
    conditions = report.machine()
    for kind in ("sqlite", "postgresql"):
        with fresh(kind) as place:
            print(f"{kind}: loading {RESIDENTS} residents", flush=True)
            place.flask("setup")
            place.flask("sample", "load", "--residents", str(RESIDENTS))
            figures += _measure(place)
    report.save(ROOT / "var" / "bench.json", figures, conditions)
    print(report.table(figures, conditions))
    return 0


def _measure(place: Place) -> Iterator[Figure]:
    doors = json.loads(place.flask("sample", "doors", "--json"))
    with serving("backend.wsgi:app", place.env, "/api/v1/health/ready") as (port, pid):
        doctors = [person for person in doors["people"] if person["role"] == "worker"]
        phones = [enrol(port, person["login"], person["password"]) for person in doctors]
        per_s = _rate(_drive(port, phones, 4, 1, WARM_UP_SECONDS, 100))
        outcomes: dict[tuple[int, int], Outcome] = {}
        spent: dict[tuple[int, int], float] = {}
        with _highest_rss(pid) as highest:
            for size in (1, BATCH):
                for clients in CLIENTS:
                    print(f"{place.kind}: {clients} clients, batches of {size}", flush=True)
                    before = cpu_seconds(pid)
                    outcome = _drive(port, phones, clients, size, SECONDS, per_s)
                    per_s = max(per_s, _rate(outcome))
                    outcomes[size, clients] = outcome
                    spent[size, clients] = cpu_seconds(pid) - before
    with serving("tests.benchmarks.bare:app", place.env, "/") as (port, pid):
        request = phones[0].request(Random(0), 1)  # noqa: S311
        bare = {
            clients: _run(port, FLOOR_SECONDS, [[request] * 20_000] * clients)
            for clients in CLIENTS
        }
        bare_rss = rss_mb(pid)
    yield from _figures(place, outcomes, bare)
    for size, name in ((1, "single"), (BATCH, f"batch{BATCH}")):
        stored = outcomes[size, 16].receipts.get("stored", 0)
        yield Figure(
            f"{place.kind}_submissions_{name}_16c_cpu_ms", spent[size, 16] * 1000 / stored, "ms"
        )
    yield Figure(f"{place.kind}_server_rss_mb", highest[0], "MB", bare_rss)


def _figures(
    place: Place, outcomes: dict[tuple[int, int], Outcome], bare: dict[int, Outcome]
) -> Iterator[Figure]:
    for (size, clients), outcome in outcomes.items():
        stored = outcome.receipts.get("stored", 0)
        lost = sum(outcome.receipts.values()) - stored
        told = {
            "seconds": outcome.seconds,
            "requests": len(outcome.latencies_ms),
            "not_stored": lost,
        }
        commits = floors.commits_per_s(_floor_client(place), clients, size, FLOOR_SECONDS)
        requests = len(bare[clients].latencies_ms) / bare[clients].seconds
        per_s = f"{place.kind}_submissions_{'single' if size == 1 else f'batch{size}'}"
        yield Figure(
            f"{per_s}_{clients}c_per_s",
            stored / outcome.seconds,
            "submissions/s",
            min(commits, requests * size),
            {**told, "floor_rows_per_s": commits, "floor_requests_per_s": requests},
        )
        timed = f"{place.kind}_{'submission' if size == 1 else f'batch{size}'}_{clients}c"
        for share in (50, 95, 99):
            yield Figure(
                f"{timed}_p{share}_ms",
                percentile(outcome.latencies_ms, share / 100),
                "ms",
                percentile(bare[clients].latencies_ms, share / 100),
            )


def _floor_client(place: Place) -> partial[floors.Insert]:
    if place.kind == "sqlite":
        return partial(floors.sqlite_client, place.var / "floor.sqlite3")
    return partial(floors.postgresql_client, place.url)


def _rate(outcome: Outcome) -> float:
    return outcome.receipts.get("stored", 0) / outcome.seconds


def _drive(
    port: int, phones: Sequence[Phone], clients: int, size: int, seconds: float, per_s: float
) -> Outcome:
    """Let so many clients send batches of that size; envelopes are sealed before the clock runs.

    :param per_s: submissions a second that may be expected
    """
    rng = Random(f"{clients}/{size}")  # noqa: S311
    each = ceil(READY_FOR * per_s * seconds / size / clients)
    return _run(
        port,
        seconds,
        [
            [phones[client % len(phones)].request(rng, size) for _ in range(each)]
            for client in range(clients)
        ],
    )


def _run(port: int, seconds: float, plans: list[list[bytes]]) -> Outcome:
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps(plans))
        file.flush()
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.load", str(port), str(seconds), file.name],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    return Outcome(**json.loads(done.stdout))


@contextmanager
def _highest_rss(pid: int) -> Iterator[list[float]]:
    """The highest memory of the server while the block runs, in the list's only place."""
    highest = [rss_mb(pid)]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            highest[0] = max(highest[0], rss_mb(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield highest
    finally:
        ended.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())

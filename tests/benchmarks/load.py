"""The load: prepared requests over keep-alive connections, in a process of its own.

``python -m tests.benchmarks.load PORT SECONDS FILE``: FILE holds one list of requests a client;
the outcome is printed as JSON. Raw HTTP/1.1, because on two cores every microsecond that the
measuring takes is taken from the server.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

GRACE_SECONDS = 10.0  # for what is on its way when the time is over
SETTLED = (b'"stored"', b'"replayed"', b'"held"', b'"quarantined"', b'"conflict"', b'"invalid"')


@dataclass(frozen=True)
class Outcome:
    """What came back.

    :param seconds: from the first request to the last answer
    :param latencies_ms: of every request
    :param receipts: receipts by status; other answers as ``http <status>``
    """

    seconds: float
    latencies_ms: list[float]
    receipts: dict[str, int]


async def drive(port: int, seconds: float, plans: list[list[bytes]]) -> Outcome:
    """Let every client send its requests, one after the other, until the time is over."""
    receipts: Counter[str] = Counter()
    latencies: list[float] = []
    begun = time.perf_counter()
    end = begun + seconds
    clients = [asyncio.create_task(_client(port, end, plan, latencies, receipts)) for plan in plans]
    _, late = await asyncio.wait(clients, timeout=seconds + GRACE_SECONDS)
    for client in late:
        client.cancel()
    receipts["unanswered"] += len(late)
    for client in clients:
        if client not in late:
            client.result()
    return Outcome(time.perf_counter() - begun, latencies, dict(receipts))


async def _client(
    port: int, end: float, plan: list[bytes], latencies: list[float], receipts: Counter[str]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in plan:
        started = time.perf_counter()
        if started >= end:
            break
        writer.write(request)
        status, closes, body = await _answer(reader)
        latencies.append((time.perf_counter() - started) * 1000)
        _count(status, body, receipts)
        if closes:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    return int(lines[0][9:12]), b"connection: close" in lines, await reader.readexactly(length)


def _count(status: int, body: bytes, receipts: Counter[str]) -> None:
    if status != 200:
        receipts[f"http {status}"] += 1
        return
    for word in SETTLED:
        if found := body.count(b'"status":' + word) + body.count(b'"status": ' + word):
            receipts[word.strip(b'"').decode()] += found


def main() -> None:
    """Read the plans, drive them, print the outcome."""
    port, seconds, file = sys.argv[1:4]
    plans = pickle.loads(Path(file).read_bytes())  # noqa: S301 - written by our own parent
    print(json.dumps(asdict(asyncio.run(drive(int(port), float(seconds), plans)))))


if __name__ == "__main__":
    main()

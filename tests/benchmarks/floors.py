"""The floor of the database: bare INSERT commits of a 1.2 KB row, as durable as the server's."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg

ROW = "x" * 1200
_TABLE = "CREATE TABLE IF NOT EXISTS floor (id text PRIMARY KEY, body text NOT NULL)"

Insert = Callable[[int], None]
"""Commit one transaction of so many rows."""


def commits_per_s(
    open_client: Callable[[], Insert], clients: int, rows: int, seconds: float
) -> float:
    """Rows a second that so many clients commit, so many rows a transaction."""
    counts = [0] * clients
    begun = time.perf_counter()
    end = begun + seconds

    def work(number: int) -> None:
        insert = open_client()
        while time.perf_counter() < end:
            insert(rows)
            counts[number] += rows

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun)


def sqlite_client(file: Path) -> Insert:
    """A connection with the settings of ``backend.kernel.db.prepare_engine``."""
    db = sqlite3.connect(file, timeout=20, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(_TABLE)

    def insert(rows: int) -> None:
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO floor VALUES (?, ?)", _rows(rows))
        db.execute("COMMIT")

    return insert


def postgresql_client(url: str) -> Insert:
    """A connection that commits synchronously."""
    db = psycopg.connect(url.replace("+psycopg", ""))
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(1)")
        db.execute(_TABLE)

    def insert(rows: int) -> None:
        with db.transaction(), db.cursor() as cursor:
            cursor.executemany("INSERT INTO floor VALUES (%s, %s)", _rows(rows))

    return insert


def _rows(count: int) -> list[tuple[str, str]]:
    return [(f"{os.getpid()}-{uuid4()}", ROW) for _ in range(count)]

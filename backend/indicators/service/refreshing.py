"""Keeping figures true: the feed says what changed, and who is behind it is counted anew.

Nothing of this runs while an envelope is taken. What is read and thought about happens in a reading
session; written is only what differs, in a short transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.geo import service as geo
from backend.indicators import store
from backend.indicators.model import Place
from backend.indicators.rules.adding import Changes, changes
from backend.indicators.rules.counting import Judge, tallies
from backend.indicators.rules.windows import open_years
from backend.indicators.service.gathering import Wanted, of_village, subjects, touched
from backend.kernel.clock import local_date

Read: TypeAlias = Callable[[], AbstractContextManager[Session]]
Write: TypeAlias = Callable[[], AbstractContextManager[Session]]

CHANGES_AT_ONCE = 2000
VILLAGES_AT_ONCE = 200
DAYS_KEPT = 400


@dataclass(frozen=True)
class Counting:
    """What a refresh needs: the two kinds of session and the indicators."""

    read: Read
    write: Write
    judges: Sequence[Judge]


def refresh(here: Counting, now: datetime) -> int:
    """Count what has changed since the last time; how many changes were followed.

    On the first time, and on the first of each day, everybody is counted: children grow, quarters
    end, tasks close without any record.
    """
    today = local_date(now)
    with here.read() as session:
        seen = store.place(session)
        end = feed.last_place(session)
    if seen is None:
        with here.write() as session:
            if store.place(session) is None:
                store.begin(session, *end)
        seen = Place(*end, None, 0)
    if seen.counted_on is not None and seen.counted_on < today:
        _keep(here, seen.counted_on)
    followed = _follow(here, today)
    if seen.counted_on != today:
        recount(here, today)
    return followed


def _keep(here: Counting, day: date) -> None:
    with here.write() as session:
        store.keep_day(session, day, day - timedelta(days=DAYS_KEPT))


def _follow(here: Counting, today: date) -> int:
    """Count whoever is behind the changes of the feed, page by page."""
    followed = 0
    while True:
        with here.read() as session:
            seen = store.place(session)
            if seen is None:
                return followed
            page = feed.since(session, (seen.txid, seen.seq), CHANGES_AT_ONCE)
            if not page:
                return followed
            found = _counted(
                session, touched(session, [(c.kind, c.object_id) for c in page]), here, today
            )
        if not _write(here, seen, found, today, txid=page[-1].txid, seq=page[-1].seq):
            return followed  # another worker counts
        followed += len(page)


def recount(here: Counting, today: date) -> int:
    """Count everybody, village by village; how many tallies differed from what was stored."""
    differing, after = 0, None
    while True:
        with here.read() as session:
            page = geo.villages(session, after, VILLAGES_AT_ONCE)
        for village in page:
            with here.read() as session:
                seen = store.place(session)
                found = _counted(session, of_village(session, village.code), here, today)
            if seen is None or not _write(here, seen, found, today):
                return differing
            differing += len(found.put) + len(found.gone)
        if len(page) < VILLAGES_AT_ONCE:
            break
        after = page[-1].code
    with here.read() as session:
        seen = store.place(session)
    if seen is not None:
        with here.write() as session:
            store.take_turn(session, seen, counted_on=today)
    return differing


def _counted(session: Session, wanted: Wanted, here: Counting, today: date) -> Changes:
    years = open_years(today)
    found = [
        tally
        for subject in subjects(session, wanted, today)
        for tally in tallies(here.judges, subject, years, today)
    ]
    return changes(store.tallies(session, wanted.ids, years), found)


def _write(here: Counting, seen: Place, found: Changes, today: date, **place: int) -> bool:
    if not place and not (found.put or found.gone):
        return True
    with here.write() as session:
        if not store.take_turn(session, seen, **place):
            return False
        store.remove(session, found.gone)
        store.put(session, found.put, today)
        store.add(session, found.added)
    return True

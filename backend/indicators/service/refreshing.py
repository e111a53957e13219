"""Keeping figures true: the feed says what changed, and who is behind it is counted anew.

Some change without any record: children grow, quarters end, tasks close. For whom that may be is
known when they are counted, with the day, and then they are counted again. Everybody is counted on
the first day of a month, which is a new column, and when a definition is another.

Nothing of this runs while an envelope is taken. What is read and thought about happens in a reading
session; written is only what differs, in a short transaction of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.geo import service as geo
from backend.immunization import service as immunization
from backend.indicators import store
from backend.indicators.model import HOUSEHOLD, RESIDENT, SITE, Place, Recount
from backend.indicators.rules.adding import Changes, changes
from backend.indicators.rules.ahead import look_again
from backend.indicators.rules.counting import Judge, tallies
from backend.indicators.rules.windows import open_years
from backend.indicators.service.gathering import Wanted, of_village, subjects, touched
from backend.kernel.clock import local_date

Read: TypeAlias = Callable[[], AbstractContextManager[Session]]
Write: TypeAlias = Callable[[], AbstractContextManager[Session]]

CHANGES_AT_ONCE = 2000
SUBJECTS_AT_ONCE = 2000
VILLAGES_AT_ONCE = 200
DAYS_KEPT = 400


@dataclass(frozen=True)
class Counting:
    """What a refresh needs: the two kinds of session and the indicators.

    :param digest: of the indicators' files
    """

    read: Read
    write: Write
    judges: Sequence[Judge]
    digest: str


@dataclass(frozen=True)
class _Counted:
    """What differs of some subjects: their tallies, and when they are to be counted again."""

    tallies: Changes
    planned: tuple[Recount, ...]
    unplanned: tuple[str, ...]

    @property
    def differs(self) -> bool:
        found = self.tallies
        return bool(found.put or found.gone or self.planned or self.unplanned)


def refresh(here: Counting, now: datetime) -> int:
    """Count what has changed since the last time; how many changes were followed.

    On the first run of a day, those whom that day changes are counted too.
    """
    today = local_date(now)
    with here.read() as session:
        seen = store.place(session)
        end = feed.last_place(session)
        definition = _definition(session, here, today)
    if seen is None:
        with here.write() as session:
            if store.place(session) is None:
                store.begin(session, *end)
        seen = Place(*end, None, 0)
    if seen.counted_on is not None and seen.counted_on < today:
        _keep(here, seen.counted_on)
    followed = _follow(here, today)
    if not _in_one_month(seen.counted_on, today) or seen.definition != definition:
        recount(here, today, definition)
    elif seen.counted_on != today:
        _recount_due(here, today)
    return followed


def _in_one_month(counted_on: date | None, today: date) -> bool:
    """False also when the clock has been put back: what was counted then is of another day."""
    return counted_on is not None and today.replace(day=1) <= counted_on <= today


def _definition(session: Session, here: Counting, today: date) -> str:
    """Digest of all by which everybody is counted, beside their own records."""
    told = [here.digest, *immunization.definition_on(session, today)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


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


def recount(here: Counting, today: date, definition: str) -> int:
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
            differing += len(found.tallies.put) + len(found.tallies.gone)
        if len(page) < VILLAGES_AT_ONCE:
            break
        after = page[-1].code
    _counted_on(here, today, definition=definition)
    return differing


def _recount_due(here: Counting, today: date) -> None:
    """Count those again whom this day, or one since the last run, may have changed."""
    while True:
        with here.read() as session:
            seen = store.place(session)
            due = store.recounts_due(session, today, SUBJECTS_AT_ONCE)
            if seen is None or not due:
                break
            found = _counted(session, _wanted(due), here, today)
        if not _write(here, seen, found, today):
            return
    _counted_on(here, today)


def _wanted(due: Sequence[Recount]) -> Wanted:
    residents, households, sites = (
        frozenset(one.subject_id for one in due if one.subject_kind == kind)
        for kind in (RESIDENT, HOUSEHOLD, SITE)
    )
    return Wanted(residents, households, sites)


def _counted_on(here: Counting, today: date, **values: str) -> None:
    with here.read() as session:
        seen = store.place(session)
    if seen is not None:
        with here.write() as session:
            store.take_turn(session, seen, counted_on=today, **values)


def _counted(session: Session, wanted: Wanted, here: Counting, today: date) -> _Counted:
    years = open_years(today)
    everybody = subjects(session, wanted, today)
    found = [tally for one in everybody for tally in tallies(here.judges, one, years, today)]
    ahead = {
        Recount(one.id, one.kind, day)
        for one in everybody
        if (day := look_again(here.judges, one, today)) is not None
    }
    planned = set(store.recounts(session, wanted.ids))
    still = {one.subject_id for one in ahead}
    return _Counted(
        changes(store.tallies(session, wanted.ids, years), found),
        tuple(ahead - planned),
        tuple(one.subject_id for one in planned if one.subject_id not in still),
    )


def _write(here: Counting, seen: Place, found: _Counted, today: date, **place: int) -> bool:
    if not place and not found.differs:
        return True
    with here.write() as session:
        if not store.take_turn(session, seen, **place):
            return False
        store.remove(session, found.tallies.gone)
        store.put(session, found.tallies.put, today)
        store.add(session, found.tallies.added)
        store.unplan(session, found.unplanned)
        store.plan(session, found.planned)
    return True

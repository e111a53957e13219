"""A past as long as that of an old county: the sample's visits again, in the years before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.house import House
from backend.kernel.ids import new_id
from backend.submissions.model import Submission, Version
from backend.submissions.store import submissions
from backend.submissions.tables import SubmissionRow

AT_ONCE = 1000
ROUND = timedelta(days=98)
"""How much earlier each repetition lies."""


def lengthen(house: House, wanted: int) -> int:
    """Repeat the visits of a loaded sample, earlier and earlier, until there are so many.

    The follow-ups of today stay as they are: they rest on the newest visits.

    :returns: how many submissions there are
    """
    with house.read() as session:
        known = list(session.scalars(select(SubmissionRow.id).order_by(SubmissionRow.id)))
    assert known, "the sample has no visits to repeat"
    there = len(known)
    for back in range(1, wanted // len(known) + 2):
        for ids in _parts(known, AT_ONCE):
            taken = ids[: wanted - there]
            if not taken:
                return there
            there += _repeat(house, taken, ROUND * back)
    return there


def _repeat(house: House, ids: Sequence[str], earlier: timedelta) -> int:
    with house.write() as session:
        versions = submissions.newest_versions(session, house.vault, ids)
        pairs = [
            _before(one, versions[one.version_id], earlier)
            for one in submissions.by_ids(session, ids).values()
        ]
        submissions.add(session, [one for one, _ in pairs])
        written = [(version, one.county_code) for one, version in pairs]
        submissions.add_versions(session, house.vault, written)
    return len(pairs)


def _before(one: Submission, version: Version, earlier: timedelta) -> tuple[Submission, Version]:
    """The same visit, earlier; its id says when the form was begun, as on a phone."""
    finalised = one.finalised_at - earlier
    new = _id_at(finalised)
    again = {"finalised_at": finalised, "received_at": one.received_at - earlier}
    return (
        replace(one, id=new, version_id=new, visit_date=one.visit_date - earlier, **again),
        replace(version, id=new, submission_id=new, **again),
    )


def _id_at(moment: datetime) -> str:
    """A UUIDv7 of this moment."""
    random = UUID(new_id()).int & (1 << 80) - 1
    return str(UUID(int=int(moment.timestamp() * 1000) << 80 | random))


def _parts(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))

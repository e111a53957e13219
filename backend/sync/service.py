"""Use case: the next page of changes for one phone (docs/decisions/0003-sync.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.followups import service as followups
from backend.geo import service as geo
from backend.kernel.clock import local_date
from backend.kernel.vault import Vault
from backend.programmes import service as programmes
from backend.programmes.model import Enrolment
from backend.residents import service as residents
from backend.residents.model import Resident
from backend.review import service as review
from backend.review.model import Comment, QualityFlag, ReviewDecision
from backend.review.service import commenting
from backend.sites import service as sites
from backend.submissions import service as submissions
from backend.submissions.model import Submission, Version
from backend.sync.model import Change, Cursor, SyncPage, Walk
from backend.sync.rules import (
    STAGES,
    concerns,
    next_stage,
    ranges,
    read_cursor,
    scope_mark,
    walk_of,
    write_cursor,
)


@dataclass(frozen=True)
class SyncedResident:
    """A resident with what they are enrolled in."""

    resident: Resident
    enrolments: Sequence[Enrolment]


@dataclass(frozen=True)
class SyncedSubmission:
    """A submission as its doctor's phone keeps it; ``returned`` while it waits for correction."""

    submission: Submission
    version: Version
    returned: ReviewDecision | None
    flags: Sequence[QualityFlag] = ()
    comments: Sequence[Comment] = ()


Load = Callable[[Session, Vault, Sequence[str], date], Mapping[str, Any]]


def _areas(session: Session, _vault: Vault, ids: Sequence[str], _today: date) -> Mapping[str, Any]:
    return geo.names(session, ids)


def _households(
    session: Session, vault: Vault, ids: Sequence[str], _today: date
) -> Mapping[str, Any]:
    return residents.households_by_ids(session, vault, ids)


def _residents(
    session: Session, vault: Vault, ids: Sequence[str], today: date
) -> Mapping[str, Any]:
    enrolled = programmes.enrolments(session, ids)
    return {
        resident_id: SyncedResident(
            resident, [e for e in enrolled.get(resident_id, ()) if e.lasts_on(today)]
        )
        for resident_id, resident in residents.by_ids(session, vault, ids).items()
    }


def _tasks(session: Session, _vault: Vault, ids: Sequence[str], _today: date) -> Mapping[str, Any]:
    return followups.by_ids(session, ids)


def _submissions(
    session: Session, vault: Vault, ids: Sequence[str], _today: date
) -> Mapping[str, Any]:
    found = submissions.with_newest_versions(session, vault, ids)
    returned = review.open_returns(session, [s for s, _ in found.values()])
    flags = review.flags_of(session, [s.version_id for s, _ in found.values() if s.flag_count])
    said = commenting.comments_of(session, found)
    return {
        i: SyncedSubmission(s, v, returned.get(i), flags.get(v.id, ()), said.get(i, ()))
        for i, (s, v) in found.items()
    }


def _sites(session: Session, vault: Vault, ids: Sequence[str], _today: date) -> Mapping[str, Any]:
    return sites.by_ids(session, vault, ids)


_LOADERS: Mapping[str, Load] = {
    "area": _areas,
    "household": _households,
    "resident": _residents,
    "site": _sites,
    "task": _tasks,
    "submission": _submissions,
}


def page(
    session: Session,
    vault: Vault,
    areas: Sequence[str],
    cursor_text: str | None,
    limit: int,
    now: datetime,
) -> SyncPage:
    """The changes after a cursor, of everything inside the areas.

    :raises Refusal: ``cursor`` when the text is no cursor of ours
    """
    cursor = read_cursor(cursor_text) if cursor_text else None
    epoch, mark, scope = feed.epoch(session), scope_mark(areas), ranges(areas)
    walk, reset = walk_of(cursor, epoch, mark, lambda: feed.last_place(session))
    entries, walk = _go_on(session, scope, walk, limit)
    entries_seen = [e for e in entries if concerns(areas, e.kind, e.area_code)]
    wanted = defaultdict(list)
    for entry in entries_seen:
        if entry.op == "put":
            wanted[entry.kind].append(entry.object_id)
    today = local_date(now)
    nouns = {kind: _LOADERS[kind](session, vault, ids, today) for kind, ids in wanted.items()}
    changes = tuple(
        Change(
            entry.kind,
            entry.object_id,
            nouns[entry.kind].get(entry.object_id) if entry.op == "put" else None,
        )
        for entry in entries_seen
    )
    remaining = _remaining(session, scope, walk) if len(entries) == limit else 0
    return SyncPage(
        epoch=epoch,
        cursor=write_cursor(Cursor(epoch, mark, walk)),
        more=remaining > 0,
        reset=reset,
        remaining=remaining,
        server_time=now,
        changes=changes,
    )


def _go_on(
    session: Session, scope: Sequence[tuple[str, str]], walk: Walk, limit: int
) -> tuple[list[feed.Change], Walk]:
    """The next entries, and where the phone stands behind them. A page is filled from the next
    stage when one ends, so that a small village still comes in one.
    """
    entries: list[feed.Change] = []
    while True:
        kinds = STAGES[walk.stage] if walk.stage else None
        found = feed.page(session, scope, walk.place, limit - len(entries), kinds)
        entries += found
        if found:
            walk = replace(walk, place=(found[-1].txid, found[-1].seq))
        follows = next_stage(walk)
        if len(entries) == limit or follows is None:
            return entries, walk
        walk = follows


def _remaining(session: Session, scope: Sequence[tuple[str, str]], walk: Walk) -> int:
    """How many entries follow, those of later stages too."""
    left, at = 0, walk
    while True:
        left += feed.remaining(session, scope, at.place, STAGES[at.stage] if at.stage else None)
        follows = next_stage(at)
        if follows is None:
            return left
        at = follows

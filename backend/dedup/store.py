"""Queries on pairs of residents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.dedup.model import MERGED, OPEN, DuplicateCandidate, Merge, Verdict
from backend.dedup.tables import DuplicateCandidateRow, MergeRow, ResidentKeyRow
from backend.geo.rules import bounds
from backend.kernel.among import among
from backend.kernel.areas import within
from backend.kernel.db import table_of

_KEYS = table_of(ResidentKeyRow)
_SHARING = select(_KEYS.c.digest, _KEYS.c.resident_id).where(among(_KEYS.c.digest, "digests"))
_PAIRS = table_of(DuplicateCandidateRow)
_KNOWN = select(_PAIRS.c.id).where(among(_PAIRS.c.id, "ids"))
CROWD = 60
"""A key that more residents share tells nobody apart."""


def save(session: Session, pairs: Iterable[DuplicateCandidate], now: datetime) -> None:
    """Keep new pairs; what a person has decided about a known pair stays decided."""
    found = {pair.id: pair for pair in pairs}
    if not found:
        return
    known = set(session.scalars(_KNOWN, {"ids": list(found)}))
    session.add_all(
        DuplicateCandidateRow(
            id=pair.id,
            resident_id=pair.resident_id,
            other_id=pair.other_id,
            township_code=pair.township_code,
            verdict=pair.verdict.verdict,
            score=pair.verdict.score,
            explanation=dict(pair.verdict.explanation),
            weights=dict(pair.verdict.weights),
            state=pair.state,
            found_at=now,
            decided_at=now if pair.state == MERGED else None,
            decided_by=None,
        )
        for pair in found.values()
        if pair.id not in known
    )
    session.flush()


def open_pairs(session: Session, areas: Iterable[str], limit: int) -> list[DuplicateCandidate]:
    """Pairs inside the areas that wait for a decision, most likely first."""
    rows = session.scalars(
        select(DuplicateCandidateRow)
        .where(
            within(DuplicateCandidateRow.township_code, map(_townships, areas)),
            DuplicateCandidateRow.state == OPEN,
        )
        .order_by(DuplicateCandidateRow.score.desc(), DuplicateCandidateRow.id)
        .limit(limit)
    )
    return [_pair(row) for row in rows]


def _townships(area: str) -> tuple[str, str]:
    first, last = bounds(area)
    return first[:9], last


def pair(session: Session, pair_id: str) -> DuplicateCandidate | None:
    """One pair, its row locked."""
    row = session.get(DuplicateCandidateRow, pair_id, with_for_update=True)
    return None if row is None else _pair(row)


def settle(session: Session, pair_id: str, state: str, by: str | None, now: datetime) -> None:
    """Write down what a person decided about a pair."""
    row = session.get_one(DuplicateCandidateRow, pair_id)
    row.state, row.decided_by, row.decided_at = state, by, None if state == OPEN else now
    session.flush()


def _pair(row: DuplicateCandidateRow) -> DuplicateCandidate:
    return DuplicateCandidate(
        id=row.id,
        resident_id=row.resident_id,
        other_id=row.other_id,
        township_code=row.township_code,
        verdict=Verdict(row.verdict, row.score, row.explanation, row.weights),
        state=row.state,
    )


def add_merge(session: Session, merge: Merge, now: datetime) -> None:
    """Keep what a merge did."""
    session.add(
        MergeRow(
            id=merge.id,
            pair_id=merge.pair_id,
            loser_id=merge.loser_id,
            survivor_id=merge.survivor_id,
            followed=dict(merge.followed),
            merged_at=now,
            merged_by=merge.merged_by,
        )
    )
    session.flush()


def standing_merge(session: Session, pair_id: str) -> Merge | None:
    """The merge of a pair that was not undone."""
    row = session.scalars(
        select(MergeRow).where(MergeRow.pair_id == pair_id, MergeRow.undone_at.is_(None))
    ).first()
    if row is None:
        return None
    return Merge(row.id, row.pair_id, row.loser_id, row.survivor_id, row.followed, row.merged_by)


def undo_merge(session: Session, merge_id: str, by: str, now: datetime) -> None:
    """Write down that a merge was undone."""
    row = session.get_one(MergeRow, merge_id)
    row.undone_at, row.undone_by = now, by
    session.flush()


def index(session: Session, keys: Mapping[str, Iterable[int]]) -> None:
    """Put residents under these digests, and no others."""
    if not keys:
        return
    session.execute(delete(_KEYS).where(_KEYS.c.resident_id.in_(list(keys))))
    rows: list[dict[str, Any]] = [
        {"digest": one, "resident_id": resident_id}
        for resident_id, digests in keys.items()
        for one in set(digests)
    ]
    if rows:
        session.execute(insert(_KEYS), rows)


def not_indexed(session: Session, ids: Iterable[str]) -> set[str]:
    """Those who stand under no key."""
    wanted = set(ids)
    statement = select(_KEYS.c.resident_id).where(among(_KEYS.c.resident_id, "ids")).distinct()
    return wanted - set(session.scalars(statement, {"ids": list(wanted)}) if wanted else ())


def sharing(session: Session, digests: Iterable[int]) -> set[str]:
    """Residents found under any of the digests, those of crowds left out."""
    return {one for members in bearers(session, digests).values() for one in members}


def bearers(session: Session, digests: Iterable[int]) -> dict[int, list[str]]:
    """Residents by the digest they are found under, crowds left out."""
    wanted = list(set(digests))
    found: dict[int, list[str]] = {}
    for row in session.execute(_SHARING, {"digests": wanted}) if wanted else ():
        found.setdefault(row.digest, []).append(row.resident_id)
    return {key: members for key, members in found.items() if len(members) <= CROWD}


def forget(session: Session, resident_ids: Iterable[str]) -> None:
    """Residents who left the register are found no longer, and no pair of theirs waits."""
    ids = list(resident_ids)
    session.execute(delete(_KEYS).where(among(_KEYS.c.resident_id, "ids")), {"ids": ids})
    for column in (_PAIRS.c.resident_id, _PAIRS.c.other_id):
        session.execute(delete(_PAIRS).where(among(column, "ids")), {"ids": ids})

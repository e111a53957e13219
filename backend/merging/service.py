"""Use cases of the township on pairs of residents: make one, keep apart, undo.

A merge is a pointer (``merged_into``). What is known of the loser goes along to the survivor and is
written down, so that undoing takes exactly that back and leaves what came later with the survivor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.dedup import store as dedup
from backend.dedup.model import KEPT_APART, MERGED, OPEN, DuplicateCandidate, Merge
from backend.followups import store as followups
from backend.followups.service.replanning import replan_resident
from backend.geo.rules import covers_any
from backend.immunization import store as immunization
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.kernel.vault import Vault
from backend.programmes import store as programmes
from backend.residents import service as residents
from backend.residents.model import Resident
from backend.submissions.store import submissions, turns

VISITS_READ = 200
"""Newest visits of a resident that are looked at for which services they have."""


def merge(
    session: Session,
    vault: Vault,
    areas: Sequence[str],
    pair_id: str,
    survivor_id: str,
    by: str,
    now: datetime,
) -> DuplicateCandidate:
    """Make one resident of a pair part of the other.

    :raises Refusal: ``not_found`` outside the areas; ``decided_meanwhile`` when somebody was faster
    """
    pair, people = _pair(session, vault, areas, pair_id)
    if pair.state == MERGED or survivor_id not in people:
        raise Refusal("decided_meanwhile")
    loser_id = pair.other_id if survivor_id == pair.resident_id else pair.resident_id
    survivor, loser = people[survivor_id], people[loser_id]
    if survivor.merged_into is not None or loser.merged_into is not None:
        raise Refusal("decided_meanwhile")
    # The survivor is written, too: their phones hear of the enrolments that come along.
    residents.save(session, vault, (), [replace(loser, merged_into=survivor_id), survivor], now)
    followed = {
        "submissions": submissions.follow(session, loser_id, survivor_id, None),
        "enrolments": programmes.follow(session, loser_id, survivor_id, None),
        "doses": immunization.follow(session, loser_id, survivor_id, None),
        **followups.follow(session, loser_id, survivor, now),
    }
    _replan(session, vault, [survivor], [loser_id, survivor_id], now)
    done = Merge(new_id(), pair_id, loser_id, survivor_id, followed, by)
    dedup.add_merge(session, done, now)
    dedup.settle(session, pair_id, MERGED, by, now)
    return replace(pair, state=MERGED)


def keep_apart(
    session: Session, vault: Vault, areas: Sequence[str], pair_id: str, by: str, now: datetime
) -> DuplicateCandidate:
    """Two people, for ever: the pair is never shown again.

    :raises Refusal: ``not_found`` outside the areas; ``decided_meanwhile`` when they were merged
    """
    pair, _ = _pair(session, vault, areas, pair_id)
    if pair.state == MERGED:
        raise Refusal("decided_meanwhile")
    dedup.settle(session, pair_id, KEPT_APART, by, now)
    return replace(pair, state=KEPT_APART)


def undo(
    session: Session, vault: Vault, areas: Sequence[str], pair_id: str, by: str, now: datetime
) -> DuplicateCandidate:
    """Take a decision back: the pair waits again.

    :raises Refusal: ``not_found`` outside the areas; ``decided_meanwhile`` when there is nothing to
        take back, or the survivor has been merged since
    """
    pair, people = _pair(session, vault, areas, pair_id)
    if pair.state == OPEN:
        raise Refusal("decided_meanwhile")
    if pair.state == MERGED:
        _part(session, vault, pair, people, by, now)
    dedup.settle(session, pair_id, OPEN, None, now)
    return replace(pair, state=OPEN)


def _part(
    session: Session,
    vault: Vault,
    pair: DuplicateCandidate,
    people: dict[str, Resident],
    by: str,
    now: datetime,
) -> None:
    done = dedup.standing_merge(session, pair.id)
    if done is None:  # the machine merged a newcomer at intake, before anything was theirs
        done = _by_machine(session, vault, pair, people)
    loser = people[done.loser_id]
    if loser.merged_into != done.survivor_id:
        raise Refusal("decided_meanwhile")
    loser = replace(loser, merged_into=None)
    residents.save(session, vault, (), [loser, people[done.survivor_id]], now)
    told = done.followed
    submissions.follow(session, done.survivor_id, done.loser_id, told.get("submissions", []))
    programmes.follow(session, done.survivor_id, done.loser_id, told.get("enrolments", []))
    immunization.follow(session, done.survivor_id, done.loser_id, told.get("doses", []))
    followups.part(session, loser, told.get("tasks", []), told.get("cancelled", []), now)
    both = [loser, people[done.survivor_id]]
    _replan(session, vault, both, [done.loser_id, done.survivor_id], now)
    if done.merged_by:
        dedup.undo_merge(session, done.id, by, now)


def _replan(
    session: Session,
    vault: Vault,
    people: Sequence[Resident],
    holders: Sequence[str],
    now: datetime,
) -> None:
    """Work the tasks of these people out anew from the visits of both, wherever they stand now."""
    found = submissions.newest_of(session, holders, VISITS_READ)
    visits = [one for mine in found.values() for one in mine]
    for person in people:
        replan_resident(session, vault, person, visits, now)


def _by_machine(
    session: Session, vault: Vault, pair: DuplicateCandidate, people: dict[str, Resident]
) -> Merge:
    """What a merge by the machine took along: all that phones have written about the newcomer."""
    for loser_id, survivor_id in (
        (pair.resident_id, pair.other_id),
        (pair.other_id, pair.resident_id),
    ):
        if people[loser_id].merged_into == survivor_id:
            theirs = submissions.written_about(session, vault, survivor_id, loser_id)
            followed = {
                "submissions": theirs,
                "enrolments": programmes.told_by(session, survivor_id, theirs),
                "doses": immunization.told_by(session, survivor_id, theirs),
            }
            return Merge("", pair.id, loser_id, survivor_id, followed, "")
    raise Refusal("decided_meanwhile")


def _pair(
    session: Session, vault: Vault, areas: Sequence[str], pair_id: str
) -> tuple[DuplicateCandidate, dict[str, Resident]]:
    pair = dedup.pair(session, pair_id)
    if pair is None:
        raise Refusal("not_found")
    # Whoever writes about a resident takes their turn (0007), before reading them.
    turns.take(session, [pair.resident_id, pair.other_id])
    people = residents.by_ids(session, vault, [pair.resident_id, pair.other_id])
    if len(people) < 2 or not all(covers_any(areas, r.village_code) for r in people.values()):
        raise Refusal("not_found")
    return pair, people

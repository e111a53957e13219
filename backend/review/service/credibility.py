"""Use cases on credibility: work it out by worker, compare within a township, show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.accounts.model import Account
from backend.attachments import service as attachments
from backend.geo.rules import township_of
from backend.kernel.clock import local_date
from backend.residents import service as residents
from backend.review.model import Credibility, Profile, QualityFlag, VisitFacts
from backend.review.rules.deciding import is_awaiting
from backend.review.rules.patterns import FLAGGING
from backend.review.rules.profiling import profile, raise_patterns
from backend.review.rules.readings import readings_of
from backend.review.rules.scoring import score, signals
from backend.review.rules.telling import lasting, told_to_township
from backend.review.store import credibility as store, flags as flag_store
from backend.submissions.model import Doubt, WrittenVisit
from backend.submissions.store import visits as visit_store

WINDOW = timedelta(days=91)
SUBMISSIONS_AT_ONCE = 2000

marks = store.marks
of_workers = store.of_workers
seen = store.seen


@dataclass(frozen=True)
class Looked:
    """What was found about one worker, not yet written.

    :param flags: (submission id, version id, flag) of patterns that are seen
    :param gone: (version id, kind) of flags whose pattern is seen no more
    """

    found: Credibility
    mark: str
    flags: tuple[tuple[str, str, QualityFlag], ...]
    gone: tuple[tuple[str, str], ...] = ()


def look(session: Session, worker: Account, known_mark: str | None, now: datetime) -> Looked | None:
    """Count a worker's visits of the last three months; nothing when none is new since the mark.

    :param known_mark: of the last time
    """
    today = local_date(now)
    since = today - WINDOW
    mark = f"{today}.{visit_store.mark_of_worker(session, worker.id, since)}"
    if mark == known_mark or not worker.areas:
        return None
    written = visit_store.of_worker(session, worker.id, since)
    visits = _facts(session, written)
    townships = Counter(one.submission.township_code for one in written)
    home = townships.most_common(1)[0][0] if townships else township_of(min(worker.areas))
    counted = profile(visits, residents.shared_phones(session, worker.areas))
    versions = {one.submission_id: one.version_id for one in visits}
    raised = tuple(
        (submission_id, versions[submission_id], flag)
        for submission_id, found in raise_patterns(visits).items()
        for flag in found
    )
    found = Credibility(worker.id, home, since, today, counted, (), 0, now)
    return Looked(found, mark, raised, _gone(session, written, raised))


def _gone(
    session: Session,
    written: Sequence[WrittenVisit],
    raised: Sequence[tuple[str, str, QualityFlag]],
) -> tuple[tuple[str, str], ...]:
    """Patterns of records that still wait, gone since another one was corrected or rejected. What
    was decided keeps the evidence it was decided on.
    """
    waiting = [w.submission.version_id for w in written if is_awaiting(w.submission.state)]
    seen = {(version_id, flag.kind) for _, version_id, flag in raised}
    kept: list[tuple[str, str]] = []
    for start in range(0, len(waiting), SUBMISSIONS_AT_ONCE):
        found = flag_store.flags_of(session, waiting[start : start + SUBMISSIONS_AT_ONCE])
        kept += [(key, flag.kind) for key, flags in found.items() for flag in flags]
    return tuple(one for one in kept if one[1] in FLAGGING and one not in seen)


def put(session: Session, looked: Looked, now: datetime) -> None:
    """Write what was found, and flag the visits that show a pattern."""
    before = store.of_workers(session, [looked.found.worker_id]).get(looked.found.worker_id)
    kept = () if before is None else before.signals
    points = 0 if before is None else before.score
    store.save(session, replace(looked.found, signals=kept, score=points), looked.mark)
    raise_late(session, looked.flags, now)
    _take_back(session, looked.gone)


def _take_back(session: Session, gone: Sequence[tuple[str, str]]) -> None:
    lowered = flag_store.lower_flags(session, sorted(gone))
    visit_store.add_doubts(
        session,
        [Doubt(submission, version, -1, -weight) for submission, version, weight in lowered],
    )


def raise_late(
    session: Session, raised: Sequence[tuple[str, str, QualityFlag]], now: datetime
) -> None:
    """Flag versions that were stored before, each kind once."""
    new = flag_store.raise_flags(session, raised, now)
    doubts = Counter[tuple[str, str]]()
    weights = Counter[tuple[str, str]]()
    for submission_id, version_id, flag in raised:
        if (version_id, flag.kind) in new:
            doubts[submission_id, version_id] += 1
            weights[submission_id, version_id] += flag.weight
    visit_store.add_doubts(
        session, [Doubt(*key, count, weights[key]) for key, count in sorted(doubts.items())]
    )


def compare(session: Session, township_code: str, now: datetime) -> int:
    """Score the workers of a township beside each other; how many."""
    found = [
        one for one in store.inside(session, [township_code]) if one.township_code == township_code
    ]
    for number, one in enumerate(found):
        others = [each.profile for each in (*found[:number], *found[number + 1 :])]
        now_seen = signals(one.profile, others)
        changed = replace(
            one,
            signals=lasting(now_seen, one.signals, now),
            score=score(now_seen),
            worked_out_at=now,
        )
        store.rescore(session, changed)
    return len(found)


def inside(session: Session, areas: Sequence[str], now: datetime) -> list[Credibility]:
    """Workers of these areas' townships as staff see them, the most doubtful first: signals of
    which the doctor could not yet know are left out, and out of the score.
    """
    shown = []
    for one in store.inside(session, areas):
        told = told_to_township(one.signals, one.seen_at, now)
        shown.append(replace(one, signals=told, score=score(told)))
    return sorted(shown, key=lambda one: (-one.score, one.worker_id))


def _facts(session: Session, written: Sequence[WrittenVisit]) -> list[VisitFacts]:
    ids = [one.submission.id for one in written]
    pictures: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(ids), SUBMISSIONS_AT_ONCE):
        shown = attachments.of_submissions(session, ids[start : start + SUBMISSIONS_AT_ONCE])
        pictures |= {key: tuple(each.sha256 for each in found) for key, found in shown.items()}
    return [facts_of(one, pictures.get(one.submission.id, ())) for one in written]


def facts_of(one: WrittenVisit, pictures: tuple[str, ...] = ()) -> VisitFacts:
    """A stored visit as the rules look at it."""
    made, fix = one.submission, one.fix
    return VisitFacts(
        submission_id=made.id,
        version_id=made.version_id,
        subject_id=made.subject.id,
        household_id=made.household_id,
        form_key=made.form_key,
        mode=made.visit_mode,
        visit_date=made.visit_date,
        finalised_at=made.finalised_at,
        seconds=one.seconds,
        fix=None if fix is None else (fix["lng"], fix["lat"], fix["accuracy_m"]),
        fix_state=str(one.geotag.get("fix_state", "off")),
        distance_m=one.geotag.get("distance_m"),
        readings=readings_of(made.answers),
        answer_count=len(made.answers),
        pictures=pictures,
    )


def peers(session: Session, one: Credibility) -> list[Profile]:
    """Profiles of the township's other workers."""
    found = store.inside(session, [one.township_code])
    return [
        each.profile
        for each in found
        if each.township_code == one.township_code and each.worker_id != one.worker_id
    ]

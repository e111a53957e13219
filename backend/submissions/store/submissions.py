"""Submissions and their versions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.kernel.among import among
from backend.kernel.db import table_of
from backend.kernel.vault import Vault
from backend.submissions.model import STANDING, Asked, Subject, Submission, Version
from backend.submissions.rules import join_private, part_private
from backend.submissions.tables import SubmissionRow, SubmissionVersionRow

_HISTORY = 400
_TABLE = table_of(SubmissionRow)
_NEW_SUBMISSION = insert(_TABLE)
_NEW_VERSION = insert(table_of(SubmissionVersionRow))


_NEVER = date(9999, 12, 31)
_STANDING = (
    select(_TABLE)
    .where(
        or_(
            among(_TABLE.c.subject_id, "subjects"),
            and_(
                among(_TABLE.c.household_id, "households"),
                _TABLE.c.visit_date >= bindparam("since"),
            ),
            among(_TABLE.c.id, "also"),
        ),
        _TABLE.c.state.in_(STANDING),
    )
    .order_by(_TABLE.c.visit_date.desc(), _TABLE.c.finalised_at.desc(), _TABLE.c.id.desc())
    .limit(bindparam("limit"))
)


def submission_of(row: Any) -> Submission:
    """The noun behind a row."""
    return Submission(
        id=row.id,
        county_code=row.county_code,
        township_code=row.township_code,
        village_code=row.village_code,
        form_key=row.form_key,
        form_version=row.form_version,
        service=row.service,
        subject=Subject(row.subject_kind, row.subject_id),
        household_id=row.household_id,
        worker_id=row.worker_id,
        device_id=row.device_id,
        visit_date=row.visit_date,
        visit_mode=row.visit_mode,
        visit_outcome=row.visit_outcome,
        state=row.state,
        version_id=row.version_id,
        version_no=row.version_no,
        answers=row.answers,
        flag_count=row.flag_count,
        priority=row.priority,
        finalised_at=row.finalised_at,
        received_at=row.received_at,
        decided_at=row.decided_at,
    )


def _values(item: Submission) -> dict[str, Any]:
    values = {
        name: getattr(item, name)
        for name in (
            "township_code", "village_code", "form_key", "form_version", "service",
            "household_id", "worker_id", "device_id", "visit_date", "visit_mode",
            "visit_outcome", "state", "version_id", "version_no", "flag_count", "priority",
            "finalised_at", "received_at", "decided_at",
        )
    }  # fmt: skip
    return {
        **values,
        "subject_kind": item.subject.kind,
        "subject_id": item.subject.id,
        "answers": dict(item.answers),
    }


def add(session: Session, items: Iterable[Submission]) -> None:
    """Keep new submissions and tell the phones of their villages."""
    rows = list(items)
    if rows:
        session.execute(
            _NEW_SUBMISSION,
            [{"id": item.id, "county_code": item.county_code, **_values(item)} for item in rows],
        )
    feed.changed(session, [("submission", item.id, item.village_code) for item in rows])


def update_newest(session: Session, item: Submission) -> None:
    """Replace what is known of a submission by its newest version, and tell the phones."""
    session.execute(
        update(SubmissionRow)
        .where(SubmissionRow.county_code == item.county_code, SubmissionRow.id == item.id)
        .values(**_values(item))
    )
    feed.changed(session, [("submission", item.id, item.village_code)])


def add_versions(session: Session, vault: Vault, versions: Iterable[tuple[Version, str]]) -> None:
    """Keep versions; private answers and the signed bytes are encrypted.

    :param versions: with the county of each
    """
    rows = [_version_values(version, vault, county_code) for version, county_code in versions]
    if rows:
        session.execute(_NEW_VERSION, rows)


def _version_values(version: Version, vault: Vault, county_code: str) -> dict[str, Any]:
    open_, hidden = part_private(version.answers, version.private)
    return {
        "id": version.id,
        "submission_id": version.submission_id,
        "county_code": county_code,
        "no": version.no,
        "base_version_id": version.base_version_id,
        "form_version": version.form_version,
        "content_locked": vault.lock_bytes(version.content),
        "private_locked": vault.lock_json(hidden),
        "answers": open_,
        "computed": dict(version.computed),
        "violations": list(version.violations),
        "conflicts": list(version.conflicts),
        "confirmed": list(version.confirmed),
        "fix": None if version.fix is None else dict(version.fix),
        "geotag": {**version.geotag, "fix_state": version.fix_state},
        "seconds": version.seconds,
        "device_id": version.device_id,
        "worker_id": version.worker_id,
        "finalised_at": version.finalised_at,
        "received_at": version.received_at,
    }


def _version(row: SubmissionVersionRow, vault: Vault) -> Version:
    hidden = vault.unlock_json(row.private_locked)
    geotag = dict(row.geotag)
    return Version(
        id=row.id,
        submission_id=row.submission_id,
        no=row.no,
        base_version_id=row.base_version_id,
        form_version=row.form_version,
        answers=join_private(row.answers, hidden),
        private=frozenset(hidden),
        computed=row.computed,
        violations=tuple(row.violations),
        conflicts=tuple(row.conflicts),
        confirmed=tuple(row.confirmed),
        fix=row.fix,
        fix_state=geotag.pop("fix_state", "off"),
        geotag=geotag,
        device_id=row.device_id,
        worker_id=row.worker_id,
        finalised_at=row.finalised_at,
        received_at=row.received_at,
        seconds=row.seconds,
    )


def versions(session: Session, vault: Vault, submission_id: str) -> list[Version]:
    """Every version of a submission, oldest first, private answers included."""
    rows = session.scalars(
        select(SubmissionVersionRow)
        .where(SubmissionVersionRow.submission_id == submission_id)
        .order_by(SubmissionVersionRow.no)
    )
    return [_version(row, vault) for row in rows]


def newest_versions(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Version]:
    """Versions by their own id."""
    rows = session.scalars(
        select(SubmissionVersionRow).where(SubmissionVersionRow.id.in_(set(ids)))
    )
    return {row.id: _version(row, vault) for row in rows}


def by_ids(session: Session, ids: Iterable[str]) -> dict[str, Submission]:
    """Submissions by id."""
    rows = session.scalars(select(SubmissionRow).where(SubmissionRow.id.in_(set(ids))))
    return {row.id: submission_of(row) for row in rows}


def lock(session: Session, submission_id: str) -> Submission | None:
    """One submission, held against other writers until this transaction ends."""
    row = session.scalar(
        select(SubmissionRow)
        .where(SubmissionRow.id == submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return None if row is None else submission_of(row)


def count_returned(session: Session, worker_ids: Iterable[str]) -> dict[str, int]:
    """Worker -> how many of their submissions wait for a correction."""
    rows = session.execute(
        select(SubmissionRow.worker_id, func.count())
        .where(SubmissionRow.worker_id.in_(set(worker_ids)), SubmissionRow.state == "returned")
        .group_by(SubmissionRow.worker_id)
    )
    return {worker_id: number for worker_id, number in rows}


def history(session: Session, asked: Asked) -> list[Submission]:
    """Standing submissions about the subjects, and of the households since a day, newest first.

    The newest 400: more visits than a person sees in eight years.
    """
    return histories(session, [asked])[0]


def histories(session: Session, asked: Sequence[Asked]) -> list[list[Submission]]:
    """The history of each, as :func:`history` tells it, in one query."""
    limit = _HISTORY * len(asked)
    since = [day for one in asked for day in one.households_since.values()]
    rows = session.execute(
        _STANDING,
        {
            "subjects": list({key for one in asked for key in one.subject_ids}),
            "households": list({key for one in asked for key in one.households_since}),
            "since": min(since, default=_NEVER),
            "also": list({key for one in asked for key in one.also}),
            "limit": limit,
        },
    ).all()
    if len(asked) == 1:
        return [[submission_of(row) for row in rows]]
    if len(rows) == limit:  # somebody's history is so long that it might hide another's
        return [history(session, one) for one in asked]
    return _shared_out([submission_of(row) for row in rows], asked)


def _shared_out(found: Sequence[Submission], asked: Sequence[Asked]) -> list[list[Submission]]:
    """To each what they asked for, in the order in which it was found."""
    places: dict[str | None, list[int]] = defaultdict(list)
    for place, one in enumerate(found):
        for key in {one.subject.id, one.household_id, one.id}:
            places[key].append(place)
    histories: list[list[Submission]] = []
    for who in asked:
        keys = (*who.subject_ids, *who.also, *who.households_since)
        near = sorted({place for key in keys for place in places.get(key, ())})
        histories.append([found[place] for place in near if who.wants(found[place])][:_HISTORY])
    return histories


def written_about(session: Session, vault: Vault, holder_id: str, named_id: str) -> list[str]:
    """A resident's submissions whose phones had named another: those redirected by a merge.

    Read from the signed bytes, so it is for one resident, never for a list.
    """
    rows = session.execute(
        select(SubmissionVersionRow.submission_id, SubmissionVersionRow.content_locked)
        .join(SubmissionRow, SubmissionRow.id == SubmissionVersionRow.submission_id)
        .where(SubmissionRow.subject_kind == "resident", SubmissionRow.subject_id == holder_id)
    ).all()
    return sorted(
        {
            row.submission_id
            for row in rows
            if json.loads(vault.unlock_bytes(row.content_locked))["subject"]["id"] == named_id
        }
    )


def follow(session: Session, from_id: str, to_id: str, only: Sequence[str] | None) -> list[str]:
    """Take a resident's submissions along to another resident, and tell the phones.

    :param only: these alone; all when nothing is said
    :returns: ids of what went along
    """
    where = [SubmissionRow.subject_kind == "resident", SubmissionRow.subject_id == from_id]
    if only is not None:
        where.append(SubmissionRow.id.in_(only))
    found = session.execute(
        select(SubmissionRow.id, SubmissionRow.village_code).where(*where)
    ).all()
    session.execute(update(SubmissionRow).where(*where).values(subject_id=to_id))
    feed.changed(session, [("submission", id_, village_code) for id_, village_code in found])
    return sorted(id_ for id_, _ in found)


def newest_of(
    session: Session, resident_ids: Iterable[str], limit: int
) -> dict[str, list[Submission]]:
    """The newest submissions about each of these residents, newest visit first.

    :param limit: of each resident
    """
    found: dict[str, list[Submission]] = {}
    rows = session.scalars(
        select(SubmissionRow)
        .where(
            SubmissionRow.subject_kind == "resident",
            SubmissionRow.subject_id.in_(set(resident_ids)),
        )
        .order_by(SubmissionRow.visit_date.desc(), SubmissionRow.id)
    )
    for row in rows:
        mine = found.setdefault(row.subject_id, [])
        if len(mine) < limit:
            mine.append(submission_of(row))
    return found

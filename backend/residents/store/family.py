"""Queries on caregivers' links and on consents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.kernel.db import is_postgresql
from backend.kernel.ids import new_id
from backend.residents.model import Consent, ConsentTold, FamilyLink
from backend.residents.tables import ConsentRow, FamilyLinkRow


def _link(row: FamilyLinkRow) -> FamilyLink:
    return FamilyLink(
        id=row.id,
        child_id=row.child_id,
        token_sha256=row.token_sha256,
        made_by=row.made_by,
        expires_on=row.expires_on,
        source_submission_id=row.source_submission_id,
        revoked=row.revoked_at is not None,
        made_at=row.made_at,
        last_used_at=row.last_used_at,
        feed_tells=row.feed_tells,
        feed_language=row.feed_language,
    )


def add_link(session: Session, link: FamilyLink, now: datetime) -> None:
    """Keep a link. The same token again, as after a lost answer, changes nothing."""
    values = {
        "id": link.id,
        "child_id": link.child_id,
        "token_sha256": link.token_sha256,
        "source_submission_id": link.source_submission_id,
        "made_by": link.made_by,
        "made_at": now,
        "expires_on": link.expires_on,
    }
    insert = (postgresql if is_postgresql(session) else sqlite).insert(FamilyLinkRow)
    session.execute(insert.values(values).on_conflict_do_nothing())


def link_by_token(session: Session, token_sha256: str) -> FamilyLink | None:
    """The link of a token, ended ones included."""
    row = session.scalar(select(FamilyLinkRow).where(FamilyLinkRow.token_sha256 == token_sha256))
    return None if row is None else _link(row)


def link_by_feed(session: Session, feed_sha256: str) -> FamilyLink | None:
    """The link on which a calendar feed hangs, ended ones included."""
    row = session.scalar(select(FamilyLinkRow).where(FamilyLinkRow.feed_sha256 == feed_sha256))
    return None if row is None else _link(row)


def set_feed(
    session: Session,
    link_id: str,
    feed_sha256: str | None,
    tells: str | None,
    language: str | None,
) -> None:
    """Give a link a calendar feed in place of the one it had; nothing ends it."""
    session.execute(
        update(FamilyLinkRow)
        .where(FamilyLinkRow.id == link_id)
        .values(feed_sha256=feed_sha256, feed_tells=tells, feed_language=language)
    )


def links_by_ids(session: Session, ids: Iterable[str]) -> list[FamilyLink]:
    """Links by id."""
    return list(map(_link, session.scalars(_newest().where(FamilyLinkRow.id.in_(set(ids))))))


def links_of(session: Session, child_ids: Iterable[str]) -> list[FamilyLink]:
    """Links of these children, ended ones included, newest first."""
    wanted = FamilyLinkRow.child_id.in_(set(child_ids))
    return list(map(_link, session.scalars(_newest().where(wanted))))


def _newest() -> Select[FamilyLinkRow]:
    return select(FamilyLinkRow).order_by(FamilyLinkRow.made_at.desc(), FamilyLinkRow.id.desc())


def note_use(session: Session, link_id: str, now: datetime) -> None:
    """Note that a caregiver came by a link."""
    session.execute(
        update(FamilyLinkRow).where(FamilyLinkRow.id == link_id).values(last_used_at=now)
    )


def revoke_link(session: Session, link_id: str, now: datetime) -> None:
    """End a link; the first time counts."""
    session.execute(
        update(FamilyLinkRow)
        .where(FamilyLinkRow.id == link_id, FamilyLinkRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def give_consent(
    session: Session, resident_id: str, purpose: str, given_by: str, now: datetime
) -> None:
    """Note a consent; one that stands is not given twice."""
    if resident_id not in standing_consents(session, [resident_id], purpose):
        session.add(
            ConsentRow(
                id=new_id(),
                resident_id=resident_id,
                purpose=purpose,
                given_by=given_by,
                given_at=now,
            )
        )
        session.flush()


def keep_consent(session: Session, told: ConsentTold) -> bool:
    """Note what somebody said, unless they have said something since; whether it was noted.

    A visit arrives weeks late: a STOP that came meanwhile stands.
    """
    known = session.execute(
        select(ConsentRow.given_at, ConsentRow.withdrawn_at).where(
            ConsentRow.resident_id == told.resident_id, ConsentRow.purpose == told.purpose
        )
    ).all()
    if any(max(given, withdrawn or given) > told.at for given, withdrawn in known):
        return False
    if told.given:
        give_consent(session, told.resident_id, told.purpose, told.given_by, told.at)
    else:
        withdraw_consent(session, told.resident_id, told.purpose, told.at)
    return True


def consenting(session: Session, purpose: str) -> set[str]:
    """Residents for whom a consent for the purpose stands."""
    return set(
        session.scalars(
            select(ConsentRow.resident_id).where(
                ConsentRow.purpose == purpose, ConsentRow.withdrawn_at.is_(None)
            )
        )
    )


def withdraw_consent(session: Session, resident_id: str, purpose: str, now: datetime) -> None:
    """Withdraw a consent, at once; the row stays as proof of what was given and when."""
    session.execute(
        update(ConsentRow)
        .where(
            ConsentRow.resident_id == resident_id,
            ConsentRow.purpose == purpose,
            ConsentRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )


def standing_consents(
    session: Session, resident_ids: Iterable[str], purpose: str
) -> dict[str, datetime]:
    """Resident -> since when a consent for the purpose stands."""
    rows = session.execute(
        select(ConsentRow.resident_id, ConsentRow.given_at).where(
            ConsentRow.resident_id.in_(set(resident_ids)),
            ConsentRow.purpose == purpose,
            ConsentRow.withdrawn_at.is_(None),
        )
    )
    return {resident_id: given_at for resident_id, given_at in rows}


def standing(session: Session, resident_ids: Iterable[str], purpose: str) -> dict[str, ConsentTold]:
    """Resident -> the consent for the purpose that stands."""
    rows = session.scalars(
        select(ConsentRow).where(
            ConsentRow.resident_id.in_(set(resident_ids)),
            ConsentRow.purpose == purpose,
            ConsentRow.withdrawn_at.is_(None),
        )
    )
    return {
        row.resident_id: ConsentTold(row.resident_id, purpose, True, row.given_by, row.given_at)
        for row in rows
    }


def consents_of(session: Session, resident_id: str) -> list[Consent]:
    """Every consent for a resident, withdrawn ones included, newest first."""
    rows = session.scalars(
        select(ConsentRow)
        .where(ConsentRow.resident_id == resident_id)
        .order_by(ConsentRow.given_at.desc(), ConsentRow.id)
    )
    return [Consent(one.purpose, one.given_by, one.given_at, one.withdrawn_at) for one in rows]

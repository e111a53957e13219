"""Queries on sessions: one row a refresh family, however often its token rotates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.accounts.model import Account, Entry, Role, SignInSession
from backend.accounts.tables import AccountAreaRow, AccountRow, DeviceRow, SessionRow
from backend.kernel.db import table_of

_S, _A = table_of(SessionRow), table_of(AccountRow)
_D, _AREAS = table_of(DeviceRow), table_of(AccountAreaRow)
_STANDING = (
    select(
        _S,
        _A.c.login,
        _A.c.name,
        _A.c.role,
        _A.c.password_is_one_time,
        _A.c.totp_confirmed_at,
        _A.c.disabled_at,
        _D.c.revoked_at.label("device_revoked_at"),
        _AREAS.c.area_code,
    )
    .join(_A, _A.c.id == _S.c.account_id)
    .outerjoin(_D, _D.c.id == _S.c.device_id)
    .outerjoin(_AREAS, _AREAS.c.account_id == _A.c.id)
    .where(_S.c.id == bindparam("id"))
    .order_by(_AREAS.c.area_code)
)


def standing(
    session: Session, session_id: str
) -> tuple[SignInSession, Account, datetime | None] | None:
    """A session with its account and when its device was revoked, in one query (S07)."""
    rows = session.execute(_STANDING, {"id": session_id}).all()
    if not rows:
        return None
    found = rows[0]
    owner = Account(
        id=found.account_id,
        login=found.login,
        name=found.name,
        role=cast(Role, found.role),
        areas=tuple(row.area_code for row in rows if row.area_code is not None),
        password_is_one_time=found.password_is_one_time,
        totp_confirmed=found.totp_confirmed_at is not None,
        disabled_at=found.disabled_at,
    )
    return as_session(found), owner, found.device_revoked_at


def as_session(row: Any) -> SignInSession:
    """A session as a noun."""
    return SignInSession(
        id=row.id,
        account_id=row.account_id,
        device_id=row.device_id,
        entry=cast(Entry, row.entry),
        salt=row.salt,
        generation=row.generation,
        started_at=row.started_at,
        rotated_at=row.rotated_at,
        revoked_at=row.revoked_at,
    )


def add(session: Session, new: SignInSession) -> None:
    """Insert a session."""
    session.add(
        SessionRow(
            id=new.id,
            account_id=new.account_id,
            device_id=new.device_id,
            entry=new.entry,
            salt=new.salt,
            generation=new.generation,
            started_at=new.started_at,
            rotated_at=new.rotated_at,
        )
    )
    session.flush()


def change(session: Session, session_id: str, **values: Any) -> None:
    """Set columns of a session."""
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(**values))


def lock(session: Session, session_id: str) -> SignInSession | None:
    """A session, held until the transaction ends, so that two rotations stand in line."""
    row = session.scalar(
        select(SessionRow)
        .where(SessionRow.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return None if row is None else as_session(row)


def open_ones(session: Session, account_id: str) -> list[SignInSession]:
    """Sessions of an account that were not ended, newest first."""
    rows = session.scalars(
        select(SessionRow)
        .where(SessionRow.account_id == account_id, SessionRow.revoked_at.is_(None))
        .order_by(SessionRow.started_at.desc())
    )
    return [as_session(row) for row in rows]


def end(
    session: Session,
    now: datetime,
    reason: str,
    *,
    account_id: str | None = None,
    device_id: str | None = None,
    session_id: str | None = None,
    keep: str | None = None,
) -> list[str]:
    """End the open sessions that match every condition given; their ids."""
    conditions: list[ColumnElement[bool]] = [SessionRow.revoked_at.is_(None)]
    if account_id is not None:
        conditions.append(SessionRow.account_id == account_id)
    if device_id is not None:
        conditions.append(SessionRow.device_id == device_id)
    if session_id is not None:
        conditions.append(SessionRow.id == session_id)
    if keep is not None:
        conditions.append(SessionRow.id != keep)
    if len(conditions) == 1:
        raise ValueError("which sessions?")
    return list(
        session.scalars(
            update(SessionRow)
            .where(*conditions)
            .values(revoked_at=now, revoked_reason=reason)
            .returning(SessionRow.id)
        )
    )


def ended_why(session: Session, session_id: str) -> str | None:
    """Why a session was ended."""
    return session.scalar(select(SessionRow.revoked_reason).where(SessionRow.id == session_id))


def last_seen(session: Session, account_ids: Iterable[str]) -> dict[str, datetime]:
    """When each account was last signed in or refreshed."""
    rows = session.execute(
        select(SessionRow.account_id, func.max(SessionRow.rotated_at))
        .where(SessionRow.account_id.in_(set(account_ids)))
        .group_by(SessionRow.account_id)
    )
    return {account_id: at for account_id, at in rows}

"""Queries on accounts, their areas, devices and sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.accounts.model import (
    Account,
    Device,
    DeviceFacts,
    Entry,
    Role,
    SignInSession,
)
from backend.accounts.tables import AccountAreaRow, AccountRow, DeviceRow, SessionRow


def _areas(session: Session, account_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    rows = session.execute(
        select(AccountAreaRow.account_id, AccountAreaRow.area_code)
        .where(AccountAreaRow.account_id.in_(set(account_ids)))
        .order_by(AccountAreaRow.area_code)
    )
    found: dict[str, tuple[str, ...]] = {}
    for account_id, code in rows:
        found[account_id] = (*found.get(account_id, ()), code)
    return found


def _account(row: AccountRow, areas: tuple[str, ...]) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        role=cast(Role, row.role),
        areas=areas,
        password_is_one_time=row.password_is_one_time,
        totp_confirmed=row.totp_confirmed_at is not None,
        disabled_at=row.disabled_at,
    )


def add_account(session: Session, row: AccountRow, areas: Sequence[str]) -> None:
    """Insert an account with its areas."""
    session.add(row)
    session.flush()
    session.add_all(AccountAreaRow(account_id=row.id, area_code=code) for code in set(areas))
    session.flush()


def set_areas(session: Session, account_id: str, areas: Sequence[str]) -> None:
    """Replace an account's areas."""
    for row in session.scalars(
        select(AccountAreaRow).where(AccountAreaRow.account_id == account_id)
    ):
        session.delete(row)
    session.flush()
    session.add_all(AccountAreaRow(account_id=account_id, area_code=code) for code in set(areas))
    session.flush()


def account(session: Session, account_id: str) -> Account | None:
    """An account by id."""
    row = session.get(AccountRow, account_id)
    return None if row is None else _account(row, _areas(session, [row.id]).get(row.id, ()))


def account_by_login(session: Session, login: str) -> Account | None:
    """An account by its login."""
    row = session.scalar(select(AccountRow).where(AccountRow.login == login))
    return None if row is None else _account(row, _areas(session, [row.id]).get(row.id, ()))


def accounts_in(session: Session, ranges: Sequence[tuple[str, str]]) -> list[Account]:
    """Accounts that have an area inside one of the code ranges, by name."""
    if not ranges:
        return []
    inside = select(AccountAreaRow.account_id).where(
        or_(*(AccountAreaRow.area_code.between(low, high) for low, high in ranges))
    )
    rows = session.scalars(
        select(AccountRow).where(AccountRow.id.in_(inside)).order_by(AccountRow.name, AccountRow.id)
    ).all()
    areas = _areas(session, [row.id for row in rows])
    return [_account(row, areas.get(row.id, ())) for row in rows]


def names(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Names by account id."""
    rows = session.execute(
        select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(set(account_ids)))
    )
    return {row.id: row.name for row in rows}


def change_account(session: Session, account_id: str, **values: Any) -> None:
    """Set columns of an account."""
    session.execute(update(AccountRow).where(AccountRow.id == account_id).values(**values))


def standing(
    session: Session, session_id: str
) -> tuple[SignInSession, Account, datetime | None] | None:
    """A session with its account and when its device was revoked, in one query (S07)."""
    rows = session.execute(
        select(SessionRow, AccountRow, DeviceRow.revoked_at, AccountAreaRow.area_code)
        .join(AccountRow, AccountRow.id == SessionRow.account_id)
        .outerjoin(DeviceRow, DeviceRow.id == SessionRow.device_id)
        .outerjoin(AccountAreaRow, AccountAreaRow.account_id == AccountRow.id)
        .where(SessionRow.id == session_id)
        .order_by(AccountAreaRow.area_code)
    ).all()
    if not rows:
        return None
    areas = tuple(code for _, _, _, code in rows if code is not None)
    found, owner, device_revoked_at, _ = rows[0]
    return sign_in_session(found), _account(owner, areas), device_revoked_at


def sign_in_session(row: SessionRow) -> SignInSession:
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


def add_session(session: Session, row: SessionRow) -> None:
    """Insert a session."""
    session.add(row)
    session.flush()


def change_session(session: Session, session_id: str, **values: Any) -> None:
    """Set columns of a session."""
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(**values))


def lock_session(session: Session, session_id: str) -> SignInSession | None:
    """A session, held until the transaction ends, so that two rotations stand in line."""
    row = session.scalar(
        select(SessionRow)
        .where(SessionRow.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return None if row is None else sign_in_session(row)


def open_sessions(session: Session, account_id: str) -> list[SignInSession]:
    """Sessions of an account that were not ended, newest first."""
    rows = session.scalars(
        select(SessionRow)
        .where(SessionRow.account_id == account_id, SessionRow.revoked_at.is_(None))
        .order_by(SessionRow.started_at.desc())
    )
    return [sign_in_session(row) for row in rows]


def end_sessions(
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


def device_facts(session: Session, device_id: str) -> DeviceFacts | None:
    """A phone with what the intake needs of its account."""
    found = session.execute(
        select(DeviceRow, AccountRow)
        .join(AccountRow, AccountRow.id == DeviceRow.account_id)
        .where(DeviceRow.id == device_id)
    ).first()
    if found is None:
        return None
    row, owner = found
    return DeviceFacts(
        id=row.id,
        account_id=row.account_id,
        public_key=row.public_key,
        name=row.name,
        revoked_at=row.revoked_at,
        account_disabled=owner.disabled_at is not None,
        role=cast(Role, owner.role),
        areas=_areas(session, [owner.id]).get(owner.id, ()),
    )


def add_device(session: Session, row: DeviceRow) -> None:
    """Insert a phone."""
    session.add(row)
    session.flush()


def change_device(session: Session, device_id: str, **values: Any) -> None:
    """Set columns of a phone."""
    session.execute(update(DeviceRow).where(DeviceRow.id == device_id).values(**values))


def device_by_key(session: Session, account_id: str, public_key: bytes) -> str | None:
    """Id of the account's phone that stands with this very key, enrolled before."""
    return session.scalar(
        select(DeviceRow.id).where(
            DeviceRow.account_id == account_id,
            DeviceRow.public_key == public_key,
            DeviceRow.revoked_at.is_(None),
        )
    )


def devices(session: Session, account_ids: Iterable[str]) -> list[Device]:
    """Phones of these accounts, the newest first."""
    rows = session.execute(
        select(DeviceRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == DeviceRow.account_id)
        .where(DeviceRow.account_id.in_(set(account_ids)))
        .order_by(DeviceRow.enrolled_at.desc(), DeviceRow.id)
    )
    return [
        Device(
            id=row.id,
            account_id=row.account_id,
            account_name=name,
            name=row.name,
            app_version=row.app_version,
            enrolled_at=row.enrolled_at,
            last_seen_at=row.last_seen_at,
            revoked_at=row.revoked_at,
        )
        for row, name in rows
    ]


def last_seen(session: Session, account_ids: Iterable[str]) -> dict[str, datetime]:
    """When each account was last signed in or refreshed."""
    rows = session.execute(
        select(SessionRow.account_id, func.max(SessionRow.rotated_at))
        .where(SessionRow.account_id.in_(set(account_ids)))
        .group_by(SessionRow.account_id)
    )
    return {account_id: at for account_id, at in rows}

"""Queries on accounts and their areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from backend.accounts.model import Account, Role
from backend.accounts.tables import AccountAreaRow, AccountRow
from backend.kernel.areas import within


@dataclass(frozen=True)
class Credentials:
    """What sign-in compares with; it goes nowhere else.

    :param password_changed_at: for a one-time password, when it was issued
    :param totp_secret_locked: encrypted with the data key
    """

    account: Account
    password_hash: str
    password_changed_at: datetime | None
    totp_secret_locked: bytes | None
    totp_last_step: int | None
    first_used_at: datetime | None


def areas_of(session: Session, account_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Area codes by account id."""
    rows = session.execute(
        select(AccountAreaRow.account_id, AccountAreaRow.area_code)
        .where(AccountAreaRow.account_id.in_(set(account_ids)))
        .order_by(AccountAreaRow.area_code)
    )
    found: dict[str, tuple[str, ...]] = {}
    for account_id, code in rows:
        found[account_id] = (*found.get(account_id, ()), code)
    return found


def as_account(row: AccountRow, areas: tuple[str, ...]) -> Account:
    """An account as a noun."""
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        role=cast(Role, row.role),
        areas=areas,
        password_is_one_time=row.password_is_one_time,
        totp_confirmed=row.totp_confirmed_at is not None,
        disabled_at=row.disabled_at,
        last_area=row.last_area_code,
    )


def add(session: Session, account: Account, password_hash: str, now: datetime) -> None:
    """Insert an account with its areas."""
    session.add(
        AccountRow(
            id=account.id,
            login=account.login,
            name=account.name,
            role=account.role,
            password_hash=password_hash,
            password_is_one_time=account.password_is_one_time,
            password_changed_at=now,
            created_at=now,
            disabled_at=account.disabled_at,
        )
    )
    session.flush()
    set_areas(session, account.id, account.areas)


def set_areas(session: Session, account_id: str, areas: Sequence[str]) -> None:
    """Replace an account's areas."""
    session.execute(delete(AccountAreaRow).where(AccountAreaRow.account_id == account_id))
    session.add_all(AccountAreaRow(account_id=account_id, area_code=code) for code in set(areas))
    session.flush()
    if areas:
        change(session, account_id, last_area_code=min(areas))


def by_id(session: Session, account_id: str) -> Account | None:
    """An account by id."""
    row = session.get(AccountRow, account_id, populate_existing=True)
    return None if row is None else as_account(row, areas_of(session, [row.id]).get(row.id, ()))


def by_ids(session: Session, account_ids: Iterable[str]) -> dict[str, Account]:
    """Accounts by id; unknown ids are left out."""
    rows = session.scalars(
        select(AccountRow)
        .where(AccountRow.id.in_(set(account_ids)))
        .execution_options(populate_existing=True)
    ).all()
    areas = areas_of(session, [row.id for row in rows])
    return {row.id: as_account(row, areas.get(row.id, ())) for row in rows}


def credentials(
    session: Session, *, login: str | None = None, account_id: str | None = None
) -> Credentials | None:
    """What sign-in compares with, by login or by id."""
    wanted = AccountRow.login == login if account_id is None else AccountRow.id == account_id
    row = session.scalar(select(AccountRow).where(wanted).execution_options(populate_existing=True))
    if row is None:
        return None
    return Credentials(
        account=as_account(row, areas_of(session, [row.id]).get(row.id, ())),
        password_hash=row.password_hash,
        password_changed_at=row.password_changed_at,
        totp_secret_locked=row.totp_secret_locked,
        totp_last_step=row.totp_last_step,
        first_used_at=row.first_used_at,
    )


def inside(session: Session, ranges: Sequence[tuple[str, str]]) -> list[Account]:
    """Accounts that have an area inside one of the code ranges, or had it last, by name."""
    if not ranges:
        return []
    ids = select(AccountAreaRow.account_id).where(within(AccountAreaRow.area_code, ranges))
    had_last = within(AccountRow.last_area_code, ranges)
    has_none = ~exists().where(AccountAreaRow.account_id == AccountRow.id)
    rows = session.scalars(
        select(AccountRow)
        .where(or_(AccountRow.id.in_(ids), and_(had_last, has_none)))
        .order_by(AccountRow.name, AccountRow.id)
    ).all()
    areas = areas_of(session, [row.id for row in rows])
    return [as_account(row, areas.get(row.id, ())) for row in rows]


def names(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Names by account id."""
    rows = session.execute(
        select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(set(account_ids)))
    )
    return {account_id: name for account_id, name in rows}


def change(session: Session, account_id: str, **values: Any) -> None:
    """Set columns of an account."""
    session.execute(update(AccountRow).where(AccountRow.id == account_id).values(**values))


def use_totp_step(session: Session, account_id: str, step: int) -> bool:
    """Note that a step's code was used; false when it, or a later one, was used before."""
    later = or_(AccountRow.totp_last_step.is_(None), AccountRow.totp_last_step < step)
    done = session.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, later)
        .values(totp_last_step=step)
        .returning(AccountRow.id)
    )
    return done.first() is not None

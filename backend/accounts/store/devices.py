"""Queries on phones, and on the codes that enrol them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.model import Device, DeviceFacts, EnrolmentCode, Role
from backend.accounts.tables import AccountAreaRow, AccountRow, DeviceRow, EnrolmentCodeRow
from backend.kernel.among import among
from backend.kernel.db import rows_by_id, table_of

_D, _A, _AREA = table_of(DeviceRow), table_of(AccountRow), table_of(AccountAreaRow)
_FACTS = (
    select(
        _D.c.id,
        _D.c.account_id,
        _D.c.public_key,
        _D.c.name,
        _D.c.revoked_at,
        _A.c.disabled_at,
        _A.c.role,
        _AREA.c.area_code,
    )
    .join(_A, _A.c.id == _D.c.account_id)
    .outerjoin(_AREA, _AREA.c.account_id == _A.c.id)
    .where(among(_D.c.id, "ids"))
    .order_by(_AREA.c.area_code)
)


def facts(session: Session, device_ids: Iterable[str]) -> dict[str, DeviceFacts]:
    """Phones with what the intake needs of their accounts."""
    by_device: dict[str, list[Any]] = {}
    for row in rows_by_id(session, _FACTS, device_ids):
        by_device.setdefault(row.id, []).append(row)
    return {device_id: _facts(rows) for device_id, rows in by_device.items()}


def _facts(rows: list[Any]) -> DeviceFacts:
    """One phone out of its rows, one an area."""
    row = rows[0]
    return DeviceFacts(
        id=row.id,
        account_id=row.account_id,
        public_key=row.public_key,
        name=row.name,
        revoked_at=row.revoked_at,
        account_disabled=row.disabled_at is not None,
        role=cast(Role, row.role),
        areas=tuple(row.area_code for row in rows if row.area_code is not None),
    )


def add(
    session: Session,
    device_id: str,
    account_id: str,
    *,
    public_key: bytes,
    name: str,
    app_version: str,
    now: datetime,
) -> None:
    """Insert a phone."""
    session.add(
        DeviceRow(
            id=device_id,
            account_id=account_id,
            public_key=public_key,
            name=name,
            app_version=app_version,
            enrolled_at=now,
            last_seen_at=now,
        )
    )
    session.flush()


def change(session: Session, device_id: str, **values: Any) -> None:
    """Set columns of a phone."""
    session.execute(update(DeviceRow).where(DeviceRow.id == device_id).values(**values))


def of_accounts(session: Session, account_ids: Iterable[str]) -> list[Device]:
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


def add_code(session: Session, code: EnrolmentCode, code_hash: str, now: datetime) -> None:
    """Insert an enrolment code; only its keyed hash is kept."""
    session.add(
        EnrolmentCodeRow(
            id=code.id,
            account_id=code.account_id,
            code_hash=code_hash,
            issued_by=code.issued_by,
            issued_at=now,
            expires_at=code.expires_at,
        )
    )
    session.flush()


def code(session: Session, account_id: str, code_hash: str) -> EnrolmentCode | None:
    """An enrolment code of this account."""
    row = session.scalar(
        select(EnrolmentCodeRow).where(
            EnrolmentCodeRow.account_id == account_id, EnrolmentCodeRow.code_hash == code_hash
        )
    )
    if row is None:
        return None
    return EnrolmentCode(row.id, row.account_id, row.issued_by, row.expires_at, row.used_at)


def use_code(session: Session, code_id: str, now: datetime) -> bool:
    """Use a code up; false when somebody else did in the meantime."""
    done = session.execute(
        update(EnrolmentCodeRow)
        .where(EnrolmentCodeRow.id == code_id, EnrolmentCodeRow.used_at.is_(None))
        .values(used_at=now)
        .returning(EnrolmentCodeRow.id)
    )
    return done.first() is not None

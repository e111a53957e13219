"""Personal columns under the newest key, row by row, while everything runs.

A row that somebody writes meanwhile is left: it is under the newest key anyway. What was begun and
killed goes on where it was: done is whatever bears the number of the newest key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Column, MetaData, Table, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from backend.house import House
from backend.kernel.vault import Vault

AT_ONCE = 500
PICTURES = "kept"
ALSO_LOCKED = {("quarantine", "envelope")}
"""Locked columns whose name does not say so."""


Page: TypeAlias = list[tuple[Any, ...]]
"""Primary key and value of some rows."""


@dataclass(frozen=True)
class Rotated:
    """How many values and pictures were encrypted anew."""

    values: int
    pictures: int


def rotate(house: House, metadata: MetaData) -> Rotated:
    """Encrypt anew whatever is not under the newest key."""
    values = sum(_rotate_column(house, column) for column in locked_columns(metadata))
    return Rotated(values, _rotate_pictures(house))


def locked_columns(metadata: MetaData) -> list[Column[Any]]:
    """Every column that the vault encrypts."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_locked") or (table.name, column.name) in ALSO_LOCKED
    ]


def _rotate_column(house: House, column: Column[Any]) -> int:
    return sum(_rotate_page(house, column, page) for page in _pages(house, column))


def _rotate_page(house: House, column: Column[Any], page: Page) -> int:
    return house.transact(lambda session: _relock(session, house.vault, column, page))


def _pages(house: House, column: Column[Any]) -> Iterator[Page]:
    table: Table = column.table
    key = tuple_(*table.primary_key.columns)
    old = select(*table.primary_key.columns, column).where(
        column.is_not(None), func.substr(column, 1, 1) != bytes([house.vault.writer])
    )
    after: tuple[Any, ...] | None = None
    while True:
        wanted = old
        if after is not None:
            place = zip(after, table.primary_key.columns, strict=True)
            wanted = old.where(key > tuple_(*(literal(value, col.type) for value, col in place)))
        with house.read() as session:
            found = session.execute(wanted.order_by(*table.primary_key.columns).limit(AT_ONCE))
            page = [tuple(row) for row in found]
        if not page:
            return
        yield page
        after = tuple(page[-1][:-1])


def _relock(session: Session, vault: Vault, column: Column[Any], page: Page) -> int:
    table: Table = column.table
    done = 0
    for *key, stored in page:
        same = [each == value for each, value in zip(table.primary_key.columns, key, strict=True)]
        found = session.execute(
            update(table)
            .where(*same, column == stored)  # not when somebody has written it since
            .values({column.name: vault.relocked(stored)})
            .returning(column)
        )
        done += len(found.all())
    return done


def _rotate_pictures(house: House) -> int:
    done = 0
    for found in house.blobs.listed(PICTURES):
        try:
            stored = house.blobs.get(found.name)
        except FileNotFoundError:
            continue  # removed since it was seen
        if stored[0] != house.vault.writer:
            house.blobs.put(found.name, house.vault.relocked(stored))
            done += 1
    return done

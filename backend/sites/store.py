"""Queries on sites. The telephone passes through the vault here, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.feed import service as feed
from backend.geo.rules import bounds, county_of
from backend.kernel.areas import within
from backend.kernel.clock import local_date
from backend.kernel.db import by_id, rows_by_id
from backend.kernel.vault import Vault
from backend.sites.model import OPEN, CountedSite, Site, SiteLine
from backend.sites.tables import SiteRow

_SITES = by_id(SiteRow)
_OF_VILLAGES = by_id(SiteRow, "village_code", order=("id",))


def _site(row: Any, vault: Vault) -> Site:
    return Site(
        id=row.id,
        village_code=row.village_code,
        name=row.name,
        type=row.type,
        address=row.address,
        place=None if row.lng is None or row.lat is None else (row.lng, row.lat),
        contact_name=row.contact_name,
        phone=vault.unlock(row.phone_locked),
        registered_on=row.registered_on,
        status=row.status,
        merged_into=row.merged_into,
        details=row.details,
        source_submission_id=row.source_submission_id,
    )


def _values(site: Site, vault: Vault, now: datetime) -> dict[str, Any]:
    lng, lat = site.place or (None, None)
    return {
        "county_code": county_of(site.village_code),
        "village_code": site.village_code,
        "name": site.name,
        "type": site.type,
        "address": site.address,
        "lng": lng,
        "lat": lat,
        "contact_name": site.contact_name,
        "phone_locked": vault.lock(site.phone),
        "registered_on": site.registered_on,
        "status": site.status,
        "merged_into": site.merged_into,
        "details": dict(site.details),
        "source_submission_id": site.source_submission_id,
        "updated_at": now,
    }


def save(session: Session, vault: Vault, sites: Iterable[Site], now: datetime) -> None:
    """Insert or replace sites and tell the phones of their villages."""
    items = list(sites)
    if not items:
        return
    ids = [item.id for item in items]
    rows = {row.id: row for row in session.scalars(select(SiteRow).where(SiteRow.id.in_(ids)))}
    gone: list[tuple[str, str, str]] = []
    for item in items:
        values = _values(item, vault, now)
        row = rows.get(item.id)
        if row is None:
            session.add(SiteRow(id=item.id, created_at=now, **values))
            continue
        if row.village_code != item.village_code:
            gone.append(("site", item.id, row.village_code))
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    feed.left(session, gone)
    feed.changed(session, [("site", item.id, item.village_code) for item in items])


def by_ids(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Site]:
    """Sites by id."""
    return {row.id: _site(row, vault) for row in rows_by_id(session, _SITES, ids)}


def of_villages(session: Session, vault: Vault, codes: Iterable[str]) -> dict[str, list[Site]]:
    """Village -> its sites, merged ones included, in the order of their ids."""
    found: dict[str, list[Site]] = {}
    for row in rows_by_id(session, _OF_VILLAGES, codes):
        found.setdefault(row.village_code, []).append(_site(row, vault))
    return found


def open_sites(session: Session, after: str | None, limit: int) -> list[SiteLine]:
    """The open sites everywhere, page by page, by id."""
    where: list[Any] = [SiteRow.status == OPEN, SiteRow.merged_into.is_(None)]
    if after is not None:
        where.append(SiteRow.id > after)
    columns = (SiteRow.id, SiteRow.village_code, SiteRow.registered_on)
    rows = session.execute(select(*columns).where(*where).order_by(SiteRow.id).limit(limit))
    return [SiteLine(row.id, row.village_code, row.registered_on) for row in rows]


def found_by_name(session: Session, areas: Sequence[str], text: str, limit: int) -> list[str]:
    """Ids of the sites inside the areas whose name holds the text."""
    rows = session.scalars(
        select(SiteRow.id)
        .where(
            within(SiteRow.village_code, map(bounds, areas)),
            SiteRow.name.contains(text, autoescape=True),
        )
        .order_by(SiteRow.id)
        .limit(limit)
    )
    return list(rows)


def lines(
    session: Session, *, ids: Iterable[str] = (), village_code: str | None = None
) -> dict[str, CountedSite]:
    """Sites as figures read them, by id: those named, or those of a village; no merged ones."""
    row = SiteRow
    asked = row.id.in_(set(ids)) if village_code is None else row.village_code == village_code
    found = session.execute(
        select(row.id, row.village_code, row.registered_on, row.created_at, row.status).where(
            asked, row.merged_into.is_(None)
        )
    )
    return {
        one.id: CountedSite(
            one.village_code, one.registered_on or local_date(one.created_at), one.status
        )
        for one in found
    }

"""Use cases on sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.kernel.vault import Vault
from backend.sites import store
from backend.sites.model import Site, SiteLine


def by_ids(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Site]:
    """Sites by id."""
    return store.by_ids(session, vault, ids)


def survivors(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, Site]:
    """By the id asked for: each site, or the one it was merged into.

    A site is merged when it is registered, into one that stands; so one step is enough.
    """
    known = store.by_ids(session, vault, ids)
    into = store.by_ids(session, vault, {s.merged_into for s in known.values() if s.merged_into})
    return {key: into.get(site.merged_into or "", site) for key, site in known.items()}


def in_villages(session: Session, vault: Vault, codes: Iterable[str]) -> dict[str, list[Site]]:
    """Village -> every site registered there."""
    return store.of_villages(session, vault, codes)


def open_sites(session: Session, after: str | None, limit: int) -> list[SiteLine]:
    """The open sites everywhere, page by page, by id."""
    return store.open_sites(session, after, limit)


def found_by_name(session: Session, areas: Sequence[str], text: str, limit: int) -> list[str]:
    """Ids of the sites inside the areas whose name holds the text."""
    return store.found_by_name(session, areas, text, limit)


def save(session: Session, vault: Vault, sites: Iterable[Site], now: datetime) -> None:
    """Keep sites as they are now."""
    store.save(session, vault, sites, now)

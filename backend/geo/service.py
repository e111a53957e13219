"""Use cases on areas: naming them, and finding the village that holds a point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shapely import STRtree
from shapely.geometry import Point, shape
from sqlalchemy.orm import Session

from backend.geo import store
from backend.geo.boundaries import Drawn
from backend.geo.model import Area


class VillageIndex:
    """Villages by name, and their boundaries in a tree; held in memory by each process."""

    def __init__(self, villages: Iterable[Area]) -> None:
        every = list(villages)
        self._names = {area.code: area.name for area in every}
        self._areas = [area for area in every if area.boundary is not None]
        self._tree = STRtree([shape(area.boundary) for area in self._areas])

    def name(self, code: str) -> str | None:
        """Name of a village."""
        return self._names.get(code)

    def find(self, lng: float, lat: float) -> str | None:
        """Code of the village whose boundary holds the point; the lowest code on a border."""
        hits = self._tree.query(Point(lng, lat), predicate="intersects")
        return min((self._areas[hit].code for hit in hits), default=None)


def village_index(session: Session) -> VillageIndex:
    """Build the index from what is stored."""
    return VillageIndex(store.villages(session))


def names(session: Session, codes: Iterable[str]) -> dict[str, Area]:
    """Areas by code."""
    return store.by_codes(session, codes)


def inside(session: Session, codes: Sequence[str], *, with_boundary: bool = False) -> list[Area]:
    """The areas and everything inside them."""
    return store.inside(session, codes, with_boundary=with_boundary)


def villages(session: Session, after: str | None, limit: int) -> list[Area]:
    """Villages by code, page by page."""
    return store.village_page(session, after, limit)


def draw(session: Session, drawn: Iterable[Drawn], source: str) -> None:
    """Keep boundaries that were checked; visits that come from now on are placed by them."""
    for one in drawn:
        inner = one.shape.representative_point()
        store.set_boundary(session, one.area.code, one.boundary, (inner.x, inner.y), source)

"""What subjects are called: residents, heads of households, areas and sites in one look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from backend.geo import service as geo
from backend.kernel.vault import Vault
from backend.residents import service as residents
from backend.sites import service as sites


@dataclass(frozen=True)
class Named:
    """A subject as a list names it; sex and birth date of a resident only."""

    name: str
    sex: str | None = None
    birth_date: date | None = None


UNKNOWN = Named("")


def named(session: Session, vault: Vault, subjects: Iterable[tuple[str, str]]) -> dict[str, Named]:
    """Names by id, of subjects that are here.

    :param subjects: (kind, id) of each
    """
    ids: dict[str, set[str]] = {"resident": set(), "household": set(), "area": set(), "site": set()}
    for kind, subject_id in subjects:
        ids[kind].add(subject_id)
    people = residents.called(session, ids["resident"])
    homes = residents.households_by_ids(session, vault, ids["household"])
    areas = geo.names(session, ids["area"])
    places = sites.by_ids(session, vault, ids["site"])
    return {
        **{key: Named(*one) for key, one in people.items()},
        **{key: Named(one.head_name) for key, one in homes.items()},
        **{key: Named(one.name) for key, one in areas.items()},
        **{key: Named(one.name) for key, one in places.items()},
    }

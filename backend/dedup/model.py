"""What a comparison of two residents comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

SAME = "same"
UNSURE = "unsure"
DIFFERENT = "different"

OPEN = "open"
MERGED = "merged"
KEPT_APART = "kept_apart"


@dataclass(frozen=True)
class Registration:
    """A person as one registration describes them: what identity is judged by, and nothing else.

    Everything but the id may be missing; texts are as they were typed.

    :param sex: GB/T 2261.1
    :param household: id or number of the household
    :param place: (lng, lat) of the door, WGS-84
    """

    id: str
    name: str = ""
    sex: str = ""
    birth_date: date | None = None
    id_no: str = ""
    phone: str = ""
    address: str = ""
    village_code: str = ""
    household: str = ""
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether two registrations are of one person, with the reason field by field.

    :param score: 0 (certainly different) to 1 (certainly the same)
    :param explanation: field -> how it compares (a level of ``schemas/identity/weights.json``)
    :param weights: field -> what that speaks for, in bits; negative against
    """

    verdict: str
    score: float
    explanation: Mapping[str, str]
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def bits(self) -> float:
        """The weights of all fields together."""
        return sum(self.weights.values())


@dataclass(frozen=True)
class DuplicateCandidate:
    """Two residents that may be one, ``resident_id`` < ``other_id``."""

    id: str
    resident_id: str
    other_id: str
    township_code: str
    verdict: Verdict
    state: str  # open, merged, kept_apart


@dataclass(frozen=True)
class Merge:
    """One resident made part of another by a person.

    :param followed: what went along to the survivor: kind -> ids
    """

    id: str
    pair_id: str
    loser_id: str
    survivor_id: str
    followed: Mapping[str, list[str]]
    merged_by: str

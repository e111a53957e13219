"""Twenty doctors who visit and four who invent: the score finds the four and accuses nobody."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from backend.review.rules.profiling import profile
from backend.review.rules.scoring import ALARM, score, signals
from tests.builders.township import township


@dataclass(frozen=True)
class Scored:
    score: int
    invents: bool
    kinds: tuple[str, ...]


def scored(seed: int) -> list[Scored]:
    """The township's doctors, the most doubtful first."""
    doctors = township(seed)
    profiles = [profile(doctor.visits, doctor.phones) for doctor in doctors]
    found = []
    for number, doctor in enumerate(doctors):
        others = [*profiles[:number], *profiles[number + 1 :]]
        seen = signals(profiles[number], others)
        found.append(Scored(score(seen), doctor.invents, tuple(one.kind for one in seen)))
    return sorted(found, key=lambda one: -one.score)


def holds(seed: int) -> None:
    order = scored(seed)
    assert sum(one.invents for one in order) == 4
    missed = [one for one in order[5:] if one.invents]
    accused = [one for one in order if not one.invents and one.score >= ALARM]
    assert (missed, accused) == ([], []), f"seed {seed}"


@pytest.mark.parametrize("seed", [1, 2])
def test_who_invents_stands_on_top_and_no_honest_doctor_above_the_line(seed: int) -> None:
    holds(seed)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(3, 21))
def test_the_same_on_twenty_seeds(seed: int) -> None:
    holds(seed)

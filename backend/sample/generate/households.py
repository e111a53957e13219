"""Who lives together: the make-up of rural households, many old people and few young adults.

The shares are plausible for a mountain county that sends its young to the cities; they are
invented and were measured nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

RESIDENTS_PER_HOUSEHOLD = 10 / 3
FEWEST_RESIDENTS = 50


@dataclass(frozen=True)
class Member:
    """A seat in a household.

    :param relation: GB/T 4761, what this person is to the head
    :param age: in years, with fractions
    :param mother: seat of the mother in the household, if she lives there
    """

    relation: str
    sex: str
    age: float
    mother: int | None = None
    pregnant: bool = False


Plan = tuple[Member, ...]


def _sex(rng: Random) -> str:
    return "1" if rng.random() < 0.515 else "2"


def _grandchild(rng: Random, age: float, mother: int | None) -> Member:
    sex = _sex(rng)
    return Member("41" if sex == "1" else "42", sex, age, mother)


def _eldest_age(rng: Random, mother_age: float) -> float:
    """Few small children and more big ones: births have halved within fifteen years."""
    return min(rng.triangular(0.5, 17.9, 15), mother_age - rng.uniform(20, 30))


def _couple(rng: Random, age: float) -> list[Member]:
    return [Member("02", "1", age), Member("12", "2", age - rng.uniform(-1.5, 4.5))]


def _old_alone(rng: Random) -> Plan:
    widow = rng.random() < 0.68
    return (Member("02", "2" if widow else "1", rng.triangular(62, 92, 76)),)


def _old_couple(rng: Random) -> Plan:
    return tuple(_couple(rng, rng.triangular(60, 88, 69)))


def _couple_alone(rng: Random) -> Plan:
    return tuple(_couple(rng, rng.uniform(46, 61)))


def _nuclear(rng: Random) -> Plan:
    seats = _couple(rng, rng.triangular(27, 49, 39))
    age = _eldest_age(rng, seats[1].age)
    for _ in range(rng.choices((1, 2, 3), weights=(48, 45, 7))[0]):
        if age >= 0.2:
            sex = _sex(rng)
            seats.append(Member("20" if sex == "1" else "30", sex, age, mother=1))
        age -= rng.uniform(1.8, 5)
    return tuple(seats)


def _grandparents(rng: Random, parents_age: float) -> list[Member]:
    pair = _couple(rng, parents_age + rng.uniform(21, 29))
    if rng.random() < 0.25:
        survivor = pair[1] if rng.random() < 0.7 else pair[0]
        return [Member("02", survivor.sex, survivor.age)]
    return pair


def _with_parents(rng: Random, age: float, *, pregnant: bool = False) -> tuple[list[Member], int]:
    """Grandparents, their daughter-in-law of that age and mostly her husband; and her seat."""
    seats = _grandparents(rng, age)
    if rng.random() < 0.7:
        seats.append(Member("20", "1", age + rng.uniform(0, 4)))
    seats.append(Member("38", "2", age, pregnant=pregnant))
    return seats, len(seats) - 1


def _three_generations(rng: Random) -> Plan:
    seats, mother = _with_parents(rng, rng.triangular(26, 47, 36))
    age = _eldest_age(rng, seats[mother].age)
    for _ in range(rng.choices((1, 2, 3), weights=(44, 48, 8))[0]):
        if age >= 0.2:
            seats.append(_grandchild(rng, age, mother))
        age -= rng.uniform(1.8, 5)
    return tuple(seats)


def _with_baby(rng: Random, days: float) -> Plan:
    seats, mother = _with_parents(rng, rng.uniform(24, 34))
    seats.append(_grandchild(rng, days / 365.25, mother))
    if rng.random() < 0.45:
        seats.append(_grandchild(rng, rng.uniform(2, seats[mother].age - 21), mother))
    return tuple(seats)


def _expecting(rng: Random) -> Plan:
    seats, mother = _with_parents(rng, rng.uniform(24, 34), pregnant=True)
    if rng.random() < 0.5:
        seats.append(_grandchild(rng, rng.uniform(2, seats[mother].age - 21), mother))
    return tuple(seats)


def _left_behind(rng: Random) -> Plan:
    """Grandparents with the children of parents who work far away."""
    parents_age = rng.triangular(28, 44, 35)
    seats = _grandparents(rng, parents_age)
    age = max(0.5, _eldest_age(rng, parents_age))
    for _ in range(rng.choices((1, 2, 3), weights=(38, 47, 15))[0]):
        if age >= 0.5:
            seats.append(_grandchild(rng, age, None))
        age -= rng.uniform(1.5, 4)
    return tuple(seats)


def _four_generations(rng: Random) -> Plan:
    seats = list(_three_generations(rng))
    seats.append(Member("52", "2", min(101, seats[0].age + rng.uniform(18, 24))))
    return tuple(seats)


KINDS: tuple[tuple[float, Callable[[Random], Plan]], ...] = (
    (0.10, _old_alone),
    (0.20, _old_couple),
    (0.10, _couple_alone),
    (0.21, _nuclear),
    (0.25, _three_generations),
    (0.11, _left_behind),
    (0.03, _four_generations),
)
"""Share and maker of each kind of household."""


def _any_plan(rng: Random) -> Plan:
    return rng.choices([make for _, make in KINDS], weights=[share for share, _ in KINDS])[0](rng)


def plans(residents: int, seed: int) -> list[Plan]:
    """Households that hold exactly so many residents, three and a third each on average.

    Four in a thousand are babies of the last 60 days and four are unborn: more than such a county
    has, so that a small sample shows their services too.

    :raises ValueError: fewer residents than :data:`FEWEST_RESIDENTS`
    """
    if residents < FEWEST_RESIDENTS:
        raise ValueError(f"a sample needs at least {FEWEST_RESIDENTS} residents")
    rng = Random(f"{seed}/plans")
    births = max(1, round(residents * 0.004))
    made = [_with_baby(rng, 1 + 58 * (n + rng.random()) / births) for n in range(births)]
    made += [_expecting(rng) for _ in range(births)]
    fixed = len(made)
    made += [_any_plan(rng) for _ in range(round(residents / RESIDENTS_PER_HOUSEHOLD) - fixed)]
    missing = residents - sum(len(plan) for plan in made)
    while missing:
        index = rng.randrange(fixed, len(made))
        other = _any_plan(rng)
        gain = len(other) - len(made[index])
        if abs(missing - gain) < abs(missing):
            made[index] = other
            missing -= gain
    baby = made[0]
    rng.shuffle(made)
    # The first household stands in the first doctor's village: she always has a newborn to visit.
    made.remove(baby)
    return [baby, *made]

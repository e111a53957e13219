"""A township by chance: doctors who visit, each with habits of their own, and some who invent.

Made from what plans and audits tell of villages, and from nothing that the rules know: no threshold
of theirs stands here, and none was moved to fit it. An honest doctor may live in a valley without
satellites, read an old cuff, round, write a day up in the evening, hold clinic on market days and
vaccinate forty children in a morning. Who invents does true visits too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from backend.review.model import VisitFacts

FIRST_DAY = date(2026, 8, 24)
DAYS = 91
METRE = 1 / 111_320
_CHINA = timedelta(hours=8)


@dataclass
class Patient:
    """Somebody with a pressure of their own."""

    id: str
    household_id: str
    door: tuple[float, float]
    mean: float
    gap: float
    pulse: float
    weight: float
    last: dict[str, float] = field(default_factory=dict)


@dataclass
class Habits:
    """How a doctor works when nobody invents anything."""

    even_cuff: bool
    rounding: float
    valley: bool
    evenings: float
    market_every: int
    visits_a_day: float
    weighs: float
    seconds_an_answer: float
    wrong_doors: float
    late_days: float


@dataclass
class Invention:
    """What an inventing doctor does to a share of the visits owed.

    :param share: of all visits
    :param nights: write many days in few nights before the inspection
    :param desk: claim a home visit from a chair
    :param location_off: and with the location switched off
    :param think: invent the readings
    :param copy: take over what stood there before
    :param template: the same readings for several
    :param phones: one number for people without one
    :param photo: the same photo again
    """

    share: float
    nights: bool
    desk: bool
    location_off: bool
    think: bool
    copy: float
    template: float
    phones: bool
    photo: bool


@dataclass
class Doctor:
    """A doctor's three months.

    :param phones: of each resident with a number, how many other households have it
    """

    id: str
    invents: bool
    visits: list[VisitFacts]
    phones: list[int]


def township(seed: int, honest: int = 20, inventing: int = 4) -> list[Doctor]:
    """The doctors of a township, in no order that tells anything."""
    rng = Random(seed)  # noqa: S311 - chance that must be repeatable
    kinds = [False] * honest + [True] * inventing
    rng.shuffle(kinds)
    return [_Practice(rng, number, invents).doctor() for number, invents in enumerate(kinds)]


class _Practice:
    def __init__(self, rng: Random, number: int, invents: bool) -> None:
        self.rng, self.id, self.invents = rng, _id(rng), invents
        self.clinic = (116.2 + number % 6 * 0.05, 30.6 + number // 6 * 0.05)
        self.habits = Habits(
            even_cuff=rng.random() < 0.4,
            rounding=rng.choice((0.0, 0.05, 0.1, 0.3, 0.6)),
            valley=rng.random() < 0.2,
            evenings=rng.choice((0.0, 0.0, 0.05, 0.1, 0.2)),
            market_every=rng.choice((5, 10, 7)),
            visits_a_day=rng.uniform(6, 12),
            weighs=rng.uniform(0.5, 1.0),
            seconds_an_answer=rng.uniform(5, 14),
            wrong_doors=rng.uniform(0.0, 0.06),
            late_days=rng.uniform(0.0, 0.06),
        )
        self.invention = self._invention() if invents else None
        self.patients = [self._patient() for _ in range(rng.randint(180, 340))]
        self.queue = list(self.patients)
        self.templates = [self._thought(None) for _ in range(4)]
        self.visits: list[VisitFacts] = []
        self.pending: list[tuple[Patient, date]] = []

    def _invention(self) -> Invention:
        rng = self.rng
        nights = rng.random() < 0.6
        return Invention(
            share=rng.uniform(0.3, 0.85),
            nights=nights,
            desk=not nights or rng.random() < 0.6,
            location_off=rng.random() < 0.3,
            think=rng.random() < 0.8,
            copy=rng.choice((0.0, 0.3, 0.6)),
            template=rng.choice((0.0, 0.2, 0.4)),
            phones=rng.random() < 0.4,
            photo=rng.random() < 0.3,
        )

    def _patient(self) -> Patient:
        rng = self.rng
        angle_free = (rng.gauss(0, 900) * METRE, rng.gauss(0, 900) * METRE)
        door = (self.clinic[0] + angle_free[0], self.clinic[1] + angle_free[1])
        return Patient(
            _id(rng), _id(rng), door, rng.gauss(137, 13), rng.gauss(53, 7), rng.gauss(74, 8),
            rng.gauss(63, 10),
        )  # fmt: skip

    def doctor(self) -> Doctor:
        for offset in range(DAYS):
            day = FIRST_DAY + timedelta(days=offset)
            if day.weekday() < 6 and self.rng.random() > 0.04:
                self._work(day, offset)
            if self.invention and self.invention.nights and offset % 30 == 29:
                self._night(day)
        return Doctor(self.id, self.invents, self.visits, self._phones())

    def _work(self, day: date, offset: int) -> None:
        rng, habits = self.rng, self.habits
        if offset % 28 == 9:
            self._vaccinate(day)
        market = offset % habits.market_every == 0
        wanted = max(1, round(rng.gauss(habits.visits_a_day, 2) * (1.8 if market else 1)))
        at = _at(day, 8, rng.randint(0, 40))
        evening: list[tuple[Patient, str]] = []
        written_up = rng.random() < habits.evenings
        for patient in self._due(wanted):
            if self.invention and rng.random() < self.invention.share:
                if self.invention.nights:
                    self.pending.append((patient, day))
                    continue
                at += timedelta(seconds=rng.uniform(50, 200))
                self._invented(patient, day, at)
                continue
            mode = "1" if market else rng.choices(("2", "1", "3"), (0.72, 0.2, 0.08))[0]
            at += timedelta(minutes=rng.uniform(5, 14) if mode != "2" else rng.uniform(12, 45))
            if written_up and mode == "2":
                evening.append((patient, mode))
            else:
                late = mode == "2" and rng.random() < habits.late_days
                self._true(patient, day, at + timedelta(days=int(late)), mode)
        at = _at(day, 19, rng.randint(0, 50))
        for patient, mode in evening:
            at += timedelta(minutes=rng.uniform(3.5, 9))
            self._true(patient, day, at, mode, here=self.clinic)

    def _due(self, wanted: int) -> list[Patient]:
        if len(self.queue) < wanted:
            again = list(self.patients)
            self.rng.shuffle(again)
            self.queue += again
        taken, self.queue = self.queue[:wanted], self.queue[wanted:]
        return taken

    def _vaccinate(self, day: date) -> None:
        at = _at(day, 8, 10)
        for _ in range(self.rng.randint(20, 55)):
            at += timedelta(seconds=self.rng.uniform(70, 260))
            child = self._patient()
            self._write(child, "vaccination", "1", day, at, self.clinic, {"body_temp": 36.5}, 10)

    def _true(
        self,
        patient: Patient,
        day: date,
        at: datetime,
        mode: str,
        here: tuple[float, float] | None = None,
    ) -> None:
        place = here or (patient.door if mode == "2" else self.clinic)
        form = "htn_followup" if patient.weight < 70 else "dm_followup"
        readings = self._measured(patient, form)
        self._write(patient, form, mode, day, at, place, readings, 30)

    def _measured(self, patient: Patient, form: str) -> dict[str, float]:
        rng, habits = self.rng, self.habits
        sbp = rng.gauss(patient.mean, 10)
        dbp = sbp - rng.gauss(patient.gap, 6)
        readings = {
            "sbp": self._read(sbp),
            "dbp": self._read(dbp),
            "heart_rate": float(round(rng.gauss(patient.pulse, 6))),
        }
        if rng.random() < habits.weighs or "weight" not in patient.last:
            patient.weight += rng.gauss(0, 0.7)
            readings["weight"] = float(round(patient.weight, rng.choice((0, 0, 1))))
        else:
            readings["weight"] = patient.last["weight"]
        if form == "dm_followup":
            readings["fbg"] = round(rng.gauss(7.2, 1.5), 1)
        patient.last = readings
        return readings

    def _read(self, pressure: float) -> float:
        if self.rng.random() < self.habits.rounding:
            step = 10 if self.rng.random() < 0.7 else 5
            return float(round(pressure / step) * step)
        return float(round(pressure / 2) * 2 if self.habits.even_cuff else round(pressure))

    def _night(self, day: date) -> None:
        """The township comes tomorrow."""
        rng = self.rng
        at = _at(day, rng.choice((20, 21, 22)), rng.randint(0, 50))
        for patient, owed in self.pending:
            at += timedelta(seconds=rng.uniform(60, 260))
            self._invented(patient, owed, at)
        self.pending = []

    def _invented(self, patient: Patient, day: date, at: datetime) -> None:
        rng, invention = self.rng, self.invention
        assert invention is not None
        form = "htn_followup" if patient.weight < 70 else "dm_followup"
        chance = rng.random()
        if patient.last and chance < invention.copy:
            readings = dict(patient.last)
        elif chance < invention.copy + invention.template:
            readings = dict(rng.choice(self.templates))
        elif invention.think:
            readings = self._thought(patient)
        else:
            readings = self._measured(patient, form)
        patient.last = readings
        mode = "2" if rng.random() < 0.85 else "3"
        true_place = not invention.desk and rng.random() < 0.3
        place = patient.door if true_place else self.clinic
        pictures = ("5f" * 32,) if invention.photo and rng.random() < 0.1 else ()
        off = invention.location_off and rng.random() < 0.8
        self._write(
            patient, form, mode, day, at, place, readings, 30,
            pace=rng.uniform(1.2, 4), off=off, pictures=pictures,
        )  # fmt: skip

    def _thought(self, patient: Patient | None) -> dict[str, float]:
        """Numbers that somebody thinks of: normal, and with favourites at the end."""
        rng = self.rng
        favourites = ((0, 2, 3, 5, 6, 8), (3, 4, 1, 3, 5, 6))
        sbp = rng.choice((120, 130, 130, 130)) + rng.choices(*favourites)[0]
        dbp = rng.choice((70, 80, 80)) + rng.choices(*favourites)[0]
        weight = rng.choice((55, 60, 62, 65, 68)) if patient is None else round(patient.weight)
        return {
            "sbp": float(sbp), "dbp": float(dbp), "heart_rate": float(rng.choice((72, 75, 76, 78))),
            "weight": float(weight),
        }  # fmt: skip

    def _write(
        self,
        patient: Patient,
        form: str,
        mode: str,
        day: date,
        at: datetime,
        place: tuple[float, float],
        readings: dict[str, float],
        answers: int,
        *,
        pace: float | None = None,
        off: bool = False,
        pictures: tuple[str, ...] = (),
    ) -> None:
        rng, habits = self.rng, self.habits
        fix, state = self._fix(place), "fixed"
        if off:
            fix, state = None, "off"
        elif fix is None:
            state = rng.choice(("unavailable", "pending"))
        door = patient.door
        if rng.random() < habits.wrong_doors:
            door = (door[0] + rng.uniform(0.01, 0.03), door[1])
        distance = None
        if fix is not None:
            dx, dy = (fix[0] - door[0]) / METRE * 0.86, (fix[1] - door[1]) / METRE
            distance = round((dx * dx + dy * dy) ** 0.5)
        name = _id(rng)
        self.visits.append(
            VisitFacts(
                submission_id=name,
                version_id=name,
                subject_id=patient.id,
                household_id=patient.household_id,
                form_key=form,
                mode=mode,
                visit_date=day,
                finalised_at=at,
                seconds=answers * (pace or habits.seconds_an_answer * rng.uniform(0.6, 1.8)),
                fix=fix,
                fix_state=state,
                distance_m=distance,
                readings=readings,
                answer_count=answers,
                pictures=pictures,
            )
        )

    def _fix(self, place: tuple[float, float]) -> tuple[float, float, float] | None:
        rng = self.rng
        if rng.random() < (0.8 if self.habits.valley else 0.06):
            return None
        error = rng.choice((8, 12, 20, 35)) if not self.habits.valley else rng.uniform(80, 900)
        return (
            place[0] + rng.gauss(0, error / 2) * METRE,
            place[1] + rng.gauss(0, error / 2) * METRE,
            float(error),
        )

    def _phones(self) -> list[int]:
        """Old people without a telephone are reached by a neighbour's or the village office's."""
        rng = self.rng
        lent = rng.uniform(0.0, 0.08)
        if self.invention and self.invention.phones:
            lent = rng.uniform(0.25, 0.7)
        known = [one for one in self.patients if rng.random() < 0.85]
        shared = [rng.random() < lent for _ in known]
        return [sum(shared) - 1 if mine else 0 for mine in shared]


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - _CHINA


def _id(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))

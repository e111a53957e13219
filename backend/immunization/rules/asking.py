"""A question for a forecast, as ``flask immunization forecast`` reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from backend.forms.model import Mistake
from backend.immunization.model import Edition, Facts, Settings
from backend.kernel.dates import parse_day

NAMES = ("birth_date", "sex", "asked_on", "doses", "facts", "settings")
HBSAG: Mapping[str | bool, str] = {
    "1": "1",
    "2": "2",
    "3": "3",
    "negative": "1",
    "positive": "2",
    "unknown": "3",
    False: "1",
    True: "2",
}
"""What the mother's HBsAg may be called, by its code in the code list ``hbsag``."""
YEARS = (1900, 2199)


@dataclass(frozen=True)
class Question:
    """A child as it is asked about.

    :param doses: (vaccine, day), each vaccine by the edition's own code
    :param ignored: members that nothing here knows, by their place
    """

    birth_date: date
    sex: str
    asked_on: date
    doses: tuple[tuple[str, date], ...]
    facts: Facts
    settings: Mapping[str, Any]
    ignored: tuple[str, ...] = ()


class Unanswerable(Exception):
    """A question with mistakes. :param mistakes: all of them, each with its place"""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(f"{m.place}: {m.message}" for m in mistakes))
        self.mistakes = mistakes


def asked_day(body: Any, today: date) -> date:
    """The day that decides which edition is asked; ``today`` where the question names none, or
    none that can be read: :func:`read_question` tells of that.
    """
    try:
        return parse_day(body["asked_on"])
    except (KeyError, TypeError, ValueError):
        return today


def read_question(body: Any, edition: Edition, today: date) -> Question:
    """``{birth_date, sex, asked_on, doses: [{vaccine, date}], facts, settings}``.

    :param today: the day of asking where the question names none
    :raises Unanswerable: with every mistake at once
    """
    reader = _Reader(edition)
    question = reader.question(body, today)
    if reader.mistakes or question is None:
        raise Unanswerable(reader.mistakes)
    return question


class _Reader:
    """Reads what it can and gathers what it cannot."""

    def __init__(self, edition: Edition) -> None:
        self.mistakes: list[Mistake] = []
        self._ignored: list[str] = []
        self._edition = edition
        self._codes = {
            spelling: code
            for code, vaccine in edition.vaccines.items()
            for spelling in (code, *vaccine.also)
        }

    def question(self, body: Any, today: date) -> Question | None:
        if not isinstance(body, Mapping):
            self._wrong("$", "must be an object")
            return None
        self._only("", body, NAMES)
        birth = self._day("birth_date", body.get("birth_date"))
        asked = self._day("asked_on", body["asked_on"]) if "asked_on" in body else today
        sex = body.get("sex")
        if sex not in ("0", "1", "2", "9"):
            self._wrong("sex", "must be '1' (male), '2' (female), '0' or '9' (not known)")
        if birth is not None and asked is not None and asked < birth:
            self._wrong("asked_on", f"{asked} lies before birth_date {birth}")
        doses = self._doses(body.get("doses", []), birth, asked)
        facts = self._facts(self._object("facts", body.get("facts")))
        settings = self._settings(self._object("settings", body.get("settings")))
        if birth is None or asked is None or self.mistakes:
            return None
        ignored = tuple(self._ignored)
        return Question(birth, str(sex), asked, doses, facts, settings, ignored)

    def _doses(
        self, listed: Any, birth: date | None, asked: date | None
    ) -> tuple[tuple[str, date], ...]:
        if not isinstance(listed, list):
            self._wrong("doses", "must be a list")
            return ()
        found = []
        for number, dose in enumerate(listed):
            where = f"doses[{number}]"
            if not isinstance(dose, Mapping):
                self._wrong(where, "must be an object with vaccine and date")
                continue
            vaccine = self._vaccine(f"{where}.vaccine", dose.get("vaccine"))
            on = self._day(f"{where}.date", dose.get("date"))
            if on is not None and birth is not None and on < birth:
                self._wrong(f"{where}.date", f"{on} lies before birth_date {birth}")
            if on is not None and asked is not None and on > asked:
                self._wrong(f"{where}.date", f"{on} lies after asked_on {asked}")
            if vaccine is not None and on is not None:
                found.append((vaccine, on))
        return tuple(found)

    def _facts(self, body: Mapping[str, Any]) -> Facts:
        readers: Mapping[str, Callable[[str, Any], Any]] = {
            "birth_weight_g": self._number,
            "gestation_weeks": self._number,
            "mother_hbsag": self._hbsag,
            "immune_deficient": self._truth,
            "hiv_exposed": self._truth,
            "critically_ill": self._truth,
            "conjugate_complete": self._truth,
            "immunoglobulin_on": self._day,
            "defer_until": self._day,
            "deferred": self._deferred,
            "contraindicated": self._contraindicated,
        }
        self._only("facts.", body, readers)
        known = {
            name: readers[name](f"facts.{name}", value)
            for name, value in body.items()
            if name in readers and value is not None
        }
        return Facts(**known) if not self.mistakes else Facts()

    def _settings(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        names = [field.name for field in fields(Settings)]
        self._only("settings.", body, names)
        for name, value in body.items():
            where = f"settings.{name}"
            if name in ("je_product", "hepa_product"):
                self._product(where, value, getattr(self._edition.settings, name))
            elif name == "hpv_born_after":
                self._day(where, value)
            elif name in names and not (type(value) is int and 0 <= value <= 3660):
                self._wrong(where, "must be a whole number from 0 to 3660")
        return {name: value for name, value in body.items() if name in names}

    def _product(self, where: str, value: Any, usual: str) -> None:
        """A product of the same series as the edition's own."""
        parts = self._edition.vaccines[usual].components
        fits = [code for code, v in self._edition.vaccines.items() if v.components == parts]
        if value not in fits:
            self._wrong(where, f"must be one of {', '.join(fits)}")

    def _deferred(self, where: str, listed: Any) -> tuple[tuple[str, date], ...]:
        found = []
        for number, one in enumerate(listed if isinstance(listed, list) else [None]):
            if not isinstance(one, Mapping):
                self._wrong(where, "must be a list of objects with vaccine and until")
                continue
            vaccine = self._vaccine(f"{where}[{number}].vaccine", one.get("vaccine"))
            until = self._day(f"{where}[{number}].until", one.get("until"))
            if vaccine is not None and until is not None:
                found.append((vaccine, until))
        return tuple(found)

    def _contraindicated(self, where: str, listed: Any) -> frozenset[str]:
        if not isinstance(listed, list):
            self._wrong(where, "must be a list of vaccines")
            return frozenset()
        codes = [self._vaccine(f"{where}[{number}]", one) for number, one in enumerate(listed)]
        return frozenset(code for code in codes if code is not None)

    def _vaccine(self, where: str, value: Any) -> str | None:
        if isinstance(value, str) and value in self._codes:
            return self._codes[value]
        self._wrong(where, f"{value!r} is no vaccine; known are {', '.join(self._codes)}")
        return None

    def _day(self, where: str, value: Any) -> date | None:
        try:
            day = parse_day(value)
        except (TypeError, ValueError):
            self._wrong(where, f"{value!r} is no day that exists (YYYY-MM-DD)")
            return None
        if not YEARS[0] <= day.year <= YEARS[1]:
            self._wrong(where, f"{value!r} lies outside of the years {YEARS[0]} to {YEARS[1]}")
            return None
        return day

    def _number(self, where: str, value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e5:
            self._wrong(where, f"{value!r} is no number above 0")
            return None
        return value

    def _truth(self, where: str, value: Any) -> bool | None:
        if not isinstance(value, bool):
            self._wrong(where, "must be true or false")
            return None
        return value

    def _hbsag(self, where: str, value: Any) -> str | None:
        code = HBSAG.get(value) if isinstance(value, str | bool) else None
        if code is None:
            self._wrong(where, "must be '1' (negative), '2' (positive) or '3' (unknown)")
        return code

    def _object(self, where: str, value: Any) -> Mapping[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self._wrong(where, "must be an object")
            return {}
        return value

    def _only(self, where: str, body: Mapping[str, Any], names: Any) -> None:
        self._ignored.extend(f"{where}{name}" for name in body if name not in names)

    def _wrong(self, where: str, message: str) -> None:
        self.mistakes.append(Mistake(where, message))

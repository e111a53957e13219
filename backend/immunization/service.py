"""Use cases on vaccination."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date

from sqlalchemy.orm import Session

from backend.forms import service as forms
from backend.immunization import store
from backend.immunization.model import Dose, Edition, ForecastDose, Settings
from backend.immunization.rules import forecast, read_edition
from backend.programmes import service as programmes

KEY = "nip"
"""The national immunization programme: key of its editions, and of areas' policies on it."""

_SETTINGS = frozenset(field.name for field in fields(Settings))
_by_sha256: dict[str, tuple[date, Edition]] = {}


def edition_on(session: Session, day: date) -> Edition | None:
    """The edition in force on a day; before the first one began, the first one; nothing when none
    was ever published.
    """
    known: list[tuple[date, int, Edition]] = []
    for ref in forms.rule_refs(session, "immunization"):
        if ref.sha256 not in _by_sha256:
            found = forms.rule_version(session, ref.kind, ref.key, ref.version)
            if found is None:
                continue
            _by_sha256[ref.sha256] = (found.effective_from, read_edition(found.body))
        start, edition = _by_sha256[ref.sha256]
        known.append((start, ref.version, edition))
    known.sort(key=lambda item: item[:2])
    in_force = [edition for start, _, edition in known if start <= day]
    if in_force:
        return in_force[-1]
    return known[0][2] if known else None


def doses_of(session: Session, resident_ids: Iterable[str]) -> dict[str, list[Dose]]:
    """Every dose of these residents, oldest first."""
    return store.of_residents(session, resident_ids)


def record(
    session: Session,
    submission_id: str,
    resident_id: str,
    village_code: str,
    doses: Sequence[tuple[str, date, int | None, str | None]],
) -> list[Dose]:
    """Write what a submission says was given; see :func:`store.replace_for_submission`."""
    return store.replace_for_submission(session, submission_id, resident_id, village_code, doses)


def forecast_for(
    session: Session,
    *,
    village_code: str,
    birth_date: date,
    sex: str,
    doses: Iterable[Dose],
    asked_on: date,
) -> tuple[ForecastDose, ...]:
    """A child's plan under the edition in force and the settings of the child's area.

    :raises LookupError: no edition was ever published
    """
    edition = edition_on(session, asked_on)
    if edition is None:
        raise LookupError("no vaccine edition: run 'flask forms publish'")
    policies = programmes.overrides(session, KEY, village_code)(asked_on)
    given = [(dose.vaccine, dose.given_on) for dose in doses]
    return forecast(edition, birth_date, sex, given, asked_on, settings=_settings(policies))


def _settings(policies: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in policies.items() if name in _SETTINGS}

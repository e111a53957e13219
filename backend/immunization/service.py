"""Use cases on vaccination."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import date

from sqlalchemy.orm import Session

from backend.forms import service as forms
from backend.immunization import store
from backend.immunization.model import (
    NO_FACTS,
    Dose,
    Edition,
    Facts,
    ForecastDose,
    Settings,
    Told,
)
from backend.immunization.rules import edition_in_force, facts_of, forecast, read_edition
from backend.programmes import service as programmes
from backend.residents.model import RegisterLine, Resident
from backend.submissions.model import Asked
from backend.submissions.store import submissions

KEY = "nip"
"""The national immunization programme: key of its editions, and of areas' policies on it."""

_SETTINGS = frozenset(field.name for field in fields(Settings))
_by_sha256: dict[str, Edition] = {}


def edition_on(session: Session, day: date) -> Edition | None:
    """The edition in force on a day; before the first one began, the first one; nothing when none
    was ever published.
    """
    known: list[Edition] = []
    for ref in forms.rule_refs(session, "immunization"):
        if ref.sha256 not in _by_sha256:
            found = forms.rule_version(session, ref.kind, ref.key, ref.version)
            if found is None:
                continue
            _by_sha256[ref.sha256] = read_edition(found.body)
        known.append(_by_sha256[ref.sha256])
    return edition_in_force(known, day)


def definition_on(session: Session, day: date) -> list[str]:
    """What decides, beside a child's doses, which of them count: the edition and every area's
    settings in force on a day, as texts that are others when one of these is another.
    """
    edition = edition_on(session, day)
    in_force = [
        repr((policy.area_code, policy.from_on, sorted(policy.parameters.items())))
        for policy in programmes.policies_for(session, KEY)
        if policy.from_on <= day and (policy.to_on is None or day <= policy.to_on)
    ]
    return [f"{edition.key}/{edition.version}" if edition else "", *in_force]


def doses_of(session: Session, resident_ids: Iterable[str]) -> dict[str, list[Dose]]:
    """Every dose of these residents, oldest first."""
    return store.of_residents(session, resident_ids)


def facts_told(
    session: Session, children: Iterable[Resident | RegisterLine], asked_on: date
) -> dict[str, Facts]:
    """Child -> what its records, and the notice of its birth, say beside the doses."""
    edition = edition_on(session, asked_on)
    listed = list(children)
    if edition is None or not edition.facts or not listed:
        return {}
    histories = submissions.histories(
        session,
        [
            Asked(
                frozenset({child.id}),
                also=frozenset(filter(None, [child.origin_submission_id])),
            )
            for child in listed
        ],
    )
    return {
        child.id: facts_of(
            edition,
            [Told(s.form_key, s.id, s.subject.id, s.visit_date, s.answers) for s in history],
            child.id,
        )
        for child, history in zip(listed, histories, strict=True)
    }


def settings_of(session: Session, village_code: str, day: date) -> dict[str, object]:
    """What the area sets for the schedule on a day, over what the edition says."""
    return settings_in(programmes.policies(session, village_code), day)


def settings_in(policies: programmes.Policies, day: date) -> dict[str, object]:
    """What an area's policies set for the schedule on a day."""
    return _settings(policies.of(KEY)(day))


def forecast_for(
    session: Session,
    *,
    village_code: str,
    birth_date: date,
    sex: str,
    doses: Iterable[Dose],
    asked_on: date,
    facts: Facts = NO_FACTS,
) -> tuple[ForecastDose, ...]:
    """A child's plan under the edition in force and the settings of the child's area.

    :param facts: as :func:`facts_told` finds them
    :raises LookupError: no edition was ever published
    """
    edition = edition_on(session, asked_on)
    if edition is None:
        raise LookupError("no vaccine edition: run 'flask forms publish'")
    settings = settings_of(session, village_code, asked_on)
    given = [(dose.vaccine, dose.given_on) for dose in doses]
    return forecast(edition, birth_date, sex, given, asked_on, settings=settings, facts=facts)


def forecasts(
    session: Session, children: Collection[Resident | RegisterLine], asked_on: date
) -> dict[str, tuple[ForecastDose, ...]]:
    """Child -> its plan, as :func:`forecast_for`; edition, policies and doses are read once.

    :raises LookupError: no edition was ever published
    """
    if not children:
        return {}
    edition = edition_on(session, asked_on)
    if edition is None:
        raise LookupError("no vaccine edition: run 'flask forms publish'")
    given = doses_of(session, [child.id for child in children])
    facts = facts_told(session, children, asked_on)
    villages = {child.village_code for child in children}
    settings = {
        village: settings_in(decided, asked_on)
        for village, decided in programmes.policies_in(session, villages).items()
    }
    return {
        child.id: forecast(
            edition,
            child.birth_date,
            child.sex,
            [(dose.vaccine, dose.given_on) for dose in given.get(child.id, ())],
            asked_on,
            settings=settings[child.village_code],
            facts=facts.get(child.id, NO_FACTS),
        )
        for child in children
    }


def _settings(policies: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in policies.items() if name in _SETTINGS}

"""Queries on published forms and rule documents. Rows are written once and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from backend.forms.model import FormRef, RuleVersion
from backend.forms.tables import FormVersionRow, RuleVersionRow


def add_form(session: Session, ref: FormRef, body: dict[str, Any], now: datetime) -> None:
    """Keep a new version of a form, for ever."""
    session.add(
        FormVersionRow(
            key=ref.key,
            version=ref.version,
            bundle=body,
            sha256=ref.sha256,
            published_at=now,
            withdrawn_at=None,
        )
    )


def form_refs(session: Session, *, offered_only: bool = False) -> list[FormRef]:
    """Every published version of every form, or those still offered, by key and version."""
    query = select(FormVersionRow.key, FormVersionRow.version, FormVersionRow.sha256)
    if offered_only:
        query = query.where(FormVersionRow.withdrawn_at.is_(None))
    rows = session.execute(query.order_by(FormVersionRow.key, FormVersionRow.version))
    return [FormRef("form", *row) for row in rows]


def publication(session: Session) -> tuple[object, ...]:
    """A mark that changes whenever a form or a rule document is published, and is of this database:
    what was compiled for another one is not taken for ours.
    """
    forms, rules = FormVersionRow.sha256, RuleVersionRow.sha256
    counted = select(func.count(), func.min(forms), func.max(forms)).union_all(
        select(func.count(), func.min(rules), func.max(rules)).select_from(RuleVersionRow)
    )
    marks = (value for row in session.execute(counted) for value in row)
    return (cast(Engine, session.get_bind()).url.database, *marks)


def form_body(session: Session, key: str, version: int) -> dict[str, Any] | None:
    """The bundle of a version as it was published."""
    return session.scalar(
        select(FormVersionRow.bundle).where(
            FormVersionRow.key == key, FormVersionRow.version == version
        )
    )


def add_rules(session: Session, rules: RuleVersion, now: datetime) -> None:
    """Keep a new version of a programme or vaccine edition, for ever."""
    session.add(
        RuleVersionRow(
            kind=rules.kind,
            key=rules.key,
            version=rules.version,
            effective_from=rules.effective_from,
            body=dict(rules.body),
            sha256=rules.sha256,
            published_at=now,
        )
    )


def rule_refs(session: Session) -> list[FormRef]:
    """Every published version of every rule document, by kind, key and version."""
    row = RuleVersionRow
    rows = session.execute(
        select(row.kind, row.key, row.version, row.sha256).order_by(row.kind, row.key, row.version)
    )
    return [FormRef(*found) for found in rows]


def rule_version(session: Session, kind: str, key: str, version: int) -> RuleVersion | None:
    """One version of a rule document."""
    row = session.get(RuleVersionRow, (kind, key, version))
    if row is None:
        return None
    return RuleVersion(row.kind, row.key, row.version, row.effective_from, row.sha256, row.body)

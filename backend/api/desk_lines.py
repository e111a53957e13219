"""Submissions as the desk lists them: names, labels and flags put beside the plain nouns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api.house import house
from backend.api.problems import sentence_of
from backend.api.subjects import UNKNOWN, named
from backend.api.wire.answers import masked, summary, summary_fields
from backend.api.wire.residents import point
from backend.api.wire.tasks import task
from backend.attachments import service as attachments
from backend.followups import service as followups
from backend.forms import service as forms
from backend.forms.model import Field, FormBundle
from backend.geo import service as geo
from backend.residents import service as residents
from backend.review import service as review
from backend.review.model import Comment, QualityFlag
from backend.review.service import commenting
from backend.sites import service as sites
from backend.submissions.model import Asked, Submission, Version
from backend.submissions.rules import changed_paths
from backend.submissions.store import submissions

_NO_CHANGE: Mapping[str, Any] = {}


def lines(session: Session, found: Sequence[Submission]) -> list[dict[str, Any]]:
    """Submissions as ``SubmissionLine`` writes them."""
    vault = house().vault
    names = named(session, vault, ((one.subject.kind, one.subject.id) for one in found))
    villages = geo.names(session, {one.village_code for one in found})
    workers = accounts.names(session, {one.worker_id for one in found})
    flags = review.flags_of(session, [one.version_id for one in found])
    pictures = attachments.of_submissions(session, [one.id for one in found])
    told = []
    known: dict[tuple[str, int], tuple[FormBundle | None, list[Field]]] = {}
    for one in found:
        form = (one.form_key, one.form_version)
        if form not in known:
            of_form = _bundle(session, one)
            known[form] = (of_form, summary_fields(of_form) if of_form else [])
        bundle, fields = known[form]
        subject = names.get(one.subject.id, UNKNOWN)
        told.append(
            {
                "id": one.id,
                "form": title(one, bundle),
                "state": one.state,
                "subject": {
                    "kind": one.subject.kind,
                    "id": one.subject.id,
                    "name": subject.name or None,
                    "sex": subject.sex,
                    "birth_date": subject.birth_date,
                },
                "village": {
                    "code": one.village_code,
                    "name": villages[one.village_code].name
                    if one.village_code in villages
                    else one.village_code,
                },
                "worker": {"id": one.worker_id, "name": workers.get(one.worker_id, "")},
                "visit_date": one.visit_date,
                "received_at": one.received_at,
                "finalised_at": one.finalised_at,
                "summary": summary(bundle, one.answers, fields) if bundle else [],
                "flags": [_flag(flag) for flag in flags.get(one.version_id, ())],
                "version_id": one.version_id,
                "version_no": one.version_no,
                "priority": one.priority,
                "missing_attachments": sum(not p.here for p in pictures.get(one.id, ())),
            }
        )
    return told


def detail(session: Session, one: Submission) -> dict[str, Any]:
    """A submission as ``SubmissionDetail`` writes it, private answers masked."""
    vault, bundle = house().vault, _bundle(session, one)
    versions = submissions.versions(session, vault, one.id)
    decisions = review.decisions_of(session, one.id)
    names = accounts.names(session, {d.decided_by for d in decisions})
    earlier = submissions.history(session, Asked(frozenset({one.subject.id})))
    by_id = {version.id: version for version in versions}
    return lines(session, [one])[0] | {
        "versions": [_version(v, by_id, bundle) for v in versions],
        "decisions": [
            {
                "verdict": d.verdict,
                "version_id": d.version_id,
                "fields": list(d.fields),
                "reason": d.reason,
                "by": names.get(d.decided_by, ""),
                "at": d.decided_at,
            }
            for d in decisions
        ],
        "comments": comments(session, commenting.comments_of(session, [one.id]).get(one.id, [])),
        "attachments": [
            asdict(shown) for shown in attachments.of_submissions(session, [one.id]).get(one.id, ())
        ],
        "tasks": [task(t) for t in followups.made_by(session, one.id)],
        "place": point(_home(session, one)),
        "history": [
            {
                "id": past.id,
                "form": title(past, past_bundle := _bundle(session, past)),
                "visit_date": past.visit_date,
                "state": past.state,
                "summary": summary(past_bundle, past.answers) if past_bundle else [],
            }
            for past in earlier
            if past.id != one.id
        ],
    }


def comments(session: Session, found: Sequence[Comment]) -> list[dict[str, Any]]:
    """Comments as ``Comment`` writes them."""
    names = accounts.names(session, {one.author_id for one in found})
    return [
        {
            "id": one.id, "kind": one.kind, "text": one.text, "at": one.at,
            "by": {"id": one.author_id, "name": names.get(one.author_id, "")},
        }
        for one in found
    ]  # fmt: skip


def title(one: Submission, bundle: FormBundle | None) -> dict[str, Any]:
    """A form's key, version and title."""
    name = {"zh-CN": one.form_key, "en": one.form_key} if bundle is None else bundle.form.title
    return {"key": one.form_key, "version": one.form_version, "title": name}


def _version(
    version: Version, by_id: Mapping[str, Version], bundle: FormBundle | None
) -> dict[str, Any]:
    base = by_id.get(version.base_version_id or "")
    shown = masked(bundle, version.answers) if bundle else dict(version.answers)
    return {
        "id": version.id,
        "no": version.no,
        "base_version_id": version.base_version_id,
        "answers": shown,
        "changed": changed_paths(base.answers, version.answers) if base else [],
        "conflicts": [dict(conflict) for conflict in version.conflicts],
        "violations": [dict(violation) for violation in version.violations],
        "confirmed": list(version.confirmed),
        "computed": dict(version.computed),
        "fix": version.fix,
        "fix_state": version.fix_state,
        "geotag": version.geotag,
        "finalised_at": version.finalised_at,
        "received_at": version.received_at,
    }


def _flag(flag: QualityFlag) -> dict[str, Any]:
    return {
        "kind": flag.kind,
        "text": sentence_of("flag", flag.kind, flag.evidence),
        "evidence": dict(flag.evidence),
    }


def _home(session: Session, one: Submission) -> tuple[float, float] | None:
    """Where the fix should lie: the household's door, or the site's."""
    if one.subject.kind == "site":
        site = sites.by_ids(session, house().vault, [one.subject.id]).get(one.subject.id)
        return None if site is None else site.place
    if one.household_id is None:
        return None
    found = residents.households_by_ids(session, house().vault, [one.household_id])
    return found[one.household_id].place if one.household_id in found else None


def _bundle(session: Session, one: Submission) -> FormBundle | None:
    return forms.bundle(session, one.form_key, one.form_version)

"""Identifiers: random ones for things that happen, derived ones for things that are due."""

from __future__ import annotations

import re
import uuid

import uuid_utils

NAMESPACE = uuid.UUID("6f0a4bb5-3c58-5f0e-9a39-5a1d0c7b2e11")
"""Namespace of every derived id. Fixed for ever: the phone holds the same one."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id() -> str:
    """A UUIDv7: unique, and ordered by the time it was made."""
    return str(uuid_utils.uuid7())


def derived_id(*parts: str) -> str:
    """UUIDv5 of the parts joined by ``|``; the phone computes the same from the same parts."""
    return str(uuid.uuid5(NAMESPACE, "|".join(parts)))


def task_id(subject_id: str, service: str, anchor: str) -> str:
    """Id of a follow-up task.

    :param subject_id: resident, household or area, as recorded (never the survivor of a merge)
    :param anchor: the first submission's id, or the period (``2026Q3``), or the dose id
    """
    return derived_id(subject_id, service, anchor)


def newborn_id(delivery_submission_id: str, index: int) -> str:
    """Id of the child in row ``index`` (from 0) of a delivery notice."""
    return derived_id(delivery_submission_id, "newborn", str(index))


def is_uuid(text: object) -> bool:
    """True for a lower-case UUID with hyphens."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None

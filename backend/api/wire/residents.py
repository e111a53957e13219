"""Residents and households as they travel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import fields, validate

from backend.api.wire.common import AreaCode, Id, Page, Point, Wire
from backend.programmes.model import Enrolment
from backend.residents import model
from backend.residents.rules import search_keys


class Household(Wire):
    id = Id(required=True)
    no = fields.String(required=True)
    village_code = fields.String(required=True)
    address = fields.String(required=True)
    group_name = fields.String(required=True, allow_none=True)
    head_name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    place = fields.Nested(Point, required=True, allow_none=True)
    status = fields.String(required=True)
    responsible_worker_id = fields.String(required=True, allow_none=True)
    details = fields.Dict(keys=fields.String(), required=True)


class Membership(Wire):
    programme = fields.String(required=True)
    grade = fields.String(required=True, allow_none=True)
    since = fields.Date(required=True)


class Resident(Wire):
    id = Id(required=True)
    household_id = Id(required=True, allow_none=True)
    village_code = fields.String(required=True)
    relation_to_head = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    pinyin = fields.String(required=True)
    initials = fields.String(required=True)
    sex = fields.String(required=True)
    birth_date = fields.Date(required=True)
    id_no = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    contact_name = fields.String(required=True, allow_none=True)
    contact_phone = fields.String(required=True, allow_none=True)
    mother_id = Id(required=True, allow_none=True)
    origin_submission_id = Id(required=True, allow_none=True)
    status = fields.String(required=True)
    merged_into = Id(required=True, allow_none=True)
    programmes = fields.List(fields.Nested(Membership), required=True)
    details = fields.Dict(keys=fields.String(), required=True)


class VillageName(Wire):
    code = fields.String(required=True)
    name = fields.String(required=True)


class ResidentLine(Wire):
    id = Id(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True)
    birth_date = fields.Date(required=True)
    village = fields.Nested(VillageName, required=True)
    household_no = fields.String(required=True, allow_none=True)
    programmes = fields.List(fields.String(), required=True)


class ResidentPage(Wire):
    items = fields.List(fields.Nested(ResidentLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ResidentQuery(Page):
    q = fields.String(load_default="", validate=validate.Length(max=40))
    village = AreaCode()


def point(place: tuple[float, float] | None) -> dict[str, float] | None:
    """(lng, lat) as it travels."""
    return None if place is None else {"lng": place[0], "lat": place[1]}


def household(noun: model.Household) -> dict[str, Any]:
    """A household as :class:`Household` writes it."""
    return {
        name: getattr(noun, name)
        for name in (
            "id", "no", "village_code", "address", "group_name", "head_name", "phone", "status",
            "responsible_worker_id", "details",
        )
    } | {"place": point(noun.place)}  # fmt: skip


def resident(noun: model.Resident, enrolments: Iterable[Enrolment]) -> dict[str, Any]:
    """A resident as :class:`Resident` writes it."""
    pinyin, initials = search_keys(noun.name)
    return {
        name: getattr(noun, name)
        for name in (
            "id", "household_id", "village_code", "relation_to_head", "name", "sex", "birth_date",
            "id_no", "phone", "contact_name", "contact_phone", "mother_id",
            "origin_submission_id", "status", "merged_into", "details",
        )
    } | {
        "pinyin": pinyin,
        "initials": initials,
        "programmes": [
            {"programme": e.programme, "grade": e.grade, "since": e.since} for e in enrolments
        ],
    }  # fmt: skip


def masked(told: dict[str, Any]) -> dict[str, Any]:
    """A resident as the desk sees them first: id number and phones masked (S40)."""
    return told | {
        "id_no": mask_id_no(told["id_no"]),
        "phone": mask_phone(told["phone"]),
        "contact_phone": mask_phone(told["contact_phone"]),
    }


def mask_id_no(text: str | None) -> str | None:
    """``530102********0116`` (codes.md §1)."""
    return None if not text else f"{text[:6]}{'*' * max(0, len(text) - 10)}{text[-4:]}"


def mask_phone(text: str | None) -> str | None:
    """``138****1234`` (codes.md §8)."""
    return None if not text else f"{text[:3]}****{text[-4:]}"

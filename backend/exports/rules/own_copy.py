"""The copy that a resident gets of their own data (PIPL 45): sheets that a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.audit.model import AuditEntry
from backend.exports.model import Row
from backend.exports.rules.cells import flat
from backend.exports.rules.columns import fields_in
from backend.forms.model import Field, FormBundle, Repeat
from backend.immunization.model import Dose
from backend.programmes.model import Enrolment
from backend.residents.model import Consent, Resident
from backend.submissions.model import Submission

LANGUAGE = "zh-CN"
Sheet = tuple[str, Sequence[str], Iterable[Row]]
"""Name, headings, rows."""

_SEXES = {"1": "男", "2": "女", "9": "未说明", "0": "未知"}
_PURPOSES = {
    "vaccination_reminder": "接种提醒（网页推送）",
    "vaccination_sms": "接种提醒（短信）",
    "followup_sms": "随访提醒（短信）",
}
_GIVEN_BY = {"self": "本人", "guardian": "监护人"}


@dataclass(frozen=True)
class Told:
    """What is kept of a resident.

    :param records: each with its answers, private ones included, and its form
    :param workers: names of the doctors by id
    :param looks: what the audit says of the resident
    :param lookers: names by account id
    """

    resident: Resident
    village: str
    enrolments: Sequence[Enrolment]
    records: Sequence[tuple[Submission, Mapping[str, Any], FormBundle]]
    workers: Mapping[str, str]
    doses: Sequence[Dose]
    consents: Sequence[Consent]
    looks: Sequence[AuditEntry]
    lookers: Mapping[str, str]


def sheets(told: Told) -> list[Sheet]:
    """The sheets of the copy, in order."""
    return [
        ("本人", ["项目", "内容"], _person(told)),
        ("服务记录", ["日期", "表单", "医生", "项目", "内容"], _records(told)),
        ("接种", ["疫苗", "接种日期"], ([one.vaccine, one.given_on] for one in told.doses)),
        ("同意", ["用途", "由谁同意", "同意时间", "撤回时间"], _consents(told)),
        ("谁看过", ["时间", "谁", "做了什么"], _looks(told)),
    ]


def _person(told: Told) -> Iterator[Row]:
    who = told.resident
    for name, value in (
        ("姓名", who.name), ("性别", _SEXES.get(who.sex, "")), ("出生日期", who.birth_date),
        ("身份证件号码", who.id_no), ("电话", who.phone), ("联系人", who.contact_name),
        ("联系人电话", who.contact_phone), ("村", told.village),
    ):  # fmt: skip
        yield [name, value]
    for key, value in who.details.items():
        yield [key, flat(value)]
    for one in told.enrolments:
        yield ["服务登记", f"{one.programme}（{one.since} 至 {one.until or '今'}）"]


def _records(told: Told) -> Iterator[Row]:
    for one, answers, bundle in told.records:
        labels = {field.name: field for field in fields_in(bundle)}
        title, by = bundle.form.title[LANGUAGE], told.workers.get(one.worker_id, "")
        for key, value in answers.items():
            field = labels.get(key)
            label = key if field is None else field.label[LANGUAGE]
            yield [one.visit_date, title, by, label, _said(value, field, bundle)]


def _said(value: Any, field: Field | Repeat | None, bundle: FormBundle) -> Any:
    if isinstance(field, Repeat) and isinstance(value, list):
        inner = {one.name: one for one in field.items}
        return "；".join(
            "，".join(
                f"{inner[name].label[LANGUAGE] if name in inner else name}："
                f"{_said(each, inner.get(name), bundle)}"
                for name, each in row.items()
            )
            for row in value
        )
    codes = bundle.codes.get(field.codes or "") if isinstance(field, Field) else None
    if isinstance(value, list):
        return "、".join(str(_said(one, field, bundle)) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if codes is not None and value in codes.labels:
        return codes.labels[value][LANGUAGE]
    return flat(value)


def _consents(told: Told) -> Iterator[Row]:
    for one in told.consents:
        by = _GIVEN_BY.get(one.given_by, one.given_by)
        yield [_PURPOSES.get(one.purpose, one.purpose), by, one.given_at, one.withdrawn_at]


def _looks(told: Told) -> Iterator[Row]:
    for one in told.looks:
        yield [one.at, told.lookers.get(one.actor.id or "", one.actor.kind), one.action]

"""Pure decisions about residents: how a registration fills them, how they are found by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from pypinyin import Style, lazy_pinyin

from backend.kernel.identity_numbers import normalise_id_no, normalise_phone
from backend.kernel.ids import newborn_id
from backend.residents.model import (
    ACTIVE,
    DIED,
    FOLLOWUP_SMS,
    GUARDIAN,
    MOVED_OUT,
    SELF,
    ConsentTold,
    Household,
    Resident,
)

# Readings of surnames that differ from the character's commonest reading (GB/T 28039-2011).
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "区": "ou", "解": "xie", "查": "zha", "任": "ren",
    "朴": "piao", "冼": "xian", "盖": "ge", "种": "chong", "缪": "miao", "覃": "qin", "华": "hua",
    "乐": "yue", "召": "shao", "尉迟": "yu chi", "万俟": "mo qi", "令狐": "ling hu",
    "长孙": "zhang sun", "黑": "he", "秘": "bi", "折": "she", "逄": "pang", "翟": "zhai",
    "宁": "ning", "洗": "xian", "燕": "yan", "纪": "ji", "费": "fei", "员": "yun", "尹": "yin",
}  # fmt: skip

LINK_MONTHS = 12
"""Longest life of a caregiver's link; every vaccination shows a new one (S11)."""

_MIDDLE_DOT = re.compile(r"[•∙⋅・‧]|(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff])")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_RESIDENT_FIELDS = frozenset(f.name for f in fields(Resident))
_HOUSEHOLD_FIELDS = frozenset(f.name for f in fields(Household))
_NEWBORN_APART = ("name", "sex", "birth_cert_no")
_OUTCOME_STATUS = {"3": DIED, "5": MOVED_OUT}


def clean_name(text: str) -> str:
    """A name as it is kept: NFKC, outer and doubled spaces gone, one kind of middle dot."""
    joined = " ".join(unicodedata.normalize("NFKC", text).split())
    return _MIDDLE_DOT.sub("·", joined)


@lru_cache(maxsize=20_000)
def search_keys(name: str) -> tuple[str, str]:
    """Pinyin syllables and their initials under which a name is found: ('zhang san', 'zs')."""
    words = syllables(name)
    return " ".join(words), "".join(w[0] for w in words)


@lru_cache(maxsize=20_000)
def syllables(name: str) -> tuple[str, ...]:
    """Pinyin syllables of a name, its surname read as one: 单曾 gives ('shan', 'ceng')."""
    cleaned = clean_name(name)
    head = next((s for n in (2, 1) if (s := cleaned[:n]) in _SURNAMES), "")
    found = _SURNAMES[head].split() if head else []
    rest = cleaned[len(head) :]
    if _HAN.fullmatch(rest):
        found += map(_sound, rest)
    else:
        found += lazy_pinyin(rest, style=Style.NORMAL, errors=_letters)
    return tuple(w.lower() for w in found if w.strip())


@lru_cache(maxsize=10_000)
def _sound(char: str) -> str:
    """The commonest reading of a character (no phrases are loaded: one stands for itself)."""
    return str(lazy_pinyin(char, style=Style.NORMAL)[0])


def _letters(text: str) -> str:
    """What stands between Han characters: Latin names stay, dots and spaces go."""
    return "".join(c for c in text if c.isalnum())


def register_household(
    subject_id: str,
    mapping: Mapping[str, str],
    answers: Mapping[str, Any],
    private: frozenset[str],
    known: Household | None,
    submission_id: str,
) -> Household:
    """The household that a registration describes, over what was known of it before.

    :param mapping: attribute of the household <- field of the form
    :param private: fields that stay with the submission, encrypted, unless they are mapped
    """
    values, details = _mapped(mapping, answers, private, _HOUSEHOLD_FIELDS)
    place = values.pop("place", None)
    if isinstance(place, Mapping):
        values["place"] = (float(place["lng"]), float(place["lat"]))
    if "phone" in values:
        values["phone"] = normalise_phone(values["phone"])
    base = known or Household(subject_id, "", "", "", "")
    return replace(
        base,
        **values,
        details={**base.details, **details},
        source_submission_id=submission_id,
    )


def register_resident(
    subject_id: str,
    mapping: Mapping[str, str],
    answers: Mapping[str, Any],
    private: frozenset[str],
    known: Resident | None,
    submission_id: str,
) -> Resident:
    """The resident that a registration describes, over what was known before.

    :param mapping: attribute of the resident <- field of the form
    :param private: fields that stay with the submission, encrypted, unless they are mapped
    """
    values, details = _mapped(mapping, answers, private, _RESIDENT_FIELDS)
    for name in ("birth_date", "status_on"):
        if isinstance(values.get(name), str):
            values[name] = date.fromisoformat(values[name])
    if "name" in values:
        values["name"] = clean_name(values["name"])
    if "id_no" in values:
        values["id_no"] = normalise_id_no(values["id_no"])
    for name in ("phone", "contact_phone"):
        if name in values:
            values[name] = normalise_phone(values[name])
    base = known or Resident(subject_id, "", "", "0", date(1900, 1, 1))
    return replace(
        base,
        **values,
        details={**base.details, **details},
        source_submission_id=submission_id,
    )


def _mapped(
    mapping: Mapping[str, str],
    answers: Mapping[str, Any],
    private: frozenset[str],
    attributes: frozenset[str],
) -> tuple[dict[str, Any], dict[str, Any]]:
    source = {field: attribute for attribute, field in mapping.items() if attribute in attributes}
    values = {source[f]: v for f, v in answers.items() if f in source and v is not None}
    details = {f: v for f, v in answers.items() if f not in source and f not in private}
    return values, details


def newborns(
    mother: Resident, delivery_submission_id: str, born_on: date, rows: Sequence[Mapping[str, Any]]
) -> tuple[Resident, ...]:
    """The children of a delivery notice, under ids that the phone derives alike.

    A child without a name yet is called after its mother: 张三之子, 之女 (data README, newborns).
    """
    return tuple(
        Resident(
            id=newborn_id(delivery_submission_id, index),
            village_code=mother.village_code,
            household_id=mother.household_id,
            name=clean_name(row.get("name") or _unnamed(mother.name, row, index, len(rows))),
            sex=str(row.get("sex", "0")),
            birth_date=born_on,
            contact_name=mother.name,
            contact_phone=mother.phone,
            mother_id=mother.id,
            origin_submission_id=delivery_submission_id,
            details={k: v for k, v in row.items() if k not in _NEWBORN_APART},
            source_submission_id=delivery_submission_id,
        )
        for index, row in enumerate(rows)
    )


def _unnamed(mother: str, row: Mapping[str, Any], index: int, count: int) -> str:
    kind = {"1": "子", "2": "女"}.get(str(row.get("sex")), "孩")
    order = "" if count == 1 else "长次三四五"[min(index, 4)]
    return f"{mother}之{order}{kind}"


def after_outcome(
    resident: Resident, outcome: str | None, on: date, earlier: tuple[str | None, date] | None
) -> Resident:
    """The resident after a visit found them dead (3) or moved out (5) (forms.md §0.1).

    :param earlier: outcome and day of the version that this one corrects: what it had said of the
        resident is taken back first
    """
    if earlier is not None:
        said = _OUTCOME_STATUS.get(earlier[0] or "")
        if said is not None and (resident.status, resident.status_on) == (said, earlier[1]):
            resident = replace(resident, status=ACTIVE, status_on=None)
    status = _OUTCOME_STATUS.get(outcome or "")
    if status is None or resident.status == DIED:
        return resident
    return replace(resident, status=status, status_on=on)


def consent_told(answers: Mapping[str, Any], resident_id: str, at: datetime) -> ConsentTold | None:
    """What somebody said about messages on their follow-ups, from the form ``sms_consent``;
    nothing where it does not say.
    """
    agreed = answers.get("agreed")
    if not isinstance(agreed, bool):
        return None
    by = GUARDIAN if answers.get("given_by") == "2" else SELF
    return ConsentTold(resident_id, FOLLOWUP_SMS, agreed, by, at)

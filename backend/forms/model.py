"""Forms as nouns: what was published, and what an evaluation of answers found.

Files and bundle: docs/decisions/0002-forms-and-expressions.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

Text: TypeAlias = Mapping[str, str]
"""A label: ``{"zh-CN": ..., "en": ...}``."""

Condition: TypeAlias = bool | str
"""Always, never, or a CEL expression that gives a boolean."""

VALUE_TYPES = frozenset({"number", "text", "bool", "date", "codes", "rows", "place"})
"""What a field can hold, as expressions see it."""


@dataclass(frozen=True)
class FormRef:
    """One published thing a phone can fetch; ``kind`` is form, programme or immunization."""

    kind: str
    key: str
    version: int
    sha256: str


@dataclass(frozen=True)
class DoseFields:
    """Where a submission records a dose of vaccine.

    :param repeat: rows that are newborns; nothing: the subject's own dose
    :param vaccine: the code, or nothing where ``vaccine_field`` holds it
    :param only_if: field to the code it must have
    """

    given_on: str
    vaccine: str | None = None
    vaccine_field: str | None = None
    dose_no_field: str | None = None
    source_field: str | None = None
    repeat: str | None = None
    only_if: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FormHead:
    """What a form is (form.json).

    :param visit_date: name of the field that holds the day of the visit
    :param visit_outcome: field with the outcome; 3 died and 5 moved out change the resident
    :param registers: ``resident``, ``household`` or ``site`` when the answers fill such an object
    :param registration_map: attribute of the object registered, to the field it comes from
    """

    title: Text
    subject: str
    visit_date: str
    visit_mode: str | None = None
    visit_outcome: str | None = None
    short_title: Text | None = None
    registers: str | None = None
    service: str | None = None
    programme: str | None = None
    offer: str | None = None
    summary: tuple[str, ...] = ()
    registration_map: Mapping[str, str] = field(default_factory=dict)
    for_each: str | None = None
    doses: tuple[DoseFields, ...] = ()
    family_link: str | None = None


@dataclass(frozen=True)
class SoftRange:
    """Outside of it the doctor is asked to look again. A bound is a number, an ISO date, or CEL."""

    low: float | str | None
    high: float | str | None


@dataclass(frozen=True)
class Field:
    """One control and the answer behind it."""

    name: str
    control: str
    label: Text
    codes: str | None = None
    only_codes: tuple[str, ...] = ()
    exclusive: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    required: Condition = False
    visible: Condition = True
    compute: str | None = None
    default: str | None = None
    prefill: str | None = None
    soft: SoftRange | None = None
    private: bool = False
    unit: str | None = None


@dataclass(frozen=True)
class Group:
    """Items that stand together and are shown or hidden together."""

    name: str
    items: tuple[Item, ...]
    visible: Condition = True
    label: Text | None = None


@dataclass(frozen=True)
class Repeat:
    """Rows of the same fields."""

    name: str
    label: Text
    items: tuple[Field, ...]
    required: Condition = False
    visible: Condition = True
    max_rows: int | None = None


@dataclass(frozen=True)
class Note:
    """A sentence for the doctor; holds no answer."""

    name: str
    text: Text
    visible: Condition = True


Item: TypeAlias = Field | Group | Repeat | Note


@dataclass(frozen=True)
class Page:
    name: str
    title: Text
    items: tuple[Item, ...]
    visible: Condition = True


@dataclass(frozen=True)
class Check:
    """A condition over several answers that must hold.

    :param level: ``hard`` cannot be finalised; ``soft`` asks for a confirmation
    :param fields: where it is shown; the first one is its path
    :param repeat: runs once a row of this repeat
    """

    name: str
    expression: str
    level: str
    fields: tuple[str, ...]
    message: Text
    repeat: str | None = None


@dataclass(frozen=True)
class Ui:
    pages: tuple[Page, ...]
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """Labels by code, in the order of the list; ``retired`` codes are never offered again.

    :param columns: by code, what a field's ``where`` compares
    """

    name: str
    labels: Mapping[str, Text]
    retired: frozenset[str] = frozenset()
    columns: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class FormBundle:
    """One published, immutable version of a form.

    :param sha256: of the canonical JSON of ``body``
    :param schema: JSON Schema 2020-12 of the answers, complete in itself
    :param body: what a phone fetches: ``{key, version, form, schema, ui, codes}``
    """

    key: str
    version: int
    sha256: str
    form: FormHead
    schema: Mapping[str, Any]
    ui: Ui
    codes: Mapping[str, CodeList]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class FieldTypes:
    """Value type by field, and of each repeat the types of its columns."""

    fields: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Context:
    """What expressions may read beside the fields.

    :param today: day of finalising in China
    """

    today: date
    resident_birth_date: date | None = None
    resident_sex: str | None = None
    resident_programmes: tuple[str, ...] | None = None


CONTEXT_TYPES: Mapping[str, str] = {
    "today": "date",
    "resident_birth_date": "date",
    "resident_sex": "text",
    "resident_programmes": "codes",
}


@dataclass(frozen=True)
class Violation:
    """Something that does not fit the form.

    :param path: field, ``repeat.0.field`` in a row, or empty for the answers as a whole
    :param code: from the list of docs/decisions/0002
    :param detail: named values of its sentence, such as ``limit``
    """

    path: str
    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The stored and wire form: ``{path, code, ...detail}``."""
        return {"path": self.path, "code": self.code, **self.detail}


@dataclass(frozen=True)
class SoftWarning:
    """A soft message that stands and that nobody confirmed; ``name`` is ``soft`` or the check's."""

    path: str
    name: str


@dataclass(frozen=True)
class Evaluation:
    """What one pass over the answers found.

    :param values: the answers that count: visible, usable, computed ones recomputed
    :param visible: paths shown; in rows ``repeat.0.field``
    :param required: visible paths that had to be answered
    :param computed: recomputed values by path; ``None`` where there is no value
    :param violations: everything wrong, unconfirmed warnings included
    """

    values: Mapping[str, Any]
    visible: frozenset[str]
    required: frozenset[str]
    computed: Mapping[str, Any]
    violations: tuple[Violation, ...]
    unconfirmed: tuple[SoftWarning, ...]


@dataclass(frozen=True)
class RuleVersion:
    """One published version of a programme's rules or of a vaccine edition."""

    kind: str
    key: str
    version: int
    effective_from: date
    sha256: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Mistake:
    """Why something cannot be published.

    :param place: file and place in it, such as ``ui.json pages.vitals.sbp.visible``
    """

    place: str
    message: str

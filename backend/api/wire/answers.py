"""Answers as people read them: labels for codes, one line a submission, private ones masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backend.api.wire.residents import mask_id_no, mask_phone
from backend.forms.model import Field, FormBundle, Group, Item, Page, Repeat, Text
from backend.kernel.sentences import LANGUAGES

MASK = "•••"


def fields_of(bundle: FormBundle) -> dict[str, Field]:
    """Fields of a form by name, those of repeats included."""
    return {field.name: field for page in bundle.ui.pages for field in _inside(page.items)}


def _inside(items: Iterable[Item]) -> Iterable[Field]:
    for item in items:
        if isinstance(item, Field):
            yield item
        elif isinstance(item, Group | Repeat):
            yield from _inside(item.items)


def summary_fields(bundle: FormBundle) -> list[Field]:
    """The open fields that the form names for a one-line summary."""
    fields = fields_of(bundle)
    named = (fields[name] for name in bundle.form.summary if name in fields)
    return [field for field in named if not field.private]


def summary(
    bundle: FormBundle, answers: Mapping[str, Any], fields: Iterable[Field] | None = None
) -> list[dict[str, Text]]:
    """One line of a submission: what is answered of its summary.

    :param fields: :func:`summary_fields` of the bundle, when many lines are written
    """
    return [
        {"label": field.label, "value": told(bundle, field, answers[field.name])}
        for field in (summary_fields(bundle) if fields is None else fields)
        if answers.get(field.name) is not None
    ]


def told(bundle: FormBundle, field: Field, value: Any) -> Text:
    """One answer in both languages: codes by their labels, numbers with their unit."""
    return {language: _told(bundle, field, value, language) for language in LANGUAGES}


def _told(bundle: FormBundle, field: Field, value: Any, language: str) -> str:
    if isinstance(value, list):
        separator = "、" if language == "zh-CN" else ", "
        return separator.join(_told(bundle, field, one, language) for one in value)
    if isinstance(value, bool):
        return {"zh-CN": ("否", "是"), "en": ("no", "yes")}[language][value]
    codes = bundle.codes.get(field.codes or "")
    if codes is not None and isinstance(value, str):
        label = codes.labels.get(value)
        return value if label is None else label[language]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value} {field.unit}" if field.unit else str(value)


def masked(bundle: FormBundle, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers for the desk's first look: private ones masked (S40)."""
    private = {name for name, field in fields_of(bundle).items() if field.private}
    return _masked(answers, private)


def _masked(answers: Mapping[str, Any], private: set[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in answers.items():
        if name in private:
            shown[name] = _mask(name, value)
        elif isinstance(value, list):
            shown[name] = [
                _masked(row, private) if isinstance(row, Mapping) else row for row in value
            ]
        else:
            shown[name] = value
    return shown


def _mask(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return MASK
    if name.endswith("id_no"):
        return mask_id_no(value)
    if name.endswith("phone"):
        return mask_phone(value)
    return value[:1] + MASK


def pages_of(bundle: FormBundle) -> tuple[Page, ...]:
    """The pages, in the order a doctor goes through them."""
    return bundle.ui.pages

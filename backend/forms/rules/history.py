"""What a new version of a form may not change, because answers to old versions stay for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backend.forms.model import Field, FormBundle, Mistake, Repeat, Text
from backend.forms.rules.reading import field_types, fields_of


def against_earlier(candidate: FormBundle, earlier: Sequence[FormBundle]) -> Iterable[Mistake]:
    """Fields that changed their type, and option codes that changed their meaning.

    A label may be put right in one language; when both languages say something else, it is another
    meaning, and that needs a code of its own.
    """
    types = _types(candidate)
    options = _options(candidate)
    for old in sorted(earlier, key=lambda bundle: bundle.version, reverse=True):
        since = f"since version {old.version}"
        for name, kind in _types(old).items():
            if types.get(name, kind) != kind:
                yield Mistake(f"data.schema.json {name}", f"was {kind} {since}: needs a new name")
        before = _options(old)
        for (field, code), label in before.items():
            now = options.get((field, code))
            if now is not None and all(now[language] != label[language] for language in label):
                told = f"code '{code}' meant '{label['zh-CN']}' {since}: needs a new code"
                yield Mistake(f"ui.json {field}", told)
        for (field, code), _label in options.items():
            if (field, code) not in before and code in _retired(old, field):
                yield Mistake(f"ui.json {field}", f"code '{code}' was retired {since}")


def _types(bundle: FormBundle) -> dict[str, str]:
    types = field_types(bundle.schema)
    rows = {f"{r}.{c}": kind for r, columns in types.rows.items() for c, kind in columns.items()}
    return {**types.fields, **rows}


def _choices(bundle: FormBundle) -> Iterable[tuple[str, Field]]:
    for page in bundle.ui.pages:
        for item in fields_of(page.items):
            if isinstance(item, Repeat):
                yield from ((f"{item.name}.{column.name}", column) for column in item.items)
            else:
                yield item.name, item


def _options(bundle: FormBundle) -> dict[tuple[str, str], Text]:
    """Label of every code that a field offers."""
    return {
        (path, code): label
        for path, field in _choices(bundle)
        if field.codes is not None
        for code, label in bundle.codes[field.codes].labels.items()
        if code not in bundle.codes[field.codes].retired
        and (not field.only_codes or code in field.only_codes)
    }


def _retired(bundle: FormBundle, path: str) -> frozenset[str]:
    for name, field in _choices(bundle):
        if name == path and field.codes is not None:
            return bundle.codes[field.codes].retired
    return frozenset()

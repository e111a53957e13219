"""What stops a form from being published: every mistake at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jsonschema_rs

from backend.forms.model import CONTEXT_TYPES, Field, FieldTypes, FormBundle, Mistake, Repeat
from backend.forms.rules.drafts import Draft, Library, bundle, resolved
from backend.forms.rules.history import against_earlier
from backend.forms.rules.plain_words import meta_mistakes
from backend.forms.rules.reading import field_types, fields_of, read_bundle, read_ui
from backend.forms.rules.sense import Surroundings, check_sense, repeated_ids
from backend.forms.rules.shape import KEYWORDS, Shape
from backend.forms.rules.wording import check_expressions

_RESERVED = frozenset(
    {
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import"),
        *("in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void"),
        "while",
    }
)
"""Words that CEL keeps for itself."""

_HOLDS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text"}),
    "long_text": frozenset({"text"}),
    "number": frozenset({"number"}),
    "date": frozenset({"date"}),
    "time": frozenset({"text"}),
    "datetime": frozenset({"text"}),
    "choice": frozenset({"text"}),
    "choices": frozenset({"codes"}),
    "yes_no": frozenset({"bool"}),
    "person": frozenset({"text"}),
    "persons": frozenset({"codes"}),
    "photo": frozenset({"text", "codes"}),
    "signature": frozenset({"text"}),
    "barcode": frozenset({"text"}),
    "place": frozenset({"place"}),
    "area": frozenset({"text"}),
    "computed": frozenset({"text", "number", "bool", "date", "codes"}),
    "hidden": frozenset({"text", "number", "bool", "date", "codes"}),
}
"""Value types that a control can hold."""


def check(
    draft: Draft,
    library: Library,
    earlier: Sequence[FormBundle] = (),
    around: Surroundings | None = None,
) -> list[Mistake]:
    """Everything that is wrong with a draft; empty when it can be published.

    :param earlier: the published versions of the same form
    :param around: the other forms of the folder; nothing: what is prefilled is not looked at
    """
    mistakes = meta_mistakes(draft.form, "suifang:meta/form", "form.json", library.meta)
    mistakes += meta_mistakes(draft.ui, "suifang:meta/ui", "ui.json", library.meta)
    if mistakes:  # the shape of the files is what everything below leans on
        return mistakes
    mistakes = _no_schema(draft.schema)
    if mistakes:
        return mistakes
    try:
        schema, types = _shaped(draft, library)
    except _UNREADABLE as error:
        return [Mistake("data.schema.json", f"cannot be read: {_why(error)}")]
    found = [*_named(draft), *_schema(schema, types, draft.ui), *_fields(draft.ui, types)]
    found += _codes(draft.ui, schema, library.codes)
    found += _head(draft.form, types)
    found += repeated_ids(draft.ui)
    if found:
        return found
    candidate = read_bundle(bundle(draft, library))
    return [
        *check_expressions(candidate, types),
        *check_sense(candidate, types, around),
        *against_earlier(candidate, earlier),
    ]


_UNREADABLE = (LookupError, TypeError, AttributeError, ValueError)
"""What reading a shape that is none comes to."""


def _no_schema(schema: Mapping[str, Any]) -> list[Mistake]:
    try:
        jsonschema_rs.meta.validate(dict(schema))
    except jsonschema_rs.ValidationError as error:
        place = ".".join(str(step) for step in error.instance_path)
        return [Mistake(f"data.schema.json {place}".strip(), str(error.message)[:300])]
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return [Mistake("data.schema.json", f"is no JSON Schema: {str(error)[:200]}")]
    return []


def _shaped(draft: Draft, library: Library) -> tuple[dict[str, Any], FieldTypes]:
    schema = resolved(draft.schema, library.shared)
    return schema, field_types(schema)


def shape_of(draft: Draft, library: Library) -> FieldTypes | None:
    """Field types of a draft; nothing where its shape cannot be read."""
    try:
        return _shaped(draft, library)[1]
    except _UNREADABLE:
        return None


def _why(error: Exception) -> str:
    """What a shape that is none made of our reading of it."""
    if isinstance(error, KeyError):
        return f"'{error.args[0]}' is missing or unknown in the shape of a field"
    return str(error) or "a field's shape is not an object"


def _named(draft: Draft) -> Iterable[Mistake]:
    if (draft.form["key"], draft.form["version"]) != (draft.key, draft.version):
        told = f"says {draft.form['key']}/{draft.form['version']}, the folder another"
        yield Mistake("form.json", told)


def _schema(
    schema: Mapping[str, Any], types: FieldTypes, ui: Mapping[str, Any]
) -> Iterable[Mistake]:
    for place, node in _nodes(schema, "data.schema.json"):
        odd = sorted(set(node) - KEYWORDS)
        if odd:
            yield Mistake(place, f"keywords not in use here: {', '.join(odd)}")
        if node.get("type") == "object" and node.get("additionalProperties") is not False:
            yield Mistake(place, "needs additionalProperties: false")
    if schema.get("type") != "object":
        yield Mistake("data.schema.json", "must describe an object")
    always = {
        item.name
        for page in read_ui(ui).pages
        if page.visible is True
        for item in page.items
        if isinstance(item, Field | Repeat) and item.required is True and item.visible is True
    }
    for name in sorted(set(schema.get("required", ())) - always):
        yield Mistake("data.schema.json required", f"'{name}' is not always shown and required")
    try:
        Shape(schema, types)
    except (jsonschema_rs.ValidationError, ValueError) as error:
        yield Mistake("data.schema.json", str(error).split("\n")[0][:300])


def _nodes(schema: Mapping[str, Any], place: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    yield place, schema
    for name, prop in schema.get("properties", {}).items():
        yield from _nodes(prop, f"{place} {name}")
    if isinstance(schema.get("items"), Mapping):
        yield from _nodes(schema["items"], f"{place} items")


def _fields(ui: Mapping[str, Any], types: FieldTypes) -> Iterable[Mistake]:
    """Both ways: every control has a shape, every shape a control, every name stands once."""
    shaped = {**types.fields}
    for repeat, columns in types.rows.items():
        shaped |= {f"{repeat}.{column}": kind for column, kind in columns.items()}
    seen: set[str] = set()
    for place, path, item in placed(ui):
        if path in seen:
            yield Mistake(place, "stands twice")
        seen.add(path)
        yield from _control(place, item, shaped.get(path))
    for path in sorted(shaped.keys() - seen):
        yield Mistake(f"data.schema.json {path}", "has no control in ui.json")


def _control(place: str, item: Field | Repeat, kind: str | None) -> Iterable[Mistake]:
    if item.name in _RESERVED or item.name.startswith("answered__"):
        yield Mistake(place, f"'{item.name}' is a word of the language")
    if item.name in CONTEXT_TYPES:
        yield Mistake(place, f"'{item.name}' is a variable of every form")
    if kind is None:
        yield Mistake(place, "is not in data.schema.json")
    elif isinstance(item, Repeat):
        if kind != "rows":
            yield Mistake(place, "is a repeat, but data.schema.json has no rows there")
    elif kind not in _HOLDS[item.control]:
        yield Mistake(place, f"a {item.control} control cannot hold {kind}")
    if isinstance(item, Field):
        yield from _asked(place, item)


def _asked(place: str, item: Field) -> Iterable[Mistake]:
    if item.control == "computed" and item.compute is None:
        yield Mistake(place, "is computed, but says not how")
    if item.compute is not None and (item.required is not False or item.default is not None):
        yield Mistake(place, "is computed: nobody can be asked for it")
    if item.where and item.control not in ("choice", "choices"):
        yield Mistake(place, "has a 'where', but offers no choice")
    if item.control in ("choice", "choices") and item.codes is None:
        yield Mistake(place, "offers a choice, but names no code list")


def placed(ui: Mapping[str, Any]) -> Iterable[tuple[str, str, Field | Repeat]]:
    """Every field and repeat in document order: its place in the file, its path, itself."""
    for page in read_ui(ui).pages:
        for item in fields_of(page.items):
            yield f"ui.json {page.name} {item.name}", item.name, item
            if isinstance(item, Repeat):
                for column in item.items:
                    path = f"{item.name}.{column.name}"
                    yield f"ui.json {page.name} {path}", path, column


def _codes(
    ui: Mapping[str, Any], schema: Mapping[str, Any], lists: Mapping[str, Mapping[str, Any]]
) -> Iterable[Mistake]:
    for place, path, item in placed(ui):
        if not isinstance(item, Field) or item.codes is None:
            continue
        if item.codes not in lists:
            yield Mistake(place, f"there is no code list '{item.codes}'")
            continue
        labelled = {entry["code"] for entry in lists[item.codes]["codes"]}
        columns = {
            name for entry in lists[item.codes]["codes"] for name in entry.get("columns", ())
        }
        for column in sorted(item.where.keys() - columns):
            yield Mistake(place, f"code list '{item.codes}' has no column '{column}'")
        used = {
            "only_codes": item.only_codes,
            "exclusive": item.exclusive,
            "data.schema.json": _enum(schema, path),
        }
        for where, codes in used.items():
            for code in codes:
                if not isinstance(code, str) or code not in labelled:
                    told = f"'{code}' of {where} has no label in code list '{item.codes}'"
                    yield Mistake(place, told)


def _enum(schema: Mapping[str, Any], path: str) -> Sequence[str]:
    node: Any = schema
    for step in path.split("."):
        node = _inside(node).get("properties", {}).get(step)
    found: Sequence[str] = _inside(node).get("enum", ())
    return found


def _inside(node: Any) -> Mapping[str, Any]:
    """What a schema says of a value, or of each in a list; nothing where it says nothing."""
    found = node.get("items", node) if isinstance(node, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _head(form: Mapping[str, Any], types: FieldTypes) -> Iterable[Mistake]:
    if types.fields.get(form["visit_date"]) != "date":
        yield Mistake("form.json visit_date", f"'{form['visit_date']}' is no date of this form")
    for member in ("visit_mode", "visit_outcome"):
        if member in form and types.fields.get(form[member]) != "text":
            yield Mistake(f"form.json {member}", f"'{form[member]}' is no code of this form")
    for name in form.get("summary", ()):
        if name not in types.fields:
            yield Mistake("form.json summary", f"there is no field '{name}'")
    for attribute, name in form.get("registration_map", {}).items():
        if name not in types.fields:
            yield Mistake(f"form.json registration_map {attribute}", f"there is no field '{name}'")
    yield from _rows(form, types)


def _rows(form: Mapping[str, Any], types: FieldTypes) -> Iterable[Mistake]:
    repeat = form.get("for_each")
    if repeat is not None and repeat not in types.rows:
        yield Mistake("form.json for_each", f"there is no repeat '{repeat}'")
    if form.get("family_link") == "children" and repeat is None:
        yield Mistake("form.json family_link", "says children, but for_each names no repeat")
    for number, dose in enumerate(form.get("doses", ())):
        yield from _dose(f"form.json doses.{number}", dose, types)


def _dose(place: str, dose: Mapping[str, Any], types: FieldTypes) -> Iterable[Mistake]:
    repeat = dose.get("in")
    if repeat is not None and repeat not in types.rows:
        yield Mistake(place, f"there is no repeat '{repeat}'")
        return
    known = types.rows[repeat] if repeat is not None else types.fields
    members = ("given_on", "vaccine_field", "dose_no_field", "source_field")
    named = [dose[member] for member in members if member in dose]
    for name in [*named, *dose.get("only_if", {})]:
        if name not in known:
            yield Mistake(place, f"there is no field '{name}'")

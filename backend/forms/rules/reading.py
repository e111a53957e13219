"""From the JSON of a bundle to its nouns. The shape was checked against ``schemas/meta`` before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backend.forms.model import (
    Check,
    CodeList,
    DoseFields,
    Field,
    FieldTypes,
    FormBundle,
    FormHead,
    Group,
    Item,
    Note,
    Page,
    Repeat,
    SoftRange,
    Ui,
)
from backend.kernel.canonical import canonical_bytes, sha256_hex


def read_bundle(body: Mapping[str, Any]) -> FormBundle:
    """A bundle as published: ``{key, version, form, schema, ui, codes}``."""
    return FormBundle(
        key=body["key"],
        version=body["version"],
        sha256=sha256_hex(canonical_bytes(body)),
        form=read_head(body["form"]),
        schema=body["schema"],
        ui=read_ui(body["ui"]),
        codes={name: read_codes(codes) for name, codes in body["codes"].items()},
        body=body,
    )


def read_head(form: Mapping[str, Any]) -> FormHead:
    """form.json."""
    return FormHead(
        title=form["title"],
        subject=form["subject"],
        visit_date=form["visit_date"],
        visit_mode=form.get("visit_mode"),
        visit_outcome=form.get("visit_outcome"),
        short_title=form.get("short_title"),
        registers=form.get("registers"),
        service=form.get("service"),
        programme=form.get("programme"),
        offer=form.get("offer"),
        family_link=form.get("family_link"),
        summary=tuple(form.get("summary", ())),
        registration_map=form.get("registration_map", {}),
        for_each=form.get("for_each"),
        doses=tuple(_dose_fields(entry) for entry in form.get("doses", ())),
    )


def _dose_fields(entry: Mapping[str, Any]) -> DoseFields:
    return DoseFields(
        given_on=entry["given_on"],
        vaccine=entry.get("vaccine"),
        vaccine_field=entry.get("vaccine_field"),
        dose_no_field=entry.get("dose_no_field"),
        source_field=entry.get("source_field"),
        repeat=entry.get("in"),
        only_if=entry.get("only_if", {}),
    )


def read_codes(codes: Mapping[str, Any]) -> CodeList:
    """A code list of ``schemas/common/codes``."""
    return CodeList(
        name=codes["name"],
        labels={entry["code"]: entry["label"] for entry in codes["codes"]},
        retired=frozenset(e["code"] for e in codes["codes"] if e.get("retired")),
        columns={e["code"]: _columns(e["columns"]) for e in codes["codes"] if "columns" in e},
    )


def _columns(told: Mapping[str, str | list[str]]) -> Mapping[str, tuple[str, ...]]:
    """What a code's columns hold; the empty text is no value."""
    listed = {name: [v] if isinstance(v, str) else v for name, v in told.items()}
    return {name: tuple(v for v in values if v) for name, values in listed.items()}


def read_ui(ui: Mapping[str, Any]) -> Ui:
    """ui.json."""
    pages = tuple(
        Page(page["id"], page["title"], _items(page["items"]), page.get("visible", True))
        for page in ui["pages"]
    )
    checks = tuple(
        Check(
            name=check["id"],
            expression=check["check"],
            level=check["level"],
            fields=tuple(check["fields"]),
            message=check["message"],
            repeat=check.get("in"),
        )
        for check in ui.get("checks", ())
    )
    return Ui(pages, checks)


def _items(items: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    return tuple(_item(item) for item in items)


def _item(item: Mapping[str, Any]) -> Item:
    visible = item.get("visible", True)
    if "group" in item:
        return Group(item["group"], _items(item["items"]), visible, item.get("label"))
    if "note" in item:
        return Note(item["note"], item["text"], visible)
    if "repeat" in item:
        return Repeat(
            name=item["repeat"],
            label=item["label"],
            items=tuple(_field(inner) for inner in item["items"]),
            required=item.get("required", False),
            visible=visible,
            max_rows=item.get("max"),
        )
    return _field(item)


def _field(item: Mapping[str, Any]) -> Field:
    soft = item.get("soft")
    return Field(
        name=item["field"],
        control=item["control"],
        label=item["label"],
        codes=item.get("codes"),
        only_codes=tuple(item.get("only_codes", ())),
        exclusive=tuple(item.get("exclusive", ())),
        where=item.get("where", {}),
        required=item.get("required", False),
        visible=item.get("visible", True),
        compute=item.get("compute"),
        default=item.get("default"),
        prefill=item.get("prefill", {}).get("from"),
        soft=SoftRange(soft.get("min"), soft.get("max")) if soft else None,
        private=item.get("private", False),
        unit=item.get("unit"),
    )


def fields_of(items: Iterable[Item]) -> list[Field | Repeat]:
    """Everything that holds an answer, in document order; the fields of rows stay in theirs."""
    found: list[Field | Repeat] = []
    for item in items:
        if isinstance(item, Group):
            found.extend(fields_of(item.items))
        elif not isinstance(item, Note):
            found.append(item)
    return found


def field_types(schema: Mapping[str, Any]) -> FieldTypes:
    """Value types from the shape of the answers.

    :raises KeyError: a property says no type
    """
    properties = schema.get("properties", {})
    rows = {
        name: {column: value_type(s) for column, s in prop["items"]["properties"].items()}
        for name, prop in properties.items()
        if value_type(prop) == "rows"
    }
    return FieldTypes({name: value_type(prop) for name, prop in properties.items()}, rows)


def value_type(prop: Mapping[str, Any]) -> str:
    """number, text, bool, date, codes, rows or place.

    :raises KeyError: the property says no type, or one that no control has
    """
    kind = prop["type"]
    if kind == "string":
        return "date" if prop.get("format") == "date" else "text"
    if kind == "array":
        return "rows" if prop["items"]["type"] == "object" else "codes"
    return {"number": "number", "integer": "number", "boolean": "bool", "object": "place"}[kind]

"""A form before it is published, and the bundle that publishing makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.forms.model import Field
from backend.forms.rules.reading import fields_of, read_ui

_MAX_DEPTH = 12


@dataclass(frozen=True)
class Draft:
    """One folder ``schemas/forms/<key>/<version>``.

    :param place: the folder, for messages
    """

    place: str
    key: str
    version: int
    form: Mapping[str, Any]
    schema: Mapping[str, Any]
    ui: Mapping[str, Any]


@dataclass(frozen=True)
class Library:
    """What drafts share.

    :param codes: code lists by name, as their files hold them
    :param shared: other schemas of ``schemas/common`` by ``$id``
    :param meta: the schemas of our own file formats by ``$id``
    """

    codes: Mapping[str, Mapping[str, Any]]
    shared: Mapping[str, Mapping[str, Any]]
    meta: Mapping[str, Mapping[str, Any]]


def bundle(draft: Draft, library: Library) -> dict[str, Any]:
    """What is published: ``{key, version, form, schema, ui, codes}``, complete in itself.

    :raises LookupError: a schema or code list that is named does not exist
    """
    schema = resolved(draft.schema, library.shared)
    named: set[str] = set()
    for page in read_ui(draft.ui).pages:
        for item in fields_of(page.items):
            prop = schema["properties"].get(item.name)
            if isinstance(item, Field):
                named |= _limit_codes(item, prop, library.codes)
                continue
            columns = prop["items"]["properties"] if prop else {}
            if prop and item.max_rows is not None:
                prop.setdefault("maxItems", item.max_rows)
            for column in item.items:
                named |= _limit_codes(column, columns.get(column.name), library.codes)
    return {
        "key": draft.key,
        "version": draft.version,
        "form": dict(draft.form),
        "schema": schema,
        "ui": dict(draft.ui),
        "codes": {name: dict(library.codes[name]) for name in sorted(named)},
    }


def _limit_codes(
    field: Field, prop: dict[str, Any] | None, lists: Mapping[str, Mapping[str, Any]]
) -> set[str]:
    """Write the codes of a field's list into its shape, so that any validator knows them."""
    if field.codes is None or prop is None:
        return set()
    offered = field.only_codes or [entry["code"] for entry in lists[field.codes]["codes"]]
    target = prop["items"] if prop.get("type") == "array" else prop
    target.setdefault("enum", list(offered))
    return {field.codes}


def resolved(schema: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A schema with every ``$ref`` replaced by what it points to, and without ``$defs``.

    :raises LookupError: a reference leads nowhere, or in a circle
    """
    done = _resolve(schema, schema, shared, _MAX_DEPTH)
    return {name: value for name, value in done.items() if name != "$defs"}


def _resolve(node: Any, root: Mapping[str, Any], shared: Mapping[str, Any], depth: int) -> Any:
    if isinstance(node, Mapping):
        if "$ref" in node:
            if depth == 0:
                raise LookupError(f"{node['$ref']} leads in a circle")
            target, home = _find(node["$ref"], root, shared)
            beside = {name: value for name, value in node.items() if name != "$ref"}
            return _resolve({**target, **beside}, home, shared, depth - 1)
        return {name: _resolve(value, root, shared, depth) for name, value in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [_resolve(value, root, shared, depth) for value in node]
    return node


def _find(
    reference: str, root: Mapping[str, Any], shared: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    document, _, pointer = reference.partition("#")
    home = shared[document] if document else root
    target: Any = home
    for step in pointer.strip("/").split("/") if pointer.strip("/") else ():
        target = target[step]
    return target, home

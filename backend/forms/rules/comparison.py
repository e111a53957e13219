"""Two versions of a form side by side: what is asked, how, and of whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.forms.model import FormBundle


@dataclass(frozen=True)
class Change:
    """One difference.

    :param kind: ``added``, ``removed`` or ``changed``
    :param path: page, field (``repeat.column``), check or ``form``
    :param label: of what it is about, in the newer version where it still stands
    :param aspect: which property of it; empty when the whole of it came or went
    :param before: and ``after``: as written; nothing where there was nothing
    """

    kind: str
    path: str
    label: Mapping[str, str]
    aspect: str = ""
    before: Any = None
    after: Any = None

    def as_json(self) -> dict[str, Any]:
        """The wire form."""
        return {
            "kind": self.kind,
            "path": self.path,
            "label": dict(self.label),
            "aspect": self.aspect,
            "before": self.before,
            "after": self.after,
        }


_HEAD = ("title", "short_title", "subject", "service", "programme", "offer", "summary", "doses")
_SHAPE = ("type", "format", "minimum", "maximum", "minLength", "maxLength", "pattern", "maxItems")
_LEFT_OUT = frozenset(
    {"field", "repeat", "group", "items", "codes", "only_codes", "source", "source_note", "half"}
)
"""Told otherwise, or nothing that anybody filling the form would see."""


def compare(old: FormBundle, new: FormBundle) -> list[Change]:
    """Everything that differs, in the order of the newer form; what went away stands last."""
    title = new.form.title
    found = [
        Change("changed", "form", title, name, old.body["form"].get(name), value)
        for name in _HEAD
        if (value := new.body["form"].get(name)) != old.body["form"].get(name)
    ]
    before, after = dict(_parts(old)), dict(_parts(new))
    for path, part in after.items():
        known = before.get(path)
        if known is None:
            found.append(Change("added", path, part.label, after=part.said.get("control")))
        else:
            found += _between(path, known, part)
    found += [
        Change("removed", path, part.label, before=part.said.get("control"))
        for path, part in before.items()
        if path not in after
    ]
    return found


@dataclass(frozen=True)
class _Part:
    """A page, field, repeat, note or check with everything said of it."""

    label: Mapping[str, str]
    said: Mapping[str, Any]
    codes: Mapping[str, Mapping[str, str]]


def _between(path: str, old: _Part, new: _Part) -> Iterable[Change]:
    for aspect in dict.fromkeys([*new.said, *old.said]):
        before, after = old.said.get(aspect), new.said.get(aspect)
        if before != after:
            yield Change("changed", path, new.label, aspect, before, after)
    for code in dict.fromkeys([*new.codes, *old.codes]):
        was, now = old.codes.get(code), new.codes.get(code)
        if was != now:
            kind = "changed" if was and now else "added" if now else "removed"
            yield Change(kind, path, new.label, f"code {code}", was, now)


def _parts(bundle: FormBundle) -> Iterable[tuple[str, _Part]]:
    ui, shapes = bundle.body["ui"], bundle.schema["properties"]
    for page in ui["pages"]:
        said = {"visible": page.get("visible"), "label": page["title"]}
        yield f"page:{page['id']}", _Part(page["title"], said, {})
        yield from _items(bundle, page["items"], f"page:{page['id']}", shapes, "")
    for check in ui.get("checks", ()):
        said = {name: check.get(name) for name in ("check", "level", "message", "fields", "in")}
        yield f"check:{check['id']}", _Part(check["message"], said, {})


def _items(
    bundle: FormBundle,
    items: Iterable[Mapping[str, Any]],
    inside: str,
    shapes: Mapping[str, Any],
    prefix: str,
) -> Iterable[tuple[str, _Part]]:
    for item in items:
        if "group" in item:
            said = {name: item.get(name) for name in ("visible", "label", "usual")}
            said["stands in"] = inside
            yield f"group:{item['group']}", _Part(item.get("label", _NO_LABEL), said, {})
            yield from _items(bundle, item["items"], f"group:{item['group']}", shapes, prefix)
        elif "note" in item:
            said = {"text": item["text"], "visible": item.get("visible"), "tone": item.get("tone")}
            yield f"note:{item['note']}", _Part(item["text"], said, {})
        else:
            name = item.get("field") or item["repeat"]
            shape = shapes.get(name, {})
            said = {k: v for k, v in item.items() if k not in _LEFT_OUT}
            said |= {k: shape[k] for k in _SHAPE if k in shape} | {"stands in": inside}
            yield prefix + name, _Part(item["label"], said, _codes(bundle, item))
            if "repeat" in item:
                columns = shape["items"]["properties"]
                yield from _items(bundle, item["items"], name, columns, f"{name}.")


_NO_LABEL = {"zh-CN": "", "en": ""}


def _codes(bundle: FormBundle, item: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """The codes on offer with their labels."""
    if "codes" not in item:
        return {}
    listed = bundle.codes[item["codes"]]
    offered = item.get("only_codes") or list(listed.labels)
    return {code: listed.labels[code] for code in offered if code not in listed.retired}

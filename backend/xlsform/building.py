"""From the tree of a survey to data.schema.json and ui.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.xlsform.choices import Choices, CodeLists
from backend.xlsform.columns import Row
from backend.xlsform.expressing import Expressing
from backend.xlsform.model import Findings, Place
from backend.xlsform.names import as_key
from backend.xlsform.shapes import limits, shape_of, shape_of_value
from backend.xlsform.survey import Node
from backend.xlsform.symbols import Symbols
from backend.xlsform.wordings import Wordings

_OF_US = ("schema", "check", "key")
"""Members of the column ``suifang`` that are no member of an item of ui.json."""
_LAYOUT = frozenset(
    {
        *("minimal", "autocomplete", "search", "quick", "quickcompact", "compact", "likert"),
        *("horizontal", "horizontal-compact", "label", "list-nolabel", "list", "field-list"),
        *("table-list", "no-calendar", "numbers", "vertical", "columns", "columns-pack"),
        *("columns-1", "columns-2", "columns-3", "columns-4", "columns-5", "image-map"),
        *("map", "maps", "placement-map", "w1", "w2", "w3", "w4", "thousands-sep"),
        *("no-buttons", "hide-input", "new", "new-front", "annotate", "draw"),
    }
)
"""How it looks on other apps; here the phone decides, so nothing is lost."""
NO_MESSAGE = {"zh-CN": "填写的内容不符合要求", "en": "This answer does not meet the requirement"}


class Builder:
    """Builds the items of a form.

    :ivar properties: shapes of the answers by name
    :ivar checks: ui.json's checks
    :ivar places: the row of each item, by its path in the form
    """

    def __init__(
        self,
        symbols: Symbols,
        wordings: Wordings,
        code_lists: CodeLists,
        choices: Mapping[str, Choices],
        source: str,
        findings: Findings,
    ) -> None:
        self._symbols, self._wordings, self._code_lists = symbols, wordings, code_lists
        self._choices, self._source, self._findings = choices, source, findings
        self.properties: dict[str, Any] = {}
        self.checks: list[dict[str, Any]] = []
        self.places: dict[str, Place] = {}

    def items(self, nodes: list[Node]) -> list[dict[str, Any]]:
        """What stands on a page or in a group."""
        built: list[dict[str, Any]] = []
        for node in nodes:
            if node.kind == "group":
                built.extend(self._group(node))
            elif node.kind == "repeat":
                built.append(self._repeat(node))
            elif self._is_note(node):
                built.extend(self._note(node))
            else:
                built.extend(self._question(node, None, self.properties, ()))
        return built

    def visible(self, node: Node, repeat: str | None = None) -> dict[str, Any]:
        """``{"visible": ...}`` of a row, or nothing."""
        if "visible" in node.own:
            return {"visible": node.own["visible"]}
        found = self._expressing(node, repeat).condition("relevant")
        return {} if found in (None, "true") else {"visible": found}

    def _expressing(self, node: Node, repeat: str | None) -> Expressing:
        return Expressing(node, self._symbols, repeat, self._findings)

    @staticmethod
    def _is_note(node: Node) -> bool:
        readonly = node.row.text("bind", "readonly").lower() in ("yes", "true", "true()")
        given = node.row.text("bind", "calculate") or node.row.text("default")
        return node.kind == "note" or (node.kind == "text" and readonly and not given)

    def _own(self, node: Node) -> dict[str, Any]:
        return {name: value for name, value in node.own.items() if name not in _OF_US}

    def _group(self, node: Node) -> list[dict[str, Any]]:
        items = self.items(node.children)
        if not items:
            self._findings.note(node.row.place, "nothing stands in it, so it is left out")
            return []
        label = self._wordings.text(node.row, "label")
        return [
            {
                "group": node.own.get("key") or as_key(node.name),
                **({"label": label} if label else {}),
                **self.visible(node),
                "items": items,
                **self._own(node),
            }
        ]

    def _note(self, node: Node) -> list[dict[str, Any]]:
        text = self._wordings.text(node.row, "label") or self._wordings.text(node.row, "hint")
        if text is None and any(tokens[0] == "media" for tokens in node.row.cells):
            self._findings.media(node.row.place, "says nothing but pictures, sounds and films")
            return []
        if text is None:
            self._findings.refuse(node.row.place, "has no label")
            text = NO_MESSAGE
        name = node.own.get("key") or as_key(node.name)
        self.places[name] = node.row.place
        return [{"note": name, "text": text, **self.visible(node), **self._own(node)}]

    def _repeat(self, node: Node) -> dict[str, Any]:
        name = self._symbols.name_of(node)
        self.places[name] = node.row.place
        columns: dict[str, Any] = {}
        self.properties[name] = {
            "type": "array",
            "items": {"type": "object", "additionalProperties": False, "properties": columns},
            **node.own.get("schema", {}),
        }
        items = self._row_items(node.children, name, columns, ())
        if not items:
            self._findings.refuse(node.row.place, "a repeat needs questions")
        built = {
            "repeat": name,
            "label": self._label(node),
            **self.visible(node),
            **self._count(node, name),
            "items": items,
            "source": self._source,
            **self._own(node),
        }
        self.properties[name].update(node.own.get("schema", {}))
        return built

    def _count(self, node: Node, name: str) -> dict[str, Any]:
        if not node.row.text("control", "jr:count"):
            return {}
        expressing = self._expressing(node, None)
        number = expressing.typed(("control", "jr:count"), "number")
        if number is None:
            return {}
        message = {
            "zh-CN": "行数与前面填写的数量不一致",
            "en": "Not as many rows as was said above",
        }
        self.checks.append(
            {
                "id": f"{name[:32]}_count",
                "check": f"double(size({name})) == {number}",
                "level": "hard",
                "fields": [name],
                "message": message,
                "source": self._source,
            }
        )
        if number.replace(".", "", 1).isdigit():
            return {"required": True} if float(number) > 0 else {}
        return {"required": f"{number} > 0.0"}

    def _row_items(
        self, nodes: list[Node], repeat: str, columns: dict[str, Any], above: tuple[str, ...]
    ) -> list[dict[str, Any]]:
        """The questions of a row; groups inside of it hand their condition down."""
        built: list[dict[str, Any]] = []
        for node in nodes:
            if node.kind == "repeat":
                self._findings.refuse(node.row.place, "a repeat cannot stand in a repeat")
            elif node.kind == "group":
                if node.row.languages("label"):
                    told = "groups of a row are not shown as groups"
                    self._findings.note(node.row.at("label"), told)
                found = self.visible(node, repeat).get("visible")
                inner = above if found is None else (*above, found)
                built.extend(self._row_items(node.children, repeat, columns, inner))
            elif self._is_note(node):
                self._findings.refuse(node.row.place, "a note cannot stand in a repeat")
            else:
                built.extend(self._question(node, repeat, columns, above))
        return built

    def _label(self, node: Node) -> dict[str, str]:
        label = self._wordings.text(node.row, "label")
        if label is None and node.kind not in ("calculate", "today", "hidden", "repeat"):
            self._findings.note(node.row.place, f"has no label: its name '{node.name}' is shown")
        return label or {"zh-CN": node.name, "en": node.name}

    def _question(
        self, node: Node, repeat: str | None, properties: dict[str, Any], above: tuple[str, ...]
    ) -> list[dict[str, Any]]:
        name = self._symbols.name_of(node, repeat)
        path = name if repeat is None else f"{repeat}.{name}"
        self.places[path] = node.row.place
        expressing = self._expressing(node, repeat)
        item: dict[str, Any] = {"field": name, **self._control(node), "label": self._label(node)}
        hint = self._wordings.text(node.row, "hint") or self._wordings.text(
            node.row, "guidance_hint"
        )
        if hint is not None:
            item["hint"] = hint
        properties[name] = shape_of(node.kind, whole=node.whole)
        calculated = self._symbols.calculation(node, repeat)
        conditions = list(above)
        if calculated is not None:
            properties[name] = shape_of_value(calculated.kind)
            if node.kind == "number" and node.whole and calculated.kind == "number":
                properties[name] = {"type": "number"}
            item["compute"] = calculated.text
            conditions += [calculated.condition] if calculated.condition else []
            if item["control"] != "hidden":
                item["control"] = "computed"
        else:
            item.update(self._answered_by_hand(node, expressing))
        shown = self.visible(node, repeat).get("visible")
        conditions += [shown] if shown is not None else []
        if conditions:
            item["visible"] = _both(conditions)
        self._codes(node, item, expressing)
        self._constraint(node, expressing, name, repeat, properties)
        item["source"] = self._source
        item.update(self._own(node))
        properties[name] = node.own.get("schema", properties[name])
        more = self._other(node, name, repeat, properties) if node.or_other else []
        return [item, *more]

    def _control(self, node: Node) -> dict[str, Any]:
        words = node.row.text("control", "appearance").split()
        for word in words:
            known = word in _LAYOUT or word in ("multiline", "signature")
            if not known:
                told = f"the appearance '{word}' is left out"
                self._findings.note(node.row.at("control", "appearance"), told)
        if node.kind in ("calculate", "today", "hidden"):
            return {"control": "computed" if node.row.languages("label") else "hidden"}
        if node.kind == "text" and "multiline" in words:
            return {"control": "long_text"}
        if node.kind == "photo" and "signature" in words:
            return {"control": "signature"}
        return {"control": node.kind}

    def _answered_by_hand(self, node: Node, expressing: Expressing) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if node.kind in ("calculate", "hidden") and "prefill" not in node.own:
            self._findings.refuse(node.row.place, "has no calculation")
        required = node.row.text("bind", "required")
        condition = expressing.condition("required") if required else None
        if condition not in (None, "false"):
            found["required"] = True if condition == "true" else condition
        message = self._wordings.text(node.row, "bind", "jr:requiredMsg")
        if message is not None:
            found["required_message"] = message
        default = expressing.default(self._symbols.kind_of(node))
        if default is not None:
            found["default"] = default
        return found

    def _codes(self, node: Node, item: dict[str, Any], expressing: Expressing) -> None:
        chosen = self._choices.get(node.list_name)
        if node.kind not in ("choice", "choices") or "control" in node.own:
            return
        if chosen is None:
            told = f"there is no list '{node.list_name}' in the sheet 'choices'"
            self._findings.refuse(node.row.at("type"), told)
            return
        filtered = bool(node.row.text("choice_filter"))
        used = self._code_lists.use(chosen, with_columns=filtered, other=node.or_other)
        item["codes"] = used.name
        if used.only:
            item["only_codes"] = list(used.only)
        if filtered:
            where = expressing.choice_filter(chosen)
            if where:
                item["where"] = where

    def _constraint(
        self,
        node: Node,
        expressing: Expressing,
        name: str,
        repeat: str | None,
        properties: dict[str, Any],
    ) -> None:
        source = node.row.text("bind", "constraint")
        if not source:
            return
        message = self._wordings.text(node.row, "bind", "jr:constraintMsg")
        found = None if message else limits(source, properties[name])
        if found is not None:
            properties[name] = {**properties[name], **found}
            return
        check = expressing.constraint()
        if check is None or check == "true":
            return
        made = {
            "id": f"{repeat + '_' if repeat else ''}{name}"[:29] + "_constraint",
            "check": check,
            "level": "hard",
            "fields": [name],
            **({"in": repeat} if repeat else {}),
            "message": message or NO_MESSAGE,
            "source": self._source,
        }
        self.checks.append({**made, **node.own.get("check", {})})

    def _other(
        self, node: Node, name: str, repeat: str | None, properties: dict[str, Any]
    ) -> list[dict[str, Any]]:
        other = self._symbols.names.give(f"{name}_other", node.row.place, repeat)
        properties[other] = {"type": "string", "minLength": 1, "maxLength": 200}
        sign = f"'other' in {name}" if node.kind == "choices" else f"{name} == 'other'"
        return [
            {
                "field": other,
                "control": "text",
                "label": {"zh-CN": "请说明", "en": "Specify other."},
                "visible": sign,
                "source": self._source,
            }
        ]


def _both(conditions: list[str]) -> str:
    unique = list(dict.fromkeys(conditions))
    return unique[0] if len(unique) == 1 else " && ".join(f"({part})" for part in unique)


def rows_by_name(rows: tuple[Row, ...]) -> dict[str, Row]:
    """Rows by the name that the author gave."""
    return {row.text("name"): row for row in rows if row.text("name")}

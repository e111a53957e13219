"""Groups at the top become pages; what stands between them is gathered on pages of its own."""

from __future__ import annotations

from typing import Any

from backend.xlsform.building import Builder
from backend.xlsform.names import as_key
from backend.xlsform.survey import Node
from backend.xlsform.wordings import Wordings


def pages(
    nodes: list[Node], builder: Builder, wordings: Wordings, title: dict[str, str]
) -> list[dict[str, Any]]:
    """The pages of a form, at least one."""
    made: list[dict[str, Any]] = []
    loose: list[Node] = []

    def gather() -> None:
        items = builder.items(loose)
        if items:
            made.append({"id": "main", "title": title, **_shared_condition(items), "items": items})
        loose.clear()

    for node in nodes:
        label = wordings.text(node.row, "label") if node.kind == "group" else None
        if label is None or node.own.get("inline"):
            loose.append(node)
            continue
        gather()
        items = builder.items(node.children)
        if items:
            made.append(
                {
                    "id": node.own.get("key") or as_key(node.name),
                    "title": label,
                    **builder.visible(node),
                    "items": items,
                }
            )
    gather()
    if not made:
        made.append({"id": "main", "title": title, "items": []})
    return _with_own_ids(made)


def _shared_condition(items: list[dict[str, Any]]) -> dict[str, Any]:
    """The condition that all items have: the page takes it over, so as never to be empty."""
    conditions = {item.get("visible", True) for item in items}
    if len(conditions) != 1 or conditions == {True}:
        return {}
    for item in items:
        del item["visible"]
    return {"visible": conditions.pop()}


def _with_own_ids(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    taken: set[str] = set()
    for page in made:
        stem, number = page["id"], 2
        while page["id"] in taken:
            page["id"] = f"{stem[:36]}_{number}"
            number += 1
        taken.add(page["id"])
    return made

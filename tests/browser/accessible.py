"""Whether a screen can be used by everybody: axe, targets a thumb hits, the keyboard alone.

The page's context needs ``bypass_csp``: axe is no script of ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.builders.phone import PWA

TARGET_PX = 44
_SCRIPTS = (
    PWA / "node_modules" / "axe-core" / "axe.min.js",
    Path(__file__).with_name("accessible.js"),
)


def violations(page: Page) -> list[str]:
    """What axe finds on the screen, contrast of 7:1 included."""
    found: list[str] = _ask(page, "() => looking.violations()")
    return found


def small_targets(page: Page) -> list[str]:
    """What is smaller than a thumb."""
    found: list[str] = _ask(page, "(target) => looking.small(target)", TARGET_PX)
    return found


def unreachable(page: Page) -> list[str]:
    """What is wrong with the way through the screen by Tab: not everything reached, or not seen."""
    wanted: int = _ask(page, "() => looking.stops()")
    page.evaluate("() => document.activeElement?.blur?.()")
    reached: set[Any] = set()
    told = []
    for _ in range(wanted * 2 + 20):
        page.keyboard.press("Tab")
        at = _ask(page, "() => looking.focused()")
        if at is None:
            continue
        if not at["seen"] and at["at"] not in reached:
            told.append(f"no focus is seen on {at['html']}")
        reached.add(at["at"])
        if len(reached) >= wanted:
            break
    if len(reached) < wanted:
        told.append(f"{len(reached)} of {wanted} reached by Tab")
    return told


_USED = frozenset(
    (
        "button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "slider",
        "spinbutton",
    )
)  # fmt: skip
_TICKED = frozenset(("checkbox", "radio"))


def unheard(page: Page) -> list[str]:
    """What somebody who only listens would not be told: TalkBack reads this tree, in this order."""
    devtools = page.context.new_cdp_session(page)
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    devtools.detach()
    told, said = [], []
    for node in nodes:
        if node.get("ignored"):
            continue
        role, name, more = (_text(node, part) for part in ("role", "name", "description"))
        states = {one["name"] for one in node.get("properties", ())}
        said.append(more)
        if role in _USED and not name:
            told.append(f"{role} without a name")
        if role in _TICKED and "checked" not in states:
            told.append(f"{role} {name}: whether it is chosen is not said")
    problems = page.locator(".field .field-problem").all_inner_texts()
    told += [
        f"a problem of no field: {one}" for one in problems if one.strip() not in " ".join(said)
    ]
    return told


def _text(node: dict[str, Any], part: str) -> str:
    return str(node.get(part, {}).get("value") or "").strip()


def _ask(page: Page, question: str, *words: object) -> Any:
    if not page.evaluate("() => 'looking' in window"):
        for script in _SCRIPTS:
            page.evaluate(script.read_text(encoding="utf-8"))
    return page.evaluate(question, *words)

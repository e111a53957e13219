"""Filling a form on the phone from its definition: any form, page by page, as a doctor does.

``Filler(page, form, context).fill()`` needs a page on which the form was just opened. It types
valid values, breaks every field once on the way and reads its message, and stops at the review.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Locator, Page, expect

from backend.forms.model import Context, Field
from backend.forms.rules import CompiledForm
from tests.builders.answers import Asker, filled

_SCRIPT = Path(__file__).with_name("filling.js")
_ROUNDS = 300
_REVIEW = "检查并完成"
_ONWARD = re.compile(f"^(下一页|{_REVIEW})$")
MUST = "必须填写"
_TYPED = frozenset({"text", "long_text", "number", "date", "time", "datetime", "barcode"})
_JPEG = """() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 48, height: 36 })
  canvas.getContext('2d').fillRect(8, 8, 20, 12)
  return canvas.toDataURL('image/jpeg').split(',')[1]
}"""
"""A small picture, as the camera gives it."""


@dataclass
class Filled:
    """What was seen on the way.

    :param pages: titles, in order
    :param broken: the message of each field that was broken, by path
    :param unbreakable: fields that a thumb cannot answer wrongly: optional choices, free texts
    """

    pages: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    unbreakable: set[str] = field(default_factory=set)


class Filler:
    """Fills one form that is open on a phone.

    :param fixed: answers that the phone gives itself, such as the household of a new resident
    """

    def __init__(
        self,
        page: Page,
        form: CompiledForm,
        context: Context,
        fixed: Mapping[str, Any] | None = None,
    ) -> None:
        self._page = page
        self._form = form
        self._ask = Asker(form, Random(form.bundle.key), context.today)  # noqa: S311
        self._wanted = _some_answers(form, context, fixed or {})
        self.seen = Filled()

    def fill(self) -> Filled:
        """From the first page to the review, where nothing is missing."""
        self._page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
        while (title := self._title()) != _REVIEW:
            self.seen.pages.append(title)
            assert len(self.seen.pages) < 60, f"the pages do not end: {self.seen.pages}"
            self._try_next(title)
            self._looks_right(title)
            self._answer_page()
            self._break_page()
            self._answer_page()
            self._confirm()
            self._looks_right(title)
            self._turn(title)
        self._confirm()
        self._looks_right(_REVIEW)
        missing = self._page.locator("button.item-urgent").all_inner_texts()
        assert missing == [], f"not complete: {missing}"
        return self.seen

    def _looks_right(self, title: str) -> None:
        """Nothing is wider than the phone, and no word is cut."""
        wide = self._call("tooWide")
        assert wide == [], f"{title}: too wide: {wide}"

    def _title(self) -> str:
        text = self._page.locator("h2").first.inner_text()
        return re.sub(r"\s+\d+ / \d+$", "", text).strip()

    def _onward(self) -> Locator:
        return self._page.get_by_role("button", name=_ONWARD)

    def _try_next(self, title: str) -> None:
        """Next at once: from now on the page tells what is missing."""
        self._onward().click()
        if self._page.get_by_role("button", name="先跳过").is_visible():
            return
        if self._title() == _REVIEW:
            self._past_urgent()
        self._page.get_by_role("button", name="上一页").click()
        expect(self._page.locator("h2").first).to_contain_text(title)

    def _turn(self, title: str) -> None:
        heading = self._page.locator("h2").first
        before = heading.inner_text()
        skip = self._page.get_by_role("button", name="先跳过")
        for _ in range(3):  # a stop may bring a soft warning to light, which is then confirmed
            if not skip.is_visible():
                self._onward().click()
            if not skip.is_visible():
                expect(heading).not_to_have_text(before)
                return
            self._confirm()
        told = self._call("problems")
        while self._title() != _REVIEW:
            (skip if skip.is_visible() else self._onward()).click()
        listed = self._page.locator(".item").all_inner_texts()
        raise AssertionError(f"{title}: {told}; the review: {listed}")

    def _call(self, what: str, *given: Any) -> Any:
        return self._page.evaluate(
            "([what, given]) => suifangFilling[what](...given)", [what, list(given)]
        )

    def _answer_page(self) -> None:
        """Answer what is open until nothing new appears."""
        for _ in range(_ROUNDS):
            texts: dict[str, str] = {}
            # A tap may show and hide what follows: then the page is looked at again.
            tapped = any(self._answer_one(one, texts) for one in self._call("scan"))
            if texts:
                self._call("type", texts)
            if not texts and not tapped:
                return
        raise AssertionError(f"{self._title()}: the page does not come to rest")

    def _answer_one(self, one: Mapping[str, Any], texts: dict[str, str]) -> bool:
        """Note what is to be typed; true when something was tapped."""
        path, asked = one["path"], self._ask.field(one["path"])
        if asked is None:
            return self._add_row(path)
        if asked.compute is not None or one["disabled"]:
            return False
        if asked.control == "photo":
            return self._photograph(path)
        if asked.control == "signature":
            return self._sign(path)
        if asked.control not in _TYPED:
            return self._choose(asked, one)
        text = _written(self._value(path))
        if one["text"] is not None and one["text"] != text:
            texts[path] = text
        return False

    def _photograph(self, path: str) -> bool:
        """One photo."""
        tile = self._place(path).locator(".picture-tile img")
        if tile.count() > 0:
            return False
        photo = {"name": "IMG.jpg", "mimeType": "image/jpeg"}
        jpeg = b64decode(self._page.evaluate(_JPEG))
        self._place(path).locator("input[type=file]").set_input_files([{**photo, "buffer": jpeg}])
        expect(tile).to_be_visible()
        return True

    def _sign(self, path: str) -> bool:
        """A stroke down and a stroke across."""
        signed = self._place(path).locator("img.picture-signature")
        if signed.count() > 0:
            return False
        self._place(path).get_by_role("button", name="签名").click()
        sheet = self._page.locator("dialog[open]")
        box = sheet.get_by_role("img").bounding_box()
        assert box is not None
        mouse, x, y = self._page.mouse, box["x"], box["y"]
        for right, down in ((0.7, 0.5), (0.3, 0.8)):
            mouse.move(x + 0.3 * box["width"], y + 0.5 * box["height"])
            mouse.down()
            mouse.move(x + right * box["width"], y + down * box["height"], steps=3)
            mouse.up()
        sheet.get_by_role("button", name="完成").click()
        expect(signed).to_be_visible()
        return True

    def _value(self, path: str) -> Any:
        at: Any = self._wanted
        for step in path.split("."):
            if step.isdigit():
                at = at[int(step)] if isinstance(at, list) and int(step) < len(at) else None
            else:
                at = at.get(step) if isinstance(at, dict) else None
        if at is None:
            at = self._ask.value(path)
            self._keep(path, at)
        return at

    def _keep(self, path: str, value: Any) -> None:
        """The same answer each time the page is looked at."""
        name, _, rest = path.partition(".")
        if not rest:
            self._wanted[name] = value
            return
        index, _, column = rest.partition(".")
        rows = self._wanted.setdefault(name, [])
        while len(rows) <= int(index):
            rows.append({})
        rows[int(index)][column] = value

    def _add_row(self, path: str) -> bool:
        """One row of each repeat."""
        place = self._place(path)
        if place.locator(".form-group").count() > 0:
            return False
        place.get_by_role("button", name="添加一条").click()
        return True

    def _place(self, path: str) -> Locator:
        return self._page.locator(f'[data-path="{path}"]')

    def _choose(self, asked: Field, one: Mapping[str, Any]) -> bool:
        """Tap what is wanted; true when something was tapped."""
        path = one["path"]
        place = self._place(path)
        if asked.control == "place":
            if place.locator(".figures").count() > 0:
                return False
            place.get_by_role("button").click()
            return True
        if one["picker"] is not None:
            return self._pick(path, one)
        wanted = self._codes(asked, path, one["options"])
        if set(wanted) == set(one["checked"]):
            return False
        multiple = asked.control in ("choices", "persons")
        if multiple:
            for code in set(one["checked"]) - set(wanted):
                self._tap(place, code)
        for code in wanted:
            if code not in one["checked"]:
                self._tap(place, code)
        return True

    def _codes(self, asked: Field, path: str, options: list[str]) -> list[str]:
        if asked.control in ("person", "persons", "area"):
            return options[:1]
        value = self._value(path)
        if isinstance(value, bool):
            return ["yes" if value else "no"]
        return [str(code) for code in value] if isinstance(value, list) else [str(value)]

    def _tap(self, place: Locator, code: str) -> None:
        place.locator(f'label:has(input[value="{code}"])').click()

    def _pick(self, path: str, one: Mapping[str, Any]) -> bool:
        """A long list: open it, search, tap."""
        if not one["empty"] and path in self.seen.broken:
            return False
        value = self._value(path)
        self.seen.broken.setdefault(path, "")
        self._place(path).locator("button.picker").click()
        sheet = self._page.locator("dialog[open]")
        label = sheet.locator(f'label:has(input[value="{value}"])')
        sheet.get_by_role("searchbox").fill(label.inner_text().strip())
        label.click()
        expect(sheet).to_have_count(0)
        return True

    def _break_page(self) -> None:
        """Break each field once; its message must stand beside it."""
        wrong: dict[str, str] = {}
        emptied: list[str] = []
        for one in self._call("scan"):
            path, asked = one["path"], self._ask.field(one["path"])
            if asked is None or asked.compute is not None or one["disabled"]:
                continue
            if asked.control in _TYPED and one["text"] is not None:
                text = "" if not one["optional"] else self._wrong(path, asked)
                if text is None:
                    self.seen.unbreakable.add(path)
                else:
                    wrong[path] = text
            elif one["checked"] and not one["optional"]:
                emptied.append(path)
            elif one["picker"] is None:
                self.seen.unbreakable.add(path)
        said = {**self._call("breakTyped", wrong), **self._call("breakMarked", emptied)}
        for path, message in said.items():
            assert message, f"{self._title()}: {path} was broken and says nothing"
            if path in emptied or wrong.get(path) == "":
                assert MUST in message, f"{path}: {message}"
        self.seen.broken |= said

    def _wrong(self, path: str, asked: Field) -> str | None:
        """A text that the field must refuse; nothing when it takes any."""
        shape = self._ask.shape(path)
        if asked.control == "number":
            if "maximum" in shape:
                return _written(shape["maximum"] + 1)
            return "12x"
        if asked.control in ("date", "time", "datetime"):
            return None  # the phone's own picker gives nothing else
        if "pattern" in shape:
            return "?"
        return "长" * (shape["maxLength"] + 1) if shape.get("maxLength", 9999) <= 500 else None

    def _confirm(self) -> None:
        """Say of everything unusual that it was looked at and is right."""
        while (
            button := self._page.get_by_role("button", name="核对过，没有错").first
        ).is_visible():
            button.click()

    def _past_urgent(self) -> None:
        """On the review, once it is worked out."""
        expect(self._page.locator("button", has_text="完成并保存")).to_be_visible()
        understood = self._page.get_by_role("button", name="我知道了，继续完成")
        if understood.is_visible():
            understood.click()

    def finish(self) -> None:
        """Finish, past the urgent referral where there is one."""
        self._past_urgent()
        self._page.get_by_role("button", name="完成并保存").click()
        expect(self._page.get_by_role("heading", name="已保存在这部手机上")).to_be_visible()


def _written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _some_answers(form: CompiledForm, context: Context, fixed: Mapping[str, Any]) -> dict[str, Any]:
    trouble: AssertionError | None = None
    for seed in range(5):
        try:
            return filled(form, context, Random(seed), fixed)  # noqa: S311
        except AssertionError as error:
            trouble = error
    raise trouble or AssertionError("no seed")

"""``python -m tests.benchmarks.keystroke [FORM ...]``: a key press in a long form, slowed sixfold.

The built app in headless Chromium, throttled as DevTools does; the form is filled to its review
first, then a number is typed into again and again. Timed in the page: the handler of ``input``,
which looks at the whole form again, and the drawing after it, with layout. The floor is the same
event on an input that nobody listens to.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from backend.forms.rules import CompiledForm
from backend.forms.rules.reading import fields_of
from tests.benchmarks import report
from tests.benchmarks.report import Figure, percentile
from tests.browser.chromium import Handset
from tests.browser.doctor import Doctor
from tests.browser.filling import Filler
from tests.browser.sample import sample_county
from tests.browser.test_every_form import begin, moved_in
from tests.builders.settings import ROOT
from tests.conftest import fill_template
from tests.contract.shared_cases import forms

FORMS = ("elderly_check", "health_exam")
LOGIN = "doctor3"
RESIDENTS = 600
SLOWER = 6
PRESSES = 300
PROMISED_MS = 8

_TYPE = """async ([path, presses]) => {
  const field = path === null ? document.body.appendChild(document.createElement('input'))
    : document.querySelector(`[data-path="${CSS.escape(path)}"] input`)
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set
  const first = field.value
  const looked = [], drawn = []
  for (let n = 0; n < presses; n += 1) {
    set.call(field, String(60 + n % 30))
    const begun = performance.now()
    field.dispatchEvent(new Event('input', { bubbles: true }))
    const handled = performance.now()
    await null; await null; await null
    document.body.offsetHeight
    looked.push(handled - begun)
    drawn.push(performance.now() - begun)
    await new Promise((done) => setTimeout(done, 20))
  }
  set.call(field, first)
  if (path === null) field.remove()
  else field.dispatchEvent(new Event('input', { bubbles: true }))
  return { looked, drawn }
}"""
LOOP = """() => {
  const begun = performance.now()
  let total = 0
  for (let n = 0; n < 3e6; n += 1) total += n * n % 7
  return [performance.now() - begun, total][0]
}"""


def figures(chosen: Sequence[str] = FORMS) -> list[Figure]:
    """Median and 95th percentile of each form, with the phone's fixed loop."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="suifang-keystroke-") as folder:
        place = Path(folder)
        template = place / "template.sqlite3"
        fill_template(f"sqlite:///{template}", place / "template")
        with (
            sample_county(place / "var", template, RESIDENTS) as county,
            sync_playwright() as playwright,
        ):
            near = county.member(LOGIN, "hypertension").household
            people = {
                key: moved_in(county, forms()[key], number, near)
                for number, key in enumerate(chosen)
            }
            assert near.place is not None
            phone = Handset(playwright, place / "phone", near.place)
            try:
                doctor = Doctor(phone.open(), county.origin)
                doctor.open()
                doctor.sign_in_first(LOGIN, county.one_time_password(LOGIN))
                for key, person in people.items():
                    form = forms()[key]
                    begin(doctor, form, person)
                    filler = Filler(doctor.page, form, person.context)
                    filler.fill()
                    found += _pressed(doctor.page, form)
                    _to_review(doctor.page)
                    filler.finish()
            finally:
                phone.picture(ROOT / "var" / "keystroke.png")
                phone.close()
    return found


def _pressed(page: Page, form: CompiledForm) -> list[Figure]:
    path, title = _a_number(form)
    heading = page.locator("h2").first
    while title not in (before := heading.inner_text()):
        page.get_by_role("button", name="上一页").click()
        expect(heading).not_to_have_text(before)
    devtools = page.context.new_cdp_session(page)
    page.evaluate(_TYPE, [path, 30])
    loop = page.evaluate(LOOP)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    timed: dict[str, list[float]] = page.evaluate(_TYPE, [path, PRESSES])
    floor: dict[str, list[float]] = page.evaluate(_TYPE, [None, PRESSES])
    slow_loop = page.evaluate(LOOP)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    devtools.detach()
    told: dict[str, Any] = {
        "form": form.bundle.key,
        "fields": len(form.types.fields),
        "typed_into": path,
        "presses": PRESSES,
        "cpu_throttle": SLOWER,
        "promised_ms": PROMISED_MS,
        "browser": page.evaluate("navigator.userAgent.match(/Chrome\\/[0-9.]+/)[0]"),
        "fixed_loop_unthrottled_ms": loop,
        "fixed_loop_throttled_ms": slow_loop,
    }
    name = f"keystroke_{form.bundle.key}"
    found = [
        Figure(
            f"{name}_{called}_p{share}_ms",
            percentile(timed[what], share / 100),
            "ms",
            percentile(floor[what], share / 100),
            told,
        )
        for what, called in (("looked", "reevaluated"), ("drawn", "drawn"))
        for share in (50, 95)
    ]
    return [*found, Figure(f"{name}_fixed_loop_ms", slow_loop, "ms", loop * SLOWER, told)]


def _to_review(page: Page) -> None:
    heading = page.locator("h2").first
    for _ in range(60):
        if "检查并完成" in (before := heading.inner_text()):
            return
        page.get_by_role("button", name="下一页").or_(
            page.get_by_role("button", name="检查并完成")
        ).first.click()
        skip = page.get_by_role("button", name="先跳过")
        if skip.is_visible():
            skip.click()
        expect(heading).not_to_have_text(before)


def _a_number(form: CompiledForm) -> tuple[str, str]:
    """A field in which a number is typed, and the title of its page: one that others follow."""
    for page in form.bundle.ui.pages:
        for item in fields_of(page.items):
            if getattr(item, "control", None) == "number" and item.name in _READ_BY_OTHERS:
                return item.name, page.title["zh-CN"]
    raise LookupError(form.bundle.key)


_READ_BY_OTHERS = frozenset({"weight", "height", "sbp", "pulse", "waist"})


def main() -> int:
    """Measure and print."""
    print(report.table(figures(sys.argv[1:] or FORMS), report.machine()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

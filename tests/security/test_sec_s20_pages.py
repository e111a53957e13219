"""S20: no page writes HTML or runs text. S25: no page loads anything from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.browser.running import built_pages
from tests.builders.settings import ROOT

SOURCE = ROOT / "pwa" / "src"
RUNS_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|v-html|srcdoc"
    r"|createContextualFragment|javascript:|setTimeout\(\s*['\"`]"
)
ELSEWHERE = re.compile(r"(?:import\(?|importScripts\(|url\(|@import)\s*['\"]?(?:https?:)?//", re.I)


def written_by_us() -> list[Path]:
    found = [path for kind in ("ts", "vue", "css") for path in SOURCE.rglob(f"*.{kind}")]
    return [path for path in found if ".test." not in path.name]


def test_sec_s20_no_code_of_ours_writes_html_or_runs_text() -> None:
    files = written_by_us()
    assert len(files) > 200, "the pages are not where this test looks"
    found = {str(f.relative_to(ROOT)) for f in files if RUNS_TEXT.search(f.read_text("utf-8"))}
    assert found == set()


def test_sec_s25_no_code_of_ours_loads_from_elsewhere() -> None:
    found = {
        str(f.relative_to(ROOT)) for f in written_by_us() if ELSEWHERE.search(f.read_text("utf-8"))
    }
    assert found == set()


class Page(HTMLParser):
    """What a page runs, styles and loads."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in told):
            self.wrong.append(f"inline <{tag}>")
        for name, value in told.items():
            if name.startswith("on") or name == "style":
                self.wrong.append(f"{tag} {name}")
            if name in ("src", "href", "action") and re.match(r"(?:[a-z]+:)?//", value or ""):
                self.wrong.append(f"{tag} {name}={value}")


@pytest.mark.browser
def test_sec_s20_s25_the_built_pages_hold_and_load_nothing_foreign() -> None:
    pages = sorted(built_pages().rglob("*.html"))
    assert len(pages) >= 3
    for file in pages:
        page = Page()
        page.feed(file.read_text("utf-8"))
        assert page.wrong == [], file.name
    for file in built_pages().rglob("*.css"):
        assert not ELSEWHERE.search(file.read_text("utf-8")), file.name
    for entry in ("capture", "family"):
        for file in (built_pages() / "assets").glob(f"{entry}*.js"):
            assert not re.search(r"\beval\(|new Function\(", file.read_text("utf-8")), file.name

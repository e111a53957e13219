"""Chinese sentences have Chinese punctuation: no half-width mark beside Han characters."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HAN = r"[\u3400-\u9fff，。；：！？（）《》、]"
MARKS = r"[,;:!?()\[\]]"
# A placeholder stands for a word, so a mark after it is beside a word.
PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\{[a-z_]+\}")
HALF_WIDTH = re.compile(rf"{HAN}\s?{MARKS}|{MARKS}\s?{HAN}")
BETWEEN = re.compile(rf"{HAN}{MARKS}{HAN}")


def slips(text: str) -> list[str]:
    """The half-width marks beside Han characters, with what stands around them."""
    plain = PLACEHOLDER.sub("〇", text)
    return [plain[max(0, m.start() - 8) : m.end() + 8] for m in HALF_WIDTH.finditer(plain)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请联网,再试", True),
        ("逾期 {n} 天,请联系", True),
        ("还有 ${count} 条;会自动上传", True),
        ("血压(mmHg)", True),
        ("原因: 没有见到人", True),
        ("请联网，再试", False),
        ("血压（mmHg）", False),
        ("PIN 要 6 位 (07:30, 08:00)", True),
        ("密码 12 位，例如 a,b;c(d)", False),
    ],
)
def test_what_is_a_slip(text: str, found: bool) -> None:
    assert bool(slips(text)) is found


def _chinese(node: Any, inside: bool = False) -> Iterator[str]:
    """Texts under a ``zh-CN`` key, or all where the whole file is Chinese."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _chinese(value, inside or key == "zh-CN")
    elif isinstance(node, list):
        for value in node:
            yield from _chinese(value, inside)
    elif isinstance(node, str) and inside:
        yield node


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").rglob("*.json")), ids=str)
def test_schemas(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    texts = _chinese(document, path.name == "zh-CN.json")
    assert [slip for text in texts for slip in slips(text)] == []


def test_pages() -> None:
    files = [
        file
        for pattern in (
            "src/**/*.ts",
            "src/**/*.vue",
            "*.html",
            "*/index.html",
            "public/**/*.webmanifest",
        )
        for file in (ROOT / "pwa").glob(pattern)
        if not file.name.endswith(".test.ts")
    ]
    assert len(files) > 200
    found = {
        f"{file.relative_to(ROOT)}:{number}": slips(line)
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if not line.lstrip().startswith(("//", "*", "/*")) and file.name != "number_text.ts"
    }
    assert {place: bad for place, bad in found.items() if bad} == {}


def test_what_the_server_says() -> None:
    """On the command line two languages share a line: only marks between Han characters count."""
    found = {
        f"{file.relative_to(ROOT)}:{node.lineno}": node.value
        for file in (ROOT / "backend").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and BETWEEN.search(node.value)
    }
    assert found == {}

"""Every refusal has a status and a sentence in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from backend.api.problems import STATUS
from backend.kernel.sentences import load_sentences
from tests.builders.settings import ROOT

SENTENCES = load_sentences(ROOT / "schemas", "problem")


def raised_codes() -> Iterator[tuple[str, str]]:
    """(code, where) of every ``Refusal("code")`` and ``problem("code")`` in the tree."""
    for path in sorted((ROOT / "backend").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in ("Refusal", "problem") and isinstance(first, ast.Constant):
                yield first.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_the_tree_is_seen() -> None:
    assert len(list(raised_codes())) > 40


@pytest.mark.parametrize(("code", "where"), list(raised_codes()))
def test_what_is_raised_has_a_status(code: str, where: str) -> None:
    assert code in STATUS, f"{where}: add {code!r} to backend/api/problems.py"


@pytest.mark.parametrize("code", sorted(set(STATUS) | {code for code, _ in raised_codes()}))
def test_what_may_be_said_is_said_in_both_languages(code: str) -> None:
    texts = SENTENCES[code]
    assert set(texts) == {"zh-CN", "en"}
    assert re.search(r"[\u4e00-\u9fff]", texts["zh-CN"])
    assert not re.search(r"[\u4e00-\u9fff]", texts["en"])
    assert texts["zh-CN"][-1] in "。！？" and texts["en"][-1] in ".!?"
    names = [sorted(re.findall(r"\{(\w+)\}", text)) for text in texts.values()]
    assert names[0] == names[1], "the same values in both sentences"


@pytest.mark.parametrize("status", sorted(set(STATUS.values())))
def test_only_statuses_that_a_phone_knows_how_to_take(status: int) -> None:
    assert status in {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503, 507}

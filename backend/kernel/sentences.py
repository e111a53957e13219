"""The sentences that code speaks, from ``schemas/i18n`` (docs/decisions/0002)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LANGUAGES = ("zh-CN", "en")

Sentences = Mapping[str, Mapping[str, str]]
"""Sentence by code and language."""


def load_sentences(schemas: Path, section: str) -> dict[str, dict[str, str]]:
    """The sentences of a section such as ``problem`` or ``reminder``."""
    sentences: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        whole = json.loads((schemas / "i18n" / f"{language}.json").read_text("utf-8"))
        for code, text in whole[section].items():
            sentences.setdefault(code, {})[language] = text
    return sentences


def fill(sentence: str, values: Mapping[str, Any]) -> str:
    """A sentence with ``{name}`` filled in; a name without a value leaves nothing."""
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], "")), sentence)

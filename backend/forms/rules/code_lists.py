"""Code lists before anything is published with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from backend.forms.model import Mistake
from backend.forms.rules.drafts import Library
from backend.forms.rules.plain_words import meta_mistakes


def without(library: Library, mistaken: Iterable[str]) -> Library:
    """The library without the lists of these files: a form cannot be judged by a broken list."""
    broken = set(mistaken)
    codes = {name: body for name, body in library.codes.items() if _file(name) not in broken}
    return Library(codes, library.shared, library.meta)


def _file(name: str) -> str:
    return f"common/codes/{name}.json"


def check_codes(library: Library) -> dict[str, tuple[Mistake, ...]]:
    """By file: a code without a label, or one that means two things."""
    found: dict[str, tuple[Mistake, ...]] = {}
    for name, body in library.codes.items():
        mistakes = meta_mistakes(body, "suifang:meta/codes", "", library.meta)
        if not mistakes:
            times = Counter(entry["code"] for entry in body["codes"])
            mistakes = [
                Mistake(f"code {code}", f"stands {count} times")
                for code, count in times.items()
                if count > 1
            ]
        if mistakes:
            found[_file(name)] = tuple(mistakes)
    return found

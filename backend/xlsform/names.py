"""Names as our format has them: small letters, digits and underscores, at most 40."""

from __future__ import annotations

import re

from backend.xlsform.model import Findings, Place

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = frozenset(
    {
        *("as", "break", "const", "continue", "else", "false", "for", "function", "if", "import"),
        *("in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void"),
        *("while", "today", "resident_birth_date", "resident_sex", "resident_programmes"),
    }
)
"""Words of the expression language and variables of every form."""


def is_key(name: str) -> bool:
    """Whether a name can stand as it is."""
    return _KEY.fullmatch(name) is not None and name not in RESERVED


def as_key(name: str) -> str:
    """The nearest name that our format allows."""
    plain = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_") or "q"
    if not plain[0].isalpha():
        plain = f"q_{plain}"
    plain = plain[:40].rstrip("_")
    return f"{plain[:38]}_q" if plain in RESERVED or plain.startswith("answered__") else plain


class Names:
    """Gives each question its name and sees to it that no two share one."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._taken: dict[tuple[str | None, str], str] = {}

    def give(self, name: str, place: Place, repeat: str | None = None) -> str:
        """The name of a question, of a row's column when ``repeat`` is given."""
        mine = as_key(name)
        if mine != name:
            self._findings.note(place, f"'{name}' is named '{mine}' here")
        other = self._taken.get((repeat, mine))
        if other is not None:
            told = f"'{name}' and '{other}' would have the same name: answers are not kept by group"
            self._findings.refuse(place, told)
        self._taken[repeat, mine] = name
        return mine

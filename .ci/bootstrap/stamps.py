"""Work is done again only when the bytes it was made from have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from steps import ROOT, VAR

MADE = {"node_modules", "dist", "coverage", "__pycache__", ".vite"}


def files_below(*places: Path) -> Iterator[Path]:
    """Every source file in these files and folders, in order; what is made from them left out."""
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir() and place.name not in MADE:
            yield from files_below(*sorted(place.iterdir()))


def digest(paths: Iterable[Path], *facts: str) -> str:
    """One hash over names and contents of files, and over facts such as a version."""
    whole = hashlib.sha256("\n".join(facts).encode())
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(ROOT)}\0{content}\n".encode())
    return whole.hexdigest()


class Stamp:
    """Remembers under ``var/stamps`` what something was made from."""

    def __init__(self, name: str, value: str) -> None:
        self._path = VAR / "stamps" / name
        self._value = value

    def holds(self) -> bool:
        """True when it was made from the same."""
        return self._path.is_file() and self._path.read_text() == self._value

    def set(self) -> None:
        """Note that it has been made."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._value)

    def lift(self) -> None:
        """Forget it, before it is made anew: an interrupted making must not look finished."""
        self._path.unlink(missing_ok=True)

"""One command of the Makefile: ``python3.11 .ci/bootstrap run``. Standard library only.

``machine`` brings what is missing, ``pages`` builds the PWA, ``serve`` is `make run`, ``checks`` is
`make test`, ``stamps`` knows what need not be done again, ``steps`` does and says it.
"""

from __future__ import annotations

import shutil
import sys

import checks
import sbom
import serve
from steps import ROOT, VAR, Stop

MADE = (
    ".venv", "pwa/node_modules", "pwa/dist", "pwa/coverage", "test-results",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis",
)  # fmt: skip


def clean() -> int:
    """Remove what can be made again. Database, secrets and files in ``var`` stay."""
    for place in [*(ROOT / name for name in MADE), *(VAR / n for n in ("tools", "stamps", "test"))]:
        shutil.rmtree(place, ignore_errors=True)
    for folder in ("backend", "tests", "migrations", ".ci"):
        for place in [*(ROOT / folder).rglob("__pycache__")]:
            shutil.rmtree(place, ignore_errors=True)
    return 0


COMMANDS = {
    "run": serve.run,
    "test": checks.test,
    "lint": checks.lint,
    "format": checks.style,
    "bench": checks.bench,
    "faults": checks.faults,
    "screenshots": checks.screenshots,
    "sbom": sbom.write,
    "clean": clean,
}


def main() -> int:
    """Do the command; a stop is one sentence, never a traceback."""
    try:
        return COMMANDS[sys.argv[1]]()
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

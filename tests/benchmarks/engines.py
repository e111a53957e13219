"""``python -m tests.benchmarks.engines``: judging a visit, a key press, a child's plan (issue 3).

``make bench`` runs it last. Its rows join the others in ``var/bench.json``; rows of the same name
are replaced. What needs a browser or the built app is left out, and said, where there is none.
"""

from __future__ import annotations

import json
import shutil
import sys

from tests.benchmarks import forecasts, forms, report
from tests.benchmarks.report import Figure
from tests.builders.phone import PWA
from tests.builders.settings import ROOT

FILE = ROOT / "var" / "bench.json"


def main() -> int:
    """Measure, print, and add to the file."""
    conditions = report.machine()
    figures = forms.figures()
    if (PWA / "node_modules").is_dir():
        figures += forecasts.figures()
    else:
        print("no pwa/node_modules: the forecast is left out (make test brings them)")
    if shutil.which("chromium") and (PWA / "dist").is_dir():
        from tests.benchmarks import keystroke  # noqa: PLC0415 - needs Playwright

        figures += keystroke.figures()
    else:
        print("no chromium or no pwa/dist: the key press is left out (make test brings them)")
    _add(figures, conditions)
    print(report.table(figures, conditions))
    return 0


def _add(figures: list[Figure], conditions: dict[str, object]) -> None:
    before = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else []
    names = {figure.name for figure in figures}
    report.save(FILE, figures, conditions)
    made = json.loads(FILE.read_text(encoding="utf-8"))
    rows = [row for row in before if row["name"] not in names] + made
    FILE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.benchmarks.page_scores``: what Lighthouse says of the pages people open first.

Its 114 packages are nobody's but this measurement's: they stand in ``tests/benchmarks/lighthouse``
with a lock of their own, and are installed below ``var/`` when it is asked for the first time. The
pages come from the real server, compressed as it sends them; Debian's Chromium, mobile (the desk:
desktop), no network but this machine's. Aims: performance .95, accessibility 1, best practices .95.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backend.sample.doors import doors
from tests.benchmarks import report
from tests.benchmarks.report import Figure
from tests.browser.sample import SampleCounty, sample_county
from tests.builders.phone import node_program
from tests.builders.settings import ROOT
from tests.conftest import fill_template

AIMS = {"performance": 0.95, "accessibility": 1.0, "best-practices": 0.95}
RESIDENTS = 200
_HERE = Path(__file__).with_name("lighthouse")
_INSTALLED = ROOT / "var" / "lighthouse"


def main() -> int:
    """Print the scores and what cost points; 1 when one is below its aim."""
    _install()
    with tempfile.TemporaryDirectory(prefix="suifang-scores-") as folder:
        place = Path(folder)
        template = place / "template.sqlite3"
        fill_template(f"sqlite:///{template}", place / "template")
        with sample_county(place / "var", template, RESIDENTS) as county:
            found = list(_scores(county))
    print(report.table(found, report.machine()))
    for lost in sorted({line for figure in found for line in figure.conditions["lost"]}):
        print(f"  {lost}")
    return 1 if any(f.floor is not None and f.value < f.floor for f in found) else 0


def _scores(county: SampleCounty) -> Iterator[Figure]:
    token = doors(county.running.house, everybody=False).family_token
    pages = {
        "capture": ("/capture/", "mobile"),
        "family": (f"/family/#{token}", "mobile"),
        "desk": ("/desk/", "desktop"),
    }
    for name, (path, form) in pages.items():
        told = _ask(county.origin + path, form)
        if None in told["scores"].values():  # on a busy machine it now and then sees no picture
            told = _ask(county.origin + path, form)
        lost = [f"{name}: {line}" for line in told["lost"]]
        for category, score in told["scores"].items():
            conditions = {"lighthouse": told["version"], "form": form, "lost": lost}
            yield Figure(f"{name} {category}", 100 * score, "", 100 * AIMS[category], conditions)


def _ask(address: str, form: str) -> dict[str, Any]:
    done = subprocess.run(
        [node_program(), "scores.mjs", address, form],
        cwd=_INSTALLED, env={**os.environ, "CHROME_PATH": "/usr/bin/chromium"},
        check=True, stdout=subprocess.PIPE, timeout=300,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _install() -> None:
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    same = (_INSTALLED / "package-lock.json", _HERE / "package-lock.json")
    fresh = not same[0].is_file() or same[0].read_bytes() != same[1].read_bytes()
    for file in _HERE.iterdir():
        shutil.copyfile(file, _INSTALLED / file.name)
    if fresh or not (_INSTALLED / "node_modules").is_dir():
        program = Path(node_program()).resolve()
        npm = program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        asked = [program, npm, "ci", "--ignore-scripts", "--no-audit"]
        subprocess.run(asked, cwd=_INSTALLED, check=True)


if __name__ == "__main__":
    sys.exit(main())

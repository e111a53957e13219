"""``python -m tests.benchmarks.forecasts``: what one child's plan costs on server and phone.

CPU time, since the machine may be busy; the median of the rounds, each over the same histories by
chance. The floor is the least a plan costs: one date worked out and one row written for each dose.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from backend.immunization.model import ForecastDose
from backend.immunization.rules import forecast
from backend.immunization.rules.asking import Question, read_question
from backend.kernel.dates import add_months
from tests.benchmarks import report
from tests.benchmarks.report import Figure, percentile
from tests.builders.histories import history, ordinary
from tests.builders.phone import bundled, node
from tests.unit.immunization.editions import BODY, EDITION

HISTORIES = 300
ROUNDS = 12


def main() -> int:
    """Measure both engines and print what came out."""
    print(report.table(figures(), report.machine()))
    return 0


def figures() -> list[Figure]:
    """Of ordinary children, and of histories that nobody could have written."""
    rng = Random(1)  # noqa: S311
    found: list[Figure] = []
    for kind, made in (
        ("ordinary", [ordinary(rng, EDITION) for _ in range(HISTORIES)]),
        ("heavy", [history(rng, EDITION) for _ in range(HISTORIES)]),
    ):
        server, server_floor = _server([_question(one) for one in made])
        phone = _phone(made)
        told = {"histories": HISTORIES, "rounds": ROUNDS, "fixed_loop_us": report.fixed_loop_us()}
        found += _figures(f"forecast_server_{kind}", server, server_floor, told)
        told["node"] = phone["node"]
        found += _figures(f"forecast_phone_{kind}", phone["plan"], phone["floor"], told)
    return found


def _figures(
    name: str, values: list[float], floor: list[float], told: dict[str, Any]
) -> list[Figure]:
    return [
        Figure(f"{name}_p{share}_us", percentile(values, share / 100), "us CPU",
               percentile(floor, share / 100), dict(told))
        for share in (50, 95)
    ]  # fmt: skip


def _question(one: dict[str, Any]) -> Question:
    doses = [{"vaccine": dose["vaccine"], "date": dose["on"]} for dose in one["given"]]
    body = {name: one[name] for name in ("birth_date", "sex", "settings", "facts")}
    return read_question(body | {"asked_on": one["on"], "doses": doses}, EDITION, date.max)


def _plan(asked: Question) -> tuple[ForecastDose, ...]:
    return forecast(
        EDITION, asked.birth_date, asked.sex, asked.doses, asked.asked_on,
        settings=asked.settings, facts=asked.facts,
    )  # fmt: skip


def _server(asked: list[Question]) -> tuple[list[float], list[float]]:
    plans = [_plan(one) for one in asked]

    def bare(index: int) -> None:
        birth = asked[index].birth_date
        for dose in plans[index]:
            ForecastDose(**{**vars(dose), "due": add_months(birth, dose.no)})

    return _measure(lambda index: _plan(asked[index])), _measure(bare)


def _measure(work: Callable[[int], object]) -> list[float]:
    """CPU microseconds a history, of each round."""
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for index in range(HISTORIES):
            work(index)
        found.append((time.process_time() - begun) / HISTORIES * 1e6)
    return found


def _phone(asked: list[dict[str, Any]]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        question = folder / "asked.json"
        question.write_text(json.dumps({"edition": BODY, "asked": asked}))
        told = node(bundled("dev/forecasts.ts", folder), question, str(ROUNDS))
    found: dict[str, Any] = json.loads(told)
    return found


if __name__ == "__main__":
    sys.exit(main())

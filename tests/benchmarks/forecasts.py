"""``python -m tests.benchmarks.forecasts``: what one child's plan costs on server and phone.

CPU time of every single plan, since the machine may be busy: percentiles are over children, each
asked in several rounds. The first rounds are told apart, as ``cold``: there the phone's engine is
still compiling. The floor is the least a plan costs: one date worked out and one row written for
each dose.
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
WARM_UP = 2
PROMISED_US = {"server": 1000, "phone": 200}


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
        found += _figures("server", kind, server, server_floor, told)
        told["node"] = phone["node"]
        found += _figures("phone", kind, phone["plan"], phone["floor"], told)
    return found


def _figures(
    side: str, kind: str, values: list[float], floor: list[float], told: dict[str, Any]
) -> list[Figure]:
    cold = WARM_UP * HISTORIES
    name, told = f"forecast_{side}_{kind}", told | {"promised_us": PROMISED_US[side]}
    return [
        Figure(f"{name}{part}_p{share}_us", percentile(values[chosen], share / 100), "us CPU",
               percentile(floor[chosen], share / 100), dict(told))
        for part, chosen in (("", slice(cold, None)), ("_cold", slice(cold)))
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
    """CPU microseconds of each single one, round after round."""
    found = []
    for turn in range(ROUNDS * HISTORIES):
        begun = time.process_time()
        work(turn % HISTORIES)
        found.append((time.process_time() - begun) * 1e6)
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

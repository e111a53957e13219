"""How long the server takes to judge a visit, and the phone to look again at a form at a key press.

``python -m tests.benchmarks.forms`` prints both beside what was promised (issue 3). No test: a busy
machine would fail it. Times are processor times, the best of several rounds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from random import Random
from time import process_time

from backend.forms.model import Context
from backend.forms.rules import CompiledForm, evaluate
from tests.builders.answers import filled
from tests.contract.shared_cases import forms

TODAY = date(2026, 11, 23)
VISITS = 40
ROUNDS = 12
PROMISED_US = 300


def visits(form: CompiledForm) -> list[dict[str, object]]:
    """Different face-to-face visits: the same one again and again would only be remembered."""
    context = Context(TODAY, date(1970, 5, 1), "2", ("hypertension",))
    made = (filled(form, context, Random(seed)) for seed in range(VISITS * 6))  # noqa: S311
    return sorted(made, key=len)[-VISITS:]


def best_us(run: Callable[[], None], each: int) -> float:
    """Microseconds for one of the ``each`` things that a run does."""
    times = []
    for _ in range(ROUNDS):
        begun = process_time()
        run()
        times.append((process_time() - begun) / each * 1e6)
    return min(times)


def main() -> None:
    form = forms()["htn_followup"]
    made = visits(form)
    contexts = [Context(TODAY, date(1940 + n, 5, 1), "12"[n % 2], ()) for n in range(len(made))]

    def judge() -> None:
        for answers, context in zip(made, contexts, strict=True):
            evaluate(form, answers, context)

    spent = best_us(judge, len(made))
    fields = len(form.types.fields) + sum(len(row) for row in form.types.rows.values())
    sys.stdout.write(
        f"server: {form.bundle.key}, {fields} fields, {len(made[0])}-{len(made[-1])} answers: "
        f"{spent:.0f} us of {PROMISED_US}\n"
    )


if __name__ == "__main__":
    main()

"""``python -m tests.benchmarks.forms``: how long the server takes to judge a visit, CEL included.

Every visit is judged once only: judging the same one again would measure what is remembered of it.
Processor time of the process, since the machine may be busy. The floor is the least that judging
costs: the shape's own validator. No test: a busy machine would fail it.
"""

from __future__ import annotations

import sys
from datetime import date
from random import Random
from statistics import median
from time import process_time

from backend.forms.model import Context
from backend.forms.rules import CompiledForm, evaluate
from tests.benchmarks import report
from tests.benchmarks.report import Figure, percentile
from tests.builders.answers import filled
from tests.contract.shared_cases import forms

TODAY = date(2026, 11, 23)
FORM = "htn_followup"
MADE, KEPT = 2000, 600
LEAST_ANSWERS = 30
WARM_UP = 100
AT_ONCE = 5
PROMISED_US = 300


def visits(form: CompiledForm) -> list[tuple[dict[str, object], Context]]:
    """Different face-to-face visits, with most questions answered."""
    found = []
    for seed in range(MADE):
        context = Context(TODAY, date(1940 + seed % 50, 5, 1), "12"[seed % 2], ("hypertension",))
        answers = filled(form, context, Random(seed))  # noqa: S311
        if len(answers) >= LEAST_ANSWERS:
            found.append((answers, context))
    return found[:KEPT]


def figures() -> list[Figure]:
    """Median and 95th percentile, and how fast the machine was meanwhile."""
    form = forms()[FORM]
    made = visits(form)
    for answers, context in made[:WARM_UP]:
        evaluate(form, answers, context)
    spent, floor, loops = [], [], []
    for start in range(WARM_UP, len(made) - AT_ONCE, AT_ONCE):
        some = made[start : start + AT_ONCE]
        begun = process_time()
        for answers, context in some:
            evaluate(form, answers, context)
        judged = process_time()
        for answers, _ in some:
            form.shape.check(answers)
        checked = process_time()
        spent.append((judged - begun) / AT_ONCE * 1e6)
        floor.append((checked - judged) / AT_ONCE * 1e6)
        loops.append(report.fixed_loop_us())
    told = {
        "form": FORM,
        "fields": len(form.types.fields) + sum(len(row) for row in form.types.rows.values()),
        "answers_median": median(len(answers) for answers, _ in made),
        "visits": len(spent) * AT_ONCE,
        "promised_us": PROMISED_US,
    }
    loop = Figure("form_judged_fixed_loop_us", median(loops), "us CPU")
    return [loop] + [
        Figure(f"form_judged_p{share}_us", percentile(spent, share / 100), "us CPU",
               percentile(floor, share / 100), told)
        for share in (50, 95)
    ]  # fmt: skip


def main() -> int:
    """Measure and print."""
    print(report.table(figures(), report.machine()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

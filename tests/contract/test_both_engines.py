"""Phone and server asked the same at random: they must say the same (DESIGN §5; decision 0002)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from backend.forms import folder
from tests.contract.differential import (
    Phone,
    answer_cases,
    by_phone,
    by_server,
    folded_by_phone,
    folded_by_server,
    history_cases,
    phone,
)
from tests.contract.shared_cases import SCHEMAS, all_programmes, forms

BATCH = 100
SEED = 20261123


@pytest.fixture(scope="module")
def both() -> Iterator[Phone]:
    drafts = [d.body for d in folder.rule_drafts(SCHEMAS) if d.kind == "programme"]
    with phone(forms(), drafts) as asked:
        yield asked


@pytest.mark.parametrize("key", sorted(forms()))
@pytest.mark.parametrize(
    "batches", [1, pytest.param(100, marks=pytest.mark.faults)], ids=["100", "10000"]
)
def test_answers_mean_the_same_on_the_phone(both: Phone, key: str, batches: int) -> None:
    form = forms()[key]
    for batch in range(batches):
        cases = answer_cases(form, BATCH, Random(SEED + batch))  # noqa: S311
        told = both.ask(ask="answers", form=key, cases=[case.as_json() for case in cases])
        for case, by in zip(cases, told, strict=True):
            assert by_phone(by) == by_server(form, case), case.as_json()


@pytest.mark.parametrize("service", sorted(all_programmes().services))
@pytest.mark.parametrize(
    "batches", [1, pytest.param(100, marks=pytest.mark.faults)], ids=["100", "10000"]
)
def test_histories_make_the_same_due_on_the_phone(both: Phone, service: str, batches: int) -> None:
    for batch in range(batches):
        random = Random(SEED + batch)  # noqa: S311
        cases = history_cases(service, all_programmes(), forms(), BATCH, random)
        told = both.ask(ask="histories", service=service, cases=[c.as_json() for c in cases])
        for case, by in zip(cases, told, strict=True):
            said = folded_by_server(all_programmes(), service, case)
            assert folded_by_phone(by) == said, case.as_json()

"""Server and phone make the same plan of histories by chance."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from backend.immunization.rules import forecast, validity_of
from backend.immunization.rules.asking import read_question
from tests.builders.histories import history
from tests.builders.phone import bundled, node
from tests.unit.immunization.editions import BODY, EDITION

FIELDS = (
    "dose_id", "no", "vaccine", "status", "earliest", "due", "complete_before", "given_on", "note",
)  # fmt: skip


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phone's engine as one file that Node runs."""
    return bundled("dev/forecasts.ts", tmp_path_factory.mktemp("phone"))


@pytest.mark.parametrize(
    ("seed", "count"), [(20260617, 200), pytest.param(2, 10_000, marks=pytest.mark.faults)]
)
def test_server_and_phone_make_the_same_plan(
    phone: Path, tmp_path: Path, seed: int, count: int
) -> None:
    rng = Random(seed)  # noqa: S311
    asked = [history(rng, EDITION) for _ in range(count)]
    question = tmp_path / "asked.json"
    question.write_text(json.dumps({"edition": BODY, "asked": asked}))

    on_the_phone = json.loads(node(phone, question))

    assert len(on_the_phone) == count
    for one, told in zip(asked, on_the_phone, strict=True):
        assert told == _on_the_server(one), json.dumps(one)


def _on_the_server(one: dict[str, Any]) -> list[Any]:
    given = [{"vaccine": dose["vaccine"], "date": dose["on"]} for dose in one["given"]]
    body = {**one, "asked_on": one["on"], "doses": given}
    asked = read_question(
        {name: value for name, value in body.items() if name not in ("on", "given")},
        EDITION,
        date.max,
    )
    child = (EDITION, asked.birth_date, asked.sex, asked.doses, asked.asked_on)
    known = {"settings": asked.settings, "facts": asked.facts}
    rows = [[_plain(getattr(d, f)) for f in FIELDS] for d in forecast(*child, **known)]
    return [rows, list(validity_of(*child, **known))]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

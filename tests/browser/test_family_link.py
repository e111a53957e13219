"""The doctor shows a code; the mother's own phone shows her child's plan, without an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from backend import tables
from backend.reminders.tables import PushSubscriptionRow
from tests.browser.chromium import Handset
from tests.browser.doctor import Doctor
from tests.browser.firefox import (
    press,
    push_prefs,
    running_firefox,
    tell_birth_date,
    until_shown,
)
from tests.browser.sample import SampleCounty
from tests.browser.visits import vaccination
from tests.fakes.push_server import PushServer

pytestmark = pytest.mark.browser


def test_a_mother_scans_the_code_and_chooses_to_be_reminded(
    sample: SampleCounty, handset: Callable[..., Handset], push_service: PushServer, tmp_path: Path
) -> None:
    child = sample.new_child("doctor6", "程小满", age=timedelta(days=40))
    doctor = Doctor(handset(child.place).open(), sample.origin)
    doctor.open()
    doctor.sign_in_first("doctor6", sample.one_time_password("doctor6"))
    doctor.find("程小满", child.resident.id)
    doctor.begin("预防接种记录")
    vaccination(doctor, "乙肝疫苗", sample.today)
    doctor.finish()
    doctor.received()
    link = doctor.scan("程小满的接种提醒")

    with running_firefox(tmp_path / "mother", push_prefs(push_service)) as mother:
        mother.open(link)
        tell_birth_date(mother, child.resident.birth_date)
        until_shown(mother, "程小满")
        until_shown(mother, "已接种 1 剂")
        until_shown(mother, "卡介苗")

        press(mother, "打开提醒")
        until_shown(mother, "已打开提醒")
        (address,) = addresses(sample, child.resident.id)
        assert address.ended_at is None

        press(mother, "关闭提醒")
        until_shown(mother, "打开提醒")
        mother.until("document.querySelector('[aria-busy=true]') === null")
        (address,) = addresses(sample, child.resident.id)
        assert (address.ended_at is not None, address.ended_reason) == (True, "unsubscribed")


def addresses(sample: SampleCounty, child_id: str) -> list[PushSubscriptionRow]:
    """Where the family of a child is reminded."""
    (link,) = sample.rows(tables.residents.FamilyLinkRow, child_id=child_id)
    return sample.rows(PushSubscriptionRow, owner_id=link.id)

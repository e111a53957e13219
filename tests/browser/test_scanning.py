"""The code on a vaccine's box is read through the camera, without the browser's own detector."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy
import pytest
import zxingcpp
from playwright.sync_api import expect

from tests.browser.chromium import LAUNCH, Handset
from tests.browser.doctor import Doctor
from tests.browser.sample import SampleCounty

pytestmark = pytest.mark.browser

TRACE_CODE = "81234567890123456789"


def camera_film(file: Path) -> Path:
    """A film of a box with its code, for Chromium's pretended camera: YUV4MPEG2, grey."""
    code = zxingcpp.create_barcode(TRACE_CODE, zxingcpp.BarcodeFormat.Code128)
    bars = numpy.array(zxingcpp.write_barcode_to_image(code, scale=3))
    picture = numpy.full((480, 640), 230, numpy.uint8)
    height, width = bars.shape
    top, left = (480 - height) // 2, (640 - width) // 2
    picture[top : top + height, left : left + width] = bars
    frame = b"FRAME\n" + picture.tobytes() + bytes([128]) * (2 * 320 * 240)
    file.write_bytes(b"YUV4MPEG2 W640 H480 F5:1 Ip A1:1 C420\n" + 5 * frame)
    return file


def test_the_trace_code_is_scanned_offline_and_can_be_typed(
    sample: SampleCounty, handset: Callable[..., Handset], tmp_path: Path
) -> None:
    child = sample.new_child("doctor4", "程小禾", age=timedelta(days=40))
    film = camera_film(tmp_path / "box.y4m")
    pretended = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    phone = handset(
        child.place,
        args=[*LAUNCH["args"], *pretended],
        permissions=["geolocation", "camera"],
    )
    doctor = Doctor(phone.open(), sample.origin)
    doctor.open()
    doctor.sign_in_first("doctor4", sample.one_time_password("doctor4"))
    with sample.running.without_web():
        doctor.find("程小禾", child.resident.id)
        doctor.begin("预防接种记录")
        doctor.on("疫苗")
        doctor.question("疫苗").get_by_role("button").click()
        doctor.page.get_by_role("dialog").get_by_label("乙肝疫苗", exact=True).click()
        doctor.write("接种日期", sample.today.isoformat())
        doctor.turn("批次")
        doctor.write("追溯码", "12345")  # typing is there at once
        doctor.press("扫码")
        expect(doctor.page.get_by_role("dialog", name="扫码")).to_be_hidden(timeout=30_000)
        expect(doctor.page.get_by_label("追溯码")).to_have_value(TRACE_CODE)

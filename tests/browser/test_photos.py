"""A photo and a signature: taken without a network, kept over a kill, seen at the desk."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from backend import tables
from backend.attachments.model import Picture
from backend.attachments.rules.pictures import picture_of
from backend.submissions.tables import SubmissionRow
from tests.browser.chromium import DESK, Handset
from tests.browser.desk import Desk
from tests.browser.doctor import Doctor
from tests.browser.sample import Home, SampleCounty

pytestmark = pytest.mark.browser

_DRAW = """() => {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: 3000, height: 2000 })
  const pen = canvas.getContext('2d')
  const noise = pen.createImageData(3000, 2000)
  for (let i = 0; i < noise.data.length; i += 4) {
    const left = (i / 4) % 3000 < 1500
    const speck = ((i * 2654435761) >>> 20) % 60
    noise.data.set(left ? [190 + speck, speck, speck, 255] : [speck, speck, 190 + speck, 255], i)
  }
  pen.putImageData(noise, 0, 0)
  return canvas.toDataURL('image/jpeg', 0.95)
}"""
"""A large picture, red on the left and blue on the right, that does not compress well."""

_TOP_AND_BOTTOM = """async (img) => {
  await img.decode()
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: img.naturalWidth, height: img.naturalHeight })
  const pen = canvas.getContext('2d')
  pen.drawImage(img, 0, 0)
  const at = (part) => pen.getImageData(canvas.width / 2, canvas.height * part, 1, 1).data
  const colour = ([r, , b]) => (r > b ? 'red' : 'blue')
  return [colour(at(0.2)), colour(at(0.8))]
}"""


def camera_photo(page: Page) -> bytes:
    """What a phone's camera writes when it is held upright: lying pixels, and a mark to turn them
    by a quarter; besides the place and the maker.
    """
    plain = base64.b64decode(page.evaluate(_DRAW).partition(",")[2])
    tiff = b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + bytes(4)
    exif = b"Exif\0\0" + tiff + b"GPS 30.0512 104.0533 HUAWEI P60"
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + plain[2:]


def sign(doctor: Doctor) -> None:
    """Write something that looks like a name."""
    doctor.press("签名")
    paper = doctor.page.get_by_role("img", name="居民签名")
    box = paper.bounding_box()
    assert box is not None
    mouse = doctor.page.mouse
    for start, end in (
        ((0.2, 0.3), (0.8, 0.3)),
        ((0.5, 0.1), (0.4, 0.9)),
        ((0.1, 0.1), (0.9, 0.9)),
    ):
        mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
        mouse.down()
        mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=6)
        mouse.up()
    doctor.press("撤销一笔")
    doctor.press("完成")
    expect(doctor.page.get_by_role("img", name="居民签名")).to_have_attribute(
        "src", _BLOB, timeout=20_000
    )


_BLOB = re.compile("^blob:")


def test_a_photo_and_a_signature_taken_offline_are_seen_at_the_desk(
    sample: SampleCounty, handset: Callable[..., Handset], browser: Browser
) -> None:
    family = sample.new_family("doctor3", "程望山")
    phone = handset(family.place)
    doctor = Doctor(phone.open(), sample.origin)
    doctor.open()
    doctor.sign_in_first("doctor3", sample.one_time_password("doctor3"))
    photo = camera_photo(doctor.page)
    assert len(photo) > 600_000

    with sample.running.without_web():
        take_and_sign(doctor, family, photo)
        phone.kill()
        doctor = Doctor(phone.open(), sample.origin)
        phone.forget_cookies()
        doctor.open()
        doctor.unlock()
        go_on_and_finish(doctor)

    doctor.go("发件箱")
    doctor.press("现在上传")
    expect(doctor.page.get_by_role("heading", name="已上传")).to_contain_text("1")
    expect(doctor.page.get_by_text("照片待传")).to_have_count(0)
    look_into_the_server(sample, family)
    look_at_the_desk(sample, family, Desk(browser.new_page(**DESK), sample.origin))


def take_and_sign(doctor: Doctor, family: Home, photo: bytes) -> None:
    doctor.find(family.resident.name, family.resident.id)
    doctor.page.locator(f'a[href="#/household/{family.household.id}"]').click()
    doctor.begin("入户访视")
    doctor.choose("访视结果", "入户见面")
    doctor.question("见面对象").get_by_text(family.resident.name).first.click()
    doctor.page.locator("input[type=file]").set_input_files(
        {"name": "IMG_20261123.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    # A busy machine makes a large photo small in seconds.
    expect(doctor.page.get_by_role("img", name="现场照片 1")).to_be_visible(timeout=20_000)
    sign(doctor)
    doctor.page.wait_for_timeout(1000)  # the draft is written after 300 ms


def go_on_and_finish(doctor: Doctor) -> None:
    doctor.section("没填完的").get_by_role("link", name="入户访视").click()
    thumb = doctor.page.get_by_role("img", name="现场照片 1")
    expect(thumb).to_be_visible()
    assert thumb.evaluate(_TOP_AND_BOTTOM) == ["red", "blue"]  # upright
    doctor.turn("情况")
    doctor.choose("人口变动", "无变化")
    doctor.turn("健康教育")
    doctor.turn("检查并完成")
    doctor.finish()
    expect(doctor.page.get_by_text("照片待传 2 张")).to_be_visible()


def look_into_the_server(sample: SampleCounty, family: Home) -> None:
    """Upright, small, and nothing in them but the picture."""
    (kept,) = sample.rows(SubmissionRow, subject_id=family.household.id, form_version=2)
    house = sample.running.house
    found: dict[str, Picture | None] = {}
    for blob in sample.rows(tables.attachments.BlobRow, device_id=kept.device_id):
        data = house.vault.unlock_bytes(house.blobs.get(blob.name))
        found[blob.sha256] = picture_of(data)
        assert len(data) <= 300 * 1024
        for trace in (b"Exif", b"GPS", b"HUAWEI", b"104.0533"):
            assert trace not in data
    photo = found[kept.answers["photos"][0]]
    assert photo is not None
    assert photo.media_type == "image/jpeg"
    assert abs(photo.width * 3 - photo.height * 2) <= 3  # 3000 x 2000, turned
    assert found[kept.answers["resident_signature"]] == Picture("image/png", 900, 450)


def look_at_the_desk(sample: SampleCounty, family: Home, desk: Desk) -> None:
    desk.open()
    desk.sign_in_first("supervisor", sample.one_time_password("supervisor"))
    # A household's record is not found by the name of a resident.
    (kept,) = sample.rows(SubmissionRow, subject_id=family.household.id, form_version=2)
    desk.page.evaluate("id => { location.hash = `#/review/${id}` }", kept.id)
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text(family.resident.name)
    small = desk.answer("现场照片").get_by_role("img", name="现场照片 1")
    expect(small).to_be_visible()
    assert small.evaluate(_TOP_AND_BOTTOM) == ["red", "blue"]
    expect(desk.answer("居民签名").get_by_role("img")).to_be_visible()
    small.click()
    expect(desk.page.get_by_role("dialog", name="现场照片 1").get_by_role("img")).to_be_visible()

"""S27, fault 54: what is no plain picture does not come in, whatever it calls itself."""

from __future__ import annotations

import gzip

import pytest

from backend.attachments.model import Picture
from backend.attachments.rules.pictures import picture_of
from tests.builders.pictures import chunk, jpeg, png, segment

EXIF = segment(0xE1, b"Exif\0\0MM\0*" + b"GPSLatitude 30.05")


def test_what_a_canvas_writes_is_a_picture() -> None:
    assert picture_of(jpeg(1600, 1200)) == Picture("image/jpeg", 1600, 1200)
    assert picture_of(png(600, 240)) == Picture("image/png", 600, 240)


def test_a_progressive_jpeg_has_several_scans() -> None:
    whole = jpeg()
    again = whole[:-2] + segment(0xC4, bytes(17)) + segment(0xDA, b"\1\1\0\1\x3f\0") + b"\7\xff\xd9"
    assert picture_of(again) is not None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("nothing", b""),
        ("a page", b"<html><script>alert(1)</script></html>"),
        ("a drawing with script", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'),
        ("a page behind a picture's first bytes", b"\xff\xd8\xff\xe0<html>"),
        ("a zip bomb", gzip.compress(bytes(10_000_000))),
        ("place and camera", jpeg()[:2] + EXIF + jpeg()[2:]),
        ("a comment", jpeg()[:2] + segment(0xFE, b"hello") + jpeg()[2:]),
        ("something behind the end", jpeg() + b"PK\3\4"),
        ("cut off in its scan", jpeg()[:-40]),
        ("cut off in a head", jpeg()[:90]),
        ("no scan", b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"\xff\xd9"),
        ("no lines", jpeg(100, 0)),
        ("too many pixels", jpeg(6000, 4200)),
        ("a segment that is longer than the file", jpeg()[:2] + b"\xff\xe0\xff\xff" + jpeg()[2:]),
        ("a text in a png", png(10, 10, chunk(b"tEXt", b"Comment\0hello"))),
        ("place in a png", png(10, 10, chunk(b"eXIf", b"MM\0*"))),
        ("a wrong sum", png()[:40] + b"\0" + png()[41:]),
        ("something behind the end of a png", png() + b"x"),
        ("two heads", png(10, 10, png()[8:33])),
        ("a giant png", png(1, 1).replace(png(1, 1)[8:33], png(9000, 9000)[8:33])),
        ("a png that is cut off", png()[:-6]),
    ],
)
def test_anything_else_is_none(name: str, data: bytes) -> None:
    assert picture_of(data) is None, name


@pytest.mark.parametrize("whole", [jpeg(scan_bytes=60), png(4, 4)])
def test_no_beginning_of_a_picture_is_one(whole: bytes) -> None:
    assert not any(picture_of(whole[:end]) for end in range(len(whole)))

"""Is this a picture and nothing else? Told from the bytes, never from a name (S27, fault 54).

A picture is walked from its first byte to its last, without decoding it: only segments that a
canvas writes may stand in it. No place, camera or comment (EXIF, XMP, IPTC), nothing before its
beginning, nothing behind its end.
"""

from __future__ import annotations

import struct
import zlib

from backend.attachments.model import Picture

MAX_PIXELS = 25_000_000
_SOI, _EOI, _SOS, _APP0, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset({0xC4, 0xDB, 0xDD})
_IN_SCAN = frozenset({0x00, *range(0xD0, 0xD8)})
_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS sRGB gAMA cHRM pHYs sBIT bKGD".split())


def picture_of(data: bytes) -> Picture | None:
    """What these bytes show; nothing when they are no plain JPEG or PNG, or one too large to be
    shown (25 million pixels).
    """
    try:
        found = _png(data) if data.startswith(_PNG) else _jpeg(data)
    except (IndexError, struct.error):  # cut off in the middle
        return None
    if found is None or found.width * found.height > MAX_PIXELS or 0 in (found.width, found.height):
        return None
    return found


def _jpeg(data: bytes) -> Picture | None:
    if data[:2] != bytes((0xFF, _SOI)):
        return None
    size: tuple[int, int] | None = None
    scans, at = 0, 2
    while True:
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == _EOI:
            whole = at + 2 == len(data) and scans > 0 and size is not None
            return Picture("image/jpeg", *size) if whole and size is not None else None
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(data):
            return None
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = (width, height)
        elif marker == _SOS:
            scans += 1
            end = _end_of_scan(data, end)
        elif marker not in _TABLES and marker not in (_APP0, _APP14):
            return None
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise IndexError
        if data[at + 1] not in _IN_SCAN:
            return at
        at += 2


def _png(data: bytes) -> Picture | None:
    size: tuple[int, int] | None = None
    drawn, at = False, len(_PNG)
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        (check,) = struct.unpack_from(">I", data, end - 4)
        if kind not in _CHUNKS or zlib.crc32(data[at + 4 : end - 4]) != check:
            return None
        if (kind == b"IHDR") != (size is None):  # the first one, and only once
            return None
        if kind == b"IHDR":
            size = struct.unpack_from(">II", data, at + 8)
        elif kind == b"IDAT":
            drawn = True
        elif kind == b"IEND":
            whole = end == len(data) and drawn and size is not None
            return Picture("image/png", *size) if whole and size is not None else None
        at = end
